//! Accounts: their names, their logins, their end.

use confab_protocol::{DialogChange, DialogId, Person, UserId, Username};

use super::rig::{Rig, member, registration, user};
use crate::store::{
    AccountError, AccountKind, Change, IfPassing, NewToken, Registration, SessionKey,
};

fn name(text: &str) -> Username {
    Username::parse(text).unwrap()
}

#[tokio::test]
async fn a_guest_who_registers_stays_the_same_person() {
    let rig = Rig::new().await;
    let lobby = DialogId::lobby();
    let guest = rig.passing("guest-1");
    rig.says(&guest, &lobby, "Hi").await;
    let anna = Registration { user: guest.id.clone(), ..registration("anna") };
    let person = rig.store.register(anna).await.unwrap();
    assert_eq!(person, Person { id: guest.id.clone(), username: name("anna") });
    let account = rig.store.account(&guest.id).await.unwrap().unwrap();
    assert_eq!((account.kind, account.login.as_deref()), (AccountKind::Account, Some("anna")));
    assert!(account.has_own_name);
    let credentials = rig.store.credentials("anna").await.unwrap().unwrap();
    assert_eq!(
        (credentials.user, credentials.password_hash.as_str()),
        (guest.id.clone(), "hash of anna")
    );
    assert!(rig.store.credentials("nobody").await.unwrap().is_none());
}

#[tokio::test]
async fn a_guest_who_registers_is_called_otherwise_in_their_dialogs_and_not_in_the_lobby() {
    let rig = Rig::new().await;
    let (guest, bob) = (rig.passing("guest-1"), rig.account("bob").await);
    let direct = rig.direct(&guest, &bob).await;
    // Whoever mutes the lobby has a row there like a member's.
    rig.store.mute(member(&guest, &DialogId::lobby())).await.unwrap();
    rig.news().await;
    let anna = Registration { user: guest.id.clone(), ..registration("anna") };
    let anna = rig.store.register(anna).await.unwrap();
    let [Change::Log { dialog, event, .. }] = &rig.news().await[..] else { panic!() };
    assert_eq!((dialog, &event.change), (&direct, &DialogChange::PersonUpdated(anna)));
}

#[tokio::test]
async fn names_and_logins_belong_to_one() {
    let rig = Rig::new().await;
    let (anna, _gone) = (rig.account("anna").await, rig.account("gone").await);
    rig.store.delete_account(user("gone")).await.unwrap();
    rig.leaves_nothing_behind(async || {
        let taken = Registration { login_key: "anna".to_owned(), ..registration("bob") };
        let refused = rig.store.register(taken).await;
        assert!(matches!(refused, Err(AccountError::LoginTaken)), "{refused:?}");
        let taken = Registration { name_key: "anna".to_owned(), ..registration("bob") };
        let refused = rig.store.register(taken).await;
        assert!(matches!(refused, Err(AccountError::NameTaken)), "{refused:?}");
        for again in ["anna", "gone"] {
            let again = Registration { user: user(again), ..registration("new") };
            let refused = rig.store.register(again).await;
            assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
        }
        let refused = rig
            .store
            .rename_person(user("x"), name("Anna"), "anna".to_owned(), IfPassing::Keep)
            .await;
        assert!(matches!(refused, Err(AccountError::NameTaken)), "{refused:?}");
        for (who, if_passing) in [("nobody", IfPassing::Refuse), ("gone", IfPassing::Keep)] {
            let renamed =
                rig.store.rename_person(user(who), name("New"), "new".to_owned(), if_passing);
            let refused = renamed.await;
            assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
        }
        // One's own name may be written otherwise, or as it is.
        rig.store
            .rename_person(anna.id.clone(), name("anna"), "anna".to_owned(), IfPassing::Refuse)
            .await
            .unwrap();
        assert!(rig.store.set_password(user("nobody"), String::new()).await.is_err());
        assert!(rig.store.keep_guest(rig.passing("gone")).await.is_err());
    })
    .await;
    assert!(rig.store.register(registration("bob")).await.is_ok());
    let free = Registration { user: user("again"), ..registration("gone") };
    assert!(rig.store.register(free).await.is_ok(), "a name is free when its owner is gone");
}

#[tokio::test]
async fn to_choose_the_name_one_has_tells_nobody() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    rig.direct(&anna, &bob).await;
    rig.leaves_nothing_behind(async || {
        let same = rig.store.rename_person(
            anna.id.clone(),
            name("anna"),
            "anna".to_owned(),
            IfPassing::Refuse,
        );
        assert_eq!(same.await.unwrap(), anna);
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_for_as_long_as_somebody_has_it() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    assert!(rig.store.is_name_taken("anna").await.unwrap());
    assert!(!rig.store.is_name_taken("bob").await.unwrap());
    rig.store.delete_account(anna.id).await.unwrap();
    assert!(!rig.store.is_name_taken("anna").await.unwrap());
}

#[tokio::test]
async fn a_better_hash_takes_the_place_of_the_one_it_was_made_from() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    let renew = async |before: &str, after: &str| {
        let (before, after) = (before.to_owned(), after.to_owned());
        rig.store.renew_hash(anna.id.clone(), before, after).await.unwrap();
        rig.store.credentials("anna").await.unwrap().unwrap().password_hash
    };
    assert_eq!(renew("hash of anna", "better").await, "better");
    assert_eq!(renew("hash of anna", "of an old password").await, "better");
}

