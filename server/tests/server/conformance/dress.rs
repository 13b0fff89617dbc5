//! How a text is sent: as Autobahn has it, or so that the answer shows what arrived.

use serde_json::Value;

use super::case::{CLOSE, Case, FIN, Frame, TEXT};

/// How texts are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dress {
    /// Autobahn's very bytes.
    Bare,
    /// Inside of `{"type":"…"}`.
    Named,
}

const BEFORE: &[u8] = br#"{"type":""#;
const BEHIND: &[u8] = br#""}"#;

/// A frame so long is dressed without becoming longer: the cases about size are about this size.
const LONG: usize = 64;

/// What an `error` says of a type at most, in characters.
const TYPE_CHARACTERS: usize = 64;

impl Dress {
    /// The frames as they are sent.
    pub fn on(self, case: &Case) -> Vec<Frame> {
        if self == Self::Bare {
            return case.sends.clone();
        }
        let mut is_in_text = false;
        let dressed = case.sends.iter().map(|frame| {
            let opcode = frame.first & 0x0f;
            let (begins, goes_on) = (opcode == TEXT, is_in_text && opcode == 0);
            let ends = (begins || goes_on) && frame.first & FIN != 0;
            if begins || goes_on {
                is_in_text = !ends;
            }
            let mut payload = frame.payload.clone();
            if begins {
                escape(&mut payload);
            }
            let cut = |wish: usize| if frame.payload.len() >= LONG { wish } else { 0 };
            if begins {
                payload.splice(..cut(BEFORE.len()), BEFORE.iter().copied());
            }
            if ends {
                payload.splice(payload.len() - cut(BEHIND.len()).., BEHIND.iter().copied());
            }
            Frame { payload, ..frame.clone() }
        });
        dressed.collect()
    }

    /// What the `error` about each text says: its code, and the type that is not known.
    pub fn answers(self, frames: &[Frame]) -> Vec<(&'static str, Option<String>)> {
        let texts = texts(frames).into_iter();
        match self {
            Self::Bare => texts.map(|_| ("not_json", None)).collect(),
            Self::Named => texts.map(|text| ("unknown_type", Some(type_of(&text)))).collect(),
        }
    }
}

/// A bare NUL cannot stand in JSON; nothing else that is sent here cannot.
fn escape(payload: &mut Vec<u8>) {
    if let [0] = payload[..] {
        *payload = br"\u0000".to_vec();
    }
}

/// The texts that are whole, before a close.
fn texts(frames: &[Frame]) -> Vec<Vec<u8>> {
    let (mut texts, mut text) = (Vec::new(), None);
    for frame in frames {
        match frame.first & 0x0f {
            TEXT => text = Some(frame.payload.clone()),
            0 => {
                if let Some(text) = &mut text {
                    text.extend(&frame.payload);
                }
            }
            CLOSE => break,
            _ => continue,
        }
        if frame.first & FIN != 0 {
            texts.extend(text.take());
        }
    }
    texts
}

fn type_of(text: &[u8]) -> String {
    let value: Value = serde_json::from_slice(text).unwrap_or_default();
    value["type"].as_str().unwrap_or_default().chars().take(TYPE_CHARACTERS).collect()
}
