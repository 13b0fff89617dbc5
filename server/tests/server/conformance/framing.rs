//! 1.*: messages of all lengths. 2.*: pings and pongs. 3.*: reserved bits. 4.*: opcodes.
//! 5.*: fragments.

use super::case::{
    BINARY, CONTINUE, Case, Ends, Frame, PING, PONG, Reply, TEXT, case, goodbye, part, whole,
};

/// What stands for a few words.
const HELLO: &str = "Hello, world!";

/// 1.1.*, 1.2.*: lengths around those at which a frame's head grows, and in pieces.
pub fn messages() -> Vec<Case> {
    const SIZES: [(usize, usize); 8] =
        [(0, 0), (125, 0), (126, 0), (127, 0), (128, 0), (65_535, 0), (65_536, 0), (65_536, 997)];
    let text = SIZES.into_iter().zip(1..).map(|((size, chop), nth)| {
        let frame = whole(TEXT, vec![b'*'; size]).chopped(chop);
        case(format!("1.1.{nth}"), vec![frame], &[Reply::Echo], Ends::Well)
    });
    let binary = SIZES.into_iter().zip(1..).map(|((size, chop), nth)| {
        let frame = whole(BINARY, vec![0xfe; size]).chopped(chop);
        case(format!("1.2.{nth}"), vec![frame], &[], Ends::Failed(1003))
    });
    text.chain(binary).collect()
}

pub fn pings() -> Vec<Case> {
    let pong = |payload: &[u8]| Reply::Pong(payload.to_vec());
    let answered = |number: &str, payload: &[u8], chop| {
        case(number, vec![whole(PING, payload).chopped(chop)], &[pong(payload)], Ends::Well)
    };
    let unasked = whole(PONG, "unsolicited pong payload");
    let ten: Vec<_> = (0..10).map(|n| format!("payload-{n}").into_bytes()).collect();
    let tens = |number: &str, chop| {
        let pings = ten.iter().map(|payload| whole(PING, payload).chopped(chop)).collect();
        case(
            number,
            pings,
            &ten.iter().map(|payload| pong(payload)).collect::<Vec<_>>(),
            Ends::Well,
        )
    };
    vec![
        answered("2.1", b"", 0),
        answered("2.2", HELLO.as_bytes(), 0),
        answered("2.3", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 0),
        answered("2.4", &[0xfe; 125], 0),
        case("2.5", vec![whole(PING, [0xfe; 126])], &[], Ends::Failed(1002)),
        answered("2.6", &[0xfe; 125], 1),
        case("2.7", vec![whole(PONG, ""), goodbye(1000, "")], &[], Ends::Echoed(Some(1000))),
        case("2.8", vec![unasked.clone(), goodbye(1000, "")], &[], Ends::Echoed(Some(1000))),
        case(
            "2.9",
            vec![unasked, whole(PING, "ping payload")],
            &[pong(b"ping payload")],
            Ends::Well,
        ),
        tens("2.10", 0),
        tens("2.11", 1),
    ]
}

pub fn reserved_bits() -> Vec<Case> {
    let text = || whole(TEXT, HELLO);
    let strange = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff";
    let alone = |number: &str, frame| case(number, vec![frame], &[], Ends::Failed(1002));
    vec![
        alone("3.1", text().reserved(1)),
        between("3.2", text().reserved(2), 0),
        between("3.3", text().reserved(3), usize::MAX),
        between("3.4", text().reserved(4), 1),
        alone("3.5", whole(BINARY, strange).reserved(5)),
        alone("3.6", whole(BINARY, HELLO).reserved(6)),
        alone("3.7", whole(super::case::CLOSE, "").reserved(7)),
    ]
}

pub fn opcodes() -> Vec<Case> {
    let alone = |number: &str, opcode, payload: &str| {
        case(number, vec![whole(opcode, payload)], &[], Ends::Failed(1002))
    };
    vec![
        alone("4.1.1", 3, ""),
        alone("4.1.2", 4, "reserved opcode payload"),
        between("4.1.3", whole(5, ""), 0),
        between("4.1.4", whole(6, HELLO), 0),
        between("4.1.5", whole(7, HELLO), 1),
        alone("4.2.1", 11, ""),
        alone("4.2.2", 12, "reserved opcode payload"),
        between("4.2.3", whole(13, ""), 0),
        between("4.2.4", whole(14, HELLO), 0),
        between("4.2.5", whole(15, HELLO), 1),
    ]
}

