//! Texts by name that outlive the tab and are shared by all tabs of this browser: IndexedDB.
//!
//! A text is kept when its transaction is on the disk, not before; who asks for several has them kept
//! in that order. A browser that does not answer when the storage is opened has none: private windows
//! forbid it, and some forget to say so.

use std::time::Duration;

use futures::future::{Either, select};
use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{IdbDatabase, IdbTransaction};

use crate::timer::Sleep;

const DATABASE: &str = "confab";
const VERSION: u32 = 1;

/// What has been written and has no proof yet.
const OUTBOX: &str = "outbox";

/// To open takes a few milliseconds; a storage that needs longer is as good as none.
const OPEN_PATIENCE: Duration = Duration::from_secs(2);

#[wasm_bindgen]
extern "C" {
    /// An `IDBDatabase` with the options of its transactions. idb has none, and without them browsers
    /// call kept what a power failure takes back.
    type Durable;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Durable,
        store: &str,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// The storage, opened.
pub struct Storage(Durable);

impl Storage {
    /// The storage, if the browser has one for us.
    pub async fn open() -> Option<Self> {
        let mut request = Factory::new().ok()?.open(DATABASE, Some(VERSION)).ok()?;
        request.on_upgrade_needed(|event| {
            if let Ok(database) = event.database() {
                let _ = database.create_object_store(OUTBOX, ObjectStoreParams::new());
            }
        });
        match select(request.into_future(), Sleep::new(OPEN_PATIENCE)).await {
            Either::Left((Ok(database), _)) => Some(Self::of(database)),
            _ => None,
        }
    }

    fn of(database: Database) -> Self {
        Self(IdbDatabase::from(database).unchecked_into())
    }

    /// Every text whose name begins like this; none if they cannot be read.
    pub async fn all(&self, beginning: &str) -> Vec<String> {
        let texts = self.read(beginning).await.unwrap_or_default();
        texts.iter().filter_map(JsValue::as_string).collect()
    }

    async fn read(&self, beginning: &str) -> Option<Vec<JsValue>> {
        let end = [beginning, "\u{ffff}"].concat();
        let range = KeyRange::bound(&beginning.into(), &end.into(), None, None).ok()?;
        let (_, store) = self.outbox("readonly")?;
        store.get_all(Some(Query::KeyRange(range)), None).ok()?.await.ok()
    }

    /// Keeps a text under this name, or nothing any more; whether it is. The order is that of the
    /// calls, and not of the waiting.
    pub fn keep(&self, name: &str, text: Option<String>) -> impl Future<Output = bool> + use<> {
        let transaction = self.write(name, text);
        async move {
            match transaction {
                Some(transaction) => transaction.await.is_ok_and(|result| result.is_committed()),
                None => false,
            }
        }
    }

    fn write(&self, name: &str, text: Option<String>) -> Option<Transaction> {
        let (transaction, store) = self.outbox("readwrite")?;
        match text {
            Some(text) => drop(store.put(&text.into(), Some(&name.into())).ok()?),
            None => drop(store.delete(Query::Key(name.into())).ok()?),
        }
        Some(transaction)
    }

    fn outbox(&self, mode: &str) -> Option<(Transaction, ObjectStore)> {
        let options = Object::new();
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        let transaction = Transaction::from(self.0.transaction(OUTBOX, mode, &options).ok()?);
        let store = transaction.object_store(OUTBOX).ok()?;
        Some((transaction, store))
    }
}
