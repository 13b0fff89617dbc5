//! `confab doctor`: each check finds the damage that it is there for, and says where it is.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    harness::{PASSWORD, TestServer, server},
    operator::{Place, Told, damages::DAMAGES, plant},
};

/// A database with something of everything, at rest.
struct Scene {
    place: Place,
    /// What stands for what in [`DAMAGES`].
    ids: Vec<(&'static str, String)>,
}

impl Scene {
    async fn set() -> Self {
        let server = server().start().await;
        let ids = fill(&server).await;
        let (place, data) = (Place::new(), server.folder.path().join("data"));
        place.does(&["backup", "sound.db", "--data", data.to_str().unwrap()]).await;
        server.end().await;
        Self { place, ids }
    }

    fn with_ids(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    /// What is told of a copy that was damaged.
    async fn damaged(&self, sql: &str) -> Told {
        let copy = self.place.at("copy.db");
        std::fs::copy(self.place.at("sound.db"), &copy).unwrap();
        plant(&copy, &self.with_ids(sql)).await;
        self.place.runs(&["doctor", "copy.db"]).await
    }
}

/// People who do everything that leaves a trace.
async fn fill(server: &TestServer) -> Vec<(&'static str, String)> {
    let mut anna = server.account("anna", "Anna").await;
    let mut bob = server.account("bob", "Bob").await;
    let mut cem = server.guest("Cem").await;
    let mut dora = server.account("dora", "Dora").await;
    let [anna_id, bob_id, cem_id, dora_id] =
        [anna.id().await, bob.id().await, cem.id().await, dora.id().await];
    anna.says("lobby", "one").await;
    dora.says("lobby", "two").await;

    let group = anna.begins_group("Tea", &[&bob_id]).await;
    anna.adds(&group, &[&cem_id]).await;
    bob.says(group.as_str(), "three").await;
    let path = format!("/api/dialogs/{group}");
    assert_eq!(anna.patch(&path, json!({ "title": "Coffee" })).await.status(), 200);
    anna.removes(&group, &[&cem_id]).await;
    anna.adds(&group, &[&cem_id]).await;
    assert_eq!(anna.patch(&path, json!({ "owner": bob_id })).await.status(), 200);
    bob.adds(&group, &[&dora_id]).await;
    let gone = dora.delete("/api/me", Some(json!({ "password": PASSWORD }))).await;
    assert_eq!(gone.status(), 200, "{}", gone.body);

    let direct = anna.begins_with(&bob_id).await.dialog_id;
    let path = format!("/api/messages/dialog/{direct}");
    let first = anna.says(direct.as_str(), "four").await["messageId"].clone();
    let reply = bob.post(&path, json!({ "content": "five", "replyTo": first })).await;
    assert_eq!(reply.status(), 201, "{}", reply.body);
    let third = anna.says(direct.as_str(), "six").await["messageId"].clone();
    let at = |id: &serde_json::Value| format!("{path}/{}", id.as_str().unwrap());
    assert_eq!(anna.patch(&at(&first), json!({ "content": "seven" })).await.status(), 200);
    assert_eq!(anna.delete(&at(&third), None).await.status(), 200);
    let read = bob.post(&format!("/api/dialogs/{direct}/read"), json!({ "seq": 3 })).await;
    assert_eq!(read.status(), 200, "{}", read.body);
    vec![
        ("$anna", anna_id),
        ("$bob", bob_id),
        ("$cem", cem_id),
        ("$dora", dora_id),
        ("$group", group.to_string()),
        ("$direct", direct.to_string()),
    ]
}

#[tokio::test]
async fn each_check_finds_its_damage_and_says_where_it_is() {
    let scene = Scene::set().await;
    let sound = scene.place.does(&["doctor", "sound.db"]).await;
    let checks: Vec<_> = sound.lines().filter_map(|line| line.strip_prefix("ok      ")).collect();
    let planted: BTreeSet<_> = DAMAGES.iter().map(|(check, ..)| *check).collect();
    assert_eq!(checks.iter().copied().collect::<BTreeSet<_>>(), planted, "each has its damage");
    assert_eq!(checks.len(), planted.len(), "no two checks have one name");
    assert_eq!(sound.lines().last(), Some(&*format!("sound.db is sound: {} checks", checks.len())));

    for (check, sql, offence) in DAMAGES {
        let told = scene.damaged(sql).await;
        assert_eq!(told.code, Some(1), "{sql}: {told:?}");
        assert!(told.err.contains("copy.db is not sound"), "{sql}: {told:?}");
        let mut lines = told.out.lines().skip_while(|line| *line != format!("FAILED  {check}"));
        assert!(lines.next().is_some(), "{sql} does not fail {check:?}:\n{}", told.out);
        let mut offences = lines.take_while(|line| line.starts_with("        "));
        let offence = scene.with_ids(offence);
        assert!(offences.any(|line| line.contains(&offence)), "{offence} in\n{}", told.out);
    }
}

#[tokio::test]
async fn of_many_offences_the_first_are_told_and_never_what_was_said() {
    let scene = Scene::set().await;
    let told = scene
        .damaged(
            "WITH RECURSIVE n (n) AS (SELECT 100 UNION ALL SELECT n + 2 FROM n WHERE n < 140)
             INSERT INTO dialog_events (dialog, ev, kind, title)
             SELECT 'lobby', n, 'dialog:renamed', 'a secret' FROM n",
        )
        .await;
    let (_, failed) = told.out.split_once("FAILED  ev counts").expect(&told.out);
    assert!(failed.contains("dialog lobby, ev 100, after ev 3"), "{failed}");
    assert!(failed.contains("        and 11 more\n"), "{failed}");
    assert!(!told.out.contains("secret"), "{}", told.out);
    // Every message offends, and each holds a word of its own.
    let sql = "UPDATE messages SET content = 'secret ' || seq, deleted_at = 1, number = NULL";
    let told = scene.damaged(sql).await;
    assert!(told.out.contains("FAILED  only what is deleted has no words"), "{}", told.out);
    assert!(!told.out.contains("secret"), "{}", told.out);
}

/// A long lobby, all at once.
const MANY: &str = "
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
    INSERT INTO messages (dialog, seq, ev, id, author, author_name, client_id, body_hash, content,
                          type, created_at, number)
    SELECT 'lobby', 2 + n, 3 + n, 'id' || n, '$anna', 'Anna', 'c' || n, x'00', 'word', 'text',
           last_message_at, 6 + n FROM n, dialogs WHERE dialogs.id = 'lobby';
    INSERT INTO dialog_events (dialog, ev, kind, seq)
    SELECT 'lobby', ev, 'message:new', seq FROM messages WHERE dialog = 'lobby' AND seq > 2;
    UPDATE dialogs SET last_seq = 50002, last_ev = 50003 WHERE id = 'lobby';
    INSERT INTO message_words (message_words) VALUES ('rebuild')";

/// A check that goes through the log once for each of its lines would take minutes.
#[tokio::test]
async fn a_long_log_is_examined_in_seconds() {
    let scene = Scene::set().await;
    let told = scene.damaged(MANY).await;
    assert_eq!(told.code, Some(0), "{told:?}");
}
