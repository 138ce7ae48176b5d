//! Reads WAV files as they come, from a file or a pipe: PCM of 8 to 32 bits or float, any number
//! of channels, mixed down to one. Writing them is the engine's own business.

use std::io::{ErrorKind, Read};

/// The slowest and fastest rates that speech is taken at.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The most channels that are mixed down.
const MOST_CHANNELS: u16 = 32;
/// A chunk in front of the samples that is longer than this is no honest one.
const LONGEST_CHUNK: u32 = 1 << 20;

/// Why a WAV file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// It does not begin as one.
    #[error("this is no WAV file")]
    NotWav,
    /// It ends before the samples begin.
    #[error("the WAV file ends before its samples begin")]
    Short,
    /// Its samples are of a kind that is not read here.
    #[error("WAV samples of format {format} with {bits} bits are not supported: use 16-bit PCM")]
    Format {
        /// The format tag.
        format: u16,
        /// Bits in a sample.
        bits: u16,
    },
    /// Its rate or channels are out of range.
    #[error("{rate} samples a second on {channels} channels are out of range")]
    Shape {
        /// Samples per second.
        rate: u32,
        /// Channels.
        channels: u16,
    },
    /// It cannot be read.
    #[error("the WAV file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// How one sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
}

impl Coding {
    fn new(format: u16, bits: u16) -> Result<Self, WavError> {
        match (format, bits) {
            (1, 8) => Ok(Self::Unsigned8),
            (1, 16) => Ok(Self::Signed16),
            (1, 24) => Ok(Self::Signed24),
            (1, 32) => Ok(Self::Signed32),
            (3, 32) => Ok(Self::Float32),
            (format, bits) => Err(WavError::Format { format, bits }),
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Unsigned8 => 1,
            Self::Signed16 => 2,
            Self::Signed24 => 3,
            Self::Signed32 | Self::Float32 => 4,
        }
    }

    fn sample(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::Unsigned8, &[a]) => (f32::from(a) - 128.0) / 128.0,
            (Self::Signed16, &[a, b]) => f32::from(i16::from_le_bytes([a, b])) / 32_768.0,
            (Self::Signed24, &[a, b, c]) => {
                i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0
            }
            (Self::Signed32, &[a, b, c, d]) => {
                i32::from_le_bytes([a, b, c, d]) as f32 / 2_147_483_648.0
            }
            (Self::Float32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (
                Self::Unsigned8 | Self::Signed16 | Self::Signed24 | Self::Signed32 | Self::Float32,
                _,
            ) => 0.0,
        }
    }
}

/// The samples of a WAV file, as they are asked for.
pub struct Wav<R> {
    source: R,
    rate: u32,
    channels: u16,
    coding: Coding,
    /// Bytes of samples that are left; none if the file does not say.
    left: Option<u64>,
}

impl<R: Read> Wav<R> {
    /// Reads up to the first sample.
    ///
    /// # Errors
    /// It is no WAV file, or not one of ours.
    pub fn open(mut source: R) -> Result<Self, WavError> {
        let mut riff = [0; 12];
        fill(&mut source, &mut riff).map_err(|error| match error {
            WavError::Short => WavError::NotWav,
            other @ (WavError::NotWav
            | WavError::Format { .. }
            | WavError::Shape { .. }
            | WavError::Io(_)) => other,
        })?;
        if &riff[..4] != b"RIFF" || &riff[8..] != b"WAVE" {
            return Err(WavError::NotWav);
        }
        let mut shape = None;
        loop {
            let mut head = [0; 8];
            fill(&mut source, &mut head)?;
            let [a, b, c, d, ..] = [head[4], head[5], head[6], head[7]];
            let length = u32::from_le_bytes([a, b, c, d]);
            match (&head[..4], shape) {
                (b"data", Some((rate, channels, coding))) => {
                    let open_end = length == 0 || length >= u32::MAX - 64;
                    let left = if open_end { None } else { Some(u64::from(length)) };
                    return Ok(Self { source, rate, channels, coding, left });
                }
                (b"data", None) => return Err(WavError::NotWav),
                (b"fmt ", _) => shape = Some(read_shape(&mut source, length)?),
                (_, _) => skip(&mut source, length)?,
            }
        }
    }

