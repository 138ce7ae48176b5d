//! What is said about people and counts of messages.

use message::admin::{Account, Invited, ServerStatus};
use message::people::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::{Row, Span};

const MIB: u64 = 1 << 20;
/// The most that a quota can be, MiB.
pub(crate) const LARGEST_QUOTA: u64 = 1 << 20;

/// How somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Presence {
    /// No device is connected.
    Offline,
    /// There.
    Online,
    /// Not at the desk.
    Away,
    /// Do not disturb.
    Dnd,
}

impl From<Status> for Presence {
    fn from(status: Status) -> Self {
        match status {
            Status::Offline => Self::Offline,
            Status::Online => Self::Online,
            Status::Away => Self::Away,
            Status::Dnd => Self::Dnd,
        }
    }
}

/// A person.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Person {
    /// The log-in name.
    pub(crate) name: String,
    /// The name as people read it.
    pub(crate) display: String,
    /// The account's identifier.
    pub(crate) account: String,
    /// How it is.
    pub(crate) status: Presence,
    /// Has the invitation been taken up?
    pub(crate) enrolled: bool,
    /// Shut out: it cannot log in, messages are kept for it.
    pub(crate) disabled: bool,
    /// MiB that its waiting messages may take; 0: as everyone's.
    pub(crate) quota_mib: u64,
    /// Devices that can log in.
    pub(crate) devices: u32,
    /// Messages that wait for it.
    pub(crate) waiting: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self {
            name: account.name,
            display: account.display,
            account: account.guid.to_string(),
            status: account.status.into(),
            enrolled: account.enrolled,
            disabled: account.disabled,
            quota_mib: account.quota.map_or(0, |quota| (quota / MIB).max(1)),
            devices: account.devices,
            waiting: account.waiting,
            bytes: account.bytes,
        }
    }
}

/// Bytes of a quota in MiB; 0 is as everyone's.
pub(crate) fn quota_bytes(mib: u64) -> Option<u64> {
    (mib > 0).then(|| mib.min(LARGEST_QUOTA) * MIB)
}

/// Which people.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleQuery {
    /// Begin behind this name.
    #[serde(default)]
    pub(crate) after: String,
    /// At most so many, 1 to 1000.
    #[serde(default = "thousand")]
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) limit: usize,
}

const fn thousand() -> usize {
    1_000
}

/// People in the order of their names.
#[derive(Serialize, JsonSchema)]
pub(crate) struct People {
    /// The people.
    pub(crate) people: Vec<Person>,
    /// What `after` has to be for the next ones; absent at the end.
    pub(crate) next: Option<String>,
}

/// Add a person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// The log-in name: 1 to 32 of a-z, 0-9, dot, hyphen and underscore.
    pub(crate) name: String,
    /// The name as people read it; the log-in name, if absent.
    #[serde(default)]
    pub(crate) display: Option<String>,
}

/// Change a person; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonChange {
    /// Shut out, or let in again.
    #[serde(default)]
    pub(crate) disabled: Option<bool>,
    /// MiB that its waiting messages may take; 0: as everyone's.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_048_576))]
    pub(crate) quota_mib: Option<u64>,
}

/// Make another invitation.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    /// For an account in use: its devices are logged out when the invitation is taken up.
    #[serde(default)]
    pub(crate) reset: bool,
}

/// An invitation, good once.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Invitation {
    /// The log-in name.
    pub(crate) name: String,
    /// The account's identifier.
    pub(crate) account: String,
    /// The code, shown this once.
    pub(crate) code: String,
    /// The link for a browser.
    pub(crate) link: String,
    /// When it ends, unix milliseconds.
    pub(crate) expires: u64,
}

impl Invitation {
    /// An invitation whose link leads to this origin.
    pub(crate) fn of(invited: Invited, origin: &str) -> Self {
        let Invited { guid, name, code, expires } = invited;
        let link = format!("{origin}/join#{code}");
        Self { name, account: guid.to_string(), code, link, expires }
    }
}

/// How the message server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StatusView {
    /// Version of the program.
    pub(crate) version: String,
    /// Milliseconds since its start.
    pub(crate) uptime_ms: u64,
    /// People.
    pub(crate) people: u64,
    /// Of these, on-line.
    pub(crate) online: u64,
    /// Connections, services included.
    pub(crate) connections: u64,
    /// The fingerprint of the server's certificate authority.
    pub(crate) fingerprint: String,
    /// Messages.
    #[serde(flatten)]
    pub(crate) messages: MessagesView,
}

/// Counts of messages, never what they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MessagesView {
    /// Kept.
    pub(crate) messages: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Deliveries that wait for a device.
    pub(crate) waiting: u64,
    /// Not yet complete.
    pub(crate) incoming: u64,
    /// Accepted since the server's start.
    pub(crate) accepted: u64,
    /// Deliveries acknowledged since the server's start.
    pub(crate) delivered: u64,
}

impl From<ServerStatus> for MessagesView {
    fn from(status: ServerStatus) -> Self {
        let ServerStatus { messages, bytes, waiting, incoming, accepted, delivered, .. } = status;
        Self { messages, bytes, waiting, incoming, accepted, delivered }
    }
}

impl From<ServerStatus> for StatusView {
    fn from(status: ServerStatus) -> Self {
        let pairs: Vec<String> =
            status.fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        Self {
            version: status.version.clone(),
            uptime_ms: status.uptime_ms,
            people: status.people,
            online: status.online,
            connections: status.connections,
            fingerprint: pairs.join(":"),
            messages: status.into(),
        }
    }
}

/// Which numbers over time.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryQuery {
    /// How long a row stands for.
    pub(crate) span: Span,
    /// From this time on, unix milliseconds.
    #[serde(default)]
    pub(crate) from: u64,
    /// Until before this time, unix milliseconds.
    #[serde(default)]
    pub(crate) until: Option<u64>,
}

/// Numbers over time, the oldest first; spans without a row had no sample.
#[derive(Serialize, JsonSchema)]
pub(crate) struct HistoryView {
    /// How long a row stands for.
    pub(crate) span: Span,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}
