//! Which topics are heard, and by how many entries.

use std::cell::RefCell;

use confab_protocol::Topic;

/// Counts the entries that hear each topic, so that the server is told once when the first comes
/// and once when the last goes. A handful of topics: a list is smaller than a map, and as fast.
#[derive(Default)]
pub(super) struct Topics {
    heard: RefCell<Vec<(Topic, usize)>>,
}

impl Topics {
    /// One more entry hears this topic; whether it is the first.
    #[must_use]
    pub fn enter(&self, topic: &Topic) -> bool {
        let mut heard = self.heard.borrow_mut();
        if let Some((_, entries)) = heard.iter_mut().find(|(known, _)| known == topic) {
            *entries += 1;
            return false;
        }
        heard.push((topic.clone(), 1));
        true
    }

    /// One entry less hears this topic; whether it was the last.
    #[must_use]
    pub fn leave(&self, topic: &Topic) -> bool {
        let mut heard = self.heard.borrow_mut();
        let at = heard.iter().position(|(known, _)| known == topic);
        let at = at.expect("an entry leaves only topics that it has entered");
        heard[at].1 -= 1;
        let was_last = heard[at].1 == 0;
        if was_last {
            heard.swap_remove(at);
        }
        was_last
    }

    /// How many topics are heard.
    pub fn len(&self) -> usize {
        self.heard.borrow().len()
    }
}
