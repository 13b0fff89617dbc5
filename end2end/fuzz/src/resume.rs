//! The resume request: what a client says of where it stopped, and what the server makes of it.
//!
//! A payload is read alike by both halves of the codec. What an engine that has joined some dialogs
//! says on its next socket is read by the server as exactly these dialogs and positions.

use confab_protocol::{ClientFrame, Connecting, DialogId, Epoch, Ev, Positions, Resume, json};
use confab_sync::{Client, Effect, Input, Moment, Settings};

use crate::choices::Choices;

pub(crate) fn check(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        is_read_alike(text);
    }
    is_said_as_it_is(&mut Choices(bytes));
}

fn is_read_alike(text: &str) {
    let frame = format!(r#"{{"type":"connecting","payload":{{"resume":{text}}}}}"#);
    let Ok(ClientFrame::Connecting(Connecting { resume, .. })) = ClientFrame::decode(&frame) else {
        return;
    };
    let Some(resume) = resume else { return };
    is_in_order(&resume.positions);
    let written = json::write(&resume);
    let lean: Resume = json::read(&written).expect("the lean half reads what it wrote");
    let heavy: Resume = serde_json::from_str(&written).expect("so does serde");
    assert_eq!((&lean, &heavy), (&resume, &resume), "{written}");
}

fn is_in_order(positions: &Positions) {
    let ids: Vec<_> = positions.iter().map(|(dialog, _)| dialog).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "each dialog once, in order: {ids:?}");
}

/// Joins dialogs, some of them again or no more, and reads what the first frame says of them.
fn is_said_as_it_is(choices: &mut Choices<'_>) {
    let epoch = Epoch::parse("life").expect("an id");
    let settings = Settings { epoch: Some(epoch.clone()), ..Settings::default() };
    let mut client = Client::new(settings, "ws://here/ws".to_owned(), Vec::new());
    let mut expected = Positions::new();
    for _ in 0..64 {
        let Some(choice) = choices.next() else { break };
        let dialog_id = DialogId::parse(format!("d{}", choices.one_of(40))).expect("an id");
        let at = Ev(0x0101_0101_0101_0101_u64.wrapping_mul(u64::from(choice)) >> (choice % 64));
        let input = match choice % 4 {
            0 => Input::Leave { dialog_id: dialog_id.clone() },
            1 => Input::Join { dialog_id: dialog_id.clone(), after: None },
            _ => Input::Join { dialog_id: dialog_id.clone(), after: Some(at) },
        };
        expected = expected.into_iter().filter(|(known, _)| *known != dialog_id).collect();
        if choice % 4 > 1 {
            expected.insert(dialog_id, at);
        }
        client.handle(input, Moment(0), 0.0);
    }
    client.handle(Input::Start, Moment(0), 0.0);
    let Some(Effect::Open { socket, .. }) = client.poll_effect() else { panic!("no socket") };
    client.handle(Input::Opened(socket), Moment(0), 0.0);
    let Some(Effect::Send { text, .. }) = client.poll_effect() else { panic!("nothing is said") };
    let Ok(ClientFrame::Connecting(said)) = ClientFrame::decode(&text) else { panic!("{text}") };
    assert_eq!(said.resume, Some(Resume { epoch, positions: expected }));
}
