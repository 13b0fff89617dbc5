//! `confab restore`: a backup takes the place of the database, and nobody goes on from a future that
//! never was.

use confab_protocol::{Connecting, DialogId, Epoch, Ev, ResetReason, Resume};
use hyper::Request;

use crate::{
    harness::{Client, Dial, Program, hears, http_at},
    operator::{Place, ends, lobby, plant, socket},
};

/// A cookie of somebody whom the server knows from now on.
async fn cookie(program: &Program) -> String {
    let request = Request::get("/").body(String::new()).unwrap();
    http_at(program.address, request).await.cookie()
}

async fn socket_of(program: &Program, cookie: &str) -> Client {
    Dial::to(program.address).query("topics=").browser(cookie).connect().await
}

fn resume(epoch: Epoch, after: u64) -> Connecting {
    let positions = [(DialogId::lobby(), Ev(after))].into();
    Connecting { username: None, resume: Some(Resume { epoch, positions }) }
}

/// A lobby with two messages, a backup of it in `copy.db`, and a third message said since.
struct Story {
    place: Place,
    server: Program,
    cookie: String,
    epoch: Epoch,
}

impl Story {
    async fn begin() -> Self {
        let place = Place::new();
        let server = place.serves().await;
        let cookie = cookie(&server).await;
        let mut anna = socket_of(&server, &cookie).await;
        let epoch = anna.established().epoch.clone();
        anna.sends_message("m1", "one").await;
        anna.sends_message("m2", "two").await;
        place.does(&["backup", "copy.db"]).await;
        anna.sends_message("m3", "phantom").await;
        Self { place, server, cookie, epoch }
    }
}

#[tokio::test]
async fn after_a_restore_old_positions_are_reset_and_no_phantom_survives() {
    let Story { place, server, cookie, epoch } = Story::begin().await;
    let mut anna = socket_of(&server, &cookie).await;
    let id = anna.established().user_id.clone();
    ends(server).await;
    let backup = std::fs::read(place.at("copy.db")).unwrap();
    let said = place.does(&["restore", "copy.db"]).await;
    assert_eq!(std::fs::read(place.at("copy.db")).unwrap(), backup, "the backup stays as it is");
    assert_eq!(lobby(&place.database()).await, ["one", "two"]);
    let kept = place.kept("confab.db.replaced-20").expect("the old one is kept");
    assert!(said.contains(kept.file_name().unwrap().to_str().unwrap()), "{said}");
    assert_eq!(lobby(&kept).await, ["one", "two", "phantom"]);
    place.does(&["doctor"]).await;
    place.does(&["doctor", kept.to_str().unwrap()]).await;

    anna.rest().await;
    let server = place.serves().await;
    let mut anna = socket_of(&server, &cookie).await;
    assert_ne!(anna.established().epoch, epoch, "another life");
    assert!(said.contains(anna.established().epoch.as_str()), "{said}");
    assert_eq!(anna.established().user_id, id, "a guest stays the same person");
    anna.says(resume(epoch, 3)).await;
    assert_eq!(hears!(anna, Connected).digest, None, "sums of another life mean nothing");
    assert_eq!(hears!(anna, DialogReset).why, ResetReason::OtherEpoch);
    let ack = anna.sends_message("m4", "three").await;
    assert_eq!((ack.message.seq.0, ack.message.ev.0), (3, 3), "the phantom's place is taken");
    ends(server).await;
}

#[tokio::test]
async fn each_restore_is_another_life() {
    let Story { place, server, .. } = Story::begin().await;
    ends(server).await;
    let mut epochs = Vec::new();
    for _ in 0..2 {
        place.does(&["restore", "copy.db"]).await;
        let server = place.serves().await;
        epochs.push(socket(&server).await.established().epoch.clone());
        ends(server).await;
    }
    assert_ne!(epochs[0], epochs[1]);
}

