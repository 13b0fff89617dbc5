//! Texts by name that outlive the tab and are shared by all tabs of this browser: IndexedDB.
//! Two places: one for what must not be lost, and one for what can be had again.
//!
//! A text is kept when its transaction is on the disk, not before; who asks for several has them kept
//! in that order. A browser that does not answer when the storage is opened has none for the outbox:
//! private windows forbid it, and some forget to say so. What can be had again waits for it.

use std::time::Duration;

use futures::future::{Either, select};
use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction,
};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{IdbDatabase, IdbTransaction};

use crate::timer::Sleep;

const VERSION: u32 = 1;

/// Where texts are kept, and how well. Each place is a database of its own, so that none waits for
/// another, and one that is full or broken harms no other.
#[derive(Clone, Copy)]
pub struct Place {
    database: &'static str,
    store: &'static str,
    durability: &'static str,
    /// How long it may take to open.
    patience: Duration,
}

/// What has been written and has no proof yet: a power failure must not take it back. Nothing is sent
/// before it is open, for what was kept goes first. That takes a few milliseconds, and seconds on a busy
/// machine; a storage that needs longer is as good as none, and the tab's own is there.
pub const OUTBOX: Place = Place {
    database: "confab",
    store: "outbox",
    durability: "strict",
    patience: Duration::from_secs(10),
};

/// What the server has, too. Nobody waits for it.
pub const TIMELINES: Place = Place {
    database: "confab-timelines",
    store: "timelines",
    durability: "relaxed",
    patience: Duration::from_secs(60),
};

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

/// A place, opened.
pub struct Storage {
    database: Durable,
    place: Place,
}

impl Storage {
    /// The place, if the browser has it for us.
    pub async fn open(place: Place) -> Option<Self> {
        let mut request = Factory::new().ok()?.open(place.database, Some(VERSION)).ok()?;
        request.on_upgrade_needed(move |event| {
            if let Ok(database) = event.database() {
                let _ = database.create_object_store(place.store, ObjectStoreParams::new());
            }
        });
        match select(request.into_future(), Sleep::new(place.patience)).await {
            Either::Left((database, _)) => Some(Self::of(database.ok()?, place)),
            Either::Right((_, late)) => {
                // To be let in and dropped: the browser calls what is waited for, were it dropped or not.
                spawn_local(async move { drop(late.await) });
                None
            }
        }
    }

    fn of(database: Database, place: Place) -> Self {
        Self { database: IdbDatabase::from(database).unchecked_into(), place }
    }

    /// Every text whose name begins like this; none if they cannot be read.
    pub async fn all(&self, beginning: &str) -> Vec<String> {
        let texts = self.read(beginning).await.unwrap_or_default();
        texts.iter().filter_map(JsValue::as_string).collect()
    }

    async fn read(&self, beginning: &str) -> Option<Vec<JsValue>> {
        let (_, store) = self.begin("readonly")?;
        let range = range(beginning, &[beginning, END].concat())?;
        store.get_all(Some(range), None).ok()?.await.ok()
    }

    /// Keeps a text under this name, or nothing any more; whether it is. The order is that of the
    /// calls, and not of the waiting.
    pub fn keep(&self, name: &str, text: Option<String>) -> impl Future<Output = bool> + use<> {
        let transaction = self.write(&[(name.to_owned(), text)]);
        async move {
            match transaction {
                Some(transaction) => transaction.await.is_ok_and(|result| result.is_committed()),
                None => false,
            }
        }
    }

    /// Keeps all of these, or nothing any more under their names, or changes nothing at all. Nobody
    /// waits for it.
    pub fn keep_together(&self, texts: &[(String, Option<String>)]) {
        let _ = self.write(texts);
    }

    /// Forgets every text from this name to that.
    pub fn forget(&self, from: &str, to: &str) {
        let forget = || {
            let (_, store) = self.begin("readwrite")?;
            store.delete(range(from, to)?).ok()
        };
        let _ = forget();
    }

    fn write(&self, texts: &[(String, Option<String>)]) -> Option<Transaction> {
        let (transaction, store) = self.begin("readwrite")?;
        for (name, text) in texts {
            match text {
                Some(text) => drop(store.put(&text.into(), Some(&name.into())).ok()?),
                None => drop(store.delete(Query::Key(name.into())).ok()?),
            }
        }
        Some(transaction)
    }

    fn begin(&self, mode: &str) -> Option<(Transaction, ObjectStore)> {
        let Place { store, durability, .. } = self.place;
        let options = Object::new();
        let _ = Reflect::set(&options, &"durability".into(), &durability.into());
        let transaction = Transaction::from(self.database.transaction(store, mode, &options).ok()?);
        let store = transaction.object_store(store).ok()?;
        Some((transaction, store))
    }
}

/// After every name.
pub const END: &str = "\u{ffff}";

fn range(from: &str, to: &str) -> Option<Query> {
    KeyRange::bound(&from.into(), &to.into(), None, None).ok().map(Query::KeyRange)
}
