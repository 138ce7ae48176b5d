//! The storage of a simulated device: an ordered map that survives its crashes.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use client_engine::Write;

/// Keys in order, with their values.
pub(crate) type Records = Vec<(Vec<u8>, Bytes)>;

/// An ordered map from byte strings to byte strings.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    records: BTreeMap<Vec<u8>, Bytes>,
}

impl Disk {
    /// Carries out all writes.
    pub(crate) fn apply(&mut self, writes: Vec<Write>) {
        for write in writes {
            match write {
                Write::Put(key, value) => {
                    self.records.insert(key, value);
                }
                Write::DeletePrefix(prefix) => {
                    self.remove(&prefix);
                }
            }
        }
    }

    /// Records whose key starts with `prefix`, behind `after`, up to `limit` bytes of values but
    /// at least one; and whether there are more.
    #[must_use]
    pub(crate) fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> (Records, bool) {
        let start = match after {
            Some(after) => Bound::Excluded(after.to_vec()),
            None => Bound::Included(prefix.to_vec()),
        };
        let mut found = Vec::new();
        let mut bytes = 0;
        let range = self.records.range((start, Bound::Unbounded));
        for (key, value) in range.take_while(|(key, _)| key.starts_with(prefix)) {
            if !found.is_empty() && bytes + value.len() > limit {
                return (found, true);
            }
            bytes += value.len();
            found.push((key.clone(), value.clone()));
        }
        (found, false)
    }

    /// Loses every record whose key starts with `prefix`.
    pub fn remove(&mut self, prefix: &[u8]) {
        self.records.retain(|key, _| !key.starts_with(prefix));
    }

    /// How many records start with `prefix`.
    #[must_use]
    pub fn count(&self, prefix: &[u8]) -> usize {
        self.records.keys().filter(|key| key.starts_with(prefix)).count()
    }
}
