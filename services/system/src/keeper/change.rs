//! A change on its way.

use settings::Parts;

use super::Asked;
use crate::book::Record;

/// Why it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Nothing changes: the machine has just started.
    Start,
    /// Somebody wants it.
    Propose,
    /// Somebody keeps what is on trial.
    Confirm,
    /// What was on trial goes.
    TakeBack,
}

/// A change.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Who waits for an answer.
    pub(super) asked: Option<Asked>,
    pub(super) before: Record,
    pub(super) after: Record,
    pub(super) parts: Parts,
    pub(super) purpose: Purpose,
}

impl Change {
    pub(super) fn of(before: &Record, after: Record, parts: Parts, purpose: Purpose) -> Self {
        Self { asked: None, before: before.clone(), after, parts, purpose }
    }

    pub(super) fn for_peer(self, asked: Asked) -> Self {
        Self { asked: Some(asked), ..self }
    }
}
