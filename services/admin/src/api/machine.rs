//! What is said about the machine: settings, health, orders, the log, certificates, programs.

use message::system::{AskLog, Certificates, Deed, Gravity, Health, LogLines, Pending, Snapshot};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What has to be typed for a factory reset.
pub(crate) const RESET_WORDS: &str = "reset this appliance";

/// The settings in force.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct SettingsView {
    /// Grows with every change; the ETag is the same in quotes.
    pub(crate) revision: u64,
    /// The settings.
    #[schemars(with = "settings::Settings")]
    pub(crate) settings: Value,
    /// A change on trial: it is taken back by itself unless it is confirmed.
    pub(crate) pending: Option<Trial>,
    /// Does the appliance manage the machine (network, clock, slots)?
    pub(crate) managed: bool,
}

/// A change on trial.
#[derive(Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct Trial {
    /// What has to be named to confirm it or take it back.
    pub(crate) revision: u64,
    /// It is taken back after so many milliseconds.
    pub(crate) left_ms: u64,
}

impl From<Pending> for Trial {
    fn from(pending: Pending) -> Self {
        Self { revision: pending.revision, left_ms: pending.left_ms }
    }
}

impl SettingsView {
    /// The view of a snapshot; none if its settings are no JSON.
    pub(crate) fn of(snapshot: &Snapshot) -> Option<Self> {
        Some(Self {
            revision: snapshot.revision,
            settings: serde_json::from_str(&snapshot.settings).ok()?,
            pending: snapshot.pending.map(Trial::from),
            managed: snapshot.managed,
        })
    }
}

/// Which change on trial.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichTrial {
    /// The pending revision.
    pub(crate) revision: u64,
}

/// How the appliance is.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct HealthView {
    /// Version of the program.
    pub(crate) version: String,
    /// The slot that runs, `A` or `B`; empty where there are none.
    pub(crate) slot: String,
    /// The version in the other slot; empty for none or unknown.
    pub(crate) other_version: String,
    /// Milliseconds since the machine started.
    pub(crate) uptime_ms: u64,
    /// What needs attention, the gravest first.
    pub(crate) alarms: Vec<AlarmView>,
    /// The services.
    pub(crate) services: Vec<ServiceView>,
    /// The network interfaces.
    pub(crate) interfaces: Vec<InterfaceView>,
    /// The gateway in force; empty for none.
    pub(crate) gateway: String,
    /// Bytes on the data partition.
    pub(crate) disk_total: u64,
    /// Of these, free.
    pub(crate) disk_free: u64,
    /// Bytes of memory.
    pub(crate) memory_total: u64,
    /// Of these, available.
    pub(crate) memory_free: u64,
    /// Load average of the last minute, in hundredths.
    pub(crate) load: u32,
    /// Wall time, unix milliseconds.
    pub(crate) unix_ms: u64,
    /// Is the clock set by a time server?
    pub(crate) is_time_synced: bool,
}

/// Something that needs attention.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct AlarmView {
    /// A stable word, such as `disk-full`.
    pub(crate) name: String,
    /// How grave it is.
    pub(crate) gravity: GravityView,
    /// What is wrong, in a sentence.
    pub(crate) words: String,
    /// What to do about it, in a sentence.
    pub(crate) advice: String,
    /// Since when, unix milliseconds.
    pub(crate) since: u64,
}

/// How grave an alarm is.
#[derive(Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GravityView {
    /// Good to know.
    Notice,
    /// Something will break.
    Warning,
    /// Something is broken.
    Critical,
}

/// A service.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ServiceView {
    /// Its name.
    pub(crate) name: String,
    /// Does it run?
    pub(crate) is_running: bool,
    /// What the supervisor says of it.
    pub(crate) words: String,
    /// Bytes of memory; 0 for unknown.
    pub(crate) memory: u64,
    /// Starts since the boot.
    pub(crate) starts: u32,
}

/// A network interface.
#[derive(Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct InterfaceView {
    /// Its name.
    pub(crate) name: String,
    /// Its hardware address.
    pub(crate) mac: String,
    /// Is a cable in it?
    pub(crate) has_carrier: bool,
    /// Its addresses with their prefix lengths.
    pub(crate) addresses: Vec<String>,
}

