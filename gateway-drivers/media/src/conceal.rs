//! Sound in the place of lost sound: the last period of the voice again and again, softer and
//! softer, in the spirit of G.711's appendix I.
//!
//! The joints are seamless without delaying what is heard. Into a loss: the copy begins with the
//! very step that the voice made a period ago, and what is left of the difference fades out. From
//! period to period: the end of the copy is blended into what came before its beginning. Out of
//! the loss: the copy and what is heard again are cross-faded.

use crate::codec::Rate;

/// The periods of voices: 400 to 66 Hz.
const SHORTEST_US: usize = 2_500;
const LONGEST_US: usize = 15_000;
/// What is compared to find the period.
const COMPARED_US: usize = 20_000;
/// The copy is as loud as what it copies for this long, and gone after that long.
const FULL_US: usize = 10_000;
const GONE_US: usize = 60_000;
/// How long a cross-fade lasts, and the fade into a pause.
const FADE_US: usize = 5_000;
/// Below this likeness the sound has no period.
const VOICED: f32 = 0.4;

/// Samples of so many microseconds.
pub(crate) const fn samples(rate: Rate, microseconds: usize) -> usize {
    rate.per_tick() * 8 * microseconds / 1_000
}

/// Follows what is heard, and goes on with it where it breaks off.
pub struct Concealer {
    rate: Rate,
    past: Vec<i16>,
    copy: Option<Copy>,
}

/// The sound that goes on.
struct Copy {
    period: Vec<f32>,
    /// Where the next sample stands in the period.
    at: usize,
    /// Samples made so far.
    made: usize,
    /// What the first sample lacks to follow the last one that was heard.
    rest: f32,
    /// When a pause began, rather than a loss.
    paused: Option<usize>,
}

impl Concealer {
    /// Nothing was heard yet, which is silence.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, past: vec![0; samples(rate, LONGEST_US + COMPARED_US) + 1], copy: None }
    }

    /// Sound was heard: its beginning is joined to what was made up before it.
    pub fn heard(&mut self, sound: &mut [i16]) {
        if let Some(mut copy) = self.copy.take() {
            let fade = samples(self.rate, FADE_US).min(sound.len());
            for (at, sample) in sound.iter_mut().take(fade).enumerate() {
                let share = (at + 1) as f32 / (fade + 1) as f32;
                let mixed = copy.next(self.rate) * (1.0 - share) + f32::from(*sample) * share;
                *sample = mixed.round() as i16;
            }
        }
        self.remember(sound);
    }

    /// Sound in the place of so many lost samples.
    pub fn conceal(&mut self, count: usize) -> Vec<i16> {
        self.make(count, false)
    }

    /// Silence for so many samples, behind a short fade.
    pub fn pause(&mut self, count: usize) -> Vec<i16> {
        self.make(count, true)
    }

    /// What is heard next does not follow what was heard last.
    pub fn splice(&mut self) {
        self.copy.get_or_insert_with(|| Copy::of(&self.past, self.rate));
    }

    fn make(&mut self, count: usize, is_pause: bool) -> Vec<i16> {
        let copy = self.copy.get_or_insert_with(|| Copy::of(&self.past, self.rate));
        copy.paused = if is_pause { copy.paused.or(Some(copy.made)) } else { copy.paused };
        let made: Vec<i16> = (0..count).map(|_| copy.next(self.rate).round() as i16).collect();
        self.remember(&made);
        made
    }

    fn remember(&mut self, sound: &[i16]) {
        let kept = self.past.len();
        self.past.extend_from_slice(sound);
        let excess = self.past.len() - kept;
        self.past.drain(..excess);
    }
}

impl Copy {
    fn of(past: &[i16], rate: Rate) -> Self {
        let compared = samples(rate, COMPARED_US);
        let longest = samples(rate, LONGEST_US);
        let (lag, likeness) = best_lag(past, compared, samples(rate, SHORTEST_US), longest);
        // A short piece of noise, repeated, would be a tone.
        let lag = if likeness < VOICED { longest } else { lag };
        let end = past.len();
        let mut period: Vec<f32> = past[end - lag..].iter().map(|s| f32::from(*s)).collect();
        let rest = period[lag - 1] - f32::from(past[end - lag - 1]);
        let blend = lag / 4;
        for at in 0..blend {
            let share = (at + 1) as f32 / blend as f32;
            let before = f32::from(past[end - lag - blend + at]);
            let sample = &mut period[lag - blend + at];
            *sample = *sample * (1.0 - share) + before * share;
        }
        Self { period, at: 0, made: 0, rest, paused: None }
    }

