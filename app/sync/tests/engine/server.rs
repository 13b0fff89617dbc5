//! A server that is always right: two groups, their logs, and what the protocol says about them
//! (DESIGN §4). It talks to one client, `me`; what the others do is done to it directly.

use confab_protocol::{
    Ack, ClientFrame, DialogChange, DialogChanged, DialogEvent, DialogEvents, DialogId,
    DialogReset, DialogUpdate, ErrorCode, ErrorFrame, Ev, Message, MessageId, MessageNew,
    MessageSend, MessageUpdate, Nack, Person, Pong, Positions, Receipt, ResetReason, Role, Seq,
    ServerFrame, Uev, Username,
    rest::{DialogList, MessagesPage},
};

use crate::{
    rig::{client_id, connected, dialog, user},
    room::Room,
};

/// More changes than this are not told one by one.
const CATCH_UP_MAX: u64 = 12;

/// Who there is beside `me`.
const OTHERS: [&str; 3] = ["you", "ann", "bob"];

/// What the others do; numbers pick one of those that there are.
#[derive(Clone, Debug)]
pub enum Deed {
    Says {
        room: usize,
        who: usize,
        answers: Option<usize>,
    },
    Edits {
        room: usize,
        message: usize,
    },
    Deletes {
        room: usize,
        message: usize,
    },
    Adds {
        room: usize,
        who: usize,
    },
    Removes {
        room: usize,
        who: usize,
    },
    Renames {
        room: usize,
    },
    PassesOwnership {
        room: usize,
        who: usize,
    },
    Reads {
        room: usize,
        who: usize,
        seq: usize,
    },
    /// We ourselves, on another device.
    Mutes {
        room: usize,
    },
    /// Someone, it may be ourselves, takes another name.
    IsCalled {
        who: usize,
    },
    /// One of the others deletes their account.
    IsGone {
        who: usize,
    },
    /// The owner of the second room turns us out of it, or lets us in again.
    TurnsUsOut,
    LetsUsIn,
}

pub struct Server {
    /// The first is [`dialog`], which the client joins.
    pub rooms: [Room; 2],
    uev: Uev,
    clock: u64,
    /// Whether sends are refused for now.
    pub refuses: bool,
    /// Whether what was missed is told with messages as they are now; else as they were then.
    pub tells_as_now: bool,
    /// Names of what we said, edited and deleted, as it was committed.
    pub commits: Vec<String>,
    /// Who has deleted their account.
    gone: Vec<&'static str>,
}

impl Server {
    pub fn new(tells_as_now: bool) -> Self {
        let other = DialogId::parse("x").expect("an id");
        let rooms = [Room::new(dialog()), Room::new(other)];
        let (uev, clock, commits, gone) = (Uev(0), 0, Vec::new(), Vec::new());
        Self { rooms, uev, clock, refuses: false, tells_as_now, commits, gone }
    }

    /// Our list, read now.
    pub fn list(&self) -> DialogList {
        let mine = self.rooms.iter().filter(|room| room.has("me"));
        let mut dialogs: Vec<_> = mine.map(Room::line).collect();
        dialogs
            .sort_by_key(|line| (std::cmp::Reverse(line.last_activity_at), line.dialog_id.clone()));
        DialogList { dialogs, uev: self.uev }
    }

    /// The joined room's messages from the place `from` on, at most `most`.
    pub fn page(&self, from: usize, most: usize) -> MessagesPage {
        self.rooms[0].page(from, most)
    }

