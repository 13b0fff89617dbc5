//! To say something, to say it otherwise, to take it back.

use confab_protocol::{ClientId, DialogChange, DialogId, Ev, Meta, Seq, Username};

use super::rig::{Rig, delete, member, no_message, nowhere, text};
use crate::store::{AmendError, Append, AppendError, Change, Edit, Place, Readers};

#[tokio::test]
async fn a_message_is_read_as_it_was_stored() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let first = rig.says(&anna, &lobby, "Hi").await;
    let meta = Meta::parse("{\"mark\":1}").unwrap();
    let answer = rig.draft(&anna, &lobby, "Hello");
    let answer = Append { meta, reply_to: Some(first.message_id.clone()), ..answer };
    let answer = rig.store.append(answer).await.unwrap().message;
    let page = rig.store.page(&member(&anna, &lobby), Place::Latest, 9).await.unwrap();
    assert_eq!(page.messages, [first, answer]);
}

#[tokio::test]
async fn a_message_takes_the_next_place_and_the_next_line() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.passing("anna"), DialogId::lobby());
    let first = rig.says(&anna, &lobby, "One").await;
    let second = rig.says(&anna, &lobby, "Two").await;
    assert_eq!((first.seq, first.ev, second.seq, second.ev), (Seq(1), Ev(1), Seq(2), Ev(2)));

    let edited = rig.edits(&anna, &first, "Uno").await;
    assert_eq!((edited.seq, edited.ev), (Seq(1), Ev(3)));
    assert_eq!(rig.words(&anna, &lobby).await, ["Uno", "Two"]);
    let third = rig.says(&anna, &lobby, "Three").await;
    assert_eq!((third.seq, third.ev), (Seq(3), Ev(4)));
}

#[tokio::test]
async fn a_resent_message_gets_the_first_answer_and_another_under_its_name_is_refused() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    let draft = rig.draft(&anna, &direct, "Hi");
    let first = rig.store.append(draft.clone()).await.unwrap();
    rig.edits(&anna, &first.message, "Hello").await;
    rig.leaves_nothing_behind(async || {
        let again = rig.store.append(draft.clone()).await.unwrap();
        assert!(!first.duplicate && again.duplicate);
        assert_eq!(again.message.seq, first.message.seq);
        assert_eq!(again.message.content, "Hello", "as it is now");

        let other = Append { text: text("Bye"), ..draft.clone() };
        let marked = Append { meta: Meta::parse("{\"mark\":1}").unwrap(), ..draft.clone() };
        let elsewhere = Append { member: member(&anna, &DialogId::lobby()), ..draft.clone() };
        for other in [other, marked, elsewhere] {
            let refused = rig.store.append(other).await;
            assert!(matches!(refused, Err(AppendError::Conflict)), "{refused:?}");
        }
    })
    .await;
    // The same id is another's own.
    let of_bob = Append { member: member(&bob, &direct), ..draft };
    assert!(!rig.store.append(of_bob).await.unwrap().duplicate);
}

