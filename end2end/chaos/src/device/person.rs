//! The person at a device, who writes; and whether what they see is level with the log again.

use confab_protocol::{ClientId, DialogId, MessageKind, MessageSend, Meta};

use super::{Device, Level, moment};

/// How many messages a person writes that are not stored yet, before they wait.
const UNSENT_MAX: usize = 40;

impl Device {
    pub(super) fn says(&mut self) {
        if self.page.engine.outbox().count() >= UNSENT_MAX {
            return;
        }
        let groups: Vec<_> =
            self.page.shown.pages.keys().filter(|dialog| dialog.as_str() != "lobby").collect();
        let Some(dialog_id) = groups.get(self.dice.below(groups.len())) else { return };
        let dialog_id = (*dialog_id).clone();
        self.said += 1;
        let content = format!("device{} {}", self.seat.number, self.said);
        let client_id = format!("{:016x}-{}", self.dice.bits(), self.seat.number);
        let client_id = ClientId::parse(client_id).expect("an id");
        let (kind, meta) = (MessageKind::Text, Meta::default());
        let send = MessageSend { dialog_id, client_id, content, kind, meta, reply_to: None };
        let random = self.dice.fraction();
        self.page.says(send, moment(), random);
        self.carry_on();
    }

    /// Whether it has all that was in the log when the server came back, on a socket opened since.
    pub(super) fn looks_whether_it_is_level(&mut self) {
        let Some((back, faults, was_ill)) = &self.behind else { return };
        let is_greeted = self.greeted.is_some_and(|greeted| greeted > back.gone);
        let has = |dialog: &DialogId| {
            let log = back.log.get(dialog).copied().unwrap_or_default();
            self.page.shown.pages.get(dialog).is_some_and(|page| page.ev >= log)
        };
        if !is_greeted || !self.page.shown.pages.keys().all(has) {
            return;
        }
        let road = self.seat.road.as_ref();
        let was_disturbed =
            *was_ill || road.is_some_and(|road| road.faults() != *faults || road.is_ill());
        let level = Level { took: back.since.elapsed(), was_disturbed };
        let _ = self.seat.level.send(level);
        self.behind = None;
    }
}
