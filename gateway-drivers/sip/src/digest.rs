//! Who is it? Digest authentication as a server (RFC 7616, RFC 8760), `qop=auth`.
//!
//! A nonce holds its time and an HMAC over time and source: nothing is kept for a challenge.
//! Memory is needed only for who answered rightly, so that no answer counts twice. What had to be
//! forgotten for lack of room counts as stale, and so can never be played again.

mod answer;
mod nonce;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use machine::{Moment, Span};
use md5::Md5;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use answer::Answer;
use nonce::{Nonces, Seen};

use crate::limit::{Limits, Rate};
use crate::message::uri::Uri;

/// Wrong answers that a source may give: somebody at a phone's keypad needs no more.
const WRONG: Rate = Rate { burst: 5, pause: Span::from_secs(20) };

/// How an answer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Offered first.
    Sha256,
    /// For old phones.
    Md5,
}

impl Algorithm {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Md5];

    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
        }
    }

    fn hash(self, text: &str) -> String {
        let bytes: Vec<u8> = match self {
            Self::Sha256 => Sha256::digest(text.as_bytes()).to_vec(),
            Self::Md5 => Md5::digest(text.as_bytes()).to_vec(),
        };
        hex(&bytes)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// By what a telephone shows who it is. Wiped when dropped, and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The word itself.
    Plain(Zeroizing<String>),
    /// What is made of name, realm and word for each algorithm, in hexadecimal digits: enough to
    /// check, and of no use in another realm.
    Hashed {
        /// For [`Algorithm::Sha256`].
        sha256: Zeroizing<String>,
        /// For [`Algorithm::Md5`].
        md5: Zeroizing<String>,
    },
}

impl Secret {
    /// The word itself.
    #[must_use]
    pub fn plain(word: &str) -> Self {
        Self::Plain(Zeroizing::new(word.to_owned()))
    }

    /// What is kept instead of the word.
    #[must_use]
    pub fn hashed(user: &str, realm: &str, word: &str) -> Self {
        let plain = Self::plain(word);
        let of = |algorithm| Zeroizing::new(plain.ha1(algorithm, user, realm));
        Self::Hashed { sha256: of(Algorithm::Sha256), md5: of(Algorithm::Md5) }
    }

    fn ha1(&self, algorithm: Algorithm, user: &str, realm: &str) -> String {
        match (self, algorithm) {
            (Self::Plain(word), _) => {
                let text = Zeroizing::new(format!("{user}:{realm}:{}", word.as_str()));
                algorithm.hash(&text)
            }
            (Self::Hashed { sha256, .. }, Algorithm::Sha256) => sha256.to_string(),
            (Self::Hashed { md5, .. }, Algorithm::Md5) => md5.to_string(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is who it says.
    Right,
    /// It knows the secret, but its nonce is old, spent, or of another time: ask again with
    /// `stale=true`, and nobody is bothered.
    Stale,
    /// It does not know the secret.
    Wrong,
    /// It was wrong too often: nothing of it is looked at.
    Throttled,
}

/// Who may speak.
#[derive(Debug)]
pub struct Guard {
    realm: String,
    nonces: Nonces,
    wrong: Limits,
}

impl Guard {
    /// Guards a realm. The key must be random and nobody else's.
    #[must_use]
    pub fn new(realm: &str, key: [u8; 32]) -> Self {
        let realm = realm.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
        Self { realm, nonces: Nonces::new(key), wrong: Limits::new(WRONG) }
    }

    /// The realm.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Questions for a source, one for each algorithm.
    pub fn challenges(&mut self, source: IpAddr, is_stale: bool, now: Moment) -> [String; 2] {
        let nonce = self.nonces.make(source, now);
        let stale = if is_stale { ", stale=true" } else { "" };
        Algorithm::ALL.map(|algorithm| {
            format!(
                "Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth\"{stale}",
                self.realm,
                algorithm.name()
            )
        })
    }

    /// Weighs the answer of a source that says it is `answer.username`. For somebody unknown there
    /// is no secret, and it takes as long.
    pub fn weigh(
        &mut self,
        answer: &Answer,
        secret: Option<&Secret>,
        asked: (&str, &str),
        source: IpAddr,
        now: Moment,
    ) -> Verdict {
        if self.wrong.is_empty(source, now) {
            return Verdict::Throttled;
        }
        let nobody = Secret::plain("");
        let ha1 = secret.unwrap_or(&nobody).ha1(answer.algorithm, &answer.username, &self.realm);
        let expected = answer.expected(&Zeroizing::new(ha1), asked.0);
        let given = answer.response.to_ascii_lowercase();
        let is_known = expected.as_bytes().ct_eq(given.as_bytes());
        let is_meant = answer.realm == self.realm && names(&answer.uri, asked.1);
        if !(bool::from(is_known) && secret.is_some() && is_meant) {
            self.wrong.take(source, now);
            return Verdict::Wrong;
        }
        match self.nonces.spend(&answer.nonce, answer.count(), source, now) {
            Seen::New => Verdict::Right,
            Seen::Before | Seen::Old | Seen::Foreign => Verdict::Stale,
        }
    }

    /// Nonces of which something is kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.nonces.kept()
    }
}

/// Is the address in an answer the one that was asked? Phones write it a little differently.
fn names(uri: &str, target: &str) -> bool {
    let is_near = |a: &Uri, b: &Uri| a.user == b.user && a.host == b.host;
    uri == target
        || matches!((Uri::parse(uri), Uri::parse(target)), (Some(a), Some(b)) if is_near(&a, &b))
}

/// The answers of one source, as often as they could be.
pub(crate) type Counts = BTreeMap<nonce::Serial, nonce::Window>;
