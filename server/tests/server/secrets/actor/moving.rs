//! To take people in and out, while those concerned read nothing.

use std::sync::Arc;

use confab_protocol::DialogId;
use rand::RngExt;
use serde_json::{Value, json};

use super::{Actor, DONE, REFUSED};
use crate::secrets::world::word_of;

impl Actor {
    /// A group of one's own, if there is one, or any.
    fn a_group(&mut self) -> Option<DialogId> {
        let own = self.world.owned(self.me, &mut self.random);
        own.or_else(|| {
            let slot = self.world.somewhere(&mut self.random);
            slot.is_group.then_some(slot.dialog)
        })
    }

    pub(super) async fn change_members(&mut self, what: &'static str, method: &str, who: usize) {
        let Some(dialog) = self.a_group() else { return self.count(what, REFUSED) };
        let world = Arc::clone(&self.world);
        let mut theirs = world.to_move(who).await;
        let body = json!({ "members": [world.ids[who]] });
        let path = format!("/api/dialogs/{dialog}/members");
        let told = self.rest.asks(method, &path, Some(body)).await;
        if told.status != 200 {
            return self.count(what, REFUSED);
        }
        match method {
            "POST" => drop(theirs.insert(dialog)),
            _ => drop(theirs.remove(&dialog)),
        }
        self.count(what, DONE);
    }

    pub(super) async fn adds(&mut self) {
        let who = self.somebody_else();
        self.change_members("add", "POST", who).await;
    }

    pub(super) async fn removes(&mut self) {
        let who = self.somebody_else();
        self.change_members("remove", "DELETE", who).await;
    }

    pub(super) async fn leaves(&mut self) {
        let dialog = self.somewhere().await;
        let world = Arc::clone(&self.world);
        let mut own = world.to_move(self.me).await;
        let path = format!("/api/dialogs/{dialog}/leave");
        let told = self.rest.asks("POST", &path, None).await;
        if told.status != 200 {
            return self.count("leave", REFUSED);
        }
        own.remove(&dialog);
        world.owns(&dialog, None);
        self.count("leave", DONE);
    }

    pub(super) async fn changes_group(&mut self) {
        let Some(dialog) = self.a_group() else { return self.count("change", REFUSED) };
        let (other, n) = (self.somebody_else(), self.random.random_range(0..3));
        let body: Value = match n {
            0 => json!({ "title": format!("Secret {}", word_of(&dialog)) }),
            1 => json!({ "muted": self.random.random::<bool>() }),
            _ => json!({ "owner": self.world.ids[other] }),
        };
        let told = self.rest.asks("PATCH", &format!("/api/dialogs/{dialog}"), Some(body)).await;
        if told.status == 200 && n == 2 {
            self.world.owns(&dialog, Some(&self.world.ids[other]));
        }
        self.count("change", if told.status == 200 { DONE } else { REFUSED });
    }

    /// Ends a group, and begins another in its place.
    pub(super) async fn dissolves(&mut self) {
        let Some(dialog) = self.a_group() else { return self.count("dissolve", REFUSED) };
        let world = Arc::clone(&self.world);
        {
            let mut everyone = world.all_to_move().await;
            let told = self.rest.asks("DELETE", &format!("/api/dialogs/{dialog}"), None).await;
            if told.status != 200 {
                return self.count("dissolve", REFUSED);
            }
            for theirs in &mut everyone {
                theirs.remove(&dialog);
            }
        }
        self.begins_group(Some(&dialog)).await;
        self.count("dissolve", DONE);
    }
}
