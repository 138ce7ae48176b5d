//! Concealment for codecs that have none: the last frame again, quieter each time.

/// How much of the last frame is left after each further lost frame: silence after five.
const KEEP: f32 = 0.5;
const FLOOR: f32 = 0.05;

/// The last frame that was heard, and how loud it may still be.
pub(super) struct Fade {
    last: Vec<f32>,
    gain: f32,
}

impl Fade {
    pub(super) fn new(samples: usize) -> Fade {
        Fade { last: vec![0.0; samples], gain: 0.0 }
    }

    /// A frame was heard.
    pub(super) fn heard(&mut self, samples: &[f32]) {
        self.last.copy_from_slice(samples);
        self.gain = 1.0;
    }

    /// A frame in the place of one that was not heard.
    pub(super) fn conceal(&mut self) -> Vec<f32> {
        let start = self.gain;
        let end = if start * KEEP < FLOOR { 0.0 } else { start * KEEP };
        self.gain = end;
        let step = (end - start) / self.last.len() as f32;
        // Backwards, so that the copy joins what was heard without a jump.
        self.last.reverse();
        self.last.iter().enumerate().map(|(at, s)| s * (start + step * at as f32)).collect()
    }
}
