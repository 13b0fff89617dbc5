//! What travels: the frames of the protocol with everything left out that the model has one of.
//!
//! An engine is given the real text of a frame, and its own text is read back, so both directions
//! pass the protocol's code.

use confab_protocol::{
    Ack, ClientFrame, ClientId, Connected, ConnectionEstablished, ConnectionId, DialogChange,
    DialogEvent, DialogEvents, DialogId, DialogReset, Epoch, Ev, Limits, Message, MessageId,
    MessageKind, MessageNew, MessageSend, Meta, Person, Pong, Positions, ResetReason, Seq,
    ServerFrame, Timestamp, UserId, Username,
};

/// A message: the first and the second are device 0's, the third is device 1's.
pub type Name = u8;

/// Whose it is.
pub fn author(name: Name) -> usize {
    usize::from(name / 2)
}

/// A line of the log. Each change is a new message, so its `ev` is its `seq`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Line {
    pub ev: u8,
    pub name: Name,
}

/// From a device.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Up {
    /// With the life and the position it resumes from.
    Connecting(Option<(u8, u8)>),
    Join(Option<u8>),
    Send(Name),
    Ping,
}

/// From the server.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Down {
    Established(u8),
    Connected,
    Sync(Vec<Line>, u8),
    Reset(ResetReason),
    Ack(Line),
    /// To the last ping, with the head of the dialog if it is joined.
    Pong(Option<u8>),
    News(Line),
}

impl Down {
    /// What opens a socket: it cannot be lost on one that lives, nor be overtaken.
    pub fn is_handshake(&self) -> bool {
        matches!(self, Self::Established(_) | Self::Connected)
    }

    /// Its text to a device; `ping` is the number of its last ping.
    pub fn text(&self, device: usize, ping: u64) -> String {
        let frame: ServerFrame = match self {
            Self::Established(life) => established(device, *life).into(),
            Self::Connected => connected(device).into(),
            Self::Sync(lines, to) => {
                let events = lines.iter().map(|line| event(*line)).collect();
                DialogEvents { dialog_id: dialog(), events, to: Ev(u64::from(*to)) }.into()
            }
            Self::Reset(why) => DialogReset { dialog_id: dialog(), why: *why }.into(),
            Self::Ack(line) => {
                let (client_id, message) = (client_id(line.name), message(*line));
                Ack { client_id, message, duplicate: false }.into()
            }
            Self::Pong(head) => {
                let head = head.map(|head| (dialog(), Ev(u64::from(head))));
                Pong { n: ping, positions: head.into_iter().collect() }.into()
            }
            Self::News(line) => {
                let (dialog_id, ev, message) = (dialog(), Ev(u64::from(line.ev)), message(*line));
                MessageNew { dialog_id, ev, message }.into()
            }
        };
        frame.encode()
    }
}

impl Up {
    /// Reads what an engine says, and the number of a ping.
    pub fn read(text: &str) -> (Self, Option<u64>) {
        match ClientFrame::decode(text).expect("a frame of ours") {
            ClientFrame::Connecting(connecting) => {
                let from = connecting.resume.and_then(|resume| {
                    let at = resume.positions.get(&dialog())?;
                    Some((life(&resume.epoch), small(at.0)))
                });
                (Self::Connecting(from), None)
            }
            ClientFrame::DialogJoin(join) => (Self::Join(join.after.map(|ev| small(ev.0))), None),
            ClientFrame::MessageSend(send) => (Self::Send(name(&send.client_id)), None),
            ClientFrame::Ping(ping) => (Self::Ping, Some(ping.n)),
            other => panic!("the model knows no {}", other.kind()),
        }
    }
}

pub fn dialog() -> DialogId {
    DialogId::parse("d").expect("an id")
}

pub fn send(name: Name) -> MessageSend {
    let (kind, meta) = (MessageKind::Text, Meta::default());
    let (dialog_id, client_id) = (dialog(), client_id(name));
    MessageSend { dialog_id, client_id, content: "hi".to_owned(), kind, meta, reply_to: None }
}

pub fn name(client_id: &ClientId) -> Name {
    client_id.as_str().trim_start_matches('m').parse().expect("a name of ours")
}

pub fn line(event: &DialogEvent) -> Line {
    match &event.change {
        DialogChange::MessageNew(message) => {
            Line { ev: small(event.ev.0), name: name(&message.client_id) }
        }
        other => panic!("the model knows no {other:?}"),
    }
}

pub fn epoch(life: u8) -> Epoch {
    Epoch::parse(format!("e{life}")).expect("an epoch")
}

fn life(epoch: &Epoch) -> u8 {
    epoch.as_str().trim_start_matches('e').parse().expect("an epoch of ours")
}

fn small(number: u64) -> u8 {
    u8::try_from(number).expect("a small number")
}

fn client_id(name: Name) -> ClientId {
    ClientId::parse(format!("m{name}")).expect("an id")
}

fn person(device: usize) -> Person {
    let (id, username) = (format!("u{device}"), format!("U{device}"));
    let id = UserId::parse(id).expect("an id");
    Person { id, username: Username::parse(&username).expect("a name") }
}

fn message(line: Line) -> Message {
    let sender = person(author(line.name));
    let ev = u64::from(line.ev);
    Message {
        message_id: MessageId::parse(format!("id{}", line.name)).expect("an id"),
        dialog_id: dialog(),
        seq: Seq(ev),
        ev: Ev(ev),
        sender_id: sender.id,
        sender_name: sender.username,
        client_id: client_id(line.name),
        content: "hi".to_owned(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
        quote: None,
        created_at: Timestamp::from_unix_ms(0),
        edited_at: None,
        deleted_at: None,
    }
}

fn event(line: Line) -> DialogEvent {
    DialogEvent { ev: Ev(u64::from(line.ev)), change: DialogChange::MessageNew(message(line)) }
}

fn established(device: usize, life: u8) -> ConnectionEstablished {
    ConnectionEstablished {
        connection_id: ConnectionId::parse("c").expect("an id"),
        user_id: person(device).id,
        epoch: epoch(life),
        ping_interval: 25_000,
        limits: Limits::default(),
    }
}

fn connected(device: usize) -> Connected {
    Connected {
        you: person(device),
        connected_user_list: Vec::new(),
        connected_users: 0,
        away: Vec::new(),
        messages_list: Vec::new(),
        positions: Positions::new(),
        digest: None,
    }
}