/// A bad frame behind a good one, which is answered first; the ping behind it is not.
fn between(number: &str, bad: Frame, chop: usize) -> Case {
    let frames = [whole(TEXT, HELLO), bad, whole(PING, "")];
    let frames = frames.into_iter().map(|frame| frame.chopped(chop)).collect();
    case(number, frames, &[Reply::Echo], Ends::Failed(1002))
}

/// Frame by frame, byte by byte, and all at once: what is sent is the same.
const CHOPS: [usize; 3] = [0, usize::MAX, 1];

pub fn fragments() -> Vec<Case> {
    let failed = |number: String, frames: Vec<Frame>| case(number, frames, &[], Ends::Failed(1002));
    let two = || [part(TEXT, "fragment1"), whole(CONTINUE, "fragment2")];
    let pong = |payload: &str| Reply::Pong(payload.into());
    let mut cases = Vec::new();
    for (nth, opcode) in [(1, PING), (2, PONG)] {
        let frames = vec![part(opcode, "fragment1"), whole(CONTINUE, "fragment2")];
        cases.push(failed(format!("5.{nth}"), frames));
    }
    for (nth, chop) in (3..).zip(CHOPS) {
        cases.push(chopped(
            case(format!("5.{nth}"), two().into(), &[Reply::Echo], Ends::Well),
            chop,
        ));
    }
    for (nth, chop) in (6..).zip(CHOPS) {
        let [one, other] = two();
        let frames = vec![one, whole(PING, "ping payload"), other];
        let hears = [pong("ping payload"), Reply::Echo];
        cases.push(chopped(case(format!("5.{nth}"), frames, &hears, Ends::Well), chop));
    }
    let (lost, text) = ("non-continuation payload", whole(TEXT, HELLO));
    for (nth, chop) in (9..).zip(CHOPS) {
        let frames = vec![whole(CONTINUE, lost), text.clone()];
        cases.push(chopped(failed(format!("5.{nth}"), frames), chop));
    }
    for (nth, chop) in (12..).zip(CHOPS) {
        let frames = vec![part(CONTINUE, lost), text.clone()];
        cases.push(chopped(failed(format!("5.{nth}"), frames), chop));
    }
    let [one, other] = two();
    let more = [part(CONTINUE, "fragment3"), whole(TEXT, "fragment4")];
    let frames = [vec![one, other], more.into()].concat();
    cases.push(case("5.15", frames, &[Reply::Echo], Ends::Failed(1002)));
    let twice = |first: Frame| {
        let three = [first, part(TEXT, "fragment2"), whole(CONTINUE, "fragment3")];
        [three.clone(), three].concat()
    };
    cases.push(failed("5.16".into(), twice(part(CONTINUE, "fragment1"))));
    cases.push(failed("5.17".into(), twice(whole(CONTINUE, "fragment1"))));
    cases.push(failed("5.18".into(), vec![part(TEXT, "fragment1"), whole(TEXT, "fragment2")]));
    let frames = vec![
        part(TEXT, "fragment1"),
        part(CONTINUE, "fragment2"),
        whole(PING, "pongme 1!"),
        part(CONTINUE, "fragment3"),
        part(CONTINUE, "fragment4"),
        whole(PING, "pongme 2!"),
        whole(CONTINUE, "fragment5"),
    ];
    let hears = [pong("pongme 1!"), pong("pongme 2!"), Reply::Echo];
    for (nth, chop) in [(19, 0), (20, usize::MAX)] {
        let case = case(format!("5.{nth}"), frames.clone(), &hears, Ends::Well);
        cases.push(chopped(case, chop));
    }
    cases
}

fn chopped(case: Case, chop: usize) -> Case {
    let sends = case.sends.into_iter().map(|frame| frame.chopped(chop)).collect();
    Case { sends, ..case }
}
