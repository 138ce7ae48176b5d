//! Telephones that are known: their names, secrets and places.

use std::fmt;
use std::net::IpAddr;

use provision::{Mac, Vendor};

use crate::digest::Secret;

/// What stands left of the `@` in a telephone's address: 1 to 32 of `A-Z a-z 0-9 . _ - + *`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct User(String);

impl User {
    /// The name that a text is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+*".contains(&byte);
        let is_name = (1..=32).contains(&text.len()) && text.bytes().all(good);
        is_name.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone that may be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// By what it shows who it is.
    pub secret: Secret,
    /// Its card, for messages to the administrator.
    pub mac: Option<Mac>,
    /// The address that it has leased: from nowhere else does it speak. None while it has none.
    pub address: Option<IpAddr>,
    /// Who made it: how it is made to answer by itself, or to fetch its files again.
    pub vendor: Option<Vendor>,
}
