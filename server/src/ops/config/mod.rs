//! What can be set, where it comes from, and what it is now.
//!
//! A setting has a section and a key, `gateway.ping_interval`. Its value is, from weakest to
//! strongest: the default, `Leptos.toml` (`[gateway]` `ping_interval = "25s"`), the environment
//! (`CONFAB_GATEWAY_PING_INTERVAL=25s`), and a flag where there is one. Whatever is wrong is
//! reported with key, value and what is allowed. `--check-config` prints the result, and the
//! README's table is made from the same declarations.
//!
//! `Leptos.toml` has a second reader: `leptos_config` takes what stands below
//! `[[workspace.metadata.leptos]]`, so that header comes last in the file and is not ours to read.

mod file;
mod sections;
mod value;

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    net::SocketAddr,
    path::PathBuf,
};

use leptos::config::LeptosOptions;
use thiserror::Error;

pub use sections::{Auth, Demo, Gateway, Http, Hub, Limits, Log, Settings, Shutdown, Store, Ws};

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A setting has a value it must not have.
    #[error("{key} = {value:?} is not allowed: it must be {allowed}")]
    BadValue {
        /// Section and key, or the name of the variable or flag.
        key: String,
        /// What was found.
        value: String,
        /// What would do.
        allowed: String,
    },
    /// No setting has this name.
    #[error("there is no setting {key}; known are: {known}")]
    UnknownKey {
        /// Section and key as found.
        key: String,
        /// All there are.
        known: String,
    },
    /// The file cannot be read or is not TOML.
    #[error("{file}: {why}")]
    File {
        /// Its path as given.
        file: String,
        /// What the system or the parser says.
        why: String,
    },
}

/// Everything the server is told before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// Confab's own sections.
    pub settings: Settings,
    /// Leptos' section: where the site's files are and what they are called.
    pub leptos: LeptosOptions,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder that holds the database and the cookie key.
    pub data: PathBuf,
    /// Whether `cargo leptos watch` started the server: pages listen for the next build.
    pub watched: bool,
}

