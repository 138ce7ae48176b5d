//! WAV (RIFF/WAVE, "Multimedia Programming Interface and Data Specifications 1.0"): reads PCM of
//! 8, 16, 24 and 32 bits and 32-bit float, mono or stereo; writes 16-bit PCM mono.

use thiserror::Error;

use super::Recording;
use crate::codec::to_i16;

/// Why a WAV file was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WavError {
    /// The first twelve bytes are not those of a WAV file.
    #[error("this is not a WAV file")]
    NotWav,
    /// The description of the sound is missing or cut short.
    #[error("the WAV file does not say how its sound is stored")]
    NoFormat,
    /// There is no sound.
    #[error("the WAV file has no sound in it")]
    NoData,
    /// Stored in a way that is not read here.
    #[error(
        "the WAV file's encoding {tag:#06x} with {bits} bits is not supported (PCM 8, 16, 24, 32 and float 32 are)"
    )]
    Encoding {
        /// The format tag.
        tag: u16,
        /// Bits in a sample.
        bits: u16,
    },
    /// Too many or no channels.
    #[error("the WAV file has {0} channels; one and two are supported")]
    Channels(u16),
    /// The rate is outside 8 to 192 kHz.
    #[error("the WAV file has {0} samples a second; 8000 to 192000 are supported")]
    Rate(u32),
    /// The recording is longer than was asked for.
    #[error("the recording is longer than {0} seconds")]
    TooLong(u32),
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;

/// How a sample is stored.
#[derive(Clone, Copy)]
enum Sample {
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
}

impl Sample {
    fn bytes(self) -> usize {
        match self {
            Sample::Unsigned8 => 1,
            Sample::Signed16 => 2,
            Sample::Signed24 => 3,
            Sample::Signed32 | Sample::Float32 => 4,
        }
    }

    /// The sample in the first bytes of a slice that is at least as long as one.
    fn read(self, b: &[u8]) -> f32 {
        match self {
            Sample::Unsigned8 => (f32::from(b[0]) - 128.0) / 128.0,
            Sample::Signed16 => f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0,
            Sample::Signed24 => int(i32::from_le_bytes([0, b[0], b[1], b[2]])),
            Sample::Signed32 => int(i32::from_le_bytes([b[0], b[1], b[2], b[3]])),
            Sample::Float32 => {
                let sample = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
            }
        }
    }
}

fn int(sample: i32) -> f32 {
    (f64::from(sample) / 2_147_483_648.0) as f32
}

struct Layout {
    sample: Sample,
    channels: usize,
    rate: u32,
}

/// Read a WAV file; two channels are mixed into one, more than `max_seconds` are refused.
pub fn parse(bytes: &[u8], max_seconds: u32) -> Result<Recording, WavError> {
    let mut rest = match bytes.split_at_checked(12) {
        Some((head, rest)) if head.starts_with(b"RIFF") && head.ends_with(b"WAVE") => rest,
        Some(_) | None => return Err(WavError::NotWav),
    };
    let mut layout = None;
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        // A recorder that was cut off leaves a length of zero or of everything: take what is there.
        let body = &after[..length.min(after.len())];
        match &head[..4] {
            b"fmt " => layout = Some(layout_of(body)?),
            b"data" => {
                let layout = layout.ok_or(WavError::NoFormat)?;
                let body = if length == 0 { after } else { body };
                return samples(&layout, body, max_seconds);
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = after.get(length.saturating_add(length % 2)..).unwrap_or(&[]);
    }
    Err(if layout.is_some() { WavError::NoData } else { WavError::NoFormat })
}

fn layout_of(body: &[u8]) -> Result<Layout, WavError> {
    let fixed = body.first_chunk::<16>().ok_or(WavError::NoFormat)?;
    let word = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let (channels, bits) = (word(2), word(14));
    let rate = u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]);
    let mut tag = word(0);
    if tag == EXTENSIBLE {
        let sub = body.get(24..26).ok_or(WavError::NoFormat)?;
        tag = u16::from_le_bytes([sub[0], sub[1]]);
    }
    let sample = match (tag, bits) {
        (PCM, 8) => Sample::Unsigned8,
        (PCM, 16) => Sample::Signed16,
        (PCM, 24) => Sample::Signed24,
        (PCM, 32) => Sample::Signed32,
        (FLOAT, 32) => Sample::Float32,
        (tag, bits) => return Err(WavError::Encoding { tag, bits }),
    };
    if !(1..=2).contains(&channels) {
        return Err(WavError::Channels(channels));
    }
    if !(8_000..=192_000).contains(&rate) {
        return Err(WavError::Rate(rate));
    }
    Ok(Layout { sample, channels: usize::from(channels), rate })
}

fn samples(layout: &Layout, body: &[u8], max_seconds: u32) -> Result<Recording, WavError> {
    let width = layout.sample.bytes();
    let step = width * layout.channels;
    if (body.len() / step) as u64 > u64::from(max_seconds) * u64::from(layout.rate) {
        return Err(WavError::TooLong(max_seconds));
    }
    let mix = |group: &[u8]| {
        let sum: f32 = group.chunks_exact(width).map(|sample| layout.sample.read(sample)).sum();
        sum / layout.channels as f32
    };
    let samples = body.chunks_exact(step).map(mix).collect();
    Ok(Recording { rate: layout.rate, samples })
}

/// A WAV file of 16-bit PCM in one channel. Sound beyond 4 GiB (12 hours at 48 kHz) is cut off.
pub fn write(rate: u32, samples: &[f32]) -> Vec<u8> {
    const MOST: usize = (u32::MAX as usize - 44) / 2;
    let samples = &samples[..samples.len().min(MOST)];
    let data = samples.len() as u32 * 2;
    let mut out = Vec::with_capacity(44 + samples.len() * 2);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + data).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&rate.saturating_mul(2).to_le_bytes());
    out.extend_from_slice(b"\x02\0\x10\0data");
    out.extend_from_slice(&data.to_le_bytes());
    for &sample in samples {
        out.extend_from_slice(&to_i16(sample).to_le_bytes());
    }
    out
}

#[cfg(test)]
mod tests;
