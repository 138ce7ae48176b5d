//! How a message's audio is coded, compressed and sealed: ten bytes that travel with it.
//!
//! ```text
//! offset  size  field
//! 0       1     version of this layout, 1
//! 1       1     codec: 1 Opus, 2 G.722, 3 lossless PCM
//! 2       4     samples per second, big-endian
//! 6       1     channels, 1
//! 7       1     milliseconds in a frame, 20
//! 8       1     compressor: 0 none, 1 DEFLATE
//! 9       1     cipher: 1 AES-256-GCM in the STREAM construction
//! ```
//!
//! The bytes are canonical: one format has one form. They are part of the associated data of
//! every audio portion, so a portion opens only under the format that it was made with. What a
//! reader does not know it refuses by name; it never guesses.

use thiserror::Error;

/// Bytes of a [`Format`] on the wire.
pub const FORMAT_LEN: usize = 10;

/// The only layout version that exists.
const VERSION: u8 = 1;

/// Milliseconds in a codec frame.
pub const FRAME_MS: u32 = 20;

/// Frames in a second.
pub const FRAMES_PER_SECOND: u32 = 1000 / FRAME_MS;

/// The codec of the audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// Opus (RFC 6716), at 8, 12, 16, 24 or 48 kHz.
    Opus,
    /// ITU-T G.722 at 64 kbit/s, 16 kHz only: what telephones speak.
    G722,
    /// Lossless 16-bit PCM at any rate from 8 to 48 kHz that has whole frames.
    Pcm,
}

/// The compressor that may be applied to a portion after the codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compressor {
    /// Every portion is stored as it is.
    None,
    /// Raw DEFLATE (RFC 1951), for each portion that it makes smaller.
    Deflate,
}

/// The cipher that seals a portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cipher {
    /// AES-256-GCM in the STREAM construction, see [`crate::seal::stream`].
    Aes256GcmStream,
}

/// Why a format was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// The bytes are not of the one possible length.
    #[error("an audio format has {FORMAT_LEN} bytes, not {0}")]
    Length(usize),
    /// The layout is newer than this program.
    #[error("audio format version {0} is not known here (1 is)")]
    Version(u8),
    /// The codec's identifier is not known here.
    #[error("codec {0} is not known here (1 Opus, 2 G.722, 3 PCM are)")]
    Codec(u8),
    /// The codec does not work at this rate.
    #[error("{codec:?} does not work at {rate} samples a second")]
    Rate {
        /// The codec asked for.
        codec: Codec,
        /// Its rate in samples a second.
        rate: u32,
    },
    /// Only mono exists.
    #[error("{0} channels are not supported (1 is)")]
    Channels(u8),
    /// Only 20 ms frames exist.
    #[error("frames of {0} ms are not supported (20 ms are)")]
    Frame(u8),
    /// The compressor's identifier is not known here.
    #[error("compressor {0} is not known here (0 none, 1 DEFLATE are)")]
    Compressor(u8),
    /// The cipher's identifier is not known here.
    #[error("cipher {0} is not known here (1 AES-256-GCM STREAM is)")]
    Cipher(u8),
}

/// How a message's audio is coded, compressed and sealed. Always mono, always 20 ms frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Format {
    codec: Codec,
    rate: u32,
    compressor: Compressor,
    cipher: Cipher,
}

impl Format {
    /// What a client records in unless told otherwise: Opus at 16 kHz, DEFLATE, AES-256-GCM.
    pub const SPEECH: Format = Format {
        codec: Codec::Opus,
        rate: 16_000,
        compressor: Compressor::Deflate,
        cipher: Cipher::Aes256GcmStream,
    };

    /// A format of this codec and rate, compressed by DEFLATE and sealed by AES-256-GCM.
    pub fn new(codec: Codec, rate: u32) -> Result<Format, FormatError> {
        let possible = match codec {
            Codec::Opus => matches!(rate, 8_000 | 12_000 | 16_000 | 24_000 | 48_000),
            Codec::G722 => rate == 16_000,
            Codec::Pcm => {
                (8_000..=48_000).contains(&rate) && rate.is_multiple_of(FRAMES_PER_SECOND)
            }
        };
        if !possible {
            return Err(FormatError::Rate { codec, rate });
        }
        Ok(Format { codec, rate, ..Format::SPEECH })
    }

    /// The same format with another compressor.
    pub fn with_compressor(self, compressor: Compressor) -> Format {
        Format { compressor, ..self }
    }

