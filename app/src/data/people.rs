//! Who is here.

use confab_protocol::{Person, ServerFrame, Topic};
use futures::future::LocalBoxFuture;

use crate::live::{Endpoint, EntryApi, QueryError};

/// The people in the lobby, as `connected` lists them and `joined` and `disconnected` change them
/// (document 003). There is nothing to fetch: the stream tells all.
pub struct People;

/// Who is here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleHere {
    /// Those that were listed, in order of arrival.
    pub listed: Vec<Person>,
    /// How many there are, listed or not.
    pub count: u64,
}

impl PeopleHere {
    fn joined(&mut self, person: &Person) {
        match self.listed.iter_mut().find(|other| other.id == person.id) {
            // Someone who is here goes by another name now.
            Some(known) => *known = person.clone(),
            None => {
                self.listed.push(person.clone());
                self.count += 1;
            }
        }
    }

    fn left(&mut self, person: &Person) {
        self.listed.retain(|other| other.id != person.id);
        self.count = self.count.saturating_sub(1);
    }
}

impl Endpoint for People {
    type Arg = ();
    type Data = PeopleHere;
    const NAME: &'static str = "people";
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Result<PeopleHere, QueryError>> {
        Box::pin(async { Ok(PeopleHere::default()) })
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            api.subscribe(Topic::Presence);
            let entry = api.clone();
            api.on("connected", move |frame| {
                let ServerFrame::Connected(connected) = frame else { return };
                let here = PeopleHere {
                    listed: connected.connected_user_list.clone(),
                    count: connected.connected_users,
                };
                entry.update_cached_data(move |people| *people = here.clone());
                entry.mark_fresh();
            });
            let entry = api.clone();
            api.on("joined", move |frame| {
                let ServerFrame::Joined(joined) = frame else { return };
                let person = joined.0.clone();
                entry.update_cached_data(move |people| people.joined(&person));
            });
            let entry = api.clone();
            api.on("disconnected", move |frame| {
                let ServerFrame::Disconnected(left) = frame else { return };
                let person = left.0.clone();
                entry.update_cached_data(move |people| people.left(&person));
            });
            api.cache_entry_removed().await;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::{UserId, Username};

    fn person(name: &str) -> Person {
        Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
    }

    #[test]
    fn who_joins_twice_is_there_once() {
        let mut here = PeopleHere::default();
        here.joined(&person("anna"));
        here.joined(&person("anna"));
        assert_eq!((here.count, here.listed.len()), (1, 1));
        here.left(&person("anna"));
        assert_eq!(here, PeopleHere::default());
    }

    #[test]
    fn who_was_not_listed_still_counts() {
        let mut here = PeopleHere { listed: vec![person("anna")], count: 300 };
        here.left(&person("zoe"));
        assert_eq!((here.count, here.listed.len()), (299, 1));
    }
}
