//! What the engine wants done, and what it has to tell.

use bytes::Bytes;
use message::people::Ring;
use message::{Guid, MessageId, Object};

/// The number of a request to the storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The shell's number of a file to be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// The shell's number of a place to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SinkId(pub u32);

/// One deed for the shell.
#[derive(Debug)]
pub enum Output {
    /// Make the link to the server; answered by link up or down.
    Connect,
    /// Close the link in good order, after what was transmitted is out; answered by link down.
    Disconnect,
    /// Send an object to the server.
    Transmit(Object),
    /// Carry out all writes or none, durably, in the order of the tickets; answered by stored.
    /// The storage is an ordered map from byte strings to byte strings.
    Store {
        /// To be answered with.
        ticket: Ticket,
        /// What to write.
        writes: Vec<Write>,
    },
    /// Read the records whose key starts with `prefix`, after the key `after`; answered by scanned.
    Scan {
        /// To be answered with.
        ticket: Ticket,
        /// How the keys start.
        prefix: Vec<u8>,
        /// Only keys behind this one.
        after: Option<Vec<u8>>,
        /// Stop at so many bytes of values (but give at least one record).
        limit: usize,
    },
    /// Begin to deliver samples of a microphone at this rate, mono.
    Microphone {
        /// Samples per second.
        rate: u32,
    },
    /// Stop delivering them.
    MicrophoneOff,
    /// Play these samples behind those already given.
    Play {
        /// Mono, -1 to 1.
        samples: Vec<f32>,
        /// Samples per second.
        rate: u32,
    },
    /// No more will come for the present message: let the player run dry, then say so by `Played`
    /// with the whole length of what was given.
    PlayEnd,
    /// Fall silent at once.
    PlayStop,
    /// Sound the warning tone: the message is nearly as long as it may be.
    WarningTone,
    /// Read from a file to be attached; answered by file read.
    ReadFile {
        /// Which.
        file: FileId,
        /// From where.
        offset: u64,
        /// How many bytes.
        length: usize,
    },
    /// Write to a sink, in order.
    WriteSink {
        /// Which.
        sink: SinkId,
        /// What.
        data: Bytes,
    },
    /// The sink has everything, or will not get it: why.
    CloseSink {
        /// Which.
        sink: SinkId,
        /// All of it, or why not.
        result: Result<(), String>,
    },
    /// A view has changed: show it again.
    Changed(Change),
    /// Something to tell the person, or the program that watches.
    Notice(Notice),
}

/// One write to the storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Puts a record in place of the one with the same key.
    Put(Vec<u8>, Bytes),
    /// Deletes every record whose key starts so.
    DeletePrefix(Vec<u8>),
}

/// Which view has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// [`crate::Link`], log-in, own status.
    Session,
    /// People, presence, keys.
    People,
    /// The list of messages, or one of them.
    Messages,
    /// The draft: state, length, attachments.
    Draft,
    /// The level of the microphone, ten times a second while speaking.
    Level,
    /// What is playing.
    Playing,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The storage is read; log-in is known or not.
    Ready {
        /// Does the device know its account?
        known: bool,
    },
    /// Logged in.
    LoggedIn,
    /// Log-in failed: wrong name or password, or the server would not.
    LogInFailed(String),
    /// The device is not logged in any more: by its own wish, or its token was revoked.
    LoggedOut,
    /// Whom the invitation is for.
    Invited {
        /// The account's name.
        name: String,
        /// As people read it.
        display: String,
        /// Is it a reset: may the recovery code be entered?
        reset: bool,
    },
    /// The invitation was taken up. The recovery code is shown once.
    Enrolled {
        /// The account's name: log in with it.
        name: String,
        /// To be written down by the person.
        recovery_code: String,
    },
    /// The password was changed; a new recovery code is shown once.
    PasswordChanged {
        /// To be written down by the person.
        recovery_code: String,
    },
    /// A new message began to arrive: for a sound and a badge.
    Arriving {
        /// Which.
        message: MessageId,
        /// From whom.
        sender: Guid,
        /// Is it being spoken right now?
        live: bool,
    },
    /// A message is here, whole and durable (row 27).
    Arrived {
        /// Which.
        message: MessageId,
        /// From whom.
        sender: Guid,
    },
    /// The server has all of a message on disk: it can no longer be lost.
    Sent(MessageId),
    /// A recipient's device has it.
    Delivered {
        /// Which.
        message: MessageId,
        /// Who.
        person: Guid,
    },
    /// A recipient has heard it.
    Played {
        /// Which.
        message: MessageId,
        /// Who.
        person: Guid,
    },
    /// The server would not take a message.
    SendFailed {
        /// Which.
        message: MessageId,
        /// Why.
        reason: String,
    },
    /// The key of a person is not the pinned one any more: messages to it wait for
    /// [`crate::Command::TrustKey`].
    KeyChanged(Guid),
    /// Speaking stopped by itself after silence (row 14).
    StoppedBySilence,
    /// The message reached its longest length and continues as a second one.
    Continued {
        /// The one that is finished.
        finished: MessageId,
        /// The one that goes on.
        next: MessageId,
    },
    /// A message from this device could not be opened: forged, damaged, or for another key.
    Unreadable {
        /// Which.
        message: MessageId,
        /// Why.
        reason: String,
    },
    /// A draft of an earlier run was found and is there again.
    DraftRestored,
    /// To a telephone's client: its owner wants it to ring, or to stop; the message that is to be
    /// spoken.
    Commanded {
        /// Who.
        person: Guid,
        /// What.
        ring: Ring,
        /// For which message.
        draft: Option<MessageId>,
    },
    /// The server is going down; the link comes back by itself.
    ServerGoingDown,
    /// A command could not be carried out.
    Refused(String),
    /// The storage failed: the disk may be full. Nothing is acknowledged until it works again.
    StorageFailed(String),
}
