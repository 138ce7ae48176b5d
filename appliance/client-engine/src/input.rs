//! What can happen to a client: the person's commands, the link, the sound, the storage.

use std::fmt;

use bytes::Bytes;
use message::people::{Ring, Status};
use message::{Guid, MessageId, Object, Priority};
use voice::account::derive::Costs;
use zeroize::Zeroizing;

use crate::{FileId, SinkId, Ticket};

/// One thing that happens to the engine.
#[derive(Debug)]
pub enum Input {
    /// The person wants something.
    Command(Command),
    /// The link to the server is up; log-in may begin.
    LinkUp(Binding),
    /// An object came from the server.
    Object(Object),
    /// The link is down, or could not be made; the engine asks for it again when it is time.
    LinkDown(String),
    /// Samples from the microphone, mono, -1 to 1, at the rate that [`crate::Output::Microphone`]
    /// asked for. The engine copies at most one second.
    Samples(Vec<f32>),
    /// The microphone ended by itself: the end of a WAV file, an unplugged device.
    SamplesEnd,
    /// The storage has carried out [`crate::Output::Store`]; it is on disk.
    Stored(Ticket),
    /// The storage could not.
    StoreFailed(Ticket, String),
    /// The answer to [`crate::Output::Scan`]: keys in order and their values.
    Scanned {
        /// Whose answer it is.
        ticket: Ticket,
        /// Keys in ascending order of bytes, with values.
        records: Vec<(Vec<u8>, Bytes)>,
        /// Are there more behind the last key?
        more: bool,
    },
    /// The answer to [`crate::Output::ReadFile`]: fewer bytes than asked for only at the end.
    FileRead {
        /// Which file.
        file: FileId,
        /// Where the bytes stand in it.
        offset: u64,
        /// The bytes, or why there are none.
        data: Result<Bytes, String>,
    },
    /// The player has played this many milliseconds of what it was given; told at least twice a
    /// second while it plays, and at the end.
    Played {
        /// Milliseconds since the first samples after the last [`crate::Output::PlayEnd`] or
        /// [`crate::Output::PlayStop`]: the engine knows where in the message those stood.
        position_ms: u64,
    },
}

/// What the link's log-in proof is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A Unix socket of the same machine.
    None,
    /// The TLS exporter (RFC 9266), 32 bytes.
    Exporter([u8; 32]),
    /// The page's origin, such as `https://192.168.1.2:8443`.
    Origin(String),
}

/// A password on its way to the key derivation: wiped after use, never printed.
#[derive(Clone)]
pub struct Password {
    text: Zeroizing<String>,
    costs: Costs,
}

impl Password {
    /// Takes a password over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text: Zeroizing::new(text), costs: Costs::USUAL }
    }

    /// A password of 256 random bits, which nobody has to keep in mind: it cannot be guessed, so its
    /// account needs no costly derivation.
    #[must_use]
    pub fn random(key: &[u8; 32]) -> Self {
        let text = key.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { text: Zeroizing::new(text), costs: Costs::LEAST }
    }

    /// What it costs to derive keys from it, for a new account.
    pub(crate) fn costs(&self) -> Costs {
        self.costs
    }

    /// The password as it was typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The password's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What the person wants.
