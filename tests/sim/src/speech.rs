//! A voice for simulated microphones: two formants over a pitch that moves, in syllables. Enough
//! like speech for a speech detector, and the same every time.

use std::f32::consts::{PI, TAU};

/// Formants of some vowels, in Hz.
const VOWELS: [(f32, f32); 5] =
    [(730.0, 1090.0), (270.0, 2290.0), (570.0, 840.0), (530.0, 1840.0), (300.0, 870.0)];

/// Somebody speaking for so many milliseconds.
#[must_use]
pub fn speech(rate: u32, milliseconds: u64) -> Vec<f32> {
    let mut formants = [Formant::default(), Formant::default()];
    let mut phase = 0.0f32;
    let count = u64::from(rate) * milliseconds / 1000;
    let say = |at: u64| {
        let time = at as f32 / rate as f32;
        let syllable = (time * 4.0).floor();
        let within = time * 4.0 - syllable;
        let loud = (PI * within).sin().powf(0.7);
        let pitch = 120.0 + 25.0 * (time * 3.1).sin() + 10.0 * (syllable % 3.0);
        phase = (phase + pitch / rate as f32).fract();
        let buzz = (2.0 * phase - 1.0) * loud;
        let (first, second) = VOWELS[syllable as usize % VOWELS.len()];
        let sound = formants[0].pass(buzz, first, rate) + formants[1].pass(buzz, second, rate);
        0.35 * sound.clamp(-2.5, 2.5)
    };
    (0..count).map(say).collect()
}

/// Nobody speaking for so many milliseconds.
#[must_use]
pub fn silence(rate: u32, milliseconds: u64) -> Vec<f32> {
    vec![0.0; usize::try_from(u64::from(rate) * milliseconds / 1000).unwrap_or_default()]
}

/// A resonance 120 Hz wide.
#[derive(Default)]
struct Formant {
    before: [f32; 2],
}

impl Formant {
    fn pass(&mut self, sample: f32, hertz: f32, rate: u32) -> f32 {
        let narrow = (-PI * 120.0 / rate as f32).exp();
        let turn = TAU * hertz / rate as f32;
        let out = (1.0 - narrow) * sample * 4.0 + 2.0 * narrow * turn.cos() * self.before[0]
            - narrow * narrow * self.before[1];
        self.before = [out, self.before[0]];
        out
    }
}
