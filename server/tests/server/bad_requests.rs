//! Requests that are wrong: each gets a status, a code and a sentence, and changes nothing.

use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, TestServer, server};

const LOBBY: &str = "/api/messages/dialog/lobby";

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status(), answer.code())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A group of a person, with one more in it.
async fn group(owner: &mut Person<'_>, other: &mut Person<'_>) -> String {
    let body = json!({ "kind": "group", "title": "Tea", "members": [other.id().await] });
    let answer = owner.post("/api/dialogs", body).await;
    assert_eq!(answer.status(), 201, "{}", answer.body);
    answer.json()["data"]["dialogId"].as_str().unwrap().to_owned()
}

async fn two(server: &TestServer) -> (Person<'_>, Person<'_>) {
    (server.account("anna", "Anna").await, server.account("bob", "Bob").await)
}

#[tokio::test]
async fn an_unknown_dialog_and_a_foreign_one_get_the_same_answer_everywhere() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let foreign = group(&mut anna, &mut bob).await;
    let message = anna.says(&foreign, "secret").await["messageId"].clone();
    let message = message.as_str().unwrap();
    let mut mallory = server.account("mallory", "Mallory").await;
    let me = mallory.id().await;
    for dialog in [foreign.as_str(), "01998d2a-1234-7fff-bfff-ffffffffffff", "no-uuid"] {
        let messages = format!("/api/messages/dialog/{dialog}");
        let dialogs = format!("/api/dialogs/{dialog}");
        let seq = Some(json!({ "seq": 1 }));
        let members = Some(json!({ "members": [me] }));
        let words = Some(json!({ "content": "x" }));
        for (method, path, body) in [
            (Method::GET, messages.clone(), None),
            (Method::POST, messages.clone(), words.clone()),
            (Method::PATCH, format!("{messages}/{message}"), words),
            (Method::DELETE, format!("{messages}/{message}"), None),
            (Method::GET, format!("{messages}/events?after=0"), None),
            (Method::GET, dialogs.clone(), None),
            (Method::PATCH, dialogs.clone(), Some(json!({ "title": "x" }))),
            (Method::DELETE, dialogs.clone(), None),
            (Method::POST, format!("{dialogs}/members"), members.clone()),
            (Method::DELETE, format!("{dialogs}/members"), members),
            (Method::POST, format!("{dialogs}/leave"), None),
            (Method::POST, format!("{dialogs}/read"), seq.clone()),
            (Method::POST, format!("{dialogs}/delivered"), seq),
        ] {
            let what = format!("{method} {path}");
            let answer = mallory.asks(method, &path, body).await;
            assert_eq!(refusal(&answer), is(403, "unknown_dialog"), "{what}");
            assert!(!answer.body.contains("Tea"), "{what}");
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_page_holds_one_to_two_hundred_messages() {
    let server = server().start().await;
    let mut anna = server.browser();
    for limit in ["0", "201", "1000000", "4294967295"] {
        let answer = anna.get(&format!("{LOBBY}?limit={limit}")).await;
        assert_eq!(refusal(&answer), is(422, "limit_invalid"), "{limit}");
    }
    for limit in ["-1", "x", "", "1.5", "99999999999999999999", "1&limit=2"] {
        let answer = anna.get(&format!("{LOBBY}?limit={limit}")).await;
        assert_eq!(refusal(&answer), is(400, "bad_request"), "{limit}");
    }
    for limit in ["1", "200"] {
        assert_eq!(anna.get(&format!("{LOBBY}?limit={limit}")).await.status(), 200, "{limit}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_page_is_before_or_after_or_around_a_message() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for n in 1..=5 {
        anna.says("lobby", &n.to_string()).await;
    }
    for query in ["before=1&after=2", "after=1&around=1", "before=1&around=1&after=1"] {
        let answer = anna.get(&format!("{LOBBY}?{query}")).await;
        assert_eq!(refusal(&answer), is(400, "bad_request"), "{query}");
    }
    let mut page = async |query: &str| {
        let data = anna.get(&format!("{LOBBY}?limit=2&{query}")).await.json()["data"].clone();
        let words = data["messages"].as_array().unwrap().iter().map(|m| m["content"].as_str());
        let words: String = words.map(Option::unwrap).collect();
        (words, data["hasMore"] == true, data["hasNewer"] == true)
    };
    assert_eq!(page("").await, ("45".to_owned(), true, false));
    assert_eq!(page("before=4").await, ("23".to_owned(), true, true));
    assert_eq!(page("after=2").await, ("34".to_owned(), true, true));
    assert_eq!(page("after=3").await, ("45".to_owned(), true, false));
    assert_eq!(page("after=18446744073709551615").await.0, "");
    assert!(page("around=3").await.0.contains('3'));
    server.end().await;
}

#[tokio::test]
async fn only_its_author_changes_a_message_and_only_where_it_stands() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let group = group(&mut anna, &mut bob).await;
    let message = anna.says("lobby", "mine").await;
    let id = message["messageId"].as_str().unwrap();
    let (here, there) = (format!("{LOBBY}/{id}"), format!("/api/messages/dialog/{group}/{id}"));
    let words = || json!({ "content": "x" });
    assert_eq!(refusal(&bob.patch(&here, words()).await), is(403, "not_your_message"));
    assert_eq!(refusal(&bob.delete(&here, None).await), is(403, "not_your_message"));
    assert_eq!(refusal(&anna.patch(&there, words()).await), is(404, "unknown_message"));
    assert_eq!(refusal(&anna.delete(&there, None).await), is(404, "unknown_message"));
    let nothing = format!("{LOBBY}/01998d2a-1234-7fff-bfff-ffffffffffff");
    assert_eq!(refusal(&anna.patch(&nothing, words()).await), is(404, "unknown_message"));
    let path = format!("{LOBBY}/{}", "a%20b");
    assert_eq!(refusal(&anna.delete(&path, None).await), is(400, "bad_request"));
    for (content, code) in [("", "message_empty"), ("a\0b", "message_control_character")] {
        let answer = anna.patch(&here, json!({ "content": content })).await;
        assert_eq!(refusal(&answer), is(422, code));
    }
    assert_eq!(server.history().await.messages[0].content, "mine");

    assert_eq!(anna.patch(&here, words()).await.json()["data"]["content"], "x");
    assert_eq!(anna.delete(&here, None).await.json()["data"]["content"], "");
    assert_eq!(refusal(&anna.patch(&here, words()).await), is(409, "message_deleted"));
    assert_eq!(anna.delete(&here, None).await.status(), 200, "deleted is deleted");
    server.end().await;
}

#[tokio::test]
async fn a_reply_answers_a_message_of_the_same_dialog() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let group = group(&mut anna, &mut bob).await;
    let elsewhere = anna.says(&group, "in the group").await["messageId"].clone();
    for reply in [elsewhere, json!("01998d2a-1234-7fff-bfff-ffffffffffff")] {
        let answer = anna.post(LOBBY, json!({ "content": "x", "replyTo": reply })).await;
        assert_eq!(refusal(&answer), is(404, "unknown_message"), "{reply}");
    }
    let first = anna.says("lobby", "first").await["messageId"].clone();
    let answer = bob.post(LOBBY, json!({ "content": "re", "replyTo": first })).await;
    assert_eq!(answer.json()["data"]["quote"]["content"], "first");
    server.end().await;
}

#[tokio::test]
async fn one_name_is_one_message_in_the_head_or_in_the_body() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let said = anna.post(LOBBY, json!({ "content": "x", "clientId": "m1" })).await;
    let other = anna.post(LOBBY, json!({ "content": "y", "clientId": "m1" })).await;
    assert_eq!(refusal(&other), is(409, "client_id_conflict"));
    let own = format!("http://{}", server.address);
    let keyed = async |key: &str, body: Value| {
        let request = hyper::Request::post(LOBBY)
            .header("content-type", "application/json")
            .header("origin", &own)
            .header("cookie", anna.cookies())
            .header("idempotency-key", key)
            .body(body.to_string());
        server.http(request.unwrap()).await
    };
    for key in ["m1", "\"m1\""] {
        let again = keyed(key, json!({ "content": "x" })).await;
        assert_eq!((again.status(), again.json()), (200, said.json()), "{key}");
    }
    let both = keyed("m1", json!({ "content": "x", "clientId": "m1" })).await;
    assert_eq!(both.status(), 200);
    let two = keyed("m2", json!({ "content": "x", "clientId": "m1" })).await;
    assert_eq!(refusal(&two), is(400, "bad_request"));
    for key in ["", "a b", "ä", &"x".repeat(65)] {
        let answer = keyed(key, json!({ "content": "z" })).await;
        assert_eq!(refusal(&answer), is(400, "bad_request"), "{key}");
    }
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn a_dialog_that_cannot_be_is_not_begun() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let (me, bob) = (anna.id().await, bob.id().await);
    let nobody = "01998d2a-1234-7fff-bfff-ffffffffffff";
    let crowd: Vec<String> = (0..501).map(|n| format!("person-{n}")).collect();
    let direct = |members: Value| json!({ "kind": "direct", "members": members });
    let titled = |title: &str, members: Value| json!({ "kind": "group", "title": title, "members": members });
    for (body, status, code) in [
        (direct(json!([])), 422, "members_invalid"),
        (direct(json!([bob, nobody])), 422, "members_invalid"),
        (direct(json!([me])), 422, "members_invalid"),
        (direct(json!([nobody])), 404, "unknown_person"),
        (titled("Tea", json!([])), 422, "members_invalid"),
        (titled("Tea", json!([me])), 422, "members_invalid"),
        (titled("Tea", json!(crowd)), 422, "members_invalid"),
        (titled("Tea", json!([nobody])), 404, "unknown_person"),
        (titled("", json!([bob])), 422, "title_invalid"),
        (titled("\u{200b}", json!([bob])), 422, "title_invalid"),
        (titled(&"😀".repeat(200), json!([bob])), 422, "title_invalid"),
        (json!({ "kind": "group", "members": [bob] }), 422, "title_invalid"),
        (json!({ "kind": "lobby", "members": [bob] }), 400, "bad_request"),
        (json!({ "kind": "club", "members": [bob] }), 400, "bad_request"),
        (direct(json!("bob")), 400, "bad_request"),
        (direct(json!(["a b"])), 400, "bad_request"),
        (json!({ "kind": "direct" }), 400, "bad_request"),
        (json!([]), 400, "bad_request"),
    ] {
        let answer = anna.post("/api/dialogs", body.clone()).await;
        assert_eq!(refusal(&answer), is(status, code), "{body:.80}");
    }
    let list = anna.get("/api/dialogs").await.json()["data"]["dialogs"].clone();
    assert_eq!(list.as_array().unwrap().len(), 1, "the lobby alone: {list}");
    server.end().await;
}

