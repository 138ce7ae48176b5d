//! What the client keeps in its storage, but for the portions: CBOR maps with integer keys.

use message::people::{Parameters, Status};
use message::speech::{Mode, Reached};
use message::{Guid, MessageId};
use minicbor::{Decode, Encode};

use crate::peaks::Peaks;
use crate::{Direction, MessageState};

/// Whose device this is.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct AccountRecord {
    /// The account.
    #[n(1)]
    pub(crate) guid: Guid,
    /// This device, as the server knows it.
    #[n(2)]
    pub(crate) device: Guid,
    /// The account's name.
    #[n(3)]
    pub(crate) name: String,
    /// As people read it.
    #[n(4)]
    pub(crate) display: String,
    /// The server that it lives on.
    #[n(5)]
    pub(crate) server: Guid,
    /// With what the device logs in; none after it was revoked.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub(crate) token: Option<[u8; 32]>,
    /// The account's private key. Whoever reads the storage reads the messages too.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub(crate) private_key: [u8; 32],
    /// The office's parameters as last heard.
    #[n(8)]
    pub(crate) parameters: Parameters,
    /// The status that the person chose.
    #[n(9)]
    pub(crate) status: Status,
    /// What the person calls the device.
    #[n(10)]
    pub(crate) device_name: String,
}

/// A person of the roster, and the key that is pinned for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PersonRecord {
    /// Who.
    #[n(1)]
    pub(crate) guid: Guid,
    /// The name to type.
    #[n(2)]
    pub(crate) name: String,
    /// The name to read.
    #[n(3)]
    pub(crate) display: String,
    /// Sealed end to end?
    #[n(4)]
    pub(crate) sealed: bool,
    /// On the contact list?
    #[n(5)]
    pub(crate) contact: bool,
    /// On the roster; else only its key is kept.
    #[n(6)]
    pub(crate) listed: bool,
    /// The key that is trusted: the first one seen, or one that was accepted.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub(crate) pinned: Option<[u8; 32]>,
    /// Was the safety number compared?
    #[n(8)]
    pub(crate) verified: bool,
    /// Another key that the server names; not used until it is trusted.
    #[cbor(n(9), with = "minicbor::bytes")]
    pub(crate) offered: Option<[u8; 32]>,
    /// Of a telephone: whose it is.
    #[n(10)]
    pub(crate) owner: Option<Guid>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct FileRecord {
    /// Its name, without folders and control characters.
    #[n(1)]
    pub(crate) name: String,
    /// Its media type.
    #[n(2)]
    pub(crate) media_type: String,
    /// Its bytes.
    #[n(3)]
    pub(crate) size: u64,
}

/// What has become of a sent message for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct DeliveryRecord {
    /// Who.
    #[n(1)]
    pub(crate) person: Guid,
    /// When its device took it.
    #[n(2)]
    pub(crate) delivered: Option<u64>,
    /// When it was heard.
    #[n(3)]
    pub(crate) played: Option<u64>,
}

/// What the server has not confirmed yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Owed {
    /// That the device has the message.
    #[n(1)]
    pub(crate) delivered: bool,
    /// That the person has heard it.
    #[n(2)]
    pub(crate) played: bool,
    /// That it is to be deleted everywhere.
    #[n(3)]
    pub(crate) discard: bool,
}

impl Owed {
    /// Is there anything?
    pub(crate) fn any(self) -> bool {
        self.delivered || self.played || self.discard
    }
}

