//! Groups: who comes, who goes, who owns.

use std::collections::BTreeSet;

use confab_protocol::{DialogChange, DialogId, Ev, Person, Role, UserId, Username};

use super::rig::{Rig, member, nowhere, title, user};
use crate::store::{CatchUp, Change, DialogError, IfPassing, Readers};

/// A group of anna's with bob and cem; dora is a stranger.
async fn tea() -> (Rig, [Person; 4], DialogId) {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    let people =
        [anna, rig.account("bob").await, rig.account("cem").await, rig.account("dora").await];
    let group = rig.group(&people[0], &[&people[1], &people[2]]).await;
    rig.news().await;
    (rig, people, group)
}

fn ids(people: &[&Person]) -> Vec<UserId> {
    people.iter().map(|person| person.id.clone()).collect()
}

/// Lines of a log and who may hear of them.
fn lines(news: &[Change]) -> Vec<(DialogChange, BTreeSet<UserId>)> {
    let line = |change: &Change| match change {
        Change::Log { event, readers: Readers::Members(readers), .. } => {
            Some((event.change.clone(), BTreeSet::clone(readers)))
        }
        _ => None,
    };
    news.iter().filter_map(line).collect()
}

/// Whose lists changed, and whether the dialog is still on them.
fn told(news: &[Change]) -> Vec<(UserId, bool)> {
    let told = |change: &Change| match change {
        Change::Personal { user, update } => Some((user.clone(), update.dialog.is_some())),
        _ => None,
    };
    let mut told: Vec<_> = news.iter().filter_map(told).collect();
    told.sort();
    told
}

async fn roles(rig: &Rig, person: &Person, group: &DialogId) -> Vec<(String, Role)> {
    let details = rig.store.dialog(&member(person, group)).await.unwrap();
    details.members.into_iter().map(|member| (member.id.to_string(), member.role)).collect()
}

#[tokio::test]
async fn a_group_has_2_to_500_members() {
    let rig = Rig::new().await;
    let anna = rig.account("anna").await;
    let mut others = Vec::new();
    for n in 0..500 {
        let person = rig.passing(&format!("p{n}"));
        rig.store.keep_guest(person.clone()).await.unwrap();
        others.push(person.id);
    }
    let begin =
        |others: &[UserId]| rig.store.begin_group(anna.clone(), title("Tea"), others.to_vec());
    rig.leaves_nothing_behind(async || {
        let alone = [anna.id.clone(), anna.id.clone()];
        for others in [&[][..], &alone, &others] {
            let refused = begin(others).await;
            assert!(matches!(refused, Err(DialogError::MembersInvalid)), "{}", others.len());
        }
        let refused = begin(&[user("nobody")]).await;
        assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
    })
    .await;
    let twice = [others[0].clone(), others[0].clone(), anna.id.clone()];
    assert_eq!(begin(&twice).await.unwrap().dialog.members, 2);
    let full = begin(&others[..499]).await.unwrap().dialog;
    assert_eq!((full.members, full.role), (500, Role::Owner));
    assert_eq!(told(&rig.news().await).len(), 502, "everyone is told once for each group");

    let full = member(&anna, &full.dialog_id);
    rig.leaves_nothing_behind(async || {
        let refused = rig.store.add_members(full.clone(), vec![others[499].clone()]).await;
        assert!(matches!(refused, Err(DialogError::MembersInvalid)), "{refused:?}");
        let again = rig.store.add_members(full.clone(), vec![others[0].clone()]).await;
        assert_eq!(again.unwrap().members, 500);
    })
    .await;
}

#[tokio::test]
async fn who_is_added_reads_all_of_it_and_has_nothing_unread() {
    let (rig, [anna, bob, cem, dora], group) = tea().await;
    rig.says(&anna, &group, "Before").await;
    rig.news().await;
    let added = rig.store.add_members(member(&anna, &group), ids(&[&dora, &bob])).await.unwrap();
    assert_eq!(added.members, 4);
    let news = rig.news().await;
    let everyone: BTreeSet<_> = ids(&[&anna, &bob, &cem, &dora]).into_iter().collect();
    let [(DialogChange::MemberAdded(newcomer), readers)] = &lines(&news)[..] else {
        panic!("{news:?}");
    };
    assert_eq!((&newcomer.id, newcomer.role, readers), (&dora.id, Role::Member, &everyone));
    assert_eq!(told(&news).len(), 4);
    assert_eq!(rig.words(&dora, &group).await, ["Before"]);
    assert_eq!(rig.store.dialog(&member(&dora, &group)).await.unwrap().dialog.unread, 0);
}

