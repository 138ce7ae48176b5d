//! Waiting for another process: looking again and again, until a deadline.

use std::thread;
use std::time::Duration;

use chassis::clock::Clock;
use machine::Moment;

/// How often something is looked at.
pub const EVERY: Duration = Duration::from_millis(30);

/// A point in time after which nobody waits any more.
#[derive(Clone, Debug)]
pub struct Deadline {
    clock: Clock,
    until: Moment,
}

impl Deadline {
    /// The end of so much patience, from now on.
    #[must_use]
    pub fn after(patience: Duration) -> Self {
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        Self { clock: Clock::start(), until: Moment::from_millis(millis) }
    }

    /// What is left of it.
    #[must_use]
    pub fn left(&self) -> Duration {
        Duration::from_millis((self.until - self.clock.now()).millis())
    }

    /// Is it over?
    #[must_use]
    pub fn passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Looks until there is something to see; nothing if there was nothing in time.
    pub fn look<T>(&self, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            let seen = look();
            if seen.is_some() || self.passed() {
                return seen;
            }
            pause(EVERY.min(self.left()));
        }
    }
}

/// Lets other processes go on for a moment.
#[expect(clippy::disallowed_methods, reason = "other processes live in real time")]
pub fn pause(span: Duration) {
    thread::sleep(span);
}
