//! A log-in of an administrator: its token, its form token, and how long it lives; and the tokens
//! of programs.

use crate::code::{from_hex, hex};
use crate::password::digest;

/// A session ends after so long without a request, milliseconds.
pub(crate) const IDLE_MS: u64 = 30 * 60 * 1000;
/// A session ends after so long, whatever happens, milliseconds.
pub(crate) const ABSOLUTE_MS: u64 = 12 * 60 * 60 * 1000;
/// The last use is written no more often than this, milliseconds.
const TOUCH_MS: u64 = 60 * 1000;
/// The name of the cookie. Browsers refuse this prefix without Secure, or with a Domain.
const COOKIE: &str = "__Host-ivm-admin";

/// The secret that the browser holds; the database has only its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// A token of fresh random bytes.
    pub(crate) const fn from_random(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The token among the cookies of a request.
    pub(crate) fn from_cookies(header: &str) -> Option<Self> {
        let value = header.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (name.trim() == COOKIE).then_some(value.trim())
        })?;
        from_hex(value).map(Self)
    }

    /// The value of Set-Cookie that keeps it, until the browser closes.
    pub(crate) fn cookie(&self) -> String {
        format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict", hex(&self.0))
    }

    /// The value of Set-Cookie that forgets it.
    pub(crate) fn forgotten() -> String {
        format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
    }

    /// What the database has of it.
    pub(crate) fn hashed(&self) -> [u8; 32] {
        digest(&[b"ivm admin session", &self.0])
    }

    /// What every form of this session bears, so that no other page can send it.
    pub(crate) fn form_token(&self) -> String {
        hex(&digest(&[b"ivm admin form", &self.0]))
    }
}

/// The secret that a program has, as `ivm_` and 64 hexadecimal digits; the database has its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ApiToken([u8; 32]);

impl ApiToken {
    /// A token of fresh random bytes.
    pub(crate) const fn from_random(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The token in an Authorization header.
    pub(crate) fn from_authorization(header: &str) -> Option<Self> {
        let (scheme, value) = header.split_once(' ')?;
        let digits = value.trim().strip_prefix("ivm_")?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        from_hex(digits).map(Self)
    }

    /// As it is shown, once.
    pub(crate) fn shown(&self) -> String {
        format!("ivm_{}", hex(&self.0))
    }

    /// What the database has of it.
    pub(crate) fn hashed(&self) -> [u8; 32] {
        digest(&[b"ivm api token", &self.0])
    }
}

/// A session as the database has it. Times are unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) made: u64,
    pub(crate) used: u64,
}

impl Session {
    /// Does it still live? A clock that was set back ends it too.
    pub(crate) fn is_alive(&self, now: u64) -> bool {
        let idle = now.checked_sub(self.used);
        let age = now.checked_sub(self.made);
        idle.is_some_and(|idle| idle < IDLE_MS) && age.is_some_and(|age| age < ABSOLUTE_MS)
    }

    /// Is it time to write down that it was used?
    pub(crate) fn is_stale(&self, now: u64) -> bool {
        now.saturating_sub(self.used) >= TOUCH_MS
    }
}

#[cfg(test)]
mod tests {
    use super::{ABSOLUTE_MS, ApiToken, IDLE_MS, Session, Token};

    #[test]
    fn a_token_comes_back_from_its_cookie() {
        let token = Token::from_random([0x5a; 32]);
        let cookie = token.cookie();
        let pair = cookie.split(';').next().expect("a pair");
        let header = format!("theme=dark; {pair}; other=1");
        assert!(Token::from_cookies(&header) == Some(token));
        assert!(Token::from_cookies("theme=dark").is_none());
        assert!(Token::from_cookies("__Host-ivm-admin=12").is_none());
    }

    #[test]
    fn a_programs_token_comes_back_from_its_header() {
        let token = ApiToken::from_random([0x5a; 32]);
        let header = format!("bearer {}", token.shown());
        assert!(ApiToken::from_authorization(&header) == Some(token));
        for wrong in ["", "Bearer", "Bearer ivm_12", "Basic abc", &token.shown()] {
            assert!(ApiToken::from_authorization(wrong).is_none(), "{wrong}");
        }
        assert_ne!(token.hashed(), [0x5a; 32]);
    }

    #[test]
    fn the_cookie_is_for_this_host_and_no_script() {
        let cookie = Token::from_random([1; 32]).cookie();
        for part in ["__Host-", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.contains(part), "{part}");
        }
        assert!(!cookie.contains("Domain"));
    }

    #[test]
    fn hash_and_form_token_do_not_tell_the_token() {
        let token = Token::from_random([1; 32]);
        assert_ne!(token.hashed(), [1; 32]);
        assert!(!token.cookie().contains(&token.form_token()));
        assert_ne!(token.form_token(), Token::from_random([2; 32]).form_token());
    }

    #[test]
    fn a_session_ends_when_idle_and_when_old() {
        let session = Session { made: 1_000, used: 1_000 };
        assert!(session.is_alive(1_000 + IDLE_MS - 1));
        assert!(!session.is_alive(1_000 + IDLE_MS));
        let busy = Session { made: 1_000, used: 1_000 + ABSOLUTE_MS - 5 };
        assert!(busy.is_alive(1_000 + ABSOLUTE_MS - 1));
        assert!(!busy.is_alive(1_000 + ABSOLUTE_MS));
        assert!(!session.is_alive(999));
    }
}