#[derive(Clone, Debug)]
pub enum Command {
    /// Log in with name and password; the device is remembered afterwards.
    LogIn {
        /// The account's name.
        name: String,
        /// Its password.
        password: Password,
        /// What the person calls the device.
        device_name: String,
    },
    /// Ask whom an invitation is for; answered by [`crate::Notice::Invited`].
    AskInvitation {
        /// The code of the link.
        code: String,
    },
    /// Take up an invitation: make the keys, set the password. [`crate::Notice::Enrolled`].
    Enrol {
        /// The code of the link.
        code: String,
        /// The new password.
        password: Password,
        /// After a reset: the recovery code, so that old messages stay readable.
        recovery: Option<String>,
    },
    /// Choose another password; the present one must be right.
    ChangePassword {
        /// The present one.
        old: Password,
        /// The new one.
        new: Password,
    },
    /// Leave and forget this device, its keys and its messages.
    LogOut,
    /// The network seems to be back: try the link now instead of waiting for the next attempt.
    TryAgain,
    /// Set the person's own status.
    SetStatus(Status),
    /// Put a person on the contact list.
    AddContact(String),
    /// Take a person off the contact list.
    RemoveContact(String),
    /// The person has compared the safety number of someone whose key changed, and trusts it.
    TrustKey(Guid),
    /// Speak, type of message and recipients chosen.
    Talk(Talk),
    /// Stop speaking. A live message is finished and gone; a recorded one is a draft to review.
    StopTalking,
    /// In the middle of a live message: keep the rest as a recording (row 71).
    SwitchToRecord,
    /// Speak on at the end of the draft.
    Append,
    /// Throw the draft's speech away and speak again.
    ReRecord,
    /// Throw the draft away.
    Discard,
    /// Attach a file to the draft, or begin a draft with it.
    Attach {
        /// The shell's number for the file.
        file: FileId,
        /// Its name without folders.
        name: String,
        /// Its media type.
        media_type: String,
        /// Its size in bytes.
        size: u64,
    },
    /// Take an attachment off the draft, by its place from 0.
    Detach(usize),
    /// Change the draft's recipients or priority before it is sent.
    Readdress {
        /// The new recipients.
        recipients: Vec<Guid>,
        /// The new priority.
        priority: Priority,
    },
    /// Send the draft.
    Send,
    /// Play the draft.
    Review,
    /// Play a message from a place in milliseconds.
    Play {
        /// Which.
        message: MessageId,
        /// From where.
        from_ms: u64,
    },
    /// Stop playing.
    StopPlaying,
    /// Shall live messages play by themselves while the person is there and nothing else plays?
    /// They do unless told otherwise.
    Autoplay(bool),
    /// Say that a message was heard without playing it here.
    MarkPlayed(MessageId),
    /// Another process of this device has sent messages, and put them into the storage.
    Adopt,
    /// Write the speech of a message, decoded, to a sink, as 16-bit mono WAV or as Ogg Opus.
    Export {
        /// Which.
        message: MessageId,
        /// Where to.
        sink: SinkId,
        /// As Ogg Opus instead of WAV.
        ogg: bool,
    },
    /// Write an attachment to a sink.
    Save {
        /// Which message.
        message: MessageId,
        /// Which attachment, from 0.
        attachment: usize,
        /// Where to.
        sink: SinkId,
    },
    /// Delete a message here and, if `everywhere`, for all of this person's devices.
    Delete {
        /// Which.
        message: MessageId,
        /// From the server and the other devices too.
        everywhere: bool,
    },
    /// Have the person's own telephone ring, or stop; or, said by a telephone's client, tell its
    /// owner that it does not ring any more.
    Phone {
        /// The telephone, or its owner.
        to: Guid,
        /// What.
        ring: Ring,
        /// The message that is to be spoken.
        draft: Option<MessageId>,
    },
    /// Give up on a message that is still being sent.
    Cancel(MessageId),
}

/// How to speak, and to whom.
#[derive(Clone, Debug)]
pub struct Talk {
    /// For whom, 1 to n.
    pub recipients: Vec<Guid>,
    /// Live, recorded, or as the recipients' presence suggests (row 70).
    pub wish: Wish,
    /// How urgent.
    pub priority: Priority,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// Where the sound comes from.
    pub source: Source,
}

/// Live or recorded?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Live if any recipient is on-line, else recorded (row 70).
    Automatic,
    /// Live.
    Live,
    /// Recorded.
    Record,
}

/// Where the sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A microphone at this rate: noise is removed, the gain adjusted, silence ends it.
    Microphone {
        /// Samples per second.
        rate: u32,
    },
    /// A file at this rate: taken as it is, to its end.
    File {
        /// Samples per second.
        rate: u32,
    },
    /// The person's own telephone: it is rung, and who hangs up sends.
    Telephone {
        /// Which.
        station: Guid,
    },
}
