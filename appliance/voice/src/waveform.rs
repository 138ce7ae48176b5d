//! The bars of a recording, for a screen that shows it for review.

/// The peak of each of `columns` equal stretches of the samples, 255 for full scale. Columns
/// beyond the end of a very short recording repeat its samples; no samples give bars of zero.
pub fn waveform(samples: &[f32], columns: usize) -> Vec<u8> {
    (0..columns)
        .map(|column| {
            let start = stretch(samples.len(), column, columns);
            let end = stretch(samples.len(), column + 1, columns).max(start + 1);
            let bar = samples.get(start..end.min(samples.len())).unwrap_or(&[]);
            let peak = bar.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
            // The cast saturates at 255.
            (peak * 255.0).round() as u8
        })
        .collect()
}

fn stretch(samples: usize, column: usize, columns: usize) -> usize {
    (samples as u64 * column as u64 / columns as u64) as usize
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::waveform;

    // row 22
    #[test]
    fn each_bar_is_the_peak_of_its_stretch() {
        assert_eq!(waveform(&[0.0, 1.0, -0.5, 0.25, 0.0, 0.0], 3), [255, 128, 0]);
        assert_eq!(waveform(&[], 2), [0, 0]);
        assert_eq!(waveform(&[1.0], 3), [255, 255, 255]);
        assert_eq!(waveform(&[1.0], 0), Vec::<u8>::new());
    }

    proptest! {
        #[test]
        fn there_are_as_many_bars_as_asked(samples in vec(any::<f32>(), 0..200), columns in 0usize..300) {
            prop_assert_eq!(waveform(&samples, columns).len(), columns);
        }
    }
}