impl From<Health> for HealthView {
    fn from(health: Health) -> Self {
        let alarms = health.alarms.into_iter().map(|alarm| AlarmView {
            name: alarm.name,
            gravity: match alarm.gravity {
                Gravity::Notice => GravityView::Notice,
                Gravity::Warning => GravityView::Warning,
                Gravity::Critical => GravityView::Critical,
            },
            words: alarm.words,
            advice: alarm.advice,
            since: alarm.since,
        });
        let services = health.services.into_iter().map(|service| ServiceView {
            name: service.name,
            is_running: service.is_running,
            words: service.words,
            memory: service.memory,
            starts: service.starts,
        });
        let interfaces = health.interfaces.into_iter().map(|interface| InterfaceView {
            name: interface.name,
            mac: interface.mac,
            has_carrier: interface.has_carrier,
            addresses: interface.addresses,
        });
        Self {
            version: health.version,
            slot: health.slot,
            other_version: health.other_version,
            uptime_ms: health.uptime_ms,
            alarms: alarms.collect(),
            services: services.collect(),
            interfaces: interfaces.collect(),
            gateway: health.gateway,
            disk_total: health.disk_total,
            disk_free: health.disk_free,
            memory_total: health.memory_total,
            memory_free: health.memory_free,
            load: health.load,
            unix_ms: health.unix_ms,
            is_time_synced: health.is_time_synced,
        }
    }
}

/// Do something to the machine.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "order", deny_unknown_fields)]
pub(crate) enum OrderAsk {
    /// Start again.
    Restart {},
    /// Switch off.
    Shutdown {},
    /// Start the other slot: back to the version before.
    StartOtherSlot {},
    /// Set the clock by hand.
    SetClock {
        /// The wall time, unix milliseconds: 2020 to 2100.
        #[schemars(range(min = 1_577_836_800_000_u64, max = 4_102_444_800_000_u64))]
        unix_ms: u64,
    },
    /// Back to how it came.
    FactoryReset {
        /// Keep people and messages?
        keep_messages: bool,
        /// `reset this appliance`, so that nobody does it by mistake.
        words: String,
    },
}

/// Why an order cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadOrder {
    /// The words were not typed.
    #[error("For a factory reset the words \"{RESET_WORDS}\" have to be typed.")]
    Words,
    /// The time cannot be now.
    #[error("The clock can be set to the years 2020 to 2099.")]
    Time,
}

impl OrderAsk {
    /// The deed that is meant, and its word.
    pub(crate) fn deed(&self) -> Result<(Deed, &'static str), BadOrder> {
        const YEARS: std::ops::RangeInclusive<u64> = 1_577_836_800_000..=4_102_444_800_000;
        match self {
            Self::Restart {} => Ok((Deed::Restart, "restart")),
            Self::Shutdown {} => Ok((Deed::Shutdown, "shutdown")),
            Self::StartOtherSlot {} => Ok((Deed::StartOtherSlot, "start-other-slot")),
            Self::SetClock { unix_ms } if YEARS.contains(unix_ms) => {
                Ok((Deed::SetClock { unix_ms: *unix_ms }, "set-clock"))
            }
            Self::SetClock { .. } => Err(BadOrder::Time),
            Self::FactoryReset { keep_messages, words } => {
                if words.trim().eq_ignore_ascii_case(RESET_WORDS) {
                    Ok((Deed::FactoryReset { keep_messages: *keep_messages }, "factory-reset"))
                } else {
                    Err(BadOrder::Words)
                }
            }
        }
    }
}

/// Which lines of the log.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogQuery {
    /// Behind this cursor; the latest lines, if absent.
    #[serde(default)]
    #[schemars(length(max = 512))]
    pub(crate) after: String,
    /// Of this service only.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub(crate) service: String,
    /// At least as grave as this: 0 (emergency) to 7 (debug), as in syslog.
    #[serde(default = "seven")]
    #[schemars(range(min = 0, max = 7))]
    pub(crate) level: u8,
    /// With these words in them, in any case.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub(crate) words: String,
    /// At most so many, 1 to 1000.
    #[serde(default = "two_hundred")]
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) limit: u32,
}

const fn seven() -> u8 {
    7
}

const fn two_hundred() -> u32 {
    200
}

impl LogQuery {
    /// What the settings keeper is asked; none if something is out of its bounds.
    pub(crate) fn ask(&self) -> Option<AskLog> {
        let fits = self.after.chars().count() <= 512
            && self.service.chars().count() <= 64
            && self.words.chars().count() <= 256
            && self.level <= 7
            && (1..=1_000).contains(&self.limit);
        fits.then(|| AskLog {
            after: self.after.clone(),
            service: self.service.clone(),
            gravest: self.level,
            words: self.words.clone(),
            most: self.limit,
        })
    }
}

