//! Ogg Opus (RFC 7845), by `opus-pure`: our frames are wrapped as they are, and any mono or
//! stereo file is read.

use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, OggOpusWriter, OpusHead, OpusTags, Trim};
use thiserror::Error;

use super::Recording;
use crate::format::{Codec, Format};

/// Why an Ogg file was not written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OggError {
    /// Only Opus frames go into Ogg Opus.
    #[error("only an Opus recording can be written as Ogg, not {0:?}")]
    Codec(Codec),
    /// A frame is not an Opus packet.
    #[error("frame {0} is not an Opus packet")]
    Frame(usize),
    /// The file is broken, or is not Opus.
    #[error("this is not a sound Ogg Opus file")]
    Broken,
    /// There are more than two channels.
    #[error("the Ogg file has {0} channels; one and two are supported")]
    Channels(u8),
    /// The recording is longer than was asked for.
    #[error("the recording is longer than {0} seconds")]
    TooLong(u32),
}

/// The rate at which files are decoded: Opus's own.
const RATE: u32 = 48_000;

/// First byte of a packet of one mono 20 ms SILK wideband frame; alone, it stands for silence.
const EMPTY_PACKET: u8 = 9 << 3;

/// An Ogg Opus file of these frames, as they are. A lost frame becomes an empty packet, which a
/// player conceals.
pub fn write(format: &Format, frames: &[Vec<u8>]) -> Result<Vec<u8>, OggError> {
    match format.codec() {
        Codec::Opus => {}
        other @ (Codec::G722 | Codec::Pcm) => return Err(OggError::Codec(other)),
    }
    let head = OpusHead::new(1, format.rate()).map_err(|_| OggError::Broken)?;
    let tags = OpusTags { vendor: "IVM".to_owned(), ..OpusTags::default() };
    let mut writer =
        OggOpusWriter::with_tags(Vec::new(), head, tags).map_err(|_| OggError::Broken)?;
    // The mode bits of a lost frame are those of the one before, so that the player goes on in it.
    let mut empty = EMPTY_PACKET;
    for (at, frame) in frames.iter().enumerate() {
        let lost = [empty];
        let packet = match frame.first() {
            Some(&first) => {
                empty = first & !0b11;
                frame.as_slice()
            }
            None => &lost,
        };
        writer.write_packet(packet).map_err(|_| OggError::Frame(at))?;
    }
    writer.finish().map_err(|_| OggError::Broken)
}

/// Read an Ogg Opus file at 48 kHz; two channels are mixed into one, more than `max_seconds` are
/// refused. A packet that does not decode is a gap, as in a player.
pub fn parse(bytes: &[u8], max_seconds: u32) -> Result<Recording, OggError> {
    let mut reader = OggOpusReader::new(bytes).map_err(|_| OggError::Broken)?;
    let head = reader.head().clone();
    let channels = usize::from(head.channel_count);
    if !(1..=2).contains(&channels) || head.mapping_family != 0 {
        return Err(OggError::Channels(head.channel_count));
    }
    let mut decoder = head.decoder(RATE as i32).map_err(|_| OggError::Broken)?;
    let mut trim = Trim::new(&head, RATE as i32, channels).map_err(|_| OggError::Broken)?;
    let most = max_seconds as usize * RATE as usize;
    let mut block = vec![0.0; MAX_PACKET_SAMPLES * channels];
    let mut samples = Vec::new();
    while let Some(packet) = reader.read_packet().map_err(|_| OggError::Broken)? {
        let made = decoder.decode(&packet.data, MAX_PACKET_SAMPLES, &mut block).unwrap_or(0);
        let kept = trim.keep(&packet, &block[..made * channels]);
        samples.extend(kept.chunks_exact(channels).map(|group| {
            let sample = group.iter().sum::<f32>() / channels as f32;
            if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
        }));
        if samples.len() > most {
            return Err(OggError::TooLong(max_seconds));
        }
    }
    Ok(Recording { rate: RATE, samples })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::{OggError, parse};
    use crate::chain::resample::resample;
    use crate::clip::Clip;
    use crate::codec::Quality;
    use crate::format::{Codec, Format};
    use crate::speech::{envelope_correlation, speech};

    fn clip() -> Clip {
        Clip::encode(Format::SPEECH, Quality::SPEECH, &speech(16_000, 2.0)).expect("sound")
    }

    #[test]
    fn our_frames_are_an_ogg_file_that_plays_the_same() {
        let mut clip = clip();
        clip.extend([vec![], vec![]]);
        let file = clip.to_ogg().expect("Opus frames");
        assert!(file.starts_with(b"OggS"));
        let read = parse(&file, 10).expect("our own file");
        let heard = resample(&read.samples, read.rate, 16_000).expect("possible rates");
        assert!(envelope_correlation(&speech(16_000, 2.0), &heard, 16_000) > 0.97);
        assert_eq!(read.samples.len(), clip.frames().len() * 960 - 312);
        assert_eq!(parse(&file, 1), Err(OggError::TooLong(1)));
    }

    #[test]
    fn only_opus_is_written() {
        let format = Format::new(Codec::Pcm, 16_000).expect("possible");
        assert_eq!(Clip::new(format).to_ogg(), Err(OggError::Codec(Codec::Pcm)));
        let mut broken = Clip::new(Format::SPEECH);
        broken.extend([vec![0xff; 2]]);
        assert_eq!(broken.to_ogg(), Err(OggError::Frame(0)));
    }

    #[test]
    fn a_broken_file_is_refused_wherever_it_is_broken() {
        let file = clip().to_ogg().expect("Opus frames");
        for at in (0..file.len()).step_by(17) {
            let mut changed = file.clone();
            changed[at] ^= 0x20;
            assert_eq!(parse(&changed, 10), Err(OggError::Broken), "byte {at}");
            let _ = parse(&file[..at], 10);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_recording_or_refused(bytes in vec(any::<u8>(), 0..300)) {
            let _ = parse(&[b"OggS\0\x02", bytes.as_slice()].concat(), 1);
        }
    }
}
