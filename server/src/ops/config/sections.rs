//! Every setting: its section, key, default, bounds and reason. This list is the whole truth; the
//! structs, the reader, `--check-config` and the README's table are made from it.

use std::{
    ffi::OsStr,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU16,
    time::Duration,
};

use tracing::level_filters::LevelFilter;

use super::{ConfigError, value::Value};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const HOUR: Duration = s(3600);

macro_rules! settings {
    ($(
        $(#[doc = $about:literal])*
        $section:ident: $Section:ident {$(
            $(#[doc = $doc:literal])*
            $key:ident: $type:ty = $default:expr, $allowed:literal, $check:expr;
        )*}
    )*) => {
        $(
            $(#[doc = $about])*
            #[derive(Clone, Debug)]
            pub struct $Section {
                $($(#[doc = $doc])* pub $key: $type,)*
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self { $($key: $default,)* }
                }
            }
        )*

        /// All of Confab's own settings.
        #[derive(Clone, Debug, Default)]
        pub struct Settings {
            $($(#[doc = $about])* pub $section: $Section,)*
        }

        impl Settings {
            const KEYS: &'static [&'static str] =
                &[$($(concat!(stringify!($section), ".", stringify!($key)),)*)*];

            /// Sets `section.key` from text.
            ///
            /// # Errors
            ///
            /// [`ConfigError`] that names key, value and what is allowed.
            pub fn set(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
                match key {
                    $($(concat!(stringify!($section), ".", stringify!($key)) => {
                        self.$section.$key = checked::<$type>(key, value, $allowed, $check)?;
                    })*)*
                    _ => return Err(unknown(key)),
                }
                Ok(())
            }

            /// Every setting as the file would hold it.
            pub fn show(&self) -> String {
                let mut text = String::new();
                $(
                    text.push_str(concat!("[", stringify!($section), "]\n"));
                    $(text.push_str(&format!("{} = {}\n", stringify!($key), self.$section.$key.show()));)*
                    text.push('\n');
                )*
                text
            }

            /// Every setting with default, bounds and reason, as Markdown.
            pub fn table() -> String {
                let defaults = Self::default();
                let mut table = String::from("| setting | default | allowed | what it is |\n|---|---|---|---|\n");
                $($(table.push_str(&format!(
                    "| `{}.{}` | `{}` | {}{} | {} |\n",
                    stringify!($section), stringify!($key), defaults.$section.$key.show(),
                    <$type as Value>::KIND, $allowed, concat!($($doc),*).trim(),
                ));)*)*
                table
            }
        }
    };
}

fn checked<V: Value>(
    key: &str,
    value: &str,
    allowed: &str,
    check: impl Fn(&V) -> bool,
) -> Result<V, ConfigError> {
    V::read(value).filter(check).ok_or_else(|| ConfigError::BadValue {
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: format!("{}{allowed}", V::KIND),
    })
}

fn unknown(key: &str) -> ConfigError {
    ConfigError::UnknownKey { key: key.to_owned(), known: Settings::KEYS.join(", ") }
}

/// Variables that are read elsewhere: by flags, and by scripts.
const OTHER_VARIABLES: [&str; 5] =
    ["CONFAB_LISTEN", "CONFAB_DATA", "CONFAB_SITE", "CONFAB_DEMO", "CONFAB_CONFIG"];

impl Settings {
    /// Sets a value from a variable `CONFAB_SECTION_KEY`; other variables are left alone.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a bad value, and for a `CONFAB_` name that is no setting.
    pub fn set_from_environment(&mut self, name: &OsStr, value: &OsStr) -> Result<(), ConfigError> {
        // What is not UTF-8 in a name fits no setting, and is told as well as it can be.
        let name = name.to_string_lossy();
        let Some(rest) = name.strip_prefix("CONFAB_") else { return Ok(()) };
        if OTHER_VARIABLES.contains(&&*name) {
            return Ok(());
        }
        let wanted = rest.to_ascii_lowercase();
        let key = Self::KEYS.iter().find(|key| key.replace('.', "_") == wanted);
        let key = key.ok_or_else(|| unknown(&name))?;
        let bad = |value: String, allowed: String| ConfigError::BadValue {
            key: name.clone().into_owned(),
            value,
            allowed,
        };
        let text = value
            .to_str()
            .ok_or_else(|| bad(value.to_string_lossy().into_owned(), "UTF-8".to_owned()))?;
        self.set(key, text).map_err(|error| match error {
            ConfigError::BadValue { value, allowed, .. } => bad(value, allowed),
            other => other,
        })
    }
}

/// Addresses that the socket must leave alone: what begins with them is served otherwise.
const TAKEN: [&str; 14] = [
    "/api",
    "/d",
    "/guest",
    "/healthz",
    "/lab",
    "/language",
    "/login",
    "/logout",
    "/people",
    "/pkg",
    "/readyz",
    "/register",
    "/search",
    "/settings",
];

fn is_free_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let taken = |name: &&str| path == *name || path.starts_with(&format!("{name}/"));
    path.len() > 1
        && path.starts_with('/')
        && !path.contains("//")
        && path.bytes().all(plain)
        && !TAKEN.iter().any(taken)
}

/// `chat.example`, `chat.example:8443` or `[::1]:3000`: what URLs and headers take for a host.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !name.is_empty() && !name.ends_with('.') && name.bytes().all(plain),
    };
    let is_port = |port: &str| !port.starts_with('+') && port.parse::<NonZeroU16>().is_ok();
    is_name && port.is_none_or(is_port)
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(is_host)
}

/// `info` or `info,confab_server::gateway=debug`. The subscriber itself would take any other word
/// for the name of a module, and say nothing more.
fn is_log_level(text: &str) -> bool {
    let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_:".contains(&byte);
    let is_module = |module: &str| !module.is_empty() && module.bytes().all(plain);
    text.split(',').map(str::trim).all(|part| match part.split_once('=') {
        Some((module, level)) => is_module(module) && is_level(level),
        None => is_level(part),
    })
}

settings! {
    /// Where and how browsers open the socket.
    ws: Ws {
        /// Host and port of the socket as browsers reach it; empty means the page's own. The name must be
        /// the page's own too, because the guest's cookie belongs to it; only the port may be another.
        host: String = String::new(), ", empty or like chat.example:8443", |host| host.is_empty() || is_host(host);
        /// Path of the socket.
        path: String = "/ws".to_owned(), " like /ws: / and then letters, digits and -_./, and no page of Confab's",
            |path| is_free_path(path);
        /// How often a client asks whether the server is there.
        ping_interval: Duration = s(30), ", 1s to 1h", |t| (s(1)..=HOUR).contains(t);
        /// How long a client hears nothing before it takes the line for dead (4000).
        silence_max: Duration = s(35), ", 1s to 1h", |t| (s(1)..=HOUR).contains(t);
        /// How soon a client comes back, once, after an unclean close; by chance up to as much later.
        first_retry: Duration = ms(300), ", 1ms to 1m", |t| (ms(1)..=s(60)).contains(t);
        /// How long it waits before each further attempt; half of each is random. Then it gives up.
        retry_delays: Vec<Duration> = vec![s(1), s(2), s(4), s(8), s(16)], ", 1 to 20 of them, each 1ms to 1h",
            |list| (1..=20).contains(&list.len()) && list.iter().all(|t| (ms(1)..=HOUR).contains(t));
    }
    /// HTTP before it is a socket.
    http: Http {
        /// Origins besides the server's own whose pages may open sockets and post, like https://chat.example.
        allowed_origins: Vec<String> = Vec::new(), " like https://chat.example, without a path", |list| list.iter().all(|o| is_origin(o));
        /// Proxies whose X-Forwarded-For is believed.
        trusted_proxies: Vec<IpAddr> = vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()], "", |_| true;
        /// Whether browsers come by https through a proxy: cookies become Secure.
        behind_tls: bool = false, "", |_| true;
        /// How long the head of a request may take, and a connection may ask for nothing.
        header_read_timeout: Duration = s(10), ", 100ms to 1h", |t| (ms(100)..=HOUR).contains(t);
        /// Largest head of a request, in bytes.
        header_bytes_max: usize = 32 * 1024, ", 8192 to 1048576", |n| (8192..=1_048_576).contains(n);
        /// Largest body of a request, in bytes.
        body_bytes_max: usize = 256 * 1024, ", 1024 to 16777216", |n| (1024..=16_777_216).contains(n);
    }
    /// One socket.
    gateway: Gateway {
        /// How often the server sends a WebSocket ping.
        ping_interval: Duration = s(25), ", 1s to 1h", |t| (s(1)..=HOUR).contains(t);
        /// How long a socket may send nothing at all.
        silence_max: Duration = s(60), ", 1s to 1h", |t| (s(1)..=HOUR).contains(t);
        /// How often silent sockets are swept away.
        sweep_interval: Duration = s(60), ", 1s to 1h", |t| (s(1)..=HOUR).contains(t);
        /// How long a closing socket may take to say its last word.
        close_timeout: Duration = s(5), ", 100ms to 1m", |t| (ms(100)..=s(60)).contains(t);
        /// Bytes of buffer a socket reads into; allocated at once, for every socket.
        read_buffer_bytes: usize = 4 * 1024, ", 4096 to 16384", |n| (4096..=16_384).contains(n);
        /// Bytes that gather before they are written.
        write_buffer_bytes: usize = 8 * 1024, ", 4096 to 16384", |n| (4096..=16_384).contains(n);
        /// Frames that may wait for a slow reader before 4008.
        queue_frames_max: usize = 256, ", 8 to 65536", |n| (8..=65_536).contains(n);
        /// Bytes that may wait for a slow reader before 4008.
        queue_bytes_max: usize = 1024 * 1024, ", 524288 to 1073741824", |n| (524_288..=1_073_741_824).contains(n);
        /// Sockets that are told at once what they missed; the others wait in line.
        catch_ups_max: usize = 64, ", 1 to 65536", |n| (1..=65_536).contains(n);
        /// How long a socket waits in that line before 1013.
        catch_up_patience: Duration = s(10), ", at most 1m", |t| *t <= s(60);
        /// Bad frames in a row before 1008.
        bad_frames_max: u32 = 10, ", 1 to 1000", |n| (1..=1000).contains(n);
        /// Sockets one person may hold.
        sockets_per_user: usize = 20, ", 1 to 1000000", |n| (1..=1_000_000).contains(n);
        /// Sockets one address may hold.
        sockets_per_address: usize = 100, ", 1 to 1000000", |n| (1..=1_000_000).contains(n);
    }
    /// Who is here and who hears what.
    hub: Hub {
        /// How often the heartbeat goes out.
        heartbeat_interval: Duration = s(5), ", 100ms to 1h", |t| (ms(100)..=HOUR).contains(t);
        /// How long someone may be gone before the others hear of it: a reload is no leave.
        presence_grace: Duration = s(1), ", at most 1m", |t| *t <= s(60);
        /// People that `connected` lists by name.
        people_listed_max: usize = 200, ", 1 to 10000", |n| (1..=10_000).contains(n);
    }
    /// Who may come in, and how.
    auth: Auth {
        /// Whether people may read and write without an account.
        guests: bool = true, "", |_| true;
        /// Days after which a session ends that nobody has used.
        session_days: u32 = 90, ", 1 to 400", |n| (1..=400).contains(n);
        /// Tries a minute to sign in with one login from one address.
        tries_per_minute: u32 = 5, ", 1 to 10000", |n| (1..=10_000).contains(n);
        /// Tries a minute from one address to sign in or to make an account; each keeps a core busy.
        address_tries_per_minute: u32 = 30, ", 1 to 10000", |n| (1..=10_000).contains(n);
        /// Memory that hashing a password takes (Argon2id), in KiB; OWASP asks for 19456.
        password_memory_kib: u32 = 19_456, ", 8 to 1048576", |n| (8..=1_048_576).contains(n);
        /// How often hashing a password goes through that memory; OWASP asks for 2.
        password_passes: u32 = 2, ", 1 to 10", |n| (1..=10).contains(n);
    }
    /// What is too much.
    limits: Limits {
        /// Largest frame from a client, in bytes.
        frame_bytes: u32 = 64 * 1024, ", 1024 to 1048576", |n| (1024..=1_048_576).contains(n);
        /// Longest message, in Unicode characters.
        message_characters: u32 = 10_000, ", 1 to 50000", |n| (1..=50_000).contains(n);
        /// Frames one socket may send a second, with as many in one burst.
        frames_per_second: u32 = 50, ", 1 to 100000", |n| (1..=100_000).contains(n);
        /// Messages one person may send a second; by HTTP five times as many come from one address.
        sends_per_second: u32 = 10, ", 1 to 100000", |n| (1..=100_000).contains(n);
        /// Messages one person may send in one burst; by HTTP five times as many come from one address.
        sends_burst: u32 = 30, ", 1 to 100000", |n| (1..=100_000).contains(n);
        /// Messages in one page of history.
        page_messages: u32 = 50, ", 1 to 500", |n| (1..=500).contains(n);
        /// Changes a client may be behind and still be told them one by one.
        catch_up_events: u32 = 300, ", 1 to 10000", |n| (1..=10_000).contains(n);
    }
    /// The database.
    store: Store {
        /// How long a write waits for a locked database before it is refused.
        busy_timeout: Duration = s(5), ", at most 1m", |t| *t <= s(60);
        /// Writes that share one commit.
        group_max: usize = 256, ", 1 to 10000", |n| (1..=10_000).contains(n);
        /// Writes that may wait for their commit; more are refused.
        queue_max: usize = 1024, ", 1 to 100000", |n| (1..=100_000).contains(n);
        /// Connections that read.
        readers: u32 = 4, ", 1 to 64", |n| (1..=64).contains(n);
    }
    /// The end.
    shutdown: Shutdown {
        /// How long to wait for sockets and writes.
        grace: Duration = s(10), ", at most 10m", |t| *t <= s(600);
        /// Clients are told to come back after a random part of this.
        return_after_max: Duration = s(5), ", at most 10m", |t| *t <= s(600);
    }
    /// Log lines on standard error.
    log: Log {
        /// Which lines are written.
        level: String = "info".to_owned(), ": error, warn, info, debug, trace or off, and per module as in info,confab_server::gateway=debug",
            |level| is_log_level(level);
        /// For people or for machines.
        format: String = "text".to_owned(), ": text or json", |format| format == "text" || format == "json";
    }
    /// For showing Confab.
    demo: Demo {
        /// Sample messages in an empty lobby, and clients may ask for closeAfter. Also --demo.
        enabled: bool = false, "", |_| true;
    }
}
