//! How loud speech is while somebody speaks: the active speech level, as ITU-T P.56 defines it.
//!
//! An envelope is compared with many thresholds at once; for each is counted how long it was above
//! (with 200 ms of hangover, so that a short pause counts as speech). The level is the power over
//! that time, for the threshold that lies 15.9 dB below it.

/// Thresholds from 2^-15 to 2^-1 of full scale.
const THRESHOLDS: usize = 15;
/// How far the right threshold lies below the level.
const MARGIN_DB: f64 = 15.9;
/// Time constant of the envelope.
const SMOOTHING_S: f64 = 0.03;
/// How long speech counts on behind the envelope.
const HANGOVER_S: f64 = 0.2;
/// Speech that has to be known before its level is: 100 ms.
const LEAST_S: f64 = 0.1;

/// A running measurement.
#[derive(Clone, Debug)]
pub struct ActiveLevel {
    rate: f64,
    keep: f64,
    /// What each sample leaves of those before it.
    memory: f64,
    envelope: [f64; 2],
    power: f64,
    active: [f64; THRESHOLDS],
    hangover: [u32; THRESHOLDS],
}

impl ActiveLevel {
    /// A measurement that forgets nothing.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let rate = f64::from(rate.max(1));
        let keep = (-1.0 / (rate * SMOOTHING_S)).exp();
        Self {
            rate,
            keep,
            memory: 1.0,
            envelope: [0.0; 2],
            power: 0.0,
            active: [0.0; THRESHOLDS],
            hangover: [0; THRESHOLDS],
        }
    }

    /// A measurement that half forgets what was so many seconds ago.
    #[must_use]
    pub fn forgetting(rate: u32, half_s: f64) -> Self {
        let level = Self::new(rate);
        let memory = 0.5f64.powf(1.0 / (level.rate * half_s));
        Self { memory, ..level }
    }

    /// Takes a sample between -1 and 1 in.
    pub fn push(&mut self, sample: f32) {
        let sample = f64::from(sample);
        self.power = self.power * self.memory + sample * sample;
        self.envelope[0] += (1.0 - self.keep) * (sample.abs() - self.envelope[0]);
        self.envelope[1] += (1.0 - self.keep) * (self.envelope[0] - self.envelope[1]);
        let hangover = (self.rate * HANGOVER_S) as u32;
        let mut threshold = 1.0 / 32_768.0;
        for (active, left) in self.active.iter_mut().zip(&mut self.hangover) {
            *active *= self.memory;
            if self.envelope[1] >= threshold {
                *left = hangover;
                *active += 1.0;
            } else if *left > 0 {
                *left -= 1;
                *active += 1.0;
            }
            threshold *= 2.0;
        }
    }

    /// The level of speech, in dB against a square wave of full scale; nothing while too little
    /// was said.
    #[must_use]
    pub fn dbov(&self) -> Option<f32> {
        let mut before: Option<(f64, f64)> = None;
        for (at, active) in self.active.iter().enumerate() {
            if *active < self.rate * LEAST_S {
                return None;
            }
            let level = 10.0 * (self.power / active).max(1e-12).log10();
            let threshold = 20.0 * (at as f64 - 15.0) * 2f64.log10();
            let above = level - threshold;
            if above <= MARGIN_DB {
                let exact = before.map_or(level, |(last_level, last_above)| {
                    let share = (last_above - MARGIN_DB) / (last_above - above).max(1e-9);
                    last_level + share.clamp(0.0, 1.0) * (level - last_level)
                });
                return Some(exact as f32);
            }
            before = Some((level, above));
        }
        None
    }

    /// Does somebody speak just now, at about that level?
    #[must_use]
    pub fn is_active(&self, dbov: f32) -> bool {
        let threshold = 10f64.powf((f64::from(dbov) - MARGIN_DB) / 20.0);
        self.envelope[1] >= threshold
    }
}

#[cfg(test)]
mod tests {
    use super::ActiveLevel;
    use crate::level::loudness;
    use crate::speech::{decibels, noise, sine, speech};

    #[test]
    fn pauses_do_not_count() {
        let talk = speech(8_000, 4.0);
        let alone = loudness(&talk, 8_000).expect("speech");
        let among = [vec![0; 40_000], talk.clone(), vec![0; 80_000]].concat();
        let among = loudness(&among, 8_000).expect("speech");
        // The hangover behind the last word is all that a pause adds.
        assert!((alone - among).abs() < 0.5, "{alone} {among}");
        assert!((alone - decibels(&talk)).abs() < 2.5, "{alone}");
    }

    #[test]
    fn a_steady_tone_has_its_own_level_at_any_loudness_and_rate() {
        for rate in [8_000, 16_000, 48_000] {
            for amplitude in [300.0, 3_000.0, 30_000.0] {
                let tone = sine(rate, 700.0, amplitude, 4 * rate as usize);
                let level = loudness(&tone, rate).expect("a tone");
                assert!((level - decibels(&tone)).abs() < 0.3, "{rate} {amplitude}: {level}");
            }
        }
    }

    #[test]
    fn silence_and_what_is_too_short_have_no_level() {
        assert_eq!(loudness(&[0; 16_000], 8_000), None);
        assert_eq!(loudness(&[1; 16_000], 8_000), None);
        assert_eq!(loudness(&noise(400, 9_000.0, 1), 8_000), None);
        assert_eq!(loudness(&[], 8_000), None);
    }

    #[test]
    fn a_measurement_that_forgets_follows() {
        let mut level = ActiveLevel::forgetting(8_000, 2.0);
        for (amplitude, expected) in [(20_000.0, -7.3), (2_000.0, -27.3)] {
            for sample in sine(8_000, 500.0, amplitude, 8_000 * 30) {
                level.push(f32::from(sample) / 32_768.0);
            }
            let told = level.dbov().expect("a tone");
            assert!((told - expected).abs() < 0.5, "{told}");
        }
    }
}
