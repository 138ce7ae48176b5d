//! What the API of the administration answers, as far as it is shown to people.

use serde::Deserialize;

/// A person.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) display: String,
    pub(crate) status: String,
    pub(crate) enrolled: bool,
    pub(crate) disabled: bool,
    pub(crate) devices: u64,
    pub(crate) waiting: u64,
}

/// An invitation.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Invited {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) expires: u64,
}

/// How the message server is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) version: String,
    pub(crate) uptime_ms: u64,
    pub(crate) people: u64,
    pub(crate) online: u64,
    pub(crate) connections: u64,
    pub(crate) fingerprint: String,
    #[serde(flatten)]
    pub(crate) messages: Messages,
}

/// Counts of messages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Messages {
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    pub(crate) waiting: u64,
    pub(crate) incoming: u64,
    pub(crate) accepted: u64,
    pub(crate) delivered: u64,
}

/// An administrator, or a token.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) made: u64,
    /// When a token ends.
    #[serde(default)]
    pub(crate) expires: Option<u64>,
    /// When a token was last used; 0 for never.
    #[serde(default)]
    pub(crate) used: Option<u64>,
}

/// A deed of the audit record.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Deed {
    pub(crate) at: u64,
    pub(crate) who: String,
    pub(crate) origin: String,
    pub(crate) deed: String,
    pub(crate) target: String,
    pub(crate) outcome: String,
}
