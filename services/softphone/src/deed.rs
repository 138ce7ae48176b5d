//! The small deeds that change what the device keeps about messages and people: done by the
//! process that receives, on its own or because another one asks.

use client_engine::{Command, PersonView};
use message::MessageId;
use message::people::Status;
use serde_json::{Value, json};

use crate::{find, words};

/// A small deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A message was heard.
    Played(MessageId),
    /// A message is deleted; everywhere?
    Delete(MessageId, bool),
    /// The person's own status.
    Status(Status),
    /// The safety number of somebody was compared.
    Trust(String),
    /// What was sent beside the receiver is in its database now.
    Adopt,
}

impl Deed {
    /// The command for the engine; none if a person is not known.
    #[must_use]
    pub fn command(&self, people: &[PersonView]) -> Option<Command> {
        let command = match self {
            Self::Played(message) => Command::MarkPlayed(*message),
            Self::Delete(message, everywhere) => {
                Command::Delete { message: *message, everywhere: *everywhere }
            }
            Self::Status(status) => Command::SetStatus(*status),
            Self::Adopt => Command::Adopt,
            Self::Trust(name) => Command::TrustKey(find::person(name, people)?.guid),
        };
        Some(command)
    }

    /// The deed as one line.
    #[must_use]
    pub fn line(&self) -> String {
        let value = match self {
            Self::Played(id) => json!({"do": "played", "id": id.to_string()}),
            Self::Delete(id, everywhere) => {
                json!({"do": "delete", "id": id.to_string(), "everywhere": everywhere})
            }
            Self::Status(status) => json!({"do": "status", "status": words::status(*status)}),
            Self::Adopt => json!({"do": "adopt"}),
            Self::Trust(name) => json!({"do": "trust", "name": name}),
        };
        value.to_string()
    }

    /// Reads a line; none if it is no deed.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let id = || value["id"].as_str()?.parse().ok();
        match value["do"].as_str()? {
            "played" => Some(Self::Played(id()?)),
            "delete" => Some(Self::Delete(id()?, value["everywhere"].as_bool()?)),
            "status" => [Status::Online, Status::Away, Status::Dnd]
                .into_iter()
                .find(|status| value["status"] == words::status(*status))
                .map(Self::Status),
            "adopt" => Some(Self::Adopt),
            "trust" => Some(Self::Trust(value["name"].as_str()?.to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use message::MessageId;
    use message::people::Status;

    use super::Deed;

    #[test]
    fn what_is_written_is_read() {
        let id = MessageId::from_bytes([0xab; 16]);
        for deed in [
            Deed::Played(id),
            Deed::Delete(id, true),
            Deed::Status(Status::Dnd),
            Deed::Adopt,
            Deed::Trust("anna \"x\"\n".to_owned()),
        ] {
            let line = deed.line();
            assert!(!line.contains('\n'));
            assert_eq!(Deed::parse(&line), Some(deed));
        }
        for wrong in ["", "{}", r#"{"do":"fly"}"#, r#"{"do":"played","id":"1"}"#, "[1]"] {
            assert_eq!(Deed::parse(wrong), None);
        }
    }
}
