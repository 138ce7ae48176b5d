//! Passwords and tokens: made of the machine's own chance, wiped when dropped, never shown.

use std::fmt;

use rand_chacha::rand_core::Rng;
use zeroize::Zeroizing;

/// Letters and digits without those that look alike: no `"`, no `$`, nothing that a phone's file or
/// a person at a keypad could stumble over.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/// 57 letters, so many times: 128 bits.
const SIP_LENGTH: usize = 22;
/// What every phone's menu takes; guessed at one a second, it holds for thousands of years.
const MENU_LENGTH: usize = 12;

/// A password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The password that a text is: 1 to 64 printable ASCII characters without blank, `"` and `$`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'$';
        let is_secret = (1..=64).contains(&text.len()) && text.bytes().all(good);
        is_secret.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// A password for a line.
    pub(super) fn of_line(rng: &mut impl Rng) -> Self {
        Self(draw(rng, LETTERS, SIP_LENGTH))
    }

    /// A password for a phone's menus: digits, for there are phones that take nothing else; the
    /// first is no zero, for there are phones that take it for a number.
    pub(super) fn of_menu(rng: &mut impl Rng) -> Self {
        let mut text = draw(rng, b"123456789", 1);
        text.push_str(&draw(rng, b"0123456789", MENU_LENGTH - 1));
        Self(text)
    }

    /// The password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Letters drawn evenly: bytes beyond the last whole multiple are thrown away.
fn draw(rng: &mut impl Rng, letters: &[u8], length: usize) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(64));
    let even = 256 - 256 % letters.len();
    while text.len() < length {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        let at = usize::from(byte[0]);
        if at < even {
            text.push(char::from(letters[at % letters.len()]));
        }
    }
    text
}

/// The part of a phone's URL that nobody guesses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token([u8; 16]);

impl Token {
    /// The token of these bytes.
    #[must_use]
    pub const fn of(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(super) fn fresh(rng: &mut impl Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Is it this text, whatever the case of its letters? Takes the same time whatever is wrong.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let own = self.text();
        let pairs = own.bytes().zip(text.bytes());
        let differences = pairs.fold(0, |all, (a, b)| all | (a ^ b.to_ascii_lowercase()));
        text.len() == own.len() && differences == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{LETTERS, Secret, Token};

    #[test]
    fn passwords_are_long_differ_and_hold_nothing_that_a_file_stumbles_over() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let mut seen = BTreeSet::new();
        let mut letters = BTreeSet::new();
        for _ in 0..500 {
            let (line, menu) = (Secret::of_line(&mut rng), Secret::of_menu(&mut rng));
            assert_eq!((line.as_str().len(), menu.as_str().len()), (22, 12));
            assert!(menu.as_str().bytes().all(|byte| byte.is_ascii_digit()));
            assert!(!menu.as_str().starts_with('0'));
            assert_eq!(Secret::parse(line.as_str()), Some(line.clone()));
            letters.extend(line.as_str().bytes());
            assert!(seen.insert(line.as_str().to_owned()) && seen.insert(menu.as_str().to_owned()));
        }
        assert_eq!(letters, LETTERS.iter().copied().collect(), "every letter, and no other");
        for bad in ["", "a b", "a\"b", "a$b", "ä", &"a".repeat(65)] {
            assert_eq!(Secret::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_is_only_its_own_text() {
        let token = Token::of([0xab; 16]);
        assert!(token.is(&token.text()) && token.is(&token.text().to_uppercase()));
        let longer = format!("{}0", token.text());
        for wrong in ["", "ab", &token.text()[..31], &longer, &"ac".repeat(16), "é"] {
            assert!(!token.is(wrong), "{wrong}");
        }
        let secret = Secret::parse("correct").expect("a secret");
        assert_eq!(format!("{token:?} {secret:?}"), "Token(..) Secret(..)");
    }
}
