//! A dialog with its members.

use confab_protocol::{DialogEvent, DialogUpdate, Receipt, UserId, rest::DialogDetails};

use super::Listed;

/// Applies the next change of the dialog, as it reads for `you`.
pub fn apply_to_details(details: &mut DialogDetails, event: &DialogEvent, you: &UserId) {
    let _ = (details, event, you);
}

/// A member has got or seen more. The numbers only grow.
pub fn apply_receipt(details: &mut DialogDetails, receipt: &Receipt) {
    let _ = (details, receipt);
}

/// Our list has another line for this dialog: read elsewhere, muted. [`Listed::Gap`]: it was read at
/// another position than the details, which are to be fetched.
pub fn apply_update(details: &mut DialogDetails, update: &DialogUpdate) -> Listed {
    let _ = (details, update);
    Listed::Known
}
