//! 9.*: large messages, whole, in fragments and in pieces, and many of them. 10.*: fragments of a
//! length that divides nothing.

use super::case::{BINARY, Case, Ends, Frame, Pace, Reply, TEXT, case, fragments, whole};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Bytes that are written over and over until there are so many.
pub fn repeated(pattern: &[u8], length: usize) -> Vec<u8> {
    pattern.iter().copied().cycle().take(length).collect()
}

/// What becomes of text and of other bytes where so much is taken.
struct Taken(usize);

impl Taken {
    fn message(&self, number: String, opcode: u8, size: usize, frames: Vec<Frame>) -> Case {
        match opcode {
            _ if size > self.0 => case(number, frames, &[], Ends::Failed(1009)),
            BINARY => case(number, frames, &[], Ends::Failed(1003)),
            _ => case(number, frames, &[Reply::Echo], Ends::Well),
        }
    }
}

pub fn cases(limit: usize) -> Vec<Case> {
    let taken = Taken(limit);
    let kinds: [(u8, &[u8], &[u8]); 2] =
        [(TEXT, b"BAsd7&jh23", b"*"), (BINARY, b"\x00\xfe\x23\xfa\xf0", b"\xfe")];
    let mut cases = Vec::new();
    for (chapter, (opcode, pattern, _)) in (1..).zip(kinds) {
        let sizes = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB];
        for (nth, size) in (1..).zip(sizes) {
            let frames = vec![whole(opcode, repeated(pattern, size))];
            cases.push(taken.message(format!("9.{chapter}.{nth}"), opcode, size, frames));
        }
    }
    for (chapter, (opcode, _, byte)) in (3..).zip(kinds) {
        for (nth, size) in (1..).zip((0..9).map(|power| 64 * 4_usize.pow(power))) {
            // Autobahn's sizes: 64 bytes, four times as much each time, to 4 MiB.
            let frames = fragments(opcode, &repeated(byte, 4 * MIB), size);
            cases.push(taken.message(format!("9.{chapter}.{nth}"), opcode, 4 * MIB, frames));
        }
    }
    for (chapter, (opcode, pattern, _)) in (5..).zip(kinds) {
        for (nth, chop) in (1..).zip([64, 128, 256, 512, 1024, 2048]) {
            let frames = vec![whole(opcode, repeated(pattern, MIB)).chopped(chop)];
            cases.push(taken.message(format!("9.{chapter}.{nth}"), opcode, MIB, frames));
        }
    }
    cases.extend(many());
    cases
}

/// 9.7.*, 9.8.*: a thousand messages, each sent when the one before it was answered; of binary ones the first is one too many.
fn many() -> Vec<Case> {
    const SIZES: [usize; 6] = [0, 16, 64, 256, 1024, 4096];
    let text = SIZES.into_iter().zip(1..).map(|(size, nth)| {
        let frames = vec![whole(TEXT, vec![b'*'; size]); 1000];
        let case = case(format!("9.7.{nth}"), frames, &vec![Reply::Echo; 1000], Ends::Well);
        Case { pace: Pace::InTurn, ..case }
    });
    let binary = SIZES.into_iter().zip(1..).map(|(size, nth)| {
        let frames = vec![whole(BINARY, vec![0xfe; size]); 1000];
        case(format!("9.8.{nth}"), frames, &[], Ends::Failed(1003))
    });
    text.chain(binary).collect()
}

/// 10.1.1
pub fn automatic_fragments() -> Vec<Case> {
    let frames = fragments(TEXT, &[b'*'; 64 * KIB], 1300);
    vec![case("10.1.1", frames, &[Reply::Echo], Ends::Well)]
}
