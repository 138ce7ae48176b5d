//! What the engine and the store say to each other: writes, queries, and their answers.
//!
//! The engine decides, the store executes. A batch of [`Write`]s is all or nothing; it is answered
//! once it is on disk, and batches are answered in the order in which they were given.

use bytes::Bytes;
use message::login::Credentials;
use message::people::Status;
use message::speech::{Envelope, Fate, Mode, Reached, Receipt, Sealed};
use message::{Guid, MessageId, Priority};

/// The number of a batch or a query; its answer bears the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The place of a message in the order of arrival: given by the server, never used twice for
/// messages that are both kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(pub u64);

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
        /// Bytes of all portions.
        bytes: u64,
        /// When, unix milliseconds.
        time: u64,
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
        /// When, unix milliseconds.
        time: u64,
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
    /// Forget messages of which no copy is left and that arrived before this time.
    Forget {
        /// Unix milliseconds.
        before: u64,
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
    /// Anything else.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// A question to the store; it never changes anything.
#[derive(Clone, Debug)]
pub enum Query {
    /// Is there such a message? [`Answer::Message`].
    Message {
        /// Which.
        id: MessageId,
    },
    /// What a device may know after being away. [`Answer::CheckIn`].
    CheckIn {
        /// Whose device.
        person: Guid,
        /// Messages that it is sending.
        sending: Vec<MessageId>,
        /// Messages that it has received in part.
        receiving: Vec<MessageId>,
        /// Messages whose receipts it waits for.
        watching: Vec<MessageId>,
    },
    /// Complete messages that the device has not taken, in the order of delivery.
    /// [`Answer::Waiting`].
    Waiting {
        /// Whose.
        person: Guid,
        /// For which device.
        device: Guid,
        /// Only those behind this place.
        after: Option<Place>,
        /// At most so many.
        limit: u32,
    },
    /// The next portions of one message for one person. [`Answer::Page`].
    Page {
        /// The message.
        number: Number,
        /// For whom.
        person: Guid,
        /// Is the envelope wanted too?
        envelope: bool,
        /// The first portion wanted of each stream; 0 for those that are not named.
        from: Vec<u32>,
        /// About so many bytes.
        budget: usize,
    },
    /// Messages whose time may be over. [`Answer::Aged`].
    Aged {
        /// Incomplete ones that arrived before, unix milliseconds.
        incomplete_before: u64,
        /// Copies that all devices have, delivered before.
        delivered_before: u64,
        /// Copies that arrived before.
        arrived_before: u64,
        /// At most so many of each.
        limit: u32,
    },
    /// Counts. [`Answer::Totals`].
    Totals,
}

/// Where a message stands in the order of delivery: the urgent first, then as they arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 high, 1 normal, 2 low.
    pub rank: u8,
    /// In the order of arrival.
    pub number: Number,
}

impl Place {
    /// The place of a message of this priority.
    #[must_use]
    pub fn new(priority: Priority, number: Number) -> Self {
        let rank = match priority {
            Priority::High => 0,
            Priority::Normal | Priority::Unknown => 1,
            Priority::Low => 2,
        };
        Self { rank, number }
    }
}

/// The answer to a [`Query`].
#[derive(Clone, Debug)]
pub enum Answer {
    /// The message with this id.
    Message(Option<Box<MessageRecord>>),
    /// What a device may know after being away.
    CheckIn(Box<CheckedIn>),
    /// Complete messages that wait, in the order of delivery.
    Waiting(Vec<(Place, MessageId)>),
    /// A part of a message; `None` if the person has no such message any more.
    Page(Option<Box<Page>>),
    /// Messages whose time may be over.
    Aged(Aged),
    /// Counts.
    Totals(Totals),
}

/// The answer to [`Query::CheckIn`].
#[derive(Clone, Debug, Default)]
pub struct CheckedIn {
    /// The messages that this person sends, as far as they are kept.
    pub sending: Vec<MessageRecord>,
    /// What became of those it receives, in the order of the question.
    pub receiving: Vec<(MessageId, Receiving)>,
    /// The receipts so far.
    pub receipts: Vec<Receipt>,
}

/// What became of a message that a device has in part.
#[derive(Clone, Debug)]
pub enum Receiving {
    /// It is complete; it goes on.
    Complete {
        /// Where it stands.
        place: Place,
        /// Its streams.
        streams: u16,
    },
    /// Its sender has not finished it; it goes on when the sender does.
    Incomplete(Box<MessageRecord>),
    /// This person discarded it on another device.
    Discarded,
    /// It was cut, or is not kept any more.
    Gone,
}

/// A part of a message on its way to a device.
#[derive(Clone, Debug)]
pub struct Page {
    /// The envelope, if it was asked for.
    pub envelope: Option<Envelope>,
    /// Who sent it.
    pub sender: Guid,
    /// How urgent it is.
    pub priority: Priority,
    /// Portions in order: bodies of portion objects as they came.
    pub portions: Vec<StoredPortion>,
    /// Is there nothing behind these portions, now?
    pub end: bool,
}

