//! From sealed portions back to frames and samples.

use thiserror::Error;

use crate::codec::{CodecError, Decoder};
use crate::format::Format;
use crate::frames::{self, FrameError};
use crate::ids::{AccountId, MessageId};
use crate::seal::stream::{PortionOpener, StreamContext};
use crate::seal::{ContentKey, SealError};

/// The most frames made up for one gap: half a second. A longer gap is cut out.
const MOST_CONCEALED: usize = 25;

/// Why a portion was not played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlayError {
    /// The portion does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The portion opens, but what its sender put in is broken.
    #[error(transparent)]
    Frames(#[from] FrameError),
    /// The codec failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The portion was played before, or one behind it was.
    #[error("portion {0} comes too late, {1} is next")]
    Late(u32, u32),
    /// The message has ended.
    #[error("portion {0} comes after the last one")]
    AfterLast(u32),
}

/// Opens the portions of one message's audio to codec frames, in any order.
pub struct PortionReader {
    format: Format,
    opener: PortionOpener,
}

impl PortionReader {
    /// A reader of a message.
    pub fn new(
        format: Format,
        content: &ContentKey,
        message: MessageId,
        sender: AccountId,
    ) -> PortionReader {
        let context = StreamContext::audio(message, sender, &format);
        PortionReader { format, opener: PortionOpener::new(content, &context) }
    }

    /// The frames of a portion. They are authentic: the sender made them for this place.
    pub fn read(&self, seq: u32, last: bool, sealed: &[u8]) -> Result<Vec<Vec<u8>>, PlayError> {
        let plaintext = self.opener.open(seq, last, sealed)?;
        Ok(frames::parse(&self.format, &plaintext)?)
    }
}

/// Plays the portions of one message's audio in order.
pub struct PortionPlayer {
    reader: PortionReader,
    decoder: Decoder,
    next: u32,
    finished: bool,
    /// Frames in the longest portion so far: what a missing one is taken to have had.
    usual_frames: usize,
}

impl PortionPlayer {
    /// A player of a message, from its beginning.
    pub fn new(
        format: Format,
        content: &ContentKey,
        message: MessageId,
        sender: AccountId,
    ) -> Result<PortionPlayer, PlayError> {
        Ok(PortionPlayer {
            reader: PortionReader::new(format, content, message, sender),
            decoder: Decoder::new(&format)?,
            next: 0,
            finished: false,
            usual_frames: 0,
        })
    }

    /// The samples of the next portion. If portions before it are missing, they are given up:
    /// what is returned begins with sound in their place, half a second of it at most. A portion
    /// that fails to open leaves the player as it was.
    pub fn push(&mut self, seq: u32, last: bool, sealed: &[u8]) -> Result<Vec<f32>, PlayError> {
        if self.finished {
            return Err(PlayError::AfterLast(seq));
        }
        let missing = seq.checked_sub(self.next).ok_or(PlayError::Late(seq, self.next))?;
        let frames = self.reader.read(seq, last, sealed)?;
        let lost = (missing as usize).saturating_mul(self.usual_frames.max(frames.len()));
        let mut out = Vec::new();
        for _ in 0..lost.min(MOST_CONCEALED) {
            out.extend(self.decoder.conceal());
        }
        for frame in &frames {
            // The sender's own mistake must not end the message for the listener.
            out.extend(self.decoder.decode(frame).unwrap_or_else(|_| self.decoder.conceal()));
        }
        self.usual_frames = self.usual_frames.max(frames.len());
        self.finished = last;
        self.next = seq.saturating_add(1);
        Ok(out)
    }

    /// The portion that is next.
    pub fn next_seq(&self) -> u32 {
        self.next
    }

    /// Whether the last portion was played: the message is whole, nothing was cut off its end.
    pub fn is_finished(&self) -> bool {
        self.finished
    }
}
