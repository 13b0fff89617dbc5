//! A group begins, changes and ends: in the open dialog as a line of its log, in the list as a line
//! of one's own, each numbered without a gap.

use confab_protocol::{DialogChange, Role};
use serde_json::json;

use super::{Three, hears_change};
use crate::harness::server;

#[tokio::test]
async fn a_new_group_is_on_every_members_list_at_once() {
    let server = server().start().await;
    let mut anna = server.guest("Anna").await;
    let mut bob = server.guest("Bob").await;
    let mut cem = server.guest("Cem").await;
    let mut at =
        [anna.listens("dialogs").await, bob.listens("dialogs").await, cem.listens("dialogs").await];
    let group = anna.begins_group("Tea", &[&bob.id().await]).await;
    for (place, role) in [(0, Role::Owner), (1, Role::Member)] {
        let line = at[place].hears_line(1).await.unwrap();
        assert_eq!((&line.dialog_id, line.title.as_deref()), (&group, Some("Tea")));
        assert_eq!((line.role, line.members), (role, 2));
    }
    server.has_told_all().await;
    at[2].heard_nothing().await;
    assert_eq!(cem.line(&group).await, None);
    assert_eq!(bob.list().await.uev.0, 1);
    server.end().await;
}

#[tokio::test]
async fn who_is_added_has_the_group_and_the_others_see_them_come() {
    let server = server().start().await;
    let Three { mut anna, bob, group, .. } = Three::meet(&server).await;
    let mut dora = server.guest("Dora").await;
    let (mut joined, mut list) = (bob.listens("").await, bob.listens("dialogs").await);
    let mut at_dora = dora.listens("dialogs").await;
    joined.joins(&group).await;
    anna.says(group.as_str(), "before Dora").await;
    for client in [&mut joined, &mut list] {
        crate::harness::hears!(client, MessageNew);
        crate::harness::hears!(client, Receipt);
    }
    let id = dora.id().await;
    anna.adds(&group, &[&id, &id]).await;
    for client in [&mut joined, &mut list, &mut at_dora] {
        let DialogChange::MemberAdded(member) = hears_change(client, 2).await else { panic!() };
        assert_eq!((member.id.as_str(), member.username.as_str()), (id.as_str(), "Dora"));
    }
    assert_eq!(list.hears_line(2).await.unwrap().members, 4);
    let line = at_dora.hears_line(1).await.unwrap();
    assert_eq!((line.unread, line.members), (0, 4), "what was said before is not unread");
    assert_eq!(dora.line(&group).await, Some(line));

    anna.adds(&group, &[&id]).await;
    server.has_told_all().await;
    for client in [&mut joined, &mut list, &mut at_dora] {
        client.heard_nothing().await;
    }
    server.end().await;
}

#[tokio::test]
async fn who_is_removed_loses_the_line_and_the_others_see_them_go() {
    let server = server().start().await;
    let Three { mut anna, bob, mut cem, ids, group } = Three::meet(&server).await;
    let (mut joined, mut list) = (bob.listens("").await, bob.listens("dialogs").await);
    let mut at_cem = cem.listens("dialogs").await;
    joined.joins(&group).await;
    anna.removes(&group, &[&ids[2]]).await;
    for client in [&mut joined, &mut list] {
        let DialogChange::MemberRemoved(user) = hears_change(client, 1).await else { panic!() };
        assert_eq!(user.as_str(), ids[2]);
    }
    assert_eq!(list.hears_line(2).await.unwrap().members, 2);
    assert_eq!(at_cem.hears_line(2).await, None);
    at_cem.heard_nothing().await;
    assert_eq!(cem.line(&group).await, None);
    server.end().await;
}

