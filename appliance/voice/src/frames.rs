//! The plaintext of an audio portion: a run of codec frames.
//!
//! ```text
//! portion   = compressor byte, body
//! compressor: 0 the body is the run itself, 1 the body is the run as raw DEFLATE
//! run       = *frame
//! frame     = length (2 bytes, big-endian), that many bytes of the codec
//! ```
//!
//! Every frame stands for 20 ms. A frame of length zero is one that was lost before it was
//! sealed (a telephone leg loses packets): the player conceals it. A run of no frames is
//! allowed, so that a message can end on a portion boundary.

use thiserror::Error;

use crate::deflate::{UnpackError, pack, unpack};
use crate::format::{Compressor, Format};

/// The most frames in one portion: 10 seconds.
pub const MAX_FRAMES: usize = 500;

/// Why a portion's plaintext was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The compressor byte or the compressed bytes are at fault.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// A frame's length points past the end of the portion.
    #[error("a frame in the portion is cut short")]
    Truncated,
    /// There are more frames than allowed: [`MAX_FRAMES`] in a portion.
    #[error("there are too many frames")]
    TooMany,
    /// A frame to be written is longer than its length field can say.
    #[error("a codec frame of {0} bytes is too long to be carried")]
    TooLong(usize),
}

/// The plaintext of a portion of these frames.
pub fn write(format: &Format, frames: &[Vec<u8>]) -> Result<Vec<u8>, FrameError> {
    if frames.len() > MAX_FRAMES {
        return Err(FrameError::TooMany);
    }
    Ok(pack(&write_run(frames)?, may_compress(format)))
}

/// The frames of a portion's plaintext.
pub fn parse(format: &Format, plaintext: &[u8]) -> Result<Vec<Vec<u8>>, FrameError> {
    parse_run(&unpack(plaintext, may_compress(format))?, MAX_FRAMES)
}

/// Frames one after the other, each behind its length.
pub(crate) fn write_run(frames: &[Vec<u8>]) -> Result<Vec<u8>, FrameError> {
    let mut run = Vec::with_capacity(frames.iter().map(|frame| frame.len() + 2).sum());
    for frame in frames {
        let length = u16::try_from(frame.len()).map_err(|_| FrameError::TooLong(frame.len()))?;
        run.extend_from_slice(&length.to_be_bytes());
        run.extend_from_slice(frame);
    }
    Ok(run)
}

/// At most `most` frames, one after the other.
pub(crate) fn parse_run(run: &[u8], most: usize) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut rest = run;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        if frames.len() == most {
            return Err(FrameError::TooMany);
        }
        let (length, after) = rest.split_first_chunk::<2>().ok_or(FrameError::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (frame, after) = after.split_at_checked(length).ok_or(FrameError::Truncated)?;
        frames.push(frame.to_vec());
        rest = after;
    }
    Ok(frames)
}

fn may_compress(format: &Format) -> bool {
    match format.compressor() {
        Compressor::None => false,
        Compressor::Deflate => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{FrameError, MAX_FRAMES, parse, write};
    use crate::format::{Compressor, Format};

    #[test]
    fn a_frame_cut_short_is_refused() {
        assert_eq!(parse(&Format::SPEECH, &[0, 0]), Err(FrameError::Truncated));
        assert_eq!(parse(&Format::SPEECH, &[0, 0, 3, 1, 2]), Err(FrameError::Truncated));
        assert_eq!(parse(&Format::SPEECH, &[0]), Ok(vec![]));
    }

    #[test]
    fn a_portion_of_countless_empty_frames_is_refused() {
        let plain = Format::SPEECH.with_compressor(Compressor::None);
        let mut bytes = vec![0; 1 + 2 * MAX_FRAMES];
        assert_eq!(parse(&plain, &bytes).map(|f| f.len()), Ok(MAX_FRAMES));
        bytes.extend([0, 0]);
        assert_eq!(parse(&plain, &bytes), Err(FrameError::TooMany));
        assert_eq!(write(&plain, &vec![vec![]; MAX_FRAMES + 1]), Err(FrameError::TooMany));
    }

    #[test]
    fn a_frame_too_long_for_its_length_is_refused() {
        assert_eq!(write(&Format::SPEECH, &[vec![0; 65536]]), Err(FrameError::TooLong(65536)));
    }

    proptest! {
        #[test]
        fn frames_read_back_as_written(frames in vec(vec(any::<u8>(), 0..90), 0..60)) {
            let plaintext = write(&Format::SPEECH, &frames).expect("short frames");
            prop_assert_eq!(parse(&Format::SPEECH, &plaintext), Ok(frames));
        }

        #[test]
        fn any_plaintext_is_parsed_or_refused(bytes in vec(any::<u8>(), 0..300)) {
            let _ = parse(&Format::SPEECH, &bytes);
        }
    }
}
