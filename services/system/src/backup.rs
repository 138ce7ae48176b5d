//! The format of a backup: a header, and behind it a tar archive in sealed segments.
//!
//! ```text
//! header (46)   "IVMBKUP" 0, format (2, 1), Argon2id memory in KiB (4), passes (4), lanes (1),
//!               salt (16), nonce prefix (7), bytes of a segment (4); numbers are big-endian
//! key (32)      = Argon2id(passphrase, salt)
//! segment n     = AES-256-GCM of 65536 bytes of the archive, fewer in the last one, and a tag (16)
//! nonce (12)    = prefix (7) + n (4) + 1 in the last segment, 0 in every other (1)
//! associated    = the header
//! ```
//!
//! That is the STREAM construction: a segment that is changed, moved, left out or put last where
//! it is not does not open. `archive` is the tar inside.

pub mod archive;
pub mod stream;

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of the header.
pub const HEADER: usize = 46;
/// Bytes of a segment before it is sealed.
pub const SEGMENT: usize = 64 << 10;
/// Bytes of a tag.
pub const TAG: usize = 16;
/// The format that this program writes, and the newest that it reads.
const FORMAT: u16 = 1;
const MAGIC: &[u8; 8] = b"IVMBKUP\0";
/// Most memory that a file may ask for, in KiB; root's helper has 128 MiB.
const MOST_MEMORY: u32 = 96 << 10;

/// Why a backup cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It does not begin as one.
    #[error("This is not a backup of an appliance.")]
    Other,
    /// Of a later format.
    #[error("This backup was made by a newer version of the appliance: update this one first.")]
    Newer,
    /// The header asks for the impossible.
    #[error("The backup is damaged at its beginning.")]
    Header,
    /// The first segment does not open.
    #[error("The passphrase is wrong, or the backup is damaged at its beginning.")]
    Passphrase,
    /// A later one does not.
    #[error("The backup is damaged: a part of it has been changed.")]
    Damaged,
    /// The end is missing.
    #[error("The backup is cut off, or was changed at its end.")]
    CutOff,
    /// What is inside is not what a backup holds.
    #[error("The backup holds something that no backup holds.")]
    Inside,
}

/// The header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    memory_kib: u32,
    passes: u32,
    lanes: u8,
    salt: [u8; 16],
    prefix: [u8; 7],
}

impl Header {
    /// That of a new backup: 64 MiB, 3 passes, 1 lane (RFC 9106's second choice on one lane).
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (mut salt, mut prefix) = ([0; 16], [0; 7]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut prefix);
        Self { memory_kib: 64 << 10, passes: 3, lanes: 1, salt, prefix }
    }

    /// As it stands in the file.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let parts: [&[u8]; 8] = [
            MAGIC,
            &FORMAT.to_be_bytes(),
            &self.memory_kib.to_be_bytes(),
            &self.passes.to_be_bytes(),
            &[self.lanes],
            &self.salt,
            &self.prefix,
            &(SEGMENT as u32).to_be_bytes(),
        ];
        bytes.copy_from_slice(&parts.concat());
        bytes
    }

    /// What a file begins with.
    ///
    /// # Errors
    /// It is no backup, a newer one, or asks for more than we give.
    pub fn parse(bytes: &[u8; HEADER]) -> Result<Self, Unreadable> {
        if !bytes.starts_with(MAGIC) {
            return Err(Unreadable::Other);
        }
        match u16::from_be_bytes(part(bytes, 8)) {
            FORMAT => {}
            0 => return Err(Unreadable::Header),
            _ => return Err(Unreadable::Newer),
        }
        let number = |at| u32::from_be_bytes(part(bytes, at));
        let header = Self {
            memory_kib: number(10),
            passes: number(14),
            lanes: bytes[18],
            salt: part(bytes, 19),
            prefix: part(bytes, 35),
        };
        let is_possible = (8 << 10..=MOST_MEMORY).contains(&header.memory_kib)
            && (1..=10).contains(&header.passes)
            && (1..=4).contains(&header.lanes)
            && number(42) == SEGMENT as u32;
        if is_possible { Ok(header) } else { Err(Unreadable::Header) }
    }

    /// The key that a passphrase gives. Takes half a second or so.
    fn key(&self, passphrase: &[u8]) -> Result<Zeroizing<[u8; 32]>, Unreadable> {
        let params = Params::new(self.memory_kib, self.passes, u32::from(self.lanes), Some(32));
        let params = params.map_err(|_| Unreadable::Header)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, key.as_mut_slice())
            .map_err(|_| Unreadable::Header)?;
        Ok(key)
    }
}

fn part<const N: usize>(bytes: &[u8; HEADER], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}

/// What a backup says of itself: the first file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program that made it.
    pub program: String,
    /// When, unix milliseconds.
    pub made: u64,
    /// With messages?
    pub with_messages: bool,
    /// What the appliance was called.
    pub host: String,
}

/// The name of the manifest in the archive.
pub const MANIFEST: &str = "manifest.json";

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::{HEADER, Header, Unreadable};

    fn bytes() -> [u8; HEADER] {
        Header::generate(&mut ChaCha20Rng::from_seed([1; 32])).to_bytes()
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let header = Header::parse(&bytes()).expect("a header");
        assert_eq!(header.to_bytes(), bytes());
    }

    #[test]
    fn other_newer_and_greedy_headers_are_told_apart() {
        let changed = |at: usize, to: u8| {
            let mut bytes = bytes();
            bytes[at] = to;
            Header::parse(&bytes).expect_err("changed")
        };
        assert_eq!(changed(0, b'X'), Unreadable::Other);
        assert_eq!(changed(9, 2), Unreadable::Newer);
        for (at, to) in [(9, 0), (10, 1), (14, 1), (18, 0), (18, 9), (45, 1)] {
            assert_eq!(changed(at, to), Unreadable::Header, "{at}");
        }
    }
}
