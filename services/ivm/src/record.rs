//! What the engine and the store say to each other: writes, queries, and their answers.
//!
//! The engine decides, the store executes. A batch of [`Write`]s is all or nothing; it is answered
//! once it is on disk, and batches are answered in the order in which they were given.

mod query;
mod rows;

use bytes::Bytes;
use message::login::Credentials;
use message::people::Status;
use message::{Guid, MessageId};

pub use query::{Aged, Answer, CheckedIn, Page, Place, Query, Receiving, StoredPortion, Totals};
pub use rows::{
    AccountRecord, DeviceRecord, Invitation, MessageRecord, PersonCopy, Snapshot, Stage, Station,
    Unfinished,
};

/// The number of a batch or a query; its answer bears the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The place of a message in the order of arrival: given by the server, never used twice for
/// messages that are both kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(pub u64);

/// A point in time, twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instant {
    /// By the wall clock, unix milliseconds: to be shown.
    pub unix: u64,
    /// By the server's own age, the milliseconds that it has run since it was made: to measure how
    /// long something was kept. Setting the wall clock, back or by decades, changes nothing of it.
    pub age: u64,
}

/// One change to what is kept.
#[derive(Clone, Debug)]
pub enum Write {
    /// A new account, not yet enrolled.
    AddAccount {
        /// Its GUID.
        guid: Guid,
        /// Its name.
        name: String,
        /// Its name as people read it.
        display: String,
        /// Its invitation.
        invitation: Invitation,
    },
    /// A new invitation in place of the old one.
    SetInvitation {
        /// Whose.
        account: Guid,
        /// The new one.
        invitation: Invitation,
    },
    /// The account takes its invitation up: credentials are set, the invitation is void, every
    /// device is forgotten.
    Enrol {
        /// Whose.
        account: Guid,
        /// What the client made.
        credentials: Box<Credentials>,
    },
    /// Another password; devices stay.
    SetCredentials {
        /// Whose.
        account: Guid,
        /// What the client made.
        credentials: Box<Credentials>,
    },
    /// The account goes, with its devices, contacts and what waits for it.
    RemoveAccount {
        /// Whose.
        account: Guid,
    },
    /// The status that the person chose.
    SetStatus {
        /// Whose.
        account: Guid,
        /// Which.
        status: Status,
    },
    /// A contact is put on or taken off.
    SetContact {
        /// Whose list.
        account: Guid,
        /// Who.
        contact: Guid,
        /// On, or off?
        add: bool,
    },
    /// What an administrator decided about an account.
    SetPerson {
        /// Whose.
        account: Guid,
        /// May it not log in?
        disabled: bool,
        /// Bytes that its waiting messages may take; none: as everyone's.
        quota: Option<u64>,
    },
    /// A telephone's account, new or changed.
    PutStation {
        /// Its GUID.
        account: Guid,
        /// Its name.
        name: String,
        /// Its name as people read it.
        display: String,
        /// Whose it is.
        owner: Option<Guid>,
        /// A new invitation; none: as it was.
        invitation: Option<Invitation>,
    },
    /// A device, new or changed.
    PutDevice(DeviceRecord),
    /// A device is forgotten.
    RemoveDevice {
        /// Which.
        device: Guid,
    },
    /// A message is opened. The sending device counts as having taken its own copy.
    Open(Box<MessageRecord>),
    /// The next portion of a stream. Refused with [`Fault::Gap`] if the one before is missing.
    Portion {
        /// The message.
        number: Number,
        /// The stream.
        stream: u16,
        /// Its number in the stream.
        sequence: u32,
        /// Is it the last of its stream?
        last: bool,
        /// The body of the portion object as it came.
        body: Bytes,
    },
    /// Every stream of the message is there.
    Complete {
        /// The message.
        number: Number,
        /// How many streams it has. Refused with [`Fault::Gap`] if one of them has no end.
        streams: u16,
        /// Bytes of all portions.
        bytes: u64,
        /// When.
        at: Instant,
    },
    /// The message will never be complete; its portions are dropped.
    Cut {
        /// The message.
        number: Number,
    },
    /// A device has a message, or its person has heard it. Answered by [`Outcome::Receipt`].
    Receipt {
        /// The message.
        message: MessageId,
        /// Whose receipt.
        person: Guid,
        /// From which device.
        device: Guid,
        /// Has the device all of it?
        delivered: bool,
        /// Has the person heard it?
        played: bool,
        /// When.
        at: Instant,
    },
    /// A person wants the message no more. Answered by [`Outcome::Discarded`].
    Discard {
        /// The message.
        message: MessageId,
        /// Whose copy.
        person: Guid,
    },
    /// A copy's time is over. Answered by [`Outcome::Discarded`].
    Expire {
        /// The message.
        number: Number,
        /// Whose copy.
        person: Guid,
    },
    /// Forget messages of which no copy is left and that arrived before this age.
    Forget {
        /// See [`Instant::age`].
        before: u64,
    },
    /// How old the server is by now.
    Age {
        /// See [`Instant::age`].
        age: u64,
    },
}

/// What a write came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// What a receipt changed; `None` if the person has no such message.
    Receipt(Option<ReceiptOutcome>),
    /// What a discard changed; `None` if the person has no such message.
    Discarded(Option<DiscardOutcome>),
}

/// What a receipt changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptOutcome {
    /// Who sent the message.
    pub sender: Guid,
    /// Is it the person's own copy of what it sent?
    pub own: bool,
    /// Is it the first device of the person that has it?
    pub first_delivered: bool,
    /// Is it the first time that the person is said to have heard it?
    pub first_played: bool,
    /// Bytes of the message.
    pub bytes: u64,
}

/// What a discard changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscardOutcome {
    /// Was it still waiting, never delivered and complete?
    pub waited: bool,
    /// Bytes of the message.
    pub bytes: u64,
}

/// Why a batch was not carried out; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No space is left.
    #[error("the disk is full")]
    Full,
    /// The portion before is missing.
    #[error("the portion before is missing")]
    Gap,
    /// It contradicts what is kept.
    #[error("it contradicts what is kept")]
    Conflict,
    /// What is on the disk is not what was written there.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Anything else.
    #[error("the store failed: {0}")]
    Failed(String),
}