#[tokio::test]
async fn a_second_direct_dialog_of_a_pair_is_the_first_whoever_begins_it() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let with = |id: String| json!({ "kind": "direct", "members": [id] });
    let first = anna.post("/api/dialogs", with(bob.id().await)).await;
    let second = bob.post("/api/dialogs", with(anna.id().await)).await;
    let third = anna.post("/api/dialogs", with(bob.id().await)).await;
    let statuses = [&first, &second, &third].map(Answer::status);
    assert_eq!(statuses, [201, 200, 200]);
    let ids = [first, second, third].map(|answer| answer.json()["data"]["dialogId"].clone());
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    server.end().await;
}

#[tokio::test]
async fn a_group_is_its_owners_to_change_and_a_direct_dialog_nobodys() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let mut carl = server.account("carl", "Carl").await;
    let carls = json!({ "members": [carl.id().await] });
    let group = format!("/api/dialogs/{}", group(&mut anna, &mut bob).await);
    let members = format!("{group}/members");
    for answer in [
        bob.patch(&group, json!({ "title": "Bob's" })).await,
        bob.patch(&group, json!({ "owner": carl.id().await })).await,
        bob.post(&members, carls.clone()).await,
        bob.delete(&group, None).await,
    ] {
        assert_eq!(refusal(&answer), is(403, "not_the_owner"), "{}", answer.body);
    }
    let anna_goes = json!({ "members": [anna.id().await] });
    assert_eq!(refusal(&bob.delete(&members, Some(anna_goes)).await), is(403, "not_the_owner"));

    let body = json!({ "kind": "direct", "members": [bob.id().await] });
    let direct = anna.post("/api/dialogs", body).await.json()["data"]["dialogId"].clone();
    for dialog in [direct.as_str().unwrap(), "lobby"] {
        let path = format!("/api/dialogs/{dialog}");
        let members = format!("{path}/members");
        for answer in [
            anna.patch(&path, json!({ "title": "Ours" })).await,
            anna.post(&members, carls.clone()).await,
            anna.delete(&members, Some(carls.clone())).await,
            anna.delete(&path, None).await,
            anna.post(&format!("{path}/leave"), json!({})).await,
        ] {
            assert_eq!(refusal(&answer), is(409, "not_a_group"), "{dialog} {}", answer.body);
        }
        assert_eq!(anna.patch(&path, json!({ "muted": true })).await.status(), 200, "{dialog}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_group_changes_as_its_owner_says() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let mut carl = server.account("carl", "Carl").await;
    let group = format!("/api/dialogs/{}", group(&mut anna, &mut bob).await);
    let members = format!("{group}/members");
    let carls = json!({ "members": [carl.id().await] });
    let added = anna.post(&members, carls.clone()).await;
    assert_eq!(added.json()["data"]["members"].as_array().unwrap().len(), 3);
    assert_eq!(carl.get(&group).await.status(), 200);
    assert_eq!(anna.delete(&members, Some(carls)).await.status(), 200);
    assert_eq!(refusal(&carl.get(&group).await), is(403, "unknown_dialog"));

    let change = json!({ "title": "Coffee", "owner": bob.id().await, "muted": true });
    let changed = anna.patch(&group, change).await.json()["data"]["dialog"].clone();
    let facts = [&changed["title"], &changed["role"], &changed["muted"]];
    assert_eq!(facts, [&json!("Coffee"), &json!("member"), &json!(true)]);
    let left = bob.asks(Method::POST, &format!("{group}/leave"), None).await;
    assert_eq!(left.status(), 200);
    assert_eq!(anna.get(&group).await.json()["data"]["dialog"]["role"], "owner");
    assert_eq!(anna.delete(&group, None).await.status(), 200);
    assert_eq!(refusal(&anna.get(&group).await), is(403, "unknown_dialog"));
    server.end().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_400_at_every_address_that_reads() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let group = format!("/api/dialogs/{}", group(&mut anna, &mut bob).await);
    let message = anna.says("lobby", "x").await["messageId"].clone();
    for (method, path) in [
        (Method::POST, "/api/auth/guest".to_owned()),
        (Method::POST, "/api/auth/register".to_owned()),
        (Method::POST, "/api/auth/login".to_owned()),
        (Method::POST, "/api/auth/logout".to_owned()),
        (Method::POST, "/api/auth/strength".to_owned()),
        (Method::PATCH, "/api/me".to_owned()),
        (Method::DELETE, "/api/me".to_owned()),
        (Method::POST, "/api/me/password".to_owned()),
        (Method::POST, "/api/me/tokens".to_owned()),
        (Method::POST, "/api/dialogs".to_owned()),
        (Method::PATCH, group.clone()),
        (Method::POST, format!("{group}/members")),
        (Method::DELETE, format!("{group}/members")),
        (Method::POST, format!("{group}/read")),
        (Method::POST, format!("{group}/delivered")),
        (Method::POST, LOBBY.to_owned()),
        (Method::PATCH, format!("{LOBBY}/{}", message.as_str().unwrap())),
    ] {
        for body in [json!("x"), json!(1), json!([1]), Value::Null] {
            let answer = anna.asks(method.clone(), &path, Some(body.clone())).await;
            assert_eq!(refusal(&answer), is(400, "bad_request"), "{method} {path} {body}");
        }
    }
    assert!(anna.me().await.is_some(), "and nobody was signed out by it");
    server.end().await;
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_400() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for path in [
        "/api/messages/dialog/lobby/events",
        "/api/messages/dialog/lobby/events?after=x",
        "/api/messages/dialog/lobby/events?after=-1",
        "/api/search",
        "/api/search?query=a&query=b",
        "/api/people?query=a&query=b",
        "/api/messages/dialog/lobby?around=x",
        "/api/dialogs/a%20b",
        "/api/dialogs/%ff",
    ] {
        assert_eq!(refusal(&anna.get(path).await), is(400, "bad_request"), "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn words_of_a_search_are_words_and_never_a_language() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    anna.says("lobby", "tea at eleven").await;
    for query in [
        "\"",
        "tea*",
        "NEAR(",
        "a OR b",
        "-",
        "content:tea",
        "'; --",
        "%25",
        "%F0%9F%98%80",
        "",
        "+",
    ] {
        let query = query.replace(' ', "+").replace('"', "%22").replace('\'', "%27");
        for path in ["search", "people"] {
            let answer = anna.get(&format!("/api/{path}?query={query}")).await;
            assert_eq!(answer.status(), 200, "{path} {query} {}", answer.body);
        }
    }
    let found = anna.get("/api/search?query=eleven").await.json()["data"]["messages"].clone();
    assert_eq!(found[0]["dialogId"], "lobby");
    server.end().await;
}

#[tokio::test]
async fn receipts_only_grow_and_never_beyond_what_there_is() {
    let server = server().start().await;
    let (mut anna, mut bob) = two(&server).await;
    let group = group(&mut anna, &mut bob).await;
    for n in 1..=3 {
        anna.says(&group, &n.to_string()).await;
    }
    let path = format!("/api/dialogs/{group}");
    let mut reads = async |verb: &str, seq: u64| {
        let answer = bob.post(&format!("{path}/{verb}"), json!({ "seq": seq })).await;
        assert_eq!((answer.status(), &answer.json()["data"]), (200, &Value::Null));
        let details = bob.get(&path).await.json()["data"].clone();
        let bobs = details["members"].as_array().unwrap().iter();
        let bobs = bobs.clone().find(|member| member["username"] == "Bob").unwrap();
        (bobs["delivered"].as_u64().unwrap(), bobs["read"].as_u64().unwrap())
    };
    assert_eq!(reads("delivered", 2).await, (2, 0));
    assert_eq!(reads("read", 1).await, (2, 1));
    assert_eq!(reads("delivered", 1).await, (2, 1));
    assert_eq!(reads("read", 18_446_744_073_709_551_615).await, (3, 3));
    assert_eq!(reads("read", 0).await, (3, 3));
    server.end().await;
}

#[tokio::test]
async fn the_lobby_is_open_to_nobody_and_the_rest_is_not() {
    let server = server().start().await;
    let mut nobody = server.script();
    assert_eq!(nobody.get(LOBBY).await.status(), 200);
    assert_eq!(nobody.get(&format!("{LOBBY}/events?after=0")).await.status(), 200);
    for path in [
        "/api/me",
        "/api/me/tokens",
        "/api/dialogs",
        "/api/dialogs/some-dialog",
        "/api/messages/dialog/some-dialog",
        "/api/people",
        "/api/search?query=x",
    ] {
        let answer = nobody.get(path).await;
        assert_eq!(refusal(&answer), is(401, "sign_in_required"), "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    server.end().await;
}
