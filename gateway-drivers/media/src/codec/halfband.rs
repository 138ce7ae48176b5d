//! Twice or half as many samples: 8 to 16 kHz and back by a half-band filter.
//!
//! Every second tap of such a filter is zero but for the middle one, which makes it cheap. It
//! passes 3400 Hz and stops what would be folded into speech; its delay is 31 samples of the wide
//! rate, 2 ms.

/// Taps on either side of the middle that are not zero.
const SIDE: usize = 16;
/// Samples that the filter looks at, of every second kind.
const SPAN: usize = 2 * SIDE;

/// The taps on one side of the middle: a sinc under a Kaiser window, for a gain of one.
fn taps() -> [f32; SIDE] {
    let mut taps = [0.0; SIDE];
    for (at, tap) in taps.iter_mut().enumerate() {
        let place = (2 * at + 1) as f32;
        let sinc = (std::f32::consts::FRAC_PI_2 * place).sin() / (std::f32::consts::PI * place);
        *tap = sinc * kaiser(place / (2 * SIDE) as f32);
    }
    // The taps of each kind add up to a half, so that a constant passes as it is.
    let sum: f32 = taps.iter().sum::<f32>() * 2.0;
    taps.map(|tap| tap * 0.5 / sum)
}

/// A Kaiser window for 60 dB, at a place between -1 and 1.
fn kaiser(place: f32) -> f32 {
    const BETA: f32 = 5.65;
    bessel(BETA * (1.0 - place * place).max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind and order 0, by its series.
fn bessel(x: f32) -> f32 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..20 {
        term *= (x / (2 * n) as f32).powi(2);
        sum += term;
    }
    sum
}

fn sample(value: f32) -> i16 {
    // The cast saturates.
    value.round() as i16
}

/// The sum of the taps over the last [`SPAN`] samples, the oldest first.
fn side(taps: &[f32; SIDE], span: &[f32]) -> f32 {
    let (old, new) = span.split_at(SIDE);
    old.iter().rev().zip(new).zip(taps).map(|((old, new), tap)| (old + new) * tap).sum()
}

/// From 8 to 16 kHz.
pub(super) struct Doubler {
    taps: [f32; SIDE],
    past: Vec<f32>,
}

impl Default for Doubler {
    fn default() -> Self {
        Self { taps: taps(), past: vec![0.0; SPAN - 1] }
    }
}

impl Doubler {
    pub(super) fn push(&mut self, samples: &[i16]) -> Vec<i16> {
        self.past.extend(samples.iter().map(|sample| f32::from(*sample)));
        let mut out = Vec::with_capacity(2 * samples.len());
        for span in self.past.windows(SPAN) {
            // One is there, and one between it and the next is made.
            out.push(sample(span[SIDE - 1]));
            out.push(sample(2.0 * side(&self.taps, span)));
        }
        self.past.drain(..samples.len());
        out
    }
}

/// From 16 to 8 kHz.
pub(super) struct Halver {
    taps: [f32; SIDE],
    even: Vec<f32>,
    odd: Vec<f32>,
}

impl Default for Halver {
    fn default() -> Self {
        Self { taps: taps(), even: vec![0.0; SIDE - 1], odd: vec![0.0; SPAN - 1] }
    }
}

impl Halver {
    /// The number of samples is even, as that of every wide frame is.
    pub(super) fn push(&mut self, samples: &[i16]) -> Vec<i16> {
        for pair in samples.chunks_exact(2) {
            self.even.push(f32::from(pair[0]));
            self.odd.push(f32::from(pair[1]));
        }
        let middle = self.even.iter();
        let out = self.odd.windows(SPAN).zip(middle);
        let out = out.map(|(span, middle)| sample(0.5 * middle + side(&self.taps, span))).collect();
        self.even.drain(..samples.len() / 2);
        self.odd.drain(..samples.len() / 2);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Doubler, Halver};
    use crate::speech::{decibels, sine};

    #[test]
    fn a_tone_keeps_its_loudness_and_gains_no_mirror() {
        for hertz in [100.0, 1_000.0, 3_000.0, 3_400.0] {
            let narrow = sine(8_000, hertz, 10_000.0, 8_000);
            let wide = Doubler::default().push(&narrow);
            assert_eq!(wide.len(), 16_000);
            assert!((decibels(&wide) - decibels(&narrow)).abs() < 0.2, "{hertz}");
            let ideal = sine(16_000, hertz, 10_000.0, 16_000);
            // The delay of this half is 32 samples less one.
            let worst = (100..15_900).map(|at| (wide[at + 32] - ideal[at]).abs()).max();
            assert!(worst < Some(60), "{hertz}: {worst:?}");
            let back = Halver::default().push(&wide);
            assert!((decibels(&back) - decibels(&narrow)).abs() < 0.3, "{hertz} and back");
        }
    }

    #[test]
    fn what_the_narrow_rate_cannot_hold_is_not_folded_into_it() {
        for hertz in [4_800.0, 5_500.0, 7_000.0] {
            let narrow = Halver::default().push(&sine(16_000, hertz, 10_000.0, 16_000));
            assert!(decibels(&narrow[100..]) < -65.0, "{hertz}: {}", decibels(&narrow[100..]));
        }
    }

    #[test]
    fn pieces_make_the_same_as_the_whole() {
        let tone = sine(16_000, 700.0, 9_000.0, 3_200);
        let (mut halver, mut doubler) = (Halver::default(), Doubler::default());
        let pieces: Vec<i16> = tone.chunks(320).flat_map(|piece| halver.push(piece)).collect();
        assert_eq!(pieces, Halver::default().push(&tone));
        let pieces: Vec<i16> = tone.chunks(77).flat_map(|piece| doubler.push(piece)).collect();
        assert_eq!(pieces, Doubler::default().push(&tone));
    }
}
