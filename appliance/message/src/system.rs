//! Bodies between the settings keeper (`system`) and the other local services: settings, health,
//! orders, jobs, the log, the certificate. Only local services may say them.

use minicbor::{Decode, Encode};

/// Ask for the settings in force; answered by [`Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskSettings {
    /// Also post every later snapshot on this connection.
    #[n(1)]
    pub watch: bool,
}

/// The settings in force: always whole, never a difference.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Snapshot {
    /// Grows by one with every change, confirmed or taken back.
    #[n(1)]
    pub revision: u64,
    /// The settings as JSON, as the crate `settings` writes them.
    #[n(2)]
    pub settings: String,
    /// A change that takes itself back unless it is confirmed.
    #[n(3)]
    pub pending: Option<Pending>,
    /// Does the appliance manage the machine (network, clock, slots)? Not under `appliance run`.
    #[n(4)]
    pub managed: bool,
}

/// A change on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pending {
    /// What [`Confirm`] and [`Revert`] have to name.
    #[n(1)]
    pub revision: u64,
    /// It is taken back after so many milliseconds.
    #[n(2)]
    pub left_ms: u64,
}

/// Change the settings; answered by [`Snapshot`], or refused with what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Propose {
    /// The revision that was changed; another one in force is a conflict.
    #[n(1)]
    pub base: u64,
    /// All settings as JSON.
    #[n(2)]
    pub settings: String,
    /// Final at once, even if it may cut off who proposes it: for the panel, which is at the machine.
    #[n(3)]
    pub is_final: bool,
}

/// Keep the change on trial; answered by [`Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Confirm {
    /// The pending revision.
    #[n(1)]
    pub revision: u64,
}

/// Take the change on trial back at once; answered by [`Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Revert {
    /// The pending revision.
    #[n(1)]
    pub revision: u64,
}

/// Ask how the appliance is; answered by [`Health`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskHealth {
    /// Also post it on this connection whenever it changes.
    #[n(1)]
    pub watch: bool,
}

/// How the appliance is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Health {
    /// Version of the program.
    #[n(1)]
    pub version: String,
    /// The slot that runs, `A` or `B`; empty where there are none.
    #[n(2)]
    pub slot: String,
    /// Milliseconds since the machine started.
    #[n(3)]
    pub uptime_ms: u64,
    /// What needs somebody's attention, the gravest first.
    #[n(4)]
    pub alarms: Vec<Alarm>,
    /// The services and how each is.
    #[n(5)]
    pub services: Vec<ServiceState>,
    /// The network interfaces.
    #[n(6)]
    pub interfaces: Vec<Interface>,
    /// The gateway in force; empty for none.
    #[n(7)]
    pub gateway: String,
    /// Bytes on the data partition.
    #[n(8)]
    pub disk_total: u64,
    /// Of these, free.
    #[n(9)]
    pub disk_free: u64,
    /// Bytes of memory.
    #[n(10)]
    pub memory_total: u64,
    /// Of these, available.
    #[n(11)]
    pub memory_free: u64,
    /// Load average of the last minute, in hundredths.
    #[n(12)]
    pub load: u32,
    /// Wall time, unix milliseconds.
    #[n(13)]
    pub unix_ms: u64,
    /// Is the clock set by a time server?
    #[n(14)]
    pub is_time_synced: bool,
    /// The version in the other slot; empty for none or unknown.
    #[n(15)]
    pub other_version: String,
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Alarm {
    /// A stable word for it, such as `disk-full`.
    #[n(1)]
    pub name: String,
    /// How grave it is.
    #[n(2)]
    pub gravity: Gravity,
    /// What is wrong, in a sentence.
    #[n(3)]
    pub words: String,
    /// What to do about it, in a sentence.
    #[n(4)]
    pub advice: String,
    /// Since when, unix milliseconds.
    #[n(5)]
    pub since: u64,
}

/// How grave an alarm is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Gravity {
    /// Good to know.
    #[default]
    #[n(0)]
    Notice,
    /// Something will break.
    #[n(1)]
    Warning,
    /// Something is broken.
    #[n(2)]
    Critical,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ServiceState {
    /// Its name, such as `ivm`.
    #[n(1)]
    pub name: String,
    /// Does it run?
    #[n(2)]
    pub is_running: bool,
    /// What the supervisor says of it, such as `active` or `failed (exit 1)`.
    #[n(3)]
    pub words: String,
    /// Bytes of memory; 0 for unknown.
    #[n(4)]
    pub memory: u64,
    /// Starts since the boot.
    #[n(5)]
    pub starts: u32,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Interface {
    /// Its name, such as `enp1s0`.
    #[n(1)]
    pub name: String,
    /// Its hardware address, `02:00:00:aa:bb:cc`.
    #[n(2)]
    pub mac: String,
    /// Is a cable in it?
    #[n(3)]
    pub has_carrier: bool,
    /// Its addresses with their prefix lengths, such as `192.168.1.2/24`.
    #[n(4)]
    pub addresses: Vec<String>,
}

/// Do something to the machine; answered by a bare yes once it is under way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Order {
    /// What.
    #[n(1)]
    pub deed: Deed,
}

