//! What a component holds of an entry.

use std::{any::Any, rc::Rc};

use leptos::prelude::{ArcReadSignal, ReadSignal};

use super::{Endpoint, EntryApi, EntryState, contents::Typed, facade::Reader};
use crate::local::Handle;

/// An entry as its readers see it: two signals and a way to try again. Copies are free.
///
/// It belongs to the owner it was read in and dies with it, like every signal of a component.
pub struct Reading<E: Endpoint> {
    /// The data; `None` until the first snapshot.
    pub data: ReadSignal<Option<E::Data>>,
    /// How far the data can be believed.
    pub state: ReadSignal<EntryState>,
    reader: Handle<Reader>,
}

impl<E: Endpoint> Reading<E> {
    pub(super) fn new(
        data: ArcReadSignal<Option<E::Data>>,
        state: ReadSignal<EntryState>,
        reader: Handle<Reader>,
    ) -> Self {
        Self { data: data.into(), state, reader }
    }

    /// Asks the server again, unless it is being asked already. Nothing happens after the owner has
    /// gone. *On the server*: nothing happens.
    pub fn refetch(&self) {
        if let Some(reader) = self.reader.get() {
            reader.1.want();
        }
    }

    /// Changes the data in place, as [`EntryApi::update_cached_data`] does: for what we did
    /// ourselves, before the server says so. *On the server*: nothing happens.
    pub fn update(&self, update: impl Fn(&mut E::Data) + 'static) {
        let Some(reader) = self.reader.get() else { return };
        let (cache, entry) = &*reader;
        let contents: Rc<dyn Any> = entry.contents.clone();
        if let Ok(typed) = contents.downcast::<Typed<E>>() {
            EntryApi::new(typed, entry.clone(), cache.clone()).update_cached_data(update);
        }
    }
}

impl<E: Endpoint> Clone for Reading<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Endpoint> Copy for Reading<E> {}
