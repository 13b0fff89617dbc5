//! Someone who does whatever comes to mind, mostly where they do not belong.

mod moving;
mod reading;

use std::{collections::VecDeque, sync::Arc};

use confab_protocol::{
    ClientFrame, Dialog, DialogId, DialogLeave, Message, MessageDelivered, MessageId, MessageRead,
    MessageSend, Ping, Seq, Topics, TypingStart, TypingStop,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::{
    Counts, PEOPLE, Report,
    ears::{Answer, Ears},
    rest::Rest,
    world::{Slot, World, word_of},
};
use crate::harness::{deletion, edit, message_to};

const DONE: &str = "done";
const REFUSED: &str = "refused";
/// Nobody waits for an answer, or none is given.
const SAID: &str = "said";

pub struct Actor {
    world: Arc<World>,
    me: usize,
    random: StdRng,
    rest: Rest,
    /// Hears the list of dialogs, and so all that is theirs.
    list: Ears,
    /// Hears what it joins.
    joined: Ears,
    counts: Counts,
    /// Frames said so far, for their names.
    said: usize,
    /// Their own messages, the latest ones.
    mine: VecDeque<(DialogId, MessageId)>,
}

impl Actor {
    pub fn new(
        world: Arc<World>,
        me: usize,
        seed: u64,
        rest: Rest,
        list: Ears,
        joined: Ears,
    ) -> Self {
        let random = StdRng::seed_from_u64(seed.wrapping_mul(1_000).wrapping_add(me as u64));
        Self {
            world,
            me,
            random,
            rest,
            list,
            joined,
            counts: Counts::new(),
            said: 0,
            mine: VecDeque::new(),
        }
    }

    fn count(&mut self, what: &'static str, how: &'static str) {
        *self.counts.entry((what, how)).or_default() += 1;
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn somebody_else(&mut self) -> usize {
        (self.me + self.random.random_range(1..PEOPLE)) % PEOPLE
    }

    // ---- the beginning ----

    /// Begins some groups, and one of the pairs.
    pub async fn begins(&mut self, n: usize, groups: usize, pairs: usize) {
        for _ in 0..groups {
            self.begins_group(None).await;
        }
        if n < pairs {
            let (me, other) = (self.me, (self.me + PEOPLE / 2) % PEOPLE);
            let body = json!({ "kind": "direct", "members": [self.world.ids[other]] });
            let told = self.rest.asks("POST", "/api/dialogs", Some(body)).await;
            let dialog = told.data::<Dialog>().dialog_id;
            for who in [me, other] {
                self.world.to_move(who).await.insert(dialog.clone());
            }
            let slot = Slot { dialog, owner: None, is_group: false };
            self.world.begin(slot, &[me, other], None);
        }
    }

    /// Begins a group of two to five, in a new place or in that of one that is over.
    async fn begins_group(&mut self, instead_of: Option<&DialogId>) {
        let mut members = vec![self.me];
        for _ in 0..self.random.random_range(1..5) {
            let other = self.somebody_else();
            if !members.contains(&other) {
                members.push(other);
            }
        }
        let world = Arc::clone(&self.world);
        let mut everyone = world.all_to_move().await;
        let ids: Vec<_> = members.iter().map(|who| &world.ids[*who]).collect();
        let body = json!({ "kind": "group", "title": "Secret", "members": ids });
        let told = self.rest.asks("POST", "/api/dialogs", Some(body)).await;
        let dialog = told.data::<Dialog>().dialog_id;
        for who in &members {
            everyone[*who].insert(dialog.clone());
        }
        let slot = Slot { dialog, owner: Some(self.me), is_group: true };
        world.begin(slot, &members, instead_of);
    }

    // ---- what comes to mind ----

    pub async fn does_something(&mut self) {
        let ears = [&mut self.list, &mut self.joined];
        let answers: Vec<_> = ears.into_iter().flat_map(Ears::catch_up).collect();
        answers.into_iter().for_each(|answer| self.notice(answer));
        match self.random.random_range(0..1000) {
            0..350 => self.sends().await,
            350..470 => self.amends().await,
            470..600 => self.types().await,
            600..730 => self.has_read().await,
            730..820 => self.chooses_topics().await,
            820..920 => self.joins().await,
            920..950 => self.reads().await,
            950..957 => self.looks_at_list().await,
            957..968 => self.searches().await,
            968..982 => self.adds().await,
            982..992 => self.removes().await,
            992..995 => self.leaves().await,
            995..998 => self.changes_group().await,
            _ => self.dissolves().await,
        }
    }

    /// A dialog: as often one's own as anyone's.
    async fn somewhere(&mut self) -> DialogId {
        let world = Arc::clone(&self.world);
        if self.chance(40) {
            let own = world.still(self.me).await;
            if !own.is_empty() {
                let place = self.random.random_range(0..own.len());
                return own.iter().nth(place).cloned().unwrap();
            }
        }
        world.somewhere(&mut self.random).dialog
    }

    fn notice(&mut self, answer: Answer) {
        match answer {
            Answer::Stored(client_id, message) => {
                let what = kind_of(client_id.as_str());
                if what == "send" {
                    self.has_said(*message);
                }
                self.count(what, DONE);
            }
            Answer::Refused(client_id) => self.count(kind_of(client_id.as_str()), REFUSED),
            _ => {}
        }
    }

    fn has_said(&mut self, Message { dialog_id, message_id, .. }: Message) {
        self.mine.push_back((dialog_id.clone(), message_id.clone()));
        if self.mine.len() > 20 {
            self.mine.pop_front();
        }
        self.world.said(dialog_id, message_id, &mut self.random);
    }

    /// A message of anyone's, more often one's own.
    fn a_message(&mut self) -> Option<(DialogId, MessageId)> {
        if self.chance(60) && !self.mine.is_empty() {
            let place = self.random.random_range(0..self.mine.len());
            return self.mine.get(place).cloned();
        }
        self.world.a_message(&mut self.random)
    }

    async fn says(&mut self, frame: impl Into<ClientFrame>) {
        let ears = if self.random.random() { &mut self.list } else { &mut self.joined };
        ears.client.says(frame).await;
    }

    fn name(&mut self, what: &str) -> String {
        self.said += 1;
        format!("{what}-{}", self.said)
    }

    async fn sends(&mut self) {
        let dialog = self.somewhere().await;
        let (name, words) = (self.name("send"), word_of(&dialog));
        let reply_to = match self.chance(20) {
            true => self.a_message().map(|(_, message)| message),
            false => None,
        };
        let message = MessageSend { reply_to, ..message_to(&dialog, &name, &words) };
        if self.chance(97) {
            return self.says(message).await;
        }
        let (path, body) = (format!("/api/messages/dialog/{dialog}"), json!({ "content": words }));
        let told = self.rest.asks("POST", &path, Some(body)).await;
        if told.is_done() {
            self.has_said(told.data());
        }
        self.count("send", if told.is_done() { DONE } else { REFUSED });
    }

    async fn amends(&mut self) {
        let Some((dialog, message)) = self.a_message() else {
            return self.sends().await;
        };
        let (dialog, message): (DialogId, MessageId) = match self.chance(10) {
            true => (self.somewhere().await, message),
            false => (dialog, message),
        };
        if self.chance(75) {
            let (name, words) = (self.name("edit"), word_of(&dialog));
            let content = format!("{words} {}", self.said);
            self.says(edit(&dialog, &message, &name, &content)).await;
        } else {
            let name = self.name("delete");
            self.says(deletion(&dialog, &message, &name)).await;
        }
    }

    async fn types(&mut self) {
        let dialog_id = self.somewhere().await;
        match self.random.random() {
            true => self.says(TypingStart { dialog_id }).await,
            false => self.says(TypingStop { dialog_id }).await,
        }
        self.count("type", SAID);
    }

    async fn has_read(&mut self) {
        let dialog_id = self.somewhere().await;
        let seq = Seq(self.random.random_range(0..200));
        match self.random.random() {
            true => self.says(MessageRead { dialog_id, seq }).await,
            false => self.says(MessageDelivered { dialog_id, seq }).await,
        }
        self.count("receipt", SAID);
    }

    async fn chooses_topics(&mut self) {
        let dialog = self.somewhere().await;
        let client = &mut self.joined.client;
        match self.random.random_range(0..4) > 0 {
            true => client.says(DialogLeave { dialog_id: dialog }).await,
            false => client.says(Topics { topics: vec![format!("dialog:{dialog}")] }).await,
        }
        self.count("topics", SAID);
    }

    // ---- the end ----

    /// Waits until every frame has had its answer: a message to nowhere is answered after them.
    pub async fn has_been_answered(&mut self) {
        let lobby = DialogId::lobby();
        for n in 0..2 {
            let last = message_to(&lobby, &format!("end-{n}"), "the end");
            self.ears(n).client.says(last).await;
            loop {
                match self.ears(n).next().await {
                    Answer::Stored(id, _) if id.as_str().starts_with("end") => break,
                    answer => self.notice(answer),
                }
            }
        }
    }

    fn ears(&mut self, n: usize) -> &mut Ears {
        if n == 0 { &mut self.list } else { &mut self.joined }
    }

    /// Hears the rest, and that it is subscribed to nothing that is not its own.
    pub async fn ends(mut self) -> Report {
        let own = self.world.still(self.me).await.clone();
        for n in 0..2 {
            self.ears(n).client.says(Ping { n: 1 }).await;
            let positions = loop {
                match self.ears(n).next().await {
                    Answer::Pong(positions) => break positions,
                    answer => self.notice(answer),
                }
            };
            for dialog in positions.iter().filter(|dialog| !own.contains(dialog)) {
                self.ears(n).wrong.push(format!("a socket still has {dialog} joined"));
            }
        }
        self.list.ends();
        let me = self.world.ids[self.me].clone();
        Report { me, list: self.list, joined: self.joined, counts: self.counts }
    }
}

/// What a name of a frame says of it.
fn kind_of(client_id: &str) -> &'static str {
    match client_id.split('-').next() {
        Some("edit") => "edit",
        Some("delete") => "delete",
        _ => "send",
    }
}
