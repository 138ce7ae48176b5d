//! Attached files: bytes to sealed portions and back.
//!
//! A file is cut into chunks of 128 KiB, the last of them shorter and possibly empty. A chunk's
//! plaintext is a compressor byte (0 as it is, 1 raw DEFLATE, used where it is smaller) and the
//! bytes; it is sealed as stream n of the message, see [`crate::seal::stream`].

use thiserror::Error;

use super::SealedPortion;
use crate::deflate::{UnpackError, pack, unpack};
use crate::ids::{AccountId, MessageId};
use crate::seal::stream::{PortionOpener, PortionSealer, StreamContext};
use crate::seal::{ContentKey, SealError};

/// Bytes of a file in one portion.
pub const ATTACHMENT_CHUNK: usize = 128 * 1024;

/// Why an attachment was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AttachmentError {
    /// Attachments are numbered from 1; 0 is the audio.
    #[error("attachments are numbered from 1")]
    Number,
    /// Sealing or opening failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The portion opens, but what its sender put in is broken.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
}

/// Makes the sealed portions of one attachment.
pub struct AttachmentSealer {
    sealer: PortionSealer,
    waiting: Vec<u8>,
    seq: u32,
}

impl AttachmentSealer {
    /// A sealer for attachment `number` (from 1) of a message.
    pub fn new(
        content: &ContentKey,
        message: MessageId,
        sender: AccountId,
        number: u16,
    ) -> Result<AttachmentSealer, AttachmentError> {
        let context =
            StreamContext::attachment(message, sender, number).ok_or(AttachmentError::Number)?;
        let sealer = PortionSealer::new(content, &context);
        Ok(AttachmentSealer { sealer, waiting: Vec::new(), seq: 0 })
    }

    /// Put bytes in; every portion that is full is returned.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<SealedPortion>, AttachmentError> {
        self.waiting.extend_from_slice(bytes);
        let whole = self.waiting.len() - self.waiting.len() % ATTACHMENT_CHUNK;
        let rest = self.waiting.split_off(whole);
        let ready = std::mem::replace(&mut self.waiting, rest);
        ready.chunks_exact(ATTACHMENT_CHUNK).map(|chunk| self.seal(chunk, false)).collect()
    }

    /// End the file: its last portion.
    pub fn finish(mut self) -> Result<SealedPortion, AttachmentError> {
        let rest = std::mem::take(&mut self.waiting);
        self.seal(&rest, true)
    }

    fn seal(&mut self, chunk: &[u8], last: bool) -> Result<SealedPortion, AttachmentError> {
        let seq = self.seq;
        let bytes = self.sealer.seal(seq, last, &pack(chunk, true))?;
        self.seq = seq.saturating_add(1);
        Ok(SealedPortion { seq, last, bytes })
    }
}

/// Opens the portions of one attachment, in any order.
pub struct AttachmentOpener {
    opener: PortionOpener,
}

impl AttachmentOpener {
    /// An opener for attachment `number` (from 1) of a message.
    pub fn new(
        content: &ContentKey,
        message: MessageId,
        sender: AccountId,
        number: u16,
    ) -> Result<AttachmentOpener, AttachmentError> {
        let context =
            StreamContext::attachment(message, sender, number).ok_or(AttachmentError::Number)?;
        Ok(AttachmentOpener { opener: PortionOpener::new(content, &context) })
    }

    /// The bytes of a portion; portion `seq` begins at `seq * ATTACHMENT_CHUNK` of the file.
    pub fn open(&self, seq: u32, last: bool, sealed: &[u8]) -> Result<Vec<u8>, AttachmentError> {
        Ok(unpack(&self.opener.open(seq, last, sealed)?, true)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{ATTACHMENT_CHUNK, AttachmentError, AttachmentOpener, AttachmentSealer};
    use crate::ids::{AccountId, MessageId};
    use crate::seal::{ContentKey, SealError};

    const MESSAGE: MessageId = MessageId([1; 16]);
    const SENDER: AccountId = AccountId([2; 16]);

    // rows 29, 61
    #[test]
    fn a_file_comes_out_as_it_went_in_whatever_its_length() {
        let key = ContentKey::from_bytes([3; 32]);
        for length in [0, 1, ATTACHMENT_CHUNK, 2 * ATTACHMENT_CHUNK + 7] {
            let file: Vec<u8> = (0..length).map(|at| (at * at / 7) as u8).collect();
            let mut sealer = AttachmentSealer::new(&key, MESSAGE, SENDER, 1).expect("one");
            let mut portions = Vec::new();
            for piece in file.chunks(50_000) {
                portions.extend(sealer.push(piece).expect("rising numbers"));
            }
            portions.push(sealer.finish().expect("the last"));
            assert_eq!(portions.len(), length / ATTACHMENT_CHUNK + 1);
            let opener = AttachmentOpener::new(&key, MESSAGE, SENDER, 1).expect("one");
            let open = |p: &super::SealedPortion| opener.open(p.seq, p.last, &p.bytes);
            let opened: Result<Vec<_>, _> = portions.iter().map(open).collect();
            assert_eq!(opened.expect("all open").concat(), file);

            let second = AttachmentOpener::new(&key, MESSAGE, SENDER, 2).expect("two");
            let refused = second.open(0, portions[0].last, &portions[0].bytes);
            assert_eq!(refused, Err(AttachmentError::Seal(SealError::Broken)));
        }
    }

    #[test]
    fn attachment_zero_is_refused() {
        let key = ContentKey::from_bytes([3; 32]);
        let zero = AttachmentSealer::new(&key, MESSAGE, SENDER, 0);
        assert_eq!(zero.err(), Some(AttachmentError::Number));
    }
}
