//! What `--demo` brings: sample messages, and the two people of document 001.

use serde_json::json;

use crate::harness::server;

#[tokio::test]
async fn an_empty_lobby_is_filled_once() {
    let first = server().demo().start().await;
    let samples = first.history().await.messages.len();
    assert!(samples > 3);
    let folder = first.folder.clone();
    first.end().await;
    let second = server().demo().in_folder(folder).start().await;
    assert_eq!(second.history().await.messages.len(), samples);
    second.end().await;
}

#[tokio::test]
async fn the_two_people_of_document_001_have_a_dialog() {
    let first = server().demo().start().await;
    let folder = first.folder.clone();
    first.end().await;
    let server = server().demo().in_folder(folder).start().await;
    let mut dialogs = Vec::new();
    for login in ["79111111111", "+7 977 777-77-77"] {
        let mut person = server.browser();
        let claim = json!({ "login": login, "password": "confab-demo" });
        assert_eq!(person.post("/api/auth/login", claim).await.status(), 200, "{login}");
        let list = person.get("/api/dialogs").await.json();
        let lines = list["data"]["dialogs"].as_array().unwrap();
        let direct: Vec<_> = lines.iter().filter(|line| line["kind"] == "direct").collect();
        assert_eq!(direct.len(), 1, "one, also after a restart: {list}");
        dialogs.push(direct[0]["dialogId"].clone());
    }
    assert_eq!(dialogs[0], dialogs[1]);
    server.end().await;
}
