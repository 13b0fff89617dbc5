//! One program writes in a data folder at a time.

use crate::operator::{Place, ends, socket};

#[tokio::test]
async fn a_second_server_on_a_folder_is_refused_and_the_first_goes_on() {
    let place = Place::new();
    let first = place.serves().await;
    let told = place.runs(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("another Confab runs on the data folder data"), "{told:?}");
    assert!(!told.out.contains("listening"), "{told:?}");
    socket(&first).await.sends_message("m1", "still here").await;
    ends(first).await;
}

#[tokio::test]
async fn a_folder_is_free_again_when_its_server_was_killed() {
    let place = Place::new();
    let first = place.serves().await;
    socket(&first).await.sends_message("m1", "one").await;
    first.dies().await;
    let second = place.serves().await;
    assert_eq!(socket(&second).await.sends_message("m2", "two").await.message.seq.0, 2);
    ends(second).await;
}
