//! The person at a device, who writes; and whether what they see is level with the log again.

use confab_protocol::{ClientId, DialogId, MessageKind, MessageSend, Meta};

use super::{Behind, Device, Level, Return, STEADY, diary::second, moment};

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

    /// What befell its road is felt no more once a socket has held for a while: until then the engine
    /// waits longer before each try.
    pub(super) fn looks_at_its_road(&mut self) {
        if self.greeted.is_some_and(|greeted| greeted.elapsed() >= *STEADY)
            && let Some(road) = &self.seat.road
            && !road.is_ill()
        {
            self.calm = road.faults();
        }
    }

    /// The server is back: there is something to reach again.
    pub(super) fn falls_behind(&mut self, back: Return) {
        if let Some(before) = &self.behind
            && !self.is_disturbed(before)
        {
            self.seat.counts.overtaken.add(1);
            let (gone, since) = (second(before.back.gone), second(before.back.since));
            let story = format!("gone {gone}, back {since}, behind until now:{}", self.diary);
            self.is_wrong("overtaken", story);
        }
        let was_ill = self.seat.road.as_ref().is_some_and(|road| road.is_ill());
        self.behind = Some(Behind { back, calm: self.calm, was_ill });
    }

    /// Whether a fault of the line was felt since the server came back: no server can reach who has no
    /// road.
    fn is_disturbed(&self, behind: &Behind) -> bool {
        let road = self.seat.road.as_ref();
        behind.was_ill || road.is_some_and(|road| road.faults() != behind.calm || road.is_ill())
    }

    /// Whether it has all that was in the log when the server came back, on a socket opened since.
    pub(super) fn looks_whether_it_is_level(&mut self) {
        let Some(behind) = &self.behind else { return };
        let back = &behind.back;
        let is_greeted = self.greeted.is_some_and(|greeted| greeted > back.gone);
        let has = |dialog: &DialogId| {
            let log = back.log.get(dialog).copied().unwrap_or_default();
            self.page.shown.pages.get(dialog).is_some_and(|page| page.ev >= log)
        };
        if !is_greeted || !self.page.shown.pages.keys().all(has) {
            return;
        }
        let was_disturbed = self.is_disturbed(behind);
        let _ = self.seat.level.send(Level { took: back.since.elapsed(), was_disturbed });
        self.behind = None;
    }
}
