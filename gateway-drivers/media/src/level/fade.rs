//! The ends of a sound: in and out within 5 ms, so that there is no click.

/// Milliseconds of a fade.
const MS: usize = 5;

pub(super) struct Fade {
    length: usize,
    /// Samples since the beginning, as far as they matter.
    at: usize,
    /// The last samples, which may turn out to be the end.
    held: Vec<f32>,
}

impl Fade {
    pub(super) fn new(rate: u32) -> Self {
        Self { length: rate as usize / 1_000 * MS, at: 0, held: Vec::new() }
    }

    /// Puts sound in; all but the last 5 ms is appended to `out`.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for sample in samples {
            let share = (self.at + 1) as f32 / (self.length + 1) as f32;
            self.held.push(sample * share.min(1.0));
            self.at = self.length.min(self.at + 1);
        }
        let done = self.held.len().saturating_sub(self.length);
        out.extend(self.held.drain(..done));
    }

    /// It was the end. What comes next fades in again.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        let length = self.held.len();
        let last = self.held.drain(..).enumerate();
        out.extend(last.map(|(at, sample)| sample * (length - at) as f32 / (length + 1) as f32));
        self.at = 0;
    }
}
