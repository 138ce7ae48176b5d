//! Sound and reports under a cipher (RFC 3711): AES in counter mode, and a tag by HMAC-SHA1.
//!
//! [`Sealer`] seals what one source sends; [`Opener`] opens what one peer sends, each of its
//! sources with a count of its own. Both begin with the [`Master`] of their direction, as it was
//! agreed on with the session (RFC 4568). Keys are not changed within a session, and no packet in
//! the clear passes an opener.

mod derive;
mod open;
mod replay;
mod seal;
#[cfg(test)]
mod tests;

use std::fmt;

pub use open::{Fault, Opener};
pub use seal::Sealer;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of a tag of SRTCP, under either suite (RFC 4568, section 6.2).
const CONTROL_TAG: usize = 10;
/// Bytes of a report that stay in the clear.
const CONTROL_HEADER: usize = 8;
/// Bytes of the number that SRTCP carries before its tag.
const CONTROL_INDEX: usize = 4;
/// Set in that number: the report is encrypted.
const ENCRYPTED: u32 = 0x8000_0000;

/// How long a tag is; the cipher is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`: six bytes less in each packet.
    Tag32,
}

impl Suite {
    /// Its name in a session description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// By its name, if it is one of these.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tag80, Self::Tag32].into_iter().find(|suite| suite.name() == name)
    }

    /// Bytes of a packet's tag.
    #[must_use]
    pub const fn tag(self) -> usize {
        match self {
            Self::Tag80 => 10,
            Self::Tag32 => 4,
        }
    }
}

/// What the keys of one direction are derived from. It is shown nowhere.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Master {
    key: [u8; 16],
    salt: [u8; 14],
}

impl Master {
    /// Bytes of a key and its salt.
    pub const LENGTH: usize = 30;

    /// Key and salt, as they stand in a session description.
    #[must_use]
    pub fn new(bytes: &[u8; Self::LENGTH]) -> Self {
        let (mut key, mut salt) = ([0; 16], [0; 14]);
        key.copy_from_slice(&bytes[..16]);
        salt.copy_from_slice(&bytes[16..]);
        Self { key, salt }
    }

    /// Key and salt in one.
    #[must_use]
    pub fn bytes(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..16].copy_from_slice(&self.key);
        bytes[16..].copy_from_slice(&self.salt);
        bytes
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Master(..)")
    }
}
