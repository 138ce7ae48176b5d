//! The record of what was done, and numbers over time.

use super::{Denied, Desk};
use crate::audit::{Entry, Numbered};
use crate::history::{Row, Sample, Span};

impl Desk {
    /// Writes a deed down.
    pub(crate) fn note(&self, entry: Entry) -> Result<(), Denied> {
        Ok(self.store.note(&entry.bounded())?)
    }

    /// Deeds before this number, the newest first.
    pub(crate) fn deeds(&self, before: u64, most: u32) -> Result<Vec<Numbered>, Denied> {
        Ok(self.store.deeds(before, most)?)
    }

    /// Keeps a sample.
    pub(crate) fn add_sample(&mut self, wall: u64, sample: &Sample) -> Result<(), Denied> {
        Ok(self.store.add_sample(wall, sample)?)
    }

    /// Rows of a span, the oldest first.
    pub(crate) fn samples(&self, span: Span, from: u64, until: u64) -> Result<Vec<Row>, Denied> {
        Ok(self.store.samples(span, from, until)?)
    }
}
