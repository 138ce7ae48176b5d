//! The bars of speech that grows: at most 64 columns, whatever its length.

use minicbor::{Decode, Encode};

/// Columns of a finished waveform.
pub(crate) const COLUMNS: usize = 64;

/// Peaks of frames, so many frames to a column; twice as many when the columns are full.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Peaks {
    #[cbor(n(1), with = "minicbor::bytes")]
    columns: Vec<u8>,
    #[n(2)]
    frames_each: u32,
    #[n(3)]
    in_last: u32,
}

impl Default for Peaks {
    fn default() -> Self {
        Self { columns: Vec::new(), frames_each: 1, in_last: 0 }
    }
}

impl Peaks {
    /// Puts in the next frame's peak.
    pub(crate) fn push(&mut self, peak: u8) {
        if self.in_last > 0 && self.in_last < self.frames_each {
            if let Some(last) = self.columns.last_mut() {
                *last = peak.max(*last);
            }
            self.in_last += 1;
            return;
        }
        if self.columns.len() >= COLUMNS {
            self.halve();
        }
        self.columns.push(peak);
        self.in_last = 1;
    }

    /// Puts in the next frame.
    pub(crate) fn push_frame(&mut self, samples: &[f32]) {
        let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        // The cast saturates, and takes what is no number as zero.
        self.push((peak * 255.0).round() as u8);
    }

    /// The columns so far.
    pub(crate) fn columns(&self) -> &[u8] {
        &self.columns
    }

    /// Stretched to all columns, for speech that is finished; empty if there is none.
    pub(crate) fn finished(&self) -> Vec<u8> {
        let have = self.columns.len();
        let stretched = (0..COLUMNS).map(|column| self.columns.get(column * have / COLUMNS));
        stretched.flatten().copied().collect()
    }

    fn halve(&mut self) {
        self.columns = self
            .columns
            .chunks(2)
            .map(|pair| pair.iter().copied().max().unwrap_or_default())
            .collect();
        self.frames_each = self.frames_each.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Peaks};

    #[test]
    fn a_long_speech_has_no_more_columns_than_a_short_one() {
        let mut peaks = Peaks::default();
        for frame in 0..45_000u32 {
            peaks.push(if frame == 44_999 { 200 } else { 10 });
        }
        assert!(peaks.columns().len() <= COLUMNS);
        assert_eq!(peaks.columns().last(), Some(&200));
        assert_eq!(peaks.finished().len(), COLUMNS);
        assert_eq!(peaks.finished()[0], 10);
    }

    #[test]
    fn no_speech_has_no_columns() {
        assert_eq!(Peaks::default().finished(), Vec::<u8>::new());
    }
}
