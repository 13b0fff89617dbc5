//! The messages of a dialog.

use confab_protocol::{
    DialogId, ServerFrame, Topic, json,
    rest::{MessagesPage, Success},
};
use confab_sync::Input;
use futures::future::LocalBoxFuture;

use crate::{
    Session,
    live::{Endpoint, EntryApi, QueryError, Tag},
};

/// The last messages of a dialog, and every change after them. The page that the server rendered
/// is its first snapshot; the engine brings what came after, in order and without a gap, also
/// after a reconnect. Only a `dialog:reset` makes it fetch anew.
pub struct Messages {
    /// Whose.
    pub session: Session,
}

impl Endpoint for Messages {
    type Arg = DialogId;
    type Data = MessagesPage;
    const NAME: &'static str = "messages";
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, dialog: DialogId) -> LocalBoxFuture<'static, Result<MessagesPage, QueryError>> {
        let session = self.session;
        let path = ["/api/messages/dialog/", dialog.as_str()].concat();
        let Some(answer) = session.browser(|browser| browser.fetch(path)) else {
            return Box::pin(async { Err(QueryError::Unreachable) });
        };
        Box::pin(async move {
            let page = json::read::<Success<MessagesPage>>(&answer.await?)
                .map_err(|why| QueryError::Unreadable { why })?
                .data;
            // What comes after this position is told from now on; until the page is in the
            // entry, the cache keeps it and puts it on top.
            session.command(Input::Loaded { dialog_id: dialog, at: page.ev });
            Ok(page)
        })
    }

    fn provides(&self, dialog: &DialogId, _: Option<&MessagesPage>) -> Vec<Tag> {
        vec![Tag::with_id("messages", dialog.as_str())]
    }

    fn on_cache_entry_added(
        &self,
        dialog: DialogId,
        api: EntryApi<Self>,
    ) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            api.subscribe(Topic::Dialog(dialog.clone()));
            if let (Some(page), _) = api.get_cache_entry() {
                let dialog_id = dialog.clone();
                session.command(Input::Loaded { dialog_id, at: page.ev });
            }
            let (entry, here) = (api.clone(), dialog.clone());
            api.on("message:new", move |frame| {
                if let ServerFrame::MessageNew(new) = frame
                    && new.dialog_id == here
                {
                    let (ev, message) = (new.ev, new.message.clone());
                    entry.update_cached_data(move |page| {
                        if ev > page.ev {
                            page.ev = ev;
                            page.messages.push(message.clone());
                        }
                    });
                }
            });
            let (entry, here) = (api.clone(), dialog.clone());
            api.on("dialog:sync", move |frame| {
                if matches!(frame, ServerFrame::DialogSync(sync) if sync.dialog_id == here) {
                    entry.mark_fresh();
                }
            });
            let entry = api.clone();
            api.on("dialog:reset", move |frame| {
                if matches!(frame, ServerFrame::DialogReset(reset) if reset.dialog_id == dialog) {
                    entry.refetch();
                }
            });
            api.cache_entry_removed().await;
        })
    }
}
