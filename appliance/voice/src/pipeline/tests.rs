//! A message from the microphone's samples to the listener's.

use super::{PlayError, PortionMaker, PortionPlayer, PortionReader, SealedPortion};
use crate::clip::Clip;
use crate::codec::Quality;
use crate::format::{Codec, Compressor, Format};
use crate::ids::{AccountId, MessageId};
use crate::seal::{ContentKey, SealError};
use crate::speech::{envelope_correlation, speech};

const MESSAGE: MessageId = MessageId([1; 16]);
const SENDER: AccountId = AccountId([2; 16]);

fn key() -> ContentKey {
    ContentKey::from_bytes([3; 32])
}

fn maker(format: Format, portion_ms: u32) -> PortionMaker {
    PortionMaker::new(format, Quality::SPEECH, &key(), MESSAGE, SENDER, portion_ms)
        .expect("possible")
}

fn player(format: Format) -> PortionPlayer {
    PortionPlayer::new(format, &key(), MESSAGE, SENDER).expect("possible")
}

fn make(format: Format, samples: &[f32], portion_ms: u32) -> Vec<SealedPortion> {
    let mut maker = maker(format, portion_ms);
    let mut out = Vec::new();
    for piece in samples.chunks(format.frame_samples() + 3) {
        out.extend(maker.push(piece).expect("sound"));
    }
    out.extend(maker.finish().expect("sound"));
    out
}

fn play(format: Format, portions: &[SealedPortion]) -> Vec<f32> {
    let mut player = player(format);
    let mut out = Vec::new();
    for portion in portions {
        out.extend(player.push(portion.seq, portion.last, &portion.bytes).expect("in order"));
    }
    assert!(player.is_finished());
    out
}

// rows 21, 26, 58, 61, 63
#[test]
fn speech_goes_through_sealed_portions_in_every_codec() {
    for (codec, rate) in
        [(Codec::Opus, 16_000), (Codec::Opus, 48_000), (Codec::G722, 16_000), (Codec::Pcm, 48_000)]
    {
        for compressor in [Compressor::None, Compressor::Deflate] {
            let format = Format::new(codec, rate).expect("possible").with_compressor(compressor);
            let samples = speech(rate, 3.0);
            let portions = make(format, &samples, 60);
            let out = play(format, &portions);
            let likeness = envelope_correlation(&samples, &out, rate);
            assert!(likeness > 0.97, "{codec:?} {compressor:?}: {likeness}");
            assert!(out.len() >= samples.len());
        }
    }
}

// rows 59, 60
#[test]
fn compression_shrinks_pcm_and_never_grows_anything() {
    let samples = speech(16_000, 3.0);
    let size = |codec, compressor| {
        let format = Format::new(codec, 16_000).expect("possible").with_compressor(compressor);
        make(format, &samples, 1000).iter().map(|p| p.bytes.len()).sum::<usize>()
    };
    for codec in [Codec::Opus, Codec::G722, Codec::Pcm] {
        assert!(size(codec, Compressor::Deflate) <= size(codec, Compressor::None));
    }
    let pcm = size(Codec::Pcm, Compressor::Deflate);
    assert!(pcm * 10 < samples.len() * 2 * 8, "{pcm} bytes of {}", samples.len() * 2);
}

// rows 65, 66, 67
#[test]
fn portions_come_as_they_fill_and_the_last_is_short() {
    let mut maker = maker(Format::SPEECH, 60);
    let frame = [0.1; 320];
    assert!(maker.push(&frame).expect("sound").is_empty());
    assert!(maker.push(&frame).expect("sound").is_empty());
    let first = maker.push(&frame).expect("sound");
    assert_eq!(first.iter().map(|p| (p.seq, p.last)).collect::<Vec<_>>(), [(0, false)]);
    maker.push(&frame).expect("sound");
    assert_eq!(maker.duration_ms(), 80);
    let last = maker.finish().expect("sound");
    assert_eq!(last.iter().map(|p| (p.seq, p.last)).collect::<Vec<_>>(), [(1, true)]);
    // One frame of sound and one that brings out what the codec held back.
    let out = player(Format::SPEECH).push(1, true, &last[0].bytes).expect("authentic");
    assert_eq!(out.len(), 2 * 320 + 2 * 320, "two in place of the missing portion, two heard");
}

