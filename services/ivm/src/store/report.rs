//! What came of a salvage, in words: for the log, and for whoever looks after the appliance.

use std::fmt::Write as _;

/// What is in the new database, and what is known to be lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Saved {
    /// People with all that belongs to them.
    pub(super) people: u64,
    /// Messages that are kept for somebody.
    pub(super) messages: u64,
    /// Portions.
    pub(super) portions: u64,
    /// Pages that are destroyed.
    pub(super) pages: u64,
    /// Rows that cannot be read on pages that otherwise can.
    pub(super) rows: u64,
    /// People of whom only the name is left.
    pub(super) names: u64,
    /// Messages that are lost.
    pub(super) lost: u64,
    /// Messages of which a part is lost.
    pub(super) broken: u64,
    /// Messages that cannot be delivered to everybody any more.
    pub(super) maimed: u64,
    /// The server's own name is lost: it has a new one.
    pub(super) is_renamed: bool,
}

impl Saved {
    /// The same in sentences.
    pub(super) fn words(&self) -> String {
        let mut words = String::from("The disk had damaged the database of the messages. ");
        let _ = write!(
            words,
            "Saved: {}, {} and {}.",
            many(self.people, "person", "people"),
            many(self.messages, "message", "messages"),
            many(self.portions, "portion", "portions"),
        );
        let parts = [
            (self.names, "of {} only the name is left, and they are shut out", "person", "people"),
            (self.lost, "{} lost", "message", "messages"),
            (self.broken, "{} not whole", "message", "messages"),
            (self.maimed, "{} not for everybody any more", "message", "messages"),
            (self.pages, "{} unreadable", "page", "pages"),
            (self.rows, "{} unreadable", "row", "rows"),
        ];
        let lost: Vec<String> = parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, words, one, more)| words.replace("{}", &many(count, one, more)))
            .collect();
        if lost.is_empty() {
            words.push_str(" Nothing is known to be lost.");
        } else {
            let _ = write!(words, " Not saved: {}.", lost.join("; "));
        }
        if self.is_renamed {
            words.push_str(" The server has a new name of its own.");
        }
        words
    }
}

fn many(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
