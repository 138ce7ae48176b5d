//! A message that is being received: how far each stream is in memory and on disk, its newest
//! portions, and which connections follow it while it grows.
//!
//! ```text
//! accepted >= stored, for each stream; what lies between is on its way to the disk and in `recent`
//! ```

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;
use machine::{Moment, Span};
use message::speech::Reached;

use super::conn::ConnId;
use crate::record::MessageRecord;

/// A message that is being received.
#[derive(Debug)]
pub(super) struct Incoming {
    /// What it is, and for whom.
    pub(super) record: MessageRecord,
    /// The connection that sends it now.
    pub(super) sender: Option<ConnId>,
    /// Connections that receive it while it grows.
    pub(super) followers: BTreeSet<ConnId>,
    /// Counts the times that the disk refused: answers about an earlier try are void.
    pub(super) epoch: u32,
    /// Batches on their way to the disk.
    pub(super) writing: u32,
    /// It is being cut; nothing more is taken.
    pub(super) cutting: bool,
    /// When the sender was last told how far it is.
    pub(super) told: Option<Moment>,
    /// Was the sender told of a gap that is still there?
    pub(super) told_gap: bool,
    streams: Vec<Stream>,
}

#[derive(Debug, Default)]
struct Stream {
    accepted: u32,
    ended: bool,
    stored: u32,
    stored_end: bool,
    recent: VecDeque<Bytes>,
    recent_bytes: usize,
}

/// What a portion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The next of its stream.
    Next,
    /// It is here already.
    Known,
    /// One before it is missing.
    Gap,
    /// There is no such stream.
    NoStream,
}

impl Incoming {
    /// A message of which the record tells how far it is.
    pub(super) fn new(record: MessageRecord, sender: Option<ConnId>) -> Self {
        let mut streams: Vec<Stream> = Vec::new();
        streams.resize_with(usize::from(record.stream_count()), Stream::default);
        for reached in &record.streams {
            if let Some(stream) = streams.get_mut(usize::from(reached.stream)) {
                (stream.accepted, stream.stored) = (reached.next, reached.next);
                (stream.ended, stream.stored_end) = (reached.complete, reached.complete);
            }
        }
        Self {
            record,
            sender,
            followers: BTreeSet::new(),
            epoch: 0,
            writing: 0,
            cutting: false,
            told: None,
            told_gap: false,
            streams,
        }
    }

    /// What the portion with this number would be.
    pub(super) fn judge(&self, stream: u16, sequence: u32) -> Verdict {
        let Some(stream) = self.streams.get(usize::from(stream)) else { return Verdict::NoStream };
        if sequence < stream.accepted || stream.ended {
            Verdict::Known
        } else if sequence == stream.accepted {
            Verdict::Next
        } else {
            Verdict::Gap
        }
    }

    /// Takes the next portion of a stream. Tells whether all streams have ended with it.
    pub(super) fn take(&mut self, stream: u16, last: bool, body: Bytes) -> bool {
        self.record.bytes += body.len() as u64;
        if let Some(stream) = self.streams.get_mut(usize::from(stream)) {
            stream.accepted += 1;
            stream.ended = last;
            stream.recent_bytes += body.len();
            stream.recent.push_back(body);
        }
        self.streams.iter().all(|stream| stream.ended)
    }

    /// The next portion of a stream is on disk; of those that are, only the newest stay in memory.
    pub(super) fn stored(&mut self, stream: u16, keep: usize, keep_bytes: usize) {
        let Some(stream) = self.streams.get_mut(usize::from(stream)) else { return };
        stream.stored += 1;
        stream.stored_end = stream.ended && stream.stored == stream.accepted;
        let unstored = (stream.accepted - stream.stored) as usize;
        while stream.recent.len() > unstored
            && (stream.recent.len() > keep || stream.recent_bytes > keep_bytes)
        {
            let Some(oldest) = stream.recent.pop_front() else { break };
            stream.recent_bytes -= oldest.len();
        }
    }

    /// The disk refused: what is not on it was never taken.
    pub(super) fn roll_back(&mut self) {
        self.epoch += 1;
        for stream in &mut self.streams {
            while stream.accepted > stream.stored {
                stream.accepted -= 1;
                if let Some(newest) = stream.recent.pop_back() {
                    stream.recent_bytes -= newest.len();
                    self.record.bytes -= newest.len() as u64;
                }
            }
            stream.ended = stream.stored_end;
        }
    }

