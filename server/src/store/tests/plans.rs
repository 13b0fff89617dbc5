//! Hot reads find what they need by an index: none walks through the messages.

use sqlx::{AssertSqlSafe, Row};

use super::rig::Rig;
use crate::store::{dialogs::LINES_OF_USER, messages::hot_reads};

/// What SQLite would do.
async fn plan(rig: &Rig, sql: &str) -> Vec<String> {
    // Nothing here comes from outside.
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
    let rows = rows.fetch_all(&rig.store.readers).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

#[tokio::test]
async fn no_hot_read_walks_through_a_table() {
    let rig = Rig::new().await;
    let reads = hot_reads().into_iter().chain([LINES_OF_USER]);
    for sql in reads {
        let plan = plan(&rig, sql).await;
        // The list of words is entered by its own index, and a derived list is no table.
        let walks = |step: &&String| {
            step.starts_with("SCAN")
                && !step.contains("message_words VIRTUAL TABLE INDEX")
                && !step.contains("CONSTANT ROW")
                && !step.contains("(subquery")
        };
        let walks: Vec<_> = plan.iter().filter(walks).collect();
        assert!(walks.is_empty(), "{walks:?} in {plan:#?}");
        assert!(plan.iter().any(|step| step.contains("SEARCH")), "{plan:#?}");
    }
    for sql in hot_reads() {
        let plan = plan(&rig, sql).await;
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "sorts: {plan:#?}");
    }
}

#[tokio::test]
async fn a_walk_would_be_seen() {
    let rig = Rig::new().await;
    let plan = plan(&rig, "SELECT * FROM messages WHERE content = 'x'").await;
    assert!(plan[0].starts_with("SCAN"), "{plan:?}");
}
