//! What can be wrong with an object, and how a server says no.

use minicbor::{Decode, Encode};

/// Bytes that are no message object. The connection that brought them cannot go on: where the
/// next object starts is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The first two bytes are not `IV`.
    #[error("not a message object: it starts with {found:#06x}")]
    Magic {
        /// What stood there.
        found: u16,
    },
    /// The checksum over the header is wrong.
    #[error("header checksum is {found:#010x}, should be {expected:#010x}")]
    Checksum {
        /// As sent.
        found: u32,
        /// As computed.
        expected: u32,
    },
    /// A version that we do not speak.
    #[error("version {found} of the protocol; this is version 1")]
    Version {
        /// As sent.
        found: u8,
    },
    /// An action that is not on the permitted list.
    #[error("action {found} is not permitted")]
    Action {
        /// As sent.
        found: u8,
    },
    /// A priority above 3.
    #[error("priority {found} does not exist")]
    Priority {
        /// As sent.
        found: u8,
    },
    /// The object is longer than 1 MiB.
    #[error("an object of {found} bytes is over the limit of 1 MiB")]
    TooLong {
        /// As announced.
        found: u32,
    },
    /// Fewer bytes than announced.
    #[error("the object ends early: {found} bytes of {expected}")]
    Truncated {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// The body is not of its kind.
    #[error("the body cannot be read at byte {at}")]
    Body {
        /// Offset in the body.
        at: usize,
    },
    /// The kind is not the expected one.
    #[error("kind {found} where kind {expected} was expected")]
    Kind {
        /// As sent.
        found: u16,
        /// As needed.
        expected: u16,
    },
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal),+ $(,)?) => {
        /// Why an object was refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
            /// A code of a later version.
            Other(u16),
        }

        impl ErrorCode {
            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)+
                    Self::Other(number) => number,
                }
            }

            /// The code with this number.
            #[must_use]
            pub const fn from_number(number: u16) -> Self {
                match number {
                    $($number => Self::$name,)+
                    number => Self::Other(number),
                }
            }
        }
    };
}

codes! {
    /// The object or its body cannot be read.
    Malformed = 1,
    /// The version is not spoken here.
    Version = 2,
    /// The action or kind is not permitted to this peer.
    NotPermitted = 3,
    /// Log in first.
    NotLoggedIn = 4,
    /// Name, password, token or code is wrong.
    Credentials = 5,
    /// No such person.
    UnknownPerson = 6,
    /// No such message, or not yours.
    UnknownMessage = 7,
    /// The source is not the one who sent it.
    Forged = 8,
    /// Larger than allowed.
    TooLarge = 9,
    /// The quota is used up.
    Quota = 10,
    /// The disk is full.
    DiskFull = 11,
    /// Too many of them.
    TooMany = 12,
    /// It contradicts what is there.
    Conflict = 13,
    /// Its time is over.
    Expired = 14,
    /// No such telephone station.
    NoStation = 15,
    /// Too often; try again later.
    RateLimited = 16,
    /// The server is going down.
    GoingDown = 17,
    /// A value is out of its range.
    Invalid = 18,
    /// The peer reads too slowly.
    TooSlow = 19,
    /// The peer was silent for too long.
    Silent = 20,
    /// Something failed inside the server.
    Internal = 21,
    /// The account is shut out by an administrator.
    ShutOut = 22,
    /// There is no such thing.
    NotFound = 23,
}

impl<C> Encode<C> for ErrorCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ErrorCode {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.u16().map(Self::from_number)
    }
}

/// The body of a refusal: why, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[cbor(map)]
#[error("{text}")]
pub struct Refusal {
    /// Why, for programs.
    #[n(1)]
    pub code: ErrorCode,
    /// Why, for people: one sentence in English, without secrets.
    #[n(2)]
    pub text: String,
}

impl Refusal {
    /// A refusal with its reason.
    #[must_use]
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}
