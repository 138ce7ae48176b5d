//! The codecs: 20 ms of samples to bytes and back.
//!
//! Samples are `f32` between -1 and 1, mono, at the rate of the format. Every frame stands for
//! 20 ms. Opus and G.722 carry state from frame to frame, so frames are decoded in order, and a
//! lost one is concealed by [`Decoder::conceal`] in its place; PCM frames stand alone.
//!
//! ```text
//! codec 1, Opus    one packet of RFC 6716, mono, 20 ms
//! codec 2, G.722   160 bytes, 64 kbit/s, one byte for two samples
//! codec 3, PCM     see the layout in [`pcm`]: deltas, zigzag, byte planes
//! ```

mod fade;
mod g722;
mod opus;
pub mod pcm;

use thiserror::Error;

use crate::format::{Codec, Format};
use g722::{G722Decoder, G722Encoder};
use opus::{OpusDecoder, OpusEncoder};
use pcm::{PcmDecoder, PcmEncoder};

/// How hard an encoder tries. Only Opus has a choice; the others ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// Bits a second that Opus aims at, on average over speech.
    pub bits_per_second: u32,
    /// What it may spend on that, from 0 to 10.
    pub complexity: u8,
}

impl Quality {
    /// 24 kbit/s at complexity 5: transparent for speech, light enough for a browser.
    pub const SPEECH: Quality = Quality { bits_per_second: 24_000, complexity: 5 };

    /// 16 kbit/s at complexity 9: for a slow line.
    pub const SMALL: Quality = Quality { bits_per_second: 16_000, complexity: 9 };
}

/// Why a frame was not encoded or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// A frame to be encoded is not 20 ms long.
    #[error("a frame has {given} samples, not {needed}")]
    Samples {
        /// What came.
        given: usize,
        /// What 20 ms have.
        needed: usize,
    },
    /// The bytes are not a frame of this codec.
    #[error("the bytes are not a {0:?} frame of 20 ms")]
    Frame(Codec),
    /// The codec failed without the bytes or samples being at fault.
    #[error("the {0:?} codec failed")]
    Internal(Codec),
}

/// Makes frames out of samples.
pub struct Encoder {
    needed: usize,
    kind: EncoderKind,
}

enum EncoderKind {
    Opus(Box<OpusEncoder>),
    G722(Box<G722Encoder>),
    Pcm(PcmEncoder),
}

impl Encoder {
    /// An encoder for a format.
    pub fn new(format: &Format, quality: Quality) -> Result<Encoder, CodecError> {
        let kind = match format.codec() {
            Codec::Opus => EncoderKind::Opus(Box::new(OpusEncoder::new(format, quality)?)),
            Codec::G722 => EncoderKind::G722(Box::new(G722Encoder::new())),
            Codec::Pcm => EncoderKind::Pcm(PcmEncoder),
        };
        Ok(Encoder { needed: format.frame_samples(), kind })
    }

    /// The frame of exactly 20 ms of samples. Samples beyond -1..1 are clipped, samples that are
    /// no numbers are silence.
    pub fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, CodecError> {
        if samples.len() != self.needed {
            return Err(CodecError::Samples { given: samples.len(), needed: self.needed });
        }
        let samples: Vec<f32> = samples.iter().copied().map(sound).collect();
        match &mut self.kind {
            EncoderKind::Opus(encoder) => encoder.encode(&samples),
            EncoderKind::G722(encoder) => encoder.encode(&samples),
            EncoderKind::Pcm(encoder) => Ok(encoder.encode(&samples)),
        }
    }

    /// Samples by which the decoded audio lags behind: this much silence pushed at the end brings
    /// the last of the speech out.
    pub fn lookahead(&self) -> usize {
        match &self.kind {
            EncoderKind::Opus(encoder) => encoder.lookahead(),
            EncoderKind::G722(_) => g722::LOOKAHEAD,
            EncoderKind::Pcm(_) => 0,
        }
    }
}

/// Makes samples out of frames.
pub struct Decoder {
    needed: usize,
    kind: DecoderKind,
}

enum DecoderKind {
    Opus(Box<OpusDecoder>),
    G722(Box<G722Decoder>),
    Pcm(PcmDecoder),
}

impl Decoder {
    /// A decoder for a format.
    pub fn new(format: &Format) -> Result<Decoder, CodecError> {
        let needed = format.frame_samples();
        let kind = match format.codec() {
            Codec::Opus => DecoderKind::Opus(Box::new(OpusDecoder::new(format)?)),
            Codec::G722 => DecoderKind::G722(Box::new(G722Decoder::new(needed))),
            Codec::Pcm => DecoderKind::Pcm(PcmDecoder::new(needed)),
        };
        Ok(Decoder { needed, kind })
    }

    /// The 20 ms of samples of a frame. An empty frame is a lost one.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Vec<f32>, CodecError> {
        if frame.is_empty() {
            return Ok(self.conceal());
        }
        match &mut self.kind {
            DecoderKind::Opus(decoder) => decoder.decode(frame),
            DecoderKind::G722(decoder) => decoder.decode(frame),
            DecoderKind::Pcm(decoder) => decoder.decode(frame),
        }
    }

    /// 20 ms in the place of a frame that is missing: Opus draws them from its model, the others
    /// fade the last frame out.
    pub fn conceal(&mut self) -> Vec<f32> {
        match &mut self.kind {
            DecoderKind::Opus(decoder) => {
                decoder.conceal().unwrap_or_else(|_| vec![0.0; self.needed])
            }
            DecoderKind::G722(decoder) => decoder.conceal(),
            DecoderKind::Pcm(decoder) => decoder.conceal(),
        }
    }
}

/// A sample that a codec may be given.
fn sound(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// A sample as 16-bit PCM.
pub(crate) fn to_i16(sample: f32) -> i16 {
    // The cast saturates, and takes what is no number as zero.
    (sample * 32_768.0).round() as i16
}

/// 16-bit PCM as a sample.
pub(crate) fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

#[cfg(test)]
mod tests;
