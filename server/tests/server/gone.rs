//! Who is out sees nothing more (DESIGN §7, G8): out of a group, by whichever way, though their
//! sockets are open and had joined it. What ends with a session stands in `sessions` and `tokens`.

use confab_protocol::{
    Connecting, DialogId, DialogJoin, Ev, MessageDelivered, MessageId, MessageRead, Ping,
    Positions, Resume, Seq, ServerFrame, Topics, TypingStart,
};
use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, PASSWORD, Person, TestServer, deletion, edit, hears, message_to, server,
};

/// How one comes to be out of a group.
#[derive(Clone, Copy, Debug)]
enum Way {
    Removed,
    Left,
    Dissolved,
}

const WAYS: [Way; 3] = [Way::Removed, Way::Left, Way::Dissolved];

/// Anna's group with Bob, and Cem who is about to be out.
struct Scene<'a> {
    anna: Person<'a>,
    cem: Person<'a>,
    cem_id: String,
    group: DialogId,
    /// Cem's own message in it.
    message: MessageId,
}

impl<'a> Scene<'a> {
    async fn set(server: &'a TestServer, way: Way) -> Self {
        let mut anna = server.guest(&format!("Anna {way:?}")).await;
        let mut bob = server.guest(&format!("Bob {way:?}")).await;
        let mut cem = server.guest(&format!("Cem {way:?}")).await;
        let cem_id = cem.id().await;
        let group = anna.begins_group("Tea", &[&bob.id().await, &cem_id]).await;
        let message = cem.says(group.as_str(), "tealeaves").await;
        let message = serde_json::from_value(message["messageId"].clone()).unwrap();
        server.has_told_all().await;
        Self { anna, cem, cem_id, group, message }
    }

    async fn goes(&mut self, way: Way) {
        let path = format!("/api/dialogs/{}", self.group);
        let answer = match way {
            Way::Removed => {
                let body = json!({ "members": [self.cem_id] });
                self.anna.delete(&format!("{path}/members"), Some(body)).await
            }
            Way::Left => self.cem.post(&format!("{path}/leave"), json!(null)).await,
            Way::Dissolved => self.anna.delete(&path, None).await,
        };
        assert_eq!(answer.status(), 200, "{way:?}: {}", answer.body);
    }

    /// Everything that a member can let the others hear.
    async fn goes_on_without_them(&mut self, server: &TestServer, at_anna: &mut Client) {
        let group = self.group.clone();
        let said = self.anna.says(group.as_str(), "tealeaves again").await;
        let message = said["messageId"].as_str().unwrap();
        let path = format!("/api/messages/dialog/{group}/{message}");
        assert_eq!(self.anna.patch(&path, json!({ "content": "hush" })).await.status(), 200);
        assert_eq!(self.anna.delete(&path, None).await.status(), 200);
        let path = format!("/api/dialogs/{group}");
        assert_eq!(self.anna.patch(&path, json!({ "title": "Hush" })).await.status(), 200);
        at_anna.says(MessageRead { dialog_id: group.clone(), seq: Seq(9) }).await;
        at_anna.says(TypingStart { dialog_id: group }).await;
        at_anna.says(Ping { n: 1 }).await;
        while !matches!(at_anna.next().await, ServerFrame::Pong(_)) {}
        server.has_told_all().await;
    }
}

#[tokio::test]
async fn who_is_out_while_looking_hears_that_and_nothing_more() {
    let server = server().start().await;
    for way in WAYS {
        let mut scene = Scene::set(&server, way).await;
        let mut at_anna = scene.anna.listens("").await;
        let mut open = scene.cem.listens("dialogs,typing,presence,system").await;
        let mut joined = scene.cem.listens("typing").await;
        let mut named = scene.cem.listens(&format!("dialog:{}", scene.group)).await;
        open.joins(&scene.group).await;
        joined.joins(&scene.group).await;

        scene.goes(way).await;
        let update = hears!(open, DialogUpdate);
        assert_eq!((&update.dialog_id, update.dialog), (&scene.group, None), "{way:?}");
        match way {
            Way::Dissolved => server.has_told_all().await,
            _ => scene.goes_on_without_them(&server, &mut at_anna).await,
        }
        for client in [&mut open, &mut joined, &mut named] {
            client.says(Ping { n: 7 }).await;
            let pong = hears!(client, Pong);
            assert_eq!((pong.n, pong.positions), (7, Positions::new()), "{way:?}");
        }
    }
    server.end().await;
}

