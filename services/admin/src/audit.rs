//! The record of what was changed, by whom and what came of it. Never a secret: names and deeds.

use schemars::JsonSchema;
use serde::Serialize;

/// Entries that are kept; the oldest go first. By number and not by age, because whoever sets the
/// clock could else make the whole record too old.
pub(crate) const MOST: u32 = 100_000;
/// The longest name or target in an entry, characters.
const LONGEST: usize = 128;

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Entry {
    /// When, unix milliseconds.
    pub(crate) at: u64,
    /// The name of who did it.
    pub(crate) who: String,
    /// Its role; empty where nobody was logged in.
    pub(crate) role: String,
    /// From where: an address, or `this machine`.
    pub(crate) origin: String,
    /// What, such as `add-person`.
    pub(crate) deed: String,
    /// To whom or what; empty where the deed says it all.
    pub(crate) target: String,
    /// `done`, or the word of the problem.
    pub(crate) outcome: String,
}

impl Entry {
    /// The same, with no text longer than the record takes, and nothing invisible in it.
    pub(crate) fn bounded(mut self) -> Self {
        for text in [&mut self.who, &mut self.origin, &mut self.target, &mut self.outcome] {
            *text = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        }
        self
    }
}

/// An entry with its number, by which the list goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Numbered {
    /// Grows with each entry.
    pub(crate) number: u64,
    /// The entry.
    #[serde(flatten)]
    pub(crate) entry: Entry,
}

#[cfg(test)]
mod tests {
    use super::Entry;

    #[test]
    fn an_entry_is_bounded_and_visible() {
        let text = || "a\n".repeat(500);
        let entry = Entry {
            at: 1,
            who: text(),
            role: String::new(),
            origin: text(),
            deed: "log-in".to_owned(),
            target: text(),
            outcome: text(),
        };
        let bounded = entry.bounded();
        assert_eq!(bounded.target, "a".repeat(128));
        assert_eq!(bounded.who.len(), 128);
    }
}
