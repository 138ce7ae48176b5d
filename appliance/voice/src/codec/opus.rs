//! Opus, by `opus-pure`.

use opus_pure::{Application, MAX_PACKET_BYTES, RateControl, Signal};

use super::{CodecError, Quality};
use crate::format::{Codec, Format};

const FAILED: CodecError = CodecError::Internal(Codec::Opus);

/// 20 ms at the highest bit rate (510 kbit/s) are 1275 bytes; a longer packet is not ours.
const MAX_FRAME_BYTES: usize = 1500;

pub(super) struct OpusEncoder {
    inner: opus_pure::OpusEncoder,
    packet: Vec<u8>,
}

impl OpusEncoder {
    pub(super) fn new(format: &Format, quality: Quality) -> Result<OpusEncoder, CodecError> {
        let mut inner = opus_pure::OpusEncoder::new(format.rate() as i32, 1, Application::Voip)
            .map_err(|_| FAILED)?;
        inner.bitrate_bps = quality.bits_per_second.clamp(6_000, 128_000) as i32;
        inner.complexity = i32::from(quality.complexity.min(10));
        inner.rate_control = RateControl::Vbr;
        inner.signal_type = Some(Signal::Voice);
        Ok(OpusEncoder { inner, packet: vec![0; MAX_PACKET_BYTES] })
    }

    pub(super) fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, CodecError> {
        let length =
            self.inner.encode(samples, samples.len(), &mut self.packet).map_err(|_| FAILED)?;
        Ok(self.packet[..length].to_vec())
    }

    pub(super) fn lookahead(&self) -> usize {
        self.inner.lookahead()
    }
}

pub(super) struct OpusDecoder {
    inner: opus_pure::OpusDecoder,
    samples: usize,
}

impl OpusDecoder {
    pub(super) fn new(format: &Format) -> Result<OpusDecoder, CodecError> {
        let inner = opus_pure::OpusDecoder::new(format.rate() as i32, 1).map_err(|_| FAILED)?;
        Ok(OpusDecoder { inner, samples: format.frame_samples() })
    }

    pub(super) fn decode(&mut self, packet: &[u8]) -> Result<Vec<f32>, CodecError> {
        let bad = CodecError::Frame(Codec::Opus);
        let duration = opus_pure::packet::samples_48k(packet).map_err(|_| bad)?;
        if packet.len() > MAX_FRAME_BYTES || duration != 960 {
            return Err(bad);
        }
        self.run(packet).ok_or(bad)
    }

    pub(super) fn conceal(&mut self) -> Result<Vec<f32>, CodecError> {
        self.run(&[]).ok_or(FAILED)
    }

    fn run(&mut self, packet: &[u8]) -> Option<Vec<f32>> {
        let mut out = vec![0.0; self.samples];
        let made = self.inner.decode(packet, self.samples, &mut out).ok()?;
        // The codec rings over full scale; a loudspeaker does not.
        out.iter_mut().for_each(|sample| *sample = super::sound(*sample));
        (made == self.samples).then_some(out)
    }
}
