//! `confab backup`: the log as it stood at one moment, while it grows.

use tokio::{sync::watch, task::JoinHandle};

use crate::{
    harness::{Client, soon},
    operator::{Place, ends, lobby, socket},
};

/// Somebody who never stops writing.
struct Writer {
    acknowledged: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Writer {
    fn begin(mut client: Client) -> Self {
        let (told, acknowledged) = watch::channel(0);
        let task = tokio::spawn(async move {
            for n in 1.. {
                client.sends_message(&format!("m{n}"), &format!("message {n}")).await;
                told.send_replace(n);
            }
        });
        Self { acknowledged, task }
    }

    /// Waits until so many more are acknowledged; how many it are then.
    async fn goes_on(&mut self, more: usize) -> usize {
        let wanted = *self.acknowledged.borrow() + more;
        *soon("the writer", self.acknowledged.wait_for(|n| *n >= wanted)).await.unwrap()
    }
}

#[tokio::test]
async fn a_copy_taken_while_people_write_is_sound_and_the_beginning_of_the_log() {
    let place = Place::new();
    let server = place.serves().await;
    let mut writer = Writer::begin(socket(&server).await);
    let (mut copies, mut meanwhile) = (Vec::new(), 0);
    // A copy may be taken between two commits, and shows nothing then.
    while meanwhile < 3 {
        assert!(copies.len() < 50, "people write meanwhile");
        let name = format!("{:02}.db", copies.len());
        let before = writer.goes_on(20).await;
        let said = place.does(&["backup", &name]).await;
        let after = *writer.acknowledged.borrow();
        meanwhile += usize::from(after > before);
        let bytes = std::fs::metadata(place.at(&name)).unwrap().len();
        assert!(said.contains(&format!("{bytes} bytes in 0.")), "{said}");
        assert!(said.contains("cookie.key is not in it"), "{said}");
        copies.push((name, before, after));
    }
    writer.goes_on(20).await;
    let running = place.does(&["doctor"]).await;
    assert!(running.contains("data/confab.db is sound"), "{running}");
    writer.task.abort();
    ends(server).await;

    let log = lobby(&place.database()).await;
    let expected: Vec<_> = copies.iter().map(|(name, ..)| name.clone()).collect();
    for (name, before, after) in copies {
        let sound = place.does(&["doctor", &name]).await;
        assert!(sound.contains(&format!("{name} is sound")), "{sound}");
        let copy = lobby(&place.at(&name)).await;
        // The last may be stored and not yet acknowledged.
        assert!((before..=after + 1).contains(&copy.len()), "{before} {} {after}", copy.len());
        assert_eq!(copy, log[..copy.len()], "a beginning of the log");
    }
    let names = place.names(".");
    assert_eq!(names, [expected, vec!["data".to_owned()]].concat(), "nothing else is left");
}

#[tokio::test]
async fn a_copy_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    ends(place.serves().await).await;
    place.does(&["backup", "copy.db"]).await;
    let mode = std::fs::metadata(place.at("copy.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_half_written_bears_the_name() {
    let place = Place::new();
    ends(place.serves().await).await;
    std::fs::write(place.at("copy.db"), "mine").unwrap();
    let told = place.runs(&["backup", "copy.db"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("copy.db is there already"), "{told:?}");
    assert_eq!(std::fs::read(place.at("copy.db")).unwrap(), b"mine");

    std::fs::write(place.at("other.db.part"), "another's").unwrap();
    let told = place.runs(&["backup", "other.db"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("other.db.part is there already"), "{told:?}");
    assert_eq!(std::fs::read(place.at("other.db.part")).unwrap(), b"another's");

    for name in place.names("data") {
        std::fs::write(place.at("data").join(name), "no database at all").unwrap();
    }
    let told = place.runs(&["backup", "third.db"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    let told = place.runs(&["backup", "fourth.db", "--data", "elsewhere"]).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("elsewhere/confab.db cannot be copied"), "{told:?}");
    assert_eq!(place.names("."), ["copy.db", "data", "other.db.part"]);
}