#[tokio::test]
async fn who_is_removed_is_told_and_hears_no_more() {
    let (rig, [anna, bob, cem, dora], group) = tea().await;
    let left = rig.store.remove_members(member(&anna, &group), ids(&[&bob, &dora])).await.unwrap();
    assert_eq!(left.map(|dialog| dialog.members), Some(2), "who is not in it need not go");
    let news = rig.news().await;
    let rest: BTreeSet<_> = ids(&[&anna, &cem]).into_iter().collect();
    assert_eq!(lines(&news), [(DialogChange::MemberRemoved(bob.id.clone()), rest)]);
    let expected = [(anna.id.clone(), true), (bob.id.clone(), false), (cem.id.clone(), true)];
    assert_eq!(told(&news), expected);
    assert!(!rig.store.belongs(&bob.id, &group).await.unwrap());
}

#[tokio::test]
async fn a_group_passes_to_who_came_first_when_its_owner_leaves_and_ends_with_the_last() {
    let (rig, [anna, bob, cem, dora], group) = tea().await;
    rig.store.remove_members(member(&anna, &group), ids(&[&bob])).await.unwrap();
    rig.store.add_members(member(&anna, &group), ids(&[&dora])).await.unwrap();
    rig.store.add_members(member(&anna, &group), ids(&[&bob])).await.unwrap();
    rig.news().await;
    let left = rig.store.remove_members(member(&anna, &group), ids(&[&anna])).await.unwrap();
    assert_eq!(left, None);
    let news = rig.news().await;
    let changes: Vec<_> = lines(&news).into_iter().map(|(change, _)| change).collect();
    let expected =
        [DialogChange::MemberRemoved(anna.id.clone()), DialogChange::OwnerChanged(cem.id.clone())];
    assert_eq!(changes, expected);
    let owned = [("cem", Role::Owner), ("dora", Role::Member), ("bob", Role::Member)];
    assert_eq!(roles(&rig, &bob, &group).await, owned.map(|(id, role)| (id.to_owned(), role)));

    for person in [&bob, &cem, &dora] {
        rig.store.remove_members(member(person, &group), ids(&[person])).await.unwrap();
    }
    let after_the_last = rig.news().await;
    let (_, readers) = lines(&after_the_last).pop().unwrap();
    assert!(readers.is_empty());
}

