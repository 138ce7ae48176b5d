//! Many deadlines, one per key, in the order in which they are due.

use std::collections::{BTreeMap, BTreeSet};

use crate::Moment;

/// Deadlines by key: setting a key again moves it, and time takes them out in order.
#[derive(Clone, Debug)]
pub struct Timers<K> {
    due: BTreeSet<(Moment, K)>,
    by_key: BTreeMap<K, Moment>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self { due: BTreeSet::new(), by_key: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Timers<K> {
    /// No deadline yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the deadline of `key`, in place of the one it had.
    pub fn set(&mut self, key: K, at: Moment) {
        self.cancel(&key);
        self.due.insert((at, key.clone()));
        self.by_key.insert(key, at);
    }

    /// Forgets the deadline of `key`, if it has one.
    pub fn cancel(&mut self, key: &K) {
        if let Some((key, at)) = self.by_key.remove_entry(key) {
            self.due.remove(&(at, key));
        }
    }

    /// Takes out one key whose deadline has come; to be called until it is `None`.
    pub fn expired(&mut self, now: Moment) -> Option<K> {
        let (at, _) = self.due.first()?;
        if *at > now {
            return None;
        }
        let (_, key) = self.due.pop_first()?;
        self.by_key.remove(&key);
        Some(key)
    }

    /// The earliest deadline.
    #[must_use]
    pub fn next(&self) -> Option<Moment> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The deadline of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Moment> {
        self.by_key.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Timers;
    use crate::Moment;

    #[test]
    fn keys_come_out_in_the_order_of_their_deadlines() {
        let mut timers = Timers::new();
        timers.set("late", Moment::from_millis(30));
        timers.set("early", Moment::from_millis(10));
        assert_eq!(timers.next(), Some(Moment::from_millis(10)));
        assert_eq!(timers.expired(Moment::from_millis(9)), None);
        assert_eq!(timers.expired(Moment::from_millis(30)), Some("early"));
        assert_eq!(timers.expired(Moment::from_millis(30)), Some("late"));
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_key_set_again_is_moved() {
        let mut timers = Timers::new();
        timers.set(1, Moment::from_millis(10));
        timers.set(1, Moment::from_millis(20));
        assert_eq!(timers.expired(Moment::from_millis(15)), None);
        assert_eq!(timers.get(&1), Some(Moment::from_millis(20)));
        timers.cancel(&1);
        assert_eq!(timers.expired(Moment::from_millis(99)), None);
    }
}
