//! The thread that owns the desk: database and password hashing wait for each other there, and
//! nobody else waits for them.

use std::io;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::desk::Desk;

/// Questions that may wait; each page asks one. More at a time are a flood.
const QUESTIONS: usize = 128;

type Question = Box<dyn FnOnce(&mut Desk) + Send>;

/// The way to the desk.
#[derive(Clone)]
pub(crate) struct Keeper {
    questions: mpsc::Sender<Question>,
}

/// The desk has too many questions, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The appliance is busy. Try again in a moment.")]
pub(crate) struct Busy;

impl Keeper {
    /// Starts the thread; it ends with the last keeper.
    pub(crate) fn start(mut desk: Desk) -> io::Result<Self> {
        let (questions, mut asked) = mpsc::channel::<Question>(QUESTIONS);
        thread::Builder::new().name("admin-desk".to_owned()).spawn(move || {
            while let Some(question) = asked.blocking_recv() {
                question(&mut desk);
            }
        })?;
        Ok(Self { questions })
    }

    /// Asks the desk, and waits for what it says.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Desk) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let (answer, answered) = oneshot::channel();
        let asking: Question = Box::new(move |desk| {
            // Who asked may have gone away.
            let _ = answer.send(question(desk));
        });
        self.questions.try_send(asking).map_err(|_| Busy)?;
        answered.await.map_err(|_| Busy)
    }
}
