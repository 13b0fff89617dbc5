//! A store over a folder of its own, and people who do things in it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use confab_protocol::{
    ClientId, DialogId, DialogTitle, Message, MessageId, MessageKind, MessageText, Meta, Person,
    Seq, Timestamp, UserId, Username,
};
use sqlx::Row;
use tempfile::TempDir;
use tokio::sync::{Mutex, mpsc};

use crate::{
    ops::{Clock, Outside, Random, Shutdown, clock::Manual, config},
    store::{
        Advance, Append, AppendError, Appended, Change, Delete, Edit, Member, News, Place,
        Registration, Store, database_in, examine,
    },
};

pub struct Rig {
    pub store: Store,
    pub clock: Arc<Manual>,
    news: Mutex<mpsc::UnboundedReceiver<News>>,
    count: AtomicUsize,
    folder: TempDir,
    _shutdown: Shutdown,
}

impl Rig {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, manual) = Clock::manual(Timestamp::from_unix_ms(1_000_000));
        let (shutdown, random) = (Shutdown::default(), Random::from_seed(1));
        let (told, mut heard) = mpsc::channel(256);
        let config = config::Store::default();
        let store =
            Store::open(folder.path(), &config, Outside::new(clock, random), told, &shutdown);
        let store = store.await.unwrap();
        // The fan-out never lets the writer wait.
        let (kept, news) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(news) = heard.recv().await {
                let _ = kept.send(news);
            }
        });
        let (news, count) = (Mutex::new(news), AtomicUsize::new(0));
        Self { store, clock: manual, news, count, folder, _shutdown: shutdown }
    }

    fn next(&self) -> usize {
        self.clock.advance(Duration::from_millis(1));
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// What others were told since this was last asked. The answer to a write comes after its news,
    /// so one more write flushes what is on its way.
    pub async fn news(&self) -> Vec<Change> {
        let mark = user(&format!("mark-{}", self.next()));
        self.store.end_sessions_of(mark.clone()).await.unwrap();
        let (mut changes, mut news) = (Vec::new(), self.news.lock().await);
        loop {
            match news.recv().await.unwrap() {
                News::Committed(change) => match change.into_inner() {
                    Change::Ended { user, .. } if user == mark => return changes,
                    change => changes.push(change),
                },
                News::Recovered => {}
            }
        }
    }

    /// Someone nobody has heard of.
    pub fn passing(&self, name: &str) -> Person {
        Person { id: user(name), username: Username::parse(name).unwrap() }
    }

    /// Someone with an account.
    pub async fn account(&self, name: &str) -> Person {
        self.store.register(registration(name)).await.unwrap()
    }

    pub async fn direct(&self, a: &Person, b: &Person) -> DialogId {
        self.next();
        self.store.begin_direct(a.clone(), b.id.clone()).await.unwrap().dialog.dialog_id
    }

    pub async fn group(&self, owner: &Person, others: &[&Person]) -> DialogId {
        self.next();
        let others = others.iter().map(|person| person.id.clone()).collect();
        let begun = self.store.begin_group(owner.clone(), title("Tea"), others);
        begun.await.unwrap().dialog.dialog_id
    }

    pub fn draft(&self, person: &Person, dialog: &DialogId, words: &str) -> Append {
        let client_id = ClientId::parse(format!("c{}", self.next())).unwrap();
        Append {
            member: member(person, dialog),
            client_id,
            text: text(words),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        }
    }

    pub async fn says(&self, person: &Person, dialog: &DialogId, words: &str) -> Message {
        self.tries(person, dialog, words).await.unwrap().message
    }

    pub async fn tries(
        &self,
        person: &Person,
        dialog: &DialogId,
        words: &str,
    ) -> Result<Appended, AppendError> {
        self.store.append(self.draft(person, dialog, words)).await
    }

    pub async fn replies(&self, person: &Person, to: &Message, words: &str) -> Message {
        let reply_to = Some(to.message_id.clone());
        let draft = Append { reply_to, ..self.draft(person, &to.dialog_id, words) };
        self.store.append(draft).await.unwrap().message
    }

    pub fn edit(&self, person: &Person, message: &Message, words: &str) -> Edit {
        let client_id = ClientId::parse(format!("e{}", self.next())).unwrap();
        let (member, message_id) = (member(person, &message.dialog_id), message.message_id.clone());
        Edit { member, client_id, message_id, text: text(words) }
    }

    pub async fn edits(&self, person: &Person, message: &Message, words: &str) -> Message {
        self.store.edit(self.edit(person, message, words)).await.unwrap().message
    }

    pub async fn deletes(&self, person: &Person, message: &Message) -> Message {
        self.store.delete(delete(person, message)).await.unwrap().message
    }

    pub async fn reads(&self, person: &Person, dialog: &DialogId, seq: u64) {
        self.store.advance(advance(person, dialog, seq, seq)).await.unwrap();
    }

    /// The words of the dialog's last page.
    pub async fn words(&self, person: &Person, dialog: &DialogId) -> Vec<String> {
        let page = self.store.page(&member(person, dialog), Place::Latest, 200).await.unwrap();
        page.messages.into_iter().map(|message| message.content).collect()
    }

    /// Places of messages that a search finds.
    pub async fn finds(&self, person: &Person, query: &str) -> Vec<u64> {
        let found = self.store.search(&person.id, query).await.unwrap();
        found.messages.iter().map(|message| message.seq.0).collect()
    }

    /// Everything that is stored: nothing of it may change when a write is refused.
    pub async fn everything(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for sql in [
            "SELECT json_array('u', id, username, kind, login, login_key, name_key, password_hash,
                               last_seen_at, last_uev) FROM users ORDER BY id",
            "SELECT json_array('d', id, kind, title, last_seq, last_ev, last_message_at, direct_key,
                               created_by) FROM dialogs ORDER BY id",
            "SELECT json_array('m', dialog, user, role, joined_ev, delivered_seq, read_seq, muted)
             FROM members ORDER BY dialog, user",
            "SELECT json_array('t', dialog, seq, ev, author_name, content, edited_at, deleted_at)
             FROM messages ORDER BY dialog, seq",
            "SELECT json_array('e', dialog, ev, kind, seq, user, title)
             FROM dialog_events ORDER BY dialog, ev",
            "SELECT json_array('w', author, client_id) FROM edits ORDER BY author, client_id",
            "SELECT json_array('s', hex(key), user, data, ended_at IS NULL) FROM sessions ORDER BY key",
            "SELECT json_array('k', id, user, name, last_used_at) FROM tokens ORDER BY id",
        ] {
            let found = sqlx::query(sql).fetch_all(&self.store.readers).await.unwrap();
            rows.extend(found.iter().map(|row| row.get::<String, _>(0)));
        }
        rows
    }

    /// Every promise of the log is kept by what is stored.
    pub async fn is_sound(&self) {
        let diagnosis = examine(&database_in(self.folder.path())).await.unwrap();
        assert!(diagnosis.is_sound(), "{diagnosis:#?}");
    }

    /// Nobody hears of anything and nothing is stored by what `refuse` does.
    pub async fn leaves_nothing_behind(&self, refuse: impl AsyncFnOnce()) {
        self.news().await;
        let before = self.everything().await;
        refuse().await;
        assert_eq!(self.everything().await, before);
        assert_eq!(self.news().await, []);
    }
}

pub fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub fn title(text: &str) -> DialogTitle {
    DialogTitle::parse(text).unwrap()
}

pub fn text(words: &str) -> MessageText {
    MessageText::parse(words, 10_000).unwrap()
}

pub fn member(person: &Person, dialog: &DialogId) -> Member {
    Member::attested(person.clone(), dialog.clone())
}

pub fn registration(name: &str) -> Registration {
    Registration {
        user: user(name),
        name: Username::parse(name).unwrap(),
        name_key: name.to_lowercase(),
        login: name.to_owned(),
        login_key: name.to_lowercase(),
        password_hash: format!("hash of {name}"),
    }
}

pub fn delete(person: &Person, message: &Message) -> Delete {
    let member = member(person, &message.dialog_id);
    Delete { member, message_id: message.message_id.clone() }
}

pub fn advance(person: &Person, dialog: &DialogId, delivered: u64, read: u64) -> Advance {
    Advance { member: member(person, dialog), delivered: Seq(delivered), read: Seq(read) }
}

pub fn no_message() -> MessageId {
    MessageId::parse("none").unwrap()
}

pub fn nowhere() -> DialogId {
    DialogId::parse("nowhere").unwrap()
}
