//! Signals to test with, and how two of them are compared.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The two lowest formants of some vowels, in Hz.
const VOWELS: [(f32, f32); 5] =
    [(730.0, 1090.0), (270.0, 2290.0), (570.0, 840.0), (530.0, 1840.0), (300.0, 870.0)];

/// A resonance of 120 Hz width.
#[derive(Default)]
struct Formant {
    y: [f32; 2],
}

impl Formant {
    fn pass(&mut self, x: f32, hertz: f32, rate: u32) -> f32 {
        let r = (-std::f32::consts::PI * 120.0 / rate as f32).exp();
        let turn = std::f32::consts::TAU * hertz / rate as f32;
        let y = (1.0 - r) * x + 2.0 * r * turn.cos() * self.y[0] - r * r * self.y[1];
        self.y = [y, self.y[0]];
        y
    }
}

/// A talker who peaks at about a third of full scale: syllables of 180 ms at a gliding pitch, and
/// a pause after every fourth.
pub(crate) fn speech(rate: u32, seconds: f32) -> Vec<i16> {
    let mut formants = [Formant::default(), Formant::default()];
    let mut phase = 0.0f32;
    let sound: Vec<f32> = (0..(rate as f32 * seconds) as usize)
        .map(|at| {
            let time = at as f32 / rate as f32;
            let syllable = (time / 0.18) as usize;
            let within = (time / 0.18).fract();
            let loud = if syllable % 5 == 4 { 0.0 } else { (within * std::f32::consts::PI).sin() };
            phase = (phase + (110.0 + 30.0 * (time * 2.1).sin()) / rate as f32).fract();
            // A glottal pulse rather than a saw tooth: no step in it, as there is none in a throat.
            let buzz = (phase * std::f32::consts::TAU).sin().max(0.0).powi(3) * loud;
            let (first, second) = VOWELS[syllable % VOWELS.len()];
            formants[0].pass(buzz, first, rate) + formants[1].pass(buzz, second, rate)
        })
        .collect();
    let most = sound.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
    sound.iter().map(|sample| (sample / most * 10_000.0) as i16).collect()
}

/// A sine wave of this amplitude.
pub(crate) fn sine(rate: u32, hertz: f32, amplitude: f32, samples: usize) -> Vec<i16> {
    let turn = std::f32::consts::TAU * hertz / rate as f32;
    (0..samples).map(|at| (amplitude * (turn * at as f32).sin()) as i16).collect()
}

/// White noise up to this amplitude.
pub(crate) fn noise(samples: usize, amplitude: f32, seed: u64) -> Vec<i16> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut draw = || rng.next_u32() as f32 / u32::MAX as f32 * 2.0 - 1.0;
    (0..samples).map(|_| (draw() * amplitude) as i16).collect()
}

/// The largest step between neighbours.
pub(crate) fn largest_step(samples: &[i16]) -> i32 {
    let steps = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
    steps.max().unwrap_or(0)
}

/// Power in decibels against a square wave of full scale.
pub(crate) fn decibels(samples: &[i16]) -> f32 {
    let power: f64 = samples.iter().map(|s| (f64::from(*s) / 32_768.0).powi(2)).sum();
    10.0 * (power / samples.len().max(1) as f64).max(1e-12).log10() as f32
}

/// How alike the loudness of two signals is over time, in steps of 10 ms, allowing for a delay of
/// up to `most_ms`: 1 is the same.
pub(crate) fn likeness(a: &[i16], b: &[i16], rate: u32, most_ms: usize) -> f32 {
    let step = rate as usize / 100;
    let envelope = |samples: &[i16]| -> Vec<f32> {
        let loud = |c: &[i16]| c.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>().sqrt();
        samples.chunks_exact(step).map(loud).collect()
    };
    let a = envelope(a);
    let late = |ms: usize| b.get(ms * rate as usize / 1_000..).unwrap_or(&[]);
    (0..=most_ms).map(|ms| correlation(&a, &envelope(late(ms)))).fold(0.0, f32::max)
}

/// The correlation of two series over their common length.
pub(crate) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let count = a.len().min(b.len());
    let (a, b) = (&a[..count], &b[..count]);
    let mean = |v: &[f32]| v.iter().sum::<f32>() / count.max(1) as f32;
    let (ma, mb) = (mean(a), mean(b));
    let (mut top, mut va, mut vb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        top += (x - ma) * (y - mb);
        va += (x - ma) * (x - ma);
        vb += (y - mb) * (y - mb);
    }
    top / (va * vb).sqrt().max(f32::MIN_POSITIVE)
}
