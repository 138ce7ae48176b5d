//! The two sounds that the softphone makes itself: a message came (row 27), and the message is
//! nearly as long as it may be.

/// Samples per second of both.
pub const RATE: u32 = 48_000;

/// Two rising notes: a message came.
#[must_use]
pub fn chime() -> Vec<f32> {
    let mut samples = note(660.0, 0.12);
    samples.extend(note(880.0, 0.2));
    samples
}

/// One long note: the message is nearly as long as it may be.
#[must_use]
pub fn warning() -> Vec<f32> {
    note(440.0, 0.4)
}

/// A sine that swells and fades, so that it does not click.
fn note(hertz: f32, seconds: f32) -> Vec<f32> {
    let count = (RATE as f32 * seconds) as usize;
    let edge = RATE as f32 * 0.01;
    let sample = |at: usize| {
        let rise = (at as f32 / edge).min(1.0);
        let fall = ((count - at) as f32 / edge).min(1.0);
        0.2 * rise * fall * (std::f32::consts::TAU * hertz * at as f32 / RATE as f32).sin()
    };
    (0..count).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::{chime, warning};

    // row 27
    #[test]
    fn tones_are_heard_and_do_not_click() {
        for tone in [chime(), warning()] {
            assert!(tone.len() > 10_000);
            let loudest = tone.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.1..0.3).contains(&loudest));
            assert!(tone[0].abs() < 0.01 && tone[tone.len() - 1].abs() < 0.01);
        }
    }
}
