//! What one socket hears, noted and judged as far as the order of what it hears can tell.

use std::collections::HashMap;

use confab_protocol::{ClientId, DialogChange, DialogId, ServerFrame, UserId};

use crate::harness::Client;

/// Whether a line of one's list is there, as the socket has been told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
    There,
    Gone,
    /// Gone, and yet something was heard that is in no log. It does not wait for the log, so it may
    /// overtake the word that the person is back; unless that is what comes next, it was a leak.
    Early,
}

pub struct Ears {
    me: UserId,
    pub client: Client,
    /// Whether it hears its own list, and so when a dialog is gone.
    hears_list: bool,
    lines: HashMap<DialogId, Line>,
    /// Lines of logs that were heard, and how often.
    pub logged: HashMap<DialogId, HashMap<u64, u32>>,
    /// The last of them.
    lasts: HashMap<DialogId, u64>,
    /// Dialogs of which something was heard that is in no log.
    pub unlogged: HashMap<DialogId, u64>,
    pub wrong: Vec<String>,
    /// Messages of one's own that are stored.
    pub acks: usize,
    pub nacks: usize,
}

/// How most frames begin. There are a million of them, and the rest of each says nothing here; one
/// that begins otherwise is read whole.
struct Head<'a> {
    kind: &'a str,
    dialog: DialogId,
    ev: Option<u64>,
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.strip_prefix(r#"{"type":""#)?.split_once('"')?;
        let rest = rest.strip_prefix(r#","payload":{"dialogId":""#)?;
        let (dialog, rest) = rest.split_once('"')?;
        let ev = rest.strip_prefix(r#","ev":"#).and_then(|rest| rest.split_once(','));
        let ev = ev.and_then(|(ev, _)| ev.parse().ok());
        Some(Self { kind, dialog: DialogId::parse(dialog).ok()?, ev })
    }
}

/// What someone may be waiting for.
pub enum Answer {
    /// A dialog was joined.
    Joined(confab_protocol::DialogEvents),
    /// It was joined, but read it afresh.
    Reset,
    /// There is no such dialog.
    NoSuchDialog(DialogId),
    /// This was stored, in this dialog.
    Stored(ClientId, Box<confab_protocol::Message>),
    Refused(ClientId),
    Pong(Vec<DialogId>),
    /// Nothing that anyone waits for.
    Nothing,
}

impl Ears {
    pub fn new(me: UserId, client: Client, hears_list: bool) -> Self {
        Self {
            me,
            client,
            hears_list,
            lines: HashMap::new(),
            logged: HashMap::new(),
            lasts: HashMap::new(),
            unlogged: HashMap::new(),
            wrong: Vec::new(),
            acks: 0,
            nacks: 0,
        }
    }

    /// Frames of dialogs.
    pub fn frames(&self) -> usize {
        let logged: u32 = self.logged.values().flat_map(HashMap::values).sum();
        logged as usize + self.unlogged.values().sum::<u64>() as usize
    }

    /// The last change of a dialog that was heard.
    pub fn last_of(&self, dialog: &DialogId) -> u64 {
        self.lasts.get(dialog).copied().unwrap_or_default()
    }

    /// Hears the next frame.
    pub async fn next(&mut self) -> Answer {
        let text = self.client.next_text().await;
        self.hear(&text)
    }

    /// Hears what has come by now.
    pub fn catch_up(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        while let Some(text) = self.client.waiting() {
            answers.push(self.hear(&text));
        }
        answers
    }

    fn hear(&mut self, text: &str) -> Answer {
        match Head::of(text) {
            Some(Head { kind, dialog, ev: Some(ev) }) if kind.starts_with("message:") => {
                self.log(dialog, ev);
                Answer::Nothing
            }
            Some(Head { kind, dialog, .. }) if kind == "receipt" || kind.starts_with("typing:") => {
                self.unlog(dialog, kind);
                Answer::Nothing
            }
            _ => self.decode(text),
        }
    }

    fn decode(&mut self, text: &str) -> Answer {
        match ServerFrame::decode(text).unwrap_or_else(|error| panic!("{error}: {text}")) {
            ServerFrame::DialogChanged(changed) => {
                if let DialogChange::MemberAdded(member) = &changed.event.change
                    && member.id == self.me
                {
                    self.lines.insert(changed.dialog_id.clone(), Line::There);
                }
                self.log(changed.dialog_id, changed.event.ev.0);
            }
            ServerFrame::DialogUpdate(update) => {
                self.line(update.dialog_id, update.dialog.is_some())
            }
            ServerFrame::DialogSync(sync) => return Answer::Joined(sync),
            ServerFrame::DialogReset(_) => return Answer::Reset,
            ServerFrame::Error(error) => {
                assert_eq!(error.code.as_str(), "unknown_dialog", "{error:?}");
                return error.dialog_id.map_or(Answer::Nothing, Answer::NoSuchDialog);
            }
            ServerFrame::Ack(ack) => {
                self.acks += 1;
                return Answer::Stored(ack.client_id, Box::new(ack.message));
            }
            ServerFrame::Nack(nack) => {
                let code = nack.code.as_str();
                let expected =
                    ["unknown_dialog", "unknown_message", "not_your_message", "message_deleted"];
                assert!(expected.contains(&code), "{nack:?}");
                self.nacks += 1;
                return Answer::Refused(nack.client_id);
            }
            ServerFrame::Pong(pong) => {
                return Answer::Pong(
                    pong.positions.into_iter().map(|(dialog, _)| dialog).collect(),
                );
            }
            other => panic!("{other:?}"),
        }
        Answer::Nothing
    }

    fn log(&mut self, dialog: DialogId, ev: u64) {
        if self.is_gone(&dialog) {
            self.complain(&dialog, "a change");
        }
        self.lasts.insert(dialog.clone(), ev);
        *self.logged.entry(dialog).or_default().entry(ev).or_default() += 1;
    }

    fn unlog(&mut self, dialog: DialogId, kind: &str) {
        if self.is_gone(&dialog) {
            match kind {
                "receipt" => self.complain(&dialog, "a receipt"),
                _ => drop(self.lines.insert(dialog.clone(), Line::Early)),
            }
        }
        *self.unlogged.entry(dialog).or_default() += 1;
    }

    fn complain(&mut self, dialog: &DialogId, what: &str) {
        self.wrong.push(format!("{}: {what} of {dialog} after it was gone", self.me));
    }

    /// At the end nobody is half back.
    pub fn ends(&mut self) {
        let early = self.lines.iter().filter(|(_, line)| **line == Line::Early);
        for dialog in early.map(|(dialog, _)| dialog.clone()).collect::<Vec<_>>() {
            self.complain(&dialog, "typing");
        }
    }

    fn line(&mut self, dialog: DialogId, is_there: bool) {
        let line = self.lines.get(&dialog);
        // Back is who was seen to come, which stands in the log.
        if matches!(line, Some(Line::Gone | Line::Early)) {
            self.complain(&dialog, "a line");
        }
        let line = if is_there { Line::There } else { Line::Gone };
        self.lines.insert(dialog, line);
    }

    /// Whether it was said that the dialog is gone, and not that the person is back.
    fn is_gone(&self, dialog: &DialogId) -> bool {
        self.hears_list && matches!(self.lines.get(dialog), Some(Line::Gone | Line::Early))
    }
}
