//! What telephones' calls and the lines say to each other.

use crate::handset::{Bell, End};

/// What is to be done about a call.
#[derive(Debug)]
pub(super) enum Order {
    /// Rings the telephone.
    Ring { call: u64, bell: Bell, name: String, number: String, sdp: Vec<u8> },
    /// Takes its call, or its change of one.
    Answer(u64, Vec<u8>),
    /// Refuses its call, or its change of one.
    Refuse(u64, Why),
    /// Ends a call.
    HangUp(u64),
    /// So many messages wait for it.
    Waiting { new: u32, old: u32 },
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Nobody has that number.
    Nobody,
    /// The telephone is in a call.
    Busy,
    /// It is not set up yet.
    NotYet,
    /// There is no port for its speech.
    NoRoom,
    /// The two have no way to speak in common.
    Unacceptable,
}

/// What is new in a line's calls.
#[derive(Debug)]
pub(super) enum News {
    /// A telephone calls.
    Incoming { call: u64, number: String, to: String, sdp: Vec<u8> },
    /// Our offer was answered.
    Answered { call: u64, sdp: Vec<u8> },
    /// A telephone wants something else.
    Changed { call: u64, sdp: Vec<u8> },
    /// A key.
    Key { call: u64, key: char },
    /// A telephone takes no such offer, and its call is over.
    Unacceptable(u64),
    /// A call is over.
    Ended { call: u64, end: End },
}
