//! Lossless 16-bit PCM, laid out so that DEFLATE finds something to do.
//!
//! ```text
//! frame     = order (1 byte, 0 to 3), high byte of every zigzag, then low byte of every zigzag
//! residuals = the samples, with delta applied `order` times
//! delta(n)  = x(n) - x(n-1) modulo 65536, x(-1) = 0, as a signed 16-bit number
//! zigzag(n) = (residual << 1) XOR (residual >> 15): small in either direction is a small number
//! ```
//!
//! A frame of n samples has 1 + 2n bytes and stands alone; the compression itself is the
//! portion's. The encoder takes the order that leaves the least; the high plane of speech is then
//! nearly all zeros.

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

/// The highest order that a frame may have.
const MOST_ORDER: u8 = 3;

/// The frame of these samples.
pub fn write(samples: &[i16]) -> Vec<u8> {
    let (mut order, mut residuals) = (0, samples.to_vec());
    let mut next = residuals.clone();
    for higher in 1..=MOST_ORDER {
        delta(&mut next);
        if weight(&next) < weight(&residuals) {
            (order, residuals) = (higher, next.clone());
        }
    }
    let mut out = vec![order; 1 + samples.len() * 2];
    let (high, low) = out[1..].split_at_mut(samples.len());
    for ((residual, high), low) in residuals.into_iter().zip(high).zip(low) {
        [*high, *low] = ((residual << 1) ^ (residual >> 15)).to_be_bytes();
    }
    out
}

/// The samples of a frame; `None` if its length is even or its order above 3.
pub fn parse(frame: &[u8]) -> Option<Vec<i16>> {
    let (&order, planes) = frame.split_first()?;
    if order > MOST_ORDER || !planes.len().is_multiple_of(2) {
        return None;
    }
    let (high, low) = planes.split_at(planes.len() / 2);
    let residual = |(&high, &low): (&u8, &u8)| {
        let zigzag = u16::from_be_bytes([high, low]);
        (zigzag >> 1) as i16 ^ -((zigzag & 1) as i16)
    };
    let mut samples: Vec<i16> = high.iter().zip(low).map(residual).collect();
    for _ in 0..order {
        sum(&mut samples);
    }
    Some(samples)
}

fn delta(samples: &mut [i16]) {
    let mut last = 0i16;
    for sample in samples {
        let step = sample.wrapping_sub(last);
        last = *sample;
        *sample = step;
    }
}

fn sum(steps: &mut [i16]) {
    let mut last = 0i16;
    for step in steps {
        last = last.wrapping_add(*step);
        *step = last;
    }
}

fn weight(residuals: &[i16]) -> u64 {
    residuals.iter().map(|residual| u64::from(residual.unsigned_abs())).sum()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{parse, write};

    #[test]
    fn small_steps_leave_the_high_plane_empty() {
        let ramp: Vec<i16> = (0..100).map(|at| 1_000 + at * 7).collect();
        let frame = write(&ramp);
        assert_eq!(frame[0], 1);
        assert_eq!(frame[1..5], [7, 0, 0, 0]);
        assert_eq!(frame[101..105], [0xd0, 14, 14, 14]);
        assert_eq!(write(&[1, 0, -1]), [0, 0, 0, 0, 2, 0, 1]);
    }

    proptest! {
        #[test]
        fn pcm_is_lossless(samples in vec(any::<i16>(), 0..1000)) {
            prop_assert_eq!(parse(&write(&samples)), Some(samples));
        }

        #[test]
        fn any_bytes_are_a_frame_or_refused(frame in vec(any::<u8>(), 0..100)) {
            let sound = frame.len() % 2 == 1 && frame[0] <= 3;
            let length = frame.len() / 2;
            prop_assert_eq!(parse(&frame).map(|samples| samples.len()), sound.then_some(length));
        }
    }
}