/// One portion out of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPortion {
    /// The stream.
    pub stream: u16,
    /// Its number in the stream.
    pub sequence: u32,
    /// Is it the last of its stream?
    pub last: bool,
    /// The body of the portion object.
    pub body: Bytes,
}

/// The answer to [`Query::Aged`].
#[derive(Clone, Debug, Default)]
pub struct Aged {
    /// Incomplete messages.
    pub incomplete: Vec<(Number, MessageId)>,
    /// Copies to be dropped.
    pub copies: Vec<(Number, Guid)>,
}

/// The answer to [`Query::Totals`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages of which something is kept.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Portions are missing.
    Incomplete,
    /// All is there.
    Complete,
    /// It will never be complete.
    Cut,
}

/// A message without its portions.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRecord {
    /// Its place in the order of arrival.
    pub number: Number,
    /// Its id.
    pub id: MessageId,
    /// Who sent it.
    pub sender: Guid,
    /// From which device; blank for one that has none.
    pub device: Guid,
    /// SHA-256 of the body of `send`, by which a repetition is told from a conflict.
    pub digest: [u8; 32],
    /// Live or recorded.
    pub mode: Mode,
    /// How urgent.
    pub priority: Priority,
    /// How the speech is coded and sealed.
    pub format: Vec<u8>,
    /// Sealed descriptions of the attachments.
    pub attachments: Vec<Sealed>,
    /// The sender's name as people read it.
    pub sender_display: String,
    /// The sender's public key.
    pub sender_key: [u8; 32],
    /// By the sender's clock, unix milliseconds.
    pub created: u64,
    /// When the server took it, unix milliseconds.
    pub taken: u64,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// The recipients in the order of the sender, then perhaps the sender's own copy.
    pub recipients: Vec<PersonCopy>,
    /// How far it is.
    pub stage: Stage,
    /// How far each stream is: always one entry for each stream that has begun.
    pub streams: Vec<Reached>,
    /// Bytes of the portions so far.
    pub bytes: u64,
}

/// One person's copy of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonCopy {
    /// Whose.
    pub person: Guid,
    /// The content key wrapped for it.
    pub wrapped: Vec<u8>,
    /// What the sender was told.
    pub fate: Fate,
    /// Is it the sender's own, for its other devices?
    pub own: bool,
    /// Is it discarded, expired or refused?
    pub closed: bool,
}

impl MessageRecord {
    /// The number of its streams.
    #[must_use]
    pub fn stream_count(&self) -> u16 {
        u16::try_from(self.attachments.len()).unwrap_or(u16::MAX).saturating_add(1)
    }

    /// The envelope for this copy.
    #[must_use]
    pub fn envelope(&self, copy: &PersonCopy) -> Envelope {
        Envelope {
            message: self.id,
            sender: self.sender,
            sender_display: self.sender_display.clone(),
            sender_key: self.sender_key,
            mode: self.mode,
            format: self.format.clone(),
            wrapped: copy.wrapped.clone(),
            recipients: self.addressees().collect(),
            attachments: self.attachments.clone(),
            created: self.created,
            taken: self.taken,
            reply_to: self.reply_to,
            own: copy.own,
            priority: self.priority.number(),
        }
    }

    /// Everyone to whom it was sent, in the sender's order.
    pub fn addressees(&self) -> impl Iterator<Item = Guid> + '_ {
        self.recipients.iter().filter(|copy| !copy.own).map(|copy| copy.person)
    }
}

/// An invitation: only the hash of its code is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the code.
    pub hash: [u8; 32],
    /// When it expires, unix milliseconds.
    pub expires: u64,
}

/// A device that can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Its GUID.
    pub guid: Guid,
    /// Whose it is.
    pub account: Guid,
    /// What the person calls it.
    pub name: String,
    /// SHA-256 of its token.
    pub token: [u8; 32],
    /// When it last logged in, unix milliseconds.
    pub seen: u64,
}

/// An account as it is kept.
#[derive(Clone, Debug)]
pub struct AccountRecord {
    /// Its GUID.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// Its name as people read it.
    pub display: String,
    /// The status that the person chose.
    pub status: Status,
    /// What checks its password, once the invitation was taken up.
    pub credentials: Option<Credentials>,
    /// An invitation that was not yet taken up.
    pub invitation: Option<Invitation>,
    /// Its contacts.
    pub contacts: Vec<Guid>,
    /// Its devices.
    pub devices: Vec<DeviceRecord>,
    /// Complete messages that no device of it has.
    pub waiting: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
}

/// What the engine knows at its start: people, never messages.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The server's own GUID, made once.
    pub server: Guid,
    /// A secret of the server, made once: salts for names that do not exist.
    pub secret: [u8; 32],
    /// Every account.
    pub accounts: Vec<AccountRecord>,
    /// The number of the next message.
    pub next: Number,
}
