//! What the store promises as a whole. What a single write does is told here too, one file for each
//! folder of writes; what a function computes stands beside the function.

mod rig;

use rig::Rig;

#[tokio::test]
async fn a_new_database_holds_the_lobby_and_nobody() {
    let rig = Rig::new().await;
    let anna = rig.passing("anna");
    let list = rig.store.dialogs(&anna.id).await.unwrap();
    assert_eq!(list.dialogs.len(), 1);
    assert_eq!(list.uev.0, 0);
    assert!(rig.store.people(&anna.id, "", 50).await.unwrap().0.is_empty());
}
