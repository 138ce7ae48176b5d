//! How the telephone's client comes into its account, without anybody typing anything.
//!
//! ```text
//! not known -> a code is asked for -> enrolled by a random password -> logged in, by a token from then on
//! ```

use client_engine::{Command, Notice, Password};
use machine::{Moment, Span};
use rand_chacha::rand_core::Rng;

use super::{Due, Handset, Output};

/// What failed is tried again after so long.
const AGAIN: Span = Span::from_secs(15);

/// How far it is.
pub(super) struct Entry {
    device: String,
    /// Until it has logged in; nobody ever knows it.
    password: Option<Password>,
}

impl Entry {
    pub(super) fn new(device: String) -> Self {
        Self { device, password: None }
    }
}

impl Handset {
    pub(super) fn entering(&mut self, notice: &Notice, now: Moment) {
        match notice {
            Notice::Ready { known: false } | Notice::LoggedOut => {
                self.outputs.push_back(Output::Invite);
            }
            Notice::Enrolled { name, .. } => {
                let Some(password) = self.entry.password.clone() else { return };
                let (name, device_name) = (name.clone(), self.entry.device.clone());
                self.command(Command::LogIn { name, password, device_name }, now);
            }
            Notice::LoggedIn => {
                self.entry.password = None;
                self.count();
            }
            Notice::LogInFailed(words) => self.enter_again(words, now),
            _ => {}
        }
    }

    /// The code with which its account is entered.
    pub(super) fn invited(&mut self, code: Result<String, String>, now: Moment) {
        match code {
            Ok(code) => {
                let mut key = [0; 32];
                self.rng.fill_bytes(&mut key);
                let password = Password::random(&key);
                self.entry.password = Some(password.clone());
                self.command(Command::Enrol { code, password, recovery: None }, now);
            }
            Err(words) => self.enter_again(&words, now),
        }
    }

    /// The account cannot be entered now: perhaps later.
    pub(super) fn enter_again(&mut self, words: &str, now: Moment) {
        log::warn!(reason = words; "a telephone's account cannot be entered");
        self.entry.password = None;
        self.timers.set(Due::Invite, now + AGAIN);
    }

    /// Is it on its way in?
    #[must_use]
    pub fn is_entering(&self) -> bool {
        self.entry.password.is_some()
    }
}
