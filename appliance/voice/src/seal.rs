//! Sealing: what makes a message readable to its recipients and to nobody between.
//!
//! * A message has a [`ContentKey`], drawn at random for it alone.
//! * [`stream`] seals its audio and its attachments, portion by portion, under keys derived
//!   from the content key.
//! * [`meta`] seals the small things: a text note, the name and type of an attachment.
//! * [`wrap`] gives the content key to each recipient, and proves who the sender is.
//! * [`keys`] holds the X25519 key pairs of accounts; [`safety`] the number by which two people
//!   check that they hold each other's true keys.
//!
//! Every derivation is HKDF-SHA256 (RFC 5869) without a salt, every cipher AES-256-GCM with a
//! 16-byte tag at the end of the ciphertext.
//!
//! ```text
//! stream n      key (32) and nonce prefix (7) = HKDF(content key, info "ivm stream" + n as u16), 39 bytes
//! small blobs   key (32)                      = HKDF(content key, info "ivm meta"), 32 bytes
//! ```

mod derive;
pub mod keys;
pub mod meta;
pub mod safety;
pub mod stream;
pub mod wrap;

use std::fmt;

use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub(crate) use derive::{decrypt, encrypt, expand, open_with_nonce, seal_with_nonce};

/// Bytes that a tag adds to a plaintext.
pub const TAG_LEN: usize = 16;

/// Why something could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The tag does not fit: wrong key, wrong message, wrong place in it, or changed bytes.
    #[error("the sealed bytes do not open: not for this key and place, or changed on the way")]
    Broken,
    /// The sealed bytes are shorter than the shortest possible.
    #[error("the sealed bytes are too short ({0})")]
    Short(usize),
    /// A portion was to be sealed under a sequence number already used, or after the last one.
    #[error(
        "portion {0} was sealed before or comes after the last one; sealing it again would expose both"
    )]
    Reused(u32),
    /// A public key is one of the few that no honest key pair has.
    #[error("the public key is not a usable X25519 key")]
    PublicKey,
}

/// The random key of one message. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
    /// A fresh key. A message that is recorded anew needs a new one, and a new message id.
    pub fn generate(rng: &mut impl CryptoRng) -> ContentKey {
        let mut key = ContentKey([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> ContentKey {
        ContentKey(bytes)
    }

    /// The bytes, to be stored by the client under its own protection.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(..)")
    }
}