#[tokio::test]
async fn who_does_not_belong_says_nothing() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let eve = rig.account("eve").await;
    let direct = rig.direct(&anna, &bob).await;
    let said = rig.says(&anna, &direct, "Hi").await;
    rig.leaves_nothing_behind(async || {
        for (person, dialog) in [(&eve, &direct), (&anna, &nowhere()), (&rig.passing("x"), &direct)]
        {
            let refused = rig.tries(person, dialog, "Me too").await;
            assert!(matches!(refused, Err(AppendError::NoSuchDialog)), "{refused:?}");
        }
        let edited = rig.store.edit(rig.edit(&eve, &said, "No")).await;
        assert!(matches!(edited, Err(AmendError::NoSuchDialog)), "{edited:?}");
        let deleted = rig.store.delete(delete(&eve, &said)).await;
        assert!(matches!(deleted, Err(AmendError::NoSuchDialog)), "{deleted:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reply_quotes_a_message_of_its_own_dialog_as_it_is_now() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let long = "ä".repeat(200);
    let said = rig.says(&anna, &lobby, &long).await;
    let reply = rig.replies(&anna, &said, "Indeed").await;
    assert_eq!(reply.quote, Some(confab_protocol::Quote::of(&said)), "cut as the browser cuts it");

    let edited = rig.edits(&anna, &said, "Short").await;
    let again = rig.edits(&anna, &reply, "Quite so").await;
    assert_eq!(again.quote, Some(confab_protocol::Quote::of(&edited)));
    let gone = rig.deletes(&anna, &said).await;
    assert_eq!(
        rig.edits(&anna, &reply, "Was it?").await.quote,
        Some(confab_protocol::Quote::of(&gone))
    );

    let bob = rig.account("bob").await;
    let direct = rig.direct(&anna, &bob).await;
    rig.leaves_nothing_behind(async || {
        for reply_to in [said.message_id.clone(), no_message()] {
            let draft = rig.draft(&anna, &direct, "What?");
            let refused = rig.store.append(Append { reply_to: Some(reply_to), ..draft }).await;
            assert!(matches!(refused, Err(AppendError::UnknownMessage)), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_ones_own_words_can_be_changed() {
    let rig = Rig::new().await;
    let (anna, bob, lobby) =
        (rig.account("anna").await, rig.account("bob").await, DialogId::lobby());
    let said = rig.says(&anna, &lobby, "Hi").await;
    rig.leaves_nothing_behind(async || {
        let refused = rig.store.edit(rig.edit(&bob, &said, "No")).await;
        assert!(matches!(refused, Err(AmendError::NotYours)), "{refused:?}");
        let refused = rig.store.delete(delete(&bob, &said)).await;
        assert!(matches!(refused, Err(AmendError::NotYours)), "{refused:?}");
        let mut unknown = rig.edit(&anna, &said, "No");
        unknown.message_id = no_message();
        let refused = rig.store.edit(unknown).await;
        assert!(matches!(refused, Err(AmendError::UnknownMessage)), "{refused:?}");
    })
    .await;
    let same = rig.store.edit(rig.edit(&anna, &said, "Hi")).await.unwrap();
    assert!(same.duplicate && same.message.edited_at.is_none());
    let edited = rig.store.edit(rig.edit(&anna, &said, "Hello")).await.unwrap();
    assert!(!edited.duplicate && edited.message.edited_at > Some(said.created_at));
    let [Change::Log { event, readers: Readers::Everyone, .. }] = &rig.news().await[..] else {
        panic!("one line of the log");
    };
    assert_eq!(event.change, DialogChange::MessageUpdate(edited.message));
}

#[tokio::test]
async fn an_edit_that_is_sent_again_takes_nothing_back() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let said = rig.says(&anna, &lobby, "Hi").await;
    let (first, idle) = (rig.edit(&anna, &said, "Hello"), rig.edit(&anna, &said, "Hello"));
    assert!(!rig.store.edit(first.clone()).await.unwrap().duplicate);
    assert!(rig.store.edit(idle.clone()).await.unwrap().duplicate, "it has these words");
    rig.edits(&anna, &said, "Good evening").await;
    rig.leaves_nothing_behind(async || {
        for again in [&first, &idle] {
            let again = rig.store.edit(again.clone()).await.unwrap();
            assert!(again.duplicate);
            assert_eq!(again.message.content, "Good evening", "as it is now");
        }
        let refused = rig.store.edit(Edit { text: text("Bye"), ..first.clone() }).await;
        assert!(matches!(refused, Err(AmendError::Conflict)), "{refused:?}");
    })
    .await;
    let other = rig.says(&anna, &lobby, "Hi").await;
    let elsewhere = Edit { message_id: other.message_id, ..first.clone() };
    let refused = rig.store.edit(elsewhere).await;
    assert!(matches!(refused, Err(AmendError::Conflict)), "{refused:?}");

    rig.deletes(&anna, &said).await;
    let again = rig.store.edit(first).await.unwrap();
    assert!(
        again.duplicate && again.message.deleted_at.is_some(),
        "it was made, and is gone since"
    );
}

#[tokio::test]
async fn of_a_deleted_message_the_place_stays_and_nothing_else() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let said = rig.says(&anna, &lobby, "Secret").await;
    let deleted = rig.store.delete(delete(&anna, &said)).await.unwrap();
    assert!(!deleted.duplicate);
    assert_eq!((deleted.message.content.as_str(), deleted.message.seq), ("", said.seq));
    assert!(deleted.message.deleted_at.is_some());
    rig.leaves_nothing_behind(async || {
        let again = rig.store.delete(delete(&anna, &said)).await.unwrap();
        assert!(again.duplicate);
        let refused = rig.store.edit(rig.edit(&anna, &said, "Back")).await;
        assert!(matches!(refused, Err(AmendError::Deleted)), "{refused:?}");
    })
    .await;
    assert!(!rig.everything().await.iter().any(|row| row.contains("Secret")));
}

#[tokio::test]
async fn a_chosen_name_is_the_one_that_is_heard() {
    let rig = Rig::new().await;
    let (mut anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let mut guest = rig.passing("guest-1");
    rig.says(&guest, &lobby, "Hi").await;
    for person in [&mut anna, &mut guest] {
        person.username = Username::parse("Zed").unwrap();
    }
    assert_eq!(rig.says(&anna, &lobby, "Hi").await.sender_name.as_str(), "anna");
    assert_eq!(rig.says(&guest, &lobby, "Hi").await.sender_name.as_str(), "Zed");
    let account = rig.store.account(&guest.id).await.unwrap().unwrap();
    assert_eq!(account.person, guest);
}

#[tokio::test]
async fn what_a_crowd_says_at_once_gets_places_in_the_order_of_the_calls() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let refused =
        Append { client_id: ClientId::parse("x").unwrap(), ..rig.draft(&anna, &nowhere(), "?") };
    let drafts: Vec<_> = (0..50).map(|n| rig.draft(&anna, &lobby, &n.to_string())).collect();
    let mut placed = Vec::new();
    for draft in drafts {
        placed.push(rig.store.append(draft));
        // A refusal in their midst takes nothing from them.
        placed.push(rig.store.append(refused.clone()));
    }
    let answers = futures::future::join_all(placed).await;
    let places: Vec<_> = answers.iter().flatten().map(|appended| appended.message.seq.0).collect();
    assert_eq!(places, (1..=50).collect::<Vec<_>>());
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 50);
    let news = rig.news().await;
    assert_eq!(news.iter().filter(|change| matches!(change, Change::Log { .. })).count(), 50);
}
