//! What people do with dialogs, at either door.

use confab_protocol::{
    ClientId, Dialog, DialogEvents, DialogId, DialogJoin, DialogUpdate, MessageId, MessageSend,
    Uev, rest::DialogList,
};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Answer, Client, Person, TestServer, hears, message};

/// A message to a dialog, as a frame.
pub fn message_to(dialog_id: &DialogId, client_id: &str, content: &str) -> MessageSend {
    MessageSend { dialog_id: dialog_id.clone(), ..message(client_id, content) }
}

/// A deletion, as a frame.
pub fn deletion(
    dialog_id: &DialogId,
    message_id: &MessageId,
    client_id: &str,
) -> confab_protocol::MessageDelete {
    let client_id = ClientId::parse(client_id).unwrap();
    let (dialog_id, message_id) = (dialog_id.clone(), message_id.clone());
    confab_protocol::MessageDelete { dialog_id, message_id, client_id }
}

/// An edit, as a frame.
pub fn edit(
    dialog_id: &DialogId,
    message_id: &MessageId,
    client_id: &str,
    content: &str,
) -> confab_protocol::MessageEdit {
    let client_id = ClientId::parse(client_id).unwrap();
    let (dialog_id, message_id) = (dialog_id.clone(), message_id.clone());
    confab_protocol::MessageEdit { dialog_id, message_id, client_id, content: content.to_owned() }
}

impl Answer {
    /// What was asked for; the status must be this one.
    pub fn data<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status(), status, "{}", self.body);
        serde_json::from_value(self.json()["data"].clone()).expect(&self.body)
    }
}

impl TestServer {
    /// A browser whose owner came in as a guest of this name.
    pub async fn guest(&self, name: &str) -> Person<'_> {
        let mut person = self.browser();
        let answer = person.post("/api/auth/guest", json!({ "name": name })).await;
        assert_eq!(answer.status(), 200, "{}", answer.body);
        person
    }

    /// Everything that was stored has been told, so that nothing heard from now on means nothing
    /// told: one task tells all news in their order, and a message in the lobby is told last.
    pub async fn has_told_all(&self) {
        let mut witness = self.client().query("topics=chat").connect().await;
        witness.says(super::chat("Was that all?")).await;
        hears!(witness, Chat);
        witness.leaves().await;
    }
}

impl Person<'_> {
    /// A socket that hears these topics, greeted.
    pub async fn listens(&self, topics: &str) -> Client {
        self.dials().query(&format!("topics={topics}")).connect().await
    }

    /// Begins a direct dialog.
    pub async fn begins_with(&mut self, other: &str) -> Dialog {
        let body = json!({ "kind": "direct", "members": [other] });
        self.post("/api/dialogs", body).await.data(201)
    }

    /// Begins a group, and gives its id.
    pub async fn begins_group(&mut self, title: &str, others: &[&str]) -> DialogId {
        let body = json!({ "kind": "group", "members": others, "title": title });
        self.post("/api/dialogs", body).await.data::<Dialog>(201).dialog_id
    }

    /// Their list, with its position.
    pub async fn list(&mut self) -> DialogList {
        self.get("/api/dialogs").await.data(200)
    }

    /// How a dialog reads on their list.
    pub async fn line(&mut self, id: &DialogId) -> Option<Dialog> {
        self.list().await.dialogs.into_iter().find(|dialog| dialog.dialog_id == *id)
    }

    /// Takes people into a group.
    pub async fn adds(&mut self, id: &DialogId, others: &[&str]) {
        let path = format!("/api/dialogs/{id}/members");
        let answer = self.post(&path, json!({ "members": others })).await;
        assert_eq!(answer.status(), 200, "{}", answer.body);
    }

    /// Takes people out of a group.
    pub async fn removes(&mut self, id: &DialogId, others: &[&str]) {
        let path = format!("/api/dialogs/{id}/members");
        let answer = self.delete(&path, Some(json!({ "members": others }))).await;
        assert_eq!(answer.status(), 200, "{}", answer.body);
    }
}

impl Client {
    /// Joins a dialog and hears where it is.
    pub async fn joins(&mut self, id: &DialogId) -> DialogEvents {
        self.says(DialogJoin { dialog_id: id.clone(), after: None }).await;
        hears!(self, DialogSync)
    }

    /// Hears that a line of the list changed, with this number in the person's own log.
    pub async fn hears_line(&mut self, uev: u64) -> Option<Dialog> {
        let DialogUpdate { uev: heard, dialog, .. } = hears!(self, DialogUpdate);
        assert_eq!(heard, Uev(uev), "{dialog:?}");
        dialog
    }
}
