//! Bodies of `/api/auth` and `/api/me`: to come in, to stay, to leave.

use crate::{
    Timestamp, TokenId,
    json::{wire, words},
};

wire! {
    /// `POST /api/auth/guest`.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct NewGuest {
        /// A name of one's own; without it the server gives one.
        "name" => name: Option<String> = default,
    }

    /// `POST /api/auth/register`: a guest who does this keeps their id and their messages.
    #[derive(Clone, PartialEq)]
    pub struct Registration {
        /// What one signs in with: a name, an e-mail address or a phone number.
        "login" => login: String,
        /// The name others see.
        "name" => name: String,
        /// 8 to 200 characters.
        "password" => password: String,
    }

    /// `POST /api/auth/login`.
    #[derive(Clone, PartialEq)]
    pub struct SignIn {
        /// As it was registered; upper and lower case are the same.
        "login" => login: String,
        /// The password.
        "password" => password: String,
    }

    /// `POST /api/auth/logout`.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct SignOut {
        /// Whether all devices are signed out, not only this one.
        "everywhere" => everywhere: bool = default,
    }

    /// `POST /api/auth/strength`: how hard a password is to guess, before it is chosen.
    #[derive(Clone, PartialEq)]
    pub struct PasswordDraft {
        /// The password so far.
        "password" => password: String,
        /// The login it would go with, which makes a weak password.
        "login" => login: Option<String> = default,
        /// The name it would go with, likewise.
        "name" => name: Option<String> = default,
    }

    /// How hard a password is to guess.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Strength {
        /// From 0 to 4.
        "score" => score: u32,
        /// The same in a word.
        "word" => word: StrengthWord,
        /// Whether the server would take it.
        "accepted" => accepted: bool,
    }

    /// `PATCH /api/me`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ChangedName {
        /// The name from now on.
        "name" => name: String,
    }

    /// `POST /api/me/password`.
    #[derive(Clone, PartialEq)]
    pub struct ChangedPassword {
        /// The password until now.
        "old" => old: String,
        /// The password from now on.
        "new" => new: String,
    }

    /// `DELETE /api/me`.
    #[derive(Clone, Default, PartialEq)]
    pub struct Farewell {
        /// The password; a guest has none.
        "password" => password: Option<String> = default,
    }

    /// `POST /api/me/tokens`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NewToken {
        /// What it is for, to tell it from others.
        "name" => name: String,
    }

    /// A personal token, by which a script is known as its owner.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Token {
        /// Which.
        "id" => id: TokenId,
        /// What it is for.
        "name" => name: String,
        /// When it was made.
        "createdAt" => created_at: Timestamp,
        /// When a script last used it, to the day.
        "lastUsedAt" => last_used_at: Option<Timestamp> = default,
    }

    /// `GET /api/me/tokens`: newest first.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TokenList {
        /// One's own.
        "tokens" => tokens: Vec<Token>,
    }

    /// A token that was just made.
    #[derive(Clone, PartialEq)]
    pub struct MadeToken {
        /// As the list has it.
        "token" => token: Token,
        /// What the script sends as `Authorization: Bearer …`. It is told this once.
        "secret" => secret: String,
    }
}

words! {
    /// How hard a password is to guess.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum StrengthWord {
        /// Among the first thousand guesses.
        "tooWeak" => TooWeak,
        /// Guessed by a patient person.
        "weak" => Weak,
        /// Guessed by a program that may try online.
        "fair" => Fair,
        /// Safe unless the database is stolen.
        "good" => Good,
        /// Safe even then.
        "strong" => Strong,
    }
}
