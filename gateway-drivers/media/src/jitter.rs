//! The jitter buffer: packets as the network brings them, 20 ms of sound each time they are due.
//!
//! ```text
//! Waiting  nothing to play: silence. The first packet that comes is played when the fastest
//!          packets' way and the target depth have passed since it was spoken.
//! Playing  one packet after the other. Where the next one is missing, but a later one is there,
//!          it is concealed, and time goes on. Where none is there, it is concealed and time
//!          stands still: should they only be late, the depth has grown by itself.
//! ```
//!
//! The depth follows `delay`; `stretch` makes it less or more by whole periods of the voice, so
//! that a drifting clock, too, costs neither a gap nor a click. All times inside are ticks of the
//! RTP clock, 8 a millisecond. The buffer holds at most [`MOST_PACKETS`].

mod delay;
mod order;
mod stretch;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use delay::Delay;
use machine::Moment;
use order::{Order, Place};

use crate::codec::{Decoders, FRAME, MOST_PAYLOAD, Rate};
use crate::conceal::Concealer;
use crate::rtp::{Packet, PayloadType};

/// Packets in the buffer: 1.28 s of the usual 20 ms.
pub const MOST_PACKETS: usize = 64;
/// Ticks of a millisecond.
const MS: i64 = 8;
/// Time stands still for so long; then we wait for the talker to begin anew.
const MOST_DEBT: i64 = 120 * MS;
/// A depth this far off the target is put right at once, at the price of a splice.
const TOO_DEEP: i64 = 300 * MS;
/// Depths that are left as they are, above and below the target.
const ABOVE: i64 = 15 * MS;
const BELOW: i64 = 4 * MS;
/// Frames between two changes of a depth that is not far off.
const PATIENCE: u32 = 5;

/// What 20 ms are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Sound that came.
    Heard,
    /// Sound made up for what was lost, in part at least.
    Concealed,
    /// Nobody speaks.
    Silent,
}

/// 20 ms of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The samples, at the leg's rate.
    pub samples: Vec<i16>,
    /// What they are made of.
    pub kind: Kind,
}

/// What became of the packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came, whatever became of them.
    pub received: u64,
    /// Packets that never came, so far as their numbers tell.
    pub lost: i64,
    /// Packets that came when their time had passed.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Packets that were too long, empty, of an unknown kind, or out of any order.
    pub unfit: u64,
    /// Frames with sound that was made up.
    pub concealed: u64,
    /// Times the stream began anew: another source, another count.
    pub restarts: u64,
}

struct Slot {
    sequence: i64,
    payload_type: PayloadType,
    payload: Vec<u8>,
}

enum State {
    Waiting,
    Playing {
        /// What is decoded next.
        next: i64,
        /// For how long time has stood still.
        debt: i64,
    },
}

/// The jitter buffer of one stream.
pub struct Jitter {
    rate: Rate,
    decoders: Decoders,
    order: Order,
    delay: Delay,
    slots: BTreeMap<i64, Slot>,
    state: State,
    /// The number of the packet that was decoded last.
    decoded: Option<i64>,
    /// The talker presses keys instead.
    is_paused: bool,
    ready: Vec<i16>,
    kind: Kind,
    concealer: Concealer,
    /// The depth, smoothed, while it is measured.
    depth: Option<i64>,
    patience: u32,
    counts: Counts,
}

impl Jitter {
    /// An empty buffer, with what decodes its payloads.
    #[must_use]
    pub fn new(decoders: Decoders, rate: Rate) -> Self {
        Self {
            rate,
            decoders,
            order: Order::default(),
            delay: Delay::default(),
            slots: BTreeMap::new(),
            state: State::Waiting,
            decoded: None,
            is_paused: false,
            ready: Vec::new(),
            kind: Kind::Silent,
            concealer: Concealer::new(rate),
            depth: None,
            patience: 0,
            counts: Counts::default(),
        }
    }

    /// Other codecs from now on.
    pub fn set_decoders(&mut self, decoders: Decoders) {
        self.decoders = decoders;
    }