#[tokio::test]
async fn a_group_is_given_away_renamed_and_dissolved_by_its_owner() {
    let (rig, [anna, bob, cem, _], group) = tea().await;
    let given = rig.store.pass_ownership(member(&anna, &group), bob.id.clone()).await.unwrap();
    assert_eq!(given.role, Role::Member);
    let named = rig.store.rename(member(&bob, &group), title("Coffee")).await.unwrap();
    assert_eq!((named.title.as_deref(), named.role), (Some("Coffee"), Role::Owner));
    let news = rig.news().await;
    let changes: Vec<_> = lines(&news).into_iter().map(|(change, _)| change).collect();
    let renamed = DialogChange::Renamed("Coffee".to_owned());
    assert_eq!(changes, [DialogChange::OwnerChanged(bob.id.clone()), renamed]);
    assert_eq!(told(&news).len(), 6);
    rig.leaves_nothing_behind(async || {
        rig.store.rename(member(&bob, &group), title("Coffee")).await.unwrap();
        rig.store.pass_ownership(member(&bob, &group), bob.id.clone()).await.unwrap();
    })
    .await;

    rig.store.dissolve(member(&bob, &group)).await.unwrap();
    let news = rig.news().await;
    assert!(lines(&news).iter().all(|(_, readers)| readers.is_empty()), "{news:?}");
    assert_eq!(
        told(&news),
        ids(&[&anna, &bob, &cem]).into_iter().map(|id| (id, false)).collect::<Vec<_>>()
    );
    for person in [&anna, &bob, &cem] {
        assert!(!rig.store.belongs(&person.id, &group).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_read_again_is_what_was_told() {
    let (rig, [anna, bob, cem, dora], group) = tea().await;
    let bobs = member(&bob, &group);
    let mut after = Ev(0);
    let mut is_told_again = async |what: &str| {
        let event = |change| match change {
            Change::Log { event, .. } => Some(event),
            _ => None,
        };
        let told: Vec<_> = rig.news().await.into_iter().filter_map(event).collect();
        let missed = rig.store.catch_up(&bobs, after, 9).await.unwrap();
        let CatchUp::Events { events, to } = missed else { panic!("{what}: {missed:?}") };
        assert!(to > after, "{what}");
        assert_eq!(events, told, "{what}");
        after = to;
    };
    let said = rig.says(&anna, &group, "Hi").await;
    is_told_again("said").await;
    rig.edits(&anna, &said, "Hello").await;
    is_told_again("edited").await;
    rig.deletes(&anna, &said).await;
    is_told_again("deleted").await;
    let ours = || member(&anna, &group);
    rig.store.add_members(ours(), ids(&[&dora])).await.unwrap();
    is_told_again("added").await;
    rig.store.remove_members(ours(), ids(&[&dora])).await.unwrap();
    is_told_again("removed").await;
    rig.store.rename(ours(), title("Coffee")).await.unwrap();
    is_told_again("renamed").await;
    rig.store.pass_ownership(ours(), cem.id.clone()).await.unwrap();
    is_told_again("given away").await;
    rig.store.remove_members(member(&cem, &group), ids(&[&cem])).await.unwrap();
    is_told_again("left by its owner").await;
    let (id, name) = (anna.id.clone(), Username::parse("Anna Berg").unwrap());
    let named = rig.store.rename_person(id, name, "anna berg".to_owned(), IfPassing::Refuse);
    named.await.unwrap();
    is_told_again("called otherwise").await;
}

#[tokio::test]
async fn only_the_owner_changes_a_group_and_only_a_group_can_be_changed() {
    let (rig, [anna, bob, cem, dora], group) = tea().await;
    let direct = rig.direct(&anna, &bob).await;
    rig.leaves_nothing_behind(async || {
        let cases = [
            (&bob, group.clone(), "NotTheOwner"),
            (&dora, group.clone(), "NoSuchDialog"),
            (&anna, nowhere(), "NoSuchDialog"),
            (&anna, direct.clone(), "NotAGroup"),
            (&anna, DialogId::lobby(), "NotAGroup"),
            (&dora, direct.clone(), "NoSuchDialog"),
        ];
        for (person, dialog, expected) in cases {
            let who = || member(person, &dialog);
            let refusals = [
                rig.store.add_members(who(), ids(&[&dora])).await.unwrap_err(),
                rig.store.remove_members(who(), ids(&[&cem])).await.unwrap_err(),
                rig.store.rename(who(), title("Mine")).await.unwrap_err(),
                rig.store.pass_ownership(who(), person.id.clone()).await.unwrap_err(),
                rig.store.dissolve(who()).await.unwrap_err(),
            ];
            for refusal in refusals {
                assert_eq!(format!("{refusal:?}"), expected, "{} in {dialog}", person.id);
            }
        }
        let owner = || member(&anna, &group);
        for people in [vec![user("nobody")], vec![dora.id.clone(), user("nobody")]] {
            let refused = rig.store.add_members(owner(), people.clone()).await;
            assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
            let refused = rig.store.remove_members(owner(), people).await;
            assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
        }
        let refused = rig.store.add_members(owner(), Vec::new()).await;
        assert!(matches!(refused, Err(DialogError::MembersInvalid)), "{refused:?}");
        let refused = rig.store.remove_members(owner(), Vec::new()).await;
        assert!(matches!(refused, Err(DialogError::MembersInvalid)), "{refused:?}");
        let refused = rig.store.pass_ownership(owner(), dora.id.clone()).await;
        assert!(matches!(refused, Err(DialogError::UnknownPerson)), "{refused:?}");
    })
    .await;
}
