//! Frames to those who asked for their type: a registry, not a pyramid of `if`s (DESIGN §2).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use confab_protocol::ServerFrame;

use super::entry::EntryId;

/// What a listener is told.
pub(super) type Hear = Box<dyn FnMut(&Rc<ServerFrame>)>;

struct Listener {
    entry: EntryId,
    kind: &'static str,
    hear: RefCell<Hear>,
    /// Set when the entry goes, so that a frame that is being delivered at that moment stops short.
    gone: Cell<bool>,
}

/// All listeners, in the order in which they came.
#[derive(Default)]
pub(super) struct Dispatch {
    listeners: RefCell<Vec<Rc<Listener>>>,
}

impl Dispatch {
    /// Calls `hear` with every frame of this type until the entry goes.
    pub fn add(&self, entry: EntryId, kind: &'static str, hear: Hear) {
        debug_assert!(
            ServerFrame::TABLE.iter().any(|row| row.name == kind),
            "the server has no frame of type \"{kind}\""
        );
        let (hear, gone) = (RefCell::new(hear), Cell::new(false));
        self.listeners.borrow_mut().push(Rc::new(Listener { entry, kind, hear, gone }));
    }

    /// Forgets an entry's listeners.
    pub fn remove(&self, entry: EntryId) {
        let (removed, others): (Vec<_>, Vec<_>) =
            self.listeners.take().into_iter().partition(|listener| listener.entry == entry);
        self.listeners.replace(others);
        // Dropped after the borrow has ended: what a listener holds may have a `Drop` of its own.
        removed.iter().for_each(|listener| listener.gone.set(true));
    }

    /// Hands a frame to those who listen for its type. A listener that is added meanwhile hears the
    /// next frame; one whose entry goes meanwhile hears this one no more.
    pub fn deliver(&self, frame: &Rc<ServerFrame>) {
        let kind = frame.kind();
        let listening: Vec<_> =
            self.listeners.borrow().iter().filter(|l| l.kind == kind).cloned().collect();
        for listener in listening {
            if !listener.gone.get() {
                let mut hear =
                    listener.hear.try_borrow_mut().expect("a listener does not deliver frames");
                (*hear)(frame);
            }
        }
    }

    /// How many listeners there are.
    pub fn len(&self) -> usize {
        self.listeners.borrow().len()
    }
}