/// What is answered at an address, with the dialog's id left out of it.
async fn answered(person: &mut Person<'_>, row: &(&str, &str, Value), id: &str) -> (u16, String) {
    let (method, path, body) = row;
    let body = (!body.is_null()).then(|| body.clone());
    let answer = person.asks(method.parse().unwrap(), &path.replace("{id}", id), body).await;
    assert_ne!(answer.header("content-type"), "", "{path}");
    (answer.status(), answer.body.replace(id, "<id>"))
}

#[tokio::test]
async fn who_is_out_is_answered_as_if_there_were_no_such_dialog() {
    let server = server().start().await;
    for way in WAYS {
        let mut scene = Scene::set(&server, way).await;
        let message = &format!("/api/messages/dialog/{{id}}/{}", scene.message);
        let members = json!({ "members": [scene.cem_id] });
        let rows = [
            ("GET", "/api/messages/dialog/{id}", json!(null)),
            ("GET", "/api/messages/dialog/{id}?around=1", json!(null)),
            ("GET", "/api/messages/dialog/{id}/events?after=0", json!(null)),
            ("POST", "/api/messages/dialog/{id}", json!({ "content": "still here" })),
            ("PATCH", message, json!({ "content": "still mine" })),
            ("DELETE", message, json!(null)),
            ("GET", "/api/dialogs/{id}", json!(null)),
            ("PATCH", "/api/dialogs/{id}", json!({ "muted": true })),
            ("PATCH", "/api/dialogs/{id}", json!({ "title": "Mine" })),
            ("DELETE", "/api/dialogs/{id}", json!(null)),
            ("POST", "/api/dialogs/{id}/read", json!({ "seq": 1 })),
            ("POST", "/api/dialogs/{id}/delivered", json!({ "seq": 1 })),
            ("POST", "/api/dialogs/{id}/leave", json!(null)),
            ("POST", "/api/dialogs/{id}/members", members.clone()),
            ("DELETE", "/api/dialogs/{id}/members", members),
        ];
        let (group, unknown) = (scene.group.to_string(), "0199aaaa-0000-7000-8000-000000000000");
        for row in &rows {
            let nowhere = answered(&mut scene.cem.copy(), row, unknown).await;
            assert_eq!(nowhere.0, 403, "{row:?}: {}", nowhere.1);
            assert!(nowhere.1.contains("\"unknown_dialog\""), "{row:?}: {}", nowhere.1);
        }
        scene.goes(way).await;
        for row in &rows {
            let outside = answered(&mut scene.cem, row, &group).await;
            let nowhere = answered(&mut scene.cem, row, unknown).await;
            assert_eq!(outside, nowhere, "{way:?}: {row:?}");
        }
        let page = scene.cem.asks(Method::GET, &format!("/d/{group}"), None).await;
        assert!(!page.body.contains("tealeaves") && !page.body.contains("Tea<"), "{way:?}");
        for path in ["/api/dialogs", "/api/search?query=tealeaves", "/api/search?query=tea"] {
            let answer = scene.cem.get(path).await;
            assert_eq!(answer.status(), 200);
            assert!(!answer.body.contains(&group), "{way:?}: {path}: {}", answer.body);
            assert!(!answer.body.contains("tealeaves"), "{way:?}: {path}: {}", answer.body);
        }
    }
    server.end().await;
}

