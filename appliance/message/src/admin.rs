//! Bodies between the server and its privileged local peers: people, status, counts.

use minicbor::{Decode, Encode};

use crate::Guid;
use crate::people::Status;

/// Make an account; answered by [`Invited`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AddPerson {
    /// Its name: 1 to 32 of `a-z 0-9 . _ -`, beginning with a letter or digit.
    #[n(1)]
    pub name: String,
    /// Its name as people read it, 1 to 64 characters.
    #[n(2)]
    pub display: String,
}

/// An invitation was made; the link is `/join#CODE`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invited {
    /// The account.
    #[n(1)]
    pub guid: Guid,
    /// Its name.
    #[n(2)]
    pub name: String,
    /// The code, shown once; the server keeps only its SHA-256.
    #[n(3)]
    pub code: String,
    /// When it expires, unix milliseconds.
    #[n(4)]
    pub expires: u64,
}

/// Ask for all people's accounts; answered by [`People`]. Telephones are no people.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ListPeople {
    /// Begin after this name; empty for the start.
    #[n(1)]
    pub after: String,
}

/// Accounts in the order of their names, at most 1000.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct People {
    /// The accounts.
    #[n(1)]
    pub people: Vec<Account>,
}

/// One account as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Account {
    /// The account.
    #[n(1)]
    pub guid: Guid,
    /// Its name.
    #[n(2)]
    pub name: String,
    /// Its name as people read it.
    #[n(3)]
    pub display: String,
    /// Is it there?
    #[n(4)]
    pub status: Status,
    /// Has the invitation been taken up?
    #[n(5)]
    pub enrolled: bool,
    /// Devices that can log in.
    #[n(6)]
    pub devices: u32,
    /// Messages waiting for it.
    #[n(7)]
    pub waiting: u64,
    /// Bytes of those messages.
    #[n(8)]
    pub bytes: u64,
    /// May it not log in?
    #[n(9)]
    #[cbor(default)]
    pub disabled: bool,
    /// Bytes that its waiting messages may take; none: as everyone's.
    #[n(10)]
    pub quota: Option<u64>,
}

/// There is this telephone station: make its account, or change it; answered by [`Invited`]. For
/// the telephones' manager, which is the station's client and holds its key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PutStation {
    /// Its name, as of a person.
    #[n(1)]
    pub name: String,
    /// Its name as people read it.
    #[n(2)]
    pub display: String,
    /// Whose telephone it is, by name: who may ring it to speak; empty for nobody's.
    #[n(3)]
    pub owner: String,
    /// Make an invitation, too: with it the manager begins to be its client. An account that is in
    /// use is reset by that. Without, the code in the answer is empty.
    #[n(4)]
    pub invite: bool,
}

/// A telephone station is no more: its account goes, with what waits for it; answered by a bare
/// yes, also if it is gone already.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RemoveStation {
    /// Its name.
    #[n(1)]
    pub name: String,
}

/// Remove an account with its waiting messages; answered by a bare yes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RemovePerson {
    /// Its name.
    #[n(1)]
    pub name: String,
}

/// Make a new invitation; answered by [`Invited`]. The old one is void.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Invite {
    /// The account's name.
    #[n(1)]
    pub name: String,
    /// For an account that is in use: a reset, which ends its devices' log-ins when taken up.
    #[n(2)]
    pub reset: bool,
}

/// Set what an administrator decides about an account; answered by [`Account`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetPerson {
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Shut out: its connections are closed and it cannot log in; messages are kept for it.
    #[n(2)]
    pub disabled: bool,
    /// Bytes that its waiting messages may take, at least 1 MiB; none: as everyone's.
    #[n(3)]
    pub quota: Option<u64>,
}

/// Ask for the state of the server; answered by [`ServerStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskStatus {}

/// How the server is; counts, never content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServerStatus {
    /// Version of the program.
    #[n(1)]
    pub version: String,
    /// Milliseconds since the start.
    #[n(2)]
    pub uptime_ms: u64,
    /// Accounts.
    #[n(3)]
    pub people: u64,
    /// Accounts with a device connected.
    #[n(4)]
    pub online: u64,
    /// Connections, services included.
    #[n(5)]
    pub connections: u64,
    /// Messages that are not yet complete.
    #[n(6)]
    pub incoming: u64,
    /// Deliveries that wait for a device.
    #[n(7)]
    pub waiting: u64,
    /// Messages on disk.
    #[n(8)]
    pub messages: u64,
    /// Their bytes.
    #[n(9)]
    pub bytes: u64,
    /// Messages acknowledged since the start.
    #[n(10)]
    pub accepted: u64,
    /// Deliveries acknowledged since the start.
    #[n(11)]
    pub delivered: u64,
    /// SHA-256 of the server's TLS certificate.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub fingerprint: Vec<u8>,
}
