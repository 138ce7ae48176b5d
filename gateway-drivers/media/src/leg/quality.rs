//! How a talk goes: counts, and the grade that a listener would give it.

use crate::jitter::{Counts, Jitter};

/// How it has gone so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// What became of their packets.
    pub packets: Counts,
    /// Datagrams of third parties, dropped.
    pub foreign: u64,
    /// Datagrams that were not made with the agreed keys, or came twice.
    pub forged: u64,
    /// Datagrams from the telephone that made no sense.
    pub unfit: u64,
    /// Samples that were to be said, but for which there was no room.
    pub unsaid: u64,
    /// Keys that could not be pressed: too many, or the telephone does not know events.
    pub unpressed: u64,
    /// The mean deviation of arrival, in milliseconds.
    pub jitter_ms: f32,
    /// How deep the jitter buffer is to be, in milliseconds.
    pub depth_ms: u32,
    /// There and back, in milliseconds, if their reports tell.
    pub way_ms: Option<u32>,
    /// The share of our packets that they lost lately, if they report.
    pub lost_there: Option<f32>,
    /// The mean opinion that listeners would have, 1 to 4.5.
    pub grade: f32,
}

/// The counts that the leg keeps itself.
#[derive(Default)]
pub(super) struct Tally {
    foreign: u64,
    forged: u64,
    unfit: u64,
    unsaid: u64,
    unpressed: u64,
    frames: u64,
    way_ms: Option<u32>,
    fraction: Option<u8>,
}

impl Tally {
    pub(super) fn foreign(&mut self) {
        self.foreign += 1;
    }

    pub(super) fn forged(&mut self) {
        self.forged += 1;
    }

    pub(super) fn unfit(&mut self) {
        self.unfit += 1;
    }

    pub(super) fn unsaid(&mut self, samples: usize) {
        self.unsaid += samples as u64;
    }

    pub(super) fn unpressed(&mut self) {
        self.unpressed += 1;
    }

    pub(super) fn pulled(&mut self) {
        self.frames += 1;
    }

    /// Their report told of us.
    pub(super) fn told(&mut self, fraction: u8, way_ms: Option<u32>) {
        self.fraction = Some(fraction);
        self.way_ms = way_ms.or(self.way_ms);
    }

    pub(super) fn statistics(&self, jitter: &Jitter) -> Statistics {
        let packets = jitter.counts();
        let missing = packets.lost.max(0) as f32 + packets.late as f32;
        let expected = packets.received as f32 + packets.lost.max(0) as f32;
        let depth_ms = jitter.target_ms();
        // One way, a frame that is collected, and the buffer.
        let delay = self.way_ms.unwrap_or(0) as f32 / 2.0 + 20.0 + depth_ms as f32;
        Statistics {
            packets,
            foreign: self.foreign,
            forged: self.forged,
            unfit: self.unfit,
            unsaid: self.unsaid,
            unpressed: self.unpressed,
            jitter_ms: jitter.jitter_ms(),
            depth_ms,
            way_ms: self.way_ms,
            lost_there: self.fraction.map(|fraction| f32::from(fraction) / 256.0),
            grade: grade(100.0 * missing / expected.max(1.0), delay),
        }
    }
}

/// The E-model (ITU-T G.107) with all its defaults, for a codec as good as G.711 with concealment:
/// loss in percent and delay in milliseconds to a mean opinion.
fn grade(lost: f32, delay_ms: f32) -> f32 {
    /// How well the concealment bears random loss (ITU-T G.113, G.711 with its appendix I).
    const ROBUST: f32 = 25.1;
    let late = (delay_ms - 177.3).max(0.0);
    let for_delay = 0.024 * delay_ms + 0.11 * late;
    let for_loss = 95.0 * lost / (lost + ROBUST);
    let rating = (93.2 - for_delay - for_loss).clamp(0.0, 100.0);
    let opinion = 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6;
    opinion.clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::grade;

    #[test]
    fn loss_and_delay_cost_what_the_e_model_says() {
        assert!((grade(0.0, 0.0) - 4.41).abs() < 0.01, "{}", grade(0.0, 0.0));
        assert!((grade(5.0, 0.0) - 3.92).abs() < 0.02, "{}", grade(5.0, 0.0));
        assert!((grade(0.0, 400.0) - 3.2).abs() < 0.3, "{}", grade(0.0, 400.0));
        assert!(grade(100.0, 2_000.0) < 1.2);
        let grades: Vec<f32> = (0..50).map(|lost| grade(lost as f32, 60.0)).collect();
        assert!(grades.is_sorted_by(|a, b| a > b));
    }
}
