//! The server as the protocol has it (DESIGN §4): what it answers, commits and tells. A line of it
//! is wrong on request ([`Mistake`]), to see that they are found.

use confab_protocol::ResetReason;

use crate::{
    state::State,
    wire::{Down, Line, Name, Up},
};

/// More changes than this are not told one by one. So little that three messages exceed it.
const CATCH_UP_MAX: u8 = 1;

/// What is wrong, here or elsewhere in the model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mistake {
    None,
    /// A message that comes again is stored again.
    StoresTwice,
    /// Who resumes is not told the first change that it missed.
    SkipsOne,
    /// An `ack` is said before the commit, and a crash lies between them.
    AcknowledgesFirst,
    /// A database that was restored says that it is what it was.
    KeepsItsName,
    /// Who is joined is told the past, and is not told the future.
    JoinsNobody,
    /// A page that is opened anew has nothing of the outbox of the page before.
    ForgetsOutbox,
}

impl State {
    /// The server hears a frame of a device.
    pub fn hears(&mut self, device: usize, frame: Up, mistake: Mistake) {
        match frame {
            Up::Connecting(resume) => {
                self.answers(device, Down::Connected);
                match resume {
                    Some((epoch, _)) if epoch != self.epoch => {
                        self.answers(device, Down::Reset(ResetReason::OtherEpoch));
                    }
                    Some((_, at)) => self.joins(device, Some(at), mistake),
                    None => {}
                }
            }
            Up::Join(after) => self.joins(device, after, mistake),
            Up::Ping => {
                let wire = self.devices[device].wire.as_ref();
                let head = wire.filter(|wire| wire.is_joined).map(|_| self.head());
                self.answers(device, Down::Pong(head));
            }
            Up::Send(name) => {
                let line = self.commits(name, mistake);
                self.answers(device, Down::Ack(line));
            }
        }
    }

    /// Stores a message, if it is not there, and tells everybody.
    pub fn commits(&mut self, name: Name, mistake: Mistake) -> Line {
        let known = self.log.iter().position(|known| *known == name);
        if let Some(place) = known.filter(|_| mistake != Mistake::StoresTwice) {
            return Line { ev: u8::try_from(place + 1).expect("a short log"), name };
        }
        self.log.push(name);
        let line = Line { ev: self.head(), name };
        let wires = self.devices.iter_mut().filter_map(|device| device.wire.as_mut());
        wires.filter(|wire| wire.is_joined).for_each(|wire| wire.news.push(line));
        self.takes_heart();
        line
    }

    fn joins(&mut self, device: usize, after: Option<u8>, mistake: Mistake) {
        let head = self.head();
        let after = after.unwrap_or(head);
        if after > head {
            return self.answers(device, Down::Reset(ResetReason::AheadOfLog));
        }
        if head - after > CATCH_UP_MAX {
            return self.answers(device, Down::Reset(ResetReason::TooFarBehind));
        }
        let lines = (after + 1..=head).map(|ev| Line { ev, name: self.log[usize::from(ev) - 1] });
        let lines = lines.skip(usize::from(mistake == Mistake::SkipsOne)).collect();
        self.answers(device, Down::Sync(lines, head));
        if let Some(wire) = &mut self.devices[device].wire {
            wire.is_joined = mistake != Mistake::JoinsNobody;
        }
    }

    fn answers(&mut self, device: usize, frame: Down) {
        if let Some(wire) = &mut self.devices[device].wire {
            wire.answers.push(frame);
        }
    }
}
