//! To find people, dialogs and words.

use confab_protocol::{DialogId, rest::Piece};

use super::rig::{Rig, title, user};

/// Fails when the words that are listed are not those of the messages.
async fn check_words(rig: &Rig) {
    let sql = "INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)";
    sqlx::query(sql).execute(&rig.store.readers).await.unwrap();
}

#[tokio::test]
async fn words_are_found_by_their_beginnings_as_they_are_now() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let tea = rig.says(&anna, &lobby, "Зелёный чай и café au lait").await;
    rig.says(&anna, &lobby, "Coffee with cream").await;
    for query in ["ЗЕЛЁНЫЙ", "чАЙ", "cafe", "lait зел", "ca"] {
        assert_eq!(rig.finds(&anna, query).await, [1], "{query}");
    }
    assert_eq!(rig.finds(&anna, "c").await, [2, 1], "newest first");
    assert_eq!(rig.finds(&anna, "coffee tea").await, [0; 0], "all of them");

    rig.edits(&anna, &tea, "Black tea").await;
    assert_eq!((rig.finds(&anna, "чай").await, rig.finds(&anna, "bla").await), (vec![], vec![1]));
    check_words(&rig).await;
    rig.deletes(&anna, &tea).await;
    assert_eq!(rig.finds(&anna, "black").await, [0; 0]);
    check_words(&rig).await;
}

#[tokio::test]
async fn the_hits_are_marked() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    rig.says(&anna, &lobby, "One <b>word</b> and another wordless").await;
    let found = rig.store.search(&anna.id, "word").await.unwrap().messages.remove(0);
    let piece = |text: &str, hit| Piece { text: text.to_owned(), hit };
    let expected = [
        piece("One <b>", false),
        piece("word", true),
        piece("</b> and another ", false),
        piece("wordless", true),
    ];
    assert_eq!(found.pieces, expected);
    assert_eq!((found.sender_name.as_str(), found.dialog_name), ("anna", None));
}

#[tokio::test]
async fn what_is_typed_is_never_a_query_language() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    rig.says(&anna, &lobby, "and or not near content a\"b 100% under_score").await;
    for query in [
        "\"",
        "\"\"",
        "*",
        "a*",
        "AND",
        "OR not",
        "NEAR(a b)",
        "content:and",
        "content : x",
        "(",
        ")",
        "^and",
        "a\"b",
        "-and",
        "{content}: and",
        "' OR 1=1 --",
        "\0",
        "a\0b",
        "%",
        "_",
        "\\",
        "😀",
        "!!! ???",
        "\u{1}and\u{2}",
        "a + b",
        &"a ".repeat(5_000),
        &"x".repeat(100_000),
        "  ",
    ] {
        rig.store.search(&anna.id, query).await.unwrap_or_else(|why| panic!("{query:?}: {why}"));
        rig.store.people(&anna.id, query, 50).await.unwrap();
    }
    assert_eq!(rig.finds(&anna, "AND content").await, [1]);
    assert_eq!(rig.finds(&anna, "NEAR").await, [1]);
    assert_eq!(rig.finds(&anna, "zzz OR and").await, [0; 0], "OR is a word");
}

#[tokio::test]
async fn dialogs_are_found_by_title_or_by_the_other() {
    let rig = Rig::new().await;
    let (anna, bob, cem) =
        (rig.account("anna").await, rig.account("bob").await, rig.account("cem").await);
    let direct = rig.direct(&anna, &bob).await;
    let group = rig.store.begin_group(anna.clone(), title("Чайный клуб"), vec![bob.id.clone()]);
    let group = group.await.unwrap().dialog.dialog_id;
    rig.says(&bob, &direct, "Hello there").await;
    rig.says(&bob, &group, "Hello all").await;
    let dialogs = async |person: &confab_protocol::Person, query: &str| -> Vec<DialogId> {
        let found = rig.store.search(&person.id, query).await.unwrap();
        found.dialogs.into_iter().map(|dialog| dialog.dialog_id).collect()
    };
    assert_eq!(dialogs(&anna, "BO").await, [direct]);
    assert_eq!(dialogs(&anna, "КЛУБ").await, [group]);
    assert_eq!(dialogs(&cem, "клуб").await, []);
    assert_eq!(dialogs(&anna, "%").await, []);
    let found = rig.store.search(&anna.id, "hello").await.unwrap().messages;
    let names: Vec<_> = found.into_iter().map(|message| message.dialog_name).collect();
    assert_eq!(names, [Some("Чайный клуб".to_owned()), Some("bob".to_owned())]);
}

#[tokio::test]
async fn people_are_found_by_any_part_of_their_name() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    for name in ["Hanna", "bob", "Annabel"] {
        rig.account(name).await;
    }
    let guest = rig.passing("guest-7");
    rig.says(&guest, &DialogId::lobby(), "Hi").await;
    rig.store.delete_account(rig.account("gone-anna").await.id).await.unwrap();
    rig.store.note_last_seen(user("bob")).await.unwrap();
    let names = async |query: &str, max| -> (Vec<String>, bool) {
        let (people, has_more) = rig.store.people(&anna.id, query, max).await.unwrap();
        let names = people.into_iter().map(|(person, _)| person.username.to_string());
        (names.collect(), has_more)
    };
    let of = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names("ANN", 50).await, (of(&["Annabel", "Hanna"]), false));
    assert_eq!(names("", 50).await, (of(&["Annabel", "bob", "guest-7", "Hanna"]), false));
    assert_eq!(names(" ", 2).await, (of(&["Annabel", "bob"]), true));
    assert_eq!(names(" ", 4).await, (of(&["Annabel", "bob", "guest-7", "Hanna"]), false));
    assert_eq!(names("GUEST-", 50).await, (of(&["guest-7"]), false));
    assert_eq!(names("_", 50).await, (vec![], false));
    let (people, _) = rig.store.people(&anna.id, "bob", 50).await.unwrap();
    assert_eq!(people[0].1, rig.store.account(&user("bob")).await.unwrap().unwrap().last_seen_at);
    assert!(people[0].1.is_some());
}

#[tokio::test]
async fn people_are_found_by_their_ids_in_the_order_asked_for() {
    let rig = Rig::new().await;
    let [anna, bob, cem] = ["anna", "bob", "cem"].map(|name| rig.account(name));
    let (anna, bob, cem) = (anna.await, bob.await, cem.await);
    rig.store.note_last_seen(bob.id.clone()).await.unwrap();
    rig.store.delete_account(cem.id.clone()).await.unwrap();
    let ids = [bob.id.clone(), cem.id, user("nobody"), anna.id.clone()];
    let found = rig.store.people_with(&ids).await.unwrap();
    let seen = found.iter().map(|(person, last_seen_at)| (person, last_seen_at.is_some()));
    assert_eq!(seen.collect::<Vec<_>>(), [(&bob, true), (&anna, false)]);
    assert_eq!(rig.store.people_with(&[]).await.unwrap(), []);
}
