//! What an object may ask for: the permitted list (rows 85-94), its priority and its flags.

use crate::Malformed;

/// The permitted actions; anything else is refused, not guessed (row 85).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Action {
    /// Log in, or make a connection known (row 86).
    Connect = 1,
    /// Leave in good order (row 87).
    Disconnect = 2,
    /// Ask for a topic's events (row 88).
    Subscribe = 3,
    /// Ask for them no longer (row 89).
    Unsubscribe = 4,
    /// Post a message: receipts, people, envelopes, calls (row 90).
    Post = 5,
    /// Is the other end awake (row 91)?
    Ping = 6,
    /// The server closes this client's connection, and says why (row 92).
    Drop = 7,
    /// A client message: portion, check-in, send, status, phone command, parameters (row 93).
    Client = 8,
    /// The server is going down (row 94).
    GoingDown = 9,
}

impl Action {
    /// Every action, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::Connect,
        Self::Disconnect,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Post,
        Self::Ping,
        Self::Drop,
        Self::Client,
        Self::GoingDown,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The action with this number.
    ///
    /// # Errors
    /// [`Malformed::Action`] for a number that is not on the list.
    pub fn from_number(number: u8) -> Result<Self, Malformed> {
        let index = usize::from(number).checked_sub(1);
        index
            .and_then(|index| Self::ALL.get(index))
            .copied()
            .ok_or(Malformed::Action { found: number })
    }
}

/// How urgent an object is (row 100): decides the order in every queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Priority {
    /// Not said; served as normal.
    #[default]
    Unknown = 0,
    /// May wait.
    Low = 1,
    /// As people expect.
    Normal = 2,
    /// Before all others.
    High = 3,
}

impl Priority {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The priority with this number.
    ///
    /// # Errors
    /// [`Malformed::Priority`] for a number above 3.
    pub fn from_number(number: u8) -> Result<Self, Malformed> {
        match number {
            0 => Ok(Self::Unknown),
            1 => Ok(Self::Low),
            2 => Ok(Self::Normal),
            3 => Ok(Self::High),
            found => Err(Malformed::Priority { found }),
        }
    }
}

/// Two flags of a header: is it an answer, and is it a refusal?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// It answers the object whose id it bears.
    pub answer: bool,
    /// It refuses that object; the body says why.
    pub refused: bool,
}

impl Flags {
    /// Not an answer.
    pub const NONE: Self = Self { answer: false, refused: false };
    /// A good answer.
    pub const ANSWER: Self = Self { answer: true, refused: false };
    /// A refusal.
    pub const REFUSED: Self = Self { answer: true, refused: true };

    /// The byte on the wire: bit 0 answer, bit 1 refused.
    #[must_use]
    pub fn byte(self) -> u8 {
        u8::from(self.answer) | u8::from(self.refused) << 1
    }

    /// Reads the byte; bits 2 to 7 are ignored, so that a later version may use them.
    #[must_use]
    pub fn from_byte(byte: u8) -> Self {
        Self { answer: byte & 1 != 0, refused: byte & 2 != 0 }
    }
}
