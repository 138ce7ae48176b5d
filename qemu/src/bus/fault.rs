//! What can be wrong with a bus: nobody answers, or bytes arrive as others.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::Nack;

/// What is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// No address answers.
    Nack,
    /// One bit of about every `one_in`th byte is turned, in an order that the seed fixes.
    Garble {
        /// How many bytes are right for one that is wrong; 0 and 1 turn a bit in each.
        one_in: u32,
        /// Where the chance starts.
        seed: u64,
    },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Garbler {
    fault: Fault,
    chance: Option<ChaCha8Rng>,
}

impl Garbler {
    pub(super) fn of(fault: Fault) -> Self {
        let chance = match fault {
            Fault::Garble { seed, .. } => Some(ChaCha8Rng::seed_from_u64(seed)),
            Fault::None | Fault::Nack => None,
        };
        Self { fault, chance }
    }

    pub(super) fn answers(&self) -> Result<(), Nack> {
        if self.fault == Fault::Nack { Err(Nack) } else { Ok(()) }
    }

    pub(super) fn change(&mut self, byte: u8) -> u8 {
        let (Fault::Garble { one_in, .. }, Some(chance)) = (self.fault, &mut self.chance) else {
            return byte;
        };
        let hit = chance.next_u32() % one_in.max(1) == 0;
        if hit { byte ^ 1 << (chance.next_u32() % 8) } else { byte }
    }
}
