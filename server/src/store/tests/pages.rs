//! To look back, page by page.

use confab_protocol::{DialogId, Ev, ResetReason, Seq, rest::MessagesPage};

use super::rig::{Rig, member, nowhere};
use crate::store::{CatchUp, Place, ReadError};

/// A lobby with ten messages.
async fn ten() -> (Rig, crate::store::Member) {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    for n in 1..=10 {
        rig.says(&anna, &DialogId::lobby(), &n.to_string()).await;
    }
    let anna = member(&anna, &DialogId::lobby());
    (rig, anna)
}

fn places(page: &MessagesPage) -> Vec<u64> {
    page.messages.iter().map(|message| message.seq.0).collect()
}

#[tokio::test]
async fn a_page_says_whether_there_is_more_on_either_side() {
    let (rig, anna) = ten().await;
    let cases: [(Place, u32, Vec<u64>, bool, bool); 16] = [
        (Place::Latest, 3, vec![8, 9, 10], true, false),
        (Place::Latest, 10, (1..=10).collect(), false, false),
        (Place::Before(Seq(4)), 2, vec![2, 3], true, true),
        (Place::Before(Seq(4)), 3, vec![1, 2, 3], false, true),
        (Place::Before(Seq(1)), 3, vec![], false, true),
        (Place::Before(Seq(99)), 1, vec![10], true, false),
        (Place::After(Seq(8)), 3, vec![9, 10], true, false),
        (Place::After(Seq(0)), 2, vec![1, 2], false, true),
        (Place::After(Seq(10)), 2, vec![], true, false),
        (Place::After(Seq(u64::MAX)), 2, vec![], true, false),
        (Place::Around(Seq(5)), 4, vec![3, 4, 5, 6], true, true),
        (Place::Around(Seq(5)), 5, vec![3, 4, 5, 6, 7], true, true),
        (Place::Around(Seq(1)), 4, vec![1, 2], false, true),
        (Place::Around(Seq(10)), 4, vec![8, 9, 10], true, false),
        (Place::Around(Seq(0)), 20, (1..=10).collect(), false, false),
        (Place::Around(Seq(99)), 1, vec![10], true, false),
    ];
    for (place, limit, expected, has_more, has_newer) in cases {
        let page = rig.store.page(&anna, place, limit).await.unwrap();
        assert_eq!(places(&page), expected, "{place:?}");
        assert_eq!((page.has_more, page.has_newer), (has_more, has_newer), "{place:?}");
        assert_eq!(page.ev, Ev(10));
    }
}

#[tokio::test]
async fn behind_the_only_message_there_is_nothing_more() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    rig.says(&anna, &DialogId::lobby(), "1").await;
    let anna = member(&anna, &DialogId::lobby());
    let page = rig.store.page(&anna, Place::After(Seq(1)), 50).await.unwrap();
    assert_eq!((places(&page), page.has_more, page.has_newer), (vec![], true, false));
}

#[tokio::test]
async fn an_empty_dialog_has_nothing_on_either_side() {
    let rig = Rig::new().await;
    let anna = member(&rig.passing("anna"), &DialogId::lobby());
    for place in [Place::Latest, Place::Before(Seq(1)), Place::After(Seq(0)), Place::Around(Seq(5))]
    {
        let page = rig.store.page(&anna, place, 50).await.unwrap();
        assert_eq!((places(&page), page.has_more, page.has_newer), (vec![], false, false));
    }
}

#[tokio::test]
async fn a_page_of_long_messages_is_short_and_never_empty() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    for _ in 0..20 {
        rig.says(&anna, &lobby, &"😀".repeat(10_000)).await;
    }
    let anna = member(&anna, &lobby);
    for place in [Place::Latest, Place::After(Seq(0)), Place::Around(Seq(10))] {
        let page = rig.store.page(&anna, place, 200).await.unwrap();
        let bytes: usize = page.messages.iter().map(|message| message.content.len()).sum();
        assert!((40_000..=256 * 1024).contains(&bytes), "{place:?}: {bytes}");
        let (first, last) = (page.messages[0].seq.0, page.messages.last().unwrap().seq.0);
        assert_eq!(places(&page), (first..=last).collect::<Vec<_>>(), "no gap");
        assert_eq!((page.has_more, page.has_newer), (first > 1, last < 20), "{place:?}");
    }
}

#[tokio::test]
async fn what_was_missed_is_told_whole_or_not_at_all() {
    let (rig, anna) = ten().await;
    let after = async |ev, max| rig.store.catch_up(&anna, Ev(ev), max).await.unwrap();
    let CatchUp::Events { events, to } = after(7, 300).await else { panic!() };
    assert_eq!(events.iter().map(|event| event.ev.0).collect::<Vec<_>>(), [8, 9, 10]);
    assert_eq!(to, Ev(10));
    assert!(matches!(after(10, 300).await, CatchUp::Events { events, .. } if events.is_empty()));
    assert!(matches!(after(11, 300).await, CatchUp::Reset(_)), "ahead of the log");
    assert!(matches!(after(4, 5).await, CatchUp::Reset(_)), "too far behind");
    assert!(matches!(after(5, 5).await, CatchUp::Events { .. }));
}

#[tokio::test]
async fn who_comes_back_is_told_of_all_their_dialogs_as_much_as_fits() {
    let rig = Rig::new().await;
    let (anna, lobby) = (rig.account("anna").await, DialogId::lobby());
    let tea = rig.group(&anna, &[&rig.account("bob").await]).await;
    rig.says(&anna, &lobby, "one").await;
    for _ in 0..4 {
        rig.says(&anna, &tea, &"😀".repeat(10_000)).await;
    }
    let end = rig.store.position(&tea).await.unwrap().unwrap();
    let from = |ev| [(tea.clone(), Ev(ev)), (nowhere(), Ev(0)), (lobby.clone(), Ev(0))];
    let (digest, told) = rig.store.resume(&anna.id, &from(end.0 - 1), 300).await.unwrap();
    let [Some(CatchUp::Events { events, to }), None, Some(CatchUp::Events { events: lobbys, .. })] =
        &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((events.len(), *to, lobbys.len()), (1, end, 1));
    assert_eq!(digest.changes, end.0 + 1, "as of the same moment");
    // Each for itself would fit.
    let twice = [from(end.0 - 4), from(end.0 - 4)].concat();
    let (_, told) = rig.store.resume(&anna.id, &twice, 300).await.unwrap();
    assert!(matches!(&told[0], Some(CatchUp::Events { events, .. }) if events.len() == 4));
    let reset = Some(CatchUp::Reset(ResetReason::TooFarBehind));
    assert_eq!(told[3], reset, "what is told at once must fit into one queue");
}

#[tokio::test]
async fn nothing_is_read_where_one_does_not_belong() {
    let rig = Rig::new().await;
    let anna = member(&rig.account("anna").await, &nowhere());
    let page = rig.store.page(&anna, Place::Latest, 50).await;
    assert!(matches!(page, Err(ReadError::NoSuchDialog)), "{page:?}");
    let missed = rig.store.catch_up(&anna, Ev(0), 300).await;
    assert!(matches!(missed, Err(ReadError::NoSuchDialog)), "{missed:?}");
    let dialog = rig.store.dialog(&anna).await;
    assert!(matches!(dialog, Err(ReadError::NoSuchDialog)), "{dialog:?}");
}
