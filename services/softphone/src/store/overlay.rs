//! Writes that are seen but never kept: what a process that only looks thinks on top of the
//! database of another.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use client_engine::Write;

use super::Page;

/// What was written and deleted on top.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    put: BTreeMap<Vec<u8>, Bytes>,
    deleted: Vec<Vec<u8>>,
}

impl Overlay {
    /// Takes a write.
    pub(super) fn write(&mut self, write: &Write) {
        match write {
            Write::Put(key, value) => {
                self.put.insert(key.clone(), value.clone());
            }
            Write::DeletePrefix(prefix) => {
                self.put.retain(|key, _| !key.starts_with(prefix));
                self.deleted.push(prefix.clone());
            }
        }
    }

    /// Puts what was written on top of a page of the database below.
    pub(super) fn over(&self, mut page: Page, prefix: &[u8], after: Option<&[u8]>) -> Page {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            Some(_) | None => Bound::Included(prefix),
        };
        let end = page.records.last().filter(|_| page.more).map(|(key, _)| key.clone());
        let above = self.put.range::<[u8], _>((from, Bound::Unbounded));
        let above = above
            .take_while(|(key, _)| key.starts_with(prefix))
            .take_while(|(key, _)| end.as_ref().is_none_or(|end| *key <= end));
        let hidden = |key: &[u8]| self.deleted.iter().any(|prefix| key.starts_with(prefix));
        page.records.retain(|(key, _)| !hidden(key) && !self.put.contains_key(key));
        page.records.extend(above.map(|(key, value)| (key.clone(), value.clone())));
        page.records.sort_by(|a, b| a.0.cmp(&b.0));
        page
    }
}
