//! The book of jobs: one at a time, how far it is, and what came of the last one.

use message::system::{Job, JobState, Stage};
use message::{ErrorCode, Refusal};

use crate::deed::{Passphrase, Report, Request};

/// The book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    state: JobState,
}

impl Book {
    /// How the job that runs, or ran last, stands.
    #[must_use]
    pub fn state(&self) -> &JobState {
        &self.state
    }

    /// Enters a job.
    ///
    /// # Errors
    /// Another one runs.
    pub fn begin(&mut self, job: &Job) -> Result<JobState, Refusal> {
        if self.state.stage == Stage::Running {
            let words = format!("Something else is under way: {}.", self.state.name);
            return Err(Refusal::new(ErrorCode::Conflict, words));
        }
        self.state = JobState {
            number: self.state.number + 1,
            name: name(job).to_owned(),
            percent: 0,
            words: "It begins.".to_owned(),
            stage: Stage::Running,
            file: None,
        };
        Ok(self.state.clone())
    }

    /// Notes what is heard of the job that runs.
    pub fn note(&mut self, report: Report) {
        let state = &mut self.state;
        if state.stage != Stage::Running {
            return;
        }
        match report {
            // Never back: who looks on would not believe it.
            Report::Progress { percent, words } => {
                state.percent = state.percent.max(percent.min(100));
                state.words = words;
            }
            Report::Done(outcome) => {
                state.percent = 100;
                state.stage = Stage::Done;
                state.words = outcome.words;
                state.file = outcome.file;
            }
            Report::Failed { words } => {
                state.stage = Stage::Failed;
                state.words = words;
            }
        }
    }
}

fn name(job: &Job) -> &'static str {
    match job {
        Job::Update { .. } => "update",
        Job::Backup { .. } => "backup",
        Job::Restore { .. } => "restore",
        Job::Diagnostics => "diagnostics",
    }
}

/// The deed that a job is, if it can be meant; the diagnostics' files come from who runs it.
///
/// # Errors
/// Why it cannot.
pub fn request(job: Job) -> Result<Request, Refusal> {
    let request = match job {
        Job::Update { file } => Request::Update { file },
        Job::Backup { passphrase, with_messages } => {
            Request::Backup { passphrase: Passphrase::new(passphrase), with_messages }
        }
        Job::Restore { file, passphrase } => {
            Request::Restore { file, passphrase: Passphrase::new(passphrase) }
        }
        Job::Diagnostics => Request::Diagnostics { files: Default::default() },
    };
    match request.fault() {
        Some(fault) => Err(Refusal::new(ErrorCode::Invalid, fault)),
        None => Ok(request),
    }
}

#[cfg(test)]
mod tests {
    use message::ErrorCode;
    use message::system::{Job, Stage};

    use super::{Book, request};
    use crate::deed::{Outcome, Report};

    fn progress(percent: u8) -> Report {
        Report::Progress { percent, words: "on".to_owned() }
    }

    #[test]
    fn one_job_at_a_time_and_the_next_when_it_is_done() {
        let mut book = Book::default();
        assert_eq!(book.begin(&Job::Diagnostics).expect("the first").number, 1);
        let refused = book.begin(&Job::Update { file: "a".to_owned() }).expect_err("the second");
        assert_eq!(refused.code, ErrorCode::Conflict);
        book.note(progress(40));
        book.note(progress(20));
        assert_eq!((book.state().percent, book.state().stage), (40, Stage::Running));
        book.note(Report::Failed { words: "no".to_owned() });
        book.note(Report::Done(Outcome::of("a late word")));
        assert_eq!((book.state().words.as_str(), book.state().stage), ("no", Stage::Failed));
        assert_eq!(book.begin(&Job::Diagnostics).expect("the next").number, 2);
    }

    #[test]
    fn a_job_that_cannot_be_meant_is_refused_before_it_begins() {
        let short = Job::Backup { passphrase: "short".to_owned(), with_messages: true };
        assert_eq!(request(short).expect_err("short").code, ErrorCode::Invalid);
        let elsewhere = Job::Update { file: "../x".to_owned() };
        assert!(request(elsewhere).is_err());
        assert!(request(Job::Diagnostics).is_ok());
    }
}
