//! Which packet follows which: numbers that wrap, and streams that begin anew (RFC 3550,
//! appendices A.1, A.3 and A.8).

use super::MS;
use crate::rtp::{Packet, Ssrc};

/// A number this far off the last one is no loss but another count.
const FAR: i64 = 3_000;
/// A packet whose clock is this far off the fastest one's is of another count.
const FAR_TIME: i64 = 2_000 * MS;
/// Numbers of which is known whether they came.
const WINDOW: i64 = 128;

/// Where a packet belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the stream that there is; number and timestamp count on over their wraps.
    Follows { sequence: i64, timestamp: i64 },
    /// It was there before.
    Again,
    /// It could be the first of another stream. One such packet proves nothing.
    Strange,
    /// It is the first of another stream.
    Anew { sequence: i64, timestamp: i64 },
}

struct Stream {
    ssrc: Ssrc,
    first: i64,
    highest: i64,
    timestamp: i64,
    /// Bit n: the number n before the highest came.
    came: u128,
    /// How many came, duplicates set aside.
    received: i64,
    /// The way of the last packet, for the jitter.
    way: Option<i64>,
    jitter: f64,
    /// What was expected and had come when the last report was made.
    reported: (i64, i64),
}

/// The order of a stream.
#[derive(Default)]
pub(crate) struct Order {
    stream: Option<Stream>,
    /// The last packet that was strange.
    suspect: Option<(Ssrc, u16)>,
    /// Packets lost in the streams before.
    lost_before: i64,
}

impl Order {
    /// Where the packet belongs; `fastest` is the way of the fastest packet so far.
    pub(super) fn place(&mut self, packet: &Packet<'_>, now: i64, fastest: Option<i64>) -> Place {
        let Some(stream) = &mut self.stream else { return self.anew(packet, now) };
        let sequence = extended(stream.highest, 16, i64::from(packet.sequence));
        let timestamp = extended(stream.timestamp, 32, i64::from(packet.timestamp));
        let way = now - timestamp;
        let is_far = stream.ssrc != packet.ssrc
            || (sequence - stream.highest).abs() > FAR
            || fastest.is_some_and(|fastest| (way - fastest).abs() > FAR_TIME);
        if is_far {
            let is_next = stream.ssrc == packet.ssrc && sequence == stream.highest + 1;
            let is_second = self.suspect == Some((packet.ssrc, packet.sequence.wrapping_sub(1)));
            // A talker who says that a new spurt begins may set its clock as it likes.
            if is_second || (is_next && packet.is_marked) {
                return self.anew(packet, now);
            }
            self.suspect = Some((packet.ssrc, packet.sequence));
            return Place::Strange;
        }
        if !stream.count(sequence) {
            return Place::Again;
        }
        stream.timestamp = stream.timestamp.max(timestamp);
        if let Some(last) = stream.way.replace(way) {
            stream.jitter += ((way - last).abs() as f64 - stream.jitter) / 16.0;
        }
        Place::Follows { sequence, timestamp }
    }

    /// Counts a packet that carries no sound; was it a new one of this stream?
    pub(super) fn pass(&mut self, packet: &Packet<'_>, now: i64) -> bool {
        let Some(stream) = &mut self.stream else {
            self.anew(packet, now);
            return true;
        };
        let sequence = extended(stream.highest, 16, i64::from(packet.sequence));
        let is_near = (sequence - stream.highest).abs() <= FAR;
        stream.ssrc == packet.ssrc && is_near && stream.count(sequence)
    }

    fn anew(&mut self, packet: &Packet<'_>, now: i64) -> Place {
        self.lost_before = self.lost();
        self.suspect = None;
        // Room below, so that what came before the first packet has a number, too.
        let sequence = i64::from(packet.sequence) + (1 << 16);
        let timestamp = i64::from(packet.timestamp) + (1 << 32);
        self.stream = Some(Stream {
            ssrc: packet.ssrc,
            first: sequence,
            highest: sequence,
            timestamp,
            came: 1,
            received: 1,
            way: Some(now - timestamp),
            jitter: 0.0,
            reported: (0, 0),
        });
        Place::Anew { sequence, timestamp }
    }

