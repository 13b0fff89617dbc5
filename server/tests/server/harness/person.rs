//! Someone who talks to the API: a browser that keeps its cookies, or a script.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use hyper::{Method, Request, http::request::Builder};
use serde_json::{Value, json};

use super::{Answer, Dial, TestServer};

/// A password that the server takes.
pub const PASSWORD: &str = "tea at eleven";

/// Someone with cookies of their own, or a token, at an address of their own.
pub struct Person<'a> {
    server: &'a TestServer,
    cookies: BTreeMap<String, String>,
    token: Option<String>,
    address: String,
    is_page: bool,
}

impl TestServer {
    /// A browser that has never been here.
    pub fn browser(&self) -> Person<'_> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let [_, a, b, c] = (LAST.fetch_add(1, Relaxed) + 1).to_be_bytes();
        let address = format!("10.{a}.{b}.{c}");
        Person { server: self, cookies: BTreeMap::new(), token: None, address, is_page: true }
    }

    /// A program that sends neither Origin nor Sec-Fetch-Site.
    pub fn script(&self) -> Person<'_> {
        Person { is_page: false, ..self.browser() }
    }

    /// A browser whose owner has made an account with this login, name and [`PASSWORD`].
    pub async fn account(&self, login: &str, name: &str) -> Person<'_> {
        let mut person = self.browser();
        let answer = person.registers(login, name).await;
        assert_eq!(answer.status(), 201, "{}", answer.body);
        person
    }
}

impl Person<'_> {
    /// From this address.
    pub fn at(mut self, address: &str) -> Self {
        self.address = address.to_owned();
        self
    }

    /// With this token instead of cookies.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Another browser with the very same cookies, as a thief or a restart has them.
    pub fn copy(&self) -> Self {
        Self {
            cookies: self.cookies.clone(),
            token: self.token.clone(),
            address: self.address.clone(),
            ..*self
        }
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// All cookies, as a browser sends them.
    pub fn cookies(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// A socket of theirs, to be opened.
    pub fn dials(&self) -> Dial {
        let dial = match &self.token {
            Some(token) => return self.server.client().header("authorization", bearer(token)),
            None if self.is_page => self.server.client().browser(&self.cookies()),
            None => self.server.client().header("cookie", self.cookies()),
        };
        dial.header("x-forwarded-for", self.address.clone())
    }

    /// Asks, and remembers the cookies of the answer.
    pub async fn asks(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.sends(request, body.map(|body| body.to_string()).unwrap_or_default()).await
    }

    /// Sends any request with their credentials, and remembers the cookies of the answer.
    pub async fn sends(&mut self, request: Builder, body: String) -> Answer {
        let mut request =
            request.header("x-forwarded-for", &self.address).header("cookie", self.cookies());
        if self.is_page {
            request = request.header("origin", format!("http://{}", self.server.address));
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", bearer(token));
        }
        let answer = self.server.http(request.body(body).unwrap()).await;
        self.remember(&answer);
        answer
    }

    fn remember(&mut self, answer: &Answer) {
        for cookie in answer.head.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.asks(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.asks(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&mut self, path: &str, body: Value) -> Answer {
        self.asks(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&mut self, path: &str, body: Option<Value>) -> Answer {
        self.asks(Method::DELETE, path, body).await
    }

    pub async fn registers(&mut self, login: &str, name: &str) -> Answer {
        let body = json!({ "login": login, "name": name, "password": PASSWORD });
        self.post("/api/auth/register", body).await
    }

    pub async fn signs_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/api/auth/login", json!({ "login": login, "password": password })).await
    }

    /// Who the server says they are; nothing when they must sign in.
    pub async fn me(&mut self) -> Option<Value> {
        let answer = self.get("/api/me").await;
        match answer.status() {
            200 => Some(answer.json()["data"].clone()),
            _ => {
                assert_eq!((answer.status(), answer.code().as_str()), (401, "sign_in_required"));
                None
            }
        }
    }

    /// Their id.
    pub async fn id(&mut self) -> String {
        self.me().await.expect("is somebody")["id"].as_str().unwrap().to_owned()
    }

    /// Says something in a dialog; what was stored.
    pub async fn says(&mut self, dialog: &str, content: &str) -> Value {
        let path = format!("/api/messages/dialog/{dialog}");
        let answer = self.post(&path, json!({ "content": content })).await;
        assert_eq!(answer.status(), 201, "{}", answer.body);
        answer.json()["data"].clone()
    }

    /// A personal token of theirs.
    pub async fn makes_token(&mut self, name: &str) -> (String, String) {
        let answer = self.post("/api/me/tokens", json!({ "name": name })).await;
        assert_eq!(answer.status(), 201, "{}", answer.body);
        let data = &answer.json()["data"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&data["token"]["id"]), text(&data["secret"]))
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