    /// A packet of sound has come.
    pub fn push(&mut self, packet: &Packet<'_>, now: Moment) {
        self.counts.received += 1;
        let length = packet.payload.len();
        let is_known = self.decoders.contains_key(&packet.payload_type);
        if !(1..=MOST_PAYLOAD).contains(&length) || !is_known {
            self.counts.unfit += 1;
            return;
        }
        let Some((sequence, timestamp)) = self.place(packet, now) else { return };
        self.delay.arrived(ticks(now) - timestamp);
        self.is_paused = false;
        let is_late = matches!(self.state, State::Playing { next, .. } if timestamp < next);
        match self.slots.entry(timestamp) {
            Entry::Occupied(_) => self.counts.duplicate += 1,
            Entry::Vacant(_) if is_late => self.counts.late += 1,
            Entry::Vacant(place) => {
                let payload = packet.payload.to_vec();
                place.insert(Slot { sequence, payload_type: packet.payload_type, payload });
            }
        }
        while self.slots.len() > MOST_PACKETS {
            self.slots.pop_first();
            self.counts.late += 1;
        }
    }

    /// A packet of another kind has taken a number: it is not lost, and the talker is silent.
    pub fn pass(&mut self, packet: &Packet<'_>, now: Moment) {
        self.counts.received += 1;
        // Its timestamp is that of the event's beginning, and says nothing about delay.
        if self.order.pass(packet, ticks(now)) {
            self.is_paused = true;
        }
    }

    fn place(&mut self, packet: &Packet<'_>, now: Moment) -> Option<(i64, i64)> {
        let place = self.order.place(packet, ticks(now), self.delay.fastest());
        match place {
            Place::Follows { sequence, timestamp } => Some((sequence, timestamp)),
            Place::Again => {
                self.counts.duplicate += 1;
                None
            }
            Place::Strange => {
                self.counts.unfit += 1;
                None
            }
            Place::Anew { sequence, timestamp } => {
                self.counts.restarts += u64::from(self.decoded.is_some());
                self.slots.clear();
                self.delay.restart();
                self.state = State::Waiting;
                self.decoded = None;
                self.depth = None;
                Some((sequence, timestamp))
            }
        }
    }

    /// The next 20 ms. To be called every 20 ms; a call that comes late is no harm.
    #[must_use]
    pub fn pull(&mut self, now: Moment) -> Frame {
        self.begin(now);
        self.kind = Kind::Heard;
        while self.ready.len() < self.rate.frame() {
            self.produce();
        }
        self.adapt(now);
        let samples = self.ready.drain(..self.rate.frame()).collect();
        self.counts.concealed += u64::from(self.kind == Kind::Concealed);
        Frame { samples, kind: self.kind }
    }

