//! The list of our dialogs.

use std::rc::Rc;

use confab_protocol::{DialogId, ServerFrame, Topic, rest::DialogList};
use confab_sync::{
    Input,
    reduce::{Listed, apply_event_to_list, apply_to_list, caught_up_in_list},
};
use futures::future::LocalBoxFuture;
use leptos::prelude::WithUntracked;

use super::{demand, presence, read};
use crate::{
    Session,
    live::{Endpoint, EntryApi, QueryError, Tag},
};

/// Our dialogs by last activity: what was said last in each of them, open or not, how much of it is
/// unread, and who of the other ones is there.
///
/// Whatever comes to this device is told to be delivered, except in the lobby, which tells nobody.
pub struct Dialogs {
    /// Whose.
    pub session: Session,
}

/// Frames that change the list.
const KINDS: [&str; 6] =
    ["message:new", "message:update", "dialog:event", "dialog:update", "receipt", "dialog:sync"];

/// Frames that say who is there.
const PRESENCE: [&str; 4] = ["connected", "joined", "disconnected", "presence:update"];

impl Endpoint for Dialogs {
    type Arg = ();
    type Data = DialogList;
    const NAME: &'static str = "dialogs";

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Result<DialogList, QueryError>> {
        let session = self.session;
        Box::pin(async move {
            let path = "/api/dialogs".to_owned();
            let list: DialogList = read(demand(session, "GET", path, String::new()).await)?;
            delivered(session, &list);
            Ok(list)
        })
    }

    fn provides(&self, (): &(), _: Option<&DialogList>) -> Vec<Tag> {
        vec![Tag::new("dialogs")]
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            // The lobby's changes come by joining it, those of all others by the topic.
            let topics = [Topic::Dialogs, Topic::Presence, Topic::Dialog(DialogId::lobby())];
            topics.into_iter().for_each(|topic| api.subscribe(topic));
            api.look(|list| delivered(session, list));
            for kind in KINDS {
                let entry = api.clone();
                api.on_shared(kind, move |frame| changed(session, &entry, frame));
            }
            for kind in PRESENCE {
                let entry = api.clone();
                api.on_shared(kind, move |frame| {
                    let Some(now) = session.browser(|browser| browser.wall()) else { return };
                    let frame = frame.clone();
                    entry.update_cached_data(move |list| presence::apply(list, &frame, now));
                });
            }
            api.cache_entry_removed().await;
        })
    }
}

/// Applies a frame; what the list cannot know it fetches.
fn changed(session: Session, entry: &EntryApi<Dialogs>, frame: &Rc<ServerFrame>) {
    if let ServerFrame::MessageNew(new) = &**frame {
        let (dialog_id, seq) = (new.dialog_id.clone(), new.message.seq);
        has(session, dialog_id, seq);
    }
    let you = session.you.with_untracked(|you| you.id.clone());
    let frame = frame.clone();
    entry.follow(move |list| match &*frame {
        ServerFrame::DialogSync(sync) => {
            let follows = sync.events.iter().fold(true, |follows, event| {
                let listed = apply_event_to_list(list, &sync.dialog_id, event, &you);
                listed == Listed::Known && follows
            });
            follows && caught_up_in_list(list, &sync.dialog_id, sync.to) == Listed::Known
        }
        frame => apply_to_list(list, frame, &you) == Listed::Known,
    });
}

/// This device has what the list shows.
fn delivered(session: Session, list: &DialogList) {
    for dialog in &list.dialogs {
        if let Some(message) = &dialog.last_message {
            has(session, dialog.dialog_id.clone(), message.seq);
        }
    }
}

fn has(session: Session, dialog_id: DialogId, seq: confab_protocol::Seq) {
    if dialog_id != DialogId::lobby() {
        session.command(Input::Delivered { dialog_id, seq });
    }
}
