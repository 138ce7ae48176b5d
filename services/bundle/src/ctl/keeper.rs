//! What can be typed after `appliancectl` about settings, health, the log and the machine's power.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// A command that the settings keeper answers.
#[derive(Debug, Subcommand)]
pub enum KeeperVerb {
    /// Show and change the settings
    #[command(subcommand)]
    Settings(SettingsVerb),
    /// Show how the machine is: alarms, services, network, disk
    Health,
    /// Show the log
    Log(Log),
    /// Start the machine again
    Restart,
    /// Switch the machine off
    Shutdown,
}

/// A command about the settings.
#[derive(Debug, Subcommand)]
pub enum SettingsVerb {
    /// Show all settings, or one of them
    Show(Show),
    /// Change one setting
    Set(Set),
    /// Take all settings from a file
    Edit(Edit),
    /// Keep the change that is on trial
    Confirm,
    /// Take back the change that is on trial
    Revert,
}

/// `appliancectl settings show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Which, such as network.ipv4 [default: all]
    pub key: Option<String>,
}

/// `appliancectl settings set`.
#[derive(Debug, Args)]
pub struct Set {
    /// Which, such as office.keep_days
    pub key: String,
    /// As JSON; what is no JSON is a text
    pub value: String,
    /// In force at once, even if it may cut off who sits far away
    #[arg(long = "final")]
    pub is_final: bool,
}

/// `appliancectl settings edit`.
#[derive(Debug, Args)]
pub struct Edit {
    /// JSON, as `settings show` prints it; - for the standard input
    pub file: PathBuf,
    /// In force at once, even if it may cut off who sits far away
    #[arg(long = "final")]
    pub is_final: bool,
}

/// `appliancectl log`.
#[derive(Debug, Args)]
pub struct Log {
    /// Go on showing new lines until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
    /// Of this service only, such as ivm
    #[arg(long, value_name = "NAME", default_value = "")]
    pub service: String,
    /// At least as grave as this
    #[arg(long, value_enum, default_value = "info")]
    pub level: Level,
    /// With this text in it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub words: String,
    /// So many of the latest lines
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub lines: u32,
}

/// How grave a line is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Level {
    /// Something failed
    Error,
    /// Something will
    Warning,
    /// What happens
    Info,
    /// All
    Debug,
}

impl Level {
    /// The number of syslog.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Error => 3,
            Self::Warning => 4,
            Self::Info => 6,
            Self::Debug => 7,
        }
    }
}
