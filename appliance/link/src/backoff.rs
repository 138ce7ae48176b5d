//! How long to wait before the next attempt to connect.

use machine::Span;
use rand_core::Rng;

const FIRST: Span = Span::from_secs(1);
const LIMIT: Span = Span::from_secs(60);
/// Chance may not make a client hammer.
const SHORTEST: Span = Span::from_millis(100);

/// Exponential back-off with full jitter: the wait is drawn evenly from nothing (but at least
/// 100 ms) to a ceiling that doubles with each attempt, from 1 s to 60 s. After a server's restart
/// its clients thus come back spread, not in step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    ceiling: Span,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { ceiling: FIRST }
    }
}

impl Backoff {
    /// Before the first attempt.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An attempt failed: how long to wait before the next.
    pub fn failed(&mut self, rng: &mut impl Rng) -> Span {
        let ceiling = self.ceiling;
        self.ceiling = ceiling.doubled(LIMIT);
        let share = (u128::from(rng.next_u64()) * u128::from(ceiling.millis() + 1)) >> 64;
        let drawn = u64::try_from(share).expect("a share of the ceiling is below the ceiling");
        Span::from_millis(drawn).max(SHORTEST)
    }

    /// An attempt succeeded: the next failure starts from the beginning.
    pub fn succeeded(&mut self) {
        self.ceiling = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use machine::Span;
    use proptest::{prop_assert, proptest};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{Backoff, FIRST, LIMIT, SHORTEST};

    proptest! {
        #[test]
        fn no_wait_is_over_its_ceiling(seed: u64, attempts in 1_u32..200) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut backoff = Backoff::new();
            let mut ceiling = FIRST;
            for _ in 0..attempts {
                let wait = backoff.failed(&mut rng);
                prop_assert!(SHORTEST <= wait && wait <= ceiling);
                ceiling = ceiling.doubled(LIMIT);
            }
            backoff.succeeded();
            prop_assert!(backoff.failed(&mut rng) <= FIRST);
        }
    }

    #[test]
    fn waits_spread_over_the_whole_minute() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut backoff = Backoff::new();
        let waits: Vec<Span> = (0..1000).map(|_| backoff.failed(&mut rng)).collect();
        let below = |seconds| waits.iter().filter(|wait| **wait < Span::from_secs(seconds)).count();
        assert!((400..600).contains(&below(30)), "half of them in the first half minute");
        assert!(
            (100..250).contains(&(1000 - below(50))),
            "a sixth of them in the last ten seconds"
        );
    }
}
