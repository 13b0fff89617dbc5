//! That nothing on a page goes back: no position, no message to an older state, no receipt to an earlier
//! place; and that nothing between two messages vanishes.

use std::collections::BTreeMap;

use confab_protocol::{
    DialogId, Ev, Seq, UserId,
    rest::{DialogDetails, MessagesPage},
};

use crate::shown::Shown;

/// How far each dialog was shown when it was last looked at.
#[derive(Default)]
pub struct Seen(BTreeMap<DialogId, Look>);

#[derive(Default)]
struct Look {
    at: Option<Ev>,
    /// Whether there may be messages before them.
    has_more: bool,
    /// By place, in order: as of which change.
    messages: Vec<(Seq, Ev)>,
    /// What has come to someone, and what they have read.
    receipts: BTreeMap<UserId, (Seq, Seq)>,
}

impl Seen {
    /// Looks at a dialog: what has gone back since the last look, if anything has. What is not shown
    /// any more may come back as it likes.
    pub fn looks(&mut self, dialog: &DialogId, shown: &Shown) -> Option<String> {
        let (page, details) = (shown.pages.get(dialog), shown.details.get(dialog));
        if page.is_none() && details.is_none() {
            self.0.remove(dialog);
            return None;
        }
        let now = Look::of(page, details);
        let story = self.0.get(dialog).and_then(|before| before.is_ahead_of(&now));
        self.0.insert(dialog.clone(), now);
        story.map(|story| format!("{dialog}: {story}"))
    }
}

impl Look {
    fn of(page: Option<&MessagesPage>, details: Option<&DialogDetails>) -> Self {
        let messages = page.map(|page| &page.messages[..]).unwrap_or_default();
        let members = details.map(|details| &details.members[..]).unwrap_or_default();
        Self {
            at: page.map(|page| page.ev),
            has_more: page.is_none_or(|page| page.has_more),
            messages: messages.iter().map(|message| (message.seq, message.ev)).collect(),
            receipts: members
                .iter()
                .map(|member| (member.id.clone(), (member.delivered, member.read)))
                .collect(),
        }
    }

    fn is_ahead_of(&self, now: &Self) -> Option<String> {
        if let (Some(before), Some(now)) = (self.at, now.at)
            && now < before
        {
            return Some(format!("from {} to {}", before.0, now.0));
        }
        self.message_ahead_of(now).or_else(|| self.receipt_ahead_of(now))
    }

    fn message_ahead_of(&self, now: &Self) -> Option<String> {
        // What lies before the first may be fetched; unless that is the beginning.
        let first = match now.messages.first() {
            Some((first, _)) if now.has_more => *first,
            None if now.at.is_none() => return None,
            _ => Seq(0),
        };
        let mut others = now.messages.iter().peekable();
        self.messages.iter().filter(|(seq, _)| *seq >= first).find_map(|(seq, before)| {
            while others.next_if(|(other, _)| other < seq).is_some() {}
            match others.peek() {
                Some((other, ev)) if other == seq => {
                    (ev < before).then(|| format!("{} from {} to {}", seq.0, before.0, ev.0))
                }
                _ => Some(format!("{} is gone", seq.0)),
            }
        })
    }

    fn receipt_ahead_of(&self, now: &Self) -> Option<String> {
        self.receipts.iter().find_map(|(whose, before)| {
            let now = now.receipts.get(whose)?;
            let is_back = now.0 < before.0 || now.1 < before.1;
            is_back.then(|| format!("{whose} from {before:?} to {now:?}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use confab_protocol::json;

    use super::*;

    /// There may be more before its first message, unless that is the first of all.
    fn page(ev: u64, messages: &[(u64, u64)]) -> Shown {
        let has_more = messages.first().is_some_and(|(seq, _)| *seq > 1);
        let messages: Vec<String> = messages
            .iter()
            .map(|(seq, ev)| {
                format!(
                    r#"{{"messageId":"m{seq}","dialogId":"d","seq":{seq},"ev":{ev},"senderId":"a",
                    "senderName":"A","clientId":"c{seq}","content":"x",
                    "createdAt":"2026-01-01T00:00:00.000Z"}}"#
                )
            })
            .collect();
        let messages = messages.iter().map(|text| json::read(text).unwrap()).collect();
        let page = MessagesPage { messages, ev: Ev(ev), has_more, has_newer: false };
        let mut shown = Shown::default();
        shown.pages.insert(DialogId::parse("d").unwrap(), page);
        shown
    }

    fn story(looks: &[Shown]) -> Option<String> {
        let (mut seen, dialog) = (Seen::default(), DialogId::parse("d").unwrap());
        looks.iter().filter_map(|shown| seen.looks(&dialog, shown)).last()
    }

    #[test]
    fn a_page_that_grows_or_begins_elsewhere_does_not_go_back() {
        let looks = [page(2, &[(1, 1), (2, 2)]), page(4, &[(2, 4), (3, 3)]), page(4, &[(3, 3)])];
        assert_eq!(story(&looks), None);
        assert_eq!(story(&[page(2, &[]), Shown::default(), page(1, &[])]), None, "it was gone");
    }

    #[test]
    fn what_goes_back_is_named() {
        let goes = |before, now| story(&[before, now]).unwrap();
        assert_eq!(goes(page(2, &[]), page(1, &[])), "d: from 2 to 1");
        assert_eq!(goes(page(4, &[(1, 4)]), page(5, &[(1, 3)])), "d: 1 from 4 to 3");
        let (two, one) = (page(3, &[(1, 1), (2, 2), (3, 3)]), page(3, &[(1, 1), (3, 3)]));
        assert_eq!(goes(two, one), "d: 2 is gone");
        assert_eq!(goes(page(2, &[(1, 1), (2, 2)]), page(2, &[(1, 1)])), "d: 2 is gone");
        assert_eq!(goes(page(2, &[(1, 1), (2, 2)]), page(3, &[])), "d: 1 is gone");
    }
}
