//! A browser without JavaScript: it keeps cookies, posts forms as pages of the server do, and says
//! where it was sent. Whatever was typed as a password must never come back.

use std::collections::BTreeMap;

use hyper::{Request, http::request::Builder};

use super::{Answer, TestServer};

/// What forms call a password.
const PASSWORDS: [&str; 3] = ["password", "old", "new"];

/// A browser of one person.
pub struct Browser<'server> {
    server: &'server TestServer,
    cookies: BTreeMap<String, String>,
    passwords: Vec<String>,
}

impl<'server> Browser<'server> {
    /// One that has never been here.
    pub fn new(server: &'server TestServer) -> Self {
        Self { server, cookies: BTreeMap::new(), passwords: Vec::new() }
    }

    /// Opens a page.
    pub async fn opens(&mut self, path: &str) -> Answer {
        self.asks(Request::get(path), String::new()).await
    }

    /// Sends a form of a page of the server.
    pub async fn posts(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        for (name, value) in fields {
            if PASSWORDS.contains(name) && !value.is_empty() {
                self.passwords.push((*value).to_owned());
            }
        }
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", format!("http://{}", self.server.address));
        self.asks(request, fields.join("&")).await
    }

    /// Comes in with a new account and goes to `/`.
    pub async fn registers(&mut self, login: &str, name: &str, password: &str) {
        let fields = [("login", login), ("name", name), ("password", password)];
        let answer = self.posts("/register", &fields).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/"), "{}", answer.body);
    }

    /// The cookies, as they are sent.
    pub fn cookies(&self) -> String {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// Whether it keeps a cookie of this name.
    pub fn keeps(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    async fn asks(&mut self, request: Builder, body: String) -> Answer {
        let request = request.header("cookie", self.cookies()).body(body);
        let answer = self.server.http(request.unwrap()).await;
        for cookie in answer.head.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert!(cookie.contains("HttpOnly"), "{cookie}");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let head = format!("{:?}", answer.head);
        for password in &self.passwords {
            assert!(!answer.body.contains(password.as_str()), "a password in {}", answer.body);
            assert!(!head.contains(password.as_str()), "a password in {head}");
        }
        answer
    }
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
