//! The dialogs the app has joined, and the life of the database that their positions belong to.

use std::time::Duration;

use confab_protocol::{
    ClientFrame, DialogEvent, DialogEvents, DialogId, DialogLeave, DialogReset, Epoch, Ev,
    Positions, Resume,
};

use crate::{Moment, dialog_log::DialogLog, outcome::Turn};

#[derive(Clone, Debug)]
pub(crate) struct Dialogs {
    gap_patience: Duration,
    /// From the settings, then from `connection_established`. A position that came without an epoch
    /// may be one of a life that is over, and is void.
    epoch: Option<Epoch>,
    /// A handful, in the order they were first joined: a map would weigh more than it finds.
    logs: Vec<DialogLog>,
}

/// Whether a database is the one we knew.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Life {
    TheSame,
    Another,
}

impl Dialogs {
    pub fn new(gap_patience: Duration, epoch: Option<Epoch>) -> Self {
        Self { gap_patience, epoch, logs: Vec::new() }
    }

    pub fn join(&mut self, dialog_id: DialogId, after: Option<Ev>, turn: &mut Turn<'_>) {
        let mut log = DialogLog::new(dialog_id.clone(), after, self.gap_patience);
        if turn.socket.is_some() {
            log.connected(turn);
        }
        match self.log(&dialog_id) {
            Some(before) => *before = log,
            None => self.logs.push(log),
        }
    }

    pub fn loaded(&mut self, dialog_id: &DialogId, at: Ev, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(dialog_id) {
            log.loaded(at, turn);
        }
    }

    pub fn leave(&mut self, dialog_id: DialogId, turn: &mut Turn<'_>) {
        let joined = self.logs.len();
        self.logs.retain(|log| *log.dialog_id() != dialog_id);
        if self.logs.len() < joined {
            turn.send(&ClientFrame::DialogLeave(DialogLeave { dialog_id }));
        }
    }

    /// What `connecting` says about where we stopped, if we have been here before.
    pub fn resume(&mut self, turn: &mut Turn<'_>) -> Option<Resume> {
        let Some(epoch) = self.epoch.clone() else {
            self.void(turn);
            return None;
        };
        let mut positions = Positions::new();
        for log in &mut self.logs {
            if let Some(at) = log.position() {
                positions.insert(log.dialog_id().clone(), at);
                log.resumed(turn.now);
            }
        }
        Some(Resume { epoch, positions })
    }

    /// Nobody knows which life the positions belong to.
    fn void(&mut self, turn: &mut Turn<'_>) {
        let placed = self.logs.iter_mut().filter(|log| log.position().is_some());
        placed.for_each(|log| log.other_epoch(turn));
    }

    /// Joins what the resume did not cover.
    pub fn connected(&mut self, turn: &mut Turn<'_>) {
        self.logs.iter_mut().for_each(|log| log.connected(turn));
    }

    pub fn disconnected(&mut self) {
        self.logs.iter_mut().for_each(DialogLog::disconnected);
    }

    /// The database says which life it is in; in another one all positions are void.
    pub fn established(&mut self, epoch: &Epoch, turn: &mut Turn<'_>) -> Life {
        match self.epoch.replace(epoch.clone()) {
            None => self.void(turn),
            Some(before) if before == *epoch => {}
            Some(_) => {
                self.logs.iter_mut().for_each(|log| log.other_epoch(turn));
                return Life::Another;
            }
        }
        Life::TheSame
    }

    /// The server tells us this dialog no more.
    pub fn denied(&mut self, dialog_id: &DialogId, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(dialog_id) {
            log.denied(turn);
        }
    }

    /// The dialog is ours, says our list.
    pub fn admitted(&mut self, dialog_id: &DialogId, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(dialog_id) {
            log.admitted(turn);
        }
    }

    pub fn event(&mut self, dialog_id: &DialogId, event: DialogEvent, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(dialog_id) {
            log.event(event, turn);
        }
    }

    pub fn sync(&mut self, sync: &DialogEvents, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(&sync.dialog_id) {
            log.sync(sync, turn);
        }
    }

    pub fn reset(&mut self, reset: &DialogReset, turn: &mut Turn<'_>) {
        if let Some(log) = self.log(&reset.dialog_id) {
            log.reset(reset.why, turn);
        }
    }

    pub fn reach(&mut self, positions: &Positions, now: Moment) {
        for (dialog_id, head) in positions.iter() {
            if let Some(log) = self.log(dialog_id) {
                log.reaches(head, now);
            }
        }
    }

    pub fn deadline(&self) -> Option<Moment> {
        self.logs.iter().filter_map(DialogLog::deadline).min()
    }

    pub fn timeout(&mut self, turn: &mut Turn<'_>) {
        self.logs.iter_mut().for_each(|log| log.timeout(turn));
    }

    fn log(&mut self, dialog_id: &DialogId) -> Option<&mut DialogLog> {
        self.logs.iter_mut().find(|log| log.dialog_id() == dialog_id)
    }
}
