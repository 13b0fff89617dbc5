//! A server with its database, people, and two devices that follow.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use confab_protocol::{
    ClientId, DialogId, DialogTitle, Limits, Message, MessageDelete, MessageEdit, MessageId,
    MessageKind, MessageSend, Meta, Person, Seq, Timestamp, UserId, Username,
};
use confab_sync::{Input, Moment};
use tokio::sync::mpsc;
use witness::{checker, ledger::Ledger, page::Reader};

use super::device::Device;
use crate::{
    auth::Auth,
    gateway::{Gateway, Parts},
    hub::{Hub, Rules, SendMessage},
    ops::{
        Clock, Outside, Random, Registry, Shutdown, clock::Manual, config, registry::Quota,
        registry::SessionKey,
    },
    store::{IfPassing, Member, Registration, Store, database_in},
};

/// Those with a device come first.
const NAMES: [&str; 4] = ["anna", "bob", "cem", "dia"];
/// How many of them have one.
pub const DEVICES: usize = 2;
/// How long all may take to show the same, once nothing is in the way any more (DESIGN §7).
const PATIENCE_MS: u64 = 60_000;

/// What may happen. Numbers pick one of those that there are.
#[derive(Clone, Debug)]
pub enum Fate {
    /// Someone does something by REST, in one of the dialogs.
    SomeoneDoes(usize, usize, Deed),
    /// The person at a device says something in one of its dialogs, perhaps as an answer.
    Says(usize, usize, bool),
    /// They change one of their own messages.
    Edits(usize, usize),
    Deletes(usize, usize),
    /// They have seen one of the dialogs up to its end.
    Reads(usize, usize),
    Types(usize, usize),
    /// A frame on the wire to the device arrives, out of turn.
    Arrives(usize, usize),
    /// Everything on the wire arrives, in turn.
    AllArrives(usize),
    ArrivesTwice(usize, usize),
    IsLost(usize, usize),
    /// Nothing that the device says through this socket arrives any more.
    IsMuted(usize),
    /// What it says next arrives twice.
    Echoes(usize),
    IsCut(usize),
    /// And whether the browser keeps what the page showed.
    Reloads(usize, bool),
    Waits(u64),
    /// The server reads what was asked for, and its answer is late.
    IsReadFor(usize, usize),
    IsAnswered(usize, usize),
}

/// What somebody does who is not at one of the devices.
#[derive(Clone, Debug)]
pub enum Deed {
    Says,
    Answers(usize),
    Edits(usize),
    Deletes(usize),
    Reads(usize),
    Adds(usize),
    Removes(usize),
    Leaves,
    Renames,
    PassesOwnership(usize),
    Mutes(bool),
    IsCalled,
    Begins(usize),
    BeginsDirect(usize),
    /// The last of them deletes their account, whoever was meant.
    IsGone,
}

/// All of it.
pub struct World {
    store: Store,
    hub: Hub,
    gateway: Gateway,
    time: Arc<Manual>,
    now: Moment,
    shutdown: Shutdown,
    database: PathBuf,
    ledger: Ledger,
    people: Vec<Person>,
    devices: Vec<Device>,
    dialogs: Vec<DialogId>,
    said: Vec<Message>,
    count: u64,
}

impl World {
    pub async fn in_folder(folder: &Path) -> Self {
        let (clock, time) = Clock::manual(Timestamp::from_unix_ms(1_000_000));
        let (shutdown, random) = (Shutdown::default(), Random::from_seed(1));
        let mut settings = config::Settings::default();
        settings.store.readers = 1;
        // Nobody signs in.
        (settings.auth.password_memory_kib, settings.auth.password_passes) = (8, 1);
        // So low that sixty steps reach them.
        settings.gateway.queue_frames_max = 12;
        let registry = Arc::new(Registry::new(Quota { per_user: 100, per_address: 100 }));
        let (told, committed) = mpsc::channel(256);
        let outside = Outside::new(clock.clone(), random.clone());
        let store = Store::open(folder, &settings.store, outside, told, &shutdown);
        let store = store.await.unwrap();
        let limits = Limits { catch_up_events: 12, sends_burst: 1_000, ..Limits::default() };
        let rules = Rules { hub: settings.hub.clone(), limits };
        let (of_hub, ending) = (Arc::clone(&registry), shutdown.clone());
        let hub = Hub::start(rules, clock.clone(), store.clone(), of_hub, committed, ending);
        let hub = hub.await.unwrap();
        let auth = Auth::open(store.clone(), folder, &settings, clock.clone(), random.clone());
        let gateway = Gateway::new(Parts {
            config: settings.gateway.clone(),
            http: settings.http.clone(),
            shutdown_config: settings.shutdown.clone(),
            demo: false,
            clock,
            random,
            auth: auth.unwrap(),
            hub: hub.clone(),
            registry,
            shutdown: shutdown.clone(),
        });
        let (people, devices, dialogs, said) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (database, ledger) = (database_in(folder), Ledger::default());
        let (now, count) = (Moment(0), 0);
        Self {
            store,
            hub,
            gateway,
            time,
            now,
            shutdown,
            database,
            ledger,
            people,
            devices,
            dialogs,
            said,
            count,
        }
    }

