//! The messages of a dialog.

use std::{cell::Cell, rc::Rc};

use confab_protocol::{DialogEvents, DialogId, Ev, ServerFrame, Topic, rest::MessagesPage};
use confab_sync::{
    Input,
    reduce::{Listed, add_newer, add_older, apply_event, merge_message},
};
use futures::future::LocalBoxFuture;
use leptos::prelude::Owner;

use super::{Place, demand, read, windows::trim};
use crate::{
    Session,
    dom::effect,
    live::{Endpoint, EntryApi, QueryError, Tag},
};

/// A window on the messages of a dialog, and every change after it. The page that the server
/// rendered is its first snapshot; the engine brings what came after, in order and without a gap,
/// also after a reconnect. What this browser kept of an earlier visit is shown before anything is
/// fetched, and catches up in the same way. A `dialog:reset` makes it fetch anew. Older and newer
/// pages come by asking for them ([`Windows`](super::Windows)).
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
        Box::pin(async move {
            loop {
                let place = session.windows.begin(&dialog);
                if let Some(page) = recall(session, &dialog, place).await {
                    return Ok(page);
                }
                match fetch(session, &dialog, place).await {
                    // Somebody has jumped elsewhere meanwhile.
                    _ if session.windows.is_outdated(&dialog) => {}
                    Ok(page) => {
                        let Some(instead) = place.missed(&page) else {
                            session.windows.came(&dialog);
                            return Ok(page);
                        };
                        session.windows.want(&dialog, instead);
                    }
                    Err(error) => {
                        session.windows.failed(&dialog, place);
                        return Err(error);
                    }
                }
            }
        })
    }

    fn provides(&self, dialog: &DialogId, _: Option<&MessagesPage>) -> Vec<Tag> {
        vec![Tag::with_id("messages", dialog.as_str())]
    }

    /// What this browser kept has first to catch up.
    fn is_vouched_for(&self, dialog: &DialogId) -> bool {
        self.session.windows.recalled_at(dialog).is_none()
    }

    /// A page that makes the window longer is put beside it; any other takes its place.
    fn merge(&self, current: &mut MessagesPage, snapshot: MessagesPage) {
        let windows = self.session.windows;
        let dialog = current.messages.first().map(|message| message.dialog_id.clone());
        let Some(heard) = dialog.as_ref().and_then(|dialog| windows.heard(dialog)) else {
            *current = snapshot;
            return;
        };
        let place = |page: &MessagesPage| page.messages.first().map(|message| message.seq);
        let is_older = match (place(&snapshot), place(current)) {
            (Some(new), Some(old)) => new < old,
            // There is nothing more at that end; only what is older is asked for without knowing.
            _ => !snapshot.has_newer || !current.has_newer,
        };
        // What does not fit is asked for again when somebody scrolls there again.
        let _ = match is_older {
            true => add_older(current, snapshot, &heard),
            false => add_newer(current, snapshot, &heard),
        };
        trim(current, is_older);
    }

    fn on_cache_entry_added(
        &self,
        dialog: DialogId,
        api: EntryApi<Self>,
    ) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            api.subscribe(Topic::Dialog(dialog.clone()));
            session.windows.opens(&dialog, true);
            let came_at = api.look(|page| page.ev);
            match came_at {
                Some(at) => session.command(Input::Loaded { dialog_id: dialog.clone(), at }),
                None => session.windows.is_new(&dialog),
            }
            let (entry, here) = (api.clone(), dialog.clone());
            api.on("dialog:sync", move |frame| match frame {
                ServerFrame::DialogSync(sync) if sync.dialog_id == here => {
                    changed(session, &entry, sync);
                }
                _ => {}
            });
            // What we said or changed, before its event.
            let (entry, here) = (api.clone(), dialog.clone());
            api.on("ack", move |frame| match frame {
                ServerFrame::Ack(ack) if ack.message.dialog_id == here => {
                    let message = ack.message.clone();
                    entry.update_cached_data(move |page| _ = merge_message(page, &message));
                }
                _ => {}
            });
            let (entry, here) = (api.clone(), dialog.clone());
            api.on("dialog:reset", move |frame| {
                if matches!(frame, ServerFrame::DialogReset(reset) if reset.dialog_id == here) {
                    session.windows.reset(&here);
                    // An answer under way may be from before, too.
                    entry.mark_stale();
                    entry.refetch();
                }
            });
            let watcher = watch(session, &api, &dialog);
            if came_at.is_some() {
                recall_newer(session, &api, &dialog).await;
            }
            api.cache_entry_removed().await;
            drop(watcher);
            session.windows.opens(&dialog, false);
            session.shows_until(&dialog, Ev(u64::MAX));
        })
    }
}

