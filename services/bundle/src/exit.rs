//! How a run of `appliancectl` ends: one number for scripts, the same words in `--help`.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Failed: anything without a number of its own.
    Failed,
    /// The command line is wrong.
    Usage,
    /// The appliance does not run, or may not be reached by this user.
    NoConnection,
    /// The appliance refused.
    Refused,
    /// No such person, administrator or token.
    NotFound,
}

/// Every exit with its number and meaning, as `--help` shows them.
pub const MEANINGS: &str = "\
Exit codes:
  0  done
  1  failed
  2  the command line is wrong
  4  the appliance does not run, or this user may not reach it
  5  refused: the name is taken or impossible, or rights are missing
  6  no such person, administrator or token";

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NoConnection => 4,
            Self::Refused => 5,
            Self::NotFound => 6,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// A command that could not be carried out: how it ends, and one sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Trouble {
    /// The exit of the program.
    pub exit: Exit,
    /// Why.
    pub text: String,
}

impl Trouble {
    /// Trouble of this kind.
    #[must_use]
    pub fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }

    /// The appliance said no, with this status of HTTP.
    #[must_use]
    pub fn refused(status: u16, text: impl Into<String>) -> Self {
        let exit = match status {
            404 => Exit::NotFound,
            503 => Exit::NoConnection,
            500..=599 => Exit::Failed,
            _ => Exit::Refused,
        };
        Self::new(exit, text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, MEANINGS, Trouble};

    #[test]
    fn every_exit_is_explained_in_the_help() {
        let all = [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::NoConnection,
            Exit::Refused,
            Exit::NotFound,
        ];
        for exit in all {
            assert!(MEANINGS.contains(&format!("\n  {}  ", exit.number())), "{exit:?}");
        }
    }

    #[test]
    fn a_missing_person_is_told_from_a_refusal() {
        assert_eq!(Trouble::refused(404, "no such person").exit, Exit::NotFound);
        assert_eq!(Trouble::refused(409, "taken").exit, Exit::Refused);
        assert_eq!(Trouble::refused(503, "away").exit, Exit::NoConnection);
    }
}