    /// Everyone gets an account and a session, and two have a group.
    pub async fn settles(self) {
        for name in NAMES {
            self.store.register(registration(name)).await.unwrap();
            let (user, forever) = (person(name).id, Timestamp::from_unix_ms(u64::MAX >> 20));
            self.store.save_session(session_of(&user), user, forever).await.unwrap();
        }
        let (owner, title) = (person(NAMES[0]), DialogTitle::parse("Tea").unwrap());
        let members = vec![person(NAMES[1]).id];
        self.store.begin_group(owner, title, members).await.unwrap();
    }

    /// The devices come to show what there is.
    pub async fn begins(&mut self) {
        self.people = NAMES.map(person).to_vec();
        let list = self.store.dialogs(&self.people[0].id).await.unwrap();
        self.dialogs.extend(list.dialogs.into_iter().map(|line| line.dialog_id));
        for number in 0..DEVICES {
            let person = self.people[number].clone();
            let (user, ledger) = (person.id.clone(), self.ledger.clone());
            let mut device = Device::new(person, Reader { number, user, ledger }, None);
            device.begins(self.now, &self.gateway).await;
            self.devices.push(device);
        }
        self.is_calm().await;
    }

    pub async fn meets(&mut self, fate: &Fate) {
        let (now, gateway, hub) = (self.now, self.gateway.clone(), self.hub.clone());
        match *fate {
            Fate::SomeoneDoes(who, room, ref deed) => {
                let person = self.people[who % self.people.len()].clone();
                self.does(&person, room, deed).await;
            }
            Fate::Says(device, room, answers) => self.says(device, room, answers).await,
            Fate::Edits(device, pick) => self.amends(device, pick, true).await,
            Fate::Deletes(device, pick) => self.amends(device, pick, false).await,
            Fate::Reads(device, room) => {
                let shown = &self.devices[device].page.shown;
                let Some((dialog_id, page)) = nth(shown.pages.iter(), room) else { return };
                let seq = page.messages.last().map_or(Seq(0), |last| last.seq);
                let read = Input::Read { dialog_id: dialog_id.clone(), seq };
                self.devices[device].does(read, now, &gateway).await;
            }
            Fate::Types(device, room) => {
                let shown = &self.devices[device].page.shown;
                let Some((dialog_id, _)) = nth(shown.pages.iter(), room) else { return };
                let typed = Input::Typed { dialog_id: dialog_id.clone() };
                self.devices[device].does(typed, now, &gateway).await;
            }
            Fate::Arrives(device, pick) => {
                self.devices[device].hears(pick, false, now, &gateway).await;
            }
            Fate::AllArrives(device) => self.devices[device].hears_all(now, &gateway).await,
            Fate::ArrivesTwice(device, pick) => {
                self.devices[device].hears(pick, true, now, &gateway).await;
            }
            Fate::IsLost(device, pick) => self.devices[device].loses(pick),
            Fate::IsMuted(device) => self.devices[device].is_muted(),
            Fate::Echoes(device) => self.devices[device].echoes(),
            Fate::IsCut(device) => self.devices[device].is_cut(now, &gateway).await,
            Fate::Reloads(device, keeps) => {
                self.devices[device].reloads(keeps, now, &gateway).await
            }
            Fate::Waits(ms) => self.waits(ms).await,
            Fate::IsReadFor(device, pick) => self.devices[device].is_read_for(pick, &hub).await,
            Fate::IsAnswered(device, pick) => {
                self.devices[device].is_answered(pick, now, &gateway, &hub).await;
            }
        }
        self.is_told().await;
    }

