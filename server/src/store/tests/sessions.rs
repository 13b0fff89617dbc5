//! Sessions and tokens.

use std::time::Duration;

use confab_protocol::{Timestamp, TokenId};

use super::rig::{Rig, user};
use crate::store::{AccountError, Change, NewToken, SavedSession, SessionKey};

const KEY: SessionKey = SessionKey([7; 32]);

fn later(rig: &Rig, seconds: u64) -> Timestamp {
    Timestamp::from_unix_ms(rig.store.clock.wall().unix_ms() + seconds * 1000)
}

#[tokio::test]
async fn a_session_counts_until_it_expires() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    let expires_at = later(&rig, 60);
    let save = |key, until| rig.store.save_session(key, anna.id.clone(), until);
    save(KEY, later(&rig, 30)).await.unwrap();
    save(KEY, expires_at).await.unwrap();
    let owner = rig.store.account(&anna.id).await.unwrap().unwrap();
    let saved = SavedSession { owner, expires_at };
    assert_eq!(rig.store.load_session(&KEY).await.unwrap(), Some(saved));
    assert_eq!(rig.store.load_session(&SessionKey([8; 32])).await.unwrap(), None);
    rig.clock.advance(Duration::from_secs(61));
    assert_eq!(rig.store.load_session(&KEY).await.unwrap(), None);

    let other = SessionKey([9; 32]);
    save(other, later(&rig, 60)).await.unwrap();
    let rows = rig.everything().await;
    assert_eq!(rows.iter().filter(|row| row.starts_with("[\"s\"")).count(), 1, "swept");
}

#[tokio::test]
async fn an_ended_session_does_not_come_back() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    let expires_at = later(&rig, 60);
    let save = |key| rig.store.save_session(key, anna.id.clone(), expires_at);
    save(KEY).await.unwrap();
    rig.news().await;
    rig.store.end_session(KEY).await.unwrap();
    let ended = Change::Ended { user: anna.id.clone(), session: Some(KEY) };
    assert_eq!(rig.news().await, [ended]);
    assert_eq!(rig.store.load_session(&KEY).await.unwrap(), None);
    rig.leaves_nothing_behind(async || {
        // A request that began before is only now at its end.
        assert!(matches!(save(KEY).await, Err(AccountError::Unknown)));
        rig.store.end_session(KEY).await.unwrap();
        let of_nobody = rig.store.save_session(KEY, user("x"), expires_at);
        assert!(matches!(of_nobody.await, Err(AccountError::Unknown)));
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_and_a_new_password_end_all_sessions_of_one() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let expires_at = later(&rig, 60);
    let keys = [1, 2, 3, 4].map(|byte| SessionKey([byte; 32]));
    let save = |key, person: &confab_protocol::Person| {
        rig.store.save_session(key, person.id.clone(), expires_at)
    };
    save(keys[0], &bob).await.unwrap();
    save(keys[1], &anna).await.unwrap();
    save(keys[2], &anna).await.unwrap();
    rig.news().await;
    let ended = Change::Ended { user: anna.id.clone(), session: None };
    rig.store.end_sessions_of(anna.id.clone()).await.unwrap();
    assert_eq!(rig.news().await[..], *std::slice::from_ref(&ended));
    save(keys[3], &anna).await.unwrap();
    rig.store.set_password(anna.id.clone(), "new".to_owned()).await.unwrap();
    assert_eq!(rig.news().await, [ended]);
    let credentials = rig.store.credentials("anna").await.unwrap().unwrap();
    assert_eq!((credentials.user, credentials.password_hash.as_str()), (anna.id.clone(), "new"));
    for key in &keys[1..] {
        assert_eq!(rig.store.load_session(key).await.unwrap(), None);
    }
    assert!(rig.store.load_session(&keys[0]).await.unwrap().is_some());
}

#[tokio::test]
async fn a_passing_guest_is_out_unless_they_have_come_in() {
    let rig = Rig::new().await;
    let guest = rig.passing("guest-1");
    rig.store.keep_guest(guest.clone()).await.unwrap();
    rig.news().await;
    let ended = Change::Ended { user: guest.id.clone(), session: None };
    rig.store.end_passing(guest.id.clone()).await.unwrap();
    assert_eq!(rig.news().await[..], *std::slice::from_ref(&ended));

    rig.store.save_session(KEY, guest.id.clone(), later(&rig, 60)).await.unwrap();
    rig.store.end_passing(guest.id.clone()).await.unwrap();
    assert_eq!(rig.news().await, []);
    rig.clock.advance(Duration::from_secs(60));
    rig.store.end_passing(guest.id).await.unwrap();
    assert_eq!(rig.news().await, [ended], "that session is over");
}

#[tokio::test]
async fn a_token_speaks_for_its_owner_until_it_is_removed() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let new =
        |user: &str| NewToken { user: super::rig::user(user), key: KEY, name: "cli".to_owned() };
    let token = rig.store.add_token(new("anna")).await.unwrap();
    assert_eq!(rig.store.tokens_of(&anna.id).await.unwrap()[..], *std::slice::from_ref(&token));
    let owner = rig.store.account(&anna.id).await.unwrap();
    assert_eq!(rig.store.token_owner(&KEY).await.unwrap(), owner);
    assert_eq!(token.last_used_at, None);
    rig.store.note_token_used(KEY).await.unwrap();
    let used = rig.store.tokens_of(&anna.id).await.unwrap()[0].last_used_at;
    assert!(used.is_some());

    rig.leaves_nothing_behind(async || {
        rig.store.note_token_used(KEY).await.unwrap();
        let refused = rig.store.remove_token(bob.id.clone(), token.token_id.clone()).await;
        assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
        let unknown = TokenId::parse("none").unwrap();
        let refused = rig.store.remove_token(anna.id.clone(), unknown).await;
        assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
        let refused = rig.store.add_token(NewToken { key: SessionKey([1; 32]), ..new("x") }).await;
        assert!(matches!(refused, Err(AccountError::Unknown)), "{refused:?}");
    })
    .await;

    rig.store.remove_token(anna.id.clone(), token.token_id).await.unwrap();
    let ended = Change::Ended { user: anna.id.clone(), session: Some(KEY) };
    assert_eq!(rig.news().await, [ended]);
    assert_eq!(rig.store.token_owner(&KEY).await.unwrap(), None);
}
