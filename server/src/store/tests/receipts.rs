//! How far everyone has read (DESIGN §7, G7).

use confab_protocol::{DialogId, Seq};

use super::rig::{Rig, advance, member, nowhere};
use crate::store::{AdvanceError, Change, Readers};

/// What anna's row says: delivered and read.
async fn row(rig: &Rig, dialog: &DialogId) -> (u64, u64) {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT delivered_seq, read_seq FROM members WHERE dialog = ? AND user = 'anna'",
    )
    .bind(dialog.as_str())
    .fetch_all(&rig.store.readers)
    .await
    .unwrap();
    rows.first().map_or((0, 0), |&(delivered, read)| (delivered as u64, read as u64))
}

#[tokio::test]
async fn receipts_only_grow_and_stay_within_the_dialog() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    for _ in 0..5 {
        rig.says(&bob, &direct, "Hi").await;
    }
    let steps = [
        ((2, 0), (2, 0)),
        ((1, 0), (2, 0)),
        ((0, 1), (2, 1)),
        ((0, 3), (3, 3)),
        ((4, 2), (4, 3)),
        ((0, 0), (4, 3)),
        ((u64::MAX, 3), (5, 3)),
        ((0, u64::MAX), (5, 5)),
    ];
    for ((delivered, read), expected) in steps {
        rig.store.advance(advance(&anna, &direct, delivered, read)).await.unwrap();
        assert_eq!(row(&rig, &direct).await, expected, "after {delivered}, {read}");
    }
}

#[tokio::test]
async fn a_receipt_is_told_to_both_and_the_list_to_oneself() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    rig.says(&bob, &direct, "Hi").await;
    rig.news().await;
    rig.store.advance(advance(&anna, &direct, 1, 0)).await.unwrap();
    let news = rig.news().await;
    let [Change::Receipt { receipt, readers: Readers::Members(readers) }] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!((receipt.delivered, receipt.read, readers.len()), (Seq(1), Seq(0), 2));

    rig.reads(&anna, &direct, 1).await;
    let news = rig.news().await;
    let [Change::Receipt { .. }, Change::Personal { user, update }] = &news[..] else {
        panic!("{news:?}");
    };
    let dialog = update.dialog.as_ref().unwrap();
    assert_eq!((user, dialog.unread, dialog.read), (&anna.id, 0, Seq(1)));
    rig.leaves_nothing_behind(async || rig.reads(&anna, &direct, 1).await).await;
}

#[tokio::test]
async fn to_write_is_not_to_read() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let group = rig.group(&anna, &[&bob]).await;
    for _ in 0..3 {
        rig.says(&bob, &group, "Hi").await;
    }
    let line = async || rig.store.dialog(&member(&anna, &group)).await.unwrap().dialog;
    let at_bob = async || {
        let members = rig.store.dialog(&member(&bob, &group)).await.unwrap().members;
        let anna = members.into_iter().find(|member| member.id == anna.id).unwrap();
        (anna.delivered.0, anna.read.0)
    };
    rig.news().await;
    rig.says(&anna, &group, "The bells ring at noon.").await;
    assert_eq!((line().await.unread, line().await.read, at_bob().await), (3, Seq(0), (0, 0)));
    assert!(matches!(&rig.news().await[..], [Change::Log { .. }]), "nobody hears of a receipt");

    rig.store.advance(advance(&anna, &group, 4, 1)).await.unwrap();
    rig.news().await;
    rig.says(&anna, &group, "And at one.").await;
    assert_eq!((line().await.unread, line().await.read, at_bob().await), (2, Seq(1), (5, 1)));
    let news = rig.news().await;
    let [Change::Log { .. }, Change::Receipt { receipt, .. }] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!((receipt.delivered, receipt.read), (Seq(5), Seq(1)));
}

#[tokio::test]
async fn where_nothing_waits_what_one_writes_one_has_read() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let direct = rig.direct(&anna, &bob).await;
    let hi = rig.says(&bob, &direct, "Hi").await;
    rig.reads(&anna, &direct, 1).await;
    rig.news().await;
    rig.says(&anna, &direct, "Hello").await;
    assert_eq!(row(&rig, &direct).await, (2, 2));
    let news = rig.news().await;
    assert!(matches!(&news[..], [Change::Log { .. }, Change::Receipt { .. }]), "{news:?}");

    let oops = rig.says(&bob, &direct, "Oops").await;
    rig.deletes(&bob, &oops).await;
    rig.deletes(&bob, &hi).await;
    rig.says(&anna, &direct, "Yes?").await;
    assert_eq!(row(&rig, &direct).await, (4, 4), "what was taken back waits for nobody");
}

