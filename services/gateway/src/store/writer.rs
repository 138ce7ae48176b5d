//! The thread that owns the database: a disk blocks, and nothing else may wait for it.

use std::thread::{Builder, JoinHandle};

use anyhow::Context as _;
use tokio::sync::mpsc;

use super::Store;
use crate::stations::Write;

/// Batches that wait: the stations give one at a time and wait for its answer.
const WAITING: usize = 4;

/// The way to the thread.
#[derive(Debug)]
pub(crate) struct Writer {
    batches: mpsc::Sender<Vec<Write>>,
    answers: mpsc::Receiver<Result<(), String>>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(mut store: Store) -> anyhow::Result<Self> {
        let (batches, mut given) = mpsc::channel(WAITING);
        let (answer, answers) = mpsc::channel(WAITING);
        let run = move || {
            let mut group = Vec::with_capacity(WAITING);
            while given.blocking_recv_many(&mut group, WAITING) > 0 {
                let result = store.write(&group).map_err(|error| error.to_string());
                for _ in group.drain(..) {
                    if answer.blocking_send(result.clone()).is_err() {
                        return;
                    }
                }
            }
        };
        let thread = Builder::new().name("gateway store".to_owned()).spawn(run);
        Ok(Self { batches, answers, thread: thread.context("starting the thread of the store")? })
    }

    /// Gives it a batch; false if the thread is gone.
    pub(crate) fn begin(&self, writes: Vec<Write>) -> bool {
        self.batches.try_send(writes).is_ok()
    }

    /// The next answer; none when the thread is gone. Cancel-safe.
    pub(crate) async fn answered(&mut self) -> Option<Result<(), String>> {
        self.answers.recv().await
    }

    /// Ends the thread, after what it has to do; tells whether it ended well.
    pub(crate) async fn join(self) -> bool {
        let Self { batches, answers, thread } = self;
        drop((batches, answers));
        let ended = tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
        matches!(ended, Ok(true))
    }
}
