//! Messages to telephones and back: loudness, ends, full scale.

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{Fault, Path, TELEPHONE_DBOV, loudness};
use crate::speech::{decibels, largest_step, likeness, sine, speech};

fn scaled(samples: &[i16], decibels: f32) -> Vec<i16> {
    let ratio = 10f32.powf(decibels / 20.0);
    samples.iter().map(|sample| (f32::from(*sample) * ratio) as i16).collect()
}

fn through(mut path: Path, samples: &[i16]) -> Vec<i16> {
    let mut frames: Vec<Vec<i16>> = samples.chunks(333).flat_map(|part| path.push(part)).collect();
    frames.extend(path.finish());
    frames.concat()
}

fn telephone(from: u32, to: u32) -> Path {
    Path::new(from, to, TELEPHONE_DBOV).expect("possible rates")
}

#[test]
fn a_known_message_is_as_loud_as_a_telephone_from_its_first_word() {
    for (from, to) in [(48_000, 8_000), (16_000, 8_000), (16_000, 16_000), (8_000, 48_000)] {
        for change in [-15.0, 0.0, 9.0] {
            let message = scaled(&speech(from, 5.0), change);
            let known = loudness(&message, from).expect("speech");
            let out = through(telephone(from, to).known(known), &message);
            let level = loudness(&out, to).expect("speech");
            assert!((level - TELEPHONE_DBOV).abs() < 1.0, "{from} to {to}, {change}: {level}");
            let expected = message.len() * to as usize / from as usize;
            assert!((expected..expected + to as usize / 50).contains(&out.len()));
        }
    }
}

#[test]
fn a_talk_finds_its_loudness_slowly_and_keeps_its_shape() {
    for change in [-14.0, 8.0] {
        let talk = scaled(&speech(16_000, 12.0), change);
        let out = through(telephone(16_000, 8_000), &talk);
        let before = loudness(&talk[..16_000], 16_000).expect("speech");
        let (first, last) = (&out[..8_000], &out[out.len() - 32_000..]);
        let first = loudness(first, 8_000).expect("speech");
        assert!((first - before).abs() < 5.0, "{change}: {first} at first, {before} before");
        let last = loudness(last, 8_000).expect("speech");
        assert!((last - TELEPHONE_DBOV).abs() < 1.5, "{change}: {last} at last");
    }
}

#[test]
fn pauses_are_not_made_louder() {
    let room = sine(8_000, 300.0, 20.0, 8_000 * 10);
    let out = through(telephone(8_000, 8_000), &[speech(8_000, 3.0), room.clone()].concat());
    let change = decibels(&out[out.len() - 40_000..]) - decibels(&room);
    assert!(change.abs() < 12.0, "{change}");
    let alone = through(telephone(8_000, 8_000), &scaled(&room, -20.0));
    assert!(decibels(&alone) < decibels(&room));
}

#[test]
fn nothing_reaches_full_scale_even_if_the_message_did() {
    let loud: Vec<i16> =
        speech(48_000, 3.0).iter().map(|sample| sample.saturating_mul(12)).collect();
    assert!(loud.contains(&i16::MAX));
    // A wrong guess, which makes it louder still.
    let out = through(telephone(48_000, 8_000).known(-45.0), &loud);
    let peak = out.iter().map(|sample| sample.unsigned_abs()).max();
    assert!(peak <= Some(31_131), "{peak:?}");
}

#[test]
fn the_ends_do_not_click() {
    let cut = sine(16_000, 400.0, 12_000.0, 16_000 + 7);
    let cut = &cut[10..];
    let known = loudness(cut, 16_000).expect("a tone");
    let out = through(telephone(16_000, 16_000).known(known), cut);
    let alone = [&[0], &out[..], &[0]].concat();
    assert!(largest_step(&alone) <= largest_step(&out[200..15_000]) + 40);
    assert!(out[0].abs() < 200);
}

#[test]
fn what_is_said_is_still_understood() {
    let message = speech(48_000, 5.0);
    let known = loudness(&message, 48_000).expect("speech");
    let narrow = through(telephone(48_000, 8_000).known(known), &message);
    let back =
        through(Path::new(8_000, 48_000, known).expect("possible").known(TELEPHONE_DBOV), &narrow);
    let like = likeness(&message, &back, 48_000, 10);
    assert!(like > 0.97, "{like}");
    let change = decibels(&back) - decibels(&message);
    assert!(change.abs() < 1.0, "{change}");
}

#[test]
fn rates_that_no_device_has_are_refused() {
    assert_eq!(Path::new(7_999, 8_000, -26.0).err(), Some(Fault { from: 7_999, to: 8_000 }));
    assert!(Path::new(8_000, 0, -26.0).is_err());
    assert!(Path::new(8_000, 44_100, -26.0).is_err());
}

proptest! {
    #[test]
    fn any_sound_keeps_its_length_and_stays_below_full_scale(
        sound in vec(any::<i16>(), 0..5_000),
        known in -90f32..0.0,
    ) {
        let out = through(telephone(16_000, 16_000).known(known), &sound);
        prop_assert_eq!(out.len(), sound.len().next_multiple_of(320));
        prop_assert!(out.iter().all(|sample| sample.unsigned_abs() <= 31_131));
    }
}