#[tokio::test]
async fn a_title_and_an_owner_change_before_everyones_eyes() {
    let server = server().start().await;
    let Three { mut anna, mut bob, ids, group, .. } = Three::meet(&server).await;
    let (mut joined, mut list) = (bob.listens("").await, bob.listens("dialogs").await);
    joined.joins(&group).await;
    let path = format!("/api/dialogs/{group}");
    assert_eq!(anna.patch(&path, json!({ "title": " Coffee " })).await.status(), 200);
    for client in [&mut joined, &mut list] {
        let DialogChange::Renamed(title) = hears_change(client, 1).await else { panic!() };
        assert_eq!(title, "Coffee");
    }
    assert_eq!(list.hears_line(2).await.unwrap().title.as_deref(), Some("Coffee"));

    assert_eq!(anna.patch(&path, json!({ "owner": ids[1] })).await.status(), 200);
    for client in [&mut joined, &mut list] {
        let DialogChange::OwnerChanged(user) = hears_change(client, 2).await else { panic!() };
        assert_eq!(user.as_str(), ids[1]);
    }
    let line = list.hears_line(3).await.unwrap();
    assert_eq!(line.role, Role::Owner);
    assert_eq!(bob.line(&group).await, Some(line));
    let refused = anna.patch(&path, json!({ "title": "Mine" })).await;
    assert_eq!((refused.status(), refused.code().as_str()), (403, "not_the_owner"));
    server.end().await;
}

#[tokio::test]
async fn an_owner_who_leaves_passes_the_group_to_who_came_first() {
    let server = server().start().await;
    let mut anna = server.guest("Anna").await;
    let (mut bob, mut cem) = (server.guest("Bob").await, server.guest("Cem").await);
    let (anna_id, cem_id) = (anna.id().await, cem.id().await);
    let group = anna.begins_group("Tea", &[&cem_id]).await;
    anna.adds(&group, &[&bob.id().await]).await;
    let mut at_bob = bob.listens("dialogs").await;
    let leave = format!("/api/dialogs/{group}/leave");
    assert_eq!(anna.post(&leave, json!(null)).await.status(), 200);
    let DialogChange::MemberRemoved(user) = hears_change(&mut at_bob, 2).await else { panic!() };
    assert_eq!(user.as_str(), anna_id);
    let DialogChange::OwnerChanged(user) = hears_change(&mut at_bob, 3).await else { panic!() };
    assert_eq!(user.as_str(), cem_id, "Bob came later");
    assert_eq!(at_bob.hears_line(2).await.unwrap().members, 2);
    assert_eq!(cem.line(&group).await.unwrap().role, Role::Owner);
    server.end().await;
}

#[tokio::test]
async fn a_dissolved_group_is_gone_for_everyone() {
    let server = server().start().await;
    let Three { mut anna, mut bob, cem, group, .. } = Three::meet(&server).await;
    let (mut joined, mut list) = (bob.listens("").await, bob.listens("dialogs").await);
    let mut at_cem = cem.listens("dialogs").await;
    let mut at_anna = anna.listens("dialogs").await;
    joined.joins(&group).await;
    let path = format!("/api/dialogs/{group}");
    assert_eq!(anna.delete(&path, None).await.status(), 200);
    for client in [&mut at_anna, &mut list, &mut at_cem] {
        assert_eq!(client.hears_line(2).await, None);
    }
    server.has_told_all().await;
    joined.heard_nothing().await;
    for person in [&mut anna, &mut bob] {
        assert_eq!(person.line(&group).await, None);
        let refused = person.get(&path).await;
        assert_eq!((refused.status(), refused.code().as_str()), (403, "unknown_dialog"));
    }
    server.end().await;
}

#[tokio::test]
async fn a_dialog_made_quiet_is_quiet_on_ones_other_device_and_for_nobody_else() {
    let server = server().start().await;
    let Three { anna, mut bob, group, .. } = Three::meet(&server).await;
    let (mut phone, mut at_anna) = (bob.listens("dialogs").await, anna.listens("dialogs").await);
    let path = format!("/api/dialogs/{group}");
    for (uev, muted) in [(2, true), (3, false)] {
        assert_eq!(bob.patch(&path, json!({ "muted": muted })).await.status(), 200);
        assert_eq!(phone.hears_line(uev).await.unwrap().muted, muted);
        assert_eq!(bob.patch(&path, json!({ "muted": muted })).await.status(), 200, "as it is");
    }
    server.has_told_all().await;
    phone.heard_nothing().await;
    at_anna.heard_nothing().await;
    server.end().await;
}
