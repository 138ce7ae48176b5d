//! How a run of `ivm` ends: one number for scripts, the same words in `--help`.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Failed: disk, file, anything without a number of its own.
    Failed,
    /// The command line is wrong.
    Usage,
    /// Nobody is logged in on this device.
    NotLoggedIn,
    /// The server could not be reached; what was to be sent is kept and goes out later.
    NoConnection,
    /// The server refused: name, password, code, rights, or an unexpected certificate.
    Refused,
    /// No such person, message, attachment or file.
    NotFound,
    /// Done in part: some recipients are unknown.
    Partial,
    /// It did not happen in the time that was given.
    TooLate,
    /// There is no sound card, or it does not work.
    NoSound,
    /// Another `ivm` receives with this home.
    Busy,
}

/// Every exit with its number and meaning, as `--help` shows them.
pub const MEANINGS: &str = "\
Exit codes:
  0   done
  1   failed (disk, file, or anything without a number of its own)
  2   the command line is wrong
  3   not logged in: run `ivm login NAME --server HOST`
  4   no connection; a message that was to be sent is kept and goes out later
  5   refused: name, password, code or rights are wrong, or the server's certificate is not the known one
  6   not found: no such person, message, attachment or file
  7   partly done: some of the recipients are unknown, the others get the message
  8   it did not happen within --timeout
  9   no sound card, or it does not work (use --file, --to or --audio)
  10  another ivm receives with this home";

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotLoggedIn => 3,
            Self::NoConnection => 4,
            Self::Refused => 5,
            Self::NotFound => 6,
            Self::Partial => 7,
            Self::TooLate => 8,
            Self::NoSound => 9,
            Self::Busy => 10,
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

    /// No such thing.
    #[must_use]
    pub fn not_found(text: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, text)
    }

    /// Nobody is logged in.
    #[must_use]
    pub fn not_logged_in() -> Self {
        Self::new(Exit::NotLoggedIn, "not logged in: run `ivm login NAME --server HOST`")
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, MEANINGS};

    #[test]
    fn every_exit_is_explained_in_the_help() {
        let all = [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::NotLoggedIn,
            Exit::NoConnection,
            Exit::Refused,
            Exit::NotFound,
            Exit::Partial,
            Exit::TooLate,
            Exit::NoSound,
            Exit::Busy,
        ];
        for (number, exit) in (0u8..).zip(all) {
            assert_eq!(exit.number(), number);
            assert!(MEANINGS.contains(&format!("\n  {number} ")), "{number} is not explained");
        }
    }
}
