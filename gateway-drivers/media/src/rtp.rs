//! A packet of sound (RFC 3550, section 5), as a value that borrows its payload.

mod parse;
#[cfg(test)]
mod tests;
mod write;

pub use parse::{Fault, header_length, is_control};

/// Bytes of a header without contributors and extension.
pub const HEADER: usize = 12;
/// Contributors that a header has room for.
pub const MOST_CONTRIBUTORS: usize = 15;

/// Who sends: a number drawn by chance, the same for all packets of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssrc(pub u32);

/// What the payload is, as the session description says: 7 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadType(u8);

impl PayloadType {
    /// µ-law (RFC 3551, table 4).
    pub const PCMU: Self = Self(0);
    /// A-law.
    pub const PCMA: Self = Self(8);
    /// G.722; its clock runs at 8000 by an old mistake (RFC 3551, section 4.5.2).
    pub const G722: Self = Self(9);

    /// By its number, if that has 7 bits.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 128 { Some(Self(number)) } else { None }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// The header's extension (RFC 3550, section 5.3.1): whole words of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    profile: u16,
    data: &'a [u8],
}

impl<'a> Extension<'a> {
    /// An extension; nothing if the data are not whole words, or too many.
    #[must_use]
    pub fn new(profile: u16, data: &'a [u8]) -> Option<Self> {
        let fits = data.len().is_multiple_of(4) && data.len() / 4 <= usize::from(u16::MAX);
        fits.then_some(Self { profile, data })
    }

    /// What kind it is, as its profile says.
    #[must_use]
    pub const fn profile(&self) -> u16 {
        self.profile
    }

    /// Its words.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The first packet after a pause, with speech.
    pub is_marked: bool,
    /// What the payload is.
    pub payload_type: PayloadType,
    /// Counts packets, and wraps.
    pub sequence: u16,
    /// Counts samples, and wraps.
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: Ssrc,
    /// Whose sound a mixer has put in; at most [`MOST_CONTRIBUTORS`] are written.
    pub contributors: Vec<Ssrc>,
    /// What a profile adds to the header.
    pub extension: Option<Extension<'a>>,
    /// The sound.
    pub payload: &'a [u8],
    /// Bytes behind the payload that say nothing, the last of them their number.
    pub padding: u8,
}

impl<'a> Packet<'a> {
    /// A packet with nothing but sound.
    #[must_use]
    pub const fn plain(payload_type: PayloadType, ssrc: Ssrc, payload: &'a [u8]) -> Self {
        Self {
            is_marked: false,
            payload_type,
            sequence: 0,
            timestamp: 0,
            ssrc,
            contributors: Vec::new(),
            extension: None,
            payload,
            padding: 0,
        }
    }
}
