//! What the settings keeper, which has no rights of its own, asks of root, and what root answers:
//! one [`Request`] a connection, one line of JSON; then [`Report`]s, a line each.
//!
//! Root trusts nobody: whatever comes in a request is checked by [`Request::fault`], and again by
//! the deed itself where only the machine knows.

pub mod bundle;
pub mod slots;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The longest line, either way.
pub const LONGEST_LINE: usize = 1 << 20;
/// Most files of the network.
const MOST_FILES: usize = 32;
/// Bytes of one of them, and of the firewall.
const LONGEST_FILE: usize = 64 << 10;
/// Bytes of a passphrase.
const LONGEST_PASSPHRASE: usize = 1024;
/// What every file of the network's settings begins with: what else is there is not ours.
pub const NETWORK_PREFIX: &str = "10-ivm-";
/// Where a file on a stick is meant instead of one in the exchange directory.
pub const ON_STICK: &str = "stick/";

/// A passphrase on its way: never printed, wiped after use.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes a passphrase over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What root is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Let the network be as these files of systemd-networkd say, by name; others of ours go.
    Network {
        /// Names that begin with [`NETWORK_PREFIX`], and what stands in them.
        files: BTreeMap<String, String>,
    },
    /// Name the machine.
    HostName {
        /// One label.
        name: String,
    },
    /// Show times of this zone.
    Zone {
        /// Such as `Europe/Berlin`.
        name: String,
    },
    /// Take the time from servers, or not.
    TimeSync {
        /// At all?
        on: bool,
        /// From these; none for those that the network offers.
        servers: Vec<String>,
    },
    /// Set the clock by hand.
    SetClock {
        /// Unix milliseconds.
        unix_ms: u64,
    },
    /// Let in what these rules of nftables say.
    Firewall {
        /// The whole ruleset.
        rules: String,
    },
    /// Put a signed bundle into the other slot.
    Update {
        /// In the exchange directory, or on a stick behind [`ON_STICK`].
        file: String,
    },
    /// Start the other slot.
    StartOtherSlot,
    /// Start again.
    Restart,
    /// Switch off.
    Shutdown,
    /// Make an encrypted backup in the exchange directory.
    Backup {
        /// What opens it.
        passphrase: Passphrase,
        /// With all messages.
        with_messages: bool,
    },
    /// Check a backup and keep it ready for the next start.
    Restore {
        /// In the exchange directory.
        file: String,
        /// What opens it.
        passphrase: Passphrase,
    },
    /// Back to how it came, at the next start, which is now.
    FactoryReset {
        /// Keep people and messages.
        keep_messages: bool,
    },
    /// Collect what a technician needs, in the exchange directory.
    Diagnostics {
        /// Files that the caller adds, by name: health, settings.
        files: BTreeMap<String, String>,
    },
    /// Tell about the slots.
    SlotStatus,
}

impl Request {
    /// What it is called, in logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Network { .. } => "network",
            Self::HostName { .. } => "host name",
            Self::Zone { .. } => "zone",
            Self::TimeSync { .. } => "time servers",
            Self::SetClock { .. } => "clock",
            Self::Firewall { .. } => "firewall",
            Self::Update { .. } => "update",
            Self::StartOtherSlot => "other slot",
            Self::Restart => "restart",
            Self::Shutdown => "shutdown",
            Self::Backup { .. } => "backup",
            Self::Restore { .. } => "restore",
            Self::FactoryReset { .. } => "factory reset",
            Self::Diagnostics { .. } => "diagnostics",
            Self::SlotStatus => "slots",
        }
    }

    /// Is it about the appliance's own files, and possible without managing the machine?
    #[must_use]
    pub const fn is_about_files(&self) -> bool {
        matches!(
            self,
            Self::Backup { .. }
                | Self::Restore { .. }
                | Self::FactoryReset { .. }
                | Self::Diagnostics { .. }
        )
    }

    /// Why it cannot be meant; `None` if it can.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Network { files } => {
                let are_good = files.len() <= MOST_FILES
                    && files.iter().all(|(name, text)| {
                        is_network_file(name) && text.len() <= LONGEST_FILE && !text.contains('\0')
                    });
                (!are_good).then_some("these are no files of the network's settings")
            }
            Self::HostName { name } => {
                settings::HostName::parse(name).is_none().then_some("this is no host name")
            }
            Self::Zone { name } => {
                settings::ZoneName::parse(name).is_none().then_some("this is no time zone")
            }
            Self::TimeSync { servers, .. } => {
                let are_good = servers.len() <= 8 && servers.iter().all(|name| is_server(name));
                (!are_good).then_some("these are no time servers")
            }
            Self::SetClock { unix_ms } => {
                let (from, until) = (1_577_836_800_000, 4_102_444_800_000);
                (!(from..until).contains(unix_ms)).then_some("this time is not in our century")
            }
            Self::Firewall { rules } => {
                (rules.len() > LONGEST_FILE).then_some("these rules are too long")
            }
            Self::Update { file } => {
                let name = file.strip_prefix(ON_STICK).unwrap_or(file);
                (!is_file_name(name)).then_some(NO_FILE)
            }
            Self::Restore { file, passphrase } if !is_file_name(file) => {
                passphrase_fault(passphrase).or(Some(NO_FILE))
            }
            Self::Backup { passphrase, .. } | Self::Restore { passphrase, .. } => {
                passphrase_fault(passphrase)
            }
            Self::Diagnostics { files } => {
                let are_good = files.len() <= MOST_FILES && files.keys().all(|n| is_file_name(n));
                (!are_good).then_some("these are no files to add")
            }
            Self::StartOtherSlot
            | Self::Restart
            | Self::Shutdown
            | Self::FactoryReset { .. }
            | Self::SlotStatus => None,
        }
    }

    /// As a line.
    #[must_use]
    pub fn to_line(&self) -> String {
        line(self)
    }

    /// A line as a request that can be meant.
    ///
    /// # Errors
    /// Why it is none.
    pub fn from_line(text: &str) -> Result<Self, String> {
        let request: Self = serde_json::from_str(text)
            .map_err(|_| "this is no request of this version".to_owned())?;
        match request.fault() {
            Some(fault) => Err(fault.to_owned()),
            None => Ok(request),
        }
    }
}

