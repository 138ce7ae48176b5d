//! The latest lines of a process that logs to a terminal: bounded, the oldest go first.

use std::collections::VecDeque;
use std::sync::Mutex;

use log::{Level, Record};

use super::line;

/// Lines that are kept.
const KEPT: usize = 2_000;
/// Bytes of one; the rest of a longer one is cut off.
const LONGEST: usize = 1_000;

/// As the logger, there is one in a process; it is held for a few microseconds at a time.
pub(super) static RING: Mutex<Ring> = Mutex::new(Ring::new());

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts the lines of this process.
    pub number: u64,
    /// Unix milliseconds.
    pub unix_ms: u64,
    /// The crate that says it.
    pub service: String,
    /// 0 (emergency) to 7 (debug), as in syslog.
    pub level: u8,
    /// The words, with the fields behind them.
    pub words: String,
}

/// Some lines, the oldest first, and the number behind which to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<Line>,
    /// The number of the latest line of all.
    pub latest: u64,
}

/// The lines.
#[derive(Debug)]
pub(super) struct Ring {
    lines: VecDeque<Line>,
    count: u64,
}

impl Ring {
    pub(super) const fn new() -> Self {
        Self { lines: VecDeque::new(), count: 0 }
    }

    pub(super) fn put(&mut self, record: &Record<'_>, unix_ms: u64) {
        self.count += 1;
        let service = record.target().split(':').next().unwrap_or_default().to_owned();
        let mut words = line::words(record);
        words.truncate(words.floor_char_boundary(LONGEST));
        let level = level(record.level());
        self.lines.push_back(Line { number: self.count, unix_ms, service, level, words });
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }

    pub(super) fn after(&self, number: u64) -> Lines {
        let lines = self.lines.iter().filter(|line| line.number > number).cloned().collect();
        Lines { lines, latest: self.count }
    }
}

/// As systemd's journal has them.
const fn level(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

#[cfg(test)]
mod tests {
    use log::{Level, Record};

    use super::{KEPT, LONGEST, Ring};

    fn put(ring: &mut Ring, words: &str) {
        let fields = [("port", "4431")];
        let mut record = Record::builder();
        record.level(Level::Warn).target("ivm::engine").key_values(&fields);
        ring.put(&record.args(format_args!("{words}")).build(), 7);
    }

    #[test]
    fn the_latest_lines_are_kept_with_their_fields_and_the_oldest_go() {
        let mut ring = Ring::new();
        for number in 0..KEPT + 5 {
            put(&mut ring, &format!("line {number}"));
        }
        let all = ring.after(0);
        assert_eq!((all.lines.len(), all.latest), (KEPT, KEPT as u64 + 5));
        let first = &all.lines[0];
        assert_eq!((first.number, first.service.as_str(), first.level), (6, "ivm", 4));
        assert_eq!(first.words, "line 5 port=4431");
        assert_eq!(ring.after(all.latest - 2).lines.len(), 2);
        assert!(ring.after(u64::MAX).lines.is_empty());
    }

    #[test]
    fn a_line_is_bounded_and_one_line() {
        let mut ring = Ring::new();
        put(&mut ring, &"ä\n".repeat(LONGEST));
        let words = &ring.after(0).lines[0].words;
        assert!(words.len() <= LONGEST && !words.contains('\n'));
    }
}
