//! Why a socket was closed, and whether its client comes back (DESIGN §4, RFC 6455 §7.4.1).

use crate::FrameRow;

/// What a client does after a close.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ComesBack {
    /// It was meant: stay away until a person asks.
    Never,
    /// At 300 to 600 ms once, then after 1, 2, 4, 8, 16 s, then wait for a person (DESIGN §5).
    WithBackoff,
    /// After the `afterMs` of the `bye` that came before, or with back-off if none came.
    AfterBye,
    /// At once: the server kept everything and the client only has to resume.
    Now,
}

impl ComesBack {
    fn words(self) -> &'static str {
        match self {
            Self::Never => "no",
            Self::WithBackoff => "yes, with back-off",
            Self::AfterBye => "yes, after `afterMs`",
            Self::Now => "yes, at once",
        }
    }
}

macro_rules! close_codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $back:ident;)*) => {
        /// A close code that Confab sends or understands.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum CloseCode {
            $($(#[doc = $doc])* $name,)*
            /// Any other code: treated as a lost connection.
            Other(u16),
        }

        impl CloseCode {
            /// The code's number.
            pub fn number(self) -> u16 {
                match self { $(Self::$name => $code,)* Self::Other(code) => code }
            }

            /// The code with this number.
            pub fn from_number(number: u16) -> Self {
                match number { $($code => Self::$name,)* other => Self::Other(other) }
            }

            /// Whether and when the client comes back.
            pub fn comes_back(self) -> ComesBack {
                match self { $(Self::$name => ComesBack::$back,)* Self::Other(_) => ComesBack::WithBackoff }
            }

            pub(crate) fn rows() -> Vec<(FrameRow, &'static str)> {
                vec![$((
                    FrameRow { name: stringify!($code), about: concat!($($doc),*) },
                    ComesBack::$back.words(),
                ),)*]
            }
        }
    };
}

close_codes! {
    /// Normal: one side was done.
    Normal = 1000, Never;
    /// Going away: the server stops, or the demo's `closeAfter` is over.
    GoingAway = 1001, AfterBye;
    /// The peer broke the WebSocket protocol.
    ProtocolError = 1002, WithBackoff;
    /// A binary frame; Confab speaks text.
    Unsupported = 1003, WithBackoff;
    /// The connection was lost without a close frame (never sent).
    Lost = 1006, WithBackoff;
    /// A text frame that is not UTF-8.
    InvalidUtf8 = 1007, WithBackoff;
    /// Ten bad frames in a row.
    Policy = 1008, WithBackoff;
    /// A frame or message larger than the limit.
    TooBig = 1009, WithBackoff;
    /// The server failed; it is logged.
    InternalError = 1011, WithBackoff;
    /// The server restarts.
    Restart = 1012, AfterBye;
    /// The server has too much to do.
    Overloaded = 1013, AfterBye;
    /// Nothing was heard from the other side for too long.
    NoPong = 4000, WithBackoff;
    /// The session has ended: sign in again.
    SessionEnded = 4001, Never;
    /// Not allowed here.
    Forbidden = 4003, Never;
    /// The reader was too slow for its queue; resume and catch up.
    TooSlow = 4008, Now;
    /// Too many sockets of one person or one address.
    TooManyConnections = 4009, Never;
    /// More frames a second than allowed.
    TooFast = 4029, WithBackoff;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_reads_back() {
        for number in 0..=4999 {
            assert_eq!(CloseCode::from_number(number).number(), number);
        }
    }

    #[test]
    fn who_was_sent_away_does_not_come_back() {
        for number in [1000, 4001, 4003, 4009] {
            assert_eq!(CloseCode::from_number(number).comes_back(), ComesBack::Never);
        }
        assert_eq!(CloseCode::from_number(4321).comes_back(), ComesBack::WithBackoff);
    }
}
