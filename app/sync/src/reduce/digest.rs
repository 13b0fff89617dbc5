//! What a page comes to, to be compared with what the server says it should.

use confab_protocol::{
    Digest,
    rest::{DialogDetails, DialogList},
};

/// What a list and the one open dialog come to. The same as in
/// [`Connected::digest`](confab_protocol::Connected): nothing has changed since they were read.
pub fn digest(list: &DialogList, open: &DialogDetails) -> Digest {
    let changes = list.dialogs.iter().map(|dialog| dialog.ev.0).fold(0, u64::saturating_add);
    let come = open.members.iter().map(|member| member.delivered.0.saturating_add(member.read.0));
    Digest { uev: list.uev, changes, receipts: come.fold(0, u64::saturating_add) }
}
