//! A question at the bottom of the screen.

use client_engine::Command;
use message::{Guid, MessageId};

use super::Key;
use super::screen::Act;

/// The longest path that is typed.
const LONGEST: usize = 4096;

/// A question that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    /// What is asked.
    pub(super) question: String,
    /// What was typed so far.
    pub(super) typed: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Attach,
    Save(MessageId),
    Confirm(Act),
    Verify(Guid),
}

/// What a key makes of a question.
pub(super) enum Answer {
    /// It is still open.
    Open(Prompt),
    /// It is answered.
    Given(Act),
    /// The safety number of this person is the same.
    Trust(Guid),
    /// It is withdrawn.
    None,
}

impl Prompt {
    pub(super) fn attach() -> Self {
        Self::text("Attach file: ", Kind::Attach)
    }

    pub(super) fn save(message: MessageId) -> Self {
        Self::text("Save attachments in folder: ", Kind::Save(message))
    }

    pub(super) fn quit() -> Self {
        Self::text("You are still speaking. Quit? (y/n) ", Kind::Confirm(Act::Quit))
    }

    pub(super) fn discard(speaking: bool) -> Self {
        let what = if speaking { "what you are saying" } else { "the draft" };
        let question = format!("Throw away {what}? (y/n) ");
        Self::text(&question, Kind::Confirm(Act::Command(Command::Discard)))
    }

    pub(super) fn delete(message: MessageId, from: &str, everywhere: bool, unheard: bool) -> Self {
        let unheard = if unheard { "the unheard message" } else { "the message" };
        let from_where = if everywhere { " from all devices" } else { "" };
        let question = format!("Delete {unheard} of {from}{from_where}? (y/n) ");
        let command = Command::Delete { message, everywhere };
        Self::text(&question, Kind::Confirm(Act::Command(command)))
    }

    pub(super) fn verify(person: Guid) -> Self {
        Self::text("Is the safety number the same? (y/n) ", Kind::Verify(person))
    }

    fn text(question: &str, kind: Kind) -> Self {
        Self { question: question.to_owned(), typed: String::new(), kind }
    }

    /// Whose safety number is being compared.
    pub(super) fn compares(&self) -> Option<Guid> {
        match self.kind {
            Kind::Verify(person) => Some(person),
            Kind::Attach | Kind::Save(_) | Kind::Confirm(_) => None,
        }
    }

    pub(super) fn key(mut self, key: Key) -> Answer {
        if key == Key::Esc {
            return Answer::None;
        }
        match self.kind {
            Kind::Confirm(act) => match key {
                Key::Char('y' | 'Y') => Answer::Given(act),
                _ => Answer::None,
            },
            Kind::Verify(person) => match key {
                Key::Char('y' | 'Y') => Answer::Trust(person),
                _ => Answer::None,
            },
            Kind::Attach | Kind::Save(_) => {
                match key {
                    Key::Enter => return self.given(),
                    Key::Backspace => drop(self.typed.pop()),
                    Key::Char(letter) if self.typed.len() < LONGEST => self.typed.push(letter),
                    Key::Paste(text) if self.typed.len() + text.len() <= LONGEST => {
                        self.typed.push_str(text.trim());
                    }
                    _ => {}
                }
                Answer::Open(self)
            }
        }
    }

    fn given(self) -> Answer {
        if self.typed.is_empty() {
            return Answer::None;
        }
        match self.kind {
            Kind::Attach => Answer::Given(Act::Attach(self.typed)),
            Kind::Save(message) => Answer::Given(Act::Save(message, self.typed)),
            Kind::Confirm(_) | Kind::Verify(_) => Answer::None,
        }
    }
}