#[tokio::test]
async fn the_lobby_tells_nobody_and_counts_from_when_one_comes() {
    let rig = Rig::new().await;
    let (anna, bob, lobby) =
        (rig.account("anna").await, rig.account("bob").await, DialogId::lobby());
    for _ in 0..3 {
        rig.says(&bob, &lobby, "Hi").await;
    }
    let unread = async || rig.store.dialog(&member(&anna, &lobby)).await.unwrap().dialog.unread;
    assert_eq!(unread().await, 0, "never said how far");
    rig.news().await;
    rig.store.advance(advance(&anna, &lobby, 3, 0)).await.unwrap();
    assert!(matches!(&rig.news().await[..], [Change::Personal { .. }]));
    assert_eq!(unread().await, 0);
    rig.says(&bob, &lobby, "More").await;
    assert_eq!(unread().await, 1);
    let before = rig.says(&anna, &lobby, "Mine").await.seq.0;
    assert_eq!(unread().await, 1);
    rig.reads(&anna, &lobby, before).await;
    assert_eq!(unread().await, 0);
    let cem = rig.account("cem").await;
    for person in [&cem, &bob, &cem] {
        rig.says(person, &lobby, "Hi").await;
    }
    rig.reads(&cem, &lobby, before).await;
    let line = rig.store.dialog(&member(&cem, &lobby)).await.unwrap().dialog;
    assert_eq!(line.unread, 1, "one's own words are not unread");
    let passing = rig.passing("x");
    rig.leaves_nothing_behind(async || rig.reads(&passing, &lobby, 4).await).await;
}

#[tokio::test]
async fn who_does_not_belong_has_read_nothing() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let (eve, direct) = (rig.account("eve").await, rig.direct(&anna, &bob).await);
    rig.says(&bob, &direct, "Hi").await;
    rig.leaves_nothing_behind(async || {
        for (person, dialog) in [(&eve, &direct), (&anna, &nowhere())] {
            let refused = rig.store.advance(advance(person, dialog, 1, 1)).await;
            assert!(matches!(refused, Err(AdvanceError::NoSuchDialog)), "{refused:?}");
        }
    })
    .await;
}

/// Rows of all tables together.
async fn rows(rig: &Rig) -> i64 {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let tables: Vec<String> =
        sqlx::query_scalar(tables).fetch_all(&rig.store.readers).await.unwrap();
    let mut rows = 0;
    for table in tables {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let count = sqlx::query_scalar::<_, i64>(count).fetch_one(&rig.store.readers);
        rows += count.await.unwrap();
    }
    rows
}

#[tokio::test]
async fn who_reads_on_and_on_takes_no_more_room() {
    let rig = Rig::new().await;
    let (anna, bob) = (rig.account("anna").await, rig.account("bob").await);
    let group = rig.group(&anna, &[&bob]).await;
    for n in 0..20 {
        rig.says(&anna, &group, &n.to_string()).await;
    }
    let before = rows(&rig).await;
    for seq in 1..=20 {
        rig.reads(&bob, &group, seq).await;
    }
    assert_eq!(rig.store.dialogs(&bob.id).await.unwrap().uev.0, 21, "each is told of");
    assert_eq!(rows(&rig).await, before);
}

#[tokio::test]
async fn who_came_to_an_empty_lobby_is_passing_through_whatever_row_they_have() {
    for mutes in [true, false] {
        let rig = Rig::new().await;
        let (anna, bob, lobby) =
            (rig.account("anna").await, rig.account("bob").await, DialogId::lobby());
        let line = async || rig.store.dialog(&member(&anna, &lobby)).await.unwrap().dialog;
        if mutes {
            rig.store.mute(member(&anna, &lobby)).await.unwrap();
        } else {
            rig.reads(&anna, &lobby, 0).await;
        }
        rig.says(&anna, &lobby, "Mine").await;
        rig.says(&bob, &lobby, "Hi").await;
        let now = line().await;
        assert_eq!((now.read, now.unread), (Seq(0), 0), "as without a row");
        rig.reads(&anna, &lobby, 0).await;
        rig.says(&bob, &lobby, "More").await;
        let now = line().await;
        assert_eq!((now.read, now.unread, now.muted), (Seq(2), 1, mutes), "from now on");
    }
}
