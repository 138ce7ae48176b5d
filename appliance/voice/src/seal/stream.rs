//! Sealing a stream of portions: the STREAM construction over AES-256-GCM.
//!
//! A message has one audio stream, number 0, and its attachments are streams 1, 2 and so on.
//!
//! ```text
//! key (32), prefix (7) = HKDF-SHA256(content key, no salt, "ivm stream" + stream number as u16), 39 bytes
//! nonce (12)           = prefix (7) + sequence number (4, big-endian, from 0) + last flag (1: 0 or 1)
//! associated data      = message id (16) + sender GUID (16) + stream number (2, big-endian) + descriptor
//! sealed portion       = AES-256-GCM ciphertext + tag (16)
//! ```
//!
//! The descriptor of the audio stream is its [`crate::format`] bytes (10); an attachment's is
//! empty. No key, nonce or prefix travels: the number of a portion and whether it is the last
//! are said by the object that carries it, and a lie about either fails to open. Because the
//! last flag is part of the nonce, a stream cut off at a portion boundary is noticed: no portion
//! opened as the last one.
//!
//! A portion opens by its number alone, in any order. It must be sealed once only: two plaintexts
//! under one nonce would expose both, so [`PortionSealer`] refuses to go back.

use zeroize::Zeroizing;

use super::{ContentKey, SealError, TAG_LEN, decrypt, encrypt, expand};
use crate::format::Format;
use crate::ids::{AccountId, MessageId};

/// The number of the audio stream of every message.
pub const AUDIO_STREAM: u16 = 0;

/// What a stream of portions belongs to: all of it is bound into every portion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamContext {
    message: MessageId,
    sender: AccountId,
    stream: u16,
    descriptor: Vec<u8>,
}

impl StreamContext {
    /// The audio of a message.
    pub fn audio(message: MessageId, sender: AccountId, format: &Format) -> StreamContext {
        StreamContext {
            message,
            sender,
            stream: AUDIO_STREAM,
            descriptor: format.to_bytes().to_vec(),
        }
    }

    /// An attachment of a message; the first is number 1. Zero is the audio and gives `None`.
    pub fn attachment(message: MessageId, sender: AccountId, number: u16) -> Option<StreamContext> {
        let stream = (number != AUDIO_STREAM).then_some(number)?;
        Some(StreamContext { message, sender, stream, descriptor: Vec::new() })
    }

    fn associated_data(&self) -> Vec<u8> {
        let stream = self.stream.to_be_bytes();
        [&self.message.0[..], &self.sender.0, &stream, &self.descriptor].concat()
    }
}

/// The key, nonce prefix and associated data of one stream.
struct StreamKey {
    key: Zeroizing<[u8; 32]>,
    prefix: [u8; 7],
    aad: Vec<u8>,
}

impl StreamKey {
    fn derive(content: &ContentKey, context: &StreamContext) -> StreamKey {
        let number = context.stream.to_be_bytes();
        let both = expand::<39>(content.as_bytes(), None, &[b"ivm stream", &number]);
        let mut key = Zeroizing::new([0; 32]);
        let mut prefix = [0; 7];
        key.copy_from_slice(&both[..32]);
        prefix.copy_from_slice(&both[32..]);
        StreamKey { key, prefix, aad: context.associated_data() }
    }

    fn nonce(&self, seq: u32, last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..7].copy_from_slice(&self.prefix);
        nonce[7..11].copy_from_slice(&seq.to_be_bytes());
        nonce[11] = u8::from(last);
        nonce
    }
}

/// Seals the portions of one stream, each once.
pub struct PortionSealer {
    key: StreamKey,
    /// The lowest number that may still be sealed; `None` after the last portion.
    next: Option<u32>,
}

impl PortionSealer {
    /// A sealer that has sealed nothing yet.
    pub fn new(content: &ContentKey, context: &StreamContext) -> PortionSealer {
        PortionSealer { key: StreamKey::derive(content, context), next: Some(0) }
    }

    /// Seal portion `seq`. Numbers rise from 0; one that was used, or any after the last
    /// portion, is refused with [`SealError::Reused`].
    pub fn seal(&mut self, seq: u32, last: bool, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.next.is_none_or(|next| seq < next) {
            return Err(SealError::Reused(seq));
        }
        self.next = if last { None } else { seq.checked_add(1) };
        Ok(encrypt(&self.key.key, self.key.nonce(seq, last), &self.key.aad, plaintext))
    }

