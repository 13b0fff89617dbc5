//! Whether someone is there: online, away from their pages, or gone since a moment.
//!
//! Who is online or away is known here, because it is true of sockets and of nothing else; when
//! someone was last seen is stored, because it outlives them.

use confab_protocol::{
    Dialog, Person, Presence, PresenceState, PresenceUpdate, ServerFrame, Topic, UserId,
    rest::FoundPerson,
};

use super::{Audience, Encoded, Hub, people::Attention};

impl Hub {
    /// A socket of someone who is here says whether somebody is at it. Everyone hears of it when that
    /// makes them another: online if one socket is, away if all are.
    pub fn look(&self, person: &Person, attention: Attention) {
        let mut people = self.people();
        let before = people.attention(&person.id);
        people.look(&person.id, attention);
        let after = people.attention(&person.id);
        if before != after
            && let Some(after) = after
        {
            self.tell_attention(&person.id, after);
        }
    }

    pub(super) fn tell_attention(&self, user: &UserId, attention: Attention) {
        let away = attention == Attention::Away;
        let update = PresenceUpdate { user_id: user.clone(), away };
        let frame = Encoded::new(&ServerFrame::from(update));
        self.0.listeners.tell(&Topic::Presence, &frame, Audience::Everyone);
    }

    /// Whether someone is there; the stored time counts for who is not.
    fn presence(&self, user: &UserId, stored: Presence) -> Presence {
        match self.people().attention(user) {
            Some(Attention::Online) => state(PresenceState::Online),
            Some(Attention::Away) => state(PresenceState::Away),
            None => Presence { state: PresenceState::Offline, ..stored },
        }
    }

    /// Adds to a direct dialog whether the other one is there; unless they are gone for good.
    pub(super) fn notice_presence(&self, dialog: &mut Dialog) {
        if let (Some(peer), Some(stored)) = (&dialog.peer, dialog.presence) {
            dialog.presence = Some(self.presence(&peer.id, stored));
        }
    }

    /// Adds to people that were found whether they are there.
    pub(super) fn notice_presences(&self, people: &mut [FoundPerson]) {
        for person in people {
            person.presence = self.presence(&person.id, person.presence);
        }
    }
}

fn state(state: PresenceState) -> Presence {
    Presence { state, last_seen_at: None }
}
