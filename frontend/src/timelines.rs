//! The timelines that this browser keeps, by whose and of which dialog.
//!
//! Beside each stands when it was kept last, so that those that were not looked at for the longest
//! time can go without being read. A browser that keeps nothing, or takes too long to find it, makes
//! a page no slower than it would be without; what is to be kept can wait for it.
//!
//! Deliberately absent: what a timeline is.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    time::Duration,
};

use confab_app::Forgotten;
use futures::future::{Either, select};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use crate::{
    storage::{END, Storage, TIMELINES},
    timer::Sleep,
};

/// How many dialogs of a person are kept.
const DIALOGS_KEPT: usize = 50;

/// To find one takes a few milliseconds; what takes longer had better be fetched.
const PATIENCE: Duration = Duration::from_millis(500);

/// All of them; clones share them.
#[derive(Clone, Default)]
pub struct Timelines(Rc<Inner>);

#[derive(Default)]
struct Inner {
    /// Nothing inside if the browser has none for us.
    storage: OnceCell<Option<Storage>>,
    /// Which dialogs this tab has kept: they need not be counted again.
    counted: RefCell<Vec<String>>,
}

impl Timelines {
    /// Opens the storage, if nobody has.
    async fn storage(&self) -> Option<&Storage> {
        if self.0.storage.get().is_none() {
            let storage = Storage::open(TIMELINES).await;
            // Somebody else may have opened it meanwhile.
            let _ = self.0.storage.set(storage);
        }
        self.0.storage.get()?.as_ref()
    }

    /// What is kept of a dialog, if it is found soon. What nobody waits for any more is let in and
    /// dropped: a promise goes on without us, as the browser's storage does.
    pub async fn recall(self, owner: String, dialog: String) -> Option<String> {
        let found = future_to_promise(async move {
            let storage = self.storage().await.ok_or(JsValue::UNDEFINED)?;
            let found = storage.all(&page(&owner, &dialog)).await.pop();
            Ok(found.map_or(JsValue::UNDEFINED, JsValue::from))
        });
        match select(JsFuture::from(found), Sleep::new(PATIENCE)).await {
            Either::Left((Ok(found), _)) => found.as_string(),
            _ => None,
        }
    }

    /// Keeps a text of a dialog: at once, for the page may be going, or as soon as the storage is open.
    pub fn keep(&self, owner: &str, dialog: &str, text: String) {
        match self.0.storage.get() {
            Some(Some(storage)) => self.put(storage, owner, dialog, text),
            Some(None) => {}
            None => {
                let late = self.clone().keep_late(owner.to_owned(), dialog.to_owned(), text);
                spawn_local(late);
            }
        }
    }

    async fn keep_late(self, owner: String, dialog: String, text: String) {
        if let Some(storage) = self.storage().await {
            self.put(storage, &owner, &dialog, text);
        }
    }

    fn put(&self, storage: &Storage, owner: &str, dialog: &str, text: String) {
        let at: String = js_sys::Date::new_0().to_iso_string().into();
        storage.keep_together(&[
            (page(owner, dialog), Some(text)),
            (used(owner, dialog), Some([&at, "/", dialog].concat())),
        ]);
        let is_known = self.0.counted.borrow().iter().any(|known| known == dialog);
        if !is_known {
            self.0.counted.borrow_mut().push(dialog.to_owned());
            spawn_local(self.clone().trim(owner.to_owned()));
        }
    }

    /// Lets those go that were not kept for the longest time, if there are too many.
    async fn trim(self, owner: String) {
        let Some(storage) = self.storage().await else { return };
        // Each begins with a time, written so that texts are in its order.
        let mut all = storage.all(&used(&owner, "")).await;
        while all.len() > DIALOGS_KEPT {
            let Some(oldest) = (0..all.len()).min_by_key(|place| &all[*place]) else { return };
            if let Some((_, dialog)) = all.swap_remove(oldest).split_once('/') {
                self.forget(Forgotten::One { owner: &owner, dialog });
            }
        }
    }

    /// Forgets timelines.
    pub fn forget(&self, which: Forgotten<'_>) {
        // From one name to another.
        let forgotten = match which {
            Forgotten::One { owner, dialog } => {
                let names = [page(owner, dialog), used(owner, dialog)];
                names.map(|name| (name.clone(), name))
            }
            Forgotten::Others { owner } => [
                (String::new(), [owner, "/"].concat()),
                ([owner, "/", END].concat(), END.to_owned()),
            ],
            Forgotten::All => [(); 2].map(|()| (String::new(), END.to_owned())),
        };
        let timelines = self.clone();
        spawn_local(async move {
            if let Some(storage) = timelines.storage().await {
                forgotten.iter().for_each(|(from, to)| storage.forget(from, to));
            }
        });
    }
}

/// The name of a timeline. It ends so that it does not begin another's.
fn page(owner: &str, dialog: &str) -> String {
    [owner, "/page/", dialog, "/"].concat()
}

/// The name of when it was kept; of a dialog without a name, how all of them begin.
fn used(owner: &str, dialog: &str) -> String {
    [owner, "/used/", dialog].concat()
}
