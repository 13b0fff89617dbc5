//! What a screen shows is true: whatever the wire did, in the end a page shows what a fresh fetch
//! would bring, and on the way there it never goes back (DESIGN §7).

use std::collections::{BTreeMap, BTreeSet};

use confab_protocol::{Dialog, Ev, Message, MessageId};
use confab_sync::{Post, reduce::holds};
use proptest::{collection::vec, prelude::*};

use crate::{
    app::What,
    rig::user,
    room::is_ours,
    server::Deed,
    world::{Fate, World},
};

fn pick() -> impl Strategy<Value = usize> {
    0..64_usize
}

fn deed() -> impl Strategy<Value = Deed> {
    let (room, who) = (0..2_usize, 0..4_usize);
    prop_oneof![
        8 => (room.clone(), who.clone(), proptest::option::of(pick()))
            .prop_map(|(room, who, answers)| Deed::Says { room, who, answers }),
        3 => (room.clone(), pick()).prop_map(|(room, message)| Deed::Edits { room, message }),
        6 => (room.clone(), pick()).prop_map(|(room, message)| Deed::Deletes { room, message }),
        2 => (room.clone(), who.clone()).prop_map(|(room, who)| Deed::Adds { room, who }),
        1 => (room.clone(), who.clone()).prop_map(|(room, who)| Deed::Removes { room, who }),
        1 => room.clone().prop_map(|room| Deed::Renames { room }),
        1 => (room.clone(), who.clone()).prop_map(|(room, who)| Deed::PassesOwnership { room, who }),
        3 => (room.clone(), who, pick()).prop_map(|(room, who, seq)| Deed::Reads { room, who, seq }),
        1 => room.prop_map(|room| Deed::Mutes { room }),
        2 => pick().prop_map(|who| Deed::IsCalled { who }),
        1 => pick().prop_map(|who| Deed::IsGone { who }),
        1 => Just(Deed::TurnsUsOut),
        1 => Just(Deed::LetsUsIn),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let most = 1..5_usize;
    prop_oneof![
        2 => most.clone().prop_map(What::Latest),
        3 => (pick(), most.clone()).prop_map(|(seq, most)| What::Around(seq, most)),
        2 => most.clone().prop_map(What::Older),
        2 => most.prop_map(What::Newer),
        1 => Just(What::Details),
        1 => Just(What::List),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        16 => deed().prop_map(Fate::OthersDo),
        3 => Just(Fate::WeSend),
        1 => pick().prop_map(Fate::WeReply),
        1 => Just(Fate::WeSendNothing),
        3 => (pick(), any::<bool>()).prop_map(|(pick, which)| Fate::WeEdit(pick, which)),
        1 => pick().prop_map(Fate::WeDelete),
        2 => pick().prop_map(Fate::WeRead),
        20 => pick().prop_map(Fate::Arrives),
        2 => pick().prop_map(Fate::ArrivesTwice),
        2 => pick().prop_map(Fate::IsLost),
        1 => Just(Fate::NobodyListens),
        1 => Just(Fate::Cut),
        2 => Just(Fate::LetsGo),
        2 => Just(Fate::TakesOver),
        3 => (0..7_000_u64).prop_map(Fate::Waits),
        1 => any::<bool>().prop_map(Fate::Refuses),
        3 => (what(), any::<bool>()).prop_map(|(what, now)| Fate::Asks(what, now)),
        4 => pick().prop_map(Fate::Answers),
    ]
}

/// What no message on a screen may fall below.
#[derive(Default)]
struct Seen {
    messages: BTreeMap<MessageId, Ev>,
    receipts: BTreeMap<String, (u64, u64)>,
}

impl Seen {
    fn looks(&mut self, world: &World) -> Result<(), TestCaseError> {
        let shown = world.app.page.iter().flat_map(|page| &page.messages);
        for Message { message_id, ev, .. } in shown {
            let before = self.messages.insert(message_id.clone(), *ev);
            prop_assert!(before.is_none_or(|before| before <= *ev), "{message_id} went back");
        }
        let members = world.app.details.iter().flat_map(|details| &details.members);
        for member in members {
            let now = (member.delivered.0, member.read.0);
            let before = self.receipts.insert(member.id.to_string(), now).unwrap_or_default();
            prop_assert!(before.0 <= now.0 && before.1 <= now.1, "{} went back", member.id);
        }
        Ok(())
    }
}

/// Messages stand in their places, and each of ours is one bubble: in the page, or beside it.
fn one_bubble_each(world: &World) -> Result<(), TestCaseError> {
    let Some(page) = &world.app.page else { return Ok(()) };
    let is_run = page.messages.windows(2).all(|pair| pair[0].seq.0 + 1 == pair[1].seq.0);
    prop_assert!(is_run, "{page:?}");
    let bubbles = page.messages.iter().map(|message| (&message.sender_id, &message.client_id));
    let each: BTreeSet<_> = bubbles.collect();
    prop_assert_eq!(each.len(), page.messages.len());
    let beside = world.app.beside();
    prop_assert_eq!(beside.iter().collect::<BTreeSet<_>>().len(), beside.len());
    Ok(())
}

/// Nothing of ours vanishes while the page shows the latest messages.
fn nothing_vanishes(world: &World) -> Result<(), TestCaseError> {
    let Some(page) = world.app.page.as_ref().filter(|page| !page.has_newer) else {
        return Ok(());
    };
    let oldest = page.messages.first().map_or(0, |first| first.seq.0);
    for message in world.server.rooms[0].messages.iter().filter(|message| message.seq.0 >= oldest) {
        if is_ours(&message.sender_id) {
            let is_here = holds(page, &user("me"), &message.client_id)
                || world.app.beside().contains(&&message.client_id);
            prop_assert!(is_here, "{} vanished", message.client_id);
        }
    }
    Ok(())
}

/// Our messages with their words, none for deleted ones, if all we did is done in order.
fn as_written(world: &World) -> Vec<(String, Option<String>)> {
    let mut ours: Vec<(String, Option<String>)> = Vec::new();
    let stored = &world.server.rooms[0].messages;
    for post in &world.written {
        let original = post.message_id().and_then(|message_id| {
            let original = stored.iter().find(|message| message.message_id == *message_id)?;
            ours.iter_mut().find(|(id, _)| id == original.client_id.as_str())
        });
        match (post, original) {
            (Post::Send(send), _) if !send.content.is_empty() => {
                ours.push((send.client_id.to_string(), Some(send.content.clone())));
            }
            (Post::Edit(edit), Some((_, Some(words)))) => words.clone_from(&edit.content),
            (Post::Delete(_), Some((_, words))) => *words = None,
            _ => {}
        }
    }
    ours
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// G3, G5: dense and in order at every moment, complete once the wire is.
    #[test]
    fn every_change_is_told_once_and_in_order(as_now: bool, fates in vec(fate(), 0..160)) {
        let mut world = World::new(as_now);
        for fate in &fates {
            world.meets(fate);
            let from = world.loaded.unwrap_or_default().0;
            let told = world.told.iter().map(|event| event.ev.0);
            prop_assert!(told.eq(from + 1..=from + world.told.len() as u64));
        }
        world.heals();
        let from = world.loaded.unwrap_or_default().0 as usize;
        let log = &world.server.rooms[0].log[from..];
        prop_assert_eq!(log.len(), world.told.len());
        for (event, told) in log.iter().zip(&world.told) {
            let same = *told == *event || *told == world.server.rooms[0].as_now(event)
                || told.change != event.change;
            prop_assert!(same && told.ev == event.ev);
            prop_assert_eq!(std::mem::discriminant(&told.change), std::mem::discriminant(&event.change));
        }
    }

    /// G2, G4: what we did is done once and in the order of doing, and we hear of it once; nothing
    /// stays behind but what no server takes.
    #[test]
    fn everything_we_do_is_done_once_and_in_order(as_now: bool, fates in vec(fate(), 0..160)) {
        let mut world = World::new(as_now);
        fates.iter().for_each(|fate| world.meets(fate));
        world.heals();
        let commits = &world.server.commits;
        prop_assert!(commits.is_sorted_by(|a, b| a < b), "{commits:?}");
        let mut answered: Vec<_> = world.delivered.iter().chain(&world.failed).cloned().collect();
        answered.sort();
        let written: Vec<_> = world.written.iter().map(|post| post.client_id().to_string()).collect();
        prop_assert_eq!(answered, written, "each is answered once");
        let left: Vec<_> =
            world.rig.client.outbox().map(|post| post.client_id().to_string()).collect();
        prop_assert_eq!(&left, &world.failed);
        let stored = world.server.rooms[0].messages.iter().filter(|message| is_ours(&message.sender_id));
        let stored: Vec<_> = stored
            .map(|message| {
                let words = message.deleted_at.is_none().then(|| message.content.clone());
                (message.client_id.to_string(), words)
            })
            .collect();
        prop_assert_eq!(stored, as_written(&world));
    }

    /// G5, G6: a state with its events is what a fresh fetch brings, for the page, the details and
    /// the list; and on the way nothing goes back, doubles or vanishes.
    #[test]
    fn state_after_events_is_a_fresh_fetch(as_now: bool, fates in vec(fate(), 0..160)) {
        let mut world = World::new(as_now);
        let mut seen = Seen::default();
        for fate in &fates {
            world.meets(fate);
            seen.looks(&world)?;
            one_bubble_each(&world)?;
            nothing_vanishes(&world)?;
        }
        world.heals();
        seen.looks(&world)?;
        one_bubble_each(&world)?;
        let beside: Vec<_> = world.app.beside().into_iter().map(ToString::to_string).collect();
        let failed = world.failed.iter().filter(|id| !id.is_empty()).cloned();
        prop_assert_eq!(beside, failed.collect::<Vec<_>>());
        let page = world.app.page.as_ref().unwrap();
        let from = page.messages.first().map_or(0, |first| first.seq.0 as usize - 1);
        prop_assert_eq!(page, &world.server.page(from, page.messages.len()));
        let (mut details, fresh) = (world.app.details.clone().unwrap(), world.server.rooms[0].details());
        if !world.lines_in_order {
            // What is ours alone is numbered in the list, and shown from there.
            let Dialog { muted, read, unread, .. } = fresh.dialog;
            details.dialog = Dialog { muted, read, unread, ..details.dialog };
        }
        prop_assert_eq!(details, fresh);
        prop_assert_eq!(world.app.list.as_ref().unwrap(), &world.server.list());
    }
}
