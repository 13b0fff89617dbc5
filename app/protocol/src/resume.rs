//! Where a client stopped reading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DialogId, Epoch, Ev};

/// The last change seen or made, per dialog.
pub type Positions = BTreeMap<DialogId, Ev>;

/// What a client that has been here before says in `connecting`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// The life of the database that the positions belong to.
    pub epoch: Epoch,
    /// The last change it has, per dialog it reads; the socket joins these dialogs.
    pub positions: Positions,
}
