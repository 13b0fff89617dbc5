//! 7.*: a good close is answered with its own code, a bad one with why it is bad, and nothing that
//! comes behind either is answered any more.

use super::{
    case::{CLOSE, CONTINUE, Case, Ends, NORMAL, PING, Reply, TEXT, case, goodbye, part, whole},
    limits::repeated,
};

/// Codes that a client may give. What [`Ends::Echoed`] says of them is stricter than Autobahn, which
/// would also take 1000.
const GOOD: [u16; 13] =
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];

/// Codes that nobody may give.
const BAD: [u16; 9] = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

/// Codes beyond all: what happens is not defined. Confab does as with the others.
const BEYOND: [u16; 2] = [5000, 65_535];

pub fn cases(limit: usize) -> Vec<Case> {
    let mut cases = what_comes_behind(limit);
    cases.extend(reasons());
    let coded = |chapter: u8, codes: &[u16], ends: &dyn Fn(u16) -> Ends| -> Vec<Case> {
        let codes = codes.iter().zip(1..).map(|(code, nth): (_, u8)| {
            case(format!("7.{chapter}.{nth}"), vec![goodbye(*code, "")], &[], ends(*code))
        });
        codes.collect()
    };
    cases.extend(coded(7, &GOOD, &|code| Ends::Echoed(Some(code))));
    cases.extend(coded(9, &BAD, &|_| Ends::Echoed(Some(1002))));
    cases.extend(coded(13, &BEYOND, &|_| Ends::Echoed(Some(1002))));
    cases
}

/// 7.1.*
fn what_comes_behind(limit: usize) -> Vec<Case> {
    let (hello, bye) = (whole(TEXT, "Hello World!"), goodbye(NORMAL, ""));
    let behind = |number: &str, frame| {
        case(number, vec![bye.clone(), frame], &[], Ends::Echoed(Some(NORMAL)))
    };
    let cut = vec![part(TEXT, "fragment1"), bye.clone(), whole(CONTINUE, "fragment2")];
    vec![
        case("7.1.1", vec![hello.clone()], &[Reply::Echo], Ends::Well),
        behind("7.1.2", whole(CLOSE, "")),
        behind("7.1.3", whole(PING, "")),
        behind("7.1.4", hello.clone()),
        case("7.1.5", cut, &[], Ends::Echoed(Some(NORMAL))),
        long_before_the_close(limit),
    ]
}

/// 7.1.6: 256 KiB, a few words, and the close. Autobahn only asks what happens. Where so much is taken,
/// the close waits here until it was answered: to who has said goodbye, nothing more is said.
fn long_before_the_close(limit: usize) -> Case {
    const SIZE: usize = 256 * 1024;
    let hello = whole(TEXT, "Hello World!");
    let long = whole(TEXT, repeated(b"BAsd7&jh23", SIZE));
    if SIZE > limit {
        let behind = [goodbye(NORMAL, ""), whole(PING, "")];
        let frames = [vec![long, hello], behind.into()].concat();
        return case("7.1.6", frames, &[], Ends::Failed(1009));
    }
    case("7.1.6", vec![long, hello], &[Reply::Echo, Reply::Echo], Ends::Well)
}

/// 7.3.*, 7.5.1: a close frame holds nothing, or two bytes and up to 123 of UTF-8.
fn reasons() -> Vec<Case> {
    let closed = |number: &str, frame, ends| case(number, vec![frame], &[], ends);
    let well = Ends::Echoed(Some(NORMAL));
    let not_utf8 = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited";
    vec![
        closed("7.3.1", whole(CLOSE, ""), Ends::Echoed(None)),
        closed("7.3.2", whole(CLOSE, "a"), Ends::Failed(1002)),
        closed("7.3.3", goodbye(NORMAL, ""), well),
        closed("7.3.4", goodbye(NORMAL, "Hello World!"), well),
        closed("7.3.5", goodbye(NORMAL, [b'*'; 123]), well),
        closed("7.3.6", goodbye(NORMAL, [b'*'; 124]), Ends::Failed(1002)),
        closed("7.5.1", goodbye(NORMAL, not_utf8), Ends::Failed(1007)),
    ]
}
