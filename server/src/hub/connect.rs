//! To connect: someone says who they are, hears who is here and what was said, and the others hear
//! of them. And to depart.

use confab_protocol::{
    Connected, Disconnected, Invalidate, Joined, Person, Positions, ServerFrame, Topic, UserId,
};
use tracing::warn;

use super::{
    Audience, Encoded, Hub, Outlet,
    fan_out::DIALOGS,
    people::{Absence, Arrival, Attention, Departure},
};
use crate::store::{Member, Place, ReadError};

impl Hub {
    /// The number of a new socket, from 1 (document 000: who comes back comes as a new client).
    pub fn next_client(&self) -> u64 {
        self.0.clients.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }

    /// One more socket of a person, with somebody at it; the others hear of it when it is the first,
    /// or the first that somebody is at.
    pub fn arrive(&self, person: &Person) {
        let mut people = self.people();
        let before = people.attention(&person.id);
        if people.arrive(person) == Arrival::New {
            self.tell_others(person, Joined(person.clone()).into());
        } else if before != people.attention(&person.id)
            && let Some(attention) = people.attention(&person.id)
        {
            self.tell_attention(&person.id, attention);
        }
    }

    /// A guest of the moment goes by another name; who comes next is told that one.
    pub fn is_called(&self, person: &Person) {
        self.people().rename(person);
    }

    /// Someone who is here has chosen another name for good; everyone hears `joined` once more, and
    /// knows the person by the id. Their own other pages show the name, too. To who hears it, `joined`
    /// means online; so that nobody is at their pages is told anew.
    pub fn goes_by(&self, person: &Person) {
        let mut people = self.people();
        if !people.rename(person) {
            return;
        }
        let frame = Encoded::new(&Joined(person.clone()).into());
        self.0.listeners.tell(&Topic::Presence, &frame, Audience::Everyone);
        if people.attention(&person.id) == Some(Attention::Away) {
            self.tell_attention(&person.id, Attention::Away);
        }
    }

    /// Tells a socket that is new who is here, and what was said in the lobby.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the history cannot be read. The people are told all the same (document
    /// 002: the socket does not depend on the database).
    pub async fn connect(&self, outlet: &Outlet, member: &Member) -> Result<(), ReadError> {
        let page = self.history(member, Place::Latest, self.limits().page_messages).await;
        let (mut messages_list, mut positions) = (Vec::new(), Positions::new());
        let history = page.map(|page| {
            positions.insert(member.dialog().clone(), page.ev);
            messages_list = page.messages;
        });
        self.tell_connected(outlet, member.person(), |connected| Connected {
            messages_list,
            positions,
            ..connected
        });
        history
    }

    /// Tells a socket who is here, and what else there is to tell.
    ///
    /// The list is taken last and told before anyone else can come or go: a `joined` or
    /// `disconnected` in the socket's queue is older than the list before it and newer behind it.
    /// Returns how many are here: more than are told, perhaps.
    pub(super) fn tell_connected(
        &self,
        outlet: &Outlet,
        person: &Person,
        complete: impl FnOnce(Connected) -> Connected,
    ) -> usize {
        let people = self.people();
        let you = people.person(&person.id).unwrap_or_else(|| person.clone());
        let (count, list) = people.list(&you.id, self.0.rules.hub.people_listed_max);
        outlet.tell(complete(Connected {
            you,
            away: people.away(&list),
            connected_user_list: list,
            connected_users: count as u64,
            messages_list: Vec::new(),
            positions: Positions::new(),
            digest: None,
        }));
        outlet.has_presence();
        count
    }

    /// Tells a socket anew who is here, because it was too slow to hear who came and went: one more
    /// `connected`, without messages. Of a longer list than is told, the page asks.
    pub fn restate_presence(&self, outlet: &Outlet, person: &Person) {
        let count = self.tell_connected(outlet, person, |connected| connected);
        if count > self.0.rules.hub.people_listed_max {
            outlet.tell(Invalidate { tags: vec![DIALOGS.to_owned()] });
        }
    }

    /// A socket of a person is gone. The others hear of it when it was the last and none came back
    /// within the grace, or when nobody is at those that are left.
    pub fn depart(&self, person: &Person, attention: Attention) {
        let mut people = self.people();
        let before = people.attention(&person.id);
        let Departure::MayHaveLeft(absence) = people.depart(&person.id, attention) else {
            let after = people.attention(&person.id);
            if let Some(after) = after.filter(|_| before != after) {
                self.tell_attention(&person.id, after);
            }
            return;
        };
        drop(people);
        let (hub, user) = (self.clone(), person.id.clone());
        // From now on, not from when the task gets its turn.
        let over = self.0.clock.now() + self.0.rules.hub.presence_grace;
        self.0.shutdown.spawn(async move {
            tokio::select! {
                biased;
                () = hub.0.shutdown.begun() => return,
                () = hub.0.clock.sleep_until(over) => {}
            }
            if hub.say_goodbye(&user, absence)
                && let Err(error) = hub.0.store.note_last_seen(user).await
            {
                warn!(%error, "nobody will know when someone was last seen");
            }
        });
    }

    /// Says goodbye for someone, unless they came back.
    fn say_goodbye(&self, user: &UserId, absence: Absence) -> bool {
        let mut people = self.people();
        let left = people.leave(user, absence);
        if let Some(person) = &left {
            self.tell_others(person, Disconnected(person.clone()).into());
        }
        left.is_some()
    }

    /// Takes a socket out of every topic.
    pub fn forget(&self, outlet: &Outlet) {
        self.0.listeners.remove(outlet);
    }

