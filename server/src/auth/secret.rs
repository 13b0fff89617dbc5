//! Secrets that a visitor holds and the server only recognises: session ids and personal tokens.
//!
//! A secret is 256 bits from the operating system (not from [`Random`](crate::ops::Random), which
//! can be repeated), written in base64url. The database keeps its SHA-256, so a copy of the database
//! opens no door. A plain hash is enough: nobody guesses 256 bits, so there is nothing to slow down.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::ops::registry::SessionKey;

/// 256 bits, more than the 128 that ASVS 5.0 §7.2.3 asks for.
const BYTES: usize = 32;

/// A secret. It is told to its owner and to nobody else.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When the operating system gives no randomness, which it does from the moment it has started.
    pub fn draw() -> Self {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).expect("a running system gives randomness");
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// One that came with a request, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == BYTES);
        is_one.then(|| Self(text.to_owned()))
    }

    /// As its owner sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the server keeps it.
    pub fn key(&self) -> SessionKey {
        SessionKey(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_again_and_never_shown() {
        let secret = Secret::draw();
        assert_ne!(secret, Secret::draw());
        assert_eq!(Secret::parse(secret.as_str()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(!format!("{:?}", secret.key()).contains(secret.as_str()));
    }

    #[test]
    fn what_is_not_made_here_is_none() {
        let secret = Secret::draw();
        let long = format!("{}A", secret.as_str());
        for text in ["", "x", &secret.as_str()[1..], &long, "ä", "a b"] {
            assert_eq!(Secret::parse(text), None, "{text}");
        }
    }
}
