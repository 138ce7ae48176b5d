//! How loud 20 ms are: for the meter on the screen.

/// The quietest level shown, in dBFS.
pub const FLOOR_DBFS: f32 = -96.0;

/// Peak and power of a frame, in decibels against full scale: 0 is the loudest possible, and
/// [`FLOOR_DBFS`] stands for everything quieter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The loudest sample.
    pub peak_dbfs: f32,
    /// The root mean square.
    pub rms_dbfs: f32,
}

impl Level {
    /// The level of some samples.
    pub fn of(samples: &[f32]) -> Level {
        let peak = samples.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32;
        Level { peak_dbfs: dbfs(peak), rms_dbfs: dbfs(power.sqrt()) }
    }
}

fn dbfs(amplitude: f32) -> f32 {
    if amplitude > 0.0 { (20.0 * amplitude.log10()).clamp(FLOOR_DBFS, 0.0) } else { FLOOR_DBFS }
}

#[cfg(test)]
mod tests {
    use super::{FLOOR_DBFS, Level};

    #[test]
    fn full_half_and_no_loudness_read_as_such() {
        let full = Level::of(&[1.0, -1.0, 1.0, -1.0]);
        assert_eq!((full.peak_dbfs, full.rms_dbfs), (0.0, 0.0));
        let half = Level::of(&[0.5, 0.0, 0.0, 0.0]);
        assert!((half.peak_dbfs + 6.02).abs() < 0.01);
        assert!((half.rms_dbfs + 12.04).abs() < 0.01);
        assert_eq!(Level::of(&[]).peak_dbfs, FLOOR_DBFS);
    }
}
