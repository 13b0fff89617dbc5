//! What a connection is asked for, so that one on which nothing is asked for can be given up.
//!
//! hyper's own timer looks at the head of a request in HTTP/1 and at nothing else: neither at the first
//! bytes, which say what version is spoken, nor at HTTP/2. So the listener counts here. An HTTP/2
//! request counts until its answer is written, or the socket that it became is closed: the count is
//! carried by whatever of it lives longest ([`UnderWay`]).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// The requests of one connection; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Requests(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// A request that is not done with; clones are the same one.
#[derive(Clone, Debug)]
pub struct UnderWay {
    _last: Arc<Ended>,
}

#[derive(Debug)]
struct Ended(Requests);

impl Requests {
    /// A request has come.
    pub fn begin(&self) -> UnderWay {
        self.0.begun.fetch_add(1, Relaxed);
        UnderWay { _last: Arc::new(Ended(self.clone())) }
    }

    /// Hands the connection over to who has a timer of their own: it is never idle again.
    pub fn give_away(&self) {
        self.0.begun.fetch_add(1, Relaxed);
    }

    /// How many requests there were, if none is under way.
    pub fn idle_after(&self) -> Option<u64> {
        let begun = self.0.begun.load(Relaxed);
        (self.0.ended.load(Relaxed) == begun).then_some(begun)
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_under_way_as_long_as_anything_of_it() {
        let requests = Requests::default();
        assert_eq!(requests.idle_after(), Some(0));
        let (one, other) = (requests.begin(), requests.begin());
        let socket = one.clone();
        drop((one, other));
        assert_eq!(requests.idle_after(), None);
        drop(socket);
        assert_eq!(requests.idle_after(), Some(2));
        requests.give_away();
        assert_eq!(requests.idle_after(), None);
    }
}
