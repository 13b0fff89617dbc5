//! 6.*: text is UTF-8, wherever it is cut, and nothing that only looks like it. The sequences are
//! those of Markus Kuhn's decoder test.

use super::case::{CONTINUE, Case, Ends, FIN, Frame, Reply, TEXT, case, fragments, part, whole};

/// κόσμε
const KOSME: &[u8] = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";

pub fn cases() -> Vec<Case> {
    let mut cases = empty_fragments();
    cases.extend(wherever_it_is_cut());
    cases.extend(at_once());
    cases.extend(sequences());
    cases
}

fn good(number: impl Into<String>, frames: Vec<Frame>) -> Case {
    case(number, frames, &[Reply::Echo], Ends::Well)
}

fn bad(number: impl Into<String>, frames: Vec<Frame>) -> Case {
    case(number, frames, &[], Ends::Failed(1007))
}

/// 6.1.*
fn empty_fragments() -> Vec<Case> {
    let around = |middle: &str| vec![part(TEXT, ""), part(CONTINUE, middle), whole(CONTINUE, "")];
    vec![
        good("6.1.1", vec![whole(TEXT, "")]),
        good("6.1.2", around("")),
        good("6.1.3", around("middle frame payload")),
    ]
}

/// 6.2.*, 6.3.*
fn wherever_it_is_cut() -> Vec<Case> {
    let words = "Hello-µ@ßöäüàá-UTF-8!!";
    let (one, other) = words.split_at("Hello-µ@ßöä".len());
    let surrogate = [KOSME, b"\xed\xa0\x80edited"].concat();
    vec![
        good("6.2.1", vec![whole(TEXT, words)]),
        good("6.2.2", vec![part(TEXT, one), whole(CONTINUE, other)]),
        good("6.2.3", fragments(TEXT, words.as_bytes(), 1)),
        good("6.2.4", fragments(TEXT, KOSME, 1)),
        bad("6.3.1", vec![whole(TEXT, &surrogate)]),
        bad("6.3.2", fragments(TEXT, &surrogate, 1)),
    ]
}

/// 6.4.*: U+110000, in the middle of a message whose rest is never sent. It cannot become text any
/// more with the fragment (6.4.1) or its first byte (6.4.2) that says so. The third and fourth case cut
/// one frame, which is looked at when it is whole: then the rest is sent as well.
fn at_once() -> Vec<Case> {
    let all = [KOSME, b"\xf4\x90\x80\x80edited"].concat();
    let (begins, rest) = all.split_at(KOSME.len());
    let (first, _) = rest.split_at(4);
    let (most, _) = all.split_at(12);
    let fragments = |one: &[u8], other: &[u8]| vec![part(TEXT, one), part(CONTINUE, other)];
    let chopped = |chop| vec![whole(TEXT, &all).chopped(chop)];
    vec![
        bad("6.4.1", fragments(begins, first)),
        bad("6.4.2", fragments(most, &all[12..13])),
        bad("6.4.3", chopped(KOSME.len())),
        bad("6.4.4", chopped(12)),
    ]
}

/// 6.5.* to 6.23.*: a chapter each.
fn sequences() -> Vec<Case> {
    let mut cases = Vec::new();
    for (chapter, texts) in (5..).zip(chapters()) {
        for (nth, text) in (1..).zip(texts) {
            let (number, is_good) = (format!("6.{chapter}.{nth}"), str::from_utf8(&text).is_ok());
            let frame = Frame { first: FIN | TEXT, payload: text, chop: 0 };
            cases.push(if is_good { good(number, vec![frame]) } else { bad(number, vec![frame]) });
        }
    }
    cases
}

