//! The administrator's password: which are good enough, and the verifier that is kept.

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Fewest characters.
pub(crate) const SHORTEST: usize = 10;
/// Most bytes; beyond it nobody types, and hashing costs.
pub(crate) const LONGEST: usize = 256;

/// Words that passwords are made of, with digits and signs around them.
const TRIVIAL: [&str; 38] = [
    "password",
    "passwort",
    "passwd",
    "admin",
    "administrator",
    "adminadmin",
    "letmein",
    "welcome",
    "willkommen",
    "qwerty",
    "qwertz",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "asdfgh",
    "abc",
    "iloveyou",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "trustno",
    "secret",
    "changeme",
    "default",
    "office",
    "appliance",
    "ivm",
    "voice",
    "company",
    "summer",
    "winter",
    "test",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weak {
    /// Too few characters.
    #[error("The password needs at least {SHORTEST} characters.")]
    Short,
    /// Too many bytes.
    #[error("The password may have at most {LONGEST} bytes.")]
    Long,
    /// Among the first that anyone would try.
    #[error("This password is among the first that anyone would try. Use several words.")]
    Trivial,
    /// The second time it was typed, it was another.
    #[error("The two passwords are not the same.")]
    Differs,
}

/// Is this password good enough?
///
/// # Errors
/// Why not.
pub(crate) fn check(password: &str) -> Result<(), Weak> {
    if password.len() > LONGEST {
        return Err(Weak::Long);
    }
    if password.chars().count() < SHORTEST {
        return Err(Weak::Short);
    }
    if is_trivial(password) { Err(Weak::Trivial) } else { Ok(()) }
}

fn is_trivial(password: &str) -> bool {
    let lower = password.to_lowercase();
    few_letters(&lower) || is_run(&lower) || is_repetition(&lower) || is_known_word(&lower)
}

fn few_letters(password: &str) -> bool {
    let mut seen: Vec<char> = password.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < 5
}

/// `1234567890`, `abcdefghij`, `9876543210`: nearly every step is the same, up or down.
fn is_run(password: &str) -> bool {
    let codes: Vec<u32> = password.chars().map(u32::from).collect();
    let steps = codes.len().saturating_sub(1);
    let up = codes.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    let down = codes.windows(2).filter(|pair| pair[0] == pair[1] + 1).count();
    up.max(down) + 2 >= steps
}

fn is_repetition(password: &str) -> bool {
    let bytes = password.as_bytes();
    (1..=bytes.len() / 2)
        .any(|length| length < SHORTEST && bytes.iter().zip(&bytes[length..]).all(|(a, b)| a == b))
}

/// One of the words above with digits and signs around it, or some of its letters written as such.
fn is_known_word(password: &str) -> bool {
    let plain: String = password.chars().filter(|c| c.is_alphabetic()).collect();
    let core = password.trim_matches(|c: char| !c.is_alphabetic());
    let read = |text: &str| -> String {
        text.chars().map(as_letter).filter(|c| c.is_alphabetic()).collect()
    };
    let only_digits = plain.is_empty() && password.chars().count() < 16;
    let readings = [read(core), read(password), plain];
    only_digits || readings.iter().any(|reading| TRIVIAL.contains(&reading.as_str()))
}

fn as_letter(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// What is kept of a password: Argon2id (RFC 9106) with its salt and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verifier {
    pub(crate) salt: [u8; 16],
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) hash: [u8; 32],
}

impl Verifier {
    /// Memory of the derivation: 19 MiB, two passes (the lower of OWASP's equal settings, for a
    /// small appliance).
    const MEMORY_KIB: u32 = 19 * 1024;
    const PASSES: u32 = 2;

    /// The verifier of a password under a fresh salt.
    pub(crate) fn of(password: &str, salt: [u8; 16]) -> Self {
        let (memory_kib, passes) = (Self::MEMORY_KIB, Self::PASSES);
        let hash = derive(password, salt, memory_kib, passes).unwrap_or_default();
        Self { salt, memory_kib, passes, hash }
    }

    /// Is this the password?
    pub(crate) fn accepts(&self, password: &str) -> bool {
        if password.len() > LONGEST {
            return false;
        }
        let derived = derive(password, self.salt, self.memory_kib, self.passes);
        derived.is_some_and(|hash| bool::from(hash.ct_eq(&self.hash)))
    }
}

/// `None` for a cost that Argon2 does not know, such as of a damaged record.
fn derive(password: &str, salt: [u8; 16], memory_kib: u32, passes: u32) -> Option<[u8; 32]> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = Zeroizing::new([0; 32]);
    argon.hash_password_into(password.as_bytes(), &salt, hash.as_mut()).ok()?;
    Some(*hash)
}

/// SHA-256, for secrets that are random already.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Verifier, Weak, check};

    #[test]
    fn a_good_password_is_taken() {
        for password in
            ["correct horse battery", "Zwei Äpfel im Mai", "t7#kLw9vQz", "office tower 4 blue"]
        {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(check("t7#kLw9vQ"), Err(Weak::Short));
        assert_eq!(check(&"ab c".repeat(99)), Err(Weak::Long));
    }

    #[test]
    fn the_first_that_anyone_would_try_are_refused() {
        for password in [
            "Password123!",
            "P@ssw0rd2026",
            "1234567890",
            "abcdefghijkl",
            "9876543210",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "hellohello",
            "Administrator1",
            "qwertyuiop",
            "20260131-1200",
            "welcome-2026",
        ] {
            assert_eq!(check(password), Err(Weak::Trivial), "{password}");
        }
    }

    #[test]
    fn a_verifier_knows_its_password_and_no_other() {
        let verifier = Verifier::of("correct horse battery", [7; 16]);
        assert!(verifier.accepts("correct horse battery"));
        assert!(!verifier.accepts("correct horse batterz"));
        assert_ne!(verifier.hash, Verifier::of("correct horse battery", [8; 16]).hash);
    }

    #[test]
    fn a_damaged_record_accepts_nothing() {
        let mut verifier = Verifier::of("correct horse battery", [7; 16]);
        verifier.memory_kib = 1;
        assert!(!verifier.accepts("correct horse battery"));
    }
}
