//! Speech through every codec at both rates, known bytes, and bytes that nobody encoded.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{Codec, Decoder, Encoder, FRAME, Rate};
use crate::speech::{decibels, likeness, speech};

#[test]
fn speech_survives_every_codec_at_every_rate() {
    for codec in Codec::ALL {
        for rate in [Rate::Narrow, Rate::Wide] {
            let said = speech(rate.hertz(), 3.0);
            let (mut encoder, mut decoder) = (Encoder::new(codec, rate), Decoder::new(codec, rate));
            let mut heard = Vec::new();
            for frame in said.chunks_exact(rate.frame()) {
                let payload = encoder.encode(frame);
                assert_eq!(payload.len(), FRAME);
                let samples = decoder.decode(&payload);
                assert_eq!(samples.len(), rate.frame());
                heard.extend(samples);
            }
            let like = likeness(&said, &heard, rate.hertz(), 10);
            assert!(like > 0.99, "{codec:?} at {rate:?}: {like}");
            let change = decibels(&heard) - decibels(&said);
            assert!(change.abs() < 0.5, "{codec:?} at {rate:?}: {change} dB");
        }
    }
}

#[test]
fn silence_and_full_scale_are_the_bytes_of_g711() {
    let bytes = |codec, samples: &[i16]| Encoder::new(codec, Rate::Narrow).encode(samples);
    assert_eq!(bytes(Codec::Pcmu, &[0, i16::MAX, i16::MIN]), [0xff, 0x80, 0x00]);
    assert_eq!(bytes(Codec::Pcma, &[0, i16::MAX, i16::MIN]), [0xd5, 0xaa, 0x2a]);
    let sound = |codec, bytes: &[u8]| Decoder::new(codec, Rate::Narrow).decode(bytes);
    assert_eq!(sound(Codec::Pcmu, &[0xff, 0x80, 0x00]), [0, 32_124, -32_124]);
    assert_eq!(sound(Codec::Pcma, &[0xd5, 0xaa, 0x2a]), [8, 32_256, -32_256]);
}

proptest! {
    #[test]
    fn any_bytes_are_sound_of_their_length(payload in vec(any::<u8>(), 0..500)) {
        for codec in Codec::ALL {
            for rate in [Rate::Narrow, Rate::Wide] {
                let samples = Decoder::new(codec, rate).decode(&payload);
                prop_assert_eq!(samples.len(), payload.len() * rate.per_tick());
            }
        }
    }

    #[test]
    fn any_samples_are_encoded(samples in vec(any::<i16>(), 320)) {
        for codec in Codec::ALL {
            prop_assert_eq!(Encoder::new(codec, Rate::Wide).encode(&samples).len(), FRAME);
            prop_assert_eq!(Encoder::new(codec, Rate::Narrow).encode(&samples).len(), 2 * FRAME);
        }
    }
}
