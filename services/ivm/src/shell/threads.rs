//! The store's threads: one writes, two read. Jobs go in, answers come out, each exactly once.

use std::collections::VecDeque;
use std::thread::{Builder, JoinHandle};

use anyhow::Context as _;
use tokio::sync::mpsc;

use crate::engine::Input;
use crate::record::{Fault, Query, Ticket, Write};
use crate::store::{Reader, Store, Writer};

/// Jobs with the threads at once. Each has one answer, so that a channel of this length is never
/// full and no thread ever waits for the engine.
const MOST_JOBS: usize = 8_192;
/// Bytes of writes with the thread at once: bounds the memory that a slow disk can take.
const MOST_BYTES: usize = 32 << 20;
/// Batches in one commit: many share one sync, and none waits long.
const GROUP: usize = 1_024;

/// A job for a thread.
pub(super) enum Job {
    /// For the writer.
    Commit(Ticket, Vec<Write>),
    /// For a reader.
    Load(Ticket, Query),
}

/// The threads, and the jobs that are with them.
pub(crate) struct Threads {
    writes: mpsc::Sender<(Ticket, Vec<Write>)>,
    asks: mpsc::Sender<(Ticket, Query)>,
    pages: mpsc::Sender<(Ticket, Query)>,
    answers: mpsc::Receiver<(Input, usize)>,
    waiting: VecDeque<Job>,
    jobs: usize,
    bytes: usize,
    failed: bool,
    /// What cannot be read stays so: the next start salvages the rest.
    damaged: bool,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Starts the threads of a store.
    pub(crate) fn start(store: Store) -> anyhow::Result<Self> {
        let Store { writer, asker, pager } = store;
        let (answer, answers) = mpsc::channel(MOST_JOBS);
        let (writes, batches) = mpsc::channel(MOST_JOBS);
        let (asks, asked) = mpsc::channel(MOST_JOBS);
        let (pages, paged) = mpsc::channel(MOST_JOBS);
        let (to_write, to_ask) = (answer.clone(), answer.clone());
        let handles = vec![
            spawn("ivm store", move || write(writer, batches, &to_write))?,
            spawn("ivm lookup", move || read(&asker, asked, &to_ask))?,
            spawn("ivm pages", move || read(&pager, paged, &answer))?,
        ];
        let waiting = VecDeque::new();
        Ok(Self {
            writes,
            asks,
            pages,
            answers,
            waiting,
            jobs: 0,
            bytes: 0,
            failed: false,
            damaged: false,
            handles,
        })
    }

    /// Begins a job, when there is room for it.
    pub(super) fn begin(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Gives jobs to the threads as far as there is room.
    pub(super) fn settle(&mut self) {
        while self.jobs < MOST_JOBS && self.bytes < MOST_BYTES {
            let Some(job) = self.waiting.pop_front() else { return };
            self.jobs += 1;
            // There is room for every job that is counted: a thread that does not take it is gone.
            self.failed |= match job {
                Job::Commit(ticket, writes) => {
                    self.bytes += size_of_writes(&writes);
                    self.writes.try_send((ticket, writes)).is_err()
                }
                Job::Load(ticket, query @ Query::Page { .. }) => {
                    self.pages.try_send((ticket, query)).is_err()
                }
                Job::Load(ticket, query) => self.asks.try_send((ticket, query)).is_err(),
            };
        }
    }

    /// Is there more to do than the threads are given at once? Then nothing new should be begun.
    pub(super) fn are_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Is a thread gone, or the database damaged? Then nothing can go on.
    pub(super) fn have_failed(&self) -> bool {
        self.failed || self.damaged
    }

    /// The next answer; `None` when the threads are gone. Cancel-safe.
    pub(super) async fn answered(&mut self) -> Option<Input> {
        let (input, bytes) = self.answers.recv().await?;
        self.jobs -= 1;
        self.bytes -= bytes;
        self.damaged |= matches!(
            input,
            Input::Committed { result: Err(Fault::Damaged(_)), .. }
                | Input::Answered { answer: Err(Fault::Damaged(_)), .. }
        );
        Some(input)
    }

    /// Ends the threads, after what they have to do; tells whether all ended well.
    pub(super) async fn join(self) -> bool {
        let Self { handles, writes, asks, pages, damaged, .. } = self;
        drop((writes, asks, pages));
        let ended = tokio::task::spawn_blocking(move || {
            handles.into_iter().all(|handle| handle.join().is_ok())
        });
        matches!(ended.await, Ok(true)) && !damaged
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> anyhow::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(run).context("starting a thread of the store")
}

fn size_of_writes(writes: &[Write]) -> usize {
    let bodies = writes.iter().filter_map(|write| {
        if let Write::Portion { body, .. } = write { Some(body.len()) } else { None }
    });
    bodies.sum()
}

fn write(
    mut writer: Writer,
    mut batches: mpsc::Receiver<(Ticket, Vec<Write>)>,
    answer: &mpsc::Sender<(Input, usize)>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while batches.blocking_recv_many(&mut group, GROUP) > 0 {
        let (tickets, writes): (Vec<Ticket>, Vec<Vec<Write>>) = group.drain(..).unzip();
        let results = writer.commit(&writes);
        for ((ticket, writes), result) in tickets.into_iter().zip(&writes).zip(results) {
            let bytes = size_of_writes(writes);
            if answer.blocking_send((Input::Committed { ticket, result }, bytes)).is_err() {
                return;
            }
        }
    }
}

fn read(
    reader: &Reader,
    mut queries: mpsc::Receiver<(Ticket, Query)>,
    answer: &mpsc::Sender<(Input, usize)>,
) {
    while let Some((ticket, query)) = queries.blocking_recv() {
        let input = Input::Answered { ticket, answer: reader.answer(&query) };
        if answer.blocking_send((input, 0)).is_err() {
            return;
        }
    }
}
