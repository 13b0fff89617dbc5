//! What a component holds of an entry.

use leptos::prelude::{ArcReadSignal, ReadSignal};

use super::{Endpoint, EntryState, facade::Reader};
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
}

impl<E: Endpoint> Clone for Reading<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Endpoint> Copy for Reading<E> {}
