//! The codes that `error`, `nack` and 4xx/5xx bodies carry, for programs; the sentence beside them
//! is for people.

use std::fmt;

use crate::json::{Fit, FromJson, Json, ToJson, Writer};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal,)*) => {
        /// What went wrong, in one stable word.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ErrorCode {
            $(
                $(#[doc = $doc])*
                #[cfg_attr(feature = "serde", serde(rename = $text))]
                #[cfg_attr(feature = "openapi", schema(rename = $text))]
                $name,
            )*
            /// A code of a newer server.
            #[cfg_attr(feature = "serde", serde(other, rename = "unknown"))]
            #[cfg_attr(feature = "openapi", schema(rename = "unknown"))]
            Unknown,
        }

        impl ErrorCode {
            /// Every code with what it means, for the README.
            pub const TABLE: &'static [(&'static str, &'static str)] =
                &[$(($text, concat!($($doc),*)),)*];

            /// The codes without their meaning, which the browser need not download.
            const WORDS: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];

            /// The code as it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::Unknown => "unknown" }
            }
        }
    };
}

codes! {
    /// The frame is not a JSON object of the form `{"type": …, "payload": …}`.
    NotJson = "not_json",
    /// No frame has this type.
    UnknownType = "unknown_type",
    /// The payload of this frame has another shape.
    WrongShape = "wrong_shape",
    /// No topic has this name; the sentence lists the known ones.
    UnknownTopic = "unknown_topic",
    /// No dialog has this id, or you are not in it; which of the two stays unsaid.
    UnknownDialog = "unknown_dialog",
    /// The message is blank.
    MessageEmpty = "message_empty",
    /// The message is longer than the limit.
    MessageTooLong = "message_too_long",
    /// The message holds control characters.
    MessageControlCharacter = "message_control_character",
    /// The message stacks too many combining marks.
    MessageCombiningMarks = "message_combining_marks",
    /// The name is blank, too long or holds control characters.
    NameInvalid = "name_invalid",
    /// Another goes by this name, or by one that looks the same.
    NameTaken = "name_taken",
    /// The title is blank, too long or holds control characters.
    TitleInvalid = "title_invalid",
    /// The dialog has no such message.
    UnknownMessage = "unknown_message",
    /// The message is another's.
    NotYourMessage = "not_your_message",
    /// The message is deleted.
    MessageDeleted = "message_deleted",
    /// Nobody has this id.
    UnknownPerson = "unknown_person",
    /// The dialog is no group: its members and its title cannot be changed.
    NotAGroup = "not_a_group",
    /// Only the owner of the group may do this.
    NotTheOwner = "not_the_owner",
    /// A group has 2 to 500 members, a direct dialog one other person.
    MembersInvalid = "members_invalid",
    /// A page holds 1 to 200 messages.
    LimitInvalid = "limit_invalid",
    /// Sign in first.
    SignInRequired = "sign_in_required",
    /// A guest has no account for this.
    AccountRequired = "account_required",
    /// A login is 3 to 100 letters, digits and `. _ - + @`.
    LoginInvalid = "login_invalid",
    /// Another signs in with this login.
    LoginTaken = "login_taken",
    /// A password is 8 to 200 characters, and none that everyone knows.
    PasswordInvalid = "password_invalid",
    /// Login or password is wrong; which of the two stays unsaid.
    WrongCredentials = "wrong_credentials",
    /// Too many tries to sign in; try again after `afterMs`.
    TooManyTries = "too_many_tries",
    /// The same `clientId` was used for another message.
    ClientIdConflict = "client_id_conflict",
    /// Too many messages at once; try again after `afterMs`.
    TooManySends = "too_many_sends",
    /// The database does not answer; nothing was stored; try again.
    StorageUnavailable = "storage_unavailable",
    /// `closeAfter` is not a number of seconds from 1 to 3600, or the server is no demo.
    BadCloseAfter = "bad_close_after",
    /// The request comes from a page of another site.
    OriginNotAllowed = "origin_not_allowed",
    /// The WebSocket handshake is not one.
    BadHandshake = "bad_handshake",
    /// The request cannot be read.
    BadRequest = "bad_request",
    /// There is nothing at this address.
    NotFound = "not_found",
    /// The server is stopping; try again in a moment.
    ShuttingDown = "shutting_down",
    /// The fault is the server's; it is logged.
    Internal = "internal",
}

impl FromJson for ErrorCode {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let word = json.text(fit);
        let known = Self::WORDS.iter().find(|(known, _)| *known == word);
        known.map_or(Self::Unknown, |(_, code)| *code)
    }
}

impl ToJson for ErrorCode {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(self.as_str());
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
