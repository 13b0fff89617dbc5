//! A dialog, and who belongs to it.

use std::rc::Rc;

use confab_protocol::{DialogId, ServerFrame, Topic, rest::DialogDetails};
use confab_sync::reduce::{Listed, apply_receipt, apply_to_details, apply_update};
use futures::future::LocalBoxFuture;
use leptos::prelude::WithUntracked;

use super::{demand, read};
use crate::{
    Session,
    live::{Endpoint, EntryApi, QueryError, Tag},
};

/// A dialog as it reads for us, its members, and how far each of them has come in it.
pub struct Details {
    /// Whose.
    pub session: Session,
}

impl Endpoint for Details {
    type Arg = DialogId;
    type Data = DialogDetails;
    const NAME: &'static str = "details";

    fn query(
        &self,
        dialog: DialogId,
    ) -> LocalBoxFuture<'static, Result<DialogDetails, QueryError>> {
        let session = self.session;
        Box::pin(async move {
            let path = ["/api/dialogs/", dialog.as_str()].concat();
            read(demand(session, "GET", path, String::new()).await)
        })
    }

    fn provides(&self, dialog: &DialogId, _: Option<&DialogDetails>) -> Vec<Tag> {
        vec![Tag::with_id("dialogs", dialog.as_str())]
    }

    fn on_cache_entry_added(
        &self,
        dialog: DialogId,
        api: EntryApi<Self>,
    ) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            api.subscribe(Topic::Dialog(dialog.clone()));
            for kind in ["dialog:sync", "dialog:update", "receipt", "dialog:reset"] {
                let (entry, here) = (api.clone(), dialog.clone());
                api.on_shared(kind, move |frame| changed(session, &entry, &here, frame));
            }
            api.cache_entry_removed().await;
        })
    }
}

/// Applies a frame of this dialog. What was read here and what the engine tells may stand at two
/// positions: what lies between them is fetched.
fn changed(session: Session, entry: &EntryApi<Details>, here: &DialogId, frame: &Rc<ServerFrame>) {
    let dialog = match &**frame {
        ServerFrame::DialogSync(sync) => &sync.dialog_id,
        ServerFrame::DialogUpdate(update) => &update.dialog_id,
        ServerFrame::Receipt(receipt) => &receipt.dialog_id,
        ServerFrame::DialogReset(reset) => &reset.dialog_id,
        _ => return,
    };
    if dialog != here {
        return;
    }
    let you = session.you.with_untracked(|you| you.id.clone());
    let frame = frame.clone();
    entry.follow(move |details| match &*frame {
        ServerFrame::DialogSync(sync) => {
            let mut events = sync.events.iter();
            events.all(|event| apply_to_details(details, event, &you) == Listed::Known)
                && details.dialog.ev >= sync.to
        }
        ServerFrame::DialogUpdate(update) => apply_update(details, update) != Listed::Gap,
        ServerFrame::Receipt(receipt) => apply_receipt(details, receipt) == Listed::Known,
        _ => false,
    });
}
