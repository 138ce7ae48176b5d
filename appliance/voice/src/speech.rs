//! Speech-like signals for tests: syllables of a buzzing voice through two formants, pauses
//! between words, and the measures by which they are compared.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A talker: voiced syllables of 180 ms, a pause after every fourth.
pub(crate) fn speech(rate: u32, seconds: f32) -> Vec<f32> {
    let count = (rate as f32 * seconds) as usize;
    let mut formants = [Formant::default(), Formant::default()];
    let mut phase = 0.0f32;
    (0..count)
        .map(|at| {
            let time = at as f32 / rate as f32;
            let syllable = (time / 0.18) as u32;
            let within = (time / 0.18).fract();
            let loud = if syllable % 5 == 4 { 0.0 } else { (within * std::f32::consts::PI).sin() };
            let pitch = 110.0 + 30.0 * (time * 2.1).sin();
            phase = (phase + pitch / rate as f32).fract();
            let buzz = (2.0 * phase - 1.0) * loud;
            let (first, second) = VOWELS[syllable as usize % VOWELS.len()];
            let sound = formants[0].pass(buzz, first, rate) + formants[1].pass(buzz, second, rate);
            0.35 * sound.clamp(-2.5, 2.5)
        })
        .collect()
}

/// The two lowest formants of some vowels, in Hz.
const VOWELS: [(f32, f32); 5] =
    [(730.0, 1090.0), (270.0, 2290.0), (570.0, 840.0), (530.0, 1840.0), (300.0, 870.0)];

/// White noise at a level (0 to 1).
pub(crate) fn noise(samples: usize, level: f32, seed: u64) -> Vec<f32> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    (0..samples).map(|_| level * (rng.next_u32() as f32 / u32::MAX as f32 * 2.0 - 1.0)).collect()
}

/// A resonance of 120 Hz width.
#[derive(Default)]
struct Formant {
    y: [f32; 2],
}

impl Formant {
    fn pass(&mut self, x: f32, hertz: f32, rate: u32) -> f32 {
        let r = (-std::f32::consts::PI * 120.0 / rate as f32).exp();
        let turn = std::f32::consts::TAU * hertz / rate as f32;
        let y = (1.0 - r) * x * 4.0 + 2.0 * r * turn.cos() * self.y[0] - r * r * self.y[1];
        self.y = [y, self.y[0]];
        y
    }
}

/// How alike the loudness of two signals is over time (10 ms steps), allowing for a delay of up
/// to 60 ms: 1 is the same.
pub(crate) fn envelope_correlation(a: &[f32], b: &[f32], rate: u32) -> f32 {
    let step = rate as usize / 100;
    let envelope = |s: &[f32]| -> Vec<f32> {
        s.chunks_exact(step).map(|c| (c.iter().map(|x| x * x).sum::<f32>()).sqrt()).collect()
    };
    let (a, b) = (envelope(a), envelope(b));
    (0..6).map(|lag| correlation(&a, b.get(lag..).unwrap_or(&[]))).fold(0.0, f32::max)
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let count = a.len().min(b.len());
    let (a, b) = (&a[..count], &b[..count]);
    let mean = |v: &[f32]| v.iter().sum::<f32>() / count as f32;
    let (ma, mb) = (mean(a), mean(b));
    let (mut top, mut va, mut vb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        top += (x - ma) * (y - mb);
        va += (x - ma) * (x - ma);
        vb += (y - mb) * (y - mb);
    }
    top / (va * vb).sqrt()
}

/// Power in decibels against full scale.
pub(crate) fn decibels(samples: &[f32]) -> f32 {
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    10.0 * power.max(1e-12).log10()
}