/// What can be done to the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Deed {
    /// Start again.
    #[n(0)]
    Restart,
    /// Switch off.
    #[n(1)]
    Shutdown,
    /// Back to how it came; people and messages stay if wanted.
    #[n(2)]
    FactoryReset {
        /// Keep people and messages.
        #[n(0)]
        keep_messages: bool,
    },
    /// Set the clock by hand.
    #[n(3)]
    SetClock {
        /// The wall time, unix milliseconds.
        #[n(0)]
        unix_ms: u64,
    },
    /// Start the other slot: back to the version before.
    #[n(4)]
    StartOtherSlot,
}

/// Begin something that takes a while; answered by [`JobState`], or refused while another one runs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BeginJob {
    /// What.
    #[n(1)]
    pub job: Job,
}

/// What takes a while. Files are names in the exchange directory.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Job {
    /// Put a signed bundle into the other slot.
    #[n(0)]
    Update {
        /// The bundle.
        #[n(0)]
        file: String,
    },
    /// Make an encrypted backup.
    #[n(1)]
    Backup {
        /// What opens it again.
        #[n(0)]
        passphrase: String,
        /// With all messages.
        #[n(1)]
        with_messages: bool,
    },
    /// Check a backup and take it up at the next start.
    #[n(2)]
    Restore {
        /// The backup.
        #[n(0)]
        file: String,
        /// What opens it.
        #[n(1)]
        passphrase: String,
    },
    /// Collect what a technician needs, without secrets.
    #[n(3)]
    Diagnostics,
}

/// Ask for the job that runs, or ran last; answered by [`JobState`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskJob {}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JobState {
    /// Counts the jobs since the start; 0: there was none.
    #[n(1)]
    pub number: u64,
    /// `update`, `backup`, `restore` or `diagnostics`.
    #[n(2)]
    pub name: String,
    /// Of 100.
    #[n(3)]
    pub percent: u8,
    /// What is being done, or what came of it.
    #[n(4)]
    pub words: String,
    /// How it stands.
    #[n(5)]
    pub stage: Stage,
    /// The file that was made, in the exchange directory.
    #[n(6)]
    pub file: Option<String>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Stage {
    /// There is none.
    #[default]
    #[n(0)]
    None,
    /// It runs.
    #[n(1)]
    Running,
    /// It is done.
    #[n(2)]
    Done,
    /// It has failed; nothing was changed.
    #[n(3)]
    Failed,
}

/// Ask for lines of the log; answered by [`LogLines`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskLog {
    /// Begin after this cursor; empty for the latest lines.
    #[n(1)]
    pub after: String,
    /// Of this service only; empty for all.
    #[n(2)]
    pub service: String,
    /// At least as grave as this, 0 (emergency) to 7 (debug), as in syslog.
    #[n(3)]
    pub gravest: u8,
    /// With these words in them, in any case; empty for all.
    #[n(4)]
    pub words: String,
    /// At most so many lines, up to 1000.
    #[n(5)]
    pub most: u32,
}

/// Lines of the log, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogLines {
    /// The lines.
    #[n(1)]
    pub lines: Vec<LogLine>,
    /// Where to go on.
    #[n(2)]
    pub cursor: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogLine {
    /// Unix milliseconds.
    #[n(1)]
    pub unix_ms: u64,
    /// The service.
    #[n(2)]
    pub service: String,
    /// 0 (emergency) to 7 (debug), as in syslog.
    #[n(3)]
    pub level: u8,
    /// The words, with the fields behind them.
    #[n(4)]
    pub words: String,
}

/// Ask for the certificates; answered by [`Certificates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AskCertificates {}

/// The certificates in use; never a key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Certificates {
    /// The appliance's own authority, PEM.
    #[n(1)]
    pub authority: String,
    /// SHA-256 of it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub fingerprint: Vec<u8>,
    /// The certificate of the pages is one that was uploaded.
    #[n(3)]
    pub is_uploaded: bool,
    /// Whose it is.
    #[n(4)]
    pub names: Vec<String>,
    /// It ends, unix milliseconds.
    #[n(5)]
    pub expires: u64,
}

/// Serve the pages with another certificate; answered by [`Certificates`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetCertificate {
    /// Key and chain, PEM; empty for the appliance's own.
    #[n(1)]
    pub pem: String,
}

/// Let an alarm be on as long as this connection lasts, but not beyond its end; answered by a bare
/// yes. For what only the service itself knows.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RaiseAlarm {
    /// The alarm; one of the same name on the same connection is replaced.
    #[n(1)]
    pub alarm: Alarm,
    /// It is off from then on, unix milliseconds.
    #[n(2)]
    pub until: u64,
}
