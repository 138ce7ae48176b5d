//! Wrong proofs, counted by name and by address, so that nobody can guess for long.

use std::collections::BTreeMap;

use machine::{Moment, Span};

/// The time over which wrong proofs are counted.
const MINUTE: Span = Span::from_secs(60);
/// Names and addresses counted at once; beyond, those that are over are forgotten first.
const COUNTED: usize = 8_192;

/// Counts of wrong proofs.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    counts: BTreeMap<String, Count>,
    cleared: Moment,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    since: Moment,
}

impl Attempts {
    /// Was `key` wrong `limit` times within the last minute?
    pub(super) fn exhausted(&self, key: &str, limit: u32, now: Moment) -> bool {
        self.counts.get(key).is_some_and(|count| !count.is_over(now) && count.wrong >= limit)
    }

    /// Counts a wrong proof for `key`.
    pub(super) fn wrong(&mut self, key: &str, now: Moment) {
        if self.counts.len() >= COUNTED && now.since(self.cleared) >= MINUTE {
            self.cleared = now;
            self.counts.retain(|_, count| !count.is_over(now));
        }
        if self.counts.len() >= COUNTED && !self.counts.contains_key(key) {
            // A flood of made-up names; the count by address still holds.
            self.counts.pop_first();
        }
        let count = self.counts.entry(key.to_owned()).or_insert(Count { wrong: 0, since: now });
        if count.is_over(now) {
            *count = Count { wrong: 0, since: now };
        }
        count.wrong += 1;
    }
}

impl Count {
    fn is_over(&self, now: Moment) -> bool {
        now.since(self.since) >= MINUTE
    }
}

#[cfg(test)]
mod tests {
    use machine::{Moment, Span};

    use super::{Attempts, COUNTED};

    #[test]
    fn a_minute_later_the_count_starts_again() {
        let mut attempts = Attempts::default();
        let start = Moment::from_millis(5);
        for _ in 0..5 {
            assert!(!attempts.exhausted("anna", 5, start));
            attempts.wrong("anna", start);
        }
        assert!(attempts.exhausted("anna", 5, start + Span::from_secs(59)));
        assert!(!attempts.exhausted("anna", 5, start + Span::from_secs(60)));
    }

    #[test]
    fn a_flood_of_names_does_not_grow_without_bound() {
        let mut attempts = Attempts::default();
        for number in 0..2 * COUNTED {
            attempts.wrong(&format!("name {number}"), Moment::START);
        }
        assert!(attempts.counts.len() <= COUNTED);
    }
}
