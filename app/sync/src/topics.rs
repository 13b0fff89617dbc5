//! What the socket is to hear beyond, or in spite of, what its address says.
//!
//! The address names the topics a socket hears from its first byte (`/ws?topics=a,b`); a later
//! `subscribe` or `unsubscribe` holds for that socket alone. So every wish is kept, and said again
//! after each reconnect. Only the last wish for a topic counts. Deliberately absent: counting
//! readers; the live cache does that.

use confab_protocol::{ClientFrame, Topic, Topics as Subscribe, Unsubscribe};

use crate::outcome::Turn;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wish {
    Hear,
    Spare,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Topics {
    /// A handful, in the order they were first wished for: a map would weigh more than it finds.
    wishes: Vec<(Topic, Wish)>,
}

impl Topics {
    pub fn new(topics: Vec<Topic>) -> Self {
        let mut kept = Self::default();
        for topic in topics {
            kept.keep(topic, Wish::Hear);
        }
        kept
    }

    /// Keeps the wish, and says what is new in it if there is a socket to say it through.
    pub fn wish(&mut self, topics: Vec<Topic>, wish: Wish, turn: &mut Turn<'_>) {
        let mut fresh = Vec::new();
        for topic in topics {
            let name = topic.name();
            if self.keep(topic, wish) {
                fresh.push(name);
            }
        }
        say(fresh, wish, turn);
    }

    /// Whether the wish is new.
    fn keep(&mut self, topic: Topic, wish: Wish) -> bool {
        match self.wishes.iter_mut().find(|(known, _)| *known == topic) {
            Some((_, before)) => std::mem::replace(before, wish) != wish,
            None => {
                self.wishes.push((topic, wish));
                true
            }
        }
    }

    /// Says everything to a new socket.
    pub fn repeat(&self, turn: &mut Turn<'_>) {
        for wish in [Wish::Hear, Wish::Spare] {
            let topics = self.wishes.iter().filter(|(_, kept)| *kept == wish);
            say(topics.map(|(topic, _)| topic.name()).collect(), wish, turn);
        }
    }
}

fn say(topics: Vec<String>, wish: Wish, turn: &mut Turn<'_>) {
    if topics.is_empty() {
        return;
    }
    turn.send(&match wish {
        Wish::Hear => ClientFrame::Subscribe(Subscribe { topics }),
        Wish::Spare => ClientFrame::Unsubscribe(Unsubscribe { topics }),
    });
}
