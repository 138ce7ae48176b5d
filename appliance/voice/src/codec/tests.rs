//! Every codec over a speech-like signal, lost frames and hostile bytes.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{CodecError, Decoder, Encoder, Quality};
use crate::format::{Codec, Format};
use crate::speech::{envelope_correlation, speech};

fn format(codec: Codec, rate: u32) -> Format {
    Format::new(codec, rate).expect("a possible rate")
}

fn through(format: &Format, samples: &[f32]) -> (Vec<f32>, usize) {
    let mut encoder = Encoder::new(format, Quality::SPEECH).expect("encoder");
    let mut decoder = Decoder::new(format).expect("decoder");
    let (mut out, mut bytes) = (Vec::new(), 0);
    for frame in samples.chunks_exact(format.frame_samples()) {
        let packet = encoder.encode(frame).expect("a whole frame");
        bytes += packet.len();
        out.extend(decoder.decode(&packet).expect("our own packet"));
    }
    (out, bytes)
}

// rows 58, 60
#[test]
fn speech_survives_every_codec() {
    for (codec, rate, least) in [
        (Codec::Opus, 8_000, 0.95),
        (Codec::Opus, 16_000, 0.97),
        (Codec::Opus, 48_000, 0.97),
        (Codec::G722, 16_000, 0.99),
        (Codec::Pcm, 16_000, 0.9999),
        (Codec::Pcm, 44_100, 0.9999),
    ] {
        let samples = speech(rate, 4.0);
        let (out, _) = through(&format(codec, rate), &samples);
        let likeness = envelope_correlation(&samples, &out, rate);
        assert!(likeness > least, "{codec:?} at {rate}: {likeness}");
    }
}

// row 58
#[test]
fn opus_keeps_near_its_bit_rate() {
    let samples = speech(16_000, 6.0);
    let (_, bytes) = through(&Format::SPEECH, &samples);
    let rate = bytes as f32 * 8.0 / 6.0;
    assert!((6_000.0..32_000.0).contains(&rate), "{rate} bit/s");
}

#[test]
fn pcm_is_exact_to_sixteen_bits() {
    let samples = speech(16_000, 1.0);
    let (out, _) = through(&format(Codec::Pcm, 16_000), &samples);
    for (a, b) in samples.iter().zip(&out) {
        assert!((a - b).abs() <= 0.5 / 32_768.0 + 1e-7);
    }
}

#[test]
fn a_lost_frame_is_concealed_and_a_long_loss_fades_to_silence() {
    for codec in [Codec::Opus, Codec::G722, Codec::Pcm] {
        let format = format(codec, 16_000);
        let samples = speech(16_000, 1.0);
        let mut encoder = Encoder::new(&format, Quality::SPEECH).expect("encoder");
        let mut decoder = Decoder::new(&format).expect("decoder");
        for frame in samples.chunks_exact(320).take(23) {
            let packet = encoder.encode(frame).expect("a whole frame");
            decoder.decode(&packet).expect("our own packet");
        }
        let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
        let first = decoder.decode(&[]).expect("an empty frame is a lost one");
        assert_eq!(first.len(), 320);
        assert!(energy(&first) > 0.0, "{codec:?}");
        let late = (0..50).fold(Vec::new(), |_, _| decoder.conceal());
        let (late, first) = (energy(&late), energy(&first));
        assert!(late < first / 10.0, "{codec:?}: {late} of {first}");
    }
}

#[test]
fn a_frame_of_the_wrong_length_is_refused() {
    for codec in [Codec::Opus, Codec::G722, Codec::Pcm] {
        let format = format(codec, 16_000);
        let mut encoder = Encoder::new(&format, Quality::SPEECH).expect("encoder");
        let refused = CodecError::Samples { given: 319, needed: 320 };
        assert_eq!(encoder.encode(&[0.0; 319]), Err(refused));
        let mut decoder = Decoder::new(&format).expect("decoder");
        assert_eq!(decoder.decode(&[0xff; 5]), Err(CodecError::Frame(codec)));
    }
}

#[test]
fn samples_that_are_no_numbers_are_silence() {
    for codec in [Codec::Opus, Codec::G722, Codec::Pcm] {
        let format = format(codec, 16_000);
        let bad: Vec<f32> = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30].repeat(80);
        let (out, _) = through(&format, &bad.repeat(5));
        assert!(out.iter().all(|s| s.is_finite() && s.abs() <= 1.0), "{codec:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_decode_or_are_refused(packets in vec(vec(any::<u8>(), 0..200), 1..8)) {
        for (codec, rate) in [(Codec::Opus, 16_000), (Codec::Opus, 48_000), (Codec::G722, 16_000)] {
            let format = format(codec, rate);
            let mut decoder = Decoder::new(&format).expect("decoder");
            for packet in &packets {
                if let Ok(samples) = decoder.decode(packet) {
                    prop_assert_eq!(samples.len(), format.frame_samples());
                }
            }
        }
    }

    #[test]
    fn a_packet_changed_on_the_way_decodes_or_is_refused(
        changes in vec((any::<u16>(), any::<u8>()), 1..12), cut in 0usize..40,
    ) {
        for rate in [8_000, 16_000, 48_000] {
            let format = format(Codec::Opus, rate);
            let mut encoder = Encoder::new(&format, Quality::SPEECH).expect("encoder");
            let mut decoder = Decoder::new(&format).expect("decoder");
            let sound = speech(rate, 0.3);
            for (at, frame) in sound.chunks_exact(format.frame_samples()).enumerate() {
                let mut packet = encoder.encode(frame).expect("a whole frame");
                if let Some((place, byte)) = changes.get(at) {
                    let length = packet.len();
                    packet[usize::from(*place) % length] = *byte;
                    packet.truncate(length.saturating_sub(cut).max(1));
                }
                let _ = decoder.decode(&packet);
            }
        }
    }
}
