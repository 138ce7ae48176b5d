//! WAV files of every kind, and hostile ones.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{EXTENSIBLE, FLOAT, PCM, WavError, parse, write};

/// A file with this description and this sound.
fn file(tag: u16, channels: u16, rate: u32, bits: u16, sound: &[u8]) -> Vec<u8> {
    let mut fmt = Vec::new();
    for word in [tag, channels] {
        fmt.extend(word.to_le_bytes());
    }
    fmt.extend(rate.to_le_bytes());
    fmt.extend([0; 6]);
    fmt.extend(bits.to_le_bytes());
    if tag == EXTENSIBLE {
        fmt.extend([22, 0, bits as u8, 0, 0, 0, 0, 0, PCM as u8, 0]);
        fmt.extend([0; 14]);
    }
    let mut out = b"RIFF\0\0\0\0WAVE".to_vec();
    out.extend(b"LIST\x03\0\0\0abc\0fmt ");
    out.extend((fmt.len() as u32).to_le_bytes());
    out.extend(&fmt);
    out.extend(b"data");
    out.extend((sound.len() as u32).to_le_bytes());
    out.extend(sound);
    out
}

#[test]
fn every_kind_of_sample_is_read() {
    let float = [0.5f32.to_le_bytes(), f32::NAN.to_le_bytes()].concat();
    for (tag, bits, sound, expected) in [
        (PCM, 8, &[192u8, 0][..], [0.5, -1.0]),
        (PCM, 16, &[0, 0x40, 0, 0x80], [0.5, -1.0]),
        (PCM, 24, &[0, 0, 0x40, 0, 0, 0x80], [0.5, -1.0]),
        (PCM, 32, &[0, 0, 0, 0x40, 0, 0, 0, 0x80], [0.5, -1.0]),
        (FLOAT, 32, &float, [0.5, 0.0]),
        (EXTENSIBLE, 16, &[0, 0x40, 0, 0x80], [0.5, -1.0]),
    ] {
        let mono = parse(&file(tag, 1, 44_100, bits, sound), 1).expect("a sound file");
        assert_eq!((mono.rate, mono.samples), (44_100, expected.to_vec()), "{tag} {bits}");
        let stereo = parse(&file(tag, 2, 8_000, bits, sound), 1).expect("a sound file");
        assert_eq!(stereo.samples, [(expected[0] + expected[1]) / 2.0]);
    }
}

#[test]
fn what_is_not_supported_is_said_plainly() {
    for (bytes, error) in [
        (file(PCM, 1, 8_000, 12, &[]), WavError::Encoding { tag: 1, bits: 12 }),
        (file(0x55, 1, 8_000, 16, &[]), WavError::Encoding { tag: 0x55, bits: 16 }),
        (file(PCM, 0, 8_000, 16, &[]), WavError::Channels(0)),
        (file(PCM, 6, 8_000, 16, &[]), WavError::Channels(6)),
        (file(PCM, 1, 7_999, 16, &[]), WavError::Rate(7_999)),
        (file(PCM, 1, u32::MAX, 16, &[]), WavError::Rate(u32::MAX)),
        (file(PCM, 1, 8_000, 16, &[0; 16_002]), WavError::TooLong(1)),
        (b"RIFF\0\0\0\0WAVE".to_vec(), WavError::NoFormat),
        (b"RIFF\0\0\0\0WAVEdata\x02\0\0\0\0\0".to_vec(), WavError::NoFormat),
        (b"RIFF\0\0\0\0AVI ".to_vec(), WavError::NotWav),
        (vec![], WavError::NotWav),
    ] {
        assert_eq!(parse(&bytes, 1), Err(error));
    }
}

#[test]
fn a_length_that_lies_takes_what_is_there() {
    let mut bytes = file(PCM, 1, 8_000, 16, &[0, 0x40, 0, 0x40]);
    let at = bytes.len() - 8;
    for length in [u32::MAX, 0] {
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        assert_eq!(parse(&bytes, 1).expect("a sound file").samples, [0.5, 0.5]);
    }
    let mut bytes = b"RIFF\0\0\0\0WAVEjunk".to_vec();
    bytes.extend(u32::MAX.to_le_bytes());
    assert_eq!(parse(&bytes, 1), Err(WavError::NoFormat));
}

proptest! {
    #[test]
    fn what_is_written_reads_back(samples in vec(-1.0f32..1.0, 0..500), rate in 8_000u32..=192_000) {
        let read = parse(&write(rate, &samples), 1).expect("our own file");
        prop_assert_eq!(read.rate, rate);
        prop_assert_eq!(read.samples.len(), samples.len());
        for (a, b) in samples.iter().zip(&read.samples) {
            prop_assert_eq!((a - b).abs() <= 1.0 / 32_768.0, true);
        }
    }

    #[test]
    fn any_bytes_are_a_recording_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, 1);
        let _ = parse(&[b"RIFF\0\0\0\0WAVEfmt ", bytes.as_slice()].concat(), 1);
    }
}
