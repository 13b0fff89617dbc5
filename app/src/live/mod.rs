//! The live query cache: RTK Query's `onCacheEntryAdded`, in signals (DESIGN §2).
//!
//! A screen reads data by name and argument, and what it reads stays true: fetched once, shared by
//! all who read it, corrected by the server's frames, fetched again when it is in doubt, and honest
//! about its age. Components read; endpoints know how; nobody else moves data to a screen.
//!
//! # The life of an entry
//!
//! A component calls [`Live::read`]. Its argument has no entry yet, so one is made: a signal of
//! data, `None`, and a signal of [`EntryState`], `Loading`. The entry's task starts. First it runs
//! [`Endpoint::on_cache_entry_added`] up to its first `await`: topics are subscribed to, listeners
//! attached. Only then it starts [`Endpoint::query`]. A frame that arrives meanwhile finds its
//! listener, whose update is queued; the snapshot arrives, the update is applied on top and drops
//! itself if the snapshot's position says that it is already in. There is neither gap nor overlap.
//! The entry is `Fresh`, and frames change it in place.
//!
//! A second component reads the same argument and shares both signals. The connection breaks: what
//! was `Fresh` is `Stale`. The connection is back: it is fetched again, or its listener catches up
//! by itself. A tag is invalidated: it is fetched again if somebody looks, and
//! when somebody looks if not. A query fails: `Failed`, with the old data still there.
//!
//! The last component goes. The entry waits for [`Endpoint::KEEP_UNUSED_FOR`]; whoever reads it in
//! that time finds it as it was, kept true by its listener. After that it is removed: topics left,
//! listeners gone, a query under way dropped, and `cache_entry_removed` lets the endpoint clean up.
//!
//! # An endpoint
//!
//! ```
//! use confab_app::live::{Endpoint, EntryApi, QueryError, Tag};
//! use confab_protocol::{DialogId, ServerFrame, Topic, rest::MessagesPage};
//! use futures::future::LocalBoxFuture;
//!
//! type Answer = LocalBoxFuture<'static, Result<MessagesPage, QueryError>>;
//!
//! struct Messages {
//!     history: fn(DialogId) -> Answer,
//! }
//!
//! impl Endpoint for Messages {
//!     type Arg = DialogId;
//!     type Data = MessagesPage;
//!     const NAME: &'static str = "messages";
//!
//!     fn query(&self, dialog: DialogId) -> Answer {
//!         (self.history)(dialog)
//!     }
//!
//!     fn provides(&self, dialog: &DialogId, _: Option<&MessagesPage>) -> Vec<Tag> {
//!         vec![Tag::with_id("messages", dialog.as_str())]
//!     }
//!
//!     fn on_cache_entry_added(
//!         &self,
//!         dialog: DialogId,
//!         api: EntryApi<Self>,
//!     ) -> LocalBoxFuture<'static, ()> {
//!         Box::pin(async move {
//!             api.subscribe(Topic::Dialog(dialog.clone()));
//!             let entry = api.clone();
//!             api.on("message:new", move |frame| {
//!                 let ServerFrame::MessageNew(new) = frame else { return };
//!                 if new.dialog_id == dialog {
//!                     let new = new.clone();
//!                     entry.update_cached_data(move |page| {
//!                         if new.ev > page.ev {
//!                             page.ev = new.ev;
//!                             page.messages.push(new.message.clone());
//!                         }
//!                     });
//!                 }
//!             });
//!             api.cache_entry_removed().await;
//!         })
//!     }
//! }
//! ```
//!
//! The frontend registers it once, `live.register(Messages { history })`; a component reads it,
//! `let messages = live.read::<Messages>(dialog);`, and shows `messages.data` and `messages.state`.
//!
//! # Who calls what
//!
//! `frontend` makes a [`Live`] with a [`Host`] and tells it of
//! [`connection_lost`](Live::connection_lost), [`reconnected`](Live::reconnected) and every frame
//! ([`deliver`](Live::deliver)). `server` makes one [`for_rendering`](Live::for_rendering) per page
//! and seeds it; the browser seeds its own with the same data, so that the first client render
//! equals the server's HTML.
//!
//! # Never
//!
//! The cache opens no socket, reads no clock of its own, and does not know what a frame means: only
//! its type. It does not retry a failed query by itself; people, reconnects and new readers do.

mod api;
mod bell;
mod cache;
mod contents;
mod dispatch;
mod endpoint;
mod entry;
mod facade;
mod host;
mod reading;
mod state;
mod tag;
mod topics;

#[cfg(test)]
mod tests;

pub use api::EntryApi;
pub use endpoint::{Endpoint, QueryError};
pub use facade::Live;
pub use host::Host;
pub use reading::Reading;
pub use state::{Census, EntryState, Removed};
pub use tag::Tag;
