//! What the appliance is called, which language it speaks, and its panel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// A host name of one label (RFC 1123, section 2.1): 1 to 63 of `a-z 0-9 -`, no `-` at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

impl HostName {
    /// The name that a text is, in small letters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim().to_ascii_lowercase();
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = (1..=63).contains(&name.len())
            && name.bytes().all(good)
            && !name.starts_with('-')
            && !name.ends_with('-');
        is_name.then_some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for HostName {
    fn default() -> Self {
        Self("ivm".to_owned())
    }
}

impl TryFrom<String> for HostName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a host name has 1 to 63 of a-z 0-9 - and no - at its ends")
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

/// The language of the panel and the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    Deutsch,
}

impl Language {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::English, Self::Deutsch];

    /// What it calls itself, in letters that the panel has.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Deutsch => "Deutsch",
        }
    }
}

/// The front panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Panel {
    /// Seconds without a key until its light goes off, 10 to 3600; 0 for never.
    pub dim_after_s: u16,
    /// May the network, restarts and resets be changed at the panel? The status always shows.
    pub may_change: bool,
}

impl Default for Panel {
    fn default() -> Self {
        Self { dim_after_s: 120, may_change: true }
    }
}

impl Panel {
    pub(crate) fn faults(self) -> impl Iterator<Item = Fault> {
        let is_good = self.dim_after_s == 0 || (10..=3_600).contains(&self.dim_after_s);
        let words = "The light goes off after 10 to 3600 seconds, or never (0).";
        (!is_good).then(|| Fault::of("panel.dim_after_s", words)).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::HostName;

    #[test]
    fn host_names_are_labels() {
        assert_eq!(HostName::parse(" Office-2 ").map(String::from).as_deref(), Some("office-2"));
        for bad in ["", "-a", "a-", "a.b", "ä", "a b", &"a".repeat(64)] {
            assert_eq!(HostName::parse(bad), None, "{bad}");
        }
    }
}
