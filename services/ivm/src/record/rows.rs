//! What is kept of messages, accounts and devices, as the engine knows it.

use message::login::Credentials;
use message::people::Status;
use message::speech::{Envelope, Fate, Mode, Reached, Sealed};
use message::{Guid, MessageId, Priority};

use super::{Instant, Number};

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
    /// When the server took it.
    pub taken: Instant,
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
            taken: self.taken.unix,
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
    /// May it not log in?
    pub disabled: bool,
    /// Bytes that its waiting messages may take; none: as everyone's.
    pub quota: Option<u64>,
    /// What it is if it is no person's.
    pub station: Option<Station>,
}

/// A telephone that is a recipient and a sender of its own; whoever manages it holds its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Station {
    /// Whose it is.
    pub owner: Option<Guid>,
}

/// A message that its sender has not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which.
    pub message: MessageId,
    /// Whose.
    pub sender: Guid,
    /// Bytes of it that are kept.
    pub bytes: u64,
}

/// What the engine knows at its start: people, and of messages only who has begun some.
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
    /// How old the server is, see [`Instant::age`].
    pub age: u64,
    /// Messages that are not complete.
    pub unfinished: Vec<Unfinished>,
}