    /// Someone does something; what we are told of it.
    pub fn does(&mut self, deed: &Deed) -> Vec<ServerFrame> {
        self.clock += 1;
        match *deed {
            Deed::Says { room, who, answers } => self.says(room % 2, who, answers),
            Deed::Edits { room, message } => {
                let clock = self.clock;
                // More than a line of the list shows, now and then.
                let words = clock.to_string().repeat(if clock.is_multiple_of(2) { 1 } else { 300 });
                self.amends(room % 2, message, &|message| message.content.clone_from(&words))
            }
            Deed::Deletes { room, message } => self.amends(room % 2, message, &erase),
            Deed::Adds { room, who } => {
                let (room, who) = (room % 2, OTHERS[who % 3]);
                if self.gone.contains(&who) {
                    return Vec::new();
                }
                match self.rooms[room].add(who) {
                    Some(member) => self.tells(room, DialogChange::MemberAdded(member)),
                    None => Vec::new(),
                }
            }
            Deed::Removes { room, who } => {
                let (room, who) = (room % 2, OTHERS[who % 3]);
                if !self.rooms[room].has(who) || self.rooms[room].owner() == who {
                    return Vec::new();
                }
                self.rooms[room].remove(who);
                self.tells(room, DialogChange::MemberRemoved(user(who)))
            }
            Deed::Renames { room } => {
                let (room, title) = (room % 2, format!("title {}", self.clock));
                self.rooms[room].title.clone_from(&title);
                let told = self.tells(room, DialogChange::Renamed(title));
                self.and_personal(told, room)
            }
            Deed::PassesOwnership { room, who } => {
                let (room, who) = (room % 2, ["me", "you", "ann", "bob"][who % 4]);
                if !self.rooms[room].has(who) || self.rooms[room].owner() == who {
                    return Vec::new();
                }
                self.rooms[room].owned_by(who);
                let told = self.tells(room, DialogChange::OwnerChanged(user(who)));
                self.and_personal(told, room)
            }
            Deed::Reads { room, who, seq } => {
                let seq = Seq(seq as u64 % (self.rooms[room % 2].messages.len() as u64 + 1));
                self.advances(room % 2, ["me", "you", "ann", "bob"][who % 4], seq, seq)
            }
            Deed::Mutes { room } => {
                let muted = &mut self.rooms[room % 2].muted;
                *muted = !*muted;
                self.and_personal(Vec::new(), room % 2)
            }
            Deed::IsCalled { who } => self.is_called(["me", "you", "ann", "bob"][who % 4]),
            Deed::IsGone { who } => self.is_gone(OTHERS[who % 3]),
            Deed::TurnsUsOut if self.rooms[1].has("me") => self.turns_us_out(1),
            Deed::LetsUsIn if !self.rooms[1].has("me") => self.lets_us_in(1),
            Deed::TurnsUsOut | Deed::LetsUsIn => Vec::new(),
        }
    }

    /// Another of the room says something; if there is none, it gets another title.
    pub fn speaks(&mut self, room: usize) -> Vec<ServerFrame> {
        let who = OTHERS.iter().position(|who| self.rooms[room].has(who));
        self.does(&who.map_or(Deed::Renames { room }, |who| Deed::Says {
            room,
            who,
            answers: None,
        }))
    }

    fn is_called(&mut self, who: &'static str) -> Vec<ServerFrame> {
        if self.gone.contains(&who) {
            return Vec::new();
        }
        let name = format!("{who} {}", self.clock);
        let person = Person { id: user(who), username: Username::parse(&name).expect("a name") };
        let mut told = Vec::new();
        for room in 0..2 {
            self.rooms[room].calls(&person);
            if self.rooms[room].has(who) {
                told.extend(self.tells(room, DialogChange::PersonUpdated(person.clone())));
            }
        }
        told
    }

    /// They leave, and what they have said is nobody's.
    fn is_gone(&mut self, who: &'static str) -> Vec<ServerFrame> {
        if self.gone.contains(&who) {
            return Vec::new();
        }
        self.gone.push(who);
        let nobody = Person { id: user(who), username: Username::deleted() };
        let mut told = Vec::new();
        for room in 0..2 {
            let was_here = self.rooms[room].has(who);
            if was_here {
                told.extend(self.leaves(room, who));
            }
            self.rooms[room].calls(&nobody);
            if was_here || self.rooms[room].heard(who) {
                told.extend(self.tells(room, DialogChange::PersonUpdated(nobody.clone())));
            }
        }
        told
    }

    /// Someone else goes; who is left owns the room, if they did.
    fn leaves(&mut self, room: usize, who: &str) -> Vec<ServerFrame> {
        let owned = self.rooms[room].owner() == who;
        self.rooms[room].remove(who);
        let mut told = self.tells(room, DialogChange::MemberRemoved(user(who)));
        let heir = self.rooms[room].members.first().filter(|_| owned);
        if let Some(heir) = heir.map(|member| member.id.to_string()) {
            self.rooms[room].owned_by(&heir);
            told.extend(self.tells(room, DialogChange::OwnerChanged(user(&heir))));
        }
        if self.rooms[room].has("me") { self.and_personal(told, room) } else { told }
    }

    fn turns_us_out(&mut self, room: usize) -> Vec<ServerFrame> {
        let owns = self.rooms[room].owner() == "me";
        let heir = self.rooms[room].members.iter().find(|member| member.id != user("me"));
        let heir = heir.map(|member| member.id.to_string());
        let mut told = Vec::new();
        if let Some(heir) = heir.filter(|_| owns) {
            self.rooms[room].owned_by(&heir);
            told = self.tells(room, DialogChange::OwnerChanged(user(&heir)));
        }
        self.rooms[room].remove("me");
        told.extend(self.tells(room, DialogChange::MemberRemoved(user("me"))));
        self.and_personal(told, room)
    }