    /// Is all of it on disk?
    pub(super) fn is_stored(&self) -> bool {
        self.streams.iter().all(|stream| stream.stored_end)
    }

    /// How far it is on disk, for the sender.
    pub(super) fn reached(&self) -> Vec<Reached> {
        let begun = (0..).zip(&self.streams).filter(|(_, stream)| stream.accepted > 0);
        begun
            .map(|(number, stream)| Reached {
                stream: number,
                next: stream.stored,
                complete: stream.stored_end,
            })
            .collect()
    }

    /// How many portions of each stream are here.
    pub(super) fn accepted(&self) -> impl Iterator<Item = u32> + '_ {
        self.streams.iter().map(|stream| stream.accepted)
    }

    /// A portion out of memory, and whether it is the last of its stream.
    pub(super) fn recent(&self, stream: u16, sequence: u32) -> Option<Bytes> {
        let stream = self.streams.get(usize::from(stream))?;
        let first = stream.accepted - u32::try_from(stream.recent.len()).ok()?;
        let at = sequence.checked_sub(first)?;
        stream.recent.get(at as usize).cloned()
    }

    /// Is the portion with this number on disk?
    pub(super) fn is_on_disk(&self, stream: u16, sequence: u32) -> bool {
        self.streams.get(usize::from(stream)).is_some_and(|stream| sequence < stream.stored)
    }

    /// When the sender may be told again how far it is.
    pub(super) fn next_progress(&self, pause: Span) -> Moment {
        self.told.map_or(Moment::START, |told| told + pause)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use message::speech::{Mode, Reached};
    use message::{Guid, MessageId, Priority};

    use super::{Incoming, Verdict};
    use crate::record::{Instant, MessageRecord, Number, Stage};

    fn incoming() -> Incoming {
        let record = MessageRecord {
            number: Number(1),
            id: MessageId::from_bytes([1; 16]),
            sender: Guid::from_bytes([2; 16]),
            device: Guid::BLANK,
            digest: [0; 32],
            mode: Mode::Live,
            priority: Priority::Normal,
            format: Vec::new(),
            attachments: Vec::new(),
            sender_display: String::new(),
            sender_key: [0; 32],
            created: 0,
            taken: Instant::default(),
            reply_to: None,
            recipients: Vec::new(),
            stage: Stage::Incomplete,
            streams: Vec::new(),
            bytes: 0,
        };
        Incoming::new(record, None)
    }

    // row 95
    #[test]
    fn portions_are_taken_in_order_only() {
        let mut incoming = incoming();
        assert_eq!(incoming.judge(0, 1), Verdict::Gap);
        assert_eq!(incoming.judge(1, 0), Verdict::NoStream);
        assert_eq!(incoming.judge(0, 0), Verdict::Next);
        assert!(!incoming.take(0, false, Bytes::from_static(b"a")));
        assert_eq!(incoming.judge(0, 0), Verdict::Known);
        assert!(incoming.take(0, true, Bytes::from_static(b"b")));
        assert_eq!(incoming.judge(0, 2), Verdict::Known, "nothing follows the last");
    }

    #[test]
    fn what_the_disk_refused_was_never_taken() {
        let mut incoming = incoming();
        incoming.take(0, false, Bytes::from_static(b"a"));
        incoming.stored(0, 9, 99);
        incoming.take(0, true, Bytes::from_static(b"bc"));
        incoming.roll_back();
        assert_eq!(incoming.reached(), [Reached { stream: 0, next: 1, complete: false }]);
        assert_eq!(incoming.judge(0, 1), Verdict::Next);
        assert_eq!(incoming.record.bytes, 1);
        assert!(!incoming.is_stored());
    }

    #[test]
    fn what_is_not_on_disk_stays_in_memory() {
        let mut incoming = incoming();
        for letter in [b"a", b"b", b"c", b"d"] {
            incoming.take(0, false, Bytes::from_static(letter));
        }
        for _ in 0..3 {
            incoming.stored(0, 1, 99);
        }
        assert_eq!(incoming.recent(0, 2), None);
        assert_eq!(incoming.recent(0, 3), Some(Bytes::from_static(b"d")));
        assert!(incoming.is_on_disk(0, 2) && !incoming.is_on_disk(0, 3));
    }
}
