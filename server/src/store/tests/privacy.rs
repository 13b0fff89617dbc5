//! Who was removed or is gone sees nothing more (DESIGN §7, G8).

use confab_protocol::{DialogId, Ev};

use super::rig::{Rig, delete, member, nowhere};
use crate::store::{AmendError, AppendError, Place, ReadError};

#[tokio::test]
async fn who_was_removed_sees_nothing_and_does_nothing() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let group = rig.group(&anna, &[&bob]).await;
    let draft = rig.draft(&bob, &group, "Mine");
    let said = rig.store.append(draft.clone()).await.unwrap().message;
    let proof = member(&bob, &group);
    assert_eq!(rig.finds(&bob, "mine").await, [1]);
    rig.store.remove_members(member(&anna, &group), vec![bob.id.clone()]).await.unwrap();

    rig.leaves_nothing_behind(async || {
        let page = rig.store.page(&proof, Place::Latest, 50).await;
        assert!(matches!(page, Err(ReadError::NoSuchDialog)), "{page:?}");
        let missed = rig.store.catch_up(&proof, Ev(0), 300).await;
        assert!(matches!(missed, Err(ReadError::NoSuchDialog)), "{missed:?}");
        let dialog = rig.store.dialog(&proof).await;
        assert!(matches!(dialog, Err(ReadError::NoSuchDialog)), "{dialog:?}");
        assert!(!rig.store.belongs(&bob.id, &group).await.unwrap());
        let list = rig.store.dialogs(&bob.id).await.unwrap().dialogs;
        assert!(list.iter().all(|dialog| dialog.dialog_id != group));
        let found = rig.store.search(&bob.id, "mine").await.unwrap();
        assert!(found.messages.is_empty() && found.dialogs.is_empty());
        assert!(rig.store.search(&bob.id, "tea").await.unwrap().dialogs.is_empty());

        let again = rig.store.append(draft).await;
        assert!(matches!(again, Err(AppendError::NoSuchDialog)), "a repeat, too: {again:?}");
        let edited = rig.store.edit(rig.edit(&bob, &said, "Other")).await;
        assert!(matches!(edited, Err(AmendError::NoSuchDialog)), "{edited:?}");
        let deleted = rig.store.delete(delete(&bob, &said)).await;
        assert!(matches!(deleted, Err(AmendError::NoSuchDialog)), "{deleted:?}");
    })
    .await;

    rig.store.add_members(member(&anna, &group), vec![bob.id.clone()]).await.unwrap();
    assert_eq!(rig.words(&bob, &group).await, ["Mine"], "back again");
}

#[tokio::test]
async fn who_belongs_to_a_dialog_is_known() {
    let rig = Rig::new().await;
    let (anna, bob, cem) =
        (rig.account("anna").await, rig.account("bob").await, rig.account("cem").await);
    let (group, lobby) = (rig.group(&anna, &[&bob]).await, DialogId::lobby());
    let all = [&group, &nowhere(), &lobby];
    for (person, belongs) in
        [(&anna, [true, false, true]), (&bob, [true, false, true]), (&cem, [false, false, true])]
    {
        assert_eq!(rig.store.belonging(&person.id, &all).await.unwrap(), belongs);
        for (dialog, belongs) in all.into_iter().zip(belongs) {
            assert_eq!(rig.store.belongs(&person.id, dialog).await.unwrap(), belongs);
        }
    }
    let said = rig.says(&bob, &group, "Hi").await;
    assert_eq!(rig.store.position_for(&member(&anna, &group)).await.unwrap(), said.ev);
    let refused = rig.store.position_for(&member(&cem, &group)).await;
    assert!(matches!(refused, Err(ReadError::NoSuchDialog)), "{refused:?}");
}

#[tokio::test]
async fn who_is_gone_sees_nothing_even_in_the_lobby() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    rig.says(&anna, &direct, "Hi").await;
    rig.store.delete_account(bob.id.clone()).await.unwrap();
    rig.leaves_nothing_behind(async || {
        for dialog in [direct, confab_protocol::DialogId::lobby()] {
            let page = rig.store.page(&member(&bob, &dialog), Place::Latest, 50).await;
            assert!(matches!(page, Err(ReadError::NoSuchDialog)), "{page:?}");
            let said = rig.tries(&bob, &dialog, "Boo").await;
            assert!(matches!(said, Err(AppendError::NoSuchDialog)), "{said:?}");
        }
        assert!(rig.store.dialogs(&bob.id).await.unwrap().dialogs.is_empty());
        assert!(rig.store.search(&bob.id, "hi").await.unwrap().messages.is_empty());
    })
    .await;
}