/// Where settings come from besides the defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file, `Leptos.toml` unless told otherwise. One that is not there is an error only when
    /// it was named.
    pub file: Option<PathBuf>,
    /// Variables; only those that begin with `CONFAB_`, and `LEPTOS_WATCH`, are read.
    pub environment: BTreeMap<OsString, OsString>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--site`.
    pub site: Option<PathBuf>,
    /// `--demo`.
    pub demo: bool,
}

impl Config {
    /// Reads everything, weakest first.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn read(sources: &Sources) -> Result<Self, ConfigError> {
        let mut settings = Settings::default();
        let file = file::read(sources.file.as_deref())?;
        for (key, value) in &file.settings {
            settings.set(key, value)?;
        }
        for (name, value) in &sources.environment {
            settings.set_from_environment(name, value)?;
        }
        if sources.demo {
            settings.demo.enabled = true;
        }
        let mut leptos = file.leptos;
        if let Some(site) = &sources.site {
            leptos.site_root = site.to_string_lossy().as_ref().into();
        }
        let listen = match &sources.listen {
            None => leptos.site_addr,
            Some(text) => text.parse().map_err(|_| ConfigError::BadValue {
                key: "--listen".to_owned(),
                value: text.clone(),
                allowed: "an address and a port, like 127.0.0.1:3000 or [::]:3000".to_owned(),
            })?,
        };
        leptos.site_addr = listen;
        let data = sources.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        let watched = sources.environment.contains_key(OsStr::new("LEPTOS_WATCH"));
        Ok(Self { settings, leptos, listen, data, watched })
    }

    /// Every setting and its value, as the file would hold it.
    pub fn show(&self) -> String {
        let leptos = &self.leptos;
        let mut text = format!("# Not in the file: --data {:?}\n\n", self.data);
        text.push_str(&self.settings.show());
        text.push_str(file::LEPTOS_HEADER);
        text.push_str(&format!("\noutput-name = {:?}\n", leptos.output_name));
        text.push_str(&format!("site-root = {:?}\n", leptos.site_root));
        text.push_str(&format!("site-pkg-dir = {:?}\n", leptos.site_pkg_dir));
        text.push_str(&format!("site-addr = {:?}\n", self.listen.to_string()));
        text.push_str(&format!("hash-files = {}\n", leptos.hash_files));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn with_file(text: &str, sources: Sources) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Leptos.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&Sources { file: Some(file), ..sources })
    }

    const LEPTOS: &str = "[[workspace.metadata.leptos]]\noutput-name = \"confab\"\n";

    fn refusal(text: &str) -> String {
        with_file(&format!("{text}\n{LEPTOS}"), Sources::default()).unwrap_err().to_string()
    }

    #[test]
    fn environment_beats_file_beats_default() {
        let file = format!("[gateway]\nping_interval = \"7s\"\nbad_frames_max = 3\n{LEPTOS}");
        let environment = [("CONFAB_GATEWAY_PING_INTERVAL".into(), "9s".into())].into();
        let config = with_file(&file, Sources { environment, ..Sources::default() }).unwrap();
        assert_eq!(config.settings.gateway.ping_interval, Duration::from_secs(9));
        assert_eq!(config.settings.gateway.bad_frames_max, 3);
        assert_eq!(config.settings.gateway.silence_max, Duration::from_secs(60));
    }

    #[test]
    fn the_socket_address_reaches_the_client_by_the_documented_names() {
        let environment = [
            ("CONFAB_WS_HOST".into(), "chat.example:8443".into()),
            ("CONFAB_WS_PATH".into(), "/socket".into()),
        ];
        let sources = Sources { environment: environment.into(), ..Sources::default() };
        let config = with_file(LEPTOS, sources).unwrap();
        assert_eq!(config.settings.ws.host, "chat.example:8443");
        assert_eq!(config.settings.ws.path, "/socket");
    }

    #[test]
    fn a_bad_value_names_key_value_and_what_is_allowed() {
        assert_eq!(
            refusal("[gateway]\nping_interval = \"soon\""),
            "gateway.ping_interval = \"soon\" is not allowed: it must be a time like 300ms or 25s, \
             1s to 1h"
        );
        assert_eq!(
            refusal("[limits]\nmessage_characters = 0"),
            "limits.message_characters = \"0\" is not allowed: it must be a whole number, 1 to 50000"
        );
    }

    #[test]
    fn an_unknown_key_is_not_passed_over() {
        assert!(refusal("[gateway]\nping_intervall = \"7s\"").starts_with(
            "there is no setting gateway.ping_intervall; known are: ws.host, ws.path"
        ));
        assert!(refusal("[weather]\nsun = true").starts_with("there is no setting weather.sun"));
        let environment = [("CONFAB_GATEWAY_PNIG".into(), "1".into())].into();
        let refused = with_file(LEPTOS, Sources { environment, ..Sources::default() }).unwrap_err();
        assert!(refused.to_string().starts_with("there is no setting CONFAB_GATEWAY_PNIG"));
    }

    #[test]
    fn flags_beat_everything() {
        let sources = Sources {
            listen: Some("127.0.0.1:0".to_owned()),
            site: Some(PathBuf::from("elsewhere")),
            demo: true,
            ..Sources::default()
        };
        let config = with_file(LEPTOS, sources).unwrap();
        assert_eq!(config.listen.port(), 0);
        assert_eq!(&*config.leptos.site_root, "elsewhere");
        assert!(config.settings.demo.enabled);
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let file = format!("[log]\nlevel = \"debug\"\n{LEPTOS}site-addr = \"127.0.0.1:4321\"\n");
        let config = with_file(&file, Sources::default()).unwrap();
        let again = with_file(&config.show(), Sources::default()).unwrap();
        assert_eq!(again.show(), config.show());
        assert_eq!(again.listen.port(), 4321);
        assert_eq!(again.settings.log.level, "debug");
    }

    #[test]
    fn what_a_host_may_be() {
        let set = |host: &str| Settings::default().set("ws.host", host).is_ok();
        for good in
            ["", "localhost", "chat.example", "chat.example:8443", "127.0.0.1:1", "[::1]:3000"]
        {
            assert!(set(good), "{good}");
        }
        for bad in [
            "/", "a/b", "a b", "чат", ":80", "a:", "a:0", "a:+1", "a:65536", "a:1:2", "::1", "[a]",
            "a@b", "a.",
        ] {
            assert!(!set(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_log_level_may_be() {
        let set = |level: &str| Settings::default().set("log.level", level).is_ok();
        for good in ["info", "off", "warn,sqlx=error", "info, confab_server::gateway=debug"] {
            assert!(set(good), "{good}");
        }
        for bad in ["", "loud", "info,", "info,loud", "=info", "sqlx=", "sqlx=loud", "a b=info"] {
            assert!(!set(bad), "{bad}");
        }
    }
}
