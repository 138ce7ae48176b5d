//! The whole chain: noise, gain, silence, odd rates.

use super::{Chain, ChainError, Frame, Mode};
use crate::speech::{decibels, envelope_correlation, noise, speech};

fn run(samples: &[f32], from: u32, to: u32, mode: Mode) -> (Vec<Frame>, Vec<f32>) {
    let mut chain = Chain::new(from, to, mode).expect("possible rates");
    let mut frames = Vec::new();
    for piece in samples.chunks(377) {
        chain.push(piece, &mut frames);
    }
    chain.flush(&mut frames);
    let out = frames.iter().flat_map(|frame| frame.samples.iter().copied()).collect();
    (frames, out)
}

fn mix(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

// row 20
#[test]
fn noise_is_removed_and_speech_stays() {
    for (from, to) in [(16_000, 16_000), (48_000, 16_000), (48_000, 48_000), (44_100, 16_000)] {
        let voice = speech(from, 8.0);
        let noisy = mix(&voice, &noise(voice.len(), 0.03, 1));
        let (_, out) = run(&noisy, from, to, Mode::Clean);
        let clean = super::resample::resample(&voice, from, to).expect("possible rates");
        let second = to as usize;
        let likeness = envelope_correlation(&clean[2 * second..], &out[2 * second..], to);
        assert!(likeness > 0.9, "{from} to {to}: {likeness}");

        let only_noise = noise(8 * from as usize, 0.03, 2);
        let (_, out) = run(&only_noise, from, to, Mode::Clean);
        let less = decibels(&only_noise) - decibels(&out[4 * second..]);
        assert!(less > 8.0, "{from} to {to}: noise only {less} dB down");
    }
}

// row 20
#[test]
fn quiet_and_loud_talkers_are_brought_together() {
    let voice = speech(16_000, 12.0);
    let level = |gain: f32| {
        let voice: Vec<f32> = voice.iter().map(|s| s * gain).collect();
        let (_, out) = run(&voice, 16_000, 16_000, Mode::Clean);
        decibels(&out[8 * 16_000..])
    };
    let (quiet, loud) = (level(0.05), level(1.0));
    let before = 20.0 * (1.0f32 / 0.05).log10();
    assert!(loud - quiet < before / 2.0, "{quiet} and {loud} dBFS, {before} dB apart before");
    assert!(quiet > -35.0, "{quiet} dBFS");
}

// row 14
#[test]
fn silence_is_counted_from_the_end_of_speech() {
    for rate in [16_000, 48_000] {
        let mut sound = speech(rate, 4.0);
        let spoken = sound.len();
        sound.resize(spoken + 4 * rate as usize, 0.0);
        let sound = mix(&sound, &noise(sound.len(), 0.003, 3));
        let mut chain = Chain::new(rate, 16_000, Mode::Clean).expect("possible rates");
        let mut frames = Vec::new();
        let (mut spoke, mut stopped) = (false, None);
        for (at, piece) in sound.chunks(rate as usize / 50).enumerate() {
            chain.push(piece, &mut frames);
            spoke |= frames.drain(..).any(|frame| frame.speech);
            if chain.silent_ms() >= 2_000 && stopped.is_none() {
                stopped = Some(at as f32 / 50.0);
            }
        }
        assert!(spoke);
        let stopped = stopped.expect("two seconds of silence were noticed");
        assert!((5.5..6.6).contains(&stopped), "stopped at {stopped} s");
    }
}

#[test]
fn pass_through_changes_nothing() {
    let voice: Vec<f32> = speech(16_000, 1.0).iter().map(|s| s.clamp(-1.0, 1.0)).collect();
    let (frames, out) = run(&voice, 16_000, 16_000, Mode::PassThrough);
    assert_eq!(out, voice);
    assert_eq!(frames.len(), 50);
}

#[test]
fn the_last_frame_is_filled_up() {
    let (frames, out) = run(&[0.5; 321], 16_000, 16_000, Mode::PassThrough);
    assert_eq!(frames.len(), 2);
    assert_eq!(out[320], 0.5);
    assert_eq!(out[321..], [0.0; 319]);
    assert!(run(&[], 48_000, 16_000, Mode::Clean).0.is_empty());
}

#[test]
fn nonsense_samples_and_rates_do_no_harm() {
    let bad = [f32::NAN, f32::INFINITY, -1e30, 1e30].repeat(4_000);
    let (_, out) = run(&bad, 48_000, 16_000, Mode::Clean);
    assert!(out.iter().all(|s| s.is_finite() && s.abs() <= 1.0));
    assert_eq!(Chain::new(0, 16_000, Mode::Clean).err(), Some(ChainError::Rate(0)));
    let odd = Chain::new(48_000, 16_001, Mode::Clean).err();
    assert_eq!(odd, Some(ChainError::OutputRate(16_001)));
}

#[test]
fn the_chain_holds_back_little() {
    let mut chain = Chain::new(48_000, 16_000, Mode::Clean).expect("possible rates");
    let mut frames = Vec::new();
    for _ in 0..50 {
        chain.push(&[0.1; 960], &mut frames);
    }
    assert!(frames.len() >= 48, "{} of 50", frames.len());
}
