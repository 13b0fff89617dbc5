//! Who is typing: saying it of ourselves, and hearing it of others (DESIGN §4, §5).
//!
//! A key in the box of a dialog is said as `typing:start` at once, then at most every 3 s. When the
//! box is emptied, sent or left, `typing:stop` follows. Who stops and begins again within the 3 s is
//! told when they are over, if the box is still in use then.
//!
//! Of the others, a `typing:start` holds for 5 s. It ends before with a `typing:stop`, with a message
//! of theirs, when they leave the dialog or their last socket closes, and when ours does: what a new
//! socket has not said is not so. Nothing here is numbered or repaired; a lost `stop` is outlived.

use std::time::Duration;

use confab_protocol::{
    ClientFrame, DialogId, Person, TypingStart, TypingStarted, TypingStop, UserId,
};

use crate::{Event, Moment, outcome::Turn};

/// How often `typing:start` is said of one dialog (DESIGN §5): more than once within
/// [`GONE_AFTER`], so that one lost frame does not show, and not with every key.
const SAY_EVERY: Duration = Duration::from_secs(3);

/// How long a `typing:start` holds (DESIGN §5): a lost `typing:stop` shows no longer than this.
const GONE_AFTER: Duration = Duration::from_secs(5);

/// How many people are known to type at once, over all dialogs. Screens name three of one dialog;
/// more than these are not noted, so that a busy lobby costs nobody memory.
const TYPISTS_MAX: usize = 100;

#[derive(Clone, Debug, Default)]
pub(crate) struct Typing {
    /// Whether `connected` came: before, nobody would understand.
    is_greeted: bool,
    /// Boxes in use, or used within the last 3 s.
    boxes: Vec<TypingBox>,
    /// Others, in the order they began.
    typists: Vec<Typist>,
}

/// Where we type.
#[derive(Clone, Debug)]
struct TypingBox {
    dialog_id: DialogId,
    said_at: Moment,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// The others know.
    Said,
    /// The others know that we stopped, or have forgotten us.
    Stopped,
    /// We stopped and began again too soon to say it.
    Held,
}

#[derive(Clone, Debug)]
struct Typist {
    dialog_id: DialogId,
    person: Person,
    until: Moment,
}

impl TypingBox {
    fn may_say_at(&self) -> Moment {
        self.said_at + SAY_EVERY
    }
}

impl Typing {
    /// `connected` came.
    pub fn greeted(&mut self) {
        self.is_greeted = true;
    }

    pub fn disconnected(&mut self, turn: &mut Turn<'_>) {
        self.is_greeted = false;
        self.boxes.iter_mut().for_each(|typing_box| typing_box.state = State::Stopped);
        self.drop_typists(&|_| true, turn);
    }

    /// A key was pressed.
    pub fn typed(&mut self, dialog_id: DialogId, turn: &mut Turn<'_>) {
        if !self.is_greeted {
            return;
        }
        self.boxes.retain(|old| old.state != State::Stopped || turn.now < old.may_say_at());
        match self.boxes.iter_mut().find(|known| known.dialog_id == dialog_id) {
            Some(known) if turn.now >= known.may_say_at() => say(known, turn),
            Some(known) if known.state == State::Stopped => known.state = State::Held,
            Some(_) => {}
            None => {
                let state = State::Said;
                let mut new = TypingBox { dialog_id, said_at: turn.now, state };
                say(&mut new, turn);
                self.boxes.push(new);
            }
        }
    }

    /// The box was emptied, sent or left.
    pub fn ended(&mut self, dialog_id: DialogId, turn: &mut Turn<'_>) {
        let known = self.boxes.iter_mut().find(|known| known.dialog_id == dialog_id);
        let before = known.map(|known| std::mem::replace(&mut known.state, State::Stopped));
        if before == Some(State::Said) {
            turn.send(&ClientFrame::TypingStop(TypingStop { dialog_id }));
        }
    }

    /// Someone else has begun, or goes on.
    pub fn started(&mut self, started: &TypingStarted, turn: &mut Turn<'_>) {
        let TypingStarted { dialog_id, user_id, username } = started;
        let until = turn.now + GONE_AFTER;
        let is_known =
            |typist: &&mut Typist| typist.person.id == *user_id && typist.dialog_id == *dialog_id;
        if let Some(typist) = self.typists.iter_mut().find(is_known) {
            typist.until = until;
        } else if self.typists.len() < TYPISTS_MAX {
            let person = Person { id: user_id.clone(), username: username.clone() };
            self.typists.push(Typist { dialog_id: dialog_id.clone(), person, until });
            self.tell(dialog_id, turn);
        }
    }

    /// Someone types here no more: they stopped, said it, or left.
    pub fn stopped(&mut self, dialog_id: &DialogId, user_id: &UserId, turn: &mut Turn<'_>) {
        let is_it =
            |typist: &Typist| typist.person.id == *user_id && typist.dialog_id == *dialog_id;
        self.drop_typists(&is_it, turn);
    }

    /// Someone types nowhere: their last socket is closed.
    pub fn left(&mut self, user_id: &UserId, turn: &mut Turn<'_>) {
        self.drop_typists(&|typist| typist.person.id == *user_id, turn);
    }

    /// The dialog is none of ours any more.
    pub fn denied(&mut self, dialog_id: &DialogId, turn: &mut Turn<'_>) {
        self.boxes.retain(|known| known.dialog_id != *dialog_id);
        self.drop_typists(&|typist| typist.dialog_id == *dialog_id, turn);
    }

    pub fn deadline(&self) -> Option<Moment> {
        let held = self.boxes.iter().filter(|known| known.state == State::Held);
        let expiries = self.typists.iter().map(|typist| typist.until);
        held.map(TypingBox::may_say_at).chain(expiries).min()
    }

    pub fn timeout(&mut self, turn: &mut Turn<'_>) {
        for held in self.boxes.iter_mut().filter(|known| known.state == State::Held) {
            if turn.now >= held.may_say_at() {
                say(held, turn);
            }
        }
        let now = turn.now;
        self.drop_typists(&|typist| now >= typist.until, turn);
    }

    /// Removes those, and tells each dialog that is left with fewer.
    fn drop_typists(&mut self, is_gone: &dyn Fn(&Typist) -> bool, turn: &mut Turn<'_>) {
        let mut dialogs: Vec<DialogId> = Vec::new();
        self.typists.retain(|typist| {
            let goes = is_gone(typist);
            if goes && !dialogs.contains(&typist.dialog_id) {
                dialogs.push(typist.dialog_id.clone());
            }
            !goes
        });
        dialogs.iter().for_each(|dialog_id| self.tell(dialog_id, turn));
    }

    fn tell(&self, dialog_id: &DialogId, turn: &mut Turn<'_>) {
        let here = self.typists.iter().filter(|typist| typist.dialog_id == *dialog_id);
        let people = here.map(|typist| typist.person.clone()).collect();
        turn.tell(Event::Typing { dialog_id: dialog_id.clone(), people });
    }
}

fn say(typing_box: &mut TypingBox, turn: &mut Turn<'_>) {
    (typing_box.said_at, typing_box.state) = (turn.now, State::Said);
    let dialog_id = typing_box.dialog_id.clone();
    turn.send(&ClientFrame::TypingStart(TypingStart { dialog_id }));
}
