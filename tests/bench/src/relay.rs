//! What both relays are asked to do, and how the outcome is counted.
//!
//! 34 rooms of 6 people; 200 of the 204 speak at once, each to the 5 others of its room, one
//! packet of 180 bytes every 60 ms. The first 8 bytes of a packet tell when it was sent.

use std::time::Duration;

use crate::timing::{Stopwatch, percentile};

/// People in a room; each speaks to all the others.
pub(crate) const ROOM: usize = 6;
/// Rooms.
pub(crate) const ROOMS: usize = 34;
/// How many of the people speak.
pub(crate) const SPEAKERS: usize = 200;
/// Bytes of a packet: 60 ms of Opus at 24 kbit/s.
pub(crate) const PACKET: usize = 180;
/// One packet every so often.
pub(crate) const EVERY: Duration = Duration::from_millis(60);
/// Packets of each speaker.
pub(crate) const PACKETS: u32 = 150;
/// How long listeners wait after the last packet.
pub(crate) const TAIL: Duration = Duration::from_secs(3);

/// What came of a run.
pub(crate) struct Outcome {
    /// Packets heard, all listeners together.
    pub(crate) heard: u64,
    /// Packets that should have been heard.
    pub(crate) due: u64,
    /// Median of the time from sender to listener, microseconds.
    pub(crate) p50_us: u64,
    /// 99th percentile of it.
    pub(crate) p99_us: u64,
    /// Processor time of the server for each packet forwarded, microseconds.
    pub(crate) cpu_us: f64,
}

impl Outcome {
    /// Counts a run: latencies of all packets heard, and the server's processor time.
    pub(crate) fn of(mut latencies: Vec<u64>, cpu_ms: u64) -> Self {
        latencies.sort_unstable();
        let heard = latencies.len() as u64;
        Self {
            heard,
            due: SPEAKERS as u64 * (ROOM as u64 - 1) * u64::from(PACKETS),
            p50_us: percentile(&latencies, 50),
            p99_us: percentile(&latencies, 99),
            cpu_us: cpu_ms as f64 * 1000.0 / heard.max(1) as f64,
        }
    }
}

/// A packet that bears its time of sending.
pub(crate) fn packet(stopwatch: Stopwatch) -> [u8; PACKET] {
    let mut packet = [0x5a; PACKET];
    packet[..8].copy_from_slice(&stopwatch.micros().to_be_bytes());
    packet
}

/// How long ago a packet was sent, in microseconds.
pub(crate) fn age(packet: &[u8], stopwatch: Stopwatch) -> Option<u64> {
    let sent = u64::from_be_bytes(packet.get(..8)?.try_into().ok()?);
    Some(stopwatch.micros().saturating_sub(sent))
}

/// When the speaker of this number begins: spread over one packet's time.
pub(crate) fn offset(speaker: usize) -> Duration {
    EVERY * u32::try_from(speaker % 60).unwrap_or(0) / 60
}
