//! What a client shows: people, messages, the draft, the link.

use message::people::Status;
use message::speech::Mode;
use message::{Guid, MessageId, Priority};
use minicbor::{Decode, Encode};

/// How the client stands with its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nobody is logged in on this device.
    LoggedOut,
    /// No connection: works off-line.
    Offline,
    /// Connecting or logging in.
    Connecting,
    /// On-line.
    Online,
}

/// How far a person's key is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The person has no key yet.
    None,
    /// Pinned at first use.
    Pinned,
    /// The safety number was compared.
    Verified,
    /// Another key than the pinned one: not used until trusted.
    Changed,
}

/// One person of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Who.
    pub guid: Guid,
    /// The name to type.
    pub name: String,
    /// The name to read.
    pub display: String,
    /// There?
    pub status: Status,
    /// Sealed end to end for this person? False for a telephone.
    pub sealed: bool,
    /// On the contact list?
    pub contact: bool,
    /// Its key.
    pub trust: Trust,
    /// Of a telephone: whose it is, if it is anybody's.
    pub owner: Option<Guid>,
    /// Is it the telephone of the person who is logged in?
    pub is_own_telephone: bool,
}

/// Received or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Direction {
    /// From somebody.
    #[n(1)]
    Received,
    /// By this person, here or on another device.
    #[n(2)]
    Sent,
}

/// Where a message is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum MessageState {
    /// Portions are still coming.
    #[n(1)]
    Arriving,
    /// Here, not heard.
    #[n(2)]
    Unplayed,
    /// Here, heard.
    #[n(3)]
    Played,
    /// Cannot be opened.
    #[n(4)]
    Unreadable,
    /// Cut off by its sender; what came can be heard.
    #[n(5)]
    Cut,
    /// Waits for the link, or on its way.
    #[n(6)]
    Sending,
    /// On the server's disk.
    #[n(7)]
    Sent,
    /// Refused, or given up.
    #[n(8)]
    Failed,
}

/// What has become of a sent message for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who.
    pub person: Guid,
    /// When its device took it, unix milliseconds.
    pub delivered: Option<u64>,
    /// When it was heard, unix milliseconds.
    pub played: Option<u64>,
}

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentView {
    /// File name, without folders and control characters.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Bytes that are here, or on the server, so far.
    pub done: u64,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// Received or sent.
    pub direction: Direction,
    /// Where it is in its life.
    pub state: MessageState,
    /// Who speaks.
    pub sender: Guid,
    /// As people read it.
    pub sender_display: String,
    /// For whom.
    pub recipients: Vec<Guid>,
    /// Live or recorded.
    pub mode: Mode,
    /// How urgent.
    pub priority: Priority,
    /// When it was spoken, unix milliseconds.
    pub created: u64,
    /// How long, milliseconds, so far.
    pub duration_ms: u64,
    /// Peaks of the speech, 0 to 255, 64 columns; empty until it is here.
    pub waveform: Vec<u8>,
    /// Files.
    pub attachments: Vec<AttachmentView>,
    /// For a sent message: what has become of it.
    pub deliveries: Vec<Delivery>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// Was it sealed for everyone who gets it?
    pub sealed: bool,
}

/// What the draft is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// The telephone that is to be spoken with rings.
    Ringing,
    /// The microphone is open.
    Recording,
    /// The microphone is open and portions go out at once.
    Live,
    /// Stopped; the last samples are being processed.
    Finishing,
    /// Ready to be reviewed and sent (row 21).
    Ready,
}

/// The message that is being made.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftView {
    /// Its id, which it keeps when it is sent.
    pub id: MessageId,
    /// What it is doing.
    pub state: DraftState,
    /// For whom.
    pub recipients: Vec<Guid>,
    /// How urgent.
    pub priority: Priority,
    /// How long so far, milliseconds.
    pub duration_ms: u64,
    /// Peaks so far, 0 to 255, at most 64 columns.
    pub waveform: Vec<u8>,
    /// Files.
    pub attachments: Vec<AttachmentView>,
    /// Level of the microphone now, dBFS, -90 to 0.
    pub level_dbfs: f32,
    /// The telephone that it is spoken with: on the way from there it is not sealed.
    pub telephone: Option<Guid>,
}