    /// How long the sealed form of a plaintext of this many bytes is.
    pub fn sealed_len(plaintext: usize) -> usize {
        plaintext + TAG_LEN
    }
}

/// Opens the portions of one stream, in any order.
pub struct PortionOpener {
    key: StreamKey,
}

impl PortionOpener {
    /// An opener for a stream.
    pub fn new(content: &ContentKey, context: &StreamContext) -> PortionOpener {
        PortionOpener { key: StreamKey::derive(content, context) }
    }

    /// The plaintext of portion `seq`; a wrong number, flag, key, sender or format is
    /// [`SealError::Broken`].
    pub fn open(&self, seq: u32, last: bool, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        decrypt(&self.key.key, self.key.nonce(seq, last), &self.key.aad, sealed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{PortionOpener, PortionSealer, StreamContext};
    use crate::format::{Codec, Format};
    use crate::ids::{AccountId, MessageId};
    use crate::seal::{ContentKey, SealError};

    const KEY: [u8; 32] = [3; 32];
    const MESSAGE: MessageId = MessageId([1; 16]);
    const SENDER: AccountId = AccountId([2; 16]);

    fn audio() -> StreamContext {
        StreamContext::audio(MESSAGE, SENDER, &Format::SPEECH)
    }

    fn sealer() -> PortionSealer {
        PortionSealer::new(&ContentKey::from_bytes(KEY), &audio())
    }

    fn opener(context: &StreamContext) -> PortionOpener {
        PortionOpener::new(&ContentKey::from_bytes(KEY), context)
    }

    // rows 61, 62
    #[test]
    fn portions_open_in_any_order() {
        let mut sealer = sealer();
        let sealed: Vec<_> = (0..5u32)
            .map(|seq| sealer.seal(seq, seq == 4, &[seq as u8; 40]).expect("rising numbers"))
            .collect();
        let opener = opener(&audio());
        for seq in [3, 0, 4, 1, 2u32] {
            let plain = opener.open(seq, seq == 4, &sealed[seq as usize]);
            assert_eq!(plain, Ok(vec![seq as u8; 40]));
        }
    }

    #[test]
    fn a_portion_opens_only_in_its_own_place() {
        let sealed = sealer().seal(7, false, b"speech").expect("first");
        let opens = |context: &StreamContext, seq, last| opener(context).open(seq, last, &sealed);
        assert_eq!(opens(&audio(), 7, false), Ok(b"speech".to_vec()));
        assert_eq!(opens(&audio(), 8, false), Err(SealError::Broken));
        assert_eq!(opens(&audio(), 7, true), Err(SealError::Broken));
        let g722 = Format::new(Codec::G722, 16_000).expect("its rate");
        for other in [
            StreamContext::audio(MessageId([9; 16]), SENDER, &Format::SPEECH),
            StreamContext::audio(MESSAGE, AccountId([9; 16]), &Format::SPEECH),
            StreamContext::audio(MESSAGE, SENDER, &g722),
            StreamContext::attachment(MESSAGE, SENDER, 1).expect("not zero"),
        ] {
            assert_eq!(opens(&other, 7, false), Err(SealError::Broken));
        }
    }

    #[test]
    fn no_number_is_sealed_twice() {
        let mut sealer = sealer();
        assert!(sealer.seal(0, false, b"a").is_ok());
        assert_eq!(sealer.seal(0, false, b"b"), Err(SealError::Reused(0)));
        assert_eq!(sealer.seal(0, true, b"b"), Err(SealError::Reused(0)));
        assert!(sealer.seal(2, true, b"c").is_ok());
        assert_eq!(sealer.seal(3, false, b"d"), Err(SealError::Reused(3)));
    }

    #[test]
    fn an_attachment_is_never_stream_zero() {
        assert_eq!(StreamContext::attachment(MESSAGE, SENDER, 0), None);
    }

    #[test]
    fn changed_or_short_bytes_do_not_open() {
        let sealed = sealer().seal(0, true, b"speech").expect("first");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(opener(&audio()).open(0, true, &changed), Err(SealError::Broken));
        }
        assert_eq!(opener(&audio()).open(0, true, &sealed[..15]), Err(SealError::Short(15)));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(seq in any::<u32>(), last in any::<bool>(),
                                plain in vec(any::<u8>(), 0..500)) {
            let sealed = sealer().seal(seq, last, &plain).expect("first");
            prop_assert_eq!(sealed.len(), PortionSealer::sealed_len(plain.len()));
            prop_assert_eq!(opener(&audio()).open(seq, last, &sealed), Ok(plain));
        }
    }
}
