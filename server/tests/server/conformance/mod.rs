//! RFC 6455, case by case: the numbers and bytes of the Autobahn test suite (25.10.1), all 301 cases
//! that are not about compression, against the real `/ws` over a real TCP connection.
//!
//! Autobahn talks to a server that sends back what it hears. Confab does not, so **an echo is** what
//! Confab answers to a text that is no frame of its own: exactly one `error`, and the connection lives.
//! Each case is played twice ([`dress`]). *Bare*, with Autobahn's very bytes, the answer says
//! `not_json`. *Named*, a text stands inside of `{"type":"…"}`, and the answer says which type was not
//! known: the first 64 characters of what was sent, so that it is seen to have arrived as it was,
//! whatever it was cut into. **A binary message** is refused with 1003 as soon as it is whole, and one
//! **of more than 64 KiB** with 1009 as soon as that much is announced; the cases about size are also
//! played on a server that takes 16 MiB, where they are answered.
//!
//! Every case says all that comes back, and nothing else may: answers and pongs in order, then a close
//! frame with which code, then the end of the connection. An error of the protocol is always named
//! (1002, 1007, 1009), and a good close is answered with its own code. Where Autobahn allows for less,
//! Confab is strict, but in 6.4.3 and 6.4.4: a frame is looked at when it is whole, which is within
//! 64 KiB, and so is text that is not UTF-8. In fragments it is refused with the fragment.

mod case;
mod closing;
mod dress;
mod framing;
mod limits;
mod line;
mod play;
mod utf8;

use std::time::Duration;

use self::{case::Case, dress::Dress, line::Wire, play::play};
use crate::harness::{TestServer, server};

/// What a server takes at most, in bytes.
const SMALL: usize = 64 * 1024;
const LARGE: usize = 16 * 1024 * 1024;

/// A server that takes so much, and as many texts that it does not understand as there are.
async fn patient(frame_bytes: usize) -> TestServer {
    let server = server().unhurried().with(move |settings| {
        settings.limits.frame_bytes = u32::try_from(frame_bytes).unwrap();
        settings.gateway.bad_frames_max = u32::MAX;
        // Who is refused a binary message is asked to say goodbye, and never does here.
        settings.gateway.close_timeout = Duration::from_millis(100);
    });
    server.start().await
}

/// Plays all of them in both dresses; the numbers of those that went wrong, and how.
async fn all_are_well(cases: Vec<Case>, expected: usize, limit: usize, wire: Wire) {
    assert_eq!(cases.len(), expected, "none is left out");
    let server = patient(limit).await;
    let mut failed = Vec::new();
    for case in &cases {
        for dress in [Dress::Bare, Dress::Named] {
            let line = wire.open(&server).await;
            if let Err(why) = play(line, case, dress).await {
                failed.push(format!("{} {dress:?}: {why}", case.number));
            }
        }
    }
    let played = 2 * expected;
    assert!(failed.is_empty(), "{} of {played}:\n{}", failed.len(), failed.join("\n"));
    println!("{expected} cases over {wire:?}, bare and with a name: 0 failed");
    server.has_sockets(0).await;
    server.end().await;
}

/// One test for each chapter and each way to open a socket.
macro_rules! chapters {
    ($($name:ident: $count:literal of $cases:expr;)*) => {
        /// How many there are in all chapters.
        const ALL: usize = 0 $(+ $count)*;

        chapters!(@over over_http_1 Http1 $($name: $count of $cases;)*);
        chapters!(@over over_http_2 Http2 $($name: $count of $cases;)*);
    };
    (@over $over:ident $wire:ident $($name:ident: $count:literal of $cases:expr;)*) => {
        mod $over {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                all_are_well($cases, $count, SMALL, Wire::$wire).await;
            })*
        }
    };
}

chapters! {
    cases_1_framing: 16 of framing::messages();
    cases_2_pings_and_pongs: 11 of framing::pings();
    cases_3_reserved_bits: 7 of framing::reserved_bits();
    cases_4_opcodes: 10 of framing::opcodes();
    cases_5_fragments: 20 of framing::fragments();
    cases_6_utf8: 145 of utf8::cases();
    cases_7_closing: 37 of closing::cases(SMALL);
    cases_9_limits: 54 of limits::cases(SMALL);
    cases_10_fragments_of_1300_bytes: 1 of limits::automatic_fragments();
}

#[test]
fn all_of_autobahn_is_played_but_for_compression() {
    assert_eq!(ALL, 301);
    println!("{ALL} cases in all");
}

#[tokio::test]
async fn cases_7_closing_where_16_mib_are_taken() {
    for wire in [Wire::Http1, Wire::Http2] {
        all_are_well(closing::cases(LARGE), 37, LARGE, wire).await;
    }
}

#[tokio::test]
async fn cases_9_limits_where_16_mib_are_taken() {
    all_are_well(limits::cases(LARGE), 54, LARGE, Wire::Http1).await;
}
