//! What one connection still has to receive, and how far each message on its way is.
//!
//! ```text
//! in the store -> waiting -> active -> unacknowledged -> taken
//! ```
//!
//! Only a bounded part of what waits is in memory; `more` says that the store has the rest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use message::MessageId;

use crate::record::Place;

/// Newly taken messages that are remembered: a list that was read before must not bring them back.
const REMEMBERED: usize = 512;

/// The deliveries of one connection.
#[derive(Debug, Default)]
pub(super) struct Pump {
    /// The check-in was answered: deliveries may begin.
    pub(super) started: bool,
    /// Messages to be begun, in order.
    pub(super) waiting: BTreeMap<Place, MessageId>,
    /// Where the next list from the store begins.
    pub(super) after: Option<Place>,
    /// The store may have more than is known here.
    pub(super) more: bool,
    /// A list is being read.
    pub(super) listing: bool,
    /// Something came while the list was being read, so that it may lack it.
    again: bool,
    /// A part of this message is being read.
    pub(super) paging: Option<MessageId>,
    /// Messages that are being sent.
    pub(super) active: BTreeMap<MessageId, Delivery>,
    /// Messages that were sent whole; the device has not yet said that it has them.
    pub(super) unacknowledged: BTreeSet<MessageId>,
    taken: BTreeSet<MessageId>,
    taken_order: VecDeque<MessageId>,
}

/// A message on its way to a device.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    /// Where it stands.
    pub(super) place: Place,
    /// The next portion of each stream.
    pub(super) next: Vec<u32>,
    /// Was the envelope sent, or does the device have it?
    pub(super) enveloped: bool,
    /// Does the message still grow?
    pub(super) live: bool,
}

impl Delivery {
    /// A message from its beginning.
    pub(super) fn new(place: Place, streams: u16) -> Self {
        let next = vec![0; usize::from(streams)];
        Self { place, next, enveloped: false, live: false }
    }
}

impl Pump {
    /// Is the message known here, waiting, on its way or just taken?
    pub(super) fn knows(&self, place: Place, message: MessageId) -> bool {
        self.waiting.contains_key(&place)
            || self.active.contains_key(&message)
            || self.unacknowledged.contains(&message)
            || self.taken.contains(&message)
    }

    /// The device has the message.
    pub(super) fn settle(&mut self, message: MessageId) {
        self.forget(message);
        if self.taken.insert(message) {
            self.taken_order.push_back(message);
        }
        if self.taken_order.len() > REMEMBERED
            && let Some(oldest) = self.taken_order.pop_front()
        {
            self.taken.remove(&oldest);
        }
    }

    /// The message is not to be sent any more.
    pub(super) fn forget(&mut self, message: MessageId) {
        self.active.remove(&message);
        self.unacknowledged.remove(&message);
        self.waiting.retain(|_, waiting| *waiting != message);
    }

    /// A message waits from now on, in its place: while the store has others that come before it,
    /// and beyond `most`, only the store knows it.
    pub(super) fn enqueue(&mut self, place: Place, message: MessageId, most: usize) {
        if self.knows(place, message) {
            return;
        }
        let listed = !self.more || self.after.is_some_and(|after| place <= after);
        if self.listing {
            self.again = true;
        } else if listed && self.waiting.len() < most {
            self.waiting.insert(place, message);
        } else if listed {
            (self.more, self.after) = (true, None);
        }
    }

    /// The store has told what waits behind [`Pump::after`]; a list of `limit` may not be all.
    pub(super) fn listed(&mut self, found: Vec<(Place, MessageId)>, limit: usize) {
        self.more = found.len() >= limit || self.again;
        self.after =
            if self.again { None } else { found.last().map(|found| found.0).or(self.after) };
        (self.listing, self.again) = (false, false);
        for (place, message) in found {
            if !self.knows(place, message) {
                self.waiting.insert(place, message);
            }
        }
    }

    /// The message that is sent from the store now: the first of those that do not grow.
    pub(super) fn settled(&self) -> Option<(MessageId, &Delivery)> {
        let settled = self.active.iter().filter(|(_, delivery)| !delivery.live);
        settled.map(|(message, delivery)| (*message, delivery)).min_by_key(|(_, next)| next.place)
    }
}
