//! Which pages may talk to this server in their visitor's name (RFC 6455 §10.2).
//!
//! Browsers send cookies with a WebSocket handshake from any site, and no same-origin rule holds
//! them back; the `Origin` header is the only witness. So a handshake or a post with an Origin is
//! accepted only from the server's own pages or from a configured list. One without Origin comes
//! from a script: it is welcome as somebody new, and a cookie with it counts only if the browser
//! itself says `Sec-Fetch-Site: same-origin`, which it does not for handshakes. Plain reads need no
//! witness: browsers send no Origin with them, and pages of other sites cannot see the answer.

use thiserror::Error;

/// The page's site may not talk to this server.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("pages of {0:?} may not talk to this server; http.allowed_origins lists those that may")]
pub struct OriginNotAllowed(pub String);

/// The origins that are allowed besides the server's own.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    allowed: Vec<Origin>,
}

/// Scheme, host and port, each in its only form.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Origin {
    scheme: &'static str,
    host: String,
    port: u16,
}

impl Origins {
    /// Takes the configured list; what is no origin in it can match nothing and is left out.
    pub fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().filter_map(|text| Origin::parse(text)).collect() }
    }

    /// Checks the `Origin` of a request against its `Host`.
    ///
    /// # Errors
    ///
    /// [`OriginNotAllowed`] with the origin as it was sent, cut to 100 characters.
    pub fn check(&self, origin: &str, host: &str) -> Result<(), OriginNotAllowed> {
        let refused = || OriginNotAllowed(origin.chars().take(100).collect());
        let found = Origin::parse(origin).ok_or_else(refused)?;
        if found.is_at(host) || self.allowed.contains(&found) { Ok(()) } else { Err(refused()) }
    }
}

impl Origin {
    /// Reads `scheme://host[:port]` and nothing more: no user, no path, no dot at the end.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let (scheme, default_port) = match scheme {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return None,
        };
        let (host, port) = split_authority(authority)?;
        Some(Self { scheme, host, port: port.unwrap_or(default_port) })
    }

    /// Whether this is the origin of a page that the host itself served. Behind a proxy the server
    /// cannot see the scheme, so a `Host` without port fits the default port of either.
    fn is_at(&self, host: &str) -> bool {
        let default_port = if self.scheme == "https" { 443 } else { 80 };
        split_authority(host).is_some_and(|(host, port)| {
            host == self.host && port.unwrap_or(default_port) == self.port
        })
    }
}

/// Splits `host[:port]`, lower-cased. IPv6 addresses keep their brackets.
fn split_authority(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.rfind(':').filter(|&colon| !text[colon..].contains(']')) {
        Some(colon) => {
            let digits = &text[colon + 1..];
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (&text[..colon], Some(digits.parse().ok()?))
        }
        None => (text, None),
    };
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_host = match inside {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.ends_with('.') && host.bytes().all(allowed),
    };
    is_host.then(|| (host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(origin: &str, host: &str) -> bool {
        let origins = Origins::new(&["https://friend.example".to_owned()]);
        origins.check(origin, host).is_ok()
    }

    #[test]
    fn the_own_pages_may_talk() {
        for (origin, host) in [
            ("http://127.0.0.1:3000", "127.0.0.1:3000"),
            ("http://chat.example", "chat.example"),
            ("https://chat.example", "chat.example"),
            ("https://chat.example", "chat.example:443"),
            ("https://CHAT.example", "chat.Example"),
            ("http://[::1]:3000", "[::1]:3000"),
            ("https://friend.example", "chat.example"),
            ("https://friend.example:443", "chat.example"),
        ] {
            assert!(allowed(origin, host), "{origin} at {host}");
        }
    }

    #[test]
    fn other_pages_may_not() {
        for origin in [
            "null",
            "",
            "chat.example",
            "ftp://chat.example",
            "file://chat.example",
            "http://chat.example:81",
            "https://chat.example:8443",
            "https://chat.example.evil.example",
            "https://evil-chat.example",
            "https://sub.chat.example",
            "https://chat.example@evil.example",
            "https://user:password@chat.example",
            "https://chat.example.",
            "https://chat.example/path",
            "https://chаt.example", // a Cyrillic а
            "https://chat.example:",
            "https://chat.example:443:443",
            "https://chat.example:+443",
            "http://friend.example",
            "https://friend.example.evil.example",
            "https://chat.example, https://evil.example",
            "HTTPS://chat.example",
        ] {
            assert!(!allowed(origin, "chat.example"), "{origin}");
        }
        assert!(!allowed("http://127.0.0.1:3001", "127.0.0.1:3000"));
    }

    #[test]
    fn what_is_no_host_is_not_ours_even_if_the_request_names_it() {
        for host in
            ["", ".", "chat.example.", "a b", "a@b", "a/b", "[a]", "[127.0.0.1]", "[::1", "::1"]
        {
            assert!(!allowed(&format!("http://{host}"), host), "{host}");
        }
        for host in ["a-b.example", "a_b", "[::1]", "127.0.0.1", "7"] {
            assert!(allowed(&format!("http://{host}"), host), "{host}");
        }
    }
}
