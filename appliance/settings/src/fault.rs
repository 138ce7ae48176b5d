//! What is wrong with settings, and where.

use std::fmt;

/// One thing that could not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which setting, as in the JSON: `network.ipv4.gateway`.
    pub field: &'static str,
    /// What is wrong, as a sentence.
    pub words: String,
}

impl Fault {
    /// A fault of a setting.
    pub(crate) fn of(field: &'static str, words: impl Into<String>) -> Self {
        Self { field, words: words.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.words)
    }
}
