//! Two and three people at once: what each of them sees of what another does, without asking.

mod direct;
mod groups;
mod messages;
mod presence;
mod receipts;
mod topics;
mod twins;
mod typing;

use confab_protocol::{DialogChange, DialogId};

use crate::harness::{Client, Person, TestServer, hears};

/// Anna, Bob and Cem, and a group of the three that is Anna's.
struct Three<'a> {
    anna: Person<'a>,
    bob: Person<'a>,
    cem: Person<'a>,
    /// Their ids, in this order.
    ids: [String; 3],
    group: DialogId,
}

impl<'a> Three<'a> {
    async fn meet(server: &'a TestServer) -> Self {
        let mut anna = server.guest("Anna").await;
        let mut bob = server.guest("Bob").await;
        let mut cem = server.guest("Cem").await;
        let ids = [anna.id().await, bob.id().await, cem.id().await];
        let group = anna.begins_group("Tea", &[&ids[1], &ids[2]]).await;
        Self { anna, bob, cem, ids, group }
    }
}

/// The change of a dialog that is heard next, with its number in the dialog's log.
async fn hears_change(client: &mut Client, ev: u64) -> DialogChange {
    let changed = hears!(client, DialogChanged);
    assert_eq!(changed.event.ev.0, ev, "{changed:?}");
    changed.event.change
}
