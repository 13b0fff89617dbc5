//! The person at a device, who does what their dice say.

use confab_protocol::{
    ClientId, DialogId, Message, MessageDelete, MessageEdit, MessageKind, MessageSend, Meta, Seq,
    json,
    rest::{ChangedDialog, MembersChange, NewMessage},
};
use confab_sync::Input;

use super::{Device, now};

impl Device {
    /// What a person does.
    pub(super) fn does_something(&mut self) {
        let dialogs: Vec<_> = self.page.shown.pages.keys().cloned().collect();
        let Some(dialog_id) = dialogs.get(self.dice.below(dialogs.len())).cloned() else { return };
        match self.dice.below(20) {
            0..10 => self.says(dialog_id),
            10..12 => self.changes(dialog_id),
            12 => self.tell(Input::Typed { dialog_id }),
            13..15 => {
                let seq = self.page.shown.pages[&dialog_id].messages.last().map(|last| last.seq);
                let seq = seq.unwrap_or(Seq(0));
                self.tell(Input::Read { dialog_id, seq });
            }
            15 => self.manages(&dialog_id),
            16 => self.has_it_said(&dialog_id),
            _ => {}
        }
    }

    fn new_client_id(&mut self) -> ClientId {
        let id = format!("{:016x}-{}", self.dice.bits(), self.seat.reader.number);
        ClientId::parse(id).expect("an id")
    }

    fn says(&mut self, dialog_id: DialogId) {
        self.said += 1;
        let content = format!("{} {}", self.name, self.said);
        let client_id = self.new_client_id();
        let replies = self.dice.once_in(5);
        let last = self.page.shown.pages[&dialog_id].messages.last();
        let reply_to = last.filter(|_| replies).map(|last| last.message_id.clone());
        let (kind, meta) = (MessageKind::Text, Meta::default());
        let send = MessageSend { dialog_id, client_id, content, kind, meta, reply_to };
        let random = self.dice.fraction();
        self.page.says(send, now(), random);
        self.carry_on();
    }

    /// Lets a script say something, which may ask twice at once: whoever is not answered asks again,
    /// and so does who stands in between.
    fn has_it_said(&mut self, dialog: &DialogId) {
        self.said += 1;
        let content = format!("{} {} by a script", self.name, self.said);
        let client_id = self.new_client_id();
        let (kind, meta, id) = (MessageKind::Text, Meta::default(), Some(client_id.clone()));
        let new = NewMessage { content, kind, meta, client_id: id, reply_to: None };
        let (path, body) = (["/api/messages/dialog/", dialog.as_str()].concat(), json::write(&new));
        self.note(&format!("POST {path} {body}"));
        for _ in 0..1 + self.dice.below(2) {
            let (asker, ledger) = (self.seat.asker.clone(), self.seat.reader.ledger.clone());
            let (path, body, client_id) = (path.clone(), body.clone(), client_id.clone());
            tokio::spawn(async move {
                let answer = asker.ask("POST", &path, body).await;
                if let Some(message) = answer.and_then(|answer| answer.data::<Message>()) {
                    ledger.open().is_acked(client_id, &message);
                }
            });
        }
    }

    /// Says one of one's own messages in other words, or takes it back.
    fn changes(&mut self, dialog_id: DialogId) {
        let you = &self.seat.reader.user;
        let mut mine = self.page.shown.pages[&dialog_id].messages.iter().rev();
        let mine = mine.find(|message| message.sender_id == *you && message.deleted_at.is_none());
        let Some(message_id) = mine.map(|message| message.message_id.clone()) else { return };
        let client_id = self.new_client_id();
        if self.dice.once_in(3) {
            self.tell(Input::Delete(MessageDelete { dialog_id, message_id, client_id }));
        } else {
            self.said += 1;
            let content = format!("{} {}, better", self.name, self.said);
            self.tell(Input::Edit(MessageEdit { dialog_id, message_id, client_id, content }));
        }
    }

    /// Takes somebody in or out, or finds another title.
    fn manages(&mut self, dialog: &DialogId) {
        let someone = self.seat.everyone[self.dice.below(self.seat.everyone.len())].clone();
        let members = ["/api/dialogs/", dialog.as_str(), "/members"].concat();
        let members_change = json::write(&MembersChange { members: vec![someone] });
        let (method, path, body) = match self.dice.below(4) {
            0 => ("DELETE", members, members_change),
            1 | 2 => ("POST", members, members_change),
            _ => {
                let title = Some(format!("Tea {}", self.dice.below(100)));
                let body = json::write(&ChangedDialog { title, ..ChangedDialog::default() });
                ("PATCH", ["/api/dialogs/", dialog.as_str()].concat(), body)
            }
        };
        self.note(&format!("{method} {path} {body}"));
        let asker = self.seat.asker.clone();
        tokio::spawn(async move { asker.ask(method, &path, body).await });
    }
}