    fn lets_us_in(&mut self, room: usize) -> Vec<ServerFrame> {
        let member = self.rooms[room].add("me").expect("we are out");
        let told = self.tells(room, DialogChange::MemberAdded(member));
        self.and_personal(told, room)
    }

    fn says(&mut self, room: usize, who: usize, answers: Option<usize>) -> Vec<ServerFrame> {
        let there = &self.rooms[room];
        let who = OTHERS[who % 3];
        if !there.has(who) {
            return Vec::new();
        }
        let count = there.messages.len();
        let reply_to = answers.filter(|_| count > 0);
        let reply_to = reply_to.map(|pick| there.messages[pick % count].message_id.clone());
        let id = format!("y{}", self.clock);
        let (_, told) = self.store(room, who, &id, "hi".to_owned(), reply_to);
        told
    }

    /// A new message: as it was stored, and what we are told of it.
    fn store(
        &mut self,
        room: usize,
        sender: &str,
        id: &str,
        content: String,
        reply_to: Option<MessageId>,
    ) -> (Message, Vec<ServerFrame>) {
        // Two messages of one moment are stored now and then.
        let message =
            self.rooms[room].store(sender, client_id(id), content, reply_to, self.clock / 2);
        let mut told = self.tells(room, DialogChange::MessageNew(message.clone()));
        let receipt = self.rooms[room].comes_to(&message).filter(|_| !told.is_empty());
        told.extend(receipt.map(Receipt::into));
        (message, told)
    }

    /// One of the others' messages becomes another.
    fn amends(&mut self, room: usize, pick: usize, act: &dyn Fn(&mut Message)) -> Vec<ServerFrame> {
        let theirs =
            |message: &&Message| message.sender_id != user("me") && message.deleted_at.is_none();
        let theirs: Vec<_> = self.rooms[room].messages.iter().filter(theirs).collect();
        if theirs.is_empty() {
            return Vec::new();
        }
        let seq = theirs[pick % theirs.len()].seq;
        let message = self.rooms[room].amend(seq, act);
        self.tells(room, DialogChange::MessageUpdate(message))
    }

    fn advances(&mut self, room: usize, who: &str, delivered: Seq, read: Seq) -> Vec<ServerFrame> {
        let Some(receipt) = self.rooms[room].advance(who, delivered, read) else {
            return Vec::new();
        };
        let is_ours = who == "me" && read > Seq(0);
        let told: Vec<_> =
            self.rooms[room].has("me").then(|| Receipt::into(receipt)).into_iter().collect();
        if is_ours { self.and_personal(told, room) } else { told }
    }

    /// Commits a change; what we are told of it, if we may hear it.
    fn tells(&mut self, room: usize, change: DialogChange) -> Vec<ServerFrame> {
        let room = &mut self.rooms[room];
        let event = room.commit(change);
        room.has("me").then(|| frame(room.id.clone(), event)).into_iter().collect()
    }

    fn and_personal(&mut self, mut told: Vec<ServerFrame>, room: usize) -> Vec<ServerFrame> {
        self.uev = Uev(self.uev.0 + 1);
        let room = &self.rooms[room];
        let dialog = room.has("me").then(|| room.line());
        told.push(DialogUpdate { dialog_id: room.id.clone(), uev: self.uev, dialog }.into());
        told
    }

    fn sync(&self, after: Option<Ev>, kind: &str) -> ServerFrame {
        let room = &self.rooms[0];
        let dialog_id = room.id.clone();
        if !room.has("me") {
            let (kind, dialog_id) = (Some(kind.to_owned()), Some(dialog_id));
            let (code, message) = (ErrorCode::UnknownDialog, String::new());
            return ErrorFrame { code, message, kind, dialog_id }.into();
        }
        let after = after.unwrap_or(room.head());
        if room.head().0 - after.0 > CATCH_UP_MAX {
            return DialogReset { dialog_id, why: ResetReason::TooFarBehind }.into();
        }
        let missed = room.log.iter().skip(after.0 as usize);
        let events = missed
            .map(|event| if self.tells_as_now { room.as_now(event) } else { event.clone() })
            .collect();
        DialogEvents { dialog_id, events, to: room.head() }.into()
    }

