//! Bodies about people: topics, roster, presence, contacts, keys, status, parameters, phones.

use minicbor::{Decode, Encode};

use crate::{Guid, MessageId};

/// What a client can subscribe to (rows 88, 89).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Topic {
    /// The roster, and presence as it changes.
    #[n(1)]
    People,
    /// Messages for this person, and the progress of those it sends.
    #[n(2)]
    Messages,
    /// Receipts for messages that this person sent.
    #[n(3)]
    Receipts,
    /// Changes of accounts: privileged peers only (row 103).
    #[n(4)]
    Accounts,
}

/// Client: topics to subscribe to (row 88). Answered by a bare yes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Subscription {
    /// Which.
    #[n(1)]
    pub topics: Vec<Topic>,
}

/// Client: topics to leave (row 89). Answered by a bare yes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unsubscription {
    /// Which.
    #[n(1)]
    pub topics: Vec<Topic>,
}

/// Is a person there (row 82)?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Status {
    /// No device is connected.
    #[default]
    #[n(0)]
    Offline,
    /// There.
    #[n(1)]
    Online,
    /// Connected, but away.
    #[n(2)]
    Away,
    /// Connected, do not disturb: messages wait, nothing plays by itself.
    #[n(3)]
    Dnd,
}

/// One person of the roster (rows 11, 83).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Person {
    /// The account.
    #[n(1)]
    pub guid: Guid,
    /// Its name, unique in the office, lower case.
    #[n(2)]
    pub name: String,
    /// Its name as people read it.
    #[n(3)]
    pub display: String,
    /// Is the person there?
    #[n(4)]
    pub status: Status,
    /// Its X25519 public key; absent until the invitation is taken up.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub public_key: Option<[u8; 32]>,
    /// Can the server not read what it gets? False for a telephone.
    #[n(6)]
    pub sealed: bool,
    /// Is it on this client's own contact list?
    #[n(7)]
    pub contact: bool,
    /// Of a telephone: whose it is, if it is anybody's. That person may ring it to speak.
    #[n(8)]
    pub owner: Option<Guid>,
}

/// Server: the people that this client may see. Long lists come in several objects.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Roster {
    /// People, new or changed.
    #[n(1)]
    pub people: Vec<Person>,
    /// People who are gone.
    #[n(2)]
    pub removed: Vec<Guid>,
    /// Does a new list start here? What was known before is forgotten.
    #[n(3)]
    pub first: bool,
    /// Is the list complete with this object?
    #[n(4)]
    pub last: bool,
}

/// Server: whose status changed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Presence {
    /// Who, and how it is now.
    #[n(1)]
    pub changes: Vec<PresenceChange>,
}

/// One change of presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PresenceChange {
    /// Who.
    #[n(1)]
    pub person: Guid,
    /// Its status now.
    #[n(2)]
    pub status: Status,
}

/// Client: put a person on the contact list, or take it off. Answered by a bare yes; the roster
/// change follows to all devices of the account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContactChange {
    /// Who, by name.
    #[n(1)]
    pub name: String,
    /// Put on, or take off?
    #[n(2)]
    pub add: bool,
}

/// Client: whose keys? By GUID or by name, at most 256 together.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyQuery {
    /// By GUID.
    #[n(1)]
    pub guids: Vec<Guid>,
    /// By name.
    #[n(2)]
    pub names: Vec<String>,
}

/// Server: the people that were found, with their keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Keys {
    /// Who was found; the others are missing.
    #[n(1)]
    pub people: Vec<Person>,
}

/// Client: its own status; [`Status::Offline`] is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetStatus {
    /// The status of this person from now on.
    #[n(1)]
    pub status: Status,
}

/// What a telephone station shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Ring {
    /// Ring: "ready to record".
    #[n(1)]
    Start,
    /// Stop ringing, or hang up.
    #[n(2)]
    Stop,
}

/// Client: a command for its telephone; the destination of the header is the station. Answered by
/// a bare yes when the station has it. The station speaks to the client in a live message that
/// answers `draft`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PhoneCommand {
    /// What to do.
    #[n(1)]
    pub ring: Ring,
    /// The message that is to be spoken.
    #[n(2)]
    pub draft: Option<MessageId>,
}

/// The office's parameters; a client asks for them by an empty client message of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Parameters {
    /// Audio in one portion of live mode, milliseconds (20 to 1000).
    #[n(1)]
    pub portion_ms: u32,
    /// Stop after so long without speech, milliseconds (1000 to 30 000).
    #[n(2)]
    pub silence_ms: u32,
    /// The longest message, milliseconds; then it continues as a second one.
    #[n(3)]
    pub longest_ms: u32,
    /// The warning tone comes so long before that, milliseconds.
    #[n(4)]
    pub warning_ms: u32,
    /// A ping after so long without an object, milliseconds; dead after two missed.
    #[n(5)]
    pub ping_ms: u32,
    /// Bytes that one person's waiting messages may take.
    #[n(6)]
    pub quota_bytes: u64,
    /// Undelivered messages are kept so many days.
    #[n(7)]
    pub retention_days: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            portion_ms: 60,
            silence_ms: 3_000,
            longest_ms: 15 * 60 * 1000,
            warning_ms: 15_000,
            ping_ms: 20_000,
            quota_bytes: 1 << 30,
            retention_days: 90,
        }
    }
}

impl Parameters {
    /// The same with every value inside its range.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self {
            portion_ms: self.portion_ms.clamp(20, 1_000) / 20 * 20,
            silence_ms: self.silence_ms.clamp(1_000, 30_000),
            longest_ms: self.longest_ms.clamp(10_000, 4 * 3_600_000),
            warning_ms: self.warning_ms.min(60_000),
            ping_ms: self.ping_ms.clamp(1_000, 300_000),
            quota_bytes: self.quota_bytes.max(1 << 20),
            retention_days: self.retention_days.clamp(1, 3_650),
        }
    }
}
