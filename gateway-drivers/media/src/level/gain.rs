//! A gain that slowly finds its way to the target, and stands still while nobody speaks.

use super::active::ActiveLevel;

/// How fast it moves, in dB a second of speech.
const SPEED: f32 = 6.0;
/// Speech is made at most this much louder, so that a quiet room does not become a storm, and at
/// most this much softer.
const MOST_UP: f32 = 20.0;
const MOST_DOWN: f32 = 30.0;
/// What was said so many seconds ago counts half.
const HALF_S: f64 = 10.0;

pub(super) struct Gain {
    target: f32,
    level: ActiveLevel,
    /// In dB.
    now: f32,
    /// What is to be reached, while no speech has told otherwise.
    wanted: f32,
    /// Samples of a step of 1 ms, between which it moves in a straight line.
    step: usize,
}

impl Gain {
    pub(super) fn new(rate: u32, target: f32) -> Self {
        let level = ActiveLevel::forgetting(rate, HALF_S);
        Self { target, level, now: 0.0, wanted: 0.0, step: (rate / 1_000) as usize }
    }

    /// The loudness is known beforehand: the gain begins where it belongs.
    pub(super) fn know(&mut self, dbov: f32) {
        self.wanted = self.right_for(dbov);
        self.now = self.wanted;
    }

    fn right_for(&self, dbov: f32) -> f32 {
        (self.target - dbov).clamp(-MOST_DOWN, MOST_UP)
    }

    pub(super) fn apply(&mut self, samples: &mut [f32]) {
        for step in samples.chunks_mut(self.step) {
            for sample in step.iter() {
                self.level.push(*sample);
            }
            let start = self.now;
            if let Some(level) = self.level.dbov().filter(|level| self.level.is_active(*level)) {
                self.wanted = self.right_for(level);
                let most = SPEED * step.len() as f32 / (1_000.0 * self.step as f32);
                self.now += (self.wanted - self.now).clamp(-most, most);
            }
            let (start, end) = (ratio(start), ratio(self.now));
            let slope = (end - start) / step.len() as f32;
            for (at, sample) in step.iter_mut().enumerate() {
                *sample *= start + slope * at as f32;
            }
        }
    }
}

fn ratio(decibels: f32) -> f32 {
    10f32.powf(decibels / 20.0)
}
