//! The law of the log: what was read, and every change since, is what would be read now. For every
//! kind of change, whether it was told at once or fetched later; and only to those who belong.

mod copied;

use std::collections::{BTreeMap, BTreeSet};

use confab_protocol::{
    DialogChange, DialogId, Digest, Ev, Message, Person, UserId, Username,
    rest::{DialogDetails, DialogList},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use self::copied::Copied;
use super::rig::{Rig, advance, delete, member, title};
use crate::store::{Append, CatchUp, Change, IfPassing, Readers};

/// Someone who has read a dialog and follows it since.
struct Follower {
    person: Person,
    dialog: DialogId,
    begun: Copied,
    live: Copied,
}

impl Follower {
    async fn begin(rig: &Rig, person: &Person, dialog: &DialogId) -> Self {
        let live = Copied::read(rig, person, dialog).await;
        Self { person: person.clone(), dialog: dialog.clone(), begun: live.clone(), live }
    }

    /// Takes in what they are told; false when something is not for them any more, or they are gone.
    fn hear(&mut self, change: &Change) -> bool {
        match change {
            Change::Log { dialog, event, readers } if *dialog == self.dialog => {
                if !readers.include(&self.person.id) {
                    return false;
                }
                self.live.apply(event);
            }
            Change::Receipt { receipt, .. } if receipt.dialog_id == self.dialog => {
                self.live.hear(receipt);
            }
            Change::Ended { user, .. } => return *user != self.person.id,
            _ => {}
        }
        true
    }

    async fn agrees(&self, rig: &Rig) {
        let fresh = Copied::read(rig, &self.person, &self.dialog).await;
        assert_eq!(self.live, fresh, "told at once");
        let proof = member(&self.person, &self.dialog);
        let missed = rig.store.catch_up(&proof, self.begun.ev, 10_000).await.unwrap();
        let CatchUp::Events { events, to } = missed else { panic!("{missed:?}") };
        let mut later = self.begun.clone();
        events.iter().for_each(|event| later.apply(event));
        assert_eq!(later.ev, to);
        assert_eq!(later.logged(), fresh.logged(), "fetched later");
    }
}

/// What someone's page shows: their list, and one dialog of it.
#[derive(Clone, Debug, PartialEq)]
struct Page {
    list: DialogList,
    open: DialogDetails,
}

impl Page {
    /// What is shown, and what the server says it comes to. Of a dialog that is not on their list, what
    /// is theirs alone is not in their log.
    async fn read(rig: &Rig, person: &Person, dialog: &DialogId) -> Option<(Digest, Self)> {
        let open = rig.store.dialog(&member(person, dialog)).await.ok()?;
        let list = rig.store.dialogs(&person.id).await.unwrap();
        list.dialogs.iter().find(|line| line.dialog_id == *dialog)?;
        let digest = rig.store.resume(&person.id, &[(dialog.clone(), Ev(0))], 0).await.unwrap().0;
        let page = Self { list, open };
        assert_eq!(page.comes_to(), digest);
        Some((digest, page))
    }

    /// As a page adds up (`confab_sync::reduce::digest`).
    fn comes_to(&self) -> Digest {
        let receipts = self.open.members.iter().map(|member| member.delivered.0 + member.read.0);
        Digest {
            uev: self.list.uev,
            changes: self.list.dialogs.iter().map(|dialog| dialog.ev.0).sum(),
            receipts: receipts.sum(),
        }
    }
}

/// To write is not to read: what waits for an author still does, and each of their numbers moves, to
/// their own message, only where nothing of others lies between.
fn reads_nothing_by_writing(before: &DialogDetails, after: &DialogDetails, message: &Message) {
    let (line, then) = (&before.dialog, &after.dialog);
    assert_eq!(line.unread, then.unread);
    let come = |details: &DialogDetails| {
        let member = details.members.iter().find(|member| member.id == message.sender_id)?;
        Some((member.delivered, member.read))
    };
    let (Some((got, read)), Some((gets, reads))) = (come(before), come(after)) else { return };
    assert_eq!(reads, if line.unread == 0 { message.seq } else { read });
    assert!(gets == message.seq || gets == got && line.unread > 0, "{got} {gets} {message:?}");
    assert!(gets == message.seq || got.0 + 1 < message.seq.0, "nothing lay between");
}

/// People who do anything they can think of, allowed or not.
struct World {
    rig: Rig,
    dice: StdRng,
    people: Vec<Person>,
    dialogs: Vec<DialogId>,
    said: Vec<Message>,
    /// How many there have been.
    comers: usize,
    /// Everyone's list, as their own log tells it.
    lists: BTreeMap<UserId, BTreeSet<DialogId>>,
    uevs: BTreeMap<UserId, u64>,
}

impl World {
    async fn new(seed: u64) -> Self {
        let rig = Rig::new().await;
        let mut people = Vec::new();
        for name in ["anna", "bob", "cem", "dora"] {
            people.push(rig.account(name).await);
        }
        // A guest, who has chosen no name and may come by another each time.
        people.push(rig.passing("eve"));
        rig.store.keep_guest(rig.passing("eve")).await.unwrap();
        let lists = people.iter().map(|person| (person.id.clone(), [DialogId::lobby()].into()));
        let (lists, uevs) = (lists.collect(), BTreeMap::new());
        let (dialogs, said, dice) =
            (vec![DialogId::lobby()], Vec::new(), StdRng::seed_from_u64(seed));
        Self { rig, dice, people, dialogs, said, comers: 0, lists, uevs }
    }

    fn below(&mut self, end: usize) -> usize {
        self.dice.random_range(0..end)
    }

    fn someone(&mut self) -> Person {
        let n = self.below(self.people.len());
        self.people[n].clone()
    }

    fn somewhere(&mut self) -> DialogId {
        let n = self.below(self.dialogs.len());
        self.dialogs[n].clone()
    }

    async fn happens(&mut self) {
        let (person, other, dialog) = (self.someone(), self.someone(), self.somewhere());
        let (what, words) = (self.below(22), self.below(1000).to_string());
        let n = self.below(self.said.len().max(1));
        let some = self.said.get(n).cloned();
        let (store, proof) = (self.rig.store.clone(), member(&person, &dialog));
        match what {
            0..=7 => {
                let reply_to = some.filter(|_| what < 3).map(|message| message.message_id);
                self.says(Append { reply_to, ..self.rig.draft(&person, &dialog, &words) }).await;
            }
            8..=9 => {
                if let Some(message) = some {
                    let _ = store.edit(self.rig.edit(&person, &message, &words)).await;
                }
            }
            10 => {
                if let Some(message) = some {
                    let _ = store.delete(delete(&person, &message)).await;
                }
            }
            11..=12 => {
                let (delivered, read) = (self.below(30) as u64, self.below(30) as u64);
                let _ = store.advance(advance(&person, &dialog, delivered, read)).await;
            }
            13 => {
                let others = vec![other.id, self.someone().id];
                if let Ok(begun) = store.begin_group(person, title(&words), others).await {
                    self.dialogs.push(begun.dialog.dialog_id);
                }
            }
            14 => {
                if let Ok(begun) = store.begin_direct(person, other.id).await
                    && begun.is_new
                {
                    self.dialogs.push(begun.dialog.dialog_id);
                }
            }
            15 | 16 => {
                let people = vec![other.id, self.someone().id];
                let _ = store.add_members(proof, people).await;
            }
            17 => drop(store.remove_members(proof, vec![other.id]).await),
            18 => drop(store.rename(proof, title(&words)).await),
            19 => self.is_called(&person, &words).await,
            20 if self.below(4) == 0 => self.is_gone(&person).await,
            _ => match self.below(4) {
                0 if self.below(2) == 0 => drop(store.mute(proof).await),
                0 => drop(store.unmute(proof).await),
                1 => drop(store.remove_members(proof, vec![person.id]).await),
                2 => drop(store.pass_ownership(proof, other.id).await),
                _ => drop(store.dissolve(proof).await),
            },
        }
    }

    async fn says(&mut self, draft: Append) {
        let (store, author) = (self.rig.store.clone(), draft.member.clone());
        let before = store.dialog(&author).await;
        if let Ok(appended) = store.append(draft).await {
            let after = store.dialog(&author).await.unwrap();
            reads_nothing_by_writing(&before.unwrap(), &after, &appended.message);
            self.said.push(appended.message);
        }
    }

    /// Someone takes another name; who has chosen none goes by another from now on.
    async fn is_called(&mut self, person: &Person, name: &str) {
        let name = Username::parse(&format!("{name} {}", person.id)).unwrap();
        let (id, key) = (person.id.clone(), name.as_str().to_owned());
        if person.id.as_str() == "eve" {
            let known = self.people.iter_mut().find(|other| other.id == person.id);
            known.unwrap().username = name;
        } else {
            self.rig.store.rename_person(id, name, key, IfPassing::Refuse).await.unwrap();
        }
    }

    /// Someone deletes their account, and another comes.
    async fn is_gone(&mut self, person: &Person) {
        self.rig.store.delete_account(person.id.clone()).await.unwrap();
        self.comers += 1;
        let newcomer = self.rig.account(&format!("new-{}", self.comers)).await;
        self.lists.insert(newcomer.id.clone(), [DialogId::lobby()].into());
        self.people.retain(|other| other.id != person.id);
        self.people.push(newcomer);
    }

    /// Only those who belong may hear of it, and everyone's own log is dense.
    async fn check(&mut self, change: &Change) {
        match change {
            Change::Log { dialog, event, readers } => {
                let is_name = matches!(event.change, DialogChange::PersonUpdated(_));
                self.check_readers(dialog, readers, is_name).await;
            }
            Change::Receipt { receipt, readers } => {
                self.check_readers(&receipt.dialog_id, readers, false).await;
            }
            Change::Personal { user, update } => {
                let last = self.uevs.entry(user.clone()).or_default();
                assert_eq!(update.uev.0, *last + 1, "of {user}");
                *last += 1;
                let list = self.lists.get_mut(user).unwrap();
                match update.dialog {
                    Some(_) => list.insert(update.dialog_id.clone()),
                    None => list.remove(&update.dialog_id),
                };
            }
            Change::Ended { user, session: None } => {
                assert!(self.people.iter().all(|person| person.id != *user), "they are gone");
            }
            other => panic!("{other:?}"),
        }
    }

    async fn check_readers(&self, dialog: &DialogId, readers: &Readers, is_name: bool) {
        if let Readers::Members(members) = readers {
            let is_here = |user: &UserId| self.people.iter().any(|person| person.id == *user);
            assert!(members.iter().all(is_here), "who is gone hears nothing: {members:?}");
        }
        for person in &self.people {
            // Before anything is said in a direct dialog, it is not on the other's list.
            let is_shown = !is_name || self.lists[&person.id].contains(dialog);
            let hears = is_shown && self.rig.store.belongs(&person.id, dialog).await.unwrap();
            assert_eq!(readers.include(&person.id), hears, "{} in {dialog}", person.id);
        }
    }

    /// Everyone's page with the same dialog open.
    async fn pages(&self, dialog: &DialogId) -> Vec<Option<(Digest, Page)>> {
        let mut pages = Vec::new();
        for person in &self.people {
            pages.push(Page::read(&self.rig, person, dialog).await);
        }
        pages
    }

    async fn check_lists(&self) {
        for person in &self.people {
            let list = self.rig.store.dialogs(&person.id).await.unwrap();
            let ids: BTreeSet<_> = list.dialogs.into_iter().map(|line| line.dialog_id).collect();
            assert_eq!(ids, self.lists[&person.id], "of {}", person.id);
            assert_eq!(list.uev.0, self.uevs.get(&person.id).copied().unwrap_or_default());
        }
    }
}

async fn run(seed: u64) {
    let mut world = World::new(seed).await;
    world.rig.news().await;
    let mut followers: Vec<Follower> = Vec::new();
    let (mut agreed, mut changed) = (0, 0);
    for step in 0..400 {
        let (person, dialog) = (world.someone(), world.somewhere());
        if world.rig.store.belongs(&person.id, &dialog).await.unwrap() {
            followers.push(Follower::begin(&world.rig, &person, &dialog).await);
        }
        // Each page is a few reads, so not after every step.
        let looks = step % 2 == 0;
        let before = if looks { world.pages(&dialog).await } else { Vec::new() };
        world.happens().await;
        let after = if looks { world.pages(&dialog).await } else { Vec::new() };
        for pair in before.into_iter().zip(after) {
            let (Some((sum, before)), Some((other, after))) = pair else { continue };
            assert_eq!(before != after, sum != other, "{before:?} {after:?}");
            changed += u32::from(before != after);
        }
        for change in world.rig.news().await {
            world.check(&change).await;
            followers.retain_mut(|follower| follower.hear(&change));
        }
        if step % 50 == 49 {
            for follower in followers.drain(..) {
                follower.agrees(&world.rig).await;
                agreed += 1;
            }
            world.check_lists().await;
        }
    }
    assert!(agreed > 100, "only {agreed} followed to the end");
    assert!(changed > 20, "only {changed} changes of a page");
    world.rig.is_sound().await;
}

#[tokio::test]
async fn what_was_read_and_every_change_since_is_what_would_be_read_now() {
    for seed in 0..4 {
        run(seed).await;
    }
}
