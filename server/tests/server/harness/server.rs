//! A server in the test's own process: looked into, moved through time, talked to, and ended with
//! nothing left behind.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use confab_server::{Server, ops::clock::Manual, store::examine};
use hyper::Request;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{net::TcpStream, time::timeout};

use super::{Answer, Client, Dial, PATIENCE, RawClient, connecting, hears, http_at, soon};

/// A server that runs until [`TestServer::end`].
pub struct TestServer {
    pub(super) server: Option<Server>,
    pub(super) manual: Arc<Manual>,
    pub address: SocketAddr,
    pub folder: Arc<TempDir>,
}

impl TestServer {
    fn running(&self) -> &Server {
        self.server.as_ref().expect("runs until the end")
    }

    /// How many sockets are open.
    pub fn open_sockets(&self) -> usize {
        self.running().registry().count()
    }

    /// How many sockets hear any topic.
    pub fn listeners(&self) -> usize {
        self.running().left().hub.listeners
    }

    /// What the registry knows of the one socket that is open.
    pub fn only_socket(&self) -> Arc<confab_server::ops::Connection> {
        let mut all = self.running().registry().connections();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// Waits until the server ends by itself.
    pub async fn fails(&self) {
        soon("the server to end by itself", self.running().failed()).await;
    }

    /// Lets virtual time pass.
    pub fn pass(&self, time: Duration) {
        self.manual.advance(time);
    }

    /// Waits until so many sockets are open.
    pub async fn has_sockets(&self, count: usize) {
        let reached = async {
            while self.open_sockets() != count {
                tokio::task::yield_now().await;
            }
        };
        let open = || self.open_sockets();
        if timeout(PATIENCE, reached).await.is_err() {
            panic!("{} sockets are open instead of {count}", open());
        }
    }

    /// Stops the server and asserts that it left nothing behind, and that what it has stored is sound.
    pub async fn end(mut self) {
        let mut server = self.server.take().expect("ends once");
        assert!(server.stop().await, "some tasks did not end");
        let left = server.left();
        assert!(left.is_nothing(), "the server left {left:?}");
        let diagnosis = examine(&self.folder.path().join("data/confab.db")).await.unwrap();
        assert!(diagnosis.is_sound(), "{diagnosis:#?}");
    }

    /// Begins to stop; the future ends with the server.
    pub fn stops(mut self) -> tokio::task::JoinHandle<bool> {
        let mut server = self.server.take().expect("ends once");
        tokio::spawn(async move { server.stop().await && server.left().is_nothing() })
    }

    /// A client to be connected.
    pub fn client(&self) -> Dial {
        Dial::to(self.address)
    }

    /// A client that names no topics and has been greeted.
    pub async fn connect(&self) -> Client {
        self.client().connect().await
    }

    /// A client that has been greeted, has said `connecting` with this name, and was answered.
    pub async fn join(&self, name: &str) -> Client {
        let mut client = self.connect().await;
        client.says(connecting(name)).await;
        hears!(client, Connected);
        client
    }

    /// A TCP connection to the server.
    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A socket whose frames are written byte by byte, greeted.
    pub async fn raw(&self) -> RawClient {
        let mut raw = RawClient::open(self.tcp().await, "/ws?topics=chat").await;
        raw.greeting().await;
        raw
    }

    /// Asks for a page or posts to it.
    pub async fn http(&self, request: Request<String>) -> Answer {
        http_at(self.address, request).await
    }

    /// `GET` as a browser without cookies.
    pub async fn get(&self, path: &str) -> Answer {
        self.http(Request::get(path).body(String::new()).unwrap()).await
    }

    /// A cookie of someone whom the server knows from now on.
    pub async fn cookie(&self) -> String {
        self.get("/").await.cookie()
    }

    /// `POST` of JSON into the lobby with a cookie, as a page of the server itself does.
    pub async fn posts(&self, cookie: &str, body: Value) -> Answer {
        let request = Request::post("/api/messages/dialog/lobby")
            .header("content-type", "application/json")
            .header("origin", format!("http://{}", self.address))
            .header("cookie", cookie)
            .body(body.to_string());
        self.http(request.unwrap()).await
    }

    /// A page of the lobby, as REST tells it.
    pub async fn history(&self) -> confab_protocol::rest::MessagesPage {
        let answer = self.get("/api/messages/dialog/lobby").await;
        serde_json::from_value(answer.json()["data"].clone()).unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.server.is_some() && !std::thread::panicking() {
            panic!("a test ends with server.end(), which looks what was left behind");
        }
    }
}
