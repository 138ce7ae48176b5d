//! The answer to a challenge, out of an `Authorization` header.

use std::fmt;

use super::{Algorithm, Secret, hex};
use crate::message::value::{quote, split, unquote};

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who it says it is.
    pub username: String,
    /// Where.
    pub realm: String,
    /// To which question.
    pub nonce: String,
    /// What it asked for.
    pub uri: String,
    /// The proof.
    pub response: String,
    /// How it was made.
    pub algorithm: Algorithm,
    /// What the phone added: `cnonce` and `nc`. Phones of before RFC 2617 have none.
    pub added: Option<(String, String)>,
}

impl Answer {
    /// The answer of a header; None if it is no answer to what we ask.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let words = Words::parse(value)?;
        let added = match words.get("qop") {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                Some((words.get("cnonce")?, words.get("nc")?))
            }
            Some(_) => return None,
        };
        Some(Self {
            username: words.get("username")?,
            realm: words.get("realm")?,
            nonce: words.get("nonce")?,
            uri: words.get("uri")?,
            response: words.get("response")?,
            algorithm: words.algorithm()?,
            added,
        })
    }

    /// How often the phone has used the nonce; without counting, it can use it once.
    pub(super) fn count(&self) -> Option<u32> {
        match &self.added {
            None => Some(1),
            Some((_, count)) => u32::from_str_radix(count, 16).ok(),
        }
    }

    /// What the response is when the secret is known (RFC 7616, section 3.4.1).
    pub(super) fn expected(&self, ha1: &str, method: &str) -> String {
        let ha2 = self.algorithm.hash(&format!("{method}:{}", self.uri));
        let text = match &self.added {
            Some((cnonce, count)) => {
                format!("{ha1}:{}:{count}:{cnonce}:auth:{ha2}", self.nonce)
            }
            None => format!("{ha1}:{}:{ha2}", self.nonce),
        };
        self.algorithm.hash(&text)
    }

    /// Makes an answer to a question, as a phone does: `who` is name and secret, `asked` method and
    /// address. None if the question is not understood.
    #[must_use]
    pub fn to(question: &str, who: (&str, &str), asked: (&str, &str), count: u32) -> Option<Self> {
        let words = Words::parse(question)?;
        let mut answer = Self {
            username: who.0.to_owned(),
            realm: words.get("realm")?,
            nonce: words.get("nonce")?,
            uri: asked.1.to_owned(),
            response: String::new(),
            algorithm: words.algorithm()?,
            added: words.get("qop").map(|_| (hex(&count.to_be_bytes()), format!("{count:08x}"))),
        };
        let ha1 = Secret::plain(who.1).ha1(answer.algorithm, &answer.username, &answer.realm);
        answer.response = answer.expected(&ha1, asked.0);
        Some(answer)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest username={}, realm={}", quote(&self.username), quote(&self.realm))?;
        write!(f, ", nonce={}, uri={}", quote(&self.nonce), quote(&self.uri))?;
        write!(f, ", response=\"{}\", algorithm={}", self.response, self.algorithm.name())?;
        if let Some((cnonce, count)) = &self.added {
            write!(f, ", qop=auth, cnonce={}, nc={count}", quote(cnonce))?;
        }
        Ok(())
    }
}

/// The words behind `Digest`, in small letters, without quotes.
struct Words(Vec<(String, String)>);

impl Words {
    fn parse(value: &str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once([' ', '\t'])?;
        scheme.eq_ignore_ascii_case("Digest").then_some(())?;
        let mut words = Vec::new();
        for part in split(rest, ',')?.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            words.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
        }
        Some(Self(words))
    }

    /// A word that stands there once: what stands there twice could be read in two ways.
    fn get(&self, name: &str) -> Option<String> {
        let mut all = self.0.iter().filter(|(known, _)| known == name);
        all.next().filter(|_| all.next().is_none()).map(|(_, value)| value.clone())
    }

    fn algorithm(&self) -> Option<Algorithm> {
        let Some(name) = self.get("algorithm") else { return Some(Algorithm::Md5) };
        Algorithm::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(&name))
    }
}