    /// Samples per second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// At most `most` further samples, mono; none at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&mut self, most: usize) -> Result<Vec<f32>, WavError> {
        let width = self.coding.bytes();
        let frame = width * usize::from(self.channels);
        let wanted = most.saturating_mul(frame) as u64;
        let wanted = self.left.map_or(wanted, |left| left.min(wanted));
        let mut bytes = Vec::new();
        Read::by_ref(&mut self.source).take(wanted).read_to_end(&mut bytes)?;
        self.left = self.left.map(|left| left - bytes.len() as u64);
        let mono = |frame: &[u8]| {
            let sum: f32 = frame.chunks_exact(width).map(|bytes| self.coding.sample(bytes)).sum();
            sum / f32::from(self.channels)
        };
        Ok(bytes.chunks_exact(frame).map(mono).collect())
    }
}

fn read_shape(source: &mut impl Read, length: u32) -> Result<(u32, u16, Coding), WavError> {
    let mut body = [0; 40];
    let known = (length as usize).min(body.len());
    if known < 16 {
        return Err(WavError::NotWav);
    }
    fill(source, &mut body[..known])?;
    skip(source, length - known as u32)?;
    let short = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
    let rate = u32::from_le_bytes([body[4], body[5], body[6], body[7]]);
    let (format, channels, bits) = (short(0), short(2), short(14));
    // The extensible format bears the true tag at the start of its GUID.
    let format = if format == 0xfffe && known >= 26 { short(24) } else { format };
    if !RATES.contains(&rate) || channels == 0 || channels > MOST_CHANNELS {
        return Err(WavError::Shape { rate, channels });
    }
    Ok((rate, channels, Coding::new(format, bits)?))
}

/// Skips a chunk, and the byte that makes its length even.
fn skip(source: &mut impl Read, length: u32) -> Result<(), WavError> {
    if length > LONGEST_CHUNK {
        return Err(WavError::NotWav);
    }
    let padded = u64::from(length) + u64::from(length % 2);
    let skipped = std::io::copy(&mut source.by_ref().take(padded), &mut std::io::sink())?;
    if skipped == padded { Ok(()) } else { Err(WavError::Short) }
}

fn fill(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), WavError> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => WavError::Short,
        _ => WavError::Io(error),
    })
}

#[cfg(test)]
mod tests {
    use super::{Wav, WavError};

    fn wav(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8], length: u32) -> Vec<u8> {
        let mut file = Vec::from(*b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0");
        file.extend(format.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(*b"data");
        file.extend(length.to_le_bytes());
        file.extend(data);
        file
    }

    // row 9
    #[test]
    fn stereo_is_mixed_and_the_end_of_the_data_is_the_end() {
        let data = [0, 0x40, 0, 0, 0, 0xc0, 0, 0xc0, 9, 9];
        let file = wav(1, 2, 8000, 16, &data, 8);
        let mut wav = Wav::open(&file[..]).expect("a WAV file");
        assert_eq!(wav.rate(), 8000);
        assert_eq!(wav.read(1).expect("read"), [0.25]);
        assert_eq!(wav.read(9).expect("read"), [-0.5]);
        assert!(wav.read(9).expect("read").is_empty());
    }

    #[test]
    fn a_pipe_that_does_not_know_its_length_is_read_to_its_end() {
        for length in [0, u32::MAX] {
            let file = wav(3, 1, 48_000, 32, &0.5f32.to_le_bytes(), length);
            let mut wav = Wav::open(&file[..]).expect("a WAV file");
            assert_eq!(wav.read(100).expect("read"), [0.5]);
        }
    }

    #[test]
    fn what_is_no_wav_is_refused_with_its_reason() {
        assert!(matches!(Wav::open(&b"OggS"[..]), Err(WavError::NotWav)));
        assert!(matches!(Wav::open(&b"OggSOggSOggSOggS"[..]), Err(WavError::NotWav)));
        let alaw = wav(6, 1, 8000, 8, &[], 0);
        assert!(matches!(Wav::open(&alaw[..]), Err(WavError::Format { format: 6, bits: 8 })));
        let slow = wav(1, 1, 100, 16, &[], 0);
        assert!(matches!(Wav::open(&slow[..]), Err(WavError::Shape { .. })));
        assert!(matches!(Wav::open(&slow[..30]), Err(WavError::Short)));
    }
}