fn chapters() -> Vec<Vec<Vec<u8>>> {
    let listed = |texts: &[&[u8]]| texts.iter().map(|text| text.to_vec()).collect::<Vec<_>>();
    vec![
        listed(&[
            b"hello\x24world",
            b"hello\xc2\xa2world",
            b"hello\xe2\x82\xacworld",
            b"hello\xf0\xa4\xad\xa2world",
            KOSME,
        ]),
        (1..=KOSME.len()).map(|length| KOSME[..length].to_vec()).collect(),
        listed(&[b"\0", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"]),
        listed(&[b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
        listed(&[b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"]),
        listed(&[b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"]),
        listed(&[
            b"\xed\x9f\xbf",
            b"\xee\x80\x80",
            b"\xef\xbf\xbd",
            b"\xf4\x8f\xbf\xbf",
            b"\xf4\x90\x80\x80",
        ]),
        lonely_ends(),
        lonely_starts(),
        UNFINISHED.iter().map(|text| text.to_vec()).collect(),
        vec![UNFINISHED.concat()],
        listed(&[b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
        listed(&[
            b"\xc0\xaf",
            b"\xe0\x80\xaf",
            b"\xf0\x80\x80\xaf",
            b"\xf8\x80\x80\x80\xaf",
            b"\xfc\x80\x80\x80\x80\xaf",
        ]),
        listed(&[
            b"\xc1\xbf",
            b"\xe0\x9f\xbf",
            b"\xf0\x8f\xbf\xbf",
            b"\xf8\x87\xbf\xbf\xbf",
            b"\xfc\x83\xbf\xbf\xbf\xbf",
        ]),
        listed(&[
            b"\xc0\x80",
            b"\xe0\x80\x80",
            b"\xf0\x80\x80\x80",
            b"\xf8\x80\x80\x80\x80",
            b"\xfc\x80\x80\x80\x80\x80",
        ]),
        SURROGATES.iter().map(|text| text.to_vec()).collect(),
        pairs(),
        no_characters(),
        (0xb9..=0xbf).map(|last| vec![0xef, 0xbf, last]).collect(),
    ]
}

/// The last byte is missing.
const UNFINISHED: [&[u8]; 10] = [
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xf8\x80\x80\x80",
    b"\xfc\x80\x80\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfb\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf",
];

const SURROGATES: [&[u8]; 7] = [
    b"\xed\xa0\x80",
    b"\xed\xad\xbf",
    b"\xed\xae\x80",
    b"\xed\xaf\xbf",
    b"\xed\xb0\x80",
    b"\xed\xbe\x80",
    b"\xed\xbf\xbf",
];

fn lonely_ends() -> Vec<Vec<u8>> {
    let alternating = |length| [0x80, 0xbf].into_iter().cycle().take(length).collect();
    let mut texts = vec![vec![0x80], vec![0xbf]];
    texts.extend((2..=6).map(alternating));
    texts.push((0x80..0xbf).collect());
    texts
}

fn lonely_starts() -> Vec<Vec<u8>> {
    let ranges = [0xc0..0xdf_u8, 0xe0..0xef, 0xf0..0xf7, 0xf8..0xfb, 0xfc..0xfd];
    let spaced = |range: std::ops::Range<u8>| range.flat_map(|byte| [byte, b' ']).collect();
    ranges.into_iter().map(spaced).collect()
}

/// Two halves of UTF-16.
fn pairs() -> Vec<Vec<u8>> {
    let highs: [&[u8]; 4] = [b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf"];
    let lows: [&[u8]; 2] = [b"\xed\xb0\x80", b"\xed\xbf\xbf"];
    highs.iter().flat_map(|high| lows.iter().map(|low| [*high, *low].concat())).collect()
}

/// Good UTF-8 for what Unicode will never call a character: the last two of each plane that is tried.
fn no_characters() -> Vec<Vec<u8>> {
    let mut texts = vec![vec![0xef, 0xbf, 0xbe], vec![0xef, 0xbf, 0xbf]];
    for first in 0xf0..=0xf4_u8 {
        for second in [0x8f, 0x9f, 0xaf, 0xbf] {
            let is_a_plane = match first {
                0xf0 => second != 0x8f,
                0xf4 => second == 0x8f,
                _ => true,
            };
            if is_a_plane {
                texts.extend([0xbe, 0xbf].map(|last| vec![first, second, 0xbf, last]));
            }
        }
    }
    texts
}
