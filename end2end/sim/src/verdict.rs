//! What is wrong at the end: the checker's counts, and all that the server's own doctor finds.

use std::{io, path::Path};

use confab_server::store::{database_in, examine};
use witness::{
    checker::{self, Wrong, check},
    ledger::Book,
};

/// Holds what was seen against the database in a folder.
pub fn judge(data: &Path, book: &Book) -> Wrong {
    let database = database_in(data);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let checked = runtime.map_err(sqlx::Error::Io).and_then(|runtime| {
        runtime.block_on(async {
            let wrong = check(&database, book).await?;
            Ok((wrong, examined(&database).await))
        })
    });
    match checked {
        Ok((wrong, unsound)) => [unsound, wrong].concat(),
        Err(why) => vec![("unreadable", why.to_string())],
    }
}

/// Of what was seen before a backup took its place, keeps what the database in a folder holds.
///
/// # Errors
///
/// When it cannot be read.
pub fn keep_only(data: &Path, book: &mut Book) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let kept = runtime.block_on(checker::keep_only(&database_in(data), book));
    kept.map_err(io::Error::other)
}

/// Everything that the server's own doctor finds.
async fn examined(database: &Path) -> Wrong {
    match examine(database).await {
        Ok(diagnosis) => {
            let ill = diagnosis.0.into_iter().filter(|finding| !finding.is_sound());
            ill.map(|finding| ("unsound", format!("{finding:?}"))).collect()
        }
        Err(why) => vec![("unsound", why.to_string())],
    }
}
