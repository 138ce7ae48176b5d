//! The codecs of telephones: bytes to 16-bit samples and back.
//!
//! µ-law, A-law and G.722 have this in common: 64 kbit/s, one byte for each tick of an RTP clock
//! of 8000 a second, 160 bytes for 20 ms. So the length of a payload is its length in time, and
//! everything else here can count in bytes. A leg runs at one rate whatever the telephone sends
//! (it may change between the codecs that were agreed on); `halfband` doubles and halves it.

mod halfband;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use audio_codec::{Decoder as _, Encoder as _, g722, pcma, pcmu};
use halfband::{Doubler, Halver};

use crate::rtp::PayloadType;

/// Ticks of the RTP clock in a second, and bytes of each codec here.
pub const CLOCK: u32 = 8_000;
/// Bytes, and ticks, of 20 ms.
pub const FRAME: usize = 160;
/// The longest payload that is taken: 120 ms.
pub const MOST_PAYLOAD: usize = 960;

/// Samples a second on our side of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rate {
    /// 8000, the telephone network's.
    Narrow,
    /// 16000, that of G.722.
    Wide,
}

impl Rate {
    /// Samples a second.
    #[must_use]
    pub const fn hertz(self) -> u32 {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
        }
    }

    /// Samples of 20 ms.
    #[must_use]
    pub const fn frame(self) -> usize {
        FRAME * self.per_tick()
    }

    /// Samples of one tick of the RTP clock.
    #[must_use]
    pub const fn per_tick(self) -> usize {
        match self {
            Self::Narrow => 1,
            Self::Wide => 2,
        }
    }
}

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// G.722 at 64 kbit/s: 50 to 7000 Hz.
    G722,
    /// G.711, the µ-law of North America and Japan.
    Pcmu,
    /// G.711, the A-law of everywhere else.
    Pcma,
}

impl Codec {
    /// All, the best first.
    pub const ALL: [Self; 3] = [Self::G722, Self::Pcmu, Self::Pcma];

    /// Its name in a session description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::G722 => "G722",
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// Its payload type, which is the same everywhere (RFC 3551, table 4).
    #[must_use]
    pub const fn payload_type(self) -> PayloadType {
        match self {
            Self::G722 => PayloadType::G722,
            Self::Pcmu => PayloadType::PCMU,
            Self::Pcma => PayloadType::PCMA,
        }
    }

    /// The rate of its sound.
    #[must_use]
    pub const fn rate(self) -> Rate {
        match self {
            Self::G722 => Rate::Wide,
            Self::Pcmu | Self::Pcma => Rate::Narrow,
        }
    }
}

/// Bytes to samples at a leg's rate. What is lost is not its concern; the state of G.722 goes on
/// over a gap and is right again within a few milliseconds.
pub struct Decoder {
    kind: DecoderKind,
    doubler: Option<Doubler>,
    halver: Option<Halver>,
}

enum DecoderKind {
    G722(Box<g722::G722Decoder>),
    Pcmu(pcmu::PcmuDecoder),
    Pcma(pcma::PcmaDecoder),
}

impl Decoder {
    /// A decoder.
    #[must_use]
    pub fn new(codec: Codec, rate: Rate) -> Self {
        let kind = match codec {
            Codec::G722 => DecoderKind::G722(Box::new(g722::G722Decoder::new())),
            Codec::Pcmu => DecoderKind::Pcmu(pcmu::PcmuDecoder::new()),
            Codec::Pcma => DecoderKind::Pcma(pcma::PcmaDecoder::new()),
        };
        let doubler = (codec.rate() < rate).then(Doubler::default);
        let halver = (codec.rate() > rate).then(Halver::default);
        Self { kind, doubler, halver }
    }

    /// The samples of a payload: as many for each byte as the rate has for each tick.
    #[must_use]
    pub fn decode(&mut self, payload: &[u8]) -> Vec<i16> {
        let mut out = vec![0; 2 * payload.len()];
        let made = match &mut self.kind {
            DecoderKind::G722(decoder) => decoder.decode_into(payload, &mut out),
            DecoderKind::Pcmu(decoder) => decoder.decode_into(payload, &mut out),
            DecoderKind::Pcma(decoder) => decoder.decode_into(payload, &mut out),
        };
        out.truncate(made.expect("no codec makes more than two samples of a byte"));
        match (&mut self.doubler, &mut self.halver) {
            (Some(doubler), _) => doubler.push(&out),
            (None, Some(halver)) => halver.push(&out),
            (None, None) => out,
        }
    }
}

/// The decoders of a leg, by what the payload is.
pub type Decoders = BTreeMap<PayloadType, Decoder>;

/// Samples at a leg's rate to bytes.
pub struct Encoder {
    kind: EncoderKind,
    doubler: Option<Doubler>,
    halver: Option<Halver>,
}

enum EncoderKind {
    G722(Box<g722::G722Encoder>),
    Pcmu(pcmu::PcmuEncoder),
    Pcma(pcma::PcmaEncoder),
}

impl Encoder {
    /// An encoder.
    #[must_use]
    pub fn new(codec: Codec, rate: Rate) -> Self {
        let kind = match codec {
            Codec::G722 => EncoderKind::G722(Box::new(g722::G722Encoder::new())),
            Codec::Pcmu => EncoderKind::Pcmu(pcmu::PcmuEncoder::new()),
            Codec::Pcma => EncoderKind::Pcma(pcma::PcmaEncoder::new()),
        };
        let doubler = (codec.rate() > rate).then(Doubler::default);
        let halver = (codec.rate() < rate).then(Halver::default);
        Self { kind, doubler, halver }
    }

    /// The bytes of some samples; their number is even at the wide rate.
    #[must_use]
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let converted = match (&mut self.doubler, &mut self.halver) {
            (Some(doubler), _) => Some(doubler.push(samples)),
            (None, Some(halver)) => Some(halver.push(samples)),
            (None, None) => None,
        };
        let samples = converted.as_deref().unwrap_or(samples);
        let mut out = vec![0; samples.len() + 1];
        let made = match &mut self.kind {
            EncoderKind::G722(encoder) => encoder.encode_into(samples, &mut out),
            EncoderKind::Pcmu(encoder) => encoder.encode_into(samples, &mut out),
            EncoderKind::Pcma(encoder) => encoder.encode_into(samples, &mut out),
        };
        out.truncate(made.expect("no codec makes more than one byte of a sample"));
        out
    }
}
