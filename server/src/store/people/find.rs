//! To find people by their names.

use confab_protocol::{Person, Timestamp, UserId};
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use crate::store::{Store, Unavailable, dialogs::id_list, row};

/// Someone, and when they were last here.
type Seen = (Person, Option<Timestamp>);

/// Some people, and whether there are more.
type Listed = (Vec<Seen>, bool);

impl Store {
    /// People whose name holds the query, by name, without oneself and who is gone; at most `max`,
    /// and whether there are more. Everyone, when nothing is asked for.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn people(
        &self,
        user: &UserId,
        query: &str,
        max: u32,
    ) -> Result<Listed, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut connection = self.readers.acquire().await?;
            Ok(find(&mut connection, user, query, max).await?)
        })
        .await
    }

    /// These people, in this order, each with when they were last here; without who is gone.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn people_with(&self, ids: &[UserId]) -> Result<Vec<Seen>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let rows = sqlx::query(
                "SELECT u.id, u.username, u.last_seen_at
             FROM json_each(?) AS wanted JOIN users u ON u.id = wanted.value
             WHERE u.kind <> 'deleted' ORDER BY wanted.key",
            )
            .bind(id_list(ids))
            .fetch_all(&self.readers)
            .await?;
            let people: Result<Vec<_>, sqlx::Error> = rows.iter().map(to_person).collect();
            Ok(people?)
        })
        .await
    }
}

/// [`Store::people`] within a snapshot.
///
/// `instr`, because no character means anything else to it. A name that nobody chose has no key, and
/// is of ASCII letters and digits.
pub(in crate::store) async fn find(
    connection: &mut SqliteConnection,
    user: &UserId,
    query: &str,
    max: u32,
) -> Result<Listed, sqlx::Error> {
    let words: Vec<_> = query.split_whitespace().map(str::to_lowercase).collect();
    let rows = sqlx::query(
        "SELECT id, username, last_seen_at, COALESCE(name_key, lower(username)) AS called
         FROM users WHERE kind <> 'deleted' AND id <> ?1 AND instr(called, ?2) > 0
         ORDER BY called, id LIMIT ?3",
    )
    .bind(user.as_str())
    .bind(words.join(" "))
    // One more than asked for tells whether there are others.
    .bind(i64::from(max) + 1)
    .fetch_all(connection)
    .await?;
    let has_more = rows.len() > max as usize;
    let people: Result<Vec<_>, _> = rows.iter().take(max as usize).map(to_person).collect();
    Ok((people?, has_more))
}

fn to_person(row: &SqliteRow) -> Result<Seen, sqlx::Error> {
    let person = Person { id: row::parsed(row, "id")?, username: row::parsed(row, "username")? };
    Ok((person, row::time_if_any(row, "last_seen_at")?))
}