    /// The codec.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The compressor of portions.
    pub fn compressor(&self) -> Compressor {
        self.compressor
    }

    /// The cipher of portions.
    pub fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// Samples in one 20 ms frame.
    pub fn frame_samples(&self) -> usize {
        (self.rate / FRAMES_PER_SECOND) as usize
    }

    /// The canonical bytes, as this module's documentation lays them out.
    pub fn to_bytes(&self) -> [u8; FORMAT_LEN] {
        let rate = self.rate.to_be_bytes();
        let codec = match self.codec {
            Codec::Opus => 1,
            Codec::G722 => 2,
            Codec::Pcm => 3,
        };
        let compressor = match self.compressor {
            Compressor::None => 0,
            Compressor::Deflate => 1,
        };
        let cipher = match self.cipher {
            Cipher::Aes256GcmStream => 1,
        };
        let [a, b, c, d] = rate;
        [VERSION, codec, a, b, c, d, 1, FRAME_MS as u8, compressor, cipher]
    }

    /// Read the canonical bytes; whatever is not known is refused by name.
    pub fn parse(bytes: &[u8]) -> Result<Format, FormatError> {
        let bytes: &[u8; FORMAT_LEN] =
            bytes.try_into().map_err(|_| FormatError::Length(bytes.len()))?;
        let [version, codec, a, b, c, d, channels, frame, compressor, cipher] = *bytes;
        if version != VERSION {
            return Err(FormatError::Version(version));
        }
        let codec = match codec {
            1 => Codec::Opus,
            2 => Codec::G722,
            3 => Codec::Pcm,
            other => return Err(FormatError::Codec(other)),
        };
        if channels != 1 {
            return Err(FormatError::Channels(channels));
        }
        if u32::from(frame) != FRAME_MS {
            return Err(FormatError::Frame(frame));
        }
        let compressor = match compressor {
            0 => Compressor::None,
            1 => Compressor::Deflate,
            other => return Err(FormatError::Compressor(other)),
        };
        if cipher != 1 {
            return Err(FormatError::Cipher(cipher));
        }
        Ok(Format::new(codec, u32::from_be_bytes([a, b, c, d]))?.with_compressor(compressor))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Codec, Compressor, FORMAT_LEN, Format, FormatError};

    // rows 60, 62
    #[test]
    fn an_unknown_codec_compressor_or_cipher_is_refused_by_its_number() {
        let good = Format::SPEECH.to_bytes();
        for (at, expected) in [
            (1, FormatError::Codec(9)),
            (8, FormatError::Compressor(9)),
            (9, FormatError::Cipher(9)),
            (0, FormatError::Version(9)),
            (6, FormatError::Channels(9)),
            (7, FormatError::Frame(9)),
        ] {
            let mut bytes = good;
            bytes[at] = 9;
            let error = Format::parse(&bytes).expect_err("nine is unknown everywhere");
            assert_eq!(error, expected);
            assert!(error.to_string().contains('9'), "{error}");
        }
    }

    #[test]
    fn every_format_reads_back_as_it_was_written() {
        for codec in [Codec::Opus, Codec::G722, Codec::Pcm] {
            for rate in [8_000, 12_000, 16_000, 24_000, 44_100, 48_000] {
                for compressor in [Compressor::None, Compressor::Deflate] {
                    let Ok(format) = Format::new(codec, rate) else { continue };
                    let format = format.with_compressor(compressor);
                    assert_eq!(Format::parse(&format.to_bytes()), Ok(format));
                }
            }
        }
    }

    #[test]
    fn the_bytes_of_the_usual_format_are_these() {
        assert_eq!(Format::SPEECH.to_bytes(), [1, 1, 0, 0, 0x3e, 0x80, 1, 20, 1, 1]);
    }

    #[test]
    fn a_rate_that_the_codec_cannot_do_is_refused() {
        for (codec, rate) in [
            (Codec::Opus, 44_100),
            (Codec::G722, 8_000),
            (Codec::Pcm, 0),
            (Codec::Pcm, 8_001),
            (Codec::Pcm, 96_000),
        ] {
            assert_eq!(Format::new(codec, rate), Err(FormatError::Rate { codec, rate }));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_canonical(bytes in any::<[u8; FORMAT_LEN]>()) {
            if let Ok(format) = Format::parse(&bytes) {
                prop_assert_eq!(format.to_bytes(), bytes);
            }
        }
    }
}
