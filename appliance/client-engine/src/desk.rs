//! What every part of the engine works with: outputs, wall time, chance, the storage.

use std::collections::{BTreeSet, VecDeque};

use machine::{Moment, Span};
use message::{MessageId, ObjectId, ObjectIds};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::storage::{Durable, Reader, Storage};
use crate::{Change, Notice, Output, Setup, Write};

/// The means of the engine.
pub(crate) struct Desk {
    /// Randomness for keys, ids and jitter.
    pub(crate) rng: ChaCha20Rng,
    /// The order of writes.
    pub(crate) storage: Storage,
    outputs: VecDeque<Output>,
    changes: BTreeSet<Change>,
    objects: ObjectIds,
    started: Moment,
    unix_millis: u64,
}

impl Desk {
    /// The means at the start.
    pub(crate) fn new(setup: &Setup) -> Self {
        let mut rng = ChaCha20Rng::from_seed(setup.seed);
        let zero = setup.unix_millis.saturating_sub(setup.now.millis());
        let objects = ObjectIds::new(ObjectId::new(zero, &mut rng));
        Self {
            rng,
            storage: Storage::default(),
            outputs: VecDeque::new(),
            changes: BTreeSet::new(),
            objects,
            started: setup.now,
            unix_millis: setup.unix_millis,
        }
    }

    /// The wall clock, unix milliseconds.
    pub(crate) fn wall(&self, now: Moment) -> u64 {
        self.unix_millis.saturating_add(now.since(self.started).millis())
    }

    /// The id of a new message.
    pub(crate) fn message_id(&mut self, now: Moment) -> MessageId {
        MessageId::new(self.wall(now), &mut self.rng)
    }

    /// The id of a new message object.
    pub(crate) fn object_id(&mut self, now: Moment) -> ObjectId {
        self.objects.fresh(now)
    }

    /// Up to `span`, by chance.
    pub(crate) fn jitter(&mut self, span: Span) -> Span {
        Span::from_millis(self.rng.next_u64() % (span.millis() + 1))
    }

    /// One more deed for the shell.
    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Something to tell.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.outputs.push_back(Output::Notice(notice));
    }

    /// A command cannot be carried out.
    pub(crate) fn refuse(&mut self, why: impl Into<String>) {
        self.notice(Notice::Refused(why.into()));
    }

    /// A view has changed; told once, however often it changes before it is told.
    pub(crate) fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    /// Writes, all or none.
    pub(crate) fn write(&mut self, writes: Vec<Write>) {
        self.storage.write(writes, None);
    }

    /// Writes, all or none, and what follows when they are on disk.
    pub(crate) fn write_then(&mut self, writes: Vec<Write>, then: Durable) {
        self.storage.write(writes, Some(then));
    }

    /// Reads a page of records.
    pub(crate) fn read(
        &mut self,
        reader: Reader,
        prefix: Vec<u8>,
        after: Option<Vec<u8>>,
        limit: usize,
    ) {
        let output = self.storage.scan(reader, prefix, after, limit);
        self.outputs.push_back(output);
    }

    /// The next deed.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.outputs
            .pop_front()
            .or_else(|| self.storage.next_batch())
            .or_else(|| self.changes.pop_first().map(Output::Changed))
    }
}
