//! Tags: what an entry says it was made of, and what a change says it has touched.

use std::{borrow::Cow, fmt};

/// A name such as `messages`, or one thing under it, such as `messages:lobby`.
///
/// An entry *provides* tags, an `invalidate` frame or a local change *invalidates* them. The two
/// meet as in RTK Query: a bare name invalidates everything under it; a name with an id
/// invalidates what provides exactly that, and not the entries that provide the bare name. A list
/// that changes when one of its members does provides the members' tags beside its own.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Tag {
    name: Cow<'static, str>,
    id: Option<String>,
}

impl Tag {
    /// Everything under a name.
    pub const fn new(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), id: None }
    }

    /// One thing under a name.
    pub fn with_id(name: &'static str, id: impl Into<String>) -> Self {
        Self { name: Cow::Borrowed(name), id: Some(id.into()) }
    }

    /// Reads a tag as an `invalidate` frame carries it: `messages` or `messages:lobby`. What
    /// follows the first colon is the id; an empty one means the whole name, because refetching too
    /// much is a waste and refetching too little is a lie.
    pub fn parse(text: &str) -> Self {
        let (name, id) = text.split_once(':').unwrap_or((text, ""));
        let id = (!id.is_empty()).then(|| id.to_owned());
        Self { name: Cow::Owned(name.to_owned()), id }
    }

    /// Whether invalidating this tag reaches an entry that provides `provided`.
    pub fn invalidates(&self, provided: &Tag) -> bool {
        self.name == provided.name && (self.id.is_none() || self.id == provided.id)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        self.id.iter().try_for_each(|id| write!(formatter, ":{id}"))
    }
}

/// Whether any of the invalidated tags reaches any of the provided ones.
pub(super) fn touches(invalidated: &[Tag], provided: &[Tag]) -> bool {
    invalidated.iter().any(|tag| provided.iter().any(|provided| tag.invalidates(provided)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_as_it_is_written() {
        for tag in
            [Tag::new("messages"), Tag::with_id("messages", "lobby"), Tag::with_id("a", "b:c")]
        {
            assert_eq!(Tag::parse(&tag.to_string()), tag);
        }
        assert_eq!(Tag::parse("messages:"), Tag::new("messages"));
    }

    #[test]
    fn a_name_reaches_all_under_it_and_an_id_only_itself() {
        let (all, lobby) = (Tag::new("messages"), Tag::with_id("messages", "lobby"));
        assert!(all.invalidates(&all) && all.invalidates(&lobby) && lobby.invalidates(&lobby));
        assert!(!lobby.invalidates(&all));
        assert!(!lobby.invalidates(&Tag::with_id("messages", "kitchen")));
        assert!(!all.invalidates(&Tag::new("people")));
    }
}
