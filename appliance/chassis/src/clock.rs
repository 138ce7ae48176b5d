//! The clock: the only place that reads the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use machine::Moment;
use tokio::time::Instant;

/// Monotonic time since the start of the process, and the time on the wall. Clones agree.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock whose moments count from now. A process has one, in its context.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The moment that it is. Never goes back, whatever happens to the wall time.
    #[must_use]
    pub fn now(&self) -> Moment {
        let passed = self.start.elapsed().as_millis();
        Moment::from_millis(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// The wall time in milliseconds since 1970; may jump when the time is set.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "wall time enters here")]
    pub fn unix_millis(&self) -> u64 {
        let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until `moment`; not at all if it has passed.
    pub async fn sleep_until(&self, moment: Moment) {
        match self.start.checked_add(Duration::from_millis(moment.millis())) {
            Some(instant) => tokio::time::sleep_until(instant).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use machine::Moment;

    use super::Clock;

    #[tokio::test(start_paused = true)]
    async fn who_sleeps_until_a_moment_wakes_no_earlier() {
        let clock = Clock::start();
        let moment = Moment::from_millis(1234);
        clock.sleep_until(moment).await;
        assert!(clock.now() >= moment);
        clock.sleep_until(Moment::START).await;
    }

    #[test]
    fn the_wall_time_is_in_this_century() {
        let year_2020 = 1_577_836_800_000;
        let year_2100 = 4_102_444_800_000;
        assert!((year_2020..year_2100).contains(&Clock::start().unix_millis()));
    }
}
