//! How often a socket may say what nobody waits for: that its person types, that nobody is at it.
//!
//! Both are small to say and dear to carry out: typing is read for in the database three times, and
//! everyone hears who is away. So what is said again, or too often, is dropped before anything is
//! read, without a word: it is not stored, and the next one makes it good. A client that keeps to its
//! own rules (`confab_sync::typing`, `confab_sync::presence`) never notices.

use std::time::{Duration, Instant};

use confab_protocol::DialogId;

use crate::{
    hub::Typing,
    ops::rate::{Rate, TokenBucket},
};

/// How soon `typing:start` may be said again of one dialog. Clients do so every 3 s (DESIGN §5); what
/// was under way for a while may come closer to what follows it.
const TYPING_AGAIN: Duration = Duration::from_millis(2500);

/// Dialogs of which is remembered what was said last. A person writes in one after the other.
const DIALOGS_KEPT: usize = 8;

/// Frames about typing a minute, over all dialogs, and as many at once. In one dialog it is a start
/// every 3 s; three times as much leaves room for who looks into many.
const TYPINGS_PER_MINUTE: u32 = 60;

/// How often a minute a socket may be left. A page says so after 10 s without anybody.
const ABSENCES_PER_MINUTE: u32 = 12;

/// What one socket has said lately.
#[derive(Debug)]
pub(super) struct Restraint {
    /// The last word about each dialog, the latest behind.
    said: Vec<Said>,
    typings: TokenBucket,
    absences: TokenBucket,
}

#[derive(Debug)]
struct Said {
    dialog: DialogId,
    typing: Typing,
    /// When typing was begun last.
    begun: Option<Instant>,
}

impl Restraint {
    /// A socket that has said nothing yet.
    pub fn new(now: Instant) -> Self {
        let bucket = |per_minute| Rate::per_minute(per_minute).bucket(now);
        let (typings, absences) = (bucket(TYPINGS_PER_MINUTE), bucket(ABSENCES_PER_MINUTE));
        Self { said: Vec::new(), typings, absences }
    }

    /// Whether others are to hear of it: it is not what they know already, and not too much.
    pub fn lets_type(&mut self, dialog: &DialogId, typing: Typing, now: Instant) -> bool {
        let place = self.said.iter().position(|said| said.dialog == *dialog);
        let known = place.map(|place| &self.said[place]);
        let is_said = known.is_some_and(|known| match typing {
            Typing::Started => known.begun.is_some_and(|begun| now < begun + TYPING_AGAIN),
            Typing::Stopped => known.typing == Typing::Stopped,
        });
        if is_said || self.typings.take(now).is_err() {
            return false;
        }
        let before = place.and_then(|place| self.said.remove(place).begun);
        let begun = if typing == Typing::Started { Some(now) } else { before };
        if self.said.len() == DIALOGS_KEPT {
            self.said.remove(0);
        }
        self.said.push(Said { dialog: dialog.clone(), typing, begun });
        true
    }

    /// Whether others are to hear that nobody is at the socket. Too often they are not: then it counts
    /// as somebody's, and nothing is to be told when they come back.
    pub fn lets_leave(&mut self, now: Instant) -> bool {
        self.absences.take(now).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Clock;

    fn dialog(n: usize) -> DialogId {
        DialogId::parse(format!("d{n}")).unwrap()
    }

    /// Says each of these after so many milliseconds; which of them are told.
    fn told(said: &[(u64, usize, Typing)]) -> Vec<bool> {
        let began = Clock::system().now();
        let mut restraint = Restraint::new(began);
        let say = |&(ms, n, typing): &(u64, usize, Typing)| {
            restraint.lets_type(&dialog(n), typing, began + Duration::from_millis(ms))
        };
        said.iter().map(say).collect()
    }

    #[test]
    fn what_was_said_is_not_said_again() {
        use Typing::{Started, Stopped};
        let said = [(0, 1, Started), (100, 1, Started), (2499, 1, Started), (2500, 1, Started)];
        assert_eq!(told(&said), [true, false, false, true]);
        let said = [(0, 1, Started), (9, 1, Stopped), (10, 1, Stopped), (11, 1, Started)];
        assert_eq!(told(&said), [true, true, false, false], "who begins again is told later");
        let said = [(0, 1, Started), (1, 2, Started), (2, 1, Stopped), (3, 2, Stopped)];
        assert_eq!(told(&said), [true; 4], "dialogs are dialogs");
    }

    #[test]
    fn whoever_looks_into_many_dialogs_is_bounded_and_costs_no_memory() {
        let began = Clock::system().now();
        let mut restraint = Restraint::new(began);
        let told = (0..1000).filter(|n| restraint.lets_type(&dialog(*n), Typing::Started, began));
        assert_eq!(told.count(), TYPINGS_PER_MINUTE as usize);
        assert_eq!(restraint.said.len(), DIALOGS_KEPT);
        let later = began + Duration::from_secs(1);
        assert!(restraint.lets_type(&dialog(0), Typing::Started, later));
    }
}
