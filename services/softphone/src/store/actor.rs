//! The one thread that holds the database: takes the engine's requests in their order and answers
//! each. Writes that wait together share one commit.

use std::collections::VecDeque;
use std::thread;

use anyhow::Context;
use client_engine::{Input, Ticket, Write};
use tokio::sync::mpsc;

use super::Database;

/// Requests on their way to the thread; more wait in [`Store`] itself, where the engine's own
/// bounds hold.
const WAITING: usize = 64;
/// Writes of one commit: beyond that the first of them would wait too long for its answer.
const GROUP: usize = 32;

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// For the engine.
    Input(Input),
    /// The database cannot be read any more: nothing can go on.
    Broken(String),
}

enum Request {
    Write(Ticket, Vec<Write>),
    Scan { ticket: Ticket, prefix: Vec<u8>, after: Option<Vec<u8>>, limit: usize },
}

/// The database behind its thread. Dropped, it finishes what was asked.
pub struct Store {
    requests: Option<mpsc::Sender<Request>>,
    answers: mpsc::Receiver<Answer>,
    waiting: VecDeque<Request>,
    unanswered: usize,
    thread: Option<thread::JoinHandle<()>>,
}

impl Store {
    /// Gives the database to a thread of its own.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub fn start(database: Database) -> anyhow::Result<Self> {
        let (requests, requested) = mpsc::channel(WAITING);
        let (answer, answers) = mpsc::channel(WAITING);
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || serve(database, requested, &answer))
            .context("cannot start the storage")?;
        let waiting = VecDeque::new();
        let (requests, thread) = (Some(requests), Some(thread));
        Ok(Self { requests, answers, waiting, unanswered: 0, thread })
    }

    /// Asks for writes, all or none; answered by stored.
    pub fn write(&mut self, ticket: Ticket, writes: Vec<Write>) {
        self.ask(Request::Write(ticket, writes));
    }

    /// Asks for records; answered by scanned.
    pub fn scan(&mut self, ticket: Ticket, prefix: Vec<u8>, after: Option<Vec<u8>>, limit: usize) {
        self.ask(Request::Scan { ticket, prefix, after, limit });
    }

    /// Requests that have no answer yet.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// The next answer. Cancel-safe; waits for ever if nothing was asked.
    pub async fn next(&mut self) -> Answer {
        let Some(requests) = &self.requests else { return std::future::pending().await };
        loop {
            tokio::select! {
                answer = self.answers.recv() => {
                    self.unanswered = self.unanswered.saturating_sub(1);
                    return answer.unwrap_or_else(|| Answer::Broken("it has stopped".to_owned()));
                }
                permit = requests.reserve(), if !self.waiting.is_empty() => {
                    if let (Ok(permit), Some(request)) = (permit, self.waiting.pop_front()) {
                        permit.send(request);
                    }
                }
            }
        }
    }

    fn ask(&mut self, request: Request) {
        self.unanswered += 1;
        self.waiting.push_back(request);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.answers.close();
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            drop(thread.join());
        }
    }
}

fn serve(
    mut database: Database,
    mut requested: mpsc::Receiver<Request>,
    answer: &mpsc::Sender<Answer>,
) {
    let mut group = Vec::new();
    let mut held = None;
    while let Some(request) = held.take().or_else(|| requested.blocking_recv()) {
        match request {
            Request::Write(ticket, writes) => {
                group.push((ticket, writes));
                while group.len() < GROUP {
                    match requested.try_recv() {
                        Ok(Request::Write(ticket, writes)) => group.push((ticket, writes)),
                        Ok(scan @ Request::Scan { .. }) => {
                            held = Some(scan);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                commit(&mut database, &mut group, answer);
            }
            Request::Scan { ticket, prefix, after, limit } => {
                let page = database.scan(&prefix, after.as_deref(), limit);
                say(
                    answer,
                    match page {
                        Ok(page) => Answer::Input(Input::Scanned {
                            ticket,
                            records: page.records,
                            more: page.more,
                        }),
                        Err(error) => Answer::Broken(error.to_string()),
                    },
                );
            }
        }
    }
}

/// Commits the group at once; if that fails each for itself, so that one request that does not
/// fit on the disk takes no other with it.
fn commit(
    database: &mut Database,
    group: &mut Vec<(Ticket, Vec<Write>)>,
    answer: &mpsc::Sender<Answer>,
) {
    let together = database.write(group.iter().flat_map(|(_, writes)| writes));
    for (ticket, writes) in group.drain(..) {
        let result = if together.is_ok() { Ok(()) } else { database.write(&writes) };
        say(
            answer,
            Answer::Input(match result {
                Ok(()) => Input::Stored(ticket),
                Err(error) => Input::StoreFailed(ticket, error.to_string()),
            }),
        );
    }
}

/// Answers; whoever has gone away needs no answer.
fn say(answer: &mpsc::Sender<Answer>, what: Answer) {
    drop(answer.blocking_send(what));
}
