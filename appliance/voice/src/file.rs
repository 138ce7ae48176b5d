//! Sound files in and out: WAV and Ogg Opus.
//!
//! Files come from anywhere, so every reader is total: it returns a recording or says what is
//! wrong with the bytes, and never makes more than a bounded amount of sound of them.

pub mod ogg;
pub mod wav;

use thiserror::Error;

/// A recording in one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Samples a second.
    pub rate: u32,
    /// The samples, -1 to 1.
    pub samples: Vec<f32>,
}

/// Why a file was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// Neither WAV nor Ogg.
    #[error("this is neither a WAV nor an Ogg Opus file")]
    Unknown,
    /// A WAV file that cannot be read.
    #[error(transparent)]
    Wav(#[from] wav::WavError),
    /// An Ogg file that cannot be read.
    #[error(transparent)]
    Ogg(#[from] ogg::OggError),
}

/// Read a WAV or Ogg Opus file, known by its first bytes; more than `max_seconds` are refused.
pub fn parse(bytes: &[u8], max_seconds: u32) -> Result<Recording, FileError> {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => Ok(wav::parse(bytes, max_seconds)?),
        [b'O', b'g', b'g', b'S', ..] => Ok(ogg::parse(bytes, max_seconds)?),
        _ => Err(FileError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::{FileError, parse, wav};

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        let file = wav::write(16_000, &[0.5; 100]);
        assert_eq!(parse(&file, 1).map(|r| r.samples.len()), Ok(100));
        assert_eq!(parse(b"ID3", 1), Err(FileError::Unknown));
        assert!(matches!(parse(b"OggS", 1), Err(FileError::Ogg(_))));
    }
}