    /// What was committed comes to everyone who hears it.
    async fn is_told(&mut self) {
        // The news of a write is sent before its answer, and the fan-out has its turn before whoever
        // waited for that; each of the others wakes it once more.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        let (now, gateway) = (self.now, self.gateway.clone());
        for device in &mut self.devices {
            device.is_told();
            device.is_sent_away(now, &gateway).await;
        }
    }

    async fn waits(&mut self, ms: u64) {
        let (until, gateway) = (Moment(self.now.0 + ms), self.gateway.clone());
        loop {
            let due = self.devices.iter().filter_map(Device::due).min().unwrap_or(until);
            let next = due.max(self.now).min(until);
            self.time.advance(Duration::from_millis(next.0 - self.now.0));
            self.now = next;
            for device in &mut self.devices {
                if device.due().is_some_and(|due| due <= next) {
                    device.passes(next, &gateway).await;
                }
            }
            self.is_told().await;
            if next == until {
                return;
            }
        }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn new_client_id(&mut self) -> ClientId {
        ClientId::parse(format!("c{}", self.next())).unwrap()
    }

    async fn says(&mut self, device: usize, room: usize, answers: bool) {
        let (now, gateway, client_id) = (self.now, self.gateway.clone(), self.new_client_id());
        let content = format!("said {client_id}");
        let shown = &self.devices[device].page.shown;
        let Some((dialog_id, page)) = nth(shown.pages.iter(), room) else { return };
        let reply_to = page.messages.last().filter(|_| answers);
        let reply_to = reply_to.map(|message| message.message_id.clone());
        let (kind, meta, dialog_id) = (MessageKind::Text, Meta::default(), dialog_id.clone());
        let send = MessageSend { dialog_id, client_id, content, kind, meta, reply_to };
        self.devices[device].says(send, now, &gateway).await;
    }

    async fn amends(&mut self, device: usize, pick: usize, edits: bool) {
        let (now, gateway, client_id) = (self.now, self.gateway.clone(), self.new_client_id());
        let there = &self.devices[device];
        let pages = there.page.shown.pages.values();
        let mine = pages
            .flat_map(|page| &page.messages)
            .filter(|message| message.sender_id == there.person.id && message.deleted_at.is_none());
        let Some(message) = nth(mine, pick) else { return };
        let (dialog_id, message_id) = (message.dialog_id.clone(), message.message_id.clone());
        let input = if edits {
            let content = format!("better {client_id}");
            Input::Edit(MessageEdit { dialog_id, message_id, client_id, content })
        } else {
            Input::Delete(MessageDelete { dialog_id, message_id, client_id })
        };
        self.devices[device].does(input, now, &gateway).await;
    }

    /// Whatever they may not do is refused, and nothing is to come of it.
    async fn does(&mut self, person: &Person, room: usize, deed: &Deed) {
        let dialog = self.dialogs[room % self.dialogs.len()].clone();
        let belongs = self.store.belongs(&person.id, &dialog).await.unwrap();
        let proof = || Member::attested(person.clone(), dialog.clone());
        let (n, store) = (self.next(), self.store.clone());
        let other = |pick: usize| self.people[pick % self.people.len()].id.clone();
        let title = || DialogTitle::parse(&format!("Tea {n}")).unwrap();
        match *deed {
            // A door asks first whether they belong.
            Deed::Begins(pick) => {
                let begun = store.begin_group(person.clone(), title(), vec![other(pick)]).await;
                self.dialogs.extend(begun.ok().map(|begun| begun.dialog.dialog_id));
            }
            Deed::BeginsDirect(pick) => {
                let begun = store.begin_direct(person.clone(), other(pick)).await;
                let begun = begun.ok().filter(|begun| begun.is_new);
                self.dialogs.extend(begun.map(|begun| begun.dialog.dialog_id));
            }
            Deed::IsCalled => {
                let name = format!("{} {n}", person.id);
                let (id, is_taken) = (person.id.clone(), IfPassing::Refuse);
                let username = Username::parse(&name).unwrap();
                let _ = store.rename_person(id, username, name, is_taken).await;
            }
            Deed::IsGone => {
                if self.people.len() == NAMES.len() {
                    let gone = self.people.pop().expect("somebody is there");
                    store.delete_account(gone.id).await.unwrap();
                }
            }
            _ if !belongs => {}
            Deed::Says => self.is_said(proof(), None).await,
            Deed::Answers(pick) => {
                let original = nth(self.said.iter(), pick);
                let original = original.map(|message| message.message_id.clone());
                self.is_said(proof(), original).await;
            }
            Deed::Edits(pick) => {
                if let Some(message_id) = self.one_of(person, pick) {
                    let (name, words) = (format!("edit-{n}"), format!("edited {n}"));
                    let name = ClientId::parse(name).expect("an id");
                    let _ = self.hub.edit(proof(), name, message_id, &words).await;
                }
            }
            Deed::Deletes(pick) => {
                if let Some(message_id) = self.one_of(person, pick) {
                    let _ = self.hub.delete(proof(), message_id).await;
                }
            }
            Deed::Reads(pick) => {
                let seq = Seq(pick as u64 % 16);
                let _ = self.hub.advance(proof(), seq, seq).await;
            }
            Deed::Adds(pick) => drop(store.add_members(proof(), vec![other(pick)]).await),
            Deed::Removes(pick) => drop(store.remove_members(proof(), vec![other(pick)]).await),
            Deed::Leaves => drop(store.remove_members(proof(), vec![person.id.clone()]).await),
            Deed::Renames => drop(store.rename(proof(), title()).await),
            Deed::PassesOwnership(pick) => drop(store.pass_ownership(proof(), other(pick)).await),
            Deed::Mutes(true) => drop(store.mute(proof()).await),
            Deed::Mutes(false) => drop(store.unmute(proof()).await),
        }
    }

    async fn is_said(&mut self, member: Member, reply_to: Option<MessageId>) {
        let client_id = self.new_client_id();
        let (content, kind) = (format!("said {client_id}"), MessageKind::Text);
        let message = SendMessage { client_id, content, kind, meta: Meta::default(), reply_to };
        let sent = self.hub.send(member, message).await;
        self.said.extend(sent.ok().map(|sent| sent.message));
    }

    fn one_of(&self, person: &Person, pick: usize) -> Option<MessageId> {
        let theirs = self.said.iter().filter(|message| message.sender_id == person.id);
        nth(theirs, pick).map(|message| message.message_id.clone())
    }

    /// Everything on its way arrives, in order.
    async fn is_calm(&mut self) {
        let (now, gateway, hub) = (self.now, self.gateway.clone(), self.hub.clone());
        self.is_told().await;
        while self.devices.iter().any(Device::waits) {
            for device in &mut self.devices {
                device.hears_all(now, &gateway).await;
                device.is_answered(0, now, &gateway, &hub).await;
            }
            self.is_told().await;
        }
    }

    /// Nobody does anything more, and nothing is in the way; what is not as it should be after a while.
    pub async fn heals(&mut self) -> Option<String> {
        let (healed, gateway) = (self.now, self.gateway.clone());
        for device in &mut self.devices {
            device.heals(healed, &gateway).await;
        }
        loop {
            self.is_calm().await;
            let mut differs = None;
            for device in &self.devices {
                differs = differs.or(device.differs(&self.hub).await);
            }
            if differs.is_none() || self.now.0 - healed.0 > PATIENCE_MS {
                return differs;
            }
            self.waits(500).await;
        }
    }

    /// What was seen on the way, held against the log.
    pub async fn ends(self) -> checker::Wrong {
        self.shutdown.begin();
        drop((self.devices, self.gateway, self.hub, self.store));
        let book = std::mem::take(&mut *self.ledger.open());
        let wrong = checker::check(&self.database, &book).await.unwrap();
        // The wire drops and swaps. That what is shown never goes back, each page has seen to.
        let all = book.wrong.into_iter().chain(wrong);
        all.filter(|(count, _)| !["receipt", "dropped"].contains(count)).collect()
    }
}

fn nth<T>(all: impl Iterator<Item = T> + Clone, pick: usize) -> Option<T> {
    let count = all.clone().count().max(1);
    all.clone().nth(pick % count)
}

fn person(name: &str) -> Person {
    Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
}

/// What each of them came in with.
pub fn session_of(user: &UserId) -> SessionKey {
    let mut key = [0; 32];
    key[..user.as_str().len()].copy_from_slice(user.as_str().as_bytes());
    SessionKey(key)
}

fn registration(name: &str) -> Registration {
    let Person { id: user, username } = person(name);
    Registration {
        user,
        name: username,
        name_key: name.to_owned(),
        login: name.to_owned(),
        login_key: name.to_owned(),
        password_hash: format!("hash of {name}"),
    }
}
