//! From processed samples to sealed portions.

use thiserror::Error;

use super::{MAX_PORTION_MS, SealedPortion};
use crate::codec::{CodecError, Encoder, Quality};
use crate::format::{FRAME_MS, Format};
use crate::frames::{self, FrameError};
use crate::ids::{AccountId, MessageId};
use crate::seal::stream::{PortionSealer, StreamContext};
use crate::seal::{ContentKey, SealError};

/// Why no portion was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MakeError {
    /// The codec failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// A frame cannot be carried.
    #[error(transparent)]
    Frames(#[from] FrameError),
    /// Sealing was refused: the message has four milliards of portions.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Makes the sealed portions of one message's audio.
pub struct PortionMaker {
    format: Format,
    encoder: Encoder,
    sealer: PortionSealer,
    portion_frames: usize,
    samples: Vec<f32>,
    frames: Vec<Vec<u8>>,
    made_frames: u64,
    seq: u32,
}

impl PortionMaker {
    /// A maker for a new message. A portion holds `portion_ms` of audio, taken down to whole
    /// 20 ms frames, at least one of them and at most 1000 ms.
    pub fn new(
        format: Format,
        quality: Quality,
        content: &ContentKey,
        message: MessageId,
        sender: AccountId,
        portion_ms: u32,
    ) -> Result<PortionMaker, MakeError> {
        let portion_frames = portion_ms.clamp(FRAME_MS, MAX_PORTION_MS) / FRAME_MS;
        Ok(PortionMaker {
            format,
            encoder: Encoder::new(&format, quality)?,
            sealer: PortionSealer::new(content, &StreamContext::audio(message, sender, &format)),
            portion_frames: portion_frames as usize,
            samples: Vec::new(),
            frames: Vec::new(),
            made_frames: 0,
            seq: 0,
        })
    }

    /// The same for speech that continues a message: its portions are numbered from `seq`, which
    /// no portion of the message may bear yet.
    #[must_use]
    pub fn starting_at(self, seq: u32) -> PortionMaker {
        PortionMaker { seq, ..self }
    }

    /// Bring everything out that is held back, without ending the message: what is said later
    /// goes on behind it.
    pub fn pause(&mut self) -> Result<Vec<SealedPortion>, MakeError> {
        let mut out = self.drain()?;
        if !self.frames.is_empty() {
            out.push(self.seal(false)?);
        }
        Ok(out)
    }

    /// Put samples in, at the format's rate and in any number; every portion that is full is
    /// returned.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<SealedPortion>, MakeError> {
        self.samples.extend_from_slice(samples);
        let frame = self.format.frame_samples();
        let whole = self.samples.len() - self.samples.len() % frame;
        let rest = self.samples.split_off(whole);
        let ready = std::mem::replace(&mut self.samples, rest);
        let mut out = Vec::new();
        for samples in ready.chunks_exact(frame) {
            let coded = self.encoder.encode(samples)?;
            out.extend(self.add(coded)?);
        }
        Ok(out)
    }

    /// Put in a 20 ms frame that was lost before it came here (a telephone leg loses packets).
    /// Samples short of a frame that were pushed before are filled up with silence.
    pub fn push_lost(&mut self) -> Result<Vec<SealedPortion>, MakeError> {
        let mut out = self.fill_frame()?;
        out.extend(self.add(Vec::new())?);
        Ok(out)
    }

    /// End the message: the short last portion, and before it one more if what the codec held
    /// back fills it. A message without sound is one last portion without frames.
    pub fn finish(mut self) -> Result<Vec<SealedPortion>, MakeError> {
        let mut out = self.drain()?;
        out.push(self.seal(true)?);
        Ok(out)
    }

    /// Milliseconds of audio made into frames so far.
    pub fn duration_ms(&self) -> u64 {
        self.made_frames * u64::from(FRAME_MS)
    }

    /// What the codec holds back, followed by silence to the end of the frame.
    fn drain(&mut self) -> Result<Vec<SealedPortion>, MakeError> {
        if self.made_frames == 0 && self.samples.is_empty() {
            return Ok(Vec::new());
        }
        let lookahead = self.encoder.lookahead();
        let mut out = self.push(&vec![0.0; lookahead])?;
        out.extend(self.fill_frame()?);
        Ok(out)
    }

    fn fill_frame(&mut self) -> Result<Vec<SealedPortion>, MakeError> {
        let held = self.samples.len();
        let missing = held.next_multiple_of(self.format.frame_samples()) - held;
        self.push(&vec![0.0; missing])
    }

    fn add(&mut self, frame: Vec<u8>) -> Result<Option<SealedPortion>, MakeError> {
        self.frames.push(frame);
        self.made_frames += 1;
        if self.frames.len() < self.portion_frames {
            return Ok(None);
        }
        self.seal(false).map(Some)
    }

    fn seal(&mut self, last: bool) -> Result<SealedPortion, MakeError> {
        let frames = std::mem::take(&mut self.frames);
        let plaintext = frames::write(&self.format, &frames)?;
        let seq = self.seq;
        let bytes = self.sealer.seal(seq, last, &plaintext)?;
        self.seq = seq.saturating_add(1);
        Ok(SealedPortion { seq, last, bytes })
    }
}
