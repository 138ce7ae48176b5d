//! Chance: the only place that draws randomness from the kernel.

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};

/// A fresh seed from the kernel, for a machine's own generator.
///
/// # Panics
/// Where the kernel has no randomness, nothing secret can be made and nothing may go on.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "randomness enters here")]
pub fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the kernel gives randomness to every process");
    seed
}

/// A fresh generator that is fit for keys.
#[must_use]
pub fn rng() -> impl CryptoRng + Clone + Send + 'static {
    ChaCha20Rng::from_seed(seed())
}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::{rng, seed};

    #[test]
    fn no_two_draws_are_alike() {
        assert_ne!(seed(), seed());
        assert_ne!(rng().next_u64(), rng().next_u64());
    }
}
