//! What a socket wants to hear: `/ws?topics=chat,heartbeat` (document 004), then
//! `subscribe`/`unsubscribe`.

use std::fmt;

use thiserror::Error;

use crate::DialogId;

/// No such topic.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("there is no topic \"{0}\"; known are {known}", known = Topic::KNOWN)]
pub struct UnknownTopic(pub String);

/// A kind of frame that a socket may hear or leave out (DESIGN §4).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(try_from = "String", into = "String")
)]
pub enum Topic {
    /// `chat`: what is said in the lobby.
    Chat,
    /// `heartbeat`: the server's pulse.
    Heartbeat,
    /// `joined` and `disconnected`.
    Presence,
    /// Who is typing.
    Typing,
    /// Changes of every dialog of mine, open or not.
    Dialogs,
    /// `message:new` and the other changes of one dialog.
    Dialog(DialogId),
    /// `invalidate`: what was read by query is no longer true.
    System,
}

impl Topic {
    /// What an unknown topic is answered with.
    pub const KNOWN: &'static str =
        "chat, heartbeat, presence, typing, dialogs, system and dialog:<id>";

    /// What a socket hears that names no topics: all but single dialogs.
    pub const DEFAULT: [Topic; 6] =
        [Self::Chat, Self::Heartbeat, Self::Presence, Self::Typing, Self::Dialogs, Self::System];

    /// Reads one topic.
    ///
    /// # Errors
    ///
    /// [`UnknownTopic`], which lists the known ones.
    pub fn parse(text: &str) -> Result<Self, UnknownTopic> {
        let unknown = || UnknownTopic(text.chars().take(64).collect());
        Ok(match text {
            "chat" => Self::Chat,
            "heartbeat" => Self::Heartbeat,
            "presence" => Self::Presence,
            "typing" => Self::Typing,
            "dialogs" => Self::Dialogs,
            "system" => Self::System,
            other => {
                let id = other.strip_prefix("dialog:").ok_or_else(unknown)?;
                Self::Dialog(DialogId::parse(id).map_err(|_| unknown())?)
            }
        })
    }

    /// The topic as it stands on the wire.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Chat => "chat",
            Self::Heartbeat => "heartbeat",
            Self::Presence => "presence",
            Self::Typing => "typing",
            Self::Dialogs => "dialogs",
            Self::System => "system",
            Self::Dialog(id) => return "dialog:".to_owned() + id.as_str(),
        };
        name.to_owned()
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

impl TryFrom<String> for Topic {
    type Error = UnknownTopic;
    fn try_from(text: String) -> Result<Self, UnknownTopic> {
        Self::parse(&text)
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> String {
        topic.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_reads_as_it_is_written() {
        for topic in Topic::DEFAULT.into_iter().chain([Topic::Dialog(DialogId::lobby())]) {
            assert_eq!(Topic::parse(&topic.to_string()), Ok(topic.clone()));
            assert_eq!(String::from(topic.clone()), topic.to_string());
        }
    }

    #[test]
    fn an_unknown_topic_lists_the_known_ones() {
        let refused = Topic::parse("weather").unwrap_err().to_string();
        assert_eq!(
            refused,
            "there is no topic \"weather\"; known are chat, heartbeat, presence, typing, dialogs, \
             system and dialog:<id>"
        );
        assert!(Topic::parse("dialog:").is_err());
        assert!(Topic::parse("dialog:a/b").is_err());
    }
}