#[tokio::test]
async fn every_frame_of_who_is_out_is_answered_as_if_there_were_no_such_dialog() {
    let server = server().start().await;
    for way in WAYS {
        let mut scene = Scene::set(&server, way).await;
        let mut open = scene.cem.listens("typing").await;
        open.joins(&scene.group).await;
        let epoch = open.established().epoch.clone();
        scene.goes(way).await;
        server.has_told_all().await;
        let unknown = DialogId::parse("0199aaaa-0000-7000-8000-000000000000").unwrap();
        let mut answers = [Vec::new(), Vec::new()];
        for (answers, id) in answers.iter_mut().zip([scene.group.clone(), unknown]) {
            open.says(message_to(&id, "m1", "still here")).await;
            open.says(edit(&id, &scene.message, "m2", "still mine")).await;
            open.says(deletion(&id, &scene.message, "m3")).await;
            for _ in 0..3 {
                let nack = hears!(open, Nack);
                assert_eq!((nack.code.as_str(), nack.retry), ("unknown_dialog", false));
                answers.push(nack.message.replace(id.as_str(), "<id>"));
            }
            for after in [None, Some(Ev(0))] {
                open.says(DialogJoin { dialog_id: id.clone(), after }).await;
            }
            open.says(TypingStart { dialog_id: id.clone() }).await;
            open.says(MessageDelivered { dialog_id: id.clone(), seq: Seq(1) }).await;
            open.says(MessageRead { dialog_id: id.clone(), seq: Seq(1) }).await;
            open.says(Topics { topics: vec![format!("dialog:{id}")] }).await;
            for _ in 0..6 {
                let (code, sentence) = open.hears_error().await;
                assert_eq!(code, "unknown_dialog");
                answers.push(sentence.replace(id.as_str(), "<id>"));
            }
            let positions = [(id.clone(), Ev(0))].into();
            let resume = Some(Resume { epoch: epoch.clone(), positions });
            open.says(Connecting { username: None, resume }).await;
            hears!(open, Connected);
            let error = hears!(open, Error);
            assert_eq!((error.code.as_str(), error.dialog_id), ("unknown_dialog", Some(id)));
        }
        assert_eq!(answers[0], answers[1], "{way:?}");
    }
    server.end().await;
}

#[tokio::test]
async fn who_comes_back_hears_again_from_when_they_join() {
    let server = server().start().await;
    let mut scene = Scene::set(&server, Way::Removed).await;
    let mut open = scene.cem.listens("dialogs").await;
    let mut joined = scene.cem.listens("").await;
    joined.joins(&scene.group).await;
    scene.goes(Way::Removed).await;
    assert_eq!(hears!(open, DialogUpdate).dialog, None);
    scene.anna.adds(&scene.group, &[&scene.cem_id]).await;
    hears!(open, DialogChanged);
    assert!(hears!(open, DialogUpdate).dialog.is_some());
    scene.anna.says(scene.group.as_str(), "welcome back").await;
    assert_eq!(hears!(open, MessageNew).message.content, "welcome back");
    server.has_told_all().await;
    joined.heard_nothing().await;
    assert_eq!(joined.joins(&scene.group).await.to, Ev(4));
    server.end().await;
}

#[tokio::test]
async fn a_deleted_account_closes_every_socket_and_leaves_every_group() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let mut bob = server.account("bob", "Bob").await;
    let group = anna.begins_group("Tea", &[&bob.id().await]).await;
    let mut phone = server.browser();
    phone.signs_in("bob", PASSWORD).await;
    let mut sockets = vec![bob.listens("dialogs").await, phone.listens("typing").await];
    let mut at_anna = anna.listens("dialogs").await;
    let answer = bob.delete("/api/me", Some(json!({ "password": PASSWORD }))).await;
    assert_eq!(answer.status(), 200, "{}", answer.body);
    for socket in &mut sockets {
        assert_eq!(socket.is_closed().await.code, 4001);
    }
    server.has_sockets(1).await;
    let removed = hears!(at_anna, DialogChanged).event.change;
    assert!(matches!(removed, confab_protocol::DialogChange::MemberRemoved(_)), "{removed:?}");
    assert_eq!(anna.line(&group).await.unwrap().members, 1);
    assert_eq!(phone.dials().open().await.err().unwrap().status(), 401);
    server.end().await;
}