    pub fn answers(&mut self, frame: ClientFrame) -> Vec<ServerFrame> {
        self.clock += 1;
        match frame {
            ClientFrame::Connecting(connecting) => {
                let resumed = connecting.resume.and_then(|resume| resume.positions.get(&dialog()));
                let sync = resumed.map(|after| self.sync(Some(after), "connecting"));
                [Some(connected().into()), sync].into_iter().flatten().collect()
            }
            ClientFrame::DialogJoin(join) => vec![self.sync(join.after, "dialog:join")],
            ClientFrame::Ping(ping) => {
                let here = self.rooms[0].has("me").then(|| (dialog(), self.rooms[0].head()));
                let positions: Positions = here.into_iter().collect();
                vec![Pong { n: ping.n, positions }.into()]
            }
            ClientFrame::MessageSend(send) => self.takes(send),
            ClientFrame::MessageEdit(edit) => {
                let (content, id) = (edit.content, edit.client_id.to_string());
                let is_done = |message: &Message| message.content == content;
                let act = |message: &mut Message| message.content.clone_from(&content);
                self.amends_ours(&id, &edit.message_id, &is_done, &act)
            }
            ClientFrame::MessageDelete(delete) => {
                let is_done = |message: &Message| message.deleted_at.is_some();
                let id = delete.client_id.to_string();
                self.amends_ours(&id, &delete.message_id, &is_done, &erase)
            }
            ClientFrame::MessageDelivered(got) => self.advances(0, "me", got.seq, Seq(0)),
            ClientFrame::MessageRead(seen) => self.advances(0, "me", seen.seq, seen.seq),
            _ => Vec::new(),
        }
    }

    fn takes(&mut self, send: MessageSend) -> Vec<ServerFrame> {
        let client_id = send.client_id;
        let id = client_id.as_str();
        if send.content.is_empty() {
            return vec![nack(id, ErrorCode::MessageEmpty, false)];
        }
        if !self.rooms[0].has("me") {
            return vec![nack(id, ErrorCode::UnknownDialog, false)];
        }
        let known = self.rooms[0].messages.iter().find(|known| known.client_id == client_id);
        if let Some(message) = known {
            let message = self.rooms[0].shown(message);
            return vec![Ack { client_id, message, duplicate: true }.into()];
        }
        if self.refuses {
            return vec![nack(id, ErrorCode::StorageUnavailable, true)];
        }
        self.commits.push(id.to_owned());
        let (message, mut told) = self.store(0, "me", id, send.content, send.reply_to);
        told.push(Ack { client_id, message, duplicate: false }.into());
        told
    }

    fn amends_ours(
        &mut self,
        id: &str,
        message_id: &MessageId,
        is_done: &dyn Fn(&Message) -> bool,
        act: &dyn Fn(&mut Message),
    ) -> Vec<ServerFrame> {
        let room = &self.rooms[0];
        let known = room.messages.iter().find(|known| known.message_id == *message_id);
        let Some(known) = known.filter(|known| known.sender_id == user("me")) else {
            return vec![nack(id, ErrorCode::UnknownMessage, false)];
        };
        if is_done(known) {
            let (client_id, message) = (client_id(id), room.shown(known));
            return vec![Ack { client_id, message, duplicate: true }.into()];
        }
        if known.deleted_at.is_some() {
            return vec![nack(id, ErrorCode::MessageDeleted, false)];
        }
        if self.refuses {
            return vec![nack(id, ErrorCode::StorageUnavailable, true)];
        }
        let seq = known.seq;
        let message = self.rooms[0].amend(seq, act);
        self.commits.push(id.to_owned());
        let mut told = self.tells(0, DialogChange::MessageUpdate(message.clone()));
        told.push(Ack { client_id: client_id(id), message, duplicate: false }.into());
        told
    }
}

fn erase(message: &mut Message) {
    message.content.clear();
    message.deleted_at = Some(message.created_at);
}

fn nack(id: &str, code: ErrorCode, retry: bool) -> ServerFrame {
    let (client_id, message) = (client_id(id), String::new());
    Nack { client_id, code, message, retry, after_ms: None }.into()
}

/// A change as it is told to those who hear it.
fn frame(dialog_id: DialogId, event: DialogEvent) -> ServerFrame {
    let ev = event.ev;
    match event.change {
        DialogChange::MessageNew(message) => MessageNew { dialog_id, ev, message }.into(),
        DialogChange::MessageUpdate(message) => MessageUpdate { dialog_id, ev, message }.into(),
        change => DialogChanged { dialog_id, event: DialogEvent { ev, change } }.into(),
    }
}

/// What an owner may do.
pub fn role(owns: bool) -> Role {
    if owns { Role::Owner } else { Role::Member }
}
