//! To read, while nobody is taken in or out: what is told is exactly what is one's own.

use std::sync::Arc;

use confab_protocol::{
    DialogChange, DialogEvent, DialogId, DialogJoin, Ev, Message, Role,
    rest::{DialogDetails, DialogList, EventsPage, Found, MessagesPage},
};
use rand::RngExt;

use super::{Actor, DONE, REFUSED};
use crate::secrets::{ears::Answer, world::word_of};

impl Actor {
    /// Some position in a dialog: mostly a little behind of what was heard, as after a short absence.
    fn position(&mut self, dialog: &DialogId) -> Ev {
        let heard = self.list.last_of(dialog);
        let behind = self.random.random_range(0..20);
        if self.chance(10) { Ev(behind) } else { Ev(heard.saturating_sub(behind)) }
    }

    pub(super) async fn joins(&mut self) {
        let dialog = self.somewhere().await;
        let world = Arc::clone(&self.world);
        let own = world.still(self.me).await;
        let after = if self.random.random() { Some(self.position(&dialog)) } else { None };
        self.joined.client.says(DialogJoin { dialog_id: dialog.clone(), after }).await;
        let is_inside = loop {
            match self.joined.next().await {
                Answer::Joined(sync) => {
                    assert_eq!(sync.dialog_id, dialog);
                    only_of(&dialog, &messages_of(&sync.events));
                    break true;
                }
                Answer::Reset => break true,
                Answer::NoSuchDialog(id) => {
                    assert_eq!(id, dialog);
                    break false;
                }
                answer => self.notice(answer),
            }
        };
        assert_eq!(is_inside, own.contains(&dialog), "join of {dialog}");
        self.count("join", if is_inside { DONE } else { REFUSED });
    }

    pub(super) async fn reads(&mut self) {
        let dialog = self.somewhere().await;
        let world = Arc::clone(&self.world);
        let own = world.still(self.me).await;
        let what = self.random.random_range(0..3);
        let path = match what {
            0 => format!("/api/messages/dialog/{dialog}?limit=5"),
            1 => {
                let after = self.position(&dialog).0;
                format!("/api/messages/dialog/{dialog}/events?after={after}")
            }
            _ => format!("/api/dialogs/{dialog}"),
        };
        let told = self.rest.asks("GET", &path, None).await;
        assert_eq!(told.is_done(), own.contains(&dialog), "{path}");
        if !told.is_done() {
            return self.count("read", REFUSED);
        }
        match what {
            0 => only_of(&dialog, &told.data::<MessagesPage>().messages),
            1 => only_of(&dialog, &messages_of(&told.data::<EventsPage>().events)),
            _ => {
                let details: DialogDetails = told.data();
                assert!(details.members.iter().any(|member| member.id == world.ids[self.me]));
                let owner = details.members.iter().find(|member| member.role == Role::Owner);
                world.owns(&dialog, owner.map(|owner| &owner.id));
            }
        }
        self.count("read", DONE);
    }

    pub(super) async fn looks_at_list(&mut self) {
        let world = Arc::clone(&self.world);
        let own = world.still(self.me).await;
        let list: DialogList = self.rest.asks("GET", "/api/dialogs", None).await.data();
        for line in &list.dialogs {
            let id = &line.dialog_id;
            assert!(own.contains(id) || *id == DialogId::lobby(), "a line of {id}");
            only_of(id, line.last_message.as_slice());
        }
        let has = |id: &DialogId| list.dialogs.iter().any(|line| line.dialog_id == *id);
        for id in own.iter().filter(|id| world.is_group(id)) {
            assert!(has(id), "no line of {id}");
        }
        self.count("list", DONE);
    }

    pub(super) async fn searches(&mut self) {
        let dialog = self.somewhere().await;
        let world = Arc::clone(&self.world);
        let own = world.still(self.me).await;
        // The word of one dialog, or the beginning of all of them.
        let word = if self.chance(90) { word_of(&dialog) } else { "secret".to_owned() };
        let path = format!("/api/search?query={word}");
        let found: Found = self.rest.asks("GET", &path, None).await.data();
        for message in &found.messages {
            assert!(own.contains(&message.dialog_id), "{word} in {}", message.dialog_id);
        }
        for line in &found.dialogs {
            assert!(own.contains(&line.dialog_id), "{word} is {}", line.dialog_id);
        }
        self.count("search", if found.messages.is_empty() { "nothing" } else { DONE });
    }
}

fn messages_of(events: &[DialogEvent]) -> Vec<Message> {
    let message = |event: &DialogEvent| match &event.change {
        DialogChange::MessageNew(message) | DialogChange::MessageUpdate(message) => {
            Some(message.clone())
        }
        _ => None,
    };
    events.iter().filter_map(message).collect()
}

/// Every message that was read stands in this dialog, by its words too.
fn only_of(dialog: &DialogId, messages: &[Message]) {
    for message in messages {
        assert_eq!(message.dialog_id, *dialog);
        let is_own = message.content.starts_with(&word_of(dialog));
        let is_free = message.deleted_at.is_some() || *dialog == DialogId::lobby();
        assert!(is_own || is_free, "{message:?}");
    }
}
