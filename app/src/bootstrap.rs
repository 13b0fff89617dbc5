//! What the server tells the page it rendered: enough for the browser to show the very same page
//! without asking for anything, and to go on from there.

use std::time::Duration;

use confab_protocol::{
    ClientId, Epoch, ErrorCode, Limits, Person, json, json_object, json_words, rest::MessagesPage,
};

use crate::{Language, words::Words};

/// The lab's example of an address where nobody listens (document 000).
pub const WRONG_ADDRESS: &str = "ws://localhost:9999";

/// The pages of Confab.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// `/`: where everyone is.
    Lobby,
    /// `/lab`: the connection, looked at and broken.
    Lab,
}

impl Page {
    /// Where the page is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Lobby => "/",
            Self::Lab => "/lab",
        }
    }
}

/// Settings that reach the client (`[ws]` in `Leptos.toml`, `CONFAB_WS_*`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientSettings {
    /// Host and port of the socket; empty means the page's own.
    pub ws_host: String,
    /// Path of the socket.
    pub ws_path: String,
    /// How often to ping.
    pub ping_interval: Duration,
    /// After how much silence the line is dead.
    pub silence_max: Duration,
    /// The one quick retry.
    pub first_retry: Duration,
    /// The retries after it.
    pub retry_delays: Vec<Duration>,
}

/// A message that the plain form sent and the server refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// Why.
    pub code: ErrorCode,
    /// What was typed; it goes back into the box.
    pub draft: String,
}

/// The page's first state, in the page as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// Which page.
    pub page: Page,
    /// In which language.
    pub language: Language,
    /// What the page says in it ([`Language::texts`]).
    pub words: Vec<String>,
    /// Who is looking.
    pub you: Person,
    /// The database's life.
    pub epoch: Epoch,
    /// The lobby's last messages; nothing when the database did not answer.
    pub history: Option<MessagesPage>,
    /// What is too much.
    pub limits: Limits,
    /// How to connect.
    pub client: ClientSettings,
    /// Whether the server is for showing.
    pub demo: bool,
    /// A refused message of the plain form.
    pub notice: Option<Notice>,
    /// The name of the next message of the plain form.
    pub form_client_id: ClientId,
}

impl Bootstrap {
    /// The id of the element that holds the JSON.
    pub const ELEMENT_ID: &'static str = "bootstrap";

    /// The JSON, safe inside a `<script>`: whatever could end the element or open a comment is
    /// written as an escape that means the same to JSON.
    pub fn to_script(&self) -> String {
        let json = json::write(self);
        json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }

    /// The words of the page. In the browser they are those that came with it; the server has its
    /// own. A test holds the two against each other.
    pub(crate) fn words(&self) -> &'static Words {
        #[cfg(target_arch = "wasm32")]
        return Box::leak(Box::new(Words::from_texts(&self.words)));
        #[cfg(not(target_arch = "wasm32"))]
        return self.language.words();
    }

    /// Reads what [`to_script`](Self::to_script) wrote; nothing when it is not that.
    pub fn from_script(text: &str) -> Option<Self> {
        json::read(text).ok()
    }
}

json_words!(Page {
    "lobby" => Lobby,
    "lab" => Lab,
});

json_words!(Language {
    "en" => En,
    "ru" => Ru,
    "uk" => Uk,
});

json_object!(ClientSettings {
    "ws_host" => ws_host,
    "ws_path" => ws_path,
    "ping_interval" => ping_interval,
    "silence_max" => silence_max,
    "first_retry" => first_retry,
    "retry_delays" => retry_delays,
});

json_object!(Notice {
    "code" => code,
    "draft" => draft,
});

json_object!(Bootstrap {
    "page" => page,
    "language" => language,
    "words" => words,
    "you" => you,
    "epoch" => epoch,
    "history" => history = default,
    "limits" => limits,
    "client" => client,
    "demo" => demo,
    "notice" => notice = default,
    "form_client_id" => form_client_id,
});

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::{UserId, Username};

    #[test]
    fn a_name_cannot_break_out_of_the_page() {
        let evil = "</script><!--<script>&";
        let bootstrap = Bootstrap {
            page: Page::Lobby,
            language: Language::En,
            words: Language::En.texts(),
            you: Person {
                id: UserId::parse("anna").unwrap(),
                username: Username::parse(evil).unwrap(),
            },
            epoch: Epoch::parse("e").unwrap(),
            history: None,
            limits: Limits::default(),
            client: ClientSettings {
                ws_host: String::new(),
                ws_path: "/ws".to_owned(),
                ping_interval: Duration::from_secs(30),
                silence_max: Duration::from_secs(35),
                first_retry: Duration::from_millis(300),
                retry_delays: vec![Duration::from_secs(1)],
            },
            demo: false,
            notice: Some(Notice { code: ErrorCode::MessageEmpty, draft: evil.to_owned() }),
            form_client_id: ClientId::parse("c").unwrap(),
        };
        let script = bootstrap.to_script();
        assert!(!script.contains(['<', '>', '&']), "{script}");
        assert_eq!(Bootstrap::from_script(&script), Some(bootstrap));
    }
}