/// Follows the entry: what it holds is kept soon, and the engine hears where it stands if that was
/// kept from earlier, as soon as it is there for changes to be applied to.
fn watch(session: Session, api: &EntryApi<Messages>, dialog: &DialogId) -> Owner {
    let (entry, here) = (api.clone(), dialog.clone());
    let keep: Rc<dyn Fn()> = Rc::new(move || {
        entry.look(|page| session.keep_timeline(&here, page, entry.stale_since()));
    });
    let (watcher, entry, dialog) = (Owner::new(), api.clone(), dialog.clone());
    watcher.with(|| {
        effect(move || {
            entry.track();
            let Some(at) = entry.look(|page| page.ev) else { return };
            if session.windows.is_to_be_told(&dialog) {
                session.command(Input::Loaded { dialog_id: dialog.clone(), at });
            }
            session.keeps_soon(&dialog, &keep);
        });
    });
    watcher
}

/// What this browser kept of a dialog of which nothing is shown yet, if it holds what is wanted.
async fn recall(session: Session, dialog: &DialogId, place: Place) -> Option<MessagesPage> {
    if !session.windows.may_recall(dialog) {
        return None;
    }
    let (page, at) = session.recall(dialog.clone()).await?;
    if !place.is_in(&page) || session.windows.is_outdated(dialog) {
        return None;
    }
    session.windows.recalled(dialog, at);
    Some(page)
}

/// A page of the server's may come from before what this browser kept, if it did not come from the
/// server just now. What is newer is shown.
async fn recall_newer(session: Session, api: &EntryApi<Messages>, dialog: &DialogId) {
    let Some((kept, at)) = session.recall(dialog.clone()).await else { return };
    let is_newer = api.look(|page| !page.has_newer && page.ev < kept.ev);
    if is_newer == Some(true) {
        session.windows.recalled(dialog, at);
        api.update_cached_data(move |page| *page = kept.clone());
        api.mark_stale();
    }
}

/// The engine tells changes one by one, and with none of them that we have all.
fn changed(session: Session, entry: &EntryApi<Messages>, sync: &DialogEvents) {
    if sync.events.is_empty() {
        // Of a page that is still to come, the engine may know more than is shown.
        let is_all = entry.look(|page| page.ev >= sync.to) != Some(false);
        if session.windows.caught_up(&sync.dialog_id) && is_all {
            entry.mark_fresh();
        }
        return;
    }
    let lacks = Rc::new(Cell::new(false));
    for event in &sync.events {
        session.windows.hear(&sync.dialog_id, event);
        let (event, dialog, found) = (event.clone(), sync.dialog_id.clone(), lacks.clone());
        entry.update_cached_data(move |page| {
            found.set(apply_event(page, &event) == Listed::Gap);
            session.windows.trim(&dialog, page);
        });
    }
    if lacks.get() {
        entry.mark_stale();
        entry.refetch();
    }
}

async fn fetch(
    session: Session,
    dialog: &DialogId,
    place: Place,
) -> Result<MessagesPage, QueryError> {
    let path = ["/api/messages/dialog/", dialog.as_str(), &place.query()].concat();
    let page: MessagesPage = read(demand(session, "GET", path, String::new()).await)?;
    if !place.extends() {
        // What comes after this position is told from now on; until the page is in the entry, the
        // cache keeps it and puts it on top.
        session.command(Input::Loaded { dialog_id: dialog.clone(), at: page.ev });
    }
    Ok(page)
}
