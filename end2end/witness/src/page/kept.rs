//! What of a page outlives it.

use std::collections::BTreeMap;

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{DialogId, Epoch, rest::MessagesPage};

use super::Page;

/// What a browser keeps of a page for the next one: of which life of the database it is, and each
/// dialog with its position.
pub struct Kept {
    pub(super) epoch: Epoch,
    pub(super) pages: BTreeMap<DialogId, MessagesPage>,
}

impl Kept {
    /// Of which life it is, and nothing more: as a page that comes from the server says.
    #[must_use]
    pub fn without_pages(self) -> Self {
        Self { pages: BTreeMap::new(), ..self }
    }
}

#[cfg(feature = "plants")]
impl Kept {
    /// With the position ahead of what is kept, if that is planted.
    fn planted(mut self) -> Self {
        if is_planted(Plant::PositionKeptAhead) {
            self.pages.values_mut().for_each(|page| page.ev.0 += 1);
        }
        self
    }
}

impl Page {
    /// What a browser keeps of it, if it knows of which life of the database it is.
    pub fn kept(&self) -> Option<Kept> {
        let kept = Kept { epoch: self.epoch.clone()?, pages: self.shown.pages.clone() };
        #[cfg(feature = "plants")]
        let kept = kept.planted();
        Some(kept)
    }
}
