//! The bounded outgoing queue of a connection: one line per priority, none starves (row 100).

use std::collections::VecDeque;

use crate::{Object, Priority};

/// Every so many picks, the object that has waited longest goes first, whatever its priority.
const FAIR_EVERY: u32 = 8;
/// High, normal (and unknown), low.
const LINES: usize = 3;

/// How much may wait, in bytes on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Above this, live portions are dropped: they are stored anyway.
    pub live: usize,
    /// Above this, nothing more fits and the peer is too slow.
    pub all: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { live: 512 << 10, all: 8 << 20 }
    }
}

/// Nothing more fits: the peer reads too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} bytes wait for a peer that reads too slowly")]
pub struct QueueFull {
    /// Bytes that wait.
    pub waiting: usize,
}

#[derive(Clone, Debug)]
struct Waiting {
    ticket: u64,
    object: Object,
}

/// Objects that wait to be written, in the order in which they will be.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    lines: [VecDeque<Waiting>; LINES],
    limits: Limits,
    bytes: usize,
    tickets: u64,
    picks: u32,
}

impl Queue {
    /// An empty queue with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Puts an object in its line.
    ///
    /// # Errors
    /// [`QueueFull`] if it does not fit; it was not put.
    pub fn push(&mut self, object: Object) -> Result<(), QueueFull> {
        let size = object.wire_len();
        if self.bytes + size > self.limits.all {
            return Err(QueueFull { waiting: self.bytes });
        }
        self.bytes += size;
        self.tickets += 1;
        let line = line_of(object.header.priority);
        self.lines[line].push_back(Waiting { ticket: self.tickets, object });
        Ok(())
    }

    /// Puts a live portion in its line, unless so much waits already that the peer had better
    /// catch up from the store. Tells whether it was put.
    pub fn push_live(&mut self, object: Object) -> bool {
        self.bytes + object.wire_len() <= self.limits.live && self.push(object).is_ok()
    }

    /// Takes the next object to write.
    pub fn pop(&mut self) -> Option<Object> {
        self.picks = self.picks.wrapping_add(1);
        let line = if self.picks.is_multiple_of(FAIR_EVERY) {
            self.longest_waiting()
        } else {
            (0..LINES).find(|line| !self.lines[*line].is_empty())
        }?;
        let object = self.lines[line].pop_front()?.object;
        self.bytes -= object.wire_len();
        Some(object)
    }

    /// Bytes that wait.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Does nothing wait?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    fn longest_waiting(&self) -> Option<usize> {
        (0..LINES)
            .filter_map(|line| self.lines[line].front().map(|waiting| (waiting.ticket, line)))
            .min()
            .map(|(_, line)| line)
    }
}

const fn line_of(priority: Priority) -> usize {
    match priority {
        Priority::High => 0,
        Priority::Normal | Priority::Unknown => 1,
        Priority::Low => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Queue, QueueFull};
    use crate::{Action, HEADER_LEN, Object, ObjectId, Priority};

    fn ping(number: u8, priority: Priority) -> Object {
        Object::bare(Action::Ping, ObjectId::from_bytes([number; 16])).with_priority(priority)
    }

    // row 100
    #[test]
    fn high_goes_first_and_the_low_does_not_starve() {
        let mut queue = Queue::default();
        queue.push(ping(0, Priority::Low)).expect("fits");
        queue.push(ping(1, Priority::Unknown)).expect("fits");
        for number in 2..22 {
            queue.push(ping(number, Priority::High)).expect("fits");
        }
        let order: Vec<u8> =
            std::iter::from_fn(|| queue.pop()).map(|object| object.header.id.bytes()[0]).collect();
        assert_eq!(order[..7], [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(order[7], 0, "the eighth pick goes to the one that waited longest");
        assert_eq!(order[15], 1);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_slow_reader_loses_live_portions_first() {
        let limits = Limits { live: HEADER_LEN, all: 2 * HEADER_LEN };
        let mut queue = Queue::new(limits);
        assert!(queue.push_live(ping(1, Priority::Normal)));
        assert!(!queue.push_live(ping(2, Priority::Normal)));
        assert_eq!(queue.push(ping(3, Priority::Normal)), Ok(()));
        let full = QueueFull { waiting: 2 * HEADER_LEN };
        assert_eq!(queue.push(ping(4, Priority::Normal)), Err(full));
    }
}
