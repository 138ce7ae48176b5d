//! How much a peer may want: buckets that fill with time, so that a flood costs little, and one
//! from elsewhere takes nothing from the phones.

use std::collections::BTreeMap;
use std::net::IpAddr;

use machine::{Moment, Span};

use crate::way::canonical;

/// Sources that are told apart at most.
const SOURCES_MOST: usize = 2_048;

/// So many at once, and one more after each pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// One more after this time.
    pub pause: Span,
}

/// What is left of a rate.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// When it was, or will be, full again.
    full: Moment,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub const fn new() -> Self {
        Self { full: Moment::START }
    }

    /// Takes one out, if there is one.
    pub fn take(&mut self, rate: Rate, now: Moment) -> bool {
        let is_left = !self.is_empty(rate, now);
        if is_left {
            self.full = self.full.max(now) + rate.pause;
        }
        is_left
    }

    /// Is nothing left?
    #[must_use]
    pub fn is_empty(&self, rate: Rate, now: Moment) -> bool {
        let room = rate.pause.millis().saturating_mul(u64::from(rate.burst.saturating_sub(1)));
        self.full.since(now).millis() > room
    }
}

impl Default for Bucket {
    fn default() -> Self {
        Self::new()
    }
}

/// One rate for each source, and none for sources beyond the bound: they share one.
#[derive(Clone, Debug)]
pub struct Limits {
    rate: Rate,
    of: BTreeMap<IpAddr, Bucket>,
    others: Bucket,
    /// When the table was looked through last: that costs, and is not for every message of a flood.
    swept: Moment,
}

/// A full table is looked through as often.
const SWEEP: Span = Span::from_secs(1);

impl Limits {
    /// All full.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        let (others, swept) = (Bucket::new(), Moment::START);
        Self { rate, of: BTreeMap::new(), others, swept }
    }

    /// May this source have one more?
    pub fn take(&mut self, source: IpAddr, now: Moment) -> bool {
        let rate = self.rate;
        self.bucket(source, now).take(rate, now)
    }

    /// Has this source used up its rate?
    #[must_use]
    pub fn is_empty(&self, source: IpAddr, now: Moment) -> bool {
        let bucket = self.of.get(&canonical(source));
        bucket.is_some_and(|bucket| bucket.is_empty(self.rate, now))
    }

    /// Sources that are remembered.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.of.len()
    }

    fn bucket(&mut self, source: IpAddr, now: Moment) -> &mut Bucket {
        let source = canonical(source);
        let is_full = self.of.len() >= SOURCES_MOST;
        if is_full && now.since(self.swept) >= SWEEP {
            // Who has said nothing for a while is as good as new.
            self.of.retain(|_, bucket| bucket.full > now);
            self.swept = now;
        }
        if self.of.len() >= SOURCES_MOST && !self.of.contains_key(&source) {
            return &mut self.others;
        }
        self.of.entry(source).or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use machine::{Moment, Span};

    use super::{Limits, Rate, SOURCES_MOST};

    const RATE: Rate = Rate { burst: 3, pause: Span::from_secs(1) };

    fn source(n: usize) -> IpAddr {
        Ipv4Addr::from(u32::try_from(n).expect("small")).into()
    }

    #[test]
    fn a_burst_is_taken_and_then_one_after_each_pause() {
        let mut limits = Limits::new(RATE);
        let at = Moment::from_millis;
        let taken =
            |limits: &mut Limits, now| (0..9).filter(|_| limits.take(source(1), now)).count();
        assert_eq!(taken(&mut limits, at(5_000)), 3);
        assert!(limits.is_empty(source(1), at(5_999)));
        assert_eq!(taken(&mut limits, at(6_000)), 1);
        assert_eq!(taken(&mut limits, at(8_100)), 2);
        assert_eq!(taken(&mut limits, at(90_000)), 3);
    }

    #[test]
    fn sources_beyond_the_bound_share_one_bucket_until_others_are_quiet() {
        let mut limits = Limits::new(RATE);
        let now = Moment::from_millis(5_000);
        let taken = (0..10 * SOURCES_MOST).filter(|n| limits.take(source(*n), now)).count();
        assert_eq!((taken, limits.sources()), (SOURCES_MOST + 3, SOURCES_MOST));
        assert!(limits.take(source(3), now), "who is known has its own");
        assert!(limits.take(source(0xffff_ff00), now + Span::from_secs(2)), "room again");
        assert!(limits.sources() < SOURCES_MOST);
    }
}