    /// What became of the packets.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { lost: self.order.lost(), ..self.counts }
    }

    /// Which numbers came, for the reports.
    pub(crate) fn order(&mut self) -> &mut Order {
        &mut self.order
    }

    /// The mean deviation of arrival, in milliseconds (RFC 3550, section 6.4.1).
    #[must_use]
    pub fn jitter_ms(&self) -> f32 {
        self.order.jitter() as f32 / MS as f32
    }

    /// How far behind the fastest packets the sound is to be, in milliseconds.
    #[must_use]
    pub fn target_ms(&self) -> u32 {
        u32::try_from(self.delay.target() / MS).unwrap_or(0)
    }

    /// Waiting ends when the first packet is due.
    fn begin(&mut self, now: Moment) {
        let State::Waiting = self.state else { return };
        let Some((first, _)) = self.slots.first_key_value() else { return };
        let waited = ticks(now) - first - self.delay.fastest().unwrap_or(0);
        if waited >= self.delay.target() || self.slots.len() == MOST_PACKETS {
            self.state = State::Playing { next: *first, debt: 0 };
            self.depth = None;
            self.concealer.splice();
        }
    }

    /// Appends some sound to what is ready.
    fn produce(&mut self) {
        let State::Playing { next, debt } = &mut self.state else {
            let silence = self.concealer.pause(self.rate.frame());
            self.add(&silence, Kind::Silent);
            return;
        };
        let Some(first) = self.slots.first_entry() else {
            *debt += FRAME as i64;
            if *debt > MOST_DEBT {
                self.state = State::Waiting;
            }
            self.make_up(FRAME, self.is_paused);
            return;
        };
        let gap = *first.key() - *next;
        if gap > *debt {
            // What was made up already, while time stood still, is a part of the gap.
            let missing = (gap - *debt).min(FRAME as i64);
            *next += *debt + missing;
            *debt = 0;
            let is_pause = self.decoded.map(|last| last + 1) == Some(first.get().sequence);
            self.make_up(missing as usize, is_pause || self.is_paused);
            return;
        }
        let (timestamp, slot) = first.remove_entry();
        *next = timestamp + slot.payload.len() as i64;
        *debt = 0;
        let next = *next;
        // What overlaps with this packet will not be played.
        while let Some(entry) = self.slots.first_entry().filter(|entry| *entry.key() < next) {
            entry.remove();
            self.counts.unfit += 1;
        }
        self.decoded = Some(slot.sequence);
        if let Some(decoder) = self.decoders.get_mut(&slot.payload_type) {
            let mut sound = decoder.decode(&slot.payload);
            self.concealer.heard(&mut sound);
            self.add(&sound, Kind::Heard);
        } else {
            self.make_up(slot.payload.len(), false);
        }
    }

    fn make_up(&mut self, ticks: usize, is_pause: bool) {
        let count = ticks * self.rate.per_tick();
        if is_pause {
            let silence = self.concealer.pause(count);
            self.add(&silence, Kind::Silent);
        } else {
            let sound = self.concealer.conceal(count);
            self.add(&sound, Kind::Concealed);
        }
    }

    fn add(&mut self, sound: &[i16], kind: Kind) {
        self.ready.extend_from_slice(sound);
        self.kind = match (self.kind, kind) {
            (Kind::Heard, kind) | (kind, Kind::Heard) => kind,
            (Kind::Silent, Kind::Silent) => Kind::Silent,
            (Kind::Concealed, _) | (_, Kind::Concealed) => Kind::Concealed,
        };
    }

    /// Brings the depth nearer to the target.
    fn adapt(&mut self, now: Moment) {
        let State::Playing { next, debt: 0 } = self.state else { return };
        let Some(fastest) = self.delay.fastest() else { return };
        let unplayed = (self.ready.len() / self.rate.per_tick()) as i64;
        let depth = ticks(now) - (next - unplayed) - fastest;
        let target = self.delay.target();
        if depth > target + TOO_DEEP {
            self.skip(depth - target);
            return;
        }
        let smoothed = self.depth.map_or(depth, |smoothed| smoothed + (depth - smoothed) / 8);
        self.depth = Some(smoothed);
        self.patience = self.patience.saturating_sub(1);
        let is_far = (smoothed - target).abs() > 40 * MS;
        if self.patience > 0 && !is_far {
            return;
        }
        let changed = if smoothed > target + ABOVE {
            // A period more than the frame has to be there.
            let enough = self.rate.frame() + stretch::longest(self.rate);
            if self.ready.len() < enough && !self.slots.is_empty() {
                self.produce();
            }
            if self.ready.len() < enough {
                return;
            }
            -stretch::shorten(&mut self.ready, self.rate)
        } else if smoothed < target - BELOW {
            stretch::lengthen(&mut self.ready, self.rate)
        } else {
            return;
        };
        self.depth = Some(smoothed + changed);
        self.patience = if changed == 0 { 1 } else { PATIENCE };
    }

    /// Leaves out what nobody can catch up with. If the newest packet, too, is far from where we
    /// should be, the talker's clock stood still for a while: there is nothing to catch up with.
    fn skip(&mut self, excess: i64) {
        let State::Playing { next, .. } = &mut self.state else { return };
        let wanted = *next + excess;
        let newest = self.slots.last_key_value().map(|(newest, _)| *newest);
        let Some(newest) = newest.filter(|newest| *newest + TOO_DEEP / 2 > wanted) else {
            self.delay.restart();
            self.depth = None;
            return;
        };
        let wanted = wanted.min(newest);
        while let Some(entry) = self.slots.first_entry().filter(|entry| *entry.key() < wanted) {
            entry.remove();
            self.counts.late += 1;
        }
        *next = self.slots.first_key_value().map_or(newest, |(first, _)| *first);
        self.decoded = None;
        self.depth = None;
        self.concealer.splice();
    }
}

fn ticks(now: Moment) -> i64 {
    i64::try_from(now.millis()).unwrap_or(i64::MAX / 16).min(i64::MAX / 16) * MS
}
