//! The tabs of one person in this browser: what they keep, what they say to each other, and which of
//! them sends.
//!
//! Which one sends is decided by a Web Lock. It is asked for as soon as this tab wants to send, given
//! back as soon as it does not want to any more, and by the browser when the tab is no more. A lock
//! that comes after all is given back at once. Where there is no storage, or no lock (only pages of
//! `https:` and `localhost` have them), each tab is alone: it hears nobody, and sends.
//!
//! Deliberately absent: what is kept and said, and what sending is.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use confab_app::{Session, Shared};
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::storage::{OUTBOX, Storage};

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`, which web-sys counts among the unstable.
    type Locks;

    #[wasm_bindgen(method)]
    fn request(this: &Locks, name: &str, granted: &JsValue) -> Promise;
}

/// All of it; clones share it.
#[derive(Clone)]
pub struct Tabs(Rc<Inner>);

struct Inner {
    /// Begins the name of what is kept; names the channel and the lock.
    name: String,
    session: Session,
    storage: OnceCell<Storage>,
    others: OnceCell<Others>,
    /// What the others said while what is kept was being read.
    early: RefCell<Vec<String>>,
    is_ready: Cell<bool>,
    wants: Cell<bool>,
    turn: RefCell<Turn>,
}

/// The way to the other tabs.
struct Others {
    channel: BroadcastChannel,
    locks: Locks,
}

/// Where we are in the line of those who want to send.
enum Turn {
    Absent,
    Waits,
    /// It is ours; to call this gives it back.
    Ours(Function),
}

impl Tabs {
    /// Begins to hear the others, and reads what is kept.
    pub fn open(owner: &str, session: Session) -> Self {
        let tabs = Self(Rc::new(Inner {
            name: ["outbox/", owner, "/"].concat(),
            session,
            storage: OnceCell::new(),
            others: OnceCell::new(),
            early: RefCell::default(),
            is_ready: Cell::new(false),
            wants: Cell::new(false),
            turn: RefCell::new(Turn::Absent),
        }));
        spawn_local(tabs.clone().begin());
        tabs
    }

    async fn begin(self) {
        let Inner { name, session, .. } = &*self.0;
        let mut recalled = Vec::new();
        if let Some(storage) = Storage::open(OUTBOX).await {
            // Before it is read: what is said afterwards is heard, and what was said before is in it.
            self.listens();
            recalled = storage.all(name).await;
            let _ = self.0.storage.set(storage);
        }
        self.0.is_ready.set(true);
        session.hear_tabs(Shared::Recalled { kept: recalled, told: self.0.early.take() });
        self.asks();
    }

    fn listens(&self) {
        let (Some(locks), Ok(channel)) = (locks(), BroadcastChannel::new(&self.0.name)) else {
            return;
        };
        let tabs = self.clone();
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            match tabs.0.is_ready.get() {
                true => tabs.0.session.hear_tabs(Shared::Told(text)),
                false => tabs.0.early.borrow_mut().push(text),
            }
        });
        channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        // The page's own life is the listener's.
        hear.forget();
        let _ = self.0.others.set(Others { channel, locks });
    }

    /// Tells the others.
    pub fn tell(&self, text: &str) {
        if let Some(others) = self.0.others.get() {
            let _ = others.channel.post_message(&text.into());
        }
    }

    /// Keeps a text, or nothing any more; in the order of the calls.
    pub fn keep(&self, name: &str, text: Option<String>) {
        let Some(storage) = self.0.storage.get() else { return };
        let is_text = text.is_some();
        let kept = storage.keep(&[&self.0.name, name].concat(), text);
        let (session, name) = (self.0.session, name.to_owned());
        spawn_local(async move {
            if kept.await && is_text {
                session.hear_tabs(Shared::IsKept(name));
            }
        });
    }

    /// Whether this tab wants to send.
    pub fn wants_to_send(&self, wants: bool) {
        self.0.wants.set(wants);
        if wants {
            return self.asks();
        }
        let is_ours = matches!(*self.0.turn.borrow(), Turn::Ours(_));
        if is_ours && let Turn::Ours(give_back) = self.0.turn.replace(Turn::Absent) {
            let _ = give_back.call0(&JsValue::NULL);
        }
    }

    fn asks(&self) {
        if !self.0.wants.get() || !self.0.is_ready.get() {
            return;
        }
        let Some(others) = self.0.others.get() else {
            return self.0.session.hear_tabs(Shared::MaySend);
        };
        if !matches!(*self.0.turn.borrow(), Turn::Absent) {
            return;
        }
        self.0.turn.replace(Turn::Waits);
        let tabs = self.clone();
        let granted = Closure::once_into_js(move || tabs.is_granted());
        // Refused only to pages that have no storage either.
        let _ = others.locks.request(&self.0.name, &granted);
    }

    /// The lock is held until what is returned here is kept.
    fn is_granted(&self) -> JsValue {
        if !self.0.wants.get() {
            self.0.turn.replace(Turn::Absent);
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |give_back, _| {
            self.0.turn.replace(Turn::Ours(give_back));
        });
        self.0.session.hear_tabs(Shared::MaySend);
        held.into()
    }
}

fn locks() -> Option<Locks> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
