//! Where a client stopped reading.

use crate::{
    DialogId, Epoch, Ev,
    json::{Fit, FromJson, Json, Object, ToJson, Writer, wire},
};

/// The last change seen or made, per dialog: an object on the wire, `{"lobby": 17}`.
///
/// A sorted list, because a socket joins a handful of dialogs, and a tree map's code would weigh
/// more in the browser's download than all it could hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = std::collections::BTreeMap<String, u64>)
)]
pub struct Positions(Vec<(DialogId, Ev)>);

impl Positions {
    /// No dialogs.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets a dialog's position; the one it had before is gone.
    pub fn insert(&mut self, dialog: DialogId, ev: Ev) {
        match self.place(&dialog) {
            Ok(place) => self.0[place].1 = ev,
            Err(place) => self.0.insert(place, (dialog, ev)),
        }
    }

    /// A dialog's position.
    pub fn get(&self, dialog: &DialogId) -> Option<Ev> {
        self.place(dialog).ok().map(|place| self.0[place].1)
    }

    /// How many dialogs there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Dialogs and positions, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&DialogId, Ev)> {
        self.0.iter().map(|(dialog, ev)| (dialog, *ev))
    }

    fn place(&self, dialog: &DialogId) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(dialog))
    }
}

impl FromIterator<(DialogId, Ev)> for Positions {
    fn from_iter<I: IntoIterator<Item = (DialogId, Ev)>>(positions: I) -> Self {
        let mut collected = Self::new();
        positions.into_iter().for_each(|(dialog, ev)| collected.insert(dialog, ev));
        collected
    }
}

impl<const N: usize> From<[(DialogId, Ev); N]> for Positions {
    fn from(positions: [(DialogId, Ev); N]) -> Self {
        positions.into_iter().collect()
    }
}

impl IntoIterator for Positions {
    type Item = (DialogId, Ev);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromJson for Positions {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let mut positions = Self::new();
        for (dialog, ev) in Object::of(json, fit).iter() {
            match DialogId::parse(dialog) {
                Ok(dialog) => positions.insert(dialog, Ev::from_json(ev, fit)),
                Err(_) => fit.misfit(),
            }
        }
        positions
    }
}

impl ToJson for Positions {
    fn write_json(&self, writer: &mut Writer) {
        writer.open('{');
        self.iter().for_each(|(dialog, ev)| writer.field(dialog.as_str(), &ev));
        writer.close('}');
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Positions;

    impl<'de> Deserialize<'de> for Positions {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            BTreeMap::deserialize(deserializer).map(|map| map.into_iter().collect())
        }
    }

    impl Serialize for Positions {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.iter())
        }
    }
}

wire! {
    /// What a client that has been here before says in `connecting`.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Resume {
        /// The life of the database that the positions belong to.
        "epoch" => epoch: Epoch,
        /// The last change it has, per dialog it reads; the socket joins these dialogs.
        "positions" => positions: Positions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog(id: &str) -> DialogId {
        DialogId::parse(id).unwrap()
    }

    #[test]
    fn the_last_word_on_a_dialog_counts_whatever_the_order() {
        let mut positions = Positions::from([(dialog("b"), Ev(2)), (dialog("a"), Ev(1))]);
        assert_eq!(positions, Positions::from([(dialog("a"), Ev(1)), (dialog("b"), Ev(2))]));
        positions.insert(dialog("b"), Ev(7));
        assert_eq!((positions.get(&dialog("b")), positions.get(&dialog("c"))), (Some(Ev(7)), None));
        assert_eq!((positions.len(), positions.is_empty()), (2, false));
        assert!(Positions::new().is_empty());
        let pairs: Vec<_> = positions.into_iter().collect();
        assert_eq!(pairs, [(dialog("a"), Ev(1)), (dialog("b"), Ev(7))]);
    }

    #[test]
    fn both_halves_write_an_object() {
        let positions = Positions::from([(dialog("b"), Ev(2)), (dialog("a"), Ev(1))]);
        assert_eq!(crate::json::write(&positions), r#"{"a":1,"b":2}"#);
        assert_eq!(serde_json::to_string(&positions).unwrap(), r#"{"a":1,"b":2}"#);
    }
}
