//! What is sent, and what must come back.

/// One case of the suite.
pub struct Case {
    /// Autobahn's: `6.4.1`.
    pub number: String,
    pub sends: Vec<Frame>,
    /// What comes back before the end, and nothing else.
    pub hears: Vec<Reply>,
    pub ends: Ends,
    pub pace: Pace,
}

/// When the next frame is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pace {
    /// As soon as the one before it is.
    AtOnce,
    /// When the one before it is answered.
    InTurn,
}

/// A frame, masked as a client's must be.
#[derive(Clone)]
pub struct Frame {
    /// `FIN RSV1 RSV2 RSV3 opcode`.
    pub first: u8,
    pub payload: Vec<u8>,
    /// Into how many bytes it is cut on its way; 0 for not at all.
    pub chop: usize,
}

/// What comes back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reply {
    /// The one answer to the next text that was sent.
    Echo,
    /// The same bytes as in the ping.
    Pong(Vec<u8>),
}

/// How it ends. In each case the server's close frame is its last word, and it ends the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ends {
    /// The client says goodbye when it has heard everything, and is answered with 1000.
    Well,
    /// What was sent holds the goodbye; it is answered with this code, or without one.
    Echoed(Option<u16>),
    /// The server says why it will not go on.
    Failed(u16),
}

pub const FIN: u8 = 0x80;
pub const CONTINUE: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// The code of a goodbye without a reason to be told.
pub const NORMAL: u16 = 1000;

pub fn case(number: impl Into<String>, sends: Vec<Frame>, hears: &[Reply], ends: Ends) -> Case {
    Case { number: number.into(), sends, hears: hears.to_vec(), ends, pace: Pace::AtOnce }
}

/// A whole frame.
pub fn whole(opcode: u8, payload: impl AsRef<[u8]>) -> Frame {
    Frame { first: FIN | opcode, payload: payload.as_ref().to_vec(), chop: 0 }
}

/// A frame that others follow.
pub fn part(opcode: u8, payload: impl AsRef<[u8]>) -> Frame {
    Frame { first: opcode, ..whole(opcode, payload) }
}

impl Frame {
    /// Sent in pieces of so many bytes.
    pub fn chopped(self, chop: usize) -> Self {
        Self { chop, ..self }
    }

    /// With reserved bits, three of them as a number.
    pub fn reserved(self, bits: u8) -> Self {
        Self { first: self.first | bits << 4, ..self }
    }
}

/// A message in fragments of so many bytes. As Autobahn has it, one that fits into a fragment is none,
/// and an empty one ends a message that they divide without rest.
pub fn fragments(opcode: u8, payload: &[u8], size: usize) -> Vec<Frame> {
    if payload.len() <= size {
        return vec![whole(opcode, payload)];
    }
    let mut frames: Vec<_> = payload.chunks(size).map(|piece| part(CONTINUE, piece)).collect();
    if payload.len().is_multiple_of(size) {
        frames.push(part(CONTINUE, ""));
    }
    if let [first, .., last] = &mut frames[..] {
        first.first |= opcode;
        last.first |= FIN;
    }
    frames
}

/// A close frame with a code and a reason.
pub fn goodbye(code: u16, reason: impl AsRef<[u8]>) -> Frame {
    whole(CLOSE, [&code.to_be_bytes(), reason.as_ref()].concat())
}
