//! A guest, and the cookie that knows them again.
//!
//! The cookie holds the guest's id and number, signed (HMAC-SHA256) with a key that lies beside the
//! database, so a guest stays the same person across restarts (DESIGN §4) and nobody can become
//! another by writing a cookie. HttpOnly keeps it from scripts, SameSite=Lax from other sites.

use std::{
    io::{self, Write},
    path::Path,
};

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Key, SignedCookieJar};
use confab_protocol::{Person, UserId, Username};
use thiserror::Error;

use super::cookies::{Cookies, cookie};
use crate::ops::{Clock, Random};

/// The cookie's name.
const COOKIE: &str = "confab_guest";

/// How long a browser keeps the cookie after the last visit: 400 days, the most that browsers grant
/// (RFC 6265bis §5.5).
const COOKIE_SECONDS: i64 = 400 * 24 * 60 * 60;

/// Bytes of the key: 32 to sign and 32 that encrypted cookies would use.
const KEY_BYTES: usize = 64;

/// The key cannot be read or made.
#[derive(Debug, Error)]
#[error("the cookie key {file} cannot be used: {why}")]
pub struct KeyError {
    file: String,
    why: String,
}

/// Someone without an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Guest {
    /// Who.
    pub id: UserId,
    /// Told apart by.
    pub number: u64,
    /// The name they chose; otherwise the number names them.
    pub name: Option<Username>,
}

impl Guest {
    /// The guest as others see them.
    pub fn person(&self) -> Person {
        let numbered = || {
            Username::parse(&format!("Guest {}", self.number))
                .expect("a word and a number make a name")
        };
        let username = self.name.clone().unwrap_or_else(numbered);
        Person { id: self.id.clone(), username }
    }
}

/// Knows guests again and makes new ones.
#[derive(Clone)]
pub struct Guests {
    key: Key,
    secure: bool,
    clock: Clock,
    random: Random,
}

impl Guests {
    /// Reads the key from `cookie.key` in the folder, or makes one. `secure`: browsers come by
    /// https, so the cookie must never travel without.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the file can be neither read nor made.
    pub fn open(
        folder: &Path,
        secure: bool,
        clock: Clock,
        random: Random,
    ) -> Result<Self, KeyError> {
        let path = folder.join("cookie.key");
        let failed = |why: String| KeyError { file: path.display().to_string(), why };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) if bytes.len() == KEY_BYTES => bytes,
            Ok(bytes) => {
                return Err(failed(format!("{} bytes instead of {KEY_BYTES}", bytes.len())));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_key(&path).map_err(|error| failed(error.to_string()))?
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        Ok(Self { key: Key::from(&bytes), secure, clock, random })
    }

    /// The guest whose cookie came with a request.
    pub fn known(&self, headers: &HeaderMap) -> Option<Guest> {
        let jar = SignedCookieJar::from_headers(headers, self.key.clone());
        let cookie = jar.get(COOKIE)?;
        let (id, number) = cookie.value().split_once('.')?;
        Some(Guest { id: UserId::parse(id).ok()?, number: number.parse().ok()?, name: None })
    }

    /// A guest nobody has seen before, to be known again by their cookie.
    pub fn newcomer(&self) -> Guest {
        self.numbered(self.random.guest_number().into())
    }

    /// A guest for one socket, told apart by the socket's number.
    pub fn numbered(&self, number: u64) -> Guest {
        let id = self.random.uuid_v7(self.clock.wall());
        Guest { id: UserId::parse(id).expect("a UUID is an id"), number, name: None }
    }

    /// The cookie that will know this guest again.
    pub fn cookie(&self, guest: &Guest) -> Cookies {
        let value = format!("{}.{}", guest.id, guest.number);
        let lifetime = time::Duration::seconds(COOKIE_SECONDS);
        let cookie = cookie(COOKIE, value, self.secure, lifetime);
        let mut cookies = Cookies::default();
        cookies.push_signed(SignedCookieJar::new(self.key.clone()).add(cookie));
        cookies
    }

    /// Lets a browser forget who it was.
    pub(super) fn forget(&self) -> Cookies {
        let mut cookies = Cookies::default();
        cookies.push(&cookie(COOKIE, String::new(), self.secure, time::Duration::ZERO));
        cookies
    }
}

/// Makes a key from the operating system's randomness, readable by its owner alone.
fn make_key(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(&bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{http::header, response::IntoResponse};

    fn guests(folder: &Path) -> Guests {
        Guests::open(folder, false, Clock::system(), Random::from_seed(1)).unwrap()
    }

    fn set_cookie(guests: &Guests, guest: &Guest) -> String {
        let answer = (guests.cookie(guest), ()).into_response();
        answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned()
    }

    fn request(cookie: &str) -> HeaderMap {
        [(header::COOKIE, cookie.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_guest_is_the_same_person_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let before = guests(folder.path());
        let guest = before.newcomer();
        let cookie = set_cookie(&before, &guest);
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        assert!(cookie.contains("Max-Age=34560000"), "{cookie}");
        let sent_back = cookie.split(';').next().unwrap();
        assert_eq!(guests(folder.path()).known(&request(sent_back)), Some(guest));
    }

    #[test]
    fn a_key_that_is_none_is_said_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("cookie.key");
        let open = || Guests::open(folder.path(), false, Clock::system(), Random::from_seed(1));
        let refused = || open().map(drop).unwrap_err().to_string();
        for bytes in [0, 63, 65] {
            std::fs::write(&key, vec![7; bytes]).unwrap();
            let told = refused();
            assert!(told.contains(&format!("{bytes} bytes instead of 64")), "{told}");
            assert_eq!(std::fs::read(&key).unwrap().len(), bytes);
        }
        std::fs::remove_file(&key).unwrap();
        std::fs::create_dir(&key).unwrap();
        assert!(refused().contains("directory"), "{}", refused());
    }

    #[test]
    fn a_cookie_written_by_hand_is_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let guests = guests(folder.path());
        let cookie = set_cookie(&guests, &guests.newcomer());
        let value = cookie.split(';').next().unwrap();
        let forged = format!("{}9", value);
        assert_eq!(guests.known(&request(&forged)), None);
        assert_eq!(guests.known(&request("confab_guest=someone.1")), None);
        assert_eq!(guests.known(&HeaderMap::new()), None);
    }
}