    /// Who sends.
    pub(crate) fn ssrc(&self) -> Option<Ssrc> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }

    /// Packets that never came.
    pub(crate) fn lost(&self) -> i64 {
        let now = self.stream.as_ref().map_or(0, |stream| stream.expected() - stream.received);
        self.lost_before + now.max(0)
    }

    /// The mean deviation of arrival, in ticks.
    pub(crate) fn jitter(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| stream.jitter as u32)
    }

    /// The highest number with its wraps, as reports have it.
    pub(crate) fn highest(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| (stream.highest - (1 << 16)) as u32)
    }

    /// What was lost since this was asked last, in 256ths.
    pub(crate) fn fraction(&mut self) -> u8 {
        let Some(stream) = &mut self.stream else { return 0 };
        let now = (stream.expected(), stream.received);
        let (expected, received) = (now.0 - stream.reported.0, now.1 - stream.reported.1);
        stream.reported = now;
        let lost = (expected - received).max(0);
        if expected <= 0 { 0 } else { u8::try_from(lost * 256 / expected).unwrap_or(u8::MAX) }
    }
}

impl Stream {
    fn expected(&self) -> i64 {
        self.highest - self.first + 1
    }

    /// Notes that a number came; did it not before?
    fn count(&mut self, sequence: i64) -> bool {
        let ahead = sequence - self.highest;
        if ahead > 0 {
            let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
            self.came = self.came.checked_shl(shift).unwrap_or(0) | 1;
            self.highest = sequence;
        } else if ahead > -WINDOW {
            let bit = 1 << -ahead;
            if self.came & bit != 0 {
                return false;
            }
            self.came |= bit;
        }
        self.first = self.first.min(sequence);
        self.received += 1;
        true
    }
}

/// The number nearest to `reference` that ends in these bits.
fn extended(reference: i64, bits: u32, value: i64) -> i64 {
    let span = 1i64 << bits;
    let ahead = (value - reference).rem_euclid(span);
    reference + if ahead < span / 2 { ahead } else { ahead - span }
}

#[cfg(test)]
mod tests {
    use super::{FAR_TIME, Order, Place, extended};
    use crate::rtp::{Packet, PayloadType, Ssrc};

    fn packet(ssrc: u32, sequence: u16, timestamp: u32) -> Packet<'static> {
        let plain = Packet::plain(PayloadType::PCMU, Ssrc(ssrc), b"sound");
        Packet { sequence, timestamp, ..plain }
    }

    fn placed(order: &mut Order, packet: &Packet<'_>) -> Option<i64> {
        // A way of nothing: the two clocks are the same.
        let timestamp = i64::from(packet.timestamp) + (1 << 32);
        match order.place(packet, timestamp, Some(0)) {
            Place::Follows { sequence, .. } | Place::Anew { sequence, .. } => Some(sequence),
            Place::Again | Place::Strange => None,
        }
    }

    #[test]
    fn numbers_count_on_over_their_wraps() {
        let mut order = Order::default();
        let first = placed(&mut order, &packet(1, 65_000, 0)).expect("the first");
        for n in 1..200_000u32 {
            let at = placed(&mut order, &packet(1, 65_000u16.wrapping_add(n as u16), 0));
            assert_eq!(at, Some(first + i64::from(n)));
        }
        assert_eq!((order.lost(), order.highest()), (0, 65_000 + 199_999));
        assert_eq!(extended(1 << 32, 32, 0xffff_fff0), (1 << 32) - 16);
    }

    #[test]
    fn duplicates_count_once_and_gaps_are_losses_until_they_are_filled() {
        let mut order = Order::default();
        for sequence in [10, 11, 14, 14, 12, 11, 15] {
            placed(&mut order, &packet(1, sequence, 0));
        }
        assert_eq!((order.lost(), order.fraction(), order.fraction()), (1, 42, 0));
    }

    #[test]
    fn one_strange_packet_changes_nothing_and_two_begin_anew() {
        let mut order = Order::default();
        placed(&mut order, &packet(1, 10, 0)).expect("the first");
        for (sequence, ssrc) in [(500, 2), (20_000, 1), (30_000, 1), (600, 2)] {
            assert_eq!(placed(&mut order, &packet(ssrc, sequence, 0)), None);
        }
        assert!(placed(&mut order, &packet(1, 11, 0)).is_some());
        assert_eq!(placed(&mut order, &packet(2, 7, 0)), None);
        assert_eq!(placed(&mut order, &packet(2, 8, 0)), Some(8 + (1 << 16)));
        assert_eq!(order.ssrc(), Some(Ssrc(2)));
    }

    #[test]
    fn a_marked_packet_may_set_the_clock() {
        let mut order = Order::default();
        placed(&mut order, &packet(1, 10, 0)).expect("the first");
        let set = packet(1, 11, 1_000_000);
        let now = 1 << 32;
        const { assert!(1_000_000 > FAR_TIME) };
        assert_eq!(order.place(&set, now, Some(0)), Place::Strange);
        let marked = Packet { is_marked: true, ..set };
        assert!(matches!(order.place(&marked, now, Some(0)), Place::Anew { .. }));
    }
}
