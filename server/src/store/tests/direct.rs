//! Dialogs of two.

use std::sync::Arc;

use confab_protocol::{DialogKind, Person, PresenceState, Role, Seq, UserId, Username};
use futures::future::join;

use super::rig::{Rig, member, user};
use crate::store::{Change, DialogError, IfPassing, Readers};

#[tokio::test]
async fn a_pair_has_one_dialog_whoever_begins_it() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let first = rig.store.begin_direct(anna.clone(), bob.id.clone());
    let second = rig.store.begin_direct(bob.clone(), anna.id.clone());
    let (first, second) = join(first, second).await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.is_new && !second.is_new);
    assert_eq!(first.dialog.dialog_id, second.dialog.dialog_id);
    assert_eq!((first.dialog.kind, first.dialog.role), (DialogKind::Direct, Role::Member));
    assert_eq!((first.dialog.peer, second.dialog.peer), (Some(bob), Some(anna)));
    assert_eq!(first.dialog.members, 2);
    let presence = first.dialog.presence.map(|presence| presence.state);
    assert_eq!(presence, Some(PresenceState::Offline), "until it is looked at who is here");
}

#[tokio::test]
async fn the_other_hears_of_it_with_the_first_message() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    rig.news().await;
    let direct = rig.direct(&anna, &bob).await;
    let news = rig.news().await;
    let [Change::Personal { user, update }] = &news[..] else { panic!("{news:?}") };
    assert_eq!((user, update.uev.0), (&anna.id, 1));
    assert_eq!(rig.store.dialogs(&anna.id).await.unwrap().dialogs.len(), 2);
    assert_eq!(rig.store.dialogs(&bob.id).await.unwrap().dialogs.len(), 1, "the lobby alone");

    rig.says(&anna, &direct, "Hi").await;
    rig.says(&anna, &direct, "There").await;
    let personal: Vec<_> = rig.news().await.into_iter().filter_map(personal).collect();
    let [(user, dialog)] = &personal[..] else { panic!("{personal:?}") };
    assert_eq!((user, dialog.unread, dialog.peer.as_ref()), (&bob.id, 1, Some(&anna)));
    let list = rig.store.dialogs(&bob.id).await.unwrap();
    assert_eq!((list.dialogs.len(), list.uev.0), (2, 1));
    assert_eq!(list.dialogs[0].last_message.as_ref().map(|message| message.seq), Some(Seq(2)));
}

#[tokio::test]
async fn what_both_have_begun_is_on_both_lists_before_anything_is_said() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    rig.news().await;
    assert_eq!(rig.direct(&bob, &anna).await, direct);
    let personal: Vec<_> = rig.news().await.into_iter().filter_map(personal).collect();
    assert_eq!(personal.len(), 1, "{personal:?}");
    assert_eq!(personal[0].0, bob.id);
    assert_eq!(rig.direct(&bob, &anna).await, direct);
    assert_eq!(rig.news().await, [], "told once");
    for person in [&anna, &bob] {
        assert_eq!(rig.store.dialogs(&person.id).await.unwrap().dialogs.len(), 2);
    }
    rig.says(&anna, &direct, "Hi").await;
    assert!(rig.news().await.into_iter().all(|change| self::personal(change).is_none()));
}

/// Who hears of a change of a dialog's log.
fn readers(news: &[Change]) -> Vec<UserId> {
    let [Change::Log { readers: Readers::Members(readers), .. }, ..] = news else {
        panic!("{news:?}")
    };
    readers.iter().cloned().collect()
}

#[tokio::test]
async fn what_one_alone_has_begun_tells_the_other_nothing_until_something_is_said() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    let is_called = async |person: &Person, name: &str| {
        rig.news().await;
        let key = name.to_lowercase();
        let name = Username::parse(name).unwrap();
        let renamed =
            rig.store.rename_person(person.id.clone(), name, key, IfPassing::Refuse).await;
        renamed.unwrap();
        readers(&rig.news().await)
    };
    let (one, both) = ([anna.id.clone()], [anna.id.clone(), bob.id.clone()]);
    assert_eq!(is_called(&anna, "Anna Berg").await, one);
    assert_eq!(is_called(&bob, "Bob Berg").await, one);
    assert_eq!(rig.store.readers(&member(&anna, &direct)).await.unwrap().0, members(&one));
    rig.says(&anna, &direct, "Hi").await;
    assert_eq!(is_called(&anna, "Anna").await, both);

    let cem = rig.account("cem").await;
    rig.direct(&cem, &bob).await;
    rig.direct(&bob, &cem).await;
    assert_eq!(is_called(&cem, "Cem Berg").await, [bob.id.clone(), cem.id.clone()]);
}

#[tokio::test]
async fn who_goes_without_having_said_anything_is_not_known_to_have_begun_it() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    rig.direct(&anna, &bob).await;
    rig.news().await;
    rig.store.delete_account(anna.id).await.unwrap();
    assert_eq!(readers(&rig.news().await), []);
}

fn members(people: &[UserId]) -> Readers {
    Readers::Members(Arc::new(people.iter().cloned().collect()))
}

fn personal(change: Change) -> Option<(confab_protocol::UserId, confab_protocol::Dialog)> {
    match change {
        Change::Personal { user, update } => Some((user, update.dialog?)),
        _ => None,
    }
}

#[tokio::test]
async fn nobody_talks_to_themselves_or_to_nobody() {
    let rig = Rig::new().await;
    let (anna, gone) = (rig.account("anna").await, rig.account("gone").await);
    rig.store.delete_account(gone.id.clone()).await.unwrap();
    rig.leaves_nothing_behind(async || {
        let refused = rig.store.begin_direct(anna.clone(), anna.id.clone()).await;
        assert!(matches!(refused, Err(DialogError::MembersInvalid)), "{refused:?}");
        for other in [user("nobody"), gone.id.clone()] {
            let refused = rig.store.begin_direct(anna.clone(), other).await;
            assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
        }
        let refused = rig.store.begin_direct(gone.clone(), anna.id.clone()).await;
        assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
        let refused = rig.store.begin_direct(rig.passing("x"), user("nobody")).await;
        assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
    })
    .await;
    assert!(rig.store.begin_direct(rig.passing("x"), anna.id.clone()).await.is_ok());
}
