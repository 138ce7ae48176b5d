//! Waiting for another process: polling, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How often something is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Looks until there is something to see.
///
/// # Panics
/// There was nothing until the deadline.
pub fn until<T>(what: &str, patience: Duration, look: impl FnMut() -> Option<T>) -> T {
    let Some(seen) = within(patience, look) else {
        unreachable!("{what}: not within {patience:?}");
    };
    seen
}

/// The same, for who has more to say about its absence.
pub fn within<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = now() + patience;
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if now() >= deadline {
            return None;
        }
        pause(EVERY);
    }
}

/// The time that it is.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "other processes live in real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Lets other processes go on for a moment.
#[expect(clippy::disallowed_methods, reason = "other processes live in real time")]
pub fn pause(span: Duration) {
    thread::sleep(span);
}
