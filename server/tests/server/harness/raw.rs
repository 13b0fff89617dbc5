//! A client that writes bytes: frames that are cut, masked wrongly, too long, or never read.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use super::soon;

/// A client that knows no rules: it writes whatever bytes a test wants.
pub struct RawClient {
    pub stream: TcpStream,
}

/// A frame as it came over the wire.
#[derive(Debug, Eq, PartialEq)]
pub struct RawFrame {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// The head of a good handshake.
pub fn handshake(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: confab.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A whole masked frame with its last fragment flag set.
pub fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    fragment(0x80 | opcode, payload)
}

/// A masked frame whose first byte is given: `FIN RSV1 RSV2 RSV3 opcode`.
pub fn fragment(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..126 => bytes.push(0x80 | length as u8),
        length @ ..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    // Word by word: some tests send a hundred megabytes.
    let (words, rest) = payload.as_chunks::<4>();
    let mask = u32::from_ne_bytes(MASK);
    words.iter().for_each(|word| bytes.extend((u32::from_ne_bytes(*word) ^ mask).to_ne_bytes()));
    bytes.extend(rest.iter().zip(MASK).map(|(byte, mask)| byte ^ mask));
    bytes
}

impl RawClient {
    /// Makes the handshake over a stream.
    pub async fn open(mut stream: TcpStream, path: &str) -> Self {
        stream.write_all(handshake(path).as_bytes()).await.unwrap();
        let mut raw = Self { stream };
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // The key and answer of RFC 6455 §1.3.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        raw
    }

    /// A socket over a connection with a small receive buffer, as a slow reader has it.
    pub async fn with_small_window(address: SocketAddr, path: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::open(socket.connect(address).await.unwrap(), path).await
    }

    /// Hears `connection_established` and `welcome`.
    pub async fn greeting(&mut self) {
        for kind in ["connection_established", "welcome"] {
            let text = self.text().await;
            assert!(text.contains(kind), "{text}");
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        // A server that has heard enough may have closed already; what it said is still read.
        let _ = soon("bytes to be written", self.stream.write_all(bytes)).await;
    }

    /// The head of an HTTP answer.
    pub async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon("an HTTP head", self.stream.read_u8()).await.expect("a whole head"));
        }
        String::from_utf8(head).unwrap()
    }

    /// The next frame of any kind; nothing when the server has hung up.
    pub async fn frame(&mut self) -> Option<RawFrame> {
        soon("a raw frame", async {
            let first = self.stream.read_u8().await.ok()?;
            assert_eq!(first & 0xf0, 0x80, "frames of the server are whole and plain");
            let second = self.stream.read_u8().await.ok()?;
            assert_eq!(second & 0x80, 0, "frames of the server are not masked");
            let length = match second {
                126 => self.stream.read_u16().await.ok()?.into(),
                127 => self.stream.read_u64().await.ok()? as usize,
                length => length.into(),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some(RawFrame { opcode: first & 0x0f, payload })
        })
        .await
    }

    /// The next frame but pings, which must be text.
    pub async fn text(&mut self) -> String {
        let mut frame = self.frame().await.expect("the socket is open");
        while frame.opcode == PING {
            frame = self.frame().await.expect("the socket is open");
        }
        assert_eq!(frame.opcode, TEXT, "{frame:?}");
        String::from_utf8(frame.payload).unwrap()
    }

    /// The code of the close frame; frames before it are passed over. Then the server hangs up.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            let frame = self.frame().await.expect("a close frame comes before the end");
            if frame.opcode == CLOSE {
                assert!(frame.payload.len() > 2, "a code and a reason: {frame:?}");
                std::str::from_utf8(&frame.payload[2..]).expect("a reason in words");
                return u16::from_be_bytes([frame.payload[0], frame.payload[1]]);
            }
        }
    }
}
