//! `Leptos.toml`: Confab's tables first, Leptos' own table last.

use std::path::Path;

use leptos::config::{LeptosOptions, get_configuration};

use super::ConfigError;

/// The name looked for when no other was given.
const DEFAULT: &str = "Leptos.toml";

/// The line below which the file belongs to Leptos.
pub const LEPTOS_HEADER: &str = "[[workspace.metadata.leptos]]";

/// What the file says.
pub struct File {
    /// Section and key with the value as text, in the file's order.
    pub settings: Vec<(String, String)>,
    /// Leptos' section.
    pub leptos: LeptosOptions,
}

pub fn read(named: Option<&Path>) -> Result<File, ConfigError> {
    let path = named.unwrap_or_else(|| Path::new(DEFAULT));
    let failed = |why: String| ConfigError::File { file: path.display().to_string(), why };
    if named.is_none() && !path.exists() {
        let leptos = LeptosOptions::builder().output_name("confab").site_root("site").build();
        return Ok(File { settings: Vec::new(), leptos });
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let own = text.split_once(LEPTOS_HEADER).map_or(text.as_str(), |(own, _)| own);
    let tables = own.parse::<toml::Table>().map_err(|error| failed(error.to_string()))?;
    let name = path.to_str().ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
    let leptos = get_configuration(Some(name)).map_err(|error| failed(error.to_string()))?;
    Ok(File { settings: flatten(tables), leptos: leptos.leptos_options })
}

fn flatten(tables: toml::Table) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for (section, value) in tables {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    settings.push((format!("{section}.{key}"), plain(&value)));
                }
            }
            value => settings.push((section, plain(&value))),
        }
    }
    settings
}

/// A value as it would be written in the environment.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
