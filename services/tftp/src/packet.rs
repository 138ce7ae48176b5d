//! A TFTP packet as a value (RFC 1350, section 5; RFC 2347). What it means is the engine's business.

mod parse;
#[cfg(test)]
mod tests;
mod write;

pub use parse::Fault;
pub use write::Wire;

/// Bytes of a file's name at most.
pub const LONGEST_NAME: usize = 255;
/// Options of a packet; there are four that mean something here, and what follows is not read.
pub const MOST_CHOICES: usize = 16;

/// A packet; its texts are a datagram's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// A client asks for a file.
    Read(Request<'a>),
    /// A client wants to leave a file here.
    Write(Request<'a>),
    /// A block of a file.
    Data {
        /// Its number: the first is 1, and 0 follows 65,535.
        block: u16,
        /// What it holds.
        bytes: &'a [u8],
    },
    /// All blocks up to this one are there; 0 for the options.
    Ack(u16),
    /// It does not go on.
    Error {
        /// Why.
        code: Code,
        /// Why, for people; without a zero byte.
        words: &'a [u8],
    },
    /// What of the options is agreed (OACK).
    Agreed(Vec<Choice<'a>>),
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The file: at most [`LONGEST_NAME`] bytes, none of them zero.
    pub name: &'a [u8],
    /// How its bytes are to be carried.
    pub mode: Mode<'a>,
    /// In their order; at most [`MOST_CHOICES`].
    pub choices: Vec<Choice<'a>>,
}

/// An option and its value; neither has a zero byte, and the name is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Which: in any case.
    pub name: &'a [u8],
    /// A decimal number in all that are known.
    pub value: &'a [u8],
}

/// How a file's bytes are carried; its name comes in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// As they are.
    Octet,
    /// As text of the network's terminal: a line ends with CR LF.
    Netascii,
    /// To a person's mailbox, which nobody does any more.
    Mail,
    /// A later invention, or nonsense.
    Other(&'a [u8]),
}

impl<'a> Mode<'a> {
    /// By its name.
    #[must_use]
    pub fn named(name: &'a [u8]) -> Self {
        let known = [Self::Octet, Self::Netascii, Self::Mail];
        let found = known.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(name));
        found.unwrap_or(Self::Other(name))
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'a [u8] {
        match self {
            Self::Octet => b"octet",
            Self::Netascii => b"netascii",
            Self::Mail => b"mail",
            Self::Other(name) => name,
        }
    }
}

/// Why it does not go on (RFC 1350, appendix; RFC 2347).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The words say it.
    Undefined,
    /// There is no such file.
    NotFound,
    /// It is not allowed.
    Access,
    /// The disk is full.
    Full,
    /// That makes no sense.
    Illegal,
    /// The packet belongs to no transfer.
    UnknownTransfer,
    /// There is such a file already.
    Exists,
    /// There is no such person.
    NoSuchUser,
    /// The options are not what was asked for.
    Choices,
    /// A later invention.
    Other(u16),
}

impl Code {
    const KNOWN: [Self; 9] = [
        Self::Undefined,
        Self::NotFound,
        Self::Access,
        Self::Full,
        Self::Illegal,
        Self::UnknownTransfer,
        Self::Exists,
        Self::NoSuchUser,
        Self::Choices,
    ];

    /// By its number.
    #[must_use]
    pub fn from_number(number: u16) -> Self {
        Self::KNOWN.get(usize::from(number)).copied().unwrap_or(Self::Other(number))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Undefined => 0,
            Self::NotFound => 1,
            Self::Access => 2,
            Self::Full => 3,
            Self::Illegal => 4,
            Self::UnknownTransfer => 5,
            Self::Exists => 6,
            Self::NoSuchUser => 7,
            Self::Choices => 8,
            Self::Other(number) => number,
        }
    }
}
