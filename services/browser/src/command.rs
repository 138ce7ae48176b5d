//! The person's commands as the pages write them: JSON to [`Command`].

use client_engine::{Command, Password, Source, Talk, Wish};
use message::people::Status;
use message::{Guid, MessageId, Priority};
use serde::{Deserialize, Deserializer};

/// What is wrong with a command.
#[derive(Debug)]
pub(crate) struct NotACommand(String);

impl std::fmt::Display for NotACommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a command: {}", self.0)
    }
}

/// Reads a command.
pub(crate) fn read(json: &str) -> Result<Command, NotACommand> {
    let spoken: Spoken = serde_json::from_str(json).map_err(|e| NotACommand(e.to_string()))?;
    Ok(spoken.into())
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Spoken {
    LogIn { name: String, password: String, device: String },
    AskInvitation { code: String },
    Enrol { code: String, password: String, recovery: Option<String> },
    ChangePassword { old: String, new: String },
    LogOut,
    SetStatus { status: StatusWord },
    AddContact { name: String },
    RemoveContact { name: String },
    TrustKey { person: Id<Guid> },
    Talk(TalkWords),
    StopTalking,
    SwitchToRecord,
    Append,
    ReRecord,
    Discard,
    Detach { place: usize },
    Readdress { recipients: Vec<Id<Guid>>, priority: PriorityWord },
    Send,
    Review,
    Play { message: Id<MessageId>, from_ms: u64 },
    StopPlaying,
    TryAgain,
    Autoplay { on: bool },
    MarkPlayed { message: Id<MessageId> },
    Delete { message: Id<MessageId>, everywhere: bool },
    Cancel { message: Id<MessageId> },
}

#[derive(Deserialize)]
struct TalkWords {
    recipients: Vec<Id<Guid>>,
    wish: WishWord,
    priority: PriorityWord,
    reply_to: Option<Id<MessageId>>,
    rate: u32,
    telephone: Option<Id<Guid>>,
}

impl From<Spoken> for Command {
    fn from(spoken: Spoken) -> Self {
        match spoken {
            Spoken::LogIn { name, password, device } => {
                Self::LogIn { name, password: Password::new(password), device_name: device }
            }
            Spoken::AskInvitation { code } => Self::AskInvitation { code },
            Spoken::Enrol { code, password, recovery } => {
                Self::Enrol { code, password: Password::new(password), recovery }
            }
            Spoken::ChangePassword { old, new } => {
                Self::ChangePassword { old: Password::new(old), new: Password::new(new) }
            }
            Spoken::LogOut => Self::LogOut,
            Spoken::SetStatus { status } => Self::SetStatus(status.into()),
            Spoken::AddContact { name } => Self::AddContact(name),
            Spoken::RemoveContact { name } => Self::RemoveContact(name),
            Spoken::TrustKey { person } => Self::TrustKey(person.0),
            Spoken::Talk(words) => Self::Talk(words.into()),
            Spoken::StopTalking => Self::StopTalking,
            Spoken::SwitchToRecord => Self::SwitchToRecord,
            Spoken::Append => Self::Append,
            Spoken::ReRecord => Self::ReRecord,
            Spoken::Discard => Self::Discard,
            Spoken::Detach { place } => Self::Detach(place),
            Spoken::Readdress { recipients, priority } => {
                Self::Readdress { recipients: guids(recipients), priority: priority.into() }
            }
            Spoken::Send => Self::Send,
            Spoken::Review => Self::Review,
            Spoken::Play { message, from_ms } => Self::Play { message: message.0, from_ms },
            Spoken::StopPlaying => Self::StopPlaying,
            Spoken::TryAgain => Self::TryAgain,
            Spoken::Autoplay { on } => Self::Autoplay(on),
            Spoken::MarkPlayed { message } => Self::MarkPlayed(message.0),
            Spoken::Delete { message, everywhere } => {
                Self::Delete { message: message.0, everywhere }
            }
            Spoken::Cancel { message } => Self::Cancel(message.0),
        }
    }
}

impl From<TalkWords> for Talk {
    fn from(words: TalkWords) -> Self {
        Self {
            recipients: guids(words.recipients),
            wish: words.wish.into(),
            priority: words.priority.into(),
            reply_to: words.reply_to.map(|id| id.0),
            source: match words.telephone {
                Some(station) => Source::Telephone { station: station.0 },
                None => Source::Microphone { rate: words.rate },
            },
        }
    }
}

fn guids(ids: Vec<Id<Guid>>) -> Vec<Guid> {
    ids.into_iter().map(|id| id.0).collect()
}

/// An id as text.
struct Id<T>(T);

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusWord {
    Online,
    Away,
    Dnd,
}

impl From<StatusWord> for Status {
    fn from(word: StatusWord) -> Self {
        match word {
            StatusWord::Online => Self::Online,
            StatusWord::Away => Self::Away,
            StatusWord::Dnd => Self::Dnd,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PriorityWord {
    Low,
    Normal,
    High,
}

impl From<PriorityWord> for Priority {
    fn from(word: PriorityWord) -> Self {
        match word {
            PriorityWord::Low => Self::Low,
            PriorityWord::Normal => Self::Normal,
            PriorityWord::High => Self::High,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WishWord {
    Automatic,
    Live,
    Record,
}

impl From<WishWord> for Wish {
    fn from(word: WishWord) -> Self {
        match word {
            WishWord::Automatic => Self::Automatic,
            WishWord::Live => Self::Live,
            WishWord::Record => Self::Record,
        }
    }
}

#[cfg(test)]
mod tests {
    use client_engine::{Command, Source, Wish};
    use message::Priority;

    use super::read;

    // rows 10, 12, 71
    #[test]
    fn to_talk_names_recipients_and_mode() {
        let json = r#"{"do":"talk","recipients":["00000000-0000-7000-8000-000000000001"],
            "wish":"live","priority":"high","reply_to":null,"rate":48000}"#;
        let Ok(Command::Talk(talk)) = read(json) else { unreachable!("it is a talk command") };
        assert_eq!(talk.recipients.len(), 1);
        assert_eq!((talk.wish, talk.priority), (Wish::Live, Priority::High));
        assert_eq!(talk.source, Source::Microphone { rate: 48_000 });
    }

    #[test]
    fn a_password_is_not_printed() {
        let json = r#"{"do":"log_in","name":"anna","password":"three words","device":"desk"}"#;
        let command = read(json).map(|command| format!("{command:?}")).unwrap_or_default();
        assert!(command.contains("anna") && !command.contains("three words"), "{command}");
    }

    #[test]
    fn what_is_not_a_command_is_refused_with_the_reason() {
        for json in ["", "[]", r#"{"do":"fly"}"#, r#"{"do":"cancel","message":"12"}"#] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