    fn next(&mut self, rate: Rate) -> f32 {
        let gain = self.gain(rate);
        let fading = 1.0 - self.made as f32 / samples(rate, FADE_US) as f32;
        let sample = (self.period[self.at] + self.rest * fading.max(0.0)) * gain;
        self.at = (self.at + 1) % self.period.len();
        self.made = self.made.saturating_add(1);
        sample.clamp(-32_768.0, 32_767.0)
    }

    fn gain(&self, rate: Rate) -> f32 {
        let (full, gone) = (samples(rate, FULL_US), samples(rate, GONE_US));
        let faded = self.made.saturating_sub(full) as f32 / (gone - full) as f32;
        let paused = self
            .paused
            .map_or(0.0, |since| (self.made - since) as f32 / samples(rate, FADE_US) as f32);
        (1.0 - faded).max(0.0) * (1.0 - paused).max(0.0)
    }
}

/// The distance at which the end of the sound is most like what came before, and how like it is:
/// 1 is the same. There have to be `compared + longest` samples.
pub(crate) fn best_lag(
    past: &[i16],
    compared: usize,
    shortest: usize,
    longest: usize,
) -> (usize, f32) {
    let (end, start) = (past.len(), past.len() - compared);
    let power = |piece: &[i16]| -> f32 { piece.iter().map(|s| f32::from(*s).powi(2)).sum() };
    let own = power(&past[start..]);
    let mut best = (longest, 0.0);
    for lag in shortest..=longest {
        let before = &past[start - lag..end - lag];
        let product: f32 =
            past[start..].iter().zip(before).map(|(a, b)| f32::from(*a) * f32::from(*b)).sum();
        let likeness = product / (own * power(before)).sqrt().max(1.0);
        // A multiple of the period is as like as the period; the shorter is wanted.
        if likeness > best.1 + 0.01 {
            best = (lag, likeness);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::{Concealer, samples};
    use crate::codec::Rate;
    use crate::speech::{decibels, largest_step, noise, sine, speech};

    #[test]
    fn a_tone_goes_on_in_its_own_phase() {
        for rate in [Rate::Narrow, Rate::Wide] {
            let tone = sine(rate.hertz(), 200.0, 10_000.0, 10 * rate.frame());
            let mut concealer = Concealer::new(rate);
            let (before, lost) = tone.split_at(5 * rate.frame());
            concealer.heard(&mut before.to_vec());
            let made = concealer.conceal(samples(rate, 10_000));
            for (made, lost) in made.iter().zip(lost) {
                assert!((i32::from(*made) - i32::from(*lost)).abs() < 700, "{made} for {lost}");
            }
        }
    }

    #[test]
    fn no_joint_steps_further_than_speech_does() {
        for (rate, seed) in [(Rate::Narrow, 1), (Rate::Wide, 2)] {
            for mut sound in [speech(rate.hertz(), 3.0), noise(48_000, 3_000.0, seed)] {
                let natural = largest_step(&sound);
                let mut concealer = Concealer::new(rate);
                let mut out = Vec::new();
                for (at, frame) in sound.chunks_exact_mut(rate.frame()).enumerate() {
                    match at % 7 {
                        3 => out.extend(concealer.conceal(frame.len())),
                        5 => {
                            concealer.splice();
                            concealer.heard(frame);
                            out.extend_from_slice(frame);
                        }
                        _ => {
                            concealer.heard(frame);
                            out.extend_from_slice(frame);
                        }
                    }
                }
                let step = largest_step(&out);
                assert!(step <= natural + natural / 4, "{rate:?}: {step} over {natural}");
            }
        }
    }

    #[test]
    fn what_is_made_up_fades_within_60_ms_and_a_pause_within_5() {
        let rate = Rate::Narrow;
        let mut concealer = Concealer::new(rate);
        concealer.heard(&mut sine(8_000, 150.0, 10_000.0, 800));
        let made = concealer.conceal(800);
        assert!(decibels(&made[..80]) > -14.0);
        assert!(made[480..].iter().all(|sample| *sample == 0));
        concealer.heard(&mut sine(8_000, 150.0, 10_000.0, 800));
        assert!(concealer.pause(160)[40..].iter().all(|sample| *sample == 0));
    }
}
