//! Bodies about messages: send, portion, envelope, progress, check-in, receipts.
//!
//! A message is streams of portions: stream 0 is the speech, 1 to n are attachments. Portions of
//! a stream are numbered from 0; the last one says so. All of it is sealed before it gets here.

use minicbor::{Decode, Encode};

use crate::{Guid, MessageId, Priority};

/// The stream of the speech itself; attachments follow from 1.
pub const SPEECH: u16 = 0;
/// The largest sealed portion, in bytes.
pub const MAX_PORTION: usize = 256 * 1024 + 64;
/// The most recipients of one message.
pub const MAX_RECIPIENTS: usize = 1000;
/// The most attachments of one message.
pub const MAX_ATTACHMENTS: usize = 64;

/// Live, or recorded first (rows 64, 65)?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Mode {
    /// Intercom mode: portions go out while the person speaks.
    #[n(1)]
    Live,
    /// Record mode: everything was there before it was sent.
    #[n(2)]
    Record,
}

/// One recipient of a message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Recipient {
    /// Who.
    #[n(1)]
    pub person: Guid,
    /// The content key wrapped for it: HPKE `enc` (32 bytes) and ciphertext (48 bytes).
    #[cbor(n(2), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
}

/// Client: opens a message; its portions follow at once. Sent again after a break it is answered
/// in the same way. Answered by [`Sending`]; acknowledged only by [`Progress`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Send {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// Live or recorded.
    #[n(2)]
    pub mode: Mode,
    /// How the speech is coded, compressed and sealed: `voice::Format` as bytes.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub format: Vec<u8>,
    /// For whom, at most [`MAX_RECIPIENTS`].
    #[n(4)]
    pub recipients: Vec<Recipient>,
    /// The content key wrapped for the sender's own other devices.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub own: Vec<u8>,
    /// Sealed descriptions of the attachments, at most [`MAX_ATTACHMENTS`] of 4 KiB each.
    #[n(6)]
    pub attachments: Vec<Sealed>,
    /// When the person began to speak, unix milliseconds of the client's clock.
    #[n(7)]
    pub created: u64,
    /// The message that it answers.
    #[n(8)]
    pub reply_to: Option<MessageId>,
}

/// A sealed byte string.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Sealed(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// What becomes of a message for one recipient (ruling e).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Fate {
    /// On-line: gets it at once.
    #[n(1)]
    Live,
    /// Off-line: stored, delivered on connecting.
    #[n(2)]
    Stored,
    /// No such person.
    #[n(3)]
    Unknown,
    /// Its quota is used up.
    #[n(4)]
    Full,
}

/// Server: the answer to [`Send`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Sending {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// What becomes of it for each recipient.
    #[n(2)]
    pub fates: Vec<RecipientFate>,
}

/// One recipient's fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecipientFate {
    /// Who.
    #[n(1)]
    pub person: Guid,
    /// What becomes of it.
    #[n(2)]
    pub fate: Fate,
}

/// A portion of a stream (row 95), in either direction. Not answered: [`Progress`] tells the
/// sender what is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Portion<'b> {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// The stream: 0 speech, 1 to n attachments.
    #[n(2)]
    pub stream: u16,
    /// Its number in the stream, from 0.
    #[n(3)]
    pub sequence: u32,
    /// Is it the last of its stream?
    #[n(4)]
    pub last: bool,
    /// Sealed bytes, at most [`MAX_PORTION`].
    #[cbor(b(5), with = "minicbor::bytes")]
    pub data: &'b [u8],
}

/// How far one stream of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reached {
    /// The stream.
    #[n(1)]
    pub stream: u16,
    /// The first portion that is missing.
    #[n(2)]
    pub next: u32,
    /// Is the last portion there, and all before it?
    #[n(3)]
    pub complete: bool,
}

/// Server, to the sender: what of a message is on disk. With [`Progress::stored`] the message is
/// acknowledged. Also the answer to [`CheckIn`] for each message that is being sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Progress {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// Is the message known at all? If not, [`Send`] must come again.
    #[n(2)]
    pub known: bool,
    /// Each stream that has begun.
    #[n(3)]
    pub streams: Vec<Reached>,
    /// Is all of it on disk, so that the sender may forget it?
    #[n(4)]
    pub stored: bool,
}

/// Server, to a recipient's device: a message begins. Its portions follow.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Envelope {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// Who speaks.
    #[n(2)]
    pub sender: Guid,
    /// The speaker's name as people read it.
    #[n(3)]
    pub sender_display: String,
    /// The speaker's X25519 public key, to be compared with the pinned one.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub sender_key: [u8; 32],
    /// Live or recorded.
    #[n(5)]
    pub mode: Mode,
    /// How the speech is coded and sealed.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub format: Vec<u8>,
    /// The content key wrapped for this person.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
    /// All recipients, so that an answer can go to all.
    #[n(8)]
    pub recipients: Vec<Guid>,
    /// Sealed descriptions of the attachments.
    #[n(9)]
    pub attachments: Vec<Sealed>,
    /// When the person began to speak, by the sender's clock, unix milliseconds.
    #[n(10)]
    pub created: u64,
    /// When the server took it, unix milliseconds.
    #[n(11)]
    pub taken: u64,
    /// The message that it answers.
    #[n(12)]
    pub reply_to: Option<MessageId>,
    /// Is it this person's own, sent from another device?
    #[n(13)]
    pub own: bool,
    /// 0 unknown, 1 low, 2 normal, 3 high.
    #[n(14)]
    pub priority: u8,
}

impl Envelope {
    /// The priority of the message; a number of a later version counts as unknown.
    #[must_use]
    pub fn urgency(&self) -> Priority {
        Priority::from_number(self.priority).unwrap_or_default()
    }
}

/// What a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Happened {
    /// The device has all of the message on its own disk.
    #[n(1)]
    Delivered,
    /// The person has heard it.
    #[n(2)]
    Played,
}

/// Recipient's device to server: delivered to this device, or played. Server to the sender: by
/// whom and when. Answered by a bare yes when it is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// What happened.
    #[n(2)]
    pub happened: Happened,
    /// Who; blank from the recipient itself.
    #[n(3)]
    pub person: Guid,
    /// When, unix milliseconds; the server's clock.
    #[n(4)]
    pub time: u64,
}

/// A message that is being received, and how far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Partial {
    /// The message.
    #[n(1)]
    pub message: MessageId,
    /// Each stream of which there is something.
    #[n(2)]
    pub streams: Vec<Reached>,
}

/// Client: what it has, after (re)connecting. The server answers with a [`Progress`] object for
/// each message being sent, the receipts so far for each watched one, continues every half-received
/// message at its first missing portion, then a bare yes; deliveries begin with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CheckIn {
    /// Messages it is sending, at most 256.
    #[n(1)]
    pub sending: Vec<MessageId>,
    /// Messages it has received in part, at most 256.
    #[n(2)]
    pub receiving: Vec<Partial>,
    /// Sent messages whose receipts it still waits for, at most 256.
    #[n(3)]
    pub watching: Vec<MessageId>,
}

/// Sender: the message will never be finished; who has begun to hear it is told the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cancel {
    /// The message.
    #[n(1)]
    pub message: MessageId,
}

/// Recipient: delete the message from the server for all of this person's devices. To a device:
/// another device of this person deleted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Discard {
    /// The message.
    #[n(1)]
    pub message: MessageId,
}
