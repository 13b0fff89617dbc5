//! What the server tells the page it rendered: enough for the browser to show the very same page
//! without asking for anything, and to go on from there.

use std::time::Duration;

use confab_protocol::{
    ClientId, DialogId, Epoch, ErrorCode, Limits, Person, Seq, json, json_object, json_words,
    rest::{DialogDetails, DialogList, Me, MessagesPage},
};

use crate::{
    Language,
    names::{dialog_name, page_title},
    words::{Words, digits},
};

/// The lab's example of an address where nobody listens (document 000).
pub const WRONG_ADDRESS: &str = "ws://localhost:9999";

/// The pages of Confab.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// `/` and `/d/<id>`: one's dialogs, and the one that is open.
    Chat,
    /// `/lab`: the connection, looked at and broken.
    Lab,
    /// `/login`: signing in, or coming in as a guest.
    Login,
    /// `/settings`: name, password, tokens, signing out.
    Settings,
    /// `/people`: whom one may talk to.
    People,
    /// `/search`: what was said.
    Search,
}

impl Page {
    /// Where the page is; a dialog's own place is below [`Open::path`].
    pub fn path(self) -> &'static str {
        match self {
            Self::Chat => "/",
            Self::Lab => "/lab",
            Self::Login => "/login",
            Self::Settings => "/settings",
            Self::People => "/people",
            Self::Search => "/search",
        }
    }
}

/// Which dialog the chat page shows, and where the page is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Open {
    /// The dialog.
    pub dialog: DialogId,
    /// Whether the address is `/`: a narrow screen then shows the list instead.
    pub is_home: bool,
    /// The message to begin at, from `?at=<seq>`; the history is read around it.
    pub at: Option<Seq>,
}

impl Open {
    /// What `/` shows.
    pub fn home() -> Self {
        Self { dialog: DialogId::lobby(), is_home: true, at: None }
    }

    /// What `/d/<id>` shows.
    pub fn dialog(dialog: DialogId) -> Self {
        Self { dialog, is_home: false, at: None }
    }

    /// What an address shows: its path, and its query with the question mark or empty. Nothing for
    /// addresses of other pages.
    pub fn from_address(path: &str, query: &str) -> Option<Self> {
        let mut open = match path {
            "/" => Self::home(),
            _ => Self::dialog(DialogId::parse(path.strip_prefix("/d/")?).ok()?),
        };
        let at = query.split(['?', '&']).find_map(|part| part.strip_prefix("at="));
        open.at = at.and_then(|at| at.parse().ok()).map(Seq);
        Some(open)
    }

    /// The address of what is shown.
    pub fn path(&self) -> String {
        let mut path = match self.is_home {
            true => String::from("/"),
            false => ["/d/", self.dialog.as_str()].concat(),
        };
        if let Some(at) = self.at {
            path.push_str("?at=");
            path.push_str(&digits(at.0));
        }
        path
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
    /// The one quick retry; up to as much again comes on top by chance.
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
    /// Which dialog is open; the lobby on pages other than [`Page::Chat`].
    pub open: Open,
    /// Who is looking.
    pub you: Me,
    /// The database's life.
    pub epoch: Epoch,
    /// Their dialogs, on [`Page::Chat`]; nothing when the database did not answer.
    pub list: Option<DialogList>,
    /// Who belongs to the open dialog, on [`Page::Chat`].
    pub details: Option<DialogDetails>,
    /// The open dialog's messages: around [`Open::at`], or around the first unread one if the last
    /// page does not reach back to it, or the last.
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

    /// The title of the page; a living one puts how much is unread before it.
    pub fn title(&self) -> String {
        let words = self.words();
        let about = match self.page {
            Page::Chat => match &self.details {
                Some(details) => return page_title(words, &dialog_name(words, &details.dialog)),
                None if self.open.dialog == DialogId::lobby() => words.lobby(),
                None => words.dialogs(),
            },
            Page::Lab => words.lab_heading(),
            Page::Login => words.login(),
            Page::Settings => words.settings(),
            Page::People => words.people(),
            Page::Search => words.search(),
        };
        page_title(words, about)
    }

    /// Who is looking, as others see them.
    pub fn person(&self) -> Person {
        Person { id: self.you.id.clone(), username: self.you.username.clone() }
    }

    /// Reads what [`to_script`](Self::to_script) wrote; nothing when it is not that.
    pub fn from_script(text: &str) -> Option<Self> {
        json::read(text).ok()
    }
}

json_words!(Page {
    "chat" => Chat,
    "lab" => Lab,
    "login" => Login,
    "settings" => Settings,
    "people" => People,
    "search" => Search,
});

json_object!(Open {
    "dialog" => dialog,
    "is_home" => is_home,
    "at" => at = default,
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
    "open" => open,
    "you" => you,
    "epoch" => epoch,
    "list" => list = default,
    "details" => details = default,
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
            page: Page::Chat,
            language: Language::En,
            words: Language::En.texts(),
            open: Open { at: Some(Seq(7)), ..Open::home() },
            you: Me {
                id: UserId::parse("anna").unwrap(),
                username: Username::parse(evil).unwrap(),
                login: None,
            },
            epoch: Epoch::parse("e").unwrap(),
            list: None,
            details: None,
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

    #[test]
    fn an_address_says_what_is_open_and_reads_as_it_is_written() {
        for path in ["/", "/d/lobby", "/d/0199-ab?at=12", "/?at=3"] {
            let (plain, query) = path.split_once('?').unwrap_or((path, ""));
            assert_eq!(Open::from_address(plain, query).map(|open| open.path()), Some(path.into()));
        }
        for elsewhere in ["/lab", "/d/", "/d/a/b", "/d/<b>", ""] {
            assert_eq!(Open::from_address(elsewhere, ""), None, "{elsewhere}");
        }
        assert_eq!(Open::from_address("/", "?x=1&at=5&y").and_then(|open| open.at), Some(Seq(5)));
        assert_eq!(Open::from_address("/", "at=five").and_then(|open| open.at), None);
    }
}
