//! How late packets are, and how deep the buffer therefore has to be.
//!
//! A packet's way is its arrival less its timestamp: two clocks that have nothing in common, so
//! that only differences count. The fastest way within the last seconds is the measure (it moves
//! with a drifting clock or another route); how much slower the others are is kept in a histogram
//! that forgets, and the depth is to be enough for all but a few of them.

use super::MS;
use crate::codec::FRAME;

/// Packets in each of the two spans over which the fastest way is looked for: 3 s of 20 ms.
const SPAN: u32 = 150;
/// Width and number of the histogram's bins.
const BIN: i64 = 5 * MS;
const BINS: usize = 50;
/// What each packet leaves of those before it: half after 140 packets.
const KEEP: f32 = 0.995;
/// The share of packets for which the depth is enough.
const ENOUGH: f32 = 0.98;
/// The depth is at least a frame, and never more than what a talk bears.
const LEAST: i64 = 20 * MS;
const MOST: i64 = 200 * MS;
/// What is assumed before anything is known.
const AT_FIRST: i64 = 40 * MS;
/// Packets that have to be known.
const KNOWN: u32 = 15;

pub(super) struct Delay {
    /// The fastest way of this span, and of the one before.
    fastest: [Option<i64>; 2],
    in_span: u32,
    bins: [f32; BINS],
    seen: u32,
}

impl Default for Delay {
    fn default() -> Self {
        Self { fastest: [None; 2], in_span: 0, bins: [0.0; BINS], seen: 0 }
    }
}

impl Delay {
    /// A packet has come this way.
    pub(super) fn arrived(&mut self, way: i64) {
        if self.in_span == SPAN {
            self.fastest = [None, self.fastest[0]];
            self.in_span = 0;
        }
        self.in_span += 1;
        self.fastest[0] = Some(self.fastest[0].map_or(way, |fastest| fastest.min(way)));
        let slower = way - self.fastest().unwrap_or(way);
        // Rounded up, so that a bin's depth is enough for all that is in it.
        let bin = usize::try_from((slower + BIN - 1) / BIN).unwrap_or(0).min(BINS - 1);
        for count in &mut self.bins {
            *count *= KEEP;
        }
        self.bins[bin] += 1.0;
        self.seen = self.seen.saturating_add(1);
    }

    /// The stream begins anew; how the network is stays known.
    pub(super) fn restart(&mut self) {
        self.fastest = [None; 2];
        self.in_span = 0;
    }

    /// The fastest way, if any packet came.
    pub(super) fn fastest(&self) -> Option<i64> {
        let [this, last] = self.fastest;
        this.into_iter().chain(last).min()
    }

    /// How deep the buffer has to be.
    pub(super) fn target(&self) -> i64 {
        let all: f32 = self.bins.iter().sum();
        let mut sum = 0.0;
        let enough = self.bins.iter().position(|count| {
            sum += count;
            sum >= ENOUGH * all
        });
        let bins = i64::try_from(enough.unwrap_or(0)).unwrap_or(0);
        // A frame more: its last sample is due when its first is played.
        let target = bins * BIN + FRAME as i64;
        let least = if self.seen < KNOWN { AT_FIRST } else { LEAST };
        target.clamp(least, MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::{Delay, LEAST, MOST, MS};

    #[test]
    fn the_target_follows_what_the_network_does() {
        let mut delay = Delay::default();
        let mut feed = |count: i64, spread: i64| {
            for at in 0..count {
                delay.arrived(5_000 + (at * 7 % 11) * spread * MS / 10);
            }
            delay.target()
        };
        assert_eq!(feed(300, 0), LEAST);
        let rough = feed(1_000, 60);
        assert!((75 * MS..90 * MS).contains(&rough), "{rough}");
        assert_eq!(feed(1_000, 1_000), MOST);
        assert_eq!(feed(3_000, 0), LEAST);
    }

    #[test]
    fn the_fastest_way_moves_with_a_drifting_clock() {
        let mut delay = Delay::default();
        for at in 0..10_000 {
            delay.arrived(at / 4);
        }
        let fastest = delay.fastest().expect("packets came");
        assert!((2_400..2_500).contains(&fastest), "{fastest}");
        assert!(delay.target() <= LEAST + 10 * MS, "{}", delay.target());
    }
}
