//! The order of writes: one batch at a time is on its way to the disk, what comes meanwhile waits
//! and goes together. A batch that failed is tried again before anything behind it, so that the
//! storage always holds a state that the engine once was in.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use message::{Guid, MessageId};
use minicbor::Encode;

use crate::paths::{self, RecordKey};
use crate::{Output, SinkId, Ticket, Write};

/// A batch takes no more writes above this, so that none of them takes long.
const BATCH: usize = 1 << 20;
/// Above this the storage is so far behind that the link is closed until it has caught up.
const FAR_BEHIND: usize = 32 << 20;

/// What happens when a batch is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durable {
    /// The account after a log-in by password.
    LoggedIn,
    /// Nothing is left of the account.
    Wiped,
    /// Portions of the piece of a draft.
    Said(MessageId),
    /// All speech of a draft; it is ready.
    DraftReady(MessageId),
    /// Portions of a file that is being attached.
    FileRead,
    /// Portions of a file that is being sealed for its final place.
    FileMoved,
    /// A message that may be sent.
    Dispatched(MessageId),
    /// That the server has a message.
    Sent(MessageId),
    /// Portions of a message that arrives.
    Received(MessageId),
    /// A message that is whole.
    Arrived(MessageId),
    /// A receipt or deletion that the server has to be told.
    Owed(MessageId),
    /// The pin of a person.
    Trusted(Guid),
}

/// Whose question to the storage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The small records, at the start.
    Start,
    /// The messages of another process.
    Adopt,
    /// The player; the number tells its tunes apart.
    Player(u64),
    /// The outbox.
    Outbox(MessageId),
    /// A sink.
    Sink(SinkId),
    /// A live message that a crash has cut.
    Rescue(MessageId),
    /// A file of the draft that is being sealed for its final place.
    Move,
}

#[derive(Default)]
struct Batch {
    writes: Vec<Write>,
    then: Vec<Durable>,
    bytes: usize,
}

/// The engine's side of the storage.
#[derive(Default)]
pub(crate) struct Storage {
    tickets: u64,
    in_flight: Option<(Ticket, Batch)>,
    waiting: VecDeque<Batch>,
    failed: bool,
    reads: BTreeMap<Ticket, Reader>,
}

impl Storage {
    /// Puts writes, all or none, behind those already there.
    pub(crate) fn write(&mut self, writes: Vec<Write>, then: Option<Durable>) {
        let bytes: usize = writes.iter().map(size_of_write).sum();
        let fits = self.waiting.back().is_some_and(|batch| batch.bytes + bytes <= BATCH);
        if !fits {
            self.waiting.push_back(Batch::default());
        }
        if let Some(batch) = self.waiting.back_mut() {
            batch.bytes += bytes;
            batch.writes.extend(writes);
            batch.then.extend(then);
        }
    }

    /// The next batch, if none is on its way.
    pub(crate) fn next_batch(&mut self) -> Option<Output> {
        if self.in_flight.is_some() || self.failed {
            return None;
        }
        let batch = self.waiting.pop_front()?;
        let ticket = self.ticket();
        let writes = batch.writes.clone();
        self.in_flight = Some((ticket, batch));
        Some(Output::Store { ticket, writes })
    }

    /// The batch is on disk: what follows.
    pub(crate) fn stored(&mut self, ticket: Ticket) -> Vec<Durable> {
        match self.in_flight.take() {
            Some((flying, batch)) if flying == ticket => batch.then,
            other => {
                self.in_flight = other;
                Vec::new()
            }
        }
    }

    /// The batch is not on disk; it goes again after [`Storage::try_again`]. Tells whether it was
    /// the one on its way.
    pub(crate) fn store_failed(&mut self, ticket: Ticket) -> bool {
        match self.in_flight.take() {
            Some((flying, batch)) if flying == ticket => {
                self.waiting.push_front(batch);
                self.failed = true;
                true
            }
            other => {
                self.in_flight = other;
                false
            }
        }
    }

    /// The batch that failed may go again.
    pub(crate) fn try_again(&mut self) {
        self.failed = false;
    }