// row 67
#[test]
fn a_message_shorter_than_one_portion_or_empty_is_one_last_portion() {
    let portions = make(Format::SPEECH, &[0.1; 100], 1000);
    assert_eq!(portions.len(), 1);
    assert_eq!(play(Format::SPEECH, &portions).len(), 320);
    let portions = make(Format::SPEECH, &[], 1000);
    assert_eq!(portions.len(), 1);
    assert!(play(Format::SPEECH, &portions).is_empty());
}

#[test]
fn a_missing_portion_is_concealed_and_a_late_one_refused() {
    let samples = speech(16_000, 2.0);
    let portions = make(Format::SPEECH, &samples, 60);
    let mut player = player(Format::SPEECH);
    let mut push = |p: &SealedPortion| player.push(p.seq, p.last, &p.bytes);
    assert_eq!(push(&portions[0]).map(|s| s.len()), Ok(960));
    assert_eq!(push(&portions[2]).map(|s| s.len()), Ok(2 * 960));
    assert_eq!(push(&portions[1]), Err(PlayError::Late(1, 3)));
    assert_eq!(push(&portions[30]).map(|s| s.len()), Ok(25 * 320 + 960));
    let last = portions.last().expect("not empty");
    assert!(push(last).is_ok());
    let after = PlayError::AfterLast(last.seq);
    assert_eq!(push(last), Err(after));
}

#[test]
fn a_portion_that_does_not_open_leaves_the_player_as_it_was() {
    let portions = make(Format::SPEECH, &speech(16_000, 0.5), 100);
    let mut player = player(Format::SPEECH);
    let mut changed = portions[0].bytes.clone();
    changed[5] ^= 1;
    let broken = Err(PlayError::Seal(SealError::Broken));
    assert_eq!(player.push(0, false, &changed), broken);
    assert_eq!(player.push(0, true, &portions[0].bytes), broken);
    assert_eq!(player.push(1, false, &portions[0].bytes), broken);
    assert_eq!(player.next_seq(), 0);
    assert!(player.push(0, false, &portions[0].bytes).is_ok());
}

#[test]
fn a_frame_lost_on_a_telephone_leg_is_concealed_at_the_listener() {
    let mut maker = maker(Format::SPEECH, 60);
    let mut portions = maker.push(&speech(16_000, 0.41)).expect("sound");
    portions.extend(maker.push_lost().expect("sound"));
    portions.extend(maker.finish().expect("sound"));
    let frames = maker_frames(&portions);
    assert_eq!(frames.iter().filter(|frame| frame.is_empty()).count(), 1);
    assert_eq!(play(Format::SPEECH, &portions).len(), frames.len() * 320);
}

fn maker_frames(portions: &[SealedPortion]) -> Vec<Vec<u8>> {
    let reader = PortionReader::new(Format::SPEECH, &key(), MESSAGE, SENDER);
    let read = |p: &SealedPortion| reader.read(p.seq, p.last, &p.bytes).expect("authentic");
    portions.iter().flat_map(read).collect()
}

// row 22
#[test]
fn a_clip_of_the_portions_plays_as_the_player_does() {
    let portions = make(Format::SPEECH, &speech(16_000, 1.0), 60);
    let mut clip = Clip::new(Format::SPEECH);
    clip.extend(maker_frames(&portions));
    assert_eq!(clip.decode().expect("authentic"), play(Format::SPEECH, &portions));
}

// row 66
#[test]
fn speech_that_is_appended_goes_on_behind_what_is_there() {
    let samples = speech(16_000, 1.0);
    let mut first = maker(Format::SPEECH, 500);
    let mut portions = first.push(&samples).expect("sound");
    portions.extend(first.pause().expect("sound"));
    assert!(portions.iter().all(|portion| !portion.last));
    let next = portions.len() as u32;
    let mut second = maker(Format::SPEECH, 500).starting_at(next);
    portions.extend(second.push(&samples).expect("sound"));
    portions.extend(second.finish().expect("sound"));
    assert!(portions.iter().zip(0..).all(|(portion, seq)| portion.seq == seq));
    assert!(play(Format::SPEECH, &portions).len() >= 2 * samples.len());
}
