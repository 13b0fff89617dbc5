//! Who of the other ones in direct dialogs is there.

use confab_protocol::{
    Dialog, Presence, PresenceState, ServerFrame, Timestamp, UserId, rest::DialogList,
};

/// Applies a frame that says who is there. `now` is when someone who leaves was last seen.
pub fn apply(list: &mut DialogList, frame: &ServerFrame, now: Timestamp) {
    match frame {
        ServerFrame::Connected(connected) => {
            let here = &connected.connected_user_list;
            // Of a longer list than is told, those who are missing may be there all the same.
            let is_whole = connected.connected_users <= here.len() as u64;
            for (dialog, peer) in with_peers(list) {
                let state = match here.iter().any(|person| person.id == peer) {
                    true if connected.away.contains(&peer) => PresenceState::Away,
                    true => PresenceState::Online,
                    false if is_whole => PresenceState::Offline,
                    false => continue,
                };
                let before = dialog.presence;
                let was_here = before.is_some_and(|before| before.state != PresenceState::Offline);
                let last_seen_at = match state {
                    PresenceState::Offline if was_here => Some(now),
                    _ => before.and_then(|before| before.last_seen_at),
                };
                dialog.presence = Some(Presence { state, last_seen_at });
            }
        }
        ServerFrame::Joined(joined) => set(list, &joined.0.id, PresenceState::Online, None),
        ServerFrame::Disconnected(left) => set(list, &left.0.id, PresenceState::Offline, Some(now)),
        ServerFrame::PresenceUpdate(update) => {
            let state = if update.away { PresenceState::Away } else { PresenceState::Online };
            set(list, &update.user_id, state, None);
        }
        _ => {}
    }
}

fn set(list: &mut DialogList, who: &UserId, state: PresenceState, at: Option<Timestamp>) {
    for (dialog, peer) in with_peers(list) {
        if peer == *who {
            dialog.presence = Some(Presence { state, last_seen_at: at });
        }
    }
}

/// Direct dialogs and their other ones; without those who are gone for good.
fn with_peers(list: &mut DialogList) -> impl Iterator<Item = (&mut Dialog, UserId)> {
    list.dialogs.iter_mut().filter_map(|dialog| {
        let peer = dialog.peer.as_ref().filter(|peer| !peer.username.is_deleted())?;
        let peer = peer.id.clone();
        Some((dialog, peer))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::{Username, json};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_000);

    fn list() -> DialogList {
        let line = |id: &str, peer: &str| {
            format!(
                r#"{{"dialogId":"{id}","kind":"direct","peer":{{"id":"{peer}","username":"{peer}"}},
                "role":"member","members":2,"lastActivityAt":"2026-11-20T05:06:07.000Z","unread":0,
                "read":0,"muted":false,"ev":1}}"#
            )
        };
        let lines = [line("d1", "bob"), line("d2", "zoe")].join(",");
        json::read(&format!(r#"{{"dialogs":[{lines}],"uev":1}}"#)).unwrap()
    }

    fn hear(list: &mut DialogList, frame: &str) {
        apply(list, &ServerFrame::decode(frame).unwrap(), NOW);
    }

    fn states(list: &DialogList) -> Vec<Option<PresenceState>> {
        list.dialogs.iter().map(|dialog| Some(dialog.presence?.state)).collect()
    }

    const BOB: &str = r#"{"id":"bob","username":"bob"}"#;

    fn connected(count: u64, away: &str) -> String {
        format!(
            r#"{{"type":"connected","payload":{{"you":{BOB},"connectedUserList":[{BOB}],
            "connectedUsers":{count},"away":[{away}],"messagesList":[],"positions":{{}}}}}}"#
        )
    }

    #[test]
    fn who_is_not_listed_is_away_only_if_all_were_listed() {
        let mut all = list();
        hear(&mut all, &connected(1, ""));
        assert_eq!(states(&all), [Some(PresenceState::Online), Some(PresenceState::Offline)]);
        let mut some = list();
        hear(&mut some, &connected(300, "\"bob\""));
        assert_eq!(states(&some), [Some(PresenceState::Away), None]);
    }

    #[test]
    fn who_was_there_and_is_not_listed_was_seen_now() {
        let mut list = list();
        hear(&mut list, r#"{"type":"joined","payload":{"id":"zoe","username":"zoe"}}"#);
        hear(&mut list, &connected(1, ""));
        let seen = |line: usize| list.dialogs[line].presence.unwrap().last_seen_at;
        assert_eq!((seen(0), seen(1)), (None, Some(NOW)));
    }

    #[test]
    fn nobody_asks_whether_who_is_gone_for_good_is_here() {
        let mut list = list();
        list.dialogs[0].peer.as_mut().unwrap().username = Username::deleted();
        hear(&mut list, &format!(r#"{{"type":"disconnected","payload":{BOB}}}"#));
        hear(&mut list, &connected(1, ""));
        assert_eq!(states(&list), [None, Some(PresenceState::Offline)]);
    }

    #[test]
    fn who_leaves_was_seen_now() {
        let mut list = list();
        hear(&mut list, &format!(r#"{{"type":"joined","payload":{BOB}}}"#));
        assert_eq!(states(&list), [Some(PresenceState::Online), None]);
        hear(&mut list, r#"{"type":"presence:update","payload":{"userId":"bob","away":true}}"#);
        assert_eq!(states(&list), [Some(PresenceState::Away), None]);
        hear(&mut list, &format!(r#"{{"type":"disconnected","payload":{BOB}}}"#));
        let presence = list.dialogs[0].presence.unwrap();
        assert_eq!((presence.state, presence.last_seen_at), (PresenceState::Offline, Some(NOW)));
    }
}
