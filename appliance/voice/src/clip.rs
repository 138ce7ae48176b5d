//! A whole recording in the clear: its format and its codec frames.
//!
//! This is what a client keeps of a message once it is opened, and what is exported without
//! being coded a second time.
//!
//! ```text
//! clip = format (10 bytes, see `format`), then frames as in `frames`: length (2), codec bytes
//! ```

use thiserror::Error;

use crate::codec::{CodecError, Decoder, Encoder, Quality};
use crate::file::{ogg, wav};
use crate::format::{FORMAT_LEN, FRAME_MS, Format, FormatError};
use crate::frames::{FrameError, parse_run, write_run};

/// The most frames in a clip: one hour.
pub const MAX_CLIP_FRAMES: usize = 180_000;

/// Why the bytes are no clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClipError {
    /// The format is at fault.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The frames are at fault.
    #[error(transparent)]
    Frames(#[from] FrameError),
}

/// A recording as codec frames of 20 ms. An empty frame is a lost one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    format: Format,
    frames: Vec<Vec<u8>>,
}

impl Clip {
    /// A clip without sound yet.
    pub fn new(format: Format) -> Clip {
        Clip { format, frames: Vec::new() }
    }

    /// The clip of these samples, at the format's rate, with enough silence behind that all of
    /// them are heard.
    pub fn encode(format: Format, quality: Quality, samples: &[f32]) -> Result<Clip, CodecError> {
        let mut encoder = Encoder::new(&format, quality)?;
        let mut clip = Clip::new(format);
        let mut padded = samples.to_vec();
        if !samples.is_empty() {
            let length = samples.len() + encoder.lookahead();
            padded.resize(length.next_multiple_of(format.frame_samples()), 0.0);
        }
        for frame in padded.chunks_exact(format.frame_samples()) {
            clip.frames.push(encoder.encode(frame)?);
        }
        Ok(clip)
    }

    /// Append frames, as a portion gives them.
    pub fn extend(&mut self, frames: impl IntoIterator<Item = Vec<u8>>) {
        self.frames.extend(frames);
    }

    /// The format.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The frames.
    pub fn frames(&self) -> &[Vec<u8>] {
        &self.frames
    }

    /// How long it plays, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.frames.len() as u64 * u64::from(FRAME_MS)
    }

    /// All samples, at the format's rate. What does not decode is concealed.
    pub fn decode(&self) -> Result<Vec<f32>, CodecError> {
        let mut decoder = Decoder::new(&self.format)?;
        let mut out = Vec::with_capacity(self.frames.len() * self.format.frame_samples());
        for frame in &self.frames {
            out.extend(decoder.decode(frame).unwrap_or_else(|_| decoder.conceal()));
        }
        Ok(out)
    }

    /// A WAV file of 16-bit PCM.
    pub fn to_wav(&self) -> Result<Vec<u8>, CodecError> {
        Ok(wav::write(self.format.rate(), &self.decode()?))
    }

    /// An Ogg Opus file of the very same frames; only an Opus clip has one.
    pub fn to_ogg(&self) -> Result<Vec<u8>, ogg::OggError> {
        ogg::write(&self.format, &self.frames)
    }

    /// The clip's own bytes, to be stored.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ClipError> {
        let mut out = self.format.to_bytes().to_vec();
        out.extend(write_run(&self.frames)?);
        Ok(out)
    }

    /// Read what [`Clip::to_bytes`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Clip, ClipError> {
        let (format, run) = bytes
            .split_at_checked(FORMAT_LEN)
            .ok_or(ClipError::Format(FormatError::Length(bytes.len())))?;
        let format = Format::parse(format)?;
        Ok(Clip { format, frames: parse_run(run, MAX_CLIP_FRAMES)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::Clip;
    use crate::codec::Quality;
    use crate::format::{Codec, Format};
    use crate::speech::{envelope_correlation, speech};

    #[test]
    fn a_clip_plays_all_that_was_put_in() {
        for (codec, rate) in [(Codec::Opus, 48_000), (Codec::G722, 16_000), (Codec::Pcm, 16_000)] {
            let format = Format::new(codec, rate).expect("possible");
            let samples = speech(rate, 2.0);
            let clip = Clip::encode(format, Quality::SPEECH, &samples).expect("sound");
            assert!((2_000..=2_020).contains(&clip.duration_ms()));
            let out = clip.decode().expect("its own frames");
            assert!(envelope_correlation(&samples, &out, rate) > 0.97);
            assert_eq!(Clip::parse(&clip.to_bytes().expect("short frames")), Ok(clip));
        }
    }

    #[test]
    fn a_clip_of_nothing_is_nothing() {
        let clip = Clip::encode(Format::SPEECH, Quality::SPEECH, &[]).expect("nothing");
        assert_eq!(clip.duration_ms(), 0);
        assert_eq!(clip.decode(), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_clip_or_refused(run in vec(any::<u8>(), 0..200)) {
            let bytes = [&Format::SPEECH.to_bytes()[..], &run].concat();
            if let Ok(clip) = Clip::parse(&bytes) {
                prop_assert_eq!(clip.to_bytes(), Ok(bytes));
            }
            let _ = Clip::parse(&run);
        }
    }
}
