//! Numbers over time: sampled once a minute, and soon after something happened; kept by minute,
//! hour and day, for plots.

use message::admin::ServerStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const MINUTE_MS: u64 = 60_000;
/// A server that is younger than this at our first look has counted only what we have not.
const YOUNG_MS: u64 = 2 * MINUTE_MS;

/// How long a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Span {
    /// A minute; kept for two days.
    Minute,
    /// An hour; kept for sixty days.
    Hour,
    /// A day; kept for five years.
    Day,
}

impl Span {
    /// All that there are.
    pub(crate) const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Its length, milliseconds.
    pub(crate) const fn millis(self) -> u64 {
        match self {
            Self::Minute => MINUTE_MS,
            Self::Hour => 60 * MINUTE_MS,
            Self::Day => 24 * 60 * MINUTE_MS,
        }
    }

    /// Rows that are kept. By number and not by age: a clock that was wrong for a moment must not
    /// make them all too old.
    pub(crate) const fn kept(self) -> u32 {
        match self {
            Self::Minute => 2 * 24 * 60,
            Self::Hour => 60 * 24,
            Self::Day => 5 * 366,
        }
    }

    /// Where the span begins that this time is in.
    pub(crate) const fn begin(self, unix_ms: u64) -> u64 {
        unix_ms - unix_ms % self.millis()
    }
}

/// What is sampled. Counts are those of the span; the others are how it was at its end, but for
/// `online`, which is the most at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Sample {
    /// Messages accepted.
    pub(crate) accepted: u64,
    /// Deliveries acknowledged.
    pub(crate) delivered: u64,
    /// People on-line.
    pub(crate) online: u64,
    /// People.
    pub(crate) people: u64,
    /// Deliveries that wait.
    pub(crate) waiting: u64,
    /// Messages kept.
    pub(crate) messages: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Bytes of the disk.
    pub(crate) disk_total: u64,
    /// Of these, free.
    pub(crate) disk_free: u64,
}

/// A sample and where its span begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// Unix milliseconds.
    pub(crate) at: u64,
    /// What was sampled.
    #[serde(flatten)]
    pub(crate) sample: Sample,
}

/// Makes samples of a server's counters, which begin anew with each of its starts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sampler {
    before: Option<(u64, u64)>,
    /// The minute of the last sample, and who was there then.
    last: Option<(u64, u64)>,
}

impl Sampler {
    /// Is there something to keep: another minute, a message, somebody who came or left?
    pub(crate) fn is_due(&self, status: &ServerStatus, unix_ms: u64) -> bool {
        let minute = Span::Minute.begin(unix_ms);
        self.before != Some((status.accepted, status.delivered))
            || self.last != Some((minute, status.online))
    }

    /// What happened since the last look.
    pub(crate) fn look(&mut self, status: &ServerStatus, disk: (u64, u64), unix_ms: u64) -> Sample {
        let counted = (status.accepted, status.delivered);
        let since = |now: u64, before: u64| if now < before { now } else { now - before };
        let (accepted, delivered) = match self.before {
            Some(before) => (since(counted.0, before.0), since(counted.1, before.1)),
            None if status.uptime_ms < YOUNG_MS => counted,
            None => (0, 0),
        };
        self.before = Some(counted);
        self.last = Some((Span::Minute.begin(unix_ms), status.online));
        Sample {
            accepted,
            delivered,
            online: status.online,
            people: status.people,
            waiting: status.waiting,
            messages: status.messages,
            bytes: status.bytes,
            disk_total: disk.0,
            disk_free: disk.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use message::admin::ServerStatus;

    use super::{Sampler, Span};

    fn status(uptime_ms: u64, accepted: u64, delivered: u64) -> ServerStatus {
        ServerStatus { uptime_ms, accepted, delivered, ..ServerStatus::default() }
    }

    #[test]
    fn only_what_is_new_is_counted_and_a_restart_loses_nothing() {
        let mut sampler = Sampler::default();
        let mut look = |status| {
            let sample = sampler.look(&status, (10, 5), 0);
            (sample.accepted, sample.delivered)
        };
        assert_eq!(look(status(900_000, 100, 50)), (0, 0), "before us");
        assert_eq!(look(status(960_000, 103, 51)), (3, 1));
        assert_eq!(look(status(10_000, 2, 0)), (2, 0), "it has started again");
        let mut fresh = Sampler::default();
        assert_eq!(fresh.look(&status(5_000, 4, 1), (0, 0), 0).accepted, 4);
    }

    #[test]
    fn a_sample_is_due_each_minute_and_when_something_happened() {
        let mut sampler = Sampler::default();
        let quiet = status(900_000, 3, 1);
        assert!(sampler.is_due(&quiet, 60_000), "the first");
        sampler.look(&quiet, (10, 5), 60_000);
        assert!(!sampler.is_due(&quiet, 119_999));
        assert!(sampler.is_due(&quiet, 120_000), "another minute");
        assert!(sampler.is_due(&status(905_000, 4, 1), 61_000), "a message");
        assert!(sampler.is_due(&ServerStatus { online: 1, ..quiet }, 61_000), "somebody came");
    }

    #[test]
    fn spans_begin_at_whole_minutes_hours_and_days() {
        let time = 1_777_911_645_123;
        assert_eq!(Span::Minute.begin(time), 1_777_911_600_000);
        assert_eq!(Span::Hour.begin(time) % 3_600_000, 0);
        assert_eq!(Span::Day.begin(time) % 86_400_000, 0);
    }
}
