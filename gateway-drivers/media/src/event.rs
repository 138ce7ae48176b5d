//! Keys pressed during a talk (RFC 4733): one digit for each, however many packets tell of it.

mod receive;
mod send;
#[cfg(test)]
mod tests;

pub use receive::Receiver;
pub use send::{MOST_WAITING, Sender, Step};

/// A key, or the hook pressed shortly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digit(u8);

impl Digit {
    const KEYS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

    /// The hook, pressed shortly.
    pub const FLASH: Self = Self(16);

    /// By its number, if it is a key or the hook (RFC 4733, table 3).
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        if number <= 16 { Some(Self(number)) } else { None }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// By what is printed on it.
    #[must_use]
    pub fn from_key(key: char) -> Option<Self> {
        let key = key.to_ascii_uppercase();
        let number = Self::KEYS.iter().position(|known| *known == key)?;
        Self::from_number(u8::try_from(number).ok()?)
    }

    /// What is printed on it; nothing on the hook.
    #[must_use]
    pub fn key(self) -> Option<char> {
        Self::KEYS.get(usize::from(self.0)).copied()
    }
}

/// What a packet tells of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which one: a [`Digit`]'s number, or a tone of a modem or a trunk.
    pub number: u8,
    /// It is over.
    pub is_end: bool,
    /// Decibels below the loudest: 6 bits.
    pub volume: u8,
    /// Ticks since its timestamp.
    pub duration: u16,
}

impl Event {
    /// Reads a payload. Some telephones send more than these four bytes.
    #[must_use]
    pub const fn parse(payload: &[u8]) -> Option<Self> {
        let [number, flags, high, low, ..] = payload else { return None };
        let duration = u16::from_be_bytes([*high, *low]);
        let (is_end, volume) = (*flags & 0x80 != 0, *flags & 0x3f);
        Some(Self { number: *number, is_end, volume, duration })
    }

    /// Writes a payload.
    #[must_use]
    pub fn write(&self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.number, u8::from(self.is_end) << 7 | self.volume & 0x3f, high, low]
    }
}