    /// Does so much wait that nothing more may be taken in?
    pub(crate) fn is_far_behind(&self) -> bool {
        self.waiting.iter().map(|batch| batch.bytes).sum::<usize>() > FAR_BEHIND
    }

    /// A question to the storage.
    pub(crate) fn scan(
        &mut self,
        reader: Reader,
        prefix: Vec<u8>,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Output {
        let ticket = self.ticket();
        self.reads.insert(ticket, reader);
        Output::Scan { ticket, prefix, after, limit }
    }

    /// Whose answer it is; none if nobody waits for it any more.
    pub(crate) fn scanned(&mut self, ticket: Ticket) -> Option<Reader> {
        self.reads.remove(&ticket)
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }
}

/// The write of a small record.
pub(crate) fn put<R: Encode<()>>(key: RecordKey, record: &R) -> Write {
    let value = minicbor::to_vec(record).expect("writing to a vector cannot fail");
    Write::Put(key.bytes(), Bytes::from(value))
}

/// The deletion of a small record.
pub(crate) fn delete(key: RecordKey) -> Write {
    Write::DeletePrefix(key.bytes())
}

/// The write of a portion.
pub(crate) fn put_portion(
    message: MessageId,
    stream: u16,
    sequence: u32,
    last: bool,
    sealed: &[u8],
) -> Write {
    let mut value = Vec::with_capacity(1 + sealed.len());
    value.push(u8::from(last));
    value.extend_from_slice(sealed);
    Write::Put(paths::portion(message, stream, sequence), Bytes::from(value))
}

/// The deletion of all portions of a message.
pub(crate) fn delete_portions(message: MessageId) -> Write {
    Write::DeletePrefix(paths::message_portions(message))
}

/// A portion as the storage gives it back.
#[derive(Clone, Debug)]
pub(crate) struct StoredPortion {
    /// Its number.
    pub(crate) sequence: u32,
    /// Is it the last of its stream?
    pub(crate) last: bool,
    /// The sealed bytes.
    pub(crate) sealed: Bytes,
}

impl StoredPortion {
    /// Reads one record.
    pub(crate) fn parse(key: &[u8], value: &Bytes) -> Option<Self> {
        let last = *value.first()? == 1;
        Some(Self { sequence: paths::sequence_of(key)?, last, sealed: value.slice(1..) })
    }
}

fn size_of_write(write: &Write) -> usize {
    match write {
        Write::Put(key, value) => key.len() + value.len(),
        Write::DeletePrefix(prefix) => prefix.len(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Durable, Storage};
    use crate::{Output, Ticket, Write};

    fn value(byte: u8) -> Vec<Write> {
        vec![Write::Put(b"key".to_vec(), Bytes::from(vec![byte]))]
    }

    fn ticket(output: Option<Output>) -> (Ticket, Vec<Write>) {
        match output {
            Some(Output::Store { ticket, writes }) => (ticket, writes),
            other => unreachable!("{other:?} is no store"),
        }
    }

    #[test]
    fn writes_that_come_meanwhile_go_together() {
        let mut storage = Storage::default();
        storage.write(value(1), Some(Durable::LoggedIn));
        let (first, _) = ticket(storage.next_batch());
        storage.write(value(2), None);
        storage.write(value(3), Some(Durable::Wiped));
        assert!(storage.next_batch().is_none());
        assert_eq!(storage.stored(first), [Durable::LoggedIn]);
        let (second, writes) = ticket(storage.next_batch());
        assert_eq!(writes.len(), 2);
        assert_eq!(storage.stored(second), [Durable::Wiped]);
    }

    #[test]
    fn a_write_that_failed_goes_again_before_those_behind_it() {
        let mut storage = Storage::default();
        storage.write(value(1), Some(Durable::LoggedIn));
        let (first, _) = ticket(storage.next_batch());
        storage.write(value(2), None);
        assert!(storage.store_failed(first));
        assert!(storage.next_batch().is_none());
        storage.try_again();
        let (again, writes) = ticket(storage.next_batch());
        assert_eq!(writes, value(1));
        assert_eq!(storage.stored(first), []);
        assert_eq!(storage.stored(again), [Durable::LoggedIn]);
    }
}
