//! A part of a dialog's messages, as it is asked for.

use confab_protocol::{Seq, rest::MessagesPage};

use crate::words::digits;

/// A part of a dialog's messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The last page, in the place of the window.
    Latest,
    /// The last page if it reaches back to this message, else the page around it: messages may be so
    /// long that few fit.
    Reaching(Seq),
    /// The page around a message, in the place of the window.
    Around(Seq),
    /// The page before the window's first.
    Before(Seq),
    /// The page after the window's last.
    After(Seq),
}

impl Place {
    /// The query of its address.
    pub fn query(self) -> String {
        let (name, seq) = match self {
            Self::Latest | Self::Reaching(_) => return String::new(),
            Self::Around(seq) => ("?around=", seq),
            Self::Before(seq) => ("?before=", seq),
            Self::After(seq) => ("?after=", seq),
        };
        [name, &digits(seq.0)].concat()
    }

    /// The place that is wanted instead, now that its page has come.
    pub fn missed(self, page: &MessagesPage) -> Option<Self> {
        match self {
            Self::Reaching(seq) if !page.reaches(seq) => Some(Self::Around(seq)),
            _ => None,
        }
    }

    /// Whether a page that this browser kept, and that lacks only what is new, shows this place.
    pub fn is_in(self, kept: &MessagesPage) -> bool {
        let holds = |seq| {
            let (first, last) = (kept.messages.first(), kept.messages.last());
            first.is_some_and(|first| first.seq <= seq) && last.is_some_and(|last| seq <= last.seq)
        };
        match self {
            Self::Latest => true,
            Self::Reaching(seq) => kept.reaches(seq),
            Self::Around(seq) => holds(seq),
            Self::Before(_) | Self::After(_) => false,
        }
    }

    /// Whether it makes the window longer instead of another.
    pub fn extends(self) -> bool {
        matches!(self, Self::Before(_) | Self::After(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::windows::tests::page;

    #[test]
    fn a_place_reads_as_its_address() {
        assert_eq!(Place::Latest.query(), "");
        assert_eq!(Place::Reaching(Seq(9)).query(), "");
        assert_eq!(Place::Before(Seq(51)).query(), "?before=51");
        assert_eq!(Place::Around(Seq(7)).query(), "?around=7");
        assert_eq!(Place::After(Seq(0)).query(), "?after=0");
    }

    #[test]
    fn a_page_that_does_not_reach_what_is_new_makes_place_for_one_that_does() {
        let page = |has_more| MessagesPage { has_more, ..page(17, 40) };
        let reaching = Place::Reaching(Seq(16));
        assert_eq!(reaching.missed(&page(true)), Some(Place::Around(Seq(16))));
        assert_eq!(reaching.missed(&page(false)), None);
        assert_eq!(Place::Reaching(Seq(17)).missed(&page(true)), None);
        assert_eq!(Place::Latest.missed(&page(true)), None, "who goes to the latest gets there");
    }

    #[test]
    fn what_was_kept_is_shown_where_it_holds_what_is_wanted() {
        let kept = MessagesPage { has_more: true, ..page(17, 40) };
        let holds = [Place::Latest, Place::Reaching(Seq(17)), Place::Around(Seq(40))];
        assert!(holds.iter().all(|place| place.is_in(&kept)));
        let lacks = [Place::Reaching(Seq(16)), Place::Around(Seq(41)), Place::Around(Seq(16))];
        assert!(!lacks.iter().any(|place| place.is_in(&kept)));
        assert!(Place::Reaching(Seq(41)).is_in(&kept), "what is new will come");
        assert!(!Place::Before(Seq(40)).is_in(&kept));
    }
}
