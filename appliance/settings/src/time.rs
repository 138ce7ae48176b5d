//! The clock: zone and time servers. An office without the Internet has neither, and works.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// Most time servers that are asked.
const MOST_SERVERS: usize = 4;

/// A zone of the time zone database, such as `Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

impl ZoneName {
    /// The name that a text is; whether the zone exists, only the machine knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        };
        let is_name = text.len() <= 64 && text.split('/').all(is_part);
        is_name.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ZoneName {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl TryFrom<String> for ZoneName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time zone is named like Europe/Berlin")
    }
}

impl From<ZoneName> for String {
    fn from(name: ZoneName) -> Self {
        name.0
    }
}

/// Zone and time servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Time {
    /// The zone in which the panel and the pages show times.
    pub zone: ZoneName,
    /// Take the time from time servers (NTP)? Otherwise it is set by hand.
    pub use_ntp: bool,
    /// Time servers, names or addresses; empty for those that the network offers.
    pub servers: Vec<String>,
}

impl Default for Time {
    fn default() -> Self {
        Self { zone: ZoneName::default(), use_ntp: true, servers: Vec::new() }
    }
}

impl Time {
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.servers.len() > MOST_SERVERS {
            faults.push(Fault::of("time.servers", "There are at most four time servers."));
        }
        if let Some(bad) = self.servers.iter().find(|server| !is_server(server)) {
            faults.push(Fault::of("time.servers", format!("\"{bad}\" is no name or address.")));
        }
        faults
    }
}

fn is_server(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    !text.is_empty() && text.len() <= 253 && text.bytes().all(good) && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::{Time, ZoneName};

    #[test]
    fn zones_and_servers_have_names() {
        assert!(ZoneName::parse("America/Argentina/Buenos_Aires").is_some());
        assert!(ZoneName::parse("../etc/passwd").is_none() && ZoneName::parse("").is_none());
        let time = |server: &str| Time { servers: vec![server.to_owned()], ..Time::default() };
        assert!(time("ntp.example.org").faults().is_empty() && time("fd00::1").faults().is_empty());
        assert!(!time("a b").faults().is_empty() && !time("a\nNTP=x").faults().is_empty());
    }
}
