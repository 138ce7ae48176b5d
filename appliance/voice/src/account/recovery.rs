//! The recovery code: 160 random bits, shown once, on paper.
//!
//! Shown as eight groups of four of Crockford's base 32 (`0-9 A-Z` without `I L O U`), most
//! significant bits first: `XXXX-XXXX-..`. Typed back in any case, with or without hyphens and
//! spaces; `O` counts as `0`, `I` and `L` as `1`. It is full of entropy, so no password hash
//! stands before it.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::AccountError;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters in a code.
const CODE_LETTERS: usize = 32;

/// A recovery code. Wiped from memory when dropped; `Display` shows it to the person.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; 20]);

impl RecoveryCode {
    /// A fresh code.
    pub fn generate(rng: &mut impl CryptoRng) -> RecoveryCode {
        let mut code = RecoveryCode([0; 20]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// The code with these bits.
    pub fn from_bytes(bytes: [u8; 20]) -> RecoveryCode {
        RecoveryCode(bytes)
    }

    /// The code as a person typed it.
    pub fn parse(typed: &str) -> Result<RecoveryCode, AccountError> {
        let mut code = RecoveryCode([0; 20]);
        let mut letters = 0;
        for letter in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let value = value(letter).ok_or(AccountError::CodeCharacter(letter))?;
            if letters < CODE_LETTERS {
                put_five_bits(&mut code.0, letters, value);
            }
            letters += 1;
        }
        if letters == CODE_LETTERS { Ok(code) } else { Err(AccountError::CodeLength(letters)) }
    }

    pub(super) fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for at in 0..CODE_LETTERS {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            let value = five_bits(&self.0, at);
            write!(f, "{}", char::from(LETTERS[usize::from(value)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

fn value(letter: char) -> Option<u8> {
    let folded = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = LETTERS.iter().position(|&l| char::from(l) == folded)?;
    Some(at as u8)
}

/// Bits `5 * at ..` of the code, as a number below 32.
fn five_bits(bytes: &[u8; 20], at: usize) -> u8 {
    (0..5).fold(0, |sum, bit| {
        let place = 5 * at + bit;
        sum << 1 | (bytes[place / 8] >> (7 - place % 8) & 1)
    })
}

fn put_five_bits(bytes: &mut [u8; 20], at: usize, value: u8) {
    for bit in 0..5 {
        let place = 5 * at + bit;
        bytes[place / 8] |= (value >> (4 - bit) & 1) << (7 - place % 8);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::RecoveryCode;
    use crate::account::AccountError;

    #[test]
    fn a_code_is_shown_in_eight_groups_of_four() {
        let mut bytes = [0; 20];
        bytes[0] = 0b1111_1000;
        bytes[19] = 0b0000_0001;
        let shown = RecoveryCode::from_bytes(bytes).to_string();
        assert_eq!(shown, "Z000-0000-0000-0000-0000-0000-0000-0001");
    }

    #[test]
    fn letters_that_look_alike_count_as_the_same() {
        let typed = " oooo0000 iIlL-1111 0000 0000 0000 0000-zzzz";
        assert_eq!(RecoveryCode::parse(typed), Err(AccountError::CodeLength(36)));
        let code = RecoveryCode::parse(&typed[5..]).expect("thirty-two letters");
        assert_eq!(code.to_string(), "0000-1111-1111-0000-0000-0000-0000-ZZZZ");
    }

    #[test]
    fn a_code_with_a_strange_letter_is_refused_by_that_letter() {
        assert_eq!(RecoveryCode::parse("ABCU"), Err(AccountError::CodeCharacter('U')));
        assert_eq!(RecoveryCode::parse("ABCé"), Err(AccountError::CodeCharacter('é')));
        assert_eq!(RecoveryCode::parse(""), Err(AccountError::CodeLength(0)));
    }

    proptest! {
        #[test]
        fn a_code_reads_back_as_shown(bytes in any::<[u8; 20]>()) {
            let code = RecoveryCode::from_bytes(bytes);
            prop_assert_eq!(RecoveryCode::parse(&code.to_string()), Ok(code));
        }

        #[test]
        fn any_text_is_a_code_or_refused(text in ".{0,60}") {
            let _ = RecoveryCode::parse(&text);
        }
    }
}
