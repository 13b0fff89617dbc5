//! One's list of dialogs.

use std::time::Duration;

use confab_protocol::{DialogId, Message, Meta, Person, Seq};

use super::rig::{Rig, member, nowhere};
use crate::store::{Append, Change, DialogError};

#[tokio::test]
async fn the_list_is_ordered_by_last_activity() {
    let rig = Rig::new().await;
    let (anna, bob, cem) =
        (rig.account("anna").await, rig.account("bob").await, rig.account("cem").await);
    let direct = rig.direct(&anna, &bob).await;
    let group = rig.group(&anna, &[&bob, &cem]).await;
    let order = async || -> Vec<DialogId> {
        let list = rig.store.dialogs(&anna.id).await.unwrap();
        list.dialogs.into_iter().map(|dialog| dialog.dialog_id).collect()
    };
    assert_eq!(order().await, [group.clone(), direct.clone(), DialogId::lobby()], "as they began");
    rig.says(&cem, &DialogId::lobby(), "Hi").await;
    rig.says(&bob, &direct, "Hi").await;
    assert_eq!(order().await, [direct, DialogId::lobby(), group]);
}

#[tokio::test]
async fn unread_are_others_words_after_what_one_has_read() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    let said: Vec<Message> = [
        rig.says(&anna, &direct, "1").await,
        rig.says(&bob, &direct, "2").await,
        rig.says(&bob, &direct, "3").await,
        rig.says(&bob, &direct, "4").await,
    ]
    .into();
    let line = async || rig.store.dialog(&member(&anna, &direct)).await.unwrap().dialog;
    assert_eq!((line().await.unread, line().await.read), (3, Seq(1)));
    rig.deletes(&bob, &said[2]).await;
    assert_eq!(line().await.unread, 2);
    rig.reads(&anna, &direct, 2).await;
    assert_eq!(line().await.unread, 1);
    rig.says(&anna, &direct, "5").await;
    assert_eq!(line().await.unread, 1, "to write is not to read");
}

#[tokio::test]
async fn beyond_a_thousand_nobody_counts() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    let many: Vec<_> =
        (0..1005).map(|_| rig.store.append(rig.draft(&bob, &direct, "Hi"))).collect();
    futures::future::join_all(many).await;
    let unread = rig.store.dialogs(&anna.id).await.unwrap().dialogs[0].unread;
    assert_eq!(unread, confab_protocol::Dialog::UNREAD_MAX);
}

#[tokio::test]
async fn a_line_shows_the_last_message_as_a_preview() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let first = rig.says(&anna, &lobby, "Hi").await;
    let meta = Meta::parse("{\"big\":1}").unwrap();
    let reply_to = Some(first.message_id);
    let long = rig.draft(&anna, &lobby, &"ö".repeat(500));
    let stored = rig.store.append(Append { meta, reply_to, ..long }).await.unwrap().message;
    let line = rig.store.dialogs(&anna.id).await.unwrap().dialogs.remove(0);
    assert_eq!(line.last_message, Some(stored.preview()));
    assert_eq!((line.last_activity_at, line.ev), (stored.created_at, stored.ev));
}

#[tokio::test]
async fn a_dialog_is_muted_for_oneself_alone() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    rig.news().await;
    for dialog in [direct.clone(), DialogId::lobby()] {
        assert!(rig.store.mute(member(&anna, &dialog)).await.unwrap().muted);
        let news = rig.news().await;
        let [Change::Personal { user, update }] = &news[..] else { panic!("{news:?}") };
        assert!(*user == anna.id && update.dialog.as_ref().unwrap().muted);
        assert!(!rig.store.dialog(&member(&bob, &dialog)).await.unwrap().dialog.muted);
    }
    rig.leaves_nothing_behind(async || {
        assert!(rig.store.mute(member(&anna, &direct)).await.unwrap().muted);
        let refused = rig.store.mute(member(&anna, &nowhere())).await;
        assert!(matches!(refused, Err(DialogError::NoSuchDialog)), "{refused:?}");
    })
    .await;
    assert!(!rig.store.unmute(member(&anna, &direct)).await.unwrap().muted);
}

#[tokio::test]
async fn who_mutes_is_told_so_where_the_dialog_is_on_their_list() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let group = rig.group(&anna, &[&bob]).await;
    let direct = rig.direct(&anna, &bob).await;
    let is_told = async |person: &Person, dialog: &DialogId| {
        rig.news().await;
        assert!(rig.store.mute(member(person, dialog)).await.unwrap().muted);
        rig.store.unmute(member(person, dialog)).await.unwrap();
        match rig.news().await.len() {
            0 => false,
            2 => true,
            other => panic!("told {other} times"),
        }
    };
    assert!(is_told(&bob, &group).await, "nothing was said in it, but they belong to it");
    assert!(is_told(&anna, &direct).await, "who began it");
    assert!(!is_told(&bob, &direct).await, "it is not on their list before something is said");
    rig.says(&anna, &direct, "Hi").await;
    assert!(is_told(&bob, &direct).await);
}

#[tokio::test]
async fn the_lobby_began_with_the_database() {
    let rig = Rig::new().await;
    let began = rig.store.clock.wall();
    rig.clock.advance(Duration::from_secs(60));
    let anna = rig.account("anna").await;
    let line = rig.store.dialog(&member(&anna, &DialogId::lobby())).await.unwrap().dialog;
    assert_eq!(line.last_activity_at, began);
}

#[tokio::test]
async fn who_only_passes_has_the_lobby() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    rig.says(&anna, &DialogId::lobby(), "Hi").await;
    let list = rig.store.dialogs(&rig.passing("x").id).await.unwrap();
    assert_eq!((list.dialogs.len(), list.uev.0), (1, 0));
    let lobby = &list.dialogs[0];
    assert_eq!((lobby.members, lobby.unread, lobby.muted), (0, 0, false));
}
