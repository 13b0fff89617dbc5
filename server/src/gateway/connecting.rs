//! `connecting`: someone says who they are and, if they have been here before, where they stopped.
//!
//! After a restart everyone comes back in the same moment. So many as the database serves well are
//! let in at once; the others wait in line, and whoever would wait for too long is sent away with a
//! moment to come back at (`bye { afterMs }`, 1013).

use std::{sync::Arc, time::Duration};

use confab_protocol::{Connecting, DialogId, Person, Resume};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Gateway, answers, connection, inbound::Speaker};
use crate::{
    auth::Identity,
    hub::{Attention, JoinError, Outlet, Resumed},
    ops::{Clock, config},
};

/// Dialogs that one `connecting` may resume: more than a person has open, less than a flood.
const RESUMED_MAX: usize = 100;

/// How many are let in at once.
pub(super) struct Admission {
    places: Semaphore,
    patience: Duration,
}

impl Admission {
    /// As the settings say.
    pub fn new(config: &config::Gateway) -> Self {
        let places = Semaphore::new(config.catch_ups_max);
        Self { places, patience: config.catch_up_patience }
    }

    /// Waits for a place, in line, but not for too long.
    async fn enter(&self, clock: &Clock) -> Option<SemaphorePermit<'_>> {
        let over = clock.now() + self.patience;
        tokio::select! {
            biased;
            place = self.places.acquire() => place.ok(),
            () = clock.sleep_until(over) => None,
        }
    }
}

impl Gateway {
    /// Lets someone in, or sends them away for a moment.
    pub(super) async fn connecting(
        &self,
        connecting: Connecting,
        outlet: &Arc<Outlet>,
        speaker: &mut Speaker,
    ) {
        let parts = &self.0;
        let Some(_place) = self.admission().enter(&parts.clock).await else {
            return connection::send_away(parts, outlet, "too many come back at once");
        };
        if let Some(name) = connecting.username
            && matches!(speaker.identity, Identity::Nobody)
        {
            match parts.auth.moment_name(&name).await {
                Ok(username) => speaker.person.username = username,
                Err(error) => return outlet.tell(answers::not_connected(&error)),
            }
        }
        self.arrives(speaker);
        if let Some(resume) = connecting.resume {
            return self.resume(resume, outlet, speaker).await;
        }
        let lobby = parts.auth.lobby(speaker.person.clone());
        if parts.hub.connect(outlet, &lobby).await.is_err() {
            outlet.tell(answers::history_unavailable());
        }
    }

    fn arrives(&self, speaker: &mut Speaker) {
        let hub = &self.0.hub;
        if speaker.is_here {
            // Everyone else has said by REST what they are called now.
            if matches!(speaker.identity, Identity::Nobody) {
                hub.is_called(&speaker.person);
            }
            return;
        }
        speaker.is_here = true;
        hub.arrive(&speaker.person);
        if speaker.attention == Attention::Away {
            hub.look(&speaker.person, Attention::Away);
        }
    }

    /// Tells what was missed in every dialog.
    async fn resume(&self, resume: Resume, outlet: &Arc<Outlet>, speaker: &Speaker) {
        let (person, hub) = (&speaker.person, &self.0.hub);
        let Resume { epoch, positions } = resume;
        let positions: Vec<_> = positions.into_iter().take(RESUMED_MAX).collect();
        let resumed = match epoch == *hub.epoch() {
            true => hub.resume(outlet, person, positions).await,
            false => {
                let dialogs = positions.into_iter().map(|(dialog, _)| dialog).collect();
                self.resume_anew(outlet, person, dialogs).await
            }
        };
        for (dialog, joined) in resumed {
            match joined {
                Ok(joined) => outlet.tell(joined),
                Err(why) => {
                    outlet.tell(answers::not_joined(dialog, why.code(), &why, "connecting"));
                }
            }
        }
    }

    /// The same for positions of another life of the database.
    async fn resume_anew(
        &self,
        outlet: &Arc<Outlet>,
        person: &Person,
        dialogs: Vec<DialogId>,
    ) -> Resumed {
        let asked: Vec<_> = dialogs.iter().collect();
        let (proofs, why): (Vec<_>, fn() -> JoinError) =
            match self.0.auth.members(person, &asked).await {
                Ok(proofs) => (proofs, || JoinError::NoSuchDialog),
                // The people are told all the same, as to everyone.
                Err(_) => (vec![None; dialogs.len()], || JoinError::Unavailable),
            };
        let refused = dialogs.into_iter().zip(&proofs).filter(|(_, proof)| proof.is_none());
        let refused: Vec<_> = refused.map(|(dialog, _)| (dialog, Err(why()))).collect();
        let members = proofs.into_iter().flatten().collect();
        let mut resumed = self.0.hub.resume_anew(outlet, person, members);
        resumed.extend(refused);
        resumed
    }
}

#[cfg(test)]
mod tests {
    use confab_protocol::Timestamp;
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn so_many_are_let_in_and_the_others_wait_in_line_but_not_for_ever() {
        let (clock, time) = Clock::manual(Timestamp::from_unix_ms(0));
        let config = config::Gateway { catch_ups_max: 1, ..config::Gateway::default() };
        let admission = Admission::new(&config);
        let first = admission.enter(&clock).await.expect("there is a place");
        let (mut second, mut third) =
            (Box::pin(admission.enter(&clock)), Box::pin(admission.enter(&clock)));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(first);
        assert!(poll!(&mut third).is_pending(), "not before their turn");
        let second = second.await.expect("it is their turn");
        time.advance(config.catch_up_patience);
        assert!(third.await.is_none(), "sent away");
        drop(second);
        assert!(admission.enter(&clock).await.is_some(), "and who comes back finds a place");
    }
}
