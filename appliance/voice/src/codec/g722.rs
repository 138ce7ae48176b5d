//! G.722 at 64 kbit/s, by `audio-codec`.

use audio_codec::g722;
use audio_codec::{Decoder as _, Encoder as _};

use super::fade::Fade;
use super::{CodecError, from_i16, to_i16};
use crate::format::Codec;

/// The band-splitting filters delay by 22 samples, encoder and decoder together.
pub(super) const LOOKAHEAD: usize = 22;

pub(super) struct G722Encoder(g722::G722Encoder);

impl G722Encoder {
    pub(super) fn new() -> G722Encoder {
        G722Encoder(g722::G722Encoder::new())
    }

    pub(super) fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, CodecError> {
        let samples: Vec<i16> = samples.iter().copied().map(to_i16).collect();
        let mut out = vec![0; samples.len() / 2];
        let length = self
            .0
            .encode_into(&samples, &mut out)
            .map_err(|_| CodecError::Internal(Codec::G722))?;
        out.truncate(length);
        Ok(out)
    }
}

pub(super) struct G722Decoder {
    inner: g722::G722Decoder,
    fade: Fade,
    samples: usize,
}

impl G722Decoder {
    pub(super) fn new(samples: usize) -> G722Decoder {
        G722Decoder { inner: g722::G722Decoder::new(), fade: Fade::new(samples), samples }
    }

    pub(super) fn decode(&mut self, frame: &[u8]) -> Result<Vec<f32>, CodecError> {
        let bad = CodecError::Frame(Codec::G722);
        if frame.len() * 2 != self.samples {
            return Err(bad);
        }
        let mut out = vec![0; self.samples];
        let made = self.inner.decode_into(frame, &mut out).map_err(|_| bad)?;
        if made != self.samples {
            return Err(bad);
        }
        let samples: Vec<f32> = out.into_iter().map(from_i16).collect();
        self.fade.heard(&samples);
        Ok(samples)
    }

    pub(super) fn conceal(&mut self) -> Vec<f32> {
        self.fade.conceal()
    }
}
