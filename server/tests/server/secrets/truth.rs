//! Who belonged to which dialog at which of its changes, as the database has it.

use std::collections::{BTreeMap, BTreeSet};

use confab_protocol::{DialogId, UserId};
use sqlx::{Connection, Row, SqliteConnection};

use super::ears::Ears;
use crate::harness::TestServer;

/// A line of a dialog's log.
struct Change {
    is_message: bool,
    /// Who belonged to the dialog right after it.
    members: BTreeSet<UserId>,
}

pub struct Truth {
    /// Changes of each dialog, from 1.
    logs: BTreeMap<DialogId, Vec<Change>>,
    /// Who ever belonged to it.
    ever: BTreeMap<DialogId, BTreeSet<UserId>>,
}

impl Truth {
    /// Follows every log from who was there in the beginning.
    pub async fn read(server: &TestServer, began: BTreeMap<DialogId, BTreeSet<UserId>>) -> Self {
        let file = server.folder.path().join("data/confab.db");
        let file = format!("sqlite://{}", file.display());
        let mut database = SqliteConnection::connect(&file).await.unwrap();
        let sql = "SELECT dialog, ev, kind, user FROM dialog_events ORDER BY dialog, ev";
        let rows = sqlx::query(sql).fetch_all(&mut database).await.unwrap();
        let mut truth = Self { logs: BTreeMap::new(), ever: began.clone() };
        let mut now = began;
        for row in rows {
            let dialog = DialogId::parse(row.get::<String, _>("dialog")).unwrap();
            if dialog == DialogId::lobby() {
                continue;
            }
            let user = row.get::<Option<String>, _>("user").map(|id| UserId::parse(id).unwrap());
            let members = now.get_mut(&dialog).expect("a dialog that somebody began");
            let kind = row.get::<String, _>("kind");
            match (kind.as_str(), user) {
                ("member:added", Some(user)) => {
                    truth.ever.get_mut(&dialog).unwrap().insert(user.clone());
                    members.insert(user);
                }
                ("member:removed", Some(user)) => drop(members.remove(&user)),
                _ => {}
            }
            let log = truth.logs.entry(dialog).or_default();
            assert_eq!(row.get::<i64, _>("ev"), log.len() as i64 + 1, "the log is dense");
            let is_message = kind.starts_with("message:");
            log.push(Change { is_message, members: members.clone() });
        }
        let sql = "SELECT dialog, user FROM members WHERE dialog <> 'lobby'";
        let mut stored: BTreeMap<DialogId, BTreeSet<UserId>> = BTreeMap::new();
        for row in sqlx::query(sql).fetch_all(&mut database).await.unwrap() {
            let dialog = DialogId::parse(row.get::<String, _>("dialog")).unwrap();
            let user = UserId::parse(row.get::<String, _>("user")).unwrap();
            stored.entry(dialog).or_default().insert(user);
        }
        now.retain(|_, members| !members.is_empty());
        assert_eq!(now, stored, "the logs lead to who belongs now");
        database.close().await.unwrap();
        truth
    }

    pub fn changes(&self) -> usize {
        self.logs.values().map(Vec::len).sum()
    }

    /// What a socket heard that was not for its person.
    pub fn unseemly(&self, me: &UserId, ears: &Ears) -> Vec<String> {
        let mut wrong = Vec::new();
        for (dialog, evs) in &ears.logged {
            for ev in evs.keys() {
                let change = self.logs[dialog].get(*ev as usize - 1).expect("told is stored");
                if !change.members.contains(me) {
                    wrong.push(format!(
                        "{me}: change {ev} of {dialog}, to which they did not belong"
                    ));
                }
            }
        }
        for dialog in ears.unlogged.keys().filter(|dialog| !self.ever[*dialog].contains(me)) {
            wrong.push(format!("{me}: something of {dialog}, to which they never belonged"));
        }
        wrong
    }

    /// Messages that were for a person who heard their list all the time, and were not heard once.
    pub fn missed(&self, me: &UserId, ears: &Ears) -> Vec<String> {
        let mut wrong = Vec::new();
        for (dialog, log) in &self.logs {
            let heard = ears.logged.get(dialog);
            for (place, change) in log.iter().enumerate() {
                let ev = place as u64 + 1;
                let times = heard.and_then(|evs| evs.get(&ev)).copied().unwrap_or_default();
                if change.is_message && change.members.contains(me) && times != 1 {
                    wrong.push(format!("{me}: change {ev} of {dialog} came {times} times"));
                }
            }
        }
        wrong
    }
}
