//! Who is typing.

use confab_protocol::Topic;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;

use crate::{
    Session,
    dom::effect,
    live::{Endpoint, EntryApi, QueryError},
    session::TypingIn,
};

/// Who is typing in our dialogs, others than us. There is nothing to fetch: the engine tells all,
/// and forgets whoever says nothing more for 5 s.
pub struct Typing {
    /// Whose.
    pub session: Session,
}

impl Endpoint for Typing {
    type Arg = ();
    type Data = Vec<TypingIn>;
    const NAME: &'static str = "typing";
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Result<Vec<TypingIn>, QueryError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            api.subscribe(Topic::Typing);
            let (watcher, entry) = (Owner::new(), api.clone());
            watcher.with(|| {
                effect(move || {
                    let typing = session.typing.get();
                    entry.update_cached_data(move |all| *all = typing.clone());
                });
            });
            api.cache_entry_removed().await;
            drop(watcher);
        })
    }
}