/// A message, received or sent (row 33); its portions stand beside it.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct MessageRecord {
    /// Which.
    #[n(1)]
    pub(crate) id: MessageId,
    /// Received or sent.
    #[n(2)]
    pub(crate) direction: Direction,
    /// Where it is in its life.
    #[n(3)]
    pub(crate) state: MessageState,
    /// Who speaks.
    #[n(4)]
    pub(crate) sender: Guid,
    /// As people read it.
    #[n(5)]
    pub(crate) sender_display: String,
    /// For whom.
    #[n(6)]
    pub(crate) recipients: Vec<Guid>,
    /// Live or recorded.
    #[n(7)]
    pub(crate) mode: Mode,
    /// How urgent, as a number.
    #[n(8)]
    pub(crate) priority: u8,
    /// When it was spoken.
    #[n(9)]
    pub(crate) created: u64,
    /// Its place in the list: when the server took it, or when it was made here.
    #[n(10)]
    pub(crate) order: u64,
    /// How long, milliseconds.
    #[n(11)]
    pub(crate) duration_ms: u64,
    /// Peaks of the speech.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub(crate) waveform: Vec<u8>,
    /// Files.
    #[n(13)]
    pub(crate) files: Vec<FileRecord>,
    /// For a sent message: what has become of it.
    #[n(14)]
    pub(crate) deliveries: Vec<DeliveryRecord>,
    /// The message that it answers.
    #[n(15)]
    pub(crate) reply_to: Option<MessageId>,
    /// Sealed for everyone who gets it?
    #[n(16)]
    pub(crate) sealed: bool,
    /// Its content key.
    #[cbor(n(17), with = "minicbor::bytes")]
    pub(crate) key: [u8; 32],
    /// The format of the speech.
    #[cbor(n(18), with = "minicbor::bytes")]
    pub(crate) format: Vec<u8>,
    /// What the server has not confirmed.
    #[n(19)]
    pub(crate) owed: Owed,
    /// Deleted by the person; kept until nothing is owed, so that it is not shown twice.
    #[n(20)]
    pub(crate) hidden: bool,
    /// Not opened because its sender's key is not the pinned one; comes again once it is trusted.
    #[n(21)]
    pub(crate) awaits_key: bool,
    /// While it is sent: how many portions each stream has; none for speech that goes on.
    #[n(22)]
    pub(crate) ends: Vec<Option<u32>>,
}

/// How far a message has arrived.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PartialRecord {
    /// Each stream, in order.
    #[n(1)]
    pub(crate) streams: Vec<Reached>,
    /// Bytes of each file so far.
    #[n(2)]
    pub(crate) done: Vec<u64>,
    /// Frames of speech so far.
    #[n(3)]
    pub(crate) frames: u64,
    /// Peaks so far.
    #[n(4)]
    pub(crate) peaks: Peaks,
}

/// Where the sound of a draft comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct SourceRecord {
    /// Samples per second.
    #[n(1)]
    pub(crate) rate: u32,
    /// A file, taken as it is?
    #[n(2)]
    pub(crate) file: bool,
    /// The person's telephone, if it is that.
    #[n(3)]
    pub(crate) station: Option<Guid>,
}

/// A file of a draft, sealed where it was when it was attached.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct DraftFile {
    /// What it is.
    #[n(1)]
    pub(crate) about: FileRecord,
    /// The message that its portions are sealed for.
    #[n(2)]
    pub(crate) home: MessageId,
    /// The content key that they are sealed with.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(crate) key: [u8; 32],
    /// The stream that they are sealed as.
    #[n(4)]
    pub(crate) stream: u16,
    /// How many there are; none until the file is read to its end.
    #[n(5)]
    pub(crate) portions: Option<u32>,
}

/// A piece of speech that is, or becomes, one message.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct PieceRecord {
    /// The id of the message.
    #[n(1)]
    pub(crate) id: MessageId,
    /// Its content key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) key: [u8; 32],
    /// When it was begun, unix milliseconds.
    #[n(3)]
    pub(crate) created: u64,
}

/// A draft: what is being said, and for whom.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct DraftRecord {
    /// The piece that is being made.
    #[n(1)]
    pub(crate) piece: PieceRecord,
    /// Is it live? Then it is a message already.
    #[n(2)]
    pub(crate) live: bool,
    /// For whom.
    #[n(3)]
    pub(crate) recipients: Vec<Guid>,
    /// How urgent, as a number.
    #[n(4)]
    pub(crate) priority: u8,
    /// The message that it answers.
    #[n(5)]
    pub(crate) reply_to: Option<MessageId>,
    /// Where its sound comes from.
    #[n(6)]
    pub(crate) source: SourceRecord,
    /// Files.
    #[n(7)]
    pub(crate) files: Vec<DraftFile>,
    /// Pieces before it that reached the longest length: sent before it, as messages of their own.
    #[n(8)]
    pub(crate) earlier: Vec<EarlierRecord>,
    /// The number of the next stream for a file.
    #[n(9)]
    pub(crate) next_stream: u16,
}

/// A piece of a draft that is finished.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct EarlierRecord {
    /// The piece.
    #[n(1)]
    pub(crate) piece: PieceRecord,
    /// How much was said.
    #[n(2)]
    pub(crate) said: DraftProgress,
}

/// How far the speech of a draft is: written with every portion.
#[derive(Clone, Default, Encode, Decode)]
#[cbor(map)]
pub(crate) struct DraftProgress {
    /// The number of the next portion.
    #[n(1)]
    pub(crate) next: u32,
    /// Milliseconds in the portions so far.
    #[n(2)]
    pub(crate) duration_ms: u64,
    /// Peaks so far.
    #[n(3)]
    pub(crate) peaks: Peaks,
}
