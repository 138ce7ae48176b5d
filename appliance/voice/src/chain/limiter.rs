//! A limiter that looks 1 ms ahead: nothing leaves louder than its ceiling.
//!
//! The sound is cut in steps of 1 ms. Each step has a gain that would bring its peak to the
//! ceiling; at the border of two steps the lesser gain holds, and between borders the gain moves
//! in a straight line, so it never exceeds what the step allows.

/// How fast the gain recovers, per step of 1 ms: from half to full in about 60 ms.
const RECOVERY: f32 = 1.0 / 120.0;

/// A running limiter.
pub struct Limiter {
    ceiling: f32,
    step: usize,
    /// Up to two steps of sound: the one to go out, and the one that decides its end.
    held: Vec<f32>,
    /// The gain where the held sound begins.
    gain: f32,
}

impl Limiter {
    /// A limiter at a rate that lets nothing above `ceiling` pass.
    pub fn new(rate: u32, ceiling: f32) -> Limiter {
        Limiter { ceiling, step: rate as usize / 1000, held: Vec::new(), gain: 1.0 }
    }

    /// Put sound in; what is finished is appended to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.held.extend_from_slice(samples);
        let mut at = 0;
        while at + 2 * self.step <= self.held.len() {
            let here = allowed(&self.held[at..at + self.step], self.ceiling);
            let next = allowed(&self.held[at + self.step..at + 2 * self.step], self.ceiling);
            let end = here.min(next).min(self.gain + RECOVERY);
            let start = self.gain.min(here);
            let slope = (end - start) / self.step as f32;
            let ceiling = self.ceiling;
            out.extend(
                self.held[at..at + self.step].iter().enumerate().map(|(n, sample)| {
                    (sample * (start + slope * n as f32)).clamp(-ceiling, ceiling)
                }),
            );
            self.gain = end;
            at += self.step;
        }
        self.held.drain(..at);
    }

    /// Bring out what is held back, and begin anew.
    pub fn flush(&mut self) -> Vec<f32> {
        let mut out = Vec::new();
        let length = self.held.len();
        self.push(&vec![0.0; 3 * self.step], &mut out);
        out.truncate(length);
        self.held.clear();
        self.gain = 1.0;
        out
    }
}

/// The greatest gain that keeps a step under the ceiling.
fn allowed(step: &[f32], ceiling: f32) -> f32 {
    let peak = step.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    if peak > ceiling { ceiling / peak } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::Limiter;
    use crate::speech::noise;

    #[test]
    fn nothing_leaves_louder_than_the_ceiling_and_nothing_is_lost() {
        let loud: Vec<f32> = noise(4_000, 3.0, 1);
        let mut limiter = Limiter::new(16_000, 0.95);
        let mut out = Vec::new();
        for piece in loud.chunks(77) {
            limiter.push(piece, &mut out);
        }
        out.extend(limiter.flush());
        assert_eq!(out.len(), loud.len());
        assert!(out.iter().all(|s| s.abs() <= 0.95));
    }

    #[test]
    fn sound_below_the_ceiling_is_left_alone() {
        let soft = noise(4_000, 0.9, 2);
        let mut limiter = Limiter::new(48_000, 1.0);
        let mut out = Vec::new();
        limiter.push(&soft, &mut out);
        out.extend(limiter.flush());
        assert_eq!(out, soft);
    }
}