const NO_FILE: &str = "this is no name of a file in the exchange directory";

fn passphrase_fault(passphrase: &Passphrase) -> Option<&'static str> {
    let length = passphrase.bytes().len();
    (!(8..=LONGEST_PASSPHRASE).contains(&length))
        .then_some("a passphrase has at least 8 characters, and at most 1024")
}

/// The name of a file without any folder: no `/`, no hidden file, no control character.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    (1..=200).contains(&name.len())
        && !name.starts_with(['.', '-'])
        && name.chars().all(|letter| letter != '/' && letter != '\\' && !letter.is_control())
}

fn is_network_file(name: &str) -> bool {
    let kind = [".network", ".netdev", ".link"].iter().any(|end| name.ends_with(end));
    name.starts_with(NETWORK_PREFIX) && is_file_name(name) && kind
}

fn is_server(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    (1..=253).contains(&name.len()) && name.bytes().all(good)
}

/// What root says while it works, and at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub enum Report {
    /// It goes on.
    Progress {
        /// Of 100.
        percent: u8,
        /// What is being done.
        words: String,
    },
    /// It is done.
    Done(Outcome),
    /// It has failed, and nothing was changed.
    Failed {
        /// Why, in a sentence.
        words: String,
    },
}

/// What came of a deed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In a sentence; empty where there is nothing to say.
    #[serde(default)]
    pub words: String,
    /// The file that was made, in the exchange directory.
    #[serde(default)]
    pub file: Option<String>,
    /// The slots, where they were asked for.
    #[serde(default)]
    pub slots: Option<Slots>,
    /// The version that was put into the other slot.
    #[serde(default)]
    pub version: Option<String>,
}

impl Outcome {
    /// With words only.
    #[must_use]
    pub fn of(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }
}

/// The two slots of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// The one that runs, `A` or `B`; empty for none.
    pub running: String,
    /// Is it known to be good?
    pub is_good: bool,
    /// The version in the other one; empty for unknown.
    pub other_version: String,
    /// May the other one be started?
    pub is_other_good: bool,
}

impl Report {
    /// As a line.
    #[must_use]
    pub fn to_line(&self) -> String {
        line(self)
    }

    /// A line as a report.
    #[must_use]
    pub fn from_line(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

fn line(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string(value).expect("strings and numbers can be written as JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Outcome, Passphrase, Report, Request, is_file_name};

    fn network(name: &str) -> Request {
        Request::Network { files: BTreeMap::from([(name.to_owned(), "[Match]\n".to_owned())]) }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let passphrase = Passphrase::new("correct horse".to_owned());
        let requests = [
            network("10-ivm-lan.network"),
            Request::TimeSync { on: true, servers: vec!["fd00::1".to_owned()] },
            Request::Update { file: "stick/ivm-appliance-2.raucb".to_owned() },
            Request::Restore { file: "a.ivmbackup".to_owned(), passphrase },
            Request::FactoryReset { keep_messages: true },
            Request::SlotStatus,
        ];
        for request in requests {
            let line = request.to_line();
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(Request::from_line(&line).as_ref(), Ok(&request));
        }
        let report = Report::Done(Outcome::of("done"));
        assert_eq!(Report::from_line(&report.to_line()), Some(report));
    }

    #[test]
    fn root_believes_nothing() {
        let bad = [
            network("../../etc/passwd"),
            network("10-ivm-/x.network"),
            network("80-other.network"),
            network("10-ivm-a.conf"),
            Request::HostName { name: "a b".to_owned() },
            Request::Zone { name: "../../etc/shadow".to_owned() },
            Request::TimeSync { on: true, servers: vec!["a\nNTP=b".to_owned()] },
            Request::SetClock { unix_ms: 0 },
            Request::Firewall { rules: "x".repeat(100_000) },
            Request::Update { file: "/etc/shadow".to_owned() },
            Request::Update { file: "stick/../x".to_owned() },
            Request::Restore { file: "..".to_owned(), passphrase: Passphrase::new("x".repeat(9)) },
            Request::Backup { passphrase: Passphrase::new("short".into()), with_messages: true },
        ];
        for request in bad {
            assert!(Request::from_line(&request.to_line()).is_err(), "{request:?}");
        }
        for line in ["", "{}", "{\"deed\":\"launch\"}", "{\"deed\":\"zone\"}"] {
            assert!(Request::from_line(line).is_err(), "{line}");
        }
        assert!(!is_file_name("a\u{7}") && !is_file_name(".hidden") && !is_file_name("-x"));
    }

    #[test]
    fn a_passphrase_is_not_printed() {
        let passphrase = Passphrase::new("correct horse".to_owned());
        let request = Request::Backup { passphrase, with_messages: false };
        assert!(!format!("{request:?}").contains("horse"));
    }
}
