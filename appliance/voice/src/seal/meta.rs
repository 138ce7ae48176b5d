//! Sealing the small things of a message: its text note, the name and type of an attachment.
//!
//! ```text
//! key             = HKDF-SHA256(content key, no salt, "ivm meta"), 32 bytes
//! associated data = message id (16) + sender GUID (16) + slot (2, big-endian)
//! sealed blob     = random nonce (12) + AES-256-GCM ciphertext + tag (16)
//! ```
//!
//! Slot 0 is the note of the message, slot n the description of attachment n, so that one cannot
//! be passed off as another.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{ContentKey, SealError, expand, open_with_nonce, seal_with_nonce};
use crate::ids::{AccountId, MessageId};

/// The slot of a message's own note.
pub const NOTE_SLOT: u16 = 0;

/// Seals and opens the small blobs of one message.
pub struct MetaSeal {
    key: Zeroizing<[u8; 32]>,
    message: MessageId,
    sender: AccountId,
}

impl MetaSeal {
    /// The blobs of this message.
    pub fn new(content: &ContentKey, message: MessageId, sender: AccountId) -> MetaSeal {
        MetaSeal { key: expand(content.as_bytes(), None, &[b"ivm meta"]), message, sender }
    }

    /// Seal a blob into a slot; it grows by 28 bytes.
    pub fn seal(&self, slot: u16, plaintext: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        seal_with_nonce(&self.key, &self.associated_data(slot), plaintext, rng)
    }

    /// Open the blob of a slot.
    pub fn open(&self, slot: u16, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open_with_nonce(&self.key, &self.associated_data(slot), sealed)
    }

    fn associated_data(&self, slot: u16) -> Vec<u8> {
        [&self.message.0[..], &self.sender.0, &slot.to_be_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{MetaSeal, NOTE_SLOT};
    use crate::ids::{AccountId, MessageId};
    use crate::seal::{ContentKey, SealError};

    // rows 29, 61
    #[test]
    fn a_blob_opens_only_in_its_slot_and_message() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = ContentKey::generate(&mut rng);
        let meta = MetaSeal::new(&key, MessageId([1; 16]), AccountId([2; 16]));
        let sealed = meta.seal(NOTE_SLOT, "Grüße".as_bytes(), &mut rng);
        assert_eq!(meta.open(NOTE_SLOT, &sealed), Ok("Grüße".as_bytes().to_vec()));
        assert_eq!(meta.open(1, &sealed), Err(SealError::Broken));
        let other = MetaSeal::new(&key, MessageId([9; 16]), AccountId([2; 16]));
        assert_eq!(other.open(NOTE_SLOT, &sealed), Err(SealError::Broken));
        assert_eq!(meta.open(NOTE_SLOT, &sealed[..11]), Err(SealError::Short(11)));
        assert_eq!(meta.open(NOTE_SLOT, &sealed[..20]), Err(SealError::Short(8)));
    }
}
