//! To resume: someone comes back with positions, and is told what they missed.
//!
//! However many dialogs they have open, the database is asked once: in one snapshot, to which of them
//! they belong, what happened there since, and what their page comes to with it. So many come back at
//! once after a restart that each question counts; the other one is who they are.
//!
//! As in [`join`](super::join), the socket hears each dialog before the log is read. That it may be none
//! of theirs does no harm: what is told names its readers, whoever listens
//! ([`listeners`](super::listeners)).

use std::sync::Arc;

use confab_protocol::{Connected, DialogId, DialogReset, Ev, Person, ResetReason, Topic};

use super::{Hub, JoinError, Joined, Outlet};
use crate::store::{CatchUp, Member, Unavailable};

/// What became of each dialog.
pub type Resumed = Vec<(DialogId, Result<Joined, JoinError>)>;

impl Hub {
    /// Tells a socket who is here, and gives what its person missed in each dialog.
    ///
    /// When the database does not answer, the people are told all the same (document 002: the socket
    /// does not depend on it), and the dialogs are to be joined again.
    pub async fn resume(
        &self,
        outlet: &Arc<Outlet>,
        person: &Person,
        positions: Vec<(DialogId, Ev)>,
    ) -> Resumed {
        positions.iter().for_each(|(dialog, _)| self.hears(outlet, dialog));
        let max = self.limits().catch_up_events;
        let (digest, missed) = match self.0.store.resume(&person.id, &positions, max).await {
            Ok((digest, missed)) => (Some(digest), missed.into_iter().map(Ok).collect()),
            Err(Unavailable { .. }) => {
                (None, positions.iter().map(|_| Err(JoinError::Unavailable)).collect::<Vec<_>>())
            }
        };
        // Without a digest they fetch everything anew, as they would if it were not what they have.
        self.tell_connected(outlet, person, |connected| Connected { digest, ..connected });
        let pairs = positions.into_iter().zip(missed);
        pairs.map(|((dialog, _), missed)| self.resumed(outlet, dialog, missed)).collect()
    }

    /// The same for positions of another life of the database, which are void.
    pub fn resume_anew(
        &self,
        outlet: &Arc<Outlet>,
        person: &Person,
        dialogs: Vec<Member>,
    ) -> Resumed {
        self.tell_connected(outlet, person, |connected| connected);
        let reset =
            |dialog_id| Joined::Reset(DialogReset { dialog_id, why: ResetReason::OtherEpoch });
        let resumed = dialogs.into_iter().map(|member| {
            let dialog = member.dialog().clone();
            self.hears(outlet, &dialog);
            (dialog.clone(), Ok(reset(dialog)))
        });
        resumed.collect()
    }

    fn hears(&self, outlet: &Arc<Outlet>, dialog: &DialogId) {
        self.subscribe(outlet, Topic::Dialog(dialog.clone()));
    }

    fn resumed(
        &self,
        outlet: &Outlet,
        dialog_id: DialogId,
        missed: Result<Option<CatchUp>, JoinError>,
    ) -> (DialogId, Result<Joined, JoinError>) {
        let joined = missed.and_then(|missed| missed.ok_or(JoinError::NoSuchDialog));
        // Also when nobody can tell whose it is: they will join again.
        if joined.is_err() && dialog_id != DialogId::lobby() {
            self.leave(outlet, &dialog_id);
        }
        let joined = joined.map(|missed| self.caught_up(&dialog_id, missed));
        (dialog_id, joined)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::atomic::{AtomicUsize, Ordering::Relaxed},
        time::Duration,
    };

    use confab_protocol::{Limits, Timestamp, UserId, Username};
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        hub::{Rules, outlet::tests::outlet},
        ops::{
            Access, Clock, Disk, Outside, Random, Registry, Shutdown, config, disk::Played,
            registry::Quota,
        },
        store::Store,
    };

    /// The machine's disk, and how often it was read.
    #[derive(Debug, Default)]
    struct Counted(AtomicUsize);

    impl Played for Counted {
        fn begins(&self, access: Access) -> io::Result<Duration> {
            self.0.fetch_add(usize::from(access == Access::Read), Relaxed);
            Ok(Duration::ZERO)
        }

        fn is_done(&self, _: Access) -> io::Result<Duration> {
            Ok(Duration::ZERO)
        }
    }

    #[tokio::test]
    async fn however_many_dialogs_the_database_is_asked_once() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, _) = Clock::manual(Timestamp::from_unix_ms(0));
        let (shutdown, disk) = (Shutdown::default(), Arc::new(Counted::default()));
        let (random, disk_of_store) = (Random::from_seed(1), Disk::played(disk.clone()));
        let outside = Outside { clock: clock.clone(), random, disk: disk_of_store };
        let (news, committed) = mpsc::channel(1);
        let config = config::Store::default();
        let store = Store::open(folder.path(), &config, outside, news, &shutdown).await.unwrap();
        let registry = Arc::new(Registry::new(Quota { per_user: 10, per_address: 10 }));
        let rules = Rules { hub: config::Hub::default(), limits: Limits::default() };
        let hub = Hub::start(rules, clock, store, registry, committed, shutdown).await.unwrap();
        let name = Username::parse("Anna").unwrap();
        let anna = Person { id: UserId::parse("anna").unwrap(), username: name };

        let dialogs = (1..=20).map(|n| DialogId::parse(format!("d{n}")).unwrap());
        let dialogs = dialogs.chain([DialogId::lobby()]).map(|dialog| (dialog, Ev(0))).collect();
        let before = disk.0.load(Relaxed);
        let resumed = hub.resume(&outlet("anna", 64, 100_000), &anna, dialogs).await;
        assert_eq!(disk.0.load(Relaxed) - before, 1);
        let known = resumed.iter().filter(|(_, joined)| joined.is_ok());
        assert_eq!((resumed.len(), known.count()), (21, 1), "the lobby alone is hers");
    }
}
