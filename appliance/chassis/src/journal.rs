//! The journal: one way to log in the whole workspace, `log` with fields.
//!
//! Under systemd, fields arrive in the journal as fields. Elsewhere a line goes to standard error,
//! and the latest ones are kept in memory for whoever asks.

mod line;
mod ring;

use std::io::{Write, stderr};

use log::{LevelFilter, Log, Metadata, Record, set_boxed_logger, set_max_level};
use systemd_journal_logger::{JournalLog, connected_to_journal};

use crate::clock::Clock;
use ring::RING;
pub use ring::{Line, Lines};

/// Does this process log into the system's journal? Then that is the place to read it.
#[must_use]
pub fn is_systems() -> bool {
    connected_to_journal()
}

/// The latest lines of this process behind this number; nothing where it logs into the system's
/// journal.
#[must_use]
pub fn latest(after: u64) -> Lines {
    RING.lock().map(|ring| ring.after(after)).unwrap_or_default()
}

/// Begins to log what is at least as grave as `level`. A second call changes only the level.
pub fn start(level: LevelFilter) {
    set_max_level(level);
    let journal = connected_to_journal().then(JournalLog::new).and_then(Result::ok);
    // Fails only when there is a logger already, which then stays.
    let _ = match journal {
        Some(journal) => journal.install(),
        None => set_boxed_logger(Box::new(Terminal { clock: Clock::start() })),
    };
}

struct Terminal {
    clock: Clock,
}

impl Log for Terminal {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let unix_ms = self.clock.unix_millis();
        let line = line::of(record, unix_ms);
        if let Ok(mut ring) = RING.lock() {
            ring.put(record, unix_ms);
        }
        // A journal that cannot be written has nowhere to complain.
        let _ = stderr().lock().write_all(line.as_bytes());
    }

    fn flush(&self) {}
}
