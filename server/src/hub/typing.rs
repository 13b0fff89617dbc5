//! To type: the others see that someone is about to say something. It is not stored, nobody waits for
//! it, and a reader that is slow is not told (DESIGN §5). It does not pass through the log, so it is
//! dropped when it might overtake a removal: whoever is out hears nothing more (DESIGN §7, G8).

use confab_protocol::{ServerFrame, Topic, TypingStarted, TypingStopped};

use super::{Encoded, Hub};
use crate::store::{Member, ReadError};

/// Whether someone has begun or stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Typing {
    /// They write.
    Started,
    /// They do not any more.
    Stopped,
}

impl Hub {
    /// Tells the others in a dialog that someone has begun or stopped writing.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: they belong to it no more, or nobody can tell.
    pub async fn typing(&self, member: &Member, typing: Typing) -> Result<(), ReadError> {
        let as_of = self.0.listeners.expulsions();
        // The name is read too: a socket knows only the one that its person had when it was opened.
        let (readers, username) = self.0.store.readers(member).await?;
        let (dialog_id, person) = (member.dialog().clone(), member.person());
        let user_id = person.id.clone();
        let frame: ServerFrame = match typing {
            Typing::Started => TypingStarted { dialog_id, user_id, username }.into(),
            Typing::Stopped => TypingStopped { dialog_id, user_id }.into(),
        };
        let frame = Encoded::new(&frame);
        let readers = (&readers, as_of);
        self.0.listeners.tell_other_readers(&Topic::Typing, &frame, readers, &person.id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use confab_protocol::{DialogId, DialogTitle, Limits, Person, Timestamp, UserId, Username};
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        hub::{Outlet, Place, Rules, outlet::tests::outlet},
        ops::{Clock, Outside, Random, Registry, Shutdown, config, registry::Quota},
        store::Store,
    };

    fn person(name: &str) -> Person {
        Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
    }

    /// Anna and Bob in a group, in a hub whose readers of the log wait for one another.
    async fn group(folder: &Path) -> (Hub, DialogId) {
        let (clock, _) = Clock::manual(Timestamp::from_unix_ms(0));
        let (shutdown, random) = (Shutdown::default(), Random::from_seed(1));
        let (changes, committed) = mpsc::channel(64);
        let config = config::Store { readers: 1, ..config::Store::default() };
        let store =
            Store::open(folder, &config, Outside::new(clock.clone(), random), changes, &shutdown);
        let store = store.await.unwrap();
        for name in ["anna", "bob"] {
            store.keep_guest(person(name)).await.unwrap();
        }
        let title = DialogTitle::parse("Tea").unwrap();
        let begun = store.begin_group(person("anna"), title, vec![person("bob").id]);
        let dialog = begun.await.unwrap().dialog.dialog_id;
        let registry = Arc::new(Registry::new(Quota { per_user: 10, per_address: 10 }));
        let rules = Rules { hub: config::Hub::default(), limits: Limits::default() };
        let hub = Hub::start(rules, clock, store, registry, committed, shutdown).await;
        (hub.unwrap(), dialog)
    }

    fn heard(outlet: &Outlet) -> usize {
        std::iter::from_fn(|| outlet.pop()).count()
    }

    #[tokio::test]
    async fn typing_that_would_overtake_a_removal_is_told_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let (hub, dialog) = group(folder.path()).await;
        let (anna, bob) = (Member::attested(person("anna"), dialog), outlet("bob", 8, 1000));
        hub.subscribe(&bob, Topic::Typing);
        hub.typing(&anna, Typing::Started).await.unwrap();
        assert_eq!(heard(&bob), 1, "Bob is a member");

        let lobby = Member::attested(person("anna"), DialogId::lobby());
        let mut earlier = Box::pin(hub.history(&lobby, Place::Latest, 50));
        assert!(futures::poll!(&mut earlier).is_pending(), "has the only reader");
        let mut typing = Box::pin(hub.typing(&anna, Typing::Stopped));
        assert!(futures::poll!(&mut typing).is_pending(), "waits for the reader");
        // Bob is out. To whoever reads an older state of the database he is a member still.
        hub.0.listeners.expel(&person("bob").id, anna.dialog());
        drop(earlier);
        typing.await.unwrap();
        assert_eq!(heard(&bob), 0);
    }
}
