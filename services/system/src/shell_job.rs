//! Jobs at work: begun for who asks, done by a deed, looked at meanwhile.

use std::collections::BTreeMap;

use chassis::context::Context;
use message::Refusal;
use message::system::{Job, JobState};
use tokio::sync::watch;

use crate::deed::{Report, Request};
use crate::job::{self, Book};
use crate::shell_deed::perform;

/// The jobs of this appliance. Clones share them.
#[derive(Clone, Debug)]
pub struct Jobs {
    context: Context,
    book: watch::Sender<Book>,
}

impl Jobs {
    /// No job has run yet.
    #[must_use]
    pub fn new(context: &Context) -> Self {
        Self { context: context.clone(), book: watch::Sender::new(Book::default()) }
    }

    /// Begins a job; `about` are files that diagnostics shall hold, by name: health, settings.
    ///
    /// # Errors
    /// Another one runs, or it cannot be meant.
    pub fn begin(&self, job: Job, about: BTreeMap<String, String>) -> Result<JobState, Refusal> {
        let mut begun = None;
        self.book.send_modify(|book| begun = Some(book.begin(&job)));
        let state = begun.expect("it was asked just now")?;
        let request = match job::request(job) {
            Ok(Request::Diagnostics { .. }) => Request::Diagnostics { files: about },
            Ok(request) => request,
            Err(refusal) => {
                self.note(Report::Failed { words: refusal.text.clone() });
                return Err(refusal);
            }
        };
        let jobs = self.clone();
        self.context.spawn("job", async move { jobs.work(request).await });
        Ok(state)
    }

    /// How the job that runs, or ran last, stands.
    #[must_use]
    pub fn state(&self) -> JobState {
        self.book.borrow().state().clone()
    }

    /// Tells whenever it stands otherwise.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Book> {
        self.book.subscribe()
    }

    async fn work(self, request: Request) {
        let result = perform(self.context.layout(), request, |report| self.note(report)).await;
        self.note(match result {
            Ok(outcome) => Report::Done(outcome),
            Err(error) => Report::Failed { words: error.to_string() },
        });
    }

    fn note(&self, report: Report) {
        self.book.send_modify(|book| book.note(report));
    }
}
