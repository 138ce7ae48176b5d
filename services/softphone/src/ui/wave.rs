//! Loudness in block characters: the waveform of a message, the level of the microphone.

/// From silence to full height.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The level below which the meter is empty, dBFS.
const QUIETEST: f32 = -60.0;

/// Peaks (0 to 255) in `width` columns of one row. The louder neighbour counts.
#[must_use]
pub fn waveform(peaks: &[u8], width: usize) -> String {
    if peaks.is_empty() || width == 0 {
        return String::new();
    }
    let column = |at: usize| {
        let from = at * peaks.len() / width;
        let to = ((at + 1) * peaks.len()).div_ceil(width).clamp(from + 1, peaks.len());
        let peak = peaks[from..to].iter().max().copied().unwrap_or(0);
        // A line at the bottom shows that something is there.
        BLOCKS[(usize::from(peak) * 8).div_ceil(255).clamp(1, 8)]
    };
    (0..width).map(column).collect()
}

/// The level of the microphone as a bar of `width` columns.
#[must_use]
pub fn meter(level_dbfs: f32, width: usize) -> String {
    let share = ((level_dbfs - QUIETEST) / -QUIETEST).clamp(0.0, 1.0);
    let filled = (share * width as f32).round() as usize;
    (0..width).map(|column| if column < filled { '▮' } else { '▯' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{meter, waveform};

    #[test]
    fn a_waveform_fits_every_width() {
        let peaks: Vec<u8> = (0..64).map(|column| column * 4).collect();
        assert_eq!(waveform(&peaks, 8), "▁▂▃▄▅▆▇█");
        for width in 1..200 {
            assert_eq!(waveform(&peaks, width).chars().count(), width);
        }
        assert_eq!(waveform(&[255, 0], 4), "██▁▁");
        assert_eq!(waveform(&[], 4), "");
    }

    #[test]
    fn the_meter_goes_from_silence_to_full_scale() {
        assert_eq!(meter(-90.0, 4), "▯▯▯▯");
        assert_eq!(meter(-30.0, 4), "▮▮▯▯");
        assert_eq!(meter(0.0, 4), "▮▮▮▮");
        assert_eq!(meter(f32::NAN, 2), "▯▯");
    }
}
