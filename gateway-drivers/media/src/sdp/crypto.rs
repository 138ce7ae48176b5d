//! Keys in a session description (RFC 4568): as they are written, and as they are used.

use std::fmt;

use base64ct::{Base64, Encoding};
use zeroize::{Zeroize, Zeroizing};

use crate::srtp::{Master, Suite};

/// One way to encrypt a medium. Its keys are shown nowhere but in the description itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Crypto {
    /// By which an answer tells which one it has taken; at most 9 digits.
    pub tag: u32,
    /// The suite's name.
    pub suite: String,
    keys: String,
    /// What else was agreed on, in its own words.
    pub parameters: Vec<String>,
}

impl Crypto {
    /// Our key under a suite.
    #[must_use]
    pub fn new(tag: u32, suite: Suite, master: &Master) -> Self {
        let bytes = Zeroizing::new(master.bytes());
        let mut text = Zeroizing::new([0; 40]);
        let text = Base64::encode(&*bytes, &mut *text).expect("30 bytes are 40 characters");
        let keys = format!("inline:{text}");
        Self { tag, suite: suite.name().to_owned(), keys, parameters: Vec::new() }
    }

    /// Suite and key, if we can do it: one key, without a number of its own, for whole packets. A
    /// lifetime and the hint at a window may stand there; everything else would make the
    /// protection another one, or none.
    #[must_use]
    pub fn key(&self) -> Option<(Suite, Master)> {
        let is_hint = |parameter: &String| {
            parameter.starts_with("WSH=") || parameter == "KDR=0" || parameter.starts_with('-')
        };
        let suite = Suite::named(&self.suite).filter(|_| self.parameters.iter().all(is_hint))?;
        let mut parts = self.keys.strip_prefix("inline:")?.split('|');
        let text = parts.next()?;
        let lifetimes: Vec<&str> = parts.collect();
        let is_plain = match lifetimes.as_slice() {
            [] => true,
            [lifetime] => !lifetime.contains(':') && is_long(lifetime),
            [_, _, ..] => false,
        };
        if !is_plain || self.keys.contains(';') || text.len() != 40 {
            return None;
        }
        let mut bytes = Zeroizing::new([0; Master::LENGTH]);
        let length = Base64::decode(text, &mut *bytes).ok()?.len();
        (length == Master::LENGTH).then(|| (suite, Master::new(&bytes)))
    }

    /// Reads the value of the attribute.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?;
        let is_number = tag.len() <= 9 && tag.bytes().all(|byte| byte.is_ascii_digit());
        let tag = tag.parse().ok().filter(|_| is_number)?;
        let (suite, keys) = (words.next()?.to_owned(), words.next()?.to_owned());
        Some(Self { tag, suite, keys, parameters: words.map(str::to_owned).collect() })
    }

    /// The value of the attribute.
    pub(super) fn write(&self) -> String {
        let mut text = format!("{} {} {}", self.tag, self.suite, self.keys);
        for parameter in &self.parameters {
            text.push(' ');
            text.push_str(parameter);
        }
        text
    }
}

/// Does the key last for a talk? `2^20` packets are six hours.
fn is_long(lifetime: &str) -> bool {
    const LEAST: u64 = 1 << 20;
    let packets = match lifetime.strip_prefix("2^") {
        Some(power) => power.parse().ok().and_then(|power| 1u64.checked_shl(power)),
        None => lifetime.parse().ok(),
    };
    packets.is_some_and(|packets| packets >= LEAST)
}

impl Drop for Crypto {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} ..)", self.tag, self.suite)
    }
}