    fn tell_others(&self, person: &Person, frame: ServerFrame) {
        let frame = Encoded::new(&frame);
        self.0.listeners.tell(&Topic::Presence, &frame, Audience::Others(&person.id));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        path::Path,
        sync::{Arc, atomic::Ordering::Relaxed},
    };

    use confab_protocol::{DialogId, Limits, Timestamp, Username};
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        hub::{Rules, outlet::tests::outlet},
        ops::{Clock, Outside, Random, Registry, Shutdown, clock::Manual, config, registry::Quota},
        store::Store,
    };

    /// A hub whose readers of the log wait for one another.
    async fn hub_with_one_reader(folder: &Path) -> (Hub, Arc<Manual>) {
        let (clock, manual) = Clock::manual(Timestamp::from_unix_ms(0));
        let (shutdown, random) = (Shutdown::default(), Random::from_seed(1));
        let (changes, committed) = mpsc::channel(1);
        let config = config::Store { readers: 1, ..config::Store::default() };
        let store =
            Store::open(folder, &config, Outside::new(clock.clone(), random), changes, &shutdown);
        let store = store.await.unwrap();
        let registry = Arc::new(Registry::new(Quota { per_user: 10, per_address: 10 }));
        let rules = Rules { hub: config::Hub::default(), limits: Limits::default() };
        let hub = Hub::start(rules, clock, store, registry, committed, shutdown);
        (hub.await.unwrap(), manual)
    }

    fn person(name: &str) -> Person {
        Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
    }

    fn in_lobby(person: &Person) -> Member {
        Member::attested(person.clone(), DialogId::lobby())
    }

    /// Who is here, as a client has it that follows its frames.
    fn believed(outlet: &Outlet) -> BTreeSet<UserId> {
        let mut here = BTreeSet::new();
        while let Some(frame) = outlet.pop() {
            match ServerFrame::decode(&frame.into_text()).unwrap() {
                ServerFrame::Connected(connected) => {
                    here =
                        connected.connected_user_list.into_iter().map(|other| other.id).collect();
                }
                ServerFrame::Joined(joined) => drop(here.insert(joined.0.id)),
                ServerFrame::Disconnected(gone) => drop(here.remove(&gone.0.id)),
                other => panic!("{other:?}"),
            }
        }
        here
    }

    #[tokio::test]
    async fn who_was_too_slow_to_hear_who_came_is_told_who_is_here() {
        let folder = tempfile::tempdir().unwrap();
        let (hub, clock) = hub_with_one_reader(folder.path()).await;
        let (anna, bob, cem) = (person("anna"), person("bob"), person("cem"));
        let to_anna = outlet("anna", 1, 100_000);
        hub.arrive(&anna);
        hub.arrive(&cem);
        hub.subscribe(&to_anna, Topic::Presence);
        hub.restate_presence(&to_anna, &anna);
        assert_eq!(believed(&to_anna), [anna.id.clone(), cem.id.clone()].into());
        hub.arrive(&bob);
        hub.depart(&cem, Attention::Online);
        clock.advance(hub.0.rules.hub.presence_grace);
        while hub.people().list(&anna.id, 0).0 > 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(to_anna.connection.traffic.shed.load(Relaxed), 1, "there was room for one");
        assert!(to_anna.pop().is_some() && to_anna.lacks_presence());
        hub.restate_presence(&to_anna, &anna);
        assert_eq!(believed(&to_anna), [anna.id, bob.id].into());
    }

    #[tokio::test]
    async fn of_a_list_longer_than_is_told_the_page_asks() {
        let folder = tempfile::tempdir().unwrap();
        let (hub, _) = hub_with_one_reader(folder.path()).await;
        let (anna, to_anna) = (person("anna"), outlet("anna", 64, 100_000));
        let max = hub.0.rules.hub.people_listed_max;
        hub.arrive(&anna);
        for n in 2..=max {
            hub.arrive(&person(&format!("p{n}")));
        }
        let frames = |outlet: &Outlet| std::iter::from_fn(|| outlet.pop()).count();
        hub.restate_presence(&to_anna, &anna);
        assert_eq!(frames(&to_anna), 1, "all are told");
        hub.arrive(&person("last"));
        hub.restate_presence(&to_anna, &anna);
        assert_eq!(frames(&to_anna), 2, "and that the list of dialogs is to be fetched");
    }

    #[tokio::test]
    async fn who_comes_and_goes_while_the_history_is_read_is_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (hub, clock) = hub_with_one_reader(folder.path()).await;
        let (anna, bob, cem) = (person("anna"), person("bob"), person("cem"));
        let (lobby, to_anna) = (in_lobby(&anna), outlet("anna", 64, 100_000));
        hub.subscribe(&to_anna, Topic::Presence);
        hub.arrive(&cem);
        hub.arrive(&anna);
        let mut earlier = Box::pin(hub.history(&lobby, Place::Latest, 50));
        assert!(futures::poll!(&mut earlier).is_pending(), "has the only reader");
        let mut connects = Box::pin(hub.connect(&to_anna, &lobby));
        assert!(futures::poll!(&mut connects).is_pending(), "waits for the reader");

        hub.arrive(&bob);
        hub.depart(&cem, Attention::Online);
        clock.advance(hub.0.rules.hub.presence_grace);
        while hub.people().list(&anna.id, 0).0 > 2 {
            tokio::task::yield_now().await;
        }
        drop(earlier);
        connects.await.unwrap();
        assert_eq!(believed(&to_anna), [anna.id, bob.id].into());
    }
}