/// Lines of the log, the oldest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LogView {
    /// The lines.
    pub(crate) lines: Vec<LineView>,
    /// What `after` has to be for the next ones.
    pub(crate) cursor: String,
}

/// A line of the log.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LineView {
    /// Unix milliseconds.
    pub(crate) unix_ms: u64,
    /// The service.
    pub(crate) service: String,
    /// 0 (emergency) to 7 (debug), as in syslog.
    pub(crate) level: u8,
    /// The words, with the fields behind them.
    pub(crate) words: String,
}

impl From<LogLines> for LogView {
    fn from(lines: LogLines) -> Self {
        let view = |line: message::system::LogLine| LineView {
            unix_ms: line.unix_ms,
            service: line.service,
            level: line.level,
            words: line.words,
        };
        Self { lines: lines.lines.into_iter().map(view).collect(), cursor: lines.cursor }
    }
}

/// The certificate of the pages.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CertificateView {
    /// SHA-256 of the certificate of the appliance's own authority.
    pub(crate) fingerprint: String,
    /// Was the certificate of the pages uploaded?
    pub(crate) is_uploaded: bool,
    /// Whose it is.
    pub(crate) names: Vec<String>,
    /// When it ends, unix milliseconds.
    pub(crate) expires: u64,
}

impl From<Certificates> for CertificateView {
    fn from(found: Certificates) -> Self {
        let pairs: Vec<String> =
            found.fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        Self {
            fingerprint: pairs.join(":"),
            is_uploaded: found.is_uploaded,
            names: found.names,
            expires: found.expires,
        }
    }
}

/// Serve the pages with this certificate.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCertificate {
    /// Key and chain, PEM.
    pub(crate) pem: String,
}

/// What the appliance is made of.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AboutView {
    /// What it is.
    pub(crate) name: &'static str,
    /// Version of the program.
    pub(crate) version: &'static str,
    /// Its licence (SPDX).
    pub(crate) licence: &'static str,
    /// The libraries in it.
    pub(crate) crates: Vec<CrateView>,
}

/// A library.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CrateView {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// Its licence (SPDX).
    pub(crate) licence: &'static str,
}

/// The libraries that a list names, one a line: `name version licence`.
pub(crate) fn crates(list: &'static str) -> Vec<CrateView> {
    let read = |line: &'static str| {
        let (name, rest) = line.split_once(' ')?;
        let (version, licence) = rest.split_once(' ')?;
        Some(CrateView { name, version, licence })
    };
    list.lines().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::{BadOrder, LogQuery, OrderAsk, crates};

    fn order(text: &str) -> Result<&'static str, BadOrder> {
        let order: OrderAsk = serde_json::from_str(text).expect("an order");
        order.deed().map(|(_, word)| word)
    }

    #[test]
    fn a_factory_reset_needs_its_words() {
        assert_eq!(order(r#"{"order":"restart"}"#), Ok("restart"));
        let reset = |words: &str| {
            order(&format!(r#"{{"order":"factory-reset","keep_messages":true,"words":"{words}"}}"#))
        };
        assert_eq!(reset("yes"), Err(BadOrder::Words));
        assert_eq!(reset("Reset this appliance"), Ok("factory-reset"));
        assert_eq!(order(r#"{"order":"set-clock","unix_ms":5}"#), Err(BadOrder::Time));
    }

    #[test]
    fn unknown_orders_and_fields_are_refused() {
        for text in [r#"{"order":"dance"}"#, r#"{"order":"restart","x":1}"#, "{}", "7"] {
            assert!(serde_json::from_str::<OrderAsk>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_query_of_the_log_is_bounded() {
        let query = |text: &str| serde_json::from_str::<LogQuery>(text).expect("a query").ask();
        assert_eq!(query("{}").map(|ask| (ask.gravest, ask.most)), Some((7, 200)));
        assert_eq!(query(r#"{"limit":5000}"#), None);
        assert_eq!(query(r#"{"level":9}"#), None);
    }

    #[test]
    fn licences_are_read_from_their_list() {
        let list = crates("axum 0.8.9 MIT\nring 0.17 Apache-2.0 AND ISC\n\n");
        assert_eq!((list.len(), list[1].licence), (2, "Apache-2.0 AND ISC"));
    }
}