#[tokio::test]
async fn a_restore_under_a_running_server_is_refused() {
    let Story { place, server, cookie, epoch } = Story::begin().await;
    let before = place.names("data");
    let told = place.runs(&["restore", "copy.db"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("another Confab runs on the data folder data"), "{told:?}");
    assert_eq!(place.names("data"), before);
    let mut anna = socket_of(&server, &cookie).await;
    anna.says(resume(epoch, 3)).await;
    assert!(hears!(anna, Connected).digest.is_some(), "the same life");
    ends(server).await;
    assert_eq!(lobby(&place.database()).await, ["one", "two", "phantom"]);
}

#[tokio::test]
async fn what_a_crash_left_in_the_write_ahead_log_is_kept_and_does_not_leak_into_the_restored() {
    let Story { place, server, .. } = Story::begin().await;
    server.dies().await;
    assert!(place.kept("confab.db-wal").is_some(), "the log of a server that was killed");
    place.does(&["restore", "copy.db"]).await;
    assert_eq!(place.kept("confab.db-"), None, "no log of another database");
    let kept = place.kept("confab.db.replaced-20").unwrap();
    assert_eq!(lobby(&kept).await, ["one", "two", "phantom"]);
    assert_eq!(lobby(&place.database()).await, ["one", "two"]);
}

#[tokio::test]
async fn a_damaged_database_is_replaced_and_kept_with_its_log() {
    let Story { place, server, .. } = Story::begin().await;
    ends(server).await;
    std::fs::write(place.database(), "this was a database").unwrap();
    std::fs::write(place.at("data/confab.db-wal"), "this was its log").unwrap();
    place.does(&["restore", "copy.db"]).await;
    let kept = place.kept("confab.db.replaced-20").unwrap();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "this was a database");
    let log = format!("{}-wal", kept.display());
    assert_eq!(std::fs::read_to_string(log).unwrap(), "this was its log");
    assert_eq!(place.kept("confab.db-"), None, "no log of another database");
    assert_eq!(lobby(&place.database()).await, ["one", "two"]);
}

#[tokio::test]
async fn a_log_that_cannot_be_moved_stops_a_restore() {
    let Story { place, server, .. } = Story::begin().await;
    ends(server).await;
    // In the place of what may have been left there stands what has no second name.
    let log = place.at("data/confab.db-wal");
    let _ = std::fs::remove_file(&log);
    std::fs::create_dir(&log).unwrap();
    let before = std::fs::read(place.database()).unwrap();
    let told = place.runs(&["restore", "copy.db"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("confab.db cannot be put in its place"), "{told:?}");
    assert!(std::fs::read(place.database()).unwrap() == before);
}

#[tokio::test]
async fn what_is_no_sound_backup_is_refused_and_nothing_is_changed() {
    let Story { place, server, .. } = Story::begin().await;
    ends(server).await;
    let before = (place.names("data"), std::fs::read(place.database()).unwrap());
    std::fs::write(place.at("text.db"), "no database at all, but a text").unwrap();
    std::fs::write(place.at("empty.db"), "").unwrap();
    for (name, sql) in [
        ("lost.db", "DELETE FROM messages WHERE seq = 1"),
        ("broken.db", "UPDATE members SET muted = 7; DELETE FROM users"),
        ("newer.db", "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 5"),
        ("other.db", "DROP TABLE meta"),
    ] {
        std::fs::copy(place.at("copy.db"), place.at(name)).unwrap();
        plant(&place.at(name), sql).await;
    }
    for (name, why, found) in [
        ("text.db", "text.db cannot be read", ""),
        ("empty.db", "empty.db is no database of Confab", ""),
        ("other.db", "other.db is no database of Confab", ""),
        ("newer.db", "newer.db has the schema 9999, and this program", ""),
        (
            "lost.db",
            "lost.db is not sound; nothing was changed",
            "dialog lobby, seq 2, after seq 0",
        ),
        (
            "broken.db",
            "broken.db is not sound; nothing was changed",
            "table messages, lacks a row of",
        ),
        ("nowhere.db", "nowhere.db cannot be read", ""),
    ] {
        let told = place.runs(&["restore", name]).await;
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.err.contains(why) && told.out.contains(found), "{told:?}");
    }
    assert!((place.names("data"), std::fs::read(place.database()).unwrap()) == before);
}

#[tokio::test]
async fn a_backup_of_an_older_schema_is_brought_to_that_of_today() {
    let Story { place, server, .. } = Story::begin().await;
    ends(server).await;
    // What the fourth step changed can be changed again, and the fifth made a table.
    let older = "DROP TABLE edits; DELETE FROM _sqlx_migrations WHERE version >= 4";
    plant(&place.at("copy.db"), older).await;
    let told = place.runs(&["doctor", "copy.db"]).await;
    assert!(told.err.contains("has the schema 3, and this program looks for 5"), "{told:?}");
    place.does(&["restore", "copy.db"]).await;
    place.does(&["doctor"]).await;
    assert_eq!(lobby(&place.database()).await, ["one", "two"]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_yet_gets_the_database_and_is_told_of_its_key() {
    let Story { place, server, cookie, .. } = Story::begin().await;
    let id = socket_of(&server, &cookie).await.established().user_id.clone();
    ends(server).await;
    std::fs::rename(place.at("data"), place.at("old")).unwrap();
    let said = place.does(&["restore", "copy.db"]).await;
    assert!(said.contains("there is no data/cookie.key"), "{said}");
    assert_eq!(place.names("data"), ["confab.db", "confab.lock"]);
    std::fs::copy(place.at("old/cookie.key"), place.at("data/cookie.key")).unwrap();
    let server = place.serves().await;
    assert_eq!(socket_of(&server, &cookie).await.established().user_id, id, "with the old key");
    ends(server).await;
}
