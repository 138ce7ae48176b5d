//! The one-time code of the first run, and how secrets look in text.
//!
//! Eight letters and digits that nobody confuses (Crockford's base 32), in two groups:
//! `7K3M-XQ2W`. It is drawn at every start until the appliance is set up.

use subtle::ConstantTimeEq;

use crate::password::digest;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// A code as it is shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Code([u8; LENGTH]);

impl Code {
    /// The code that these random bytes are.
    pub(crate) fn from_random(random: [u8; LENGTH]) -> Self {
        Self(random.map(|byte| ALPHABET[usize::from(byte & 31)]))
    }

    /// In groups, as it is shown.
    pub(crate) fn shown(&self) -> String {
        let text = self.text();
        let (first, second) = text.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }

    /// What is kept of it.
    pub(crate) fn hashed(&self) -> Hashed {
        Hashed(digest(&[b"ivm first run", &self.0]))
    }

    fn text(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }

    /// Reads what a person typed: any case, any grouping, O for 0, I and L for 1.
    fn read(typed: &str) -> Option<Self> {
        let mut code = [0; LENGTH];
        let mut letters = typed.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2013}'));
        for slot in &mut code {
            let letter = u8::try_from(letters.next()?.to_ascii_uppercase()).ok()?;
            *slot = match letter {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                letter if ALPHABET.contains(&letter) => letter,
                _ => return None,
            };
        }
        letters.next().is_none().then_some(Self(code))
    }
}

/// The hash of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hashed([u8; 32]);

impl Hashed {
    /// Is what a person typed the code?
    pub(crate) fn accepts(&self, typed: &str) -> bool {
        Code::read(typed).is_some_and(|code| code.hashed().0.ct_eq(&self.0).into())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// The 32 bytes that 64 hexadecimal digits are.
pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [char::from(pair[0]).to_digit(16)?, char::from(pair[1]).to_digit(16)?];
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(bytes)
}

/// A fingerprint in groups of four digits, as people compare it.
pub(crate) fn groups(hex: &str) -> Vec<String> {
    let digits: Vec<char> = hex.chars().filter(char::is_ascii_hexdigit).collect();
    digits.chunks(4).map(|group| group.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Code, from_hex, groups, hex};

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::from_random([0, 1, 10, 20, 31, 200, 77, 5]);
        assert_eq!(code.shown().len(), 9);
        let hashed = code.hashed();
        assert!(hashed.accepts(&code.shown()));
        assert!(hashed.accepts(&code.shown().to_lowercase().replace('-', " ")));
        assert!(hashed.accepts(&code.shown().replace('0', "o").replace('1', "L")));
    }

    #[test]
    fn anything_else_is_not_the_code() {
        let code = Code::from_random([9; 8]);
        let shown = code.shown();
        for typed in ["", "9999", "9999-999U", "8999-9999", "9999-99999", "ää", "\u{0}"] {
            assert!(!code.hashed().accepts(typed), "{typed}");
        }
        assert!(code.hashed().accepts(&shown));
    }

    #[test]
    fn bytes_survive_as_text() {
        let bytes = [0xab; 32];
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex(&"é".repeat(32)), None);
        assert_eq!(groups("ABCD:EF01:23"), ["ABCD", "EF01", "23"]);
    }
}
