//! One case, played.

use std::time::Duration;

use serde_json::Value;

use super::{
    case::{CLOSE, Case, Ends, FIN, Frame, NORMAL, PONG, Pace, Reply, TEXT, goodbye},
    dress::Dress,
    line::{Ear, Line, Mouth},
};
use crate::harness::fragment;

/// How long a case may take. Sixteen megabytes in small pieces are a second's work for a machine that
/// has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends what the case sends and looks at all that comes back, to the end of the connection.
pub async fn play(line: Line, case: &Case, dress: Dress) -> Result<(), String> {
    let played = tokio::time::timeout(PATIENCE, to_the_end(line, case, dress)).await;
    played.map_err(|_| "waited in vain".to_owned())?
}

async fn to_the_end(line: Line, case: &Case, dress: Dress) -> Result<(), String> {
    let frames = dress.on(case);
    let mut answers = dress.answers(&frames).into_iter();
    let Line { ear, mut mouth } = line;
    let mut hearing = Hearing { ear, bytes: Vec::new(), place: 0 };
    hearing.greeting().await?;
    let mut replies = case.hears.iter();
    if case.pace == Pace::InTurn {
        for (frame, reply) in frames.iter().zip(&mut replies) {
            say(&mut mouth, std::slice::from_ref(frame)).await;
            is_reply(&hearing.frame().await?, reply, &mut answers)?;
        }
    }
    let hears = async {
        for reply in replies {
            is_reply(&hearing.frame().await?, reply, &mut answers)?;
        }
        match case.ends {
            Ends::Well => Ok(()),
            Ends::Echoed(code) => hearing.ends(code).await,
            Ends::Failed(code) => hearing.ends(Some(code)).await,
        }
    };
    let says = async {
        if case.pace == Pace::AtOnce {
            say(&mut mouth, &frames).await;
        }
    };
    let ((), heard) = tokio::join!(says, hears);
    heard?;
    if case.ends == Ends::Well {
        say(&mut mouth, &[goodbye(NORMAL, "")]).await;
        hearing.ends(Some(NORMAL)).await?;
    }
    Ok(())
}

/// Sends frames until nobody listens: whole ones together, the others in their pieces.
async fn say(mouth: &mut Mouth, frames: &[Frame]) {
    for together in frames.chunk_by(|one, next| one.chop == 0 && next.chop == 0) {
        let bytes = together.iter().map(|frame| fragment(frame.first, &frame.payload));
        let bytes = bytes.collect::<Vec<_>>().concat();
        let chop = if together[0].chop == 0 { bytes.len() } else { together[0].chop };
        for piece in bytes.chunks(chop) {
            if !mouth.says(piece).await {
                return;
            }
        }
    }
}

fn is_reply(
    heard: &Heard,
    reply: &Reply,
    answers: &mut impl Iterator<Item = (&'static str, Option<String>)>,
) -> Result<(), String> {
    let is_as_it_must = match reply {
        Reply::Pong(payload) => heard.opcode == PONG && heard.payload == *payload,
        Reply::Echo => {
            let (code, kind) = answers.next().ok_or("more answers than texts")?;
            let frame: Value = serde_json::from_slice(&heard.payload).unwrap_or_default();
            let payload = &frame["payload"];
            heard.opcode == TEXT
                && frame["type"] == "error"
                && payload["code"] == code
                && payload["type"].as_str() == kind.as_deref()
        }
    };
    if is_as_it_must { Ok(()) } else { Err(format!("{heard} instead of {reply:?}")) }
}

/// A frame of the server.
struct Heard {
    opcode: u8,
    payload: Vec<u8>,
}

impl std::fmt::Display for Heard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = String::from_utf8_lossy(&self.payload);
        write!(formatter, "opcode {} with {words:?}", self.opcode)
    }
}

/// What has come in and is not looked at yet.
struct Hearing {
    ear: Ear,
    bytes: Vec<u8>,
    place: usize,
}

impl Hearing {
    /// `connection_established` and `welcome`, before anything was said.
    async fn greeting(&mut self) -> Result<(), String> {
        for _ in 0..2 {
            let heard = self.frame().await?;
            if heard.opcode != TEXT {
                return Err(format!("{heard} instead of a greeting"));
            }
        }
        Ok(())
    }

    /// So many bytes; none if the connection ends right before them.
    async fn take(&mut self, many: usize) -> Result<Option<Vec<u8>>, String> {
        while self.bytes.len() - self.place < many {
            let more = self.ear.hears().await?;
            if more.is_empty() {
                let rest = self.bytes.len() - self.place;
                return if rest == 0 { Ok(None) } else { Err(format!("{rest} bytes of a frame")) };
            }
            self.bytes.drain(..self.place);
            self.place = 0;
            self.bytes.extend(more);
        }
        let from = self.place;
        self.place += many;
        Ok(Some(self.bytes[from..self.place].to_vec()))
    }

    /// The next frame, which must be whole, plain, and no longer than it may be.
    async fn frame(&mut self) -> Result<Heard, String> {
        self.frame_or_end().await?.ok_or_else(|| "the connection ended without a word".to_owned())
    }

    async fn frame_or_end(&mut self) -> Result<Option<Heard>, String> {
        let Some(head) = self.take(2).await? else { return Ok(None) };
        if head[0] & 0xf0 != FIN || head[1] & 0x80 != 0 {
            return Err(format!("a frame that begins with {head:02x?}"));
        }
        let opcode = head[0] & 0x0f;
        let cut = || "a frame is cut".to_owned();
        let length = match head[1] {
            126 => {
                let bytes = self.take(2).await?.ok_or_else(cut)?;
                usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))
            }
            127 => return Err("an answer of more than 64 KiB".to_owned()),
            length if opcode >= CLOSE && length > 125 => return Err("too long".to_owned()),
            length => usize::from(length),
        };
        let payload =
            if length == 0 { Vec::new() } else { self.take(length).await?.ok_or_else(cut)? };
        Ok(Some(Heard { opcode, payload }))
    }

    /// A close frame with this code comes, and then the end: nothing in between.
    async fn ends(&mut self, code: Option<u16>) -> Result<(), String> {
        let heard = self.frame().await?;
        let said = match heard.payload[..] {
            [] => None,
            [high, low, ..] => Some(u16::from_be_bytes([high, low])),
            _ => return Err(format!("half a code: {heard}")),
        };
        let reason = heard.payload.get(2..).unwrap_or_default();
        if heard.opcode != CLOSE || said != code || str::from_utf8(reason).is_err() {
            return Err(format!("{heard} instead of a close with {code:?}"));
        }
        match self.frame_or_end().await? {
            None => Ok(()),
            Some(more) => Err(format!("{more} behind the close")),
        }
    }
}