#[tokio::test]
async fn a_new_name_is_shown_and_old_messages_keep_the_old_one() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    rig.says(&anna, &lobby, "Hi").await;
    rig.news().await;
    let renamed =
        rig.store.rename_person(anna.id.clone(), name("Ann"), "ann".to_owned(), IfPassing::Refuse);
    assert_eq!(renamed.await.unwrap().username, name("Ann"));
    assert_eq!(
        rig.news().await,
        [],
        "nobody is shown by a name in the lobby but by what they said"
    );
    let page =
        rig.store.page(&member(&anna, &lobby), crate::store::Place::Latest, 9).await.unwrap();
    assert_eq!(page.messages[0].sender_name, name("anna"));
    assert_eq!(rig.says(&anna, &lobby, "Me").await.sender_name, name("Ann"));

    let guest =
        rig.store.rename_person(user("x"), name("Xenia"), "xenia".to_owned(), IfPassing::Keep);
    guest.await.unwrap();
    let account = rig.store.account(&user("x")).await.unwrap().unwrap();
    assert_eq!((account.kind, account.has_own_name), (AccountKind::Guest, true));
    rig.store.keep_guest(rig.passing("x")).await.unwrap();
    let account = rig.store.account(&user("x")).await.unwrap().unwrap();
    assert_eq!(account.person.username, name("Xenia"), "what was chosen stays");
}

#[tokio::test]
async fn of_a_deleted_account_messages_stay_and_nothing_else() {
    let rig = Rig::new().await;
    let (anna, bob, cem) =
        (rig.account("anna").await, rig.account("bob").await, rig.account("cem").await);
    let direct = rig.direct(&anna, &bob).await;
    let group = rig.group(&anna, &[&bob, &cem]).await;
    for dialog in [&direct, &group, &DialogId::lobby()] {
        let said = rig.says(&anna, dialog, "Hi").await;
        rig.replies(&bob, &said, "Hello").await;
    }
    let soon = confab_protocol::Timestamp::from_unix_ms(u64::MAX >> 1);
    let key = SessionKey([1; 32]);
    rig.store.save_session(key, anna.id.clone(), soon).await.unwrap();
    let token =
        NewToken { user: anna.id.clone(), key: SessionKey([2; 32]), name: "cli".to_owned() };
    rig.store.add_token(token).await.unwrap();
    rig.store.note_last_seen(anna.id.clone()).await.unwrap();
    rig.news().await;

    rig.store.delete_account(anna.id.clone()).await.unwrap();
    let news = rig.news().await;
    let changes: Vec<_> = news.iter().filter_map(line).collect();
    let nobody = Person { id: anna.id.clone(), username: Username::deleted() };
    let gone = DialogChange::PersonUpdated(nobody);
    let left = DialogChange::MemberRemoved(anna.id.clone());
    let owned = DialogChange::OwnerChanged(bob.id.clone());
    assert_eq!(changes, [&left, &owned, &gone, &gone, &gone], "in each dialog they spoke in");
    let [.., Change::Ended { user, session: None }] = &news[..] else { panic!("{news:?}") };
    assert_eq!(*user, anna.id);

    for dialog in [&direct, &group, &DialogId::lobby()] {
        let page =
            rig.store.page(&member(&bob, dialog), crate::store::Place::Latest, 9).await.unwrap();
        let first = &page.messages[0];
        assert!(first.sender_name.is_deleted() && first.content == "Hi");
        assert!(page.messages[1].quote.as_ref().unwrap().sender_name.is_deleted());
    }
    let line = rig.store.dialog(&member(&bob, &direct)).await.unwrap().dialog;
    assert!(line.peer.unwrap().username.is_deleted());
    assert_eq!(line.presence, None, "nobody is here or not");
    assert!(rig.store.load_session(&key).await.unwrap().is_none());
    assert!(rig.store.token_owner(&SessionKey([2; 32])).await.unwrap().is_none());
    assert!(rig.store.credentials("anna").await.unwrap().is_none());
    assert!(rig.store.account(&anna.id).await.unwrap().unwrap().last_seen_at.is_none());
    let everything = rig.everything().await;
    // Their id is a name of this test only; what they were called stands nowhere.
    let kept: Vec<_> = everything.iter().filter(|row| row.starts_with("[\"u\",\"anna\"")).collect();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].contains("\"deleted user\",\"deleted\",null,null,null,null,null"), "{kept:?}");

    rig.leaves_nothing_behind(async || {
        for who in [anna.id.clone(), UserId::parse("nobody").unwrap()] {
            let refused = rig.store.delete_account(who).await;
            assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
        }
        let resurrected = rig.store.save_session(key, anna.id.clone(), soon);
        assert!(matches!(resurrected.await, Err(AccountError::Unknown)));
    })
    .await;
}

fn line(change: &Change) -> Option<&DialogChange> {
    match change {
        Change::Log { event, .. } => Some(&event.change),
        _ => None,
    }
}
