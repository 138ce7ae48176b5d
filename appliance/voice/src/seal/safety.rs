//! The safety number: 60 digits that two people read to each other to know that they hold each
//! other's true keys.
//!
//! ```text
//! h(0)   = SHA-512("ivm safety number v1" + public key (32) + GUID (16))
//! h(i)   = SHA-512(h(i-1) + public key), i = 1..5200
//! half   = six groups of five digits: bytes 0-4, 5-9, .. 25-29 of h(5200), each a 40-bit
//!          big-endian number modulo 100000
//! number = the two halves, the smaller first
//! ```
//!
//! The rounds make it dear to search for a key whose half agrees with another's in many digits.
//! Both sides see the same digits in the same order.

use std::fmt;

use sha2::{Digest, Sha512};

use super::keys::PublicKey;
use crate::ids::AccountId;

const ROUNDS: u32 = 5200;

/// Sixty digits over two accounts and their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyNumber([u32; 12]);

impl SafetyNumber {
    /// The number for these two accounts, the same in either order.
    pub fn new(one: (&AccountId, &PublicKey), two: (&AccountId, &PublicKey)) -> SafetyNumber {
        let (a, b) = (half(one), half(two));
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        let mut groups = [0; 12];
        groups[..6].copy_from_slice(&first);
        groups[6..].copy_from_slice(&second);
        SafetyNumber(groups)
    }

    /// The twelve groups of five digits, to be laid out by a screen.
    pub fn groups(&self) -> [u32; 12] {
        self.0
    }
}

/// Twelve groups of five digits with a space between.
impl fmt::Display for SafetyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{group:05}")?;
        }
        Ok(())
    }
}

fn half((account, key): (&AccountId, &PublicKey)) -> [u32; 6] {
    let mut hash = Sha512::new()
        .chain_update(b"ivm safety number v1")
        .chain_update(key.0)
        .chain_update(account.0)
        .finalize();
    for _ in 0..ROUNDS {
        hash = Sha512::new().chain_update(hash).chain_update(key.0).finalize();
    }
    let mut groups = [0; 6];
    for (group, bytes) in groups.iter_mut().zip(hash.chunks_exact(5)) {
        let number = bytes.iter().fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
        *group = (number % 100_000) as u32;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::SafetyNumber;
    use crate::ids::AccountId;
    use crate::seal::keys::PublicKey;

    #[test]
    fn both_sides_see_the_same_sixty_digits_and_a_changed_key_shows() {
        let (alice, bob) = (AccountId([1; 16]), AccountId([2; 16]));
        let (a, b) = (PublicKey([3; 32]), PublicKey([4; 32]));
        let number = SafetyNumber::new((&alice, &a), (&bob, &b));
        assert_eq!(number, SafetyNumber::new((&bob, &b), (&alice, &a)));
        let shown = number.to_string();
        assert_eq!(shown.chars().filter(char::is_ascii_digit).count(), 60);
        assert_eq!(shown.len(), 71);
        let changed = SafetyNumber::new((&alice, &a), (&bob, &PublicKey([5; 32])));
        assert_ne!(number, changed);
    }
}
