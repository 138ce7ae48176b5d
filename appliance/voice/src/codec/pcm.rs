//! Lossless 16-bit PCM, laid out so that DEFLATE finds something to do.
//!
//! ```text
//! delta(n)  = sample(n) - sample(n-1) modulo 65536, sample(-1) = 0, as a signed 16-bit number
//! zigzag(n) = (delta << 1) XOR (delta >> 15): small in either direction is a small number
//! frame     = high byte of every zigzag, then low byte of every zigzag
//! ```
//!
//! A frame has twice as many bytes as samples and stands alone; the compression itself is the
//! portion's. The high plane of speech is nearly all zeros.

use super::fade::Fade;
use super::{CodecError, from_i16, to_i16};
use crate::format::Codec;

pub(super) struct PcmEncoder;

impl PcmEncoder {
    pub(super) fn encode(&self, samples: &[f32]) -> Vec<u8> {
        let samples: Vec<i16> = samples.iter().copied().map(to_i16).collect();
        write(&samples)
    }
}

pub(super) struct PcmDecoder {
    fade: Fade,
    samples: usize,
}

impl PcmDecoder {
    pub(super) fn new(samples: usize) -> PcmDecoder {
        PcmDecoder { fade: Fade::new(samples), samples }
    }

    pub(super) fn decode(&mut self, frame: &[u8]) -> Result<Vec<f32>, CodecError> {
        let samples = parse(frame)
            .filter(|samples| samples.len() == self.samples)
            .ok_or(CodecError::Frame(Codec::Pcm))?;
        let samples: Vec<f32> = samples.into_iter().map(from_i16).collect();
        self.fade.heard(&samples);
        Ok(samples)
    }

    pub(super) fn conceal(&mut self) -> Vec<f32> {
        self.fade.conceal()
    }
}

/// The frame of these samples.
pub fn write(samples: &[i16]) -> Vec<u8> {
    let mut out = vec![0; samples.len() * 2];
    let (high, low) = out.split_at_mut(samples.len());
    let mut last = 0i16;
    for ((&sample, high), low) in samples.iter().zip(high).zip(low) {
        let delta = sample.wrapping_sub(last);
        let zigzag = (delta << 1) ^ (delta >> 15);
        [*high, *low] = zigzag.to_be_bytes();
        last = sample;
    }
    out
}

/// The samples of a frame; `None` if its length is odd.
pub fn parse(frame: &[u8]) -> Option<Vec<i16>> {
    if !frame.len().is_multiple_of(2) {
        return None;
    }
    let (high, low) = frame.split_at(frame.len() / 2);
    let mut last = 0i16;
    let samples = high.iter().zip(low).map(|(&high, &low)| {
        let zigzag = u16::from_be_bytes([high, low]);
        let delta = (zigzag >> 1) as i16 ^ -((zigzag & 1) as i16);
        last = last.wrapping_add(delta);
        last
    });
    Some(samples.collect())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{parse, write};

    #[test]
    fn small_steps_leave_the_high_plane_empty() {
        assert_eq!(write(&[1, 0, -1, 2]), [0, 0, 0, 0, 2, 1, 1, 6]);
    }

    proptest! {
        #[test]
        fn pcm_is_lossless(samples in vec(any::<i16>(), 0..1000)) {
            prop_assert_eq!(parse(&write(&samples)), Some(samples));
        }

        #[test]
        fn any_even_bytes_are_a_frame(frame in vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(parse(&frame).map(|s| write(&s)), (frame.len() % 2 == 0).then_some(frame));
        }
    }
}
