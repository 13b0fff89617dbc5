//! The half of an entry that knows its types; [`Entry`] is the half that does not.
//!
//! Everything generic lives here and is as thin as it can be: each endpoint's copy is downloaded.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::future::LocalBoxFuture;
use leptos::prelude::{ArcRwSignal, Update, WithUntracked};

use super::{Endpoint, EntryApi, QueryError, Tag, cache::Cache, entry::Entry};

/// What an [`Entry`] can ask of its contents without knowing their types.
pub(super) trait Contents: Any {
    /// Asks the endpoint for a snapshot, which waits aside until [`Contents::accept`].
    fn query(self: Rc<Self>) -> LocalBoxFuture<'static, Result<(), QueryError>>;

    /// Shows the snapshot that waits aside, with the recorded updates on top. `false` if it is too
    /// old for one of them, or if updates were lost meanwhile, and with them the snapshot: the query
    /// has to run again.
    fn accept(&self) -> bool;

    /// Forgets the recorded updates if older data already shows them: the next snapshot is younger.
    fn settle_for_old(&self);

    fn has_data(&self) -> bool;

    /// [`Endpoint::is_vouched_for`].
    fn is_vouched_for(&self) -> bool;

    fn provides(&self) -> Vec<Tag>;

    /// The endpoint's `on_cache_entry_added`.
    fn live(self: Rc<Self>, cache: Rc<Cache>, entry: Rc<Entry>) -> LocalBoxFuture<'static, ()>;
}

/// A change to data, which says whether the data is new enough for it; it may run twice (see
/// [`EntryApi::follow`]).
pub(super) type Change<D> = Box<dyn Fn(&mut D) -> bool>;

/// How many updates may wait for a snapshot. A dialog sees a few a second and a query takes less
/// than one, so this is a storm; then the snapshot is given up and asked for again, which is
/// cheaper than remembering without end.
const UPDATES_MAX: usize = 1_000;

pub(super) struct Typed<E: Endpoint> {
    pub endpoint: Rc<E>,
    pub arg: E::Arg,
    pub data: ArcRwSignal<Option<E::Data>>,
    /// The answer of a query, between its arrival and its acceptance.
    answer: RefCell<Option<E::Data>>,
    /// What has to be done again on top of the snapshot under way.
    updates: RefCell<Vec<Change<E::Data>>>,
    /// Too many updates came: the snapshot under way would have a hole.
    overflowed: Cell<bool>,
}

impl<E: Endpoint> Typed<E> {
    pub fn new(endpoint: Rc<E>, arg: E::Arg) -> Self {
        Self {
            endpoint,
            arg,
            data: ArcRwSignal::new(None),
            answer: RefCell::default(),
            updates: RefCell::default(),
            overflowed: Cell::new(false),
        }
    }

    /// The one way the data changes, so that it is downloaded once for each endpoint.
    fn change(&self, change: &mut dyn FnMut(&mut Option<E::Data>)) {
        self.data.update(change);
    }

    /// Puts data aside as if a query had answered.
    pub fn answer(&self, data: E::Data) {
        self.answer.replace(Some(data));
    }

    /// Changes the data that is shown. While there is none, or `recording` because a query is under
    /// way, the change is also kept for the snapshot to come. `false` if what is shown is too old.
    pub fn update(&self, change: Change<E::Data>, recording: Recording) -> bool {
        let (has_data, mut follows) = (self.has_data(), true);
        if has_data {
            self.change(&mut |data| follows = data.as_mut().is_none_or(&change));
        }
        if !has_data || recording == Recording::On {
            let mut updates = self.updates.borrow_mut();
            updates.push(change);
            if updates.len() > UPDATES_MAX {
                updates.clear();
                self.overflowed.set(true);
            }
        }
        follows
    }
}

/// Whether a snapshot is under way that may not know of a change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Recording {
    On,
    Off,
}

impl<E: Endpoint> Contents for Typed<E> {
    fn query(self: Rc<Self>) -> LocalBoxFuture<'static, Result<(), QueryError>> {
        let query = self.endpoint.query(self.arg.clone());
        Box::pin(async move {
            self.answer(query.await?);
            Ok(())
        })
    }

    fn accept(&self) -> bool {
        let updates = self.updates.take();
        let mut snapshot = self.answer.take();
        if snapshot.is_none() || self.overflowed.take() {
            return false;
        }
        let mut follows = true;
        self.change(&mut |data| {
            match (&mut *data, snapshot.take()) {
                (Some(current), Some(snapshot)) => self.endpoint.merge(current, snapshot),
                (data, snapshot) => *data = snapshot,
            }
            for update in &updates {
                follows &= data.as_mut().is_none_or(update);
            }
        });
        follows
    }

    fn settle_for_old(&self) {
        if self.has_data() {
            self.updates.take();
            self.overflowed.set(false);
        }
    }

    fn has_data(&self) -> bool {
        self.data.with_untracked(Option::is_some)
    }

    fn is_vouched_for(&self) -> bool {
        self.endpoint.is_vouched_for(&self.arg)
    }

    fn provides(&self) -> Vec<Tag> {
        self.data.with_untracked(|data| self.endpoint.provides(&self.arg, data.as_ref()))
    }

    fn live(self: Rc<Self>, cache: Rc<Cache>, entry: Rc<Entry>) -> LocalBoxFuture<'static, ()> {
        let endpoint = Rc::clone(&self.endpoint);
        endpoint.on_cache_entry_added(self.arg.clone(), EntryApi::new(self, entry, cache))
    }
}
