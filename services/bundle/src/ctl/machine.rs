//! What can be typed after `appliancectl` about the machine: updates, backups, reset, diagnostics.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A command about the machine.
#[derive(Debug, Subcommand)]
pub enum MachineVerb {
    /// Put a signed update into the other slot; it starts with the next restart
    Update(Update),
    /// Make an encrypted backup; the passphrase is typed, or a line of standard input
    Backup(Backup),
    /// Check a backup and take it up at the next start
    Restore(Restore),
    /// Back to how the appliance came, at once
    Reset(Reset),
    /// Collect what a technician needs, without secrets
    Diagnostics(Diagnostics),
}

/// `appliancectl update`.
#[derive(Debug, Args)]
pub struct Update {
    /// The update, such as ivm-appliance.raucb
    pub file: PathBuf,
    /// Restart when it is ready
    #[arg(long)]
    pub restart: bool,
}

/// `appliancectl backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// Where the backup goes; nothing may be there yet
    pub file: PathBuf,
    /// Leave the messages out: people, settings and certificates only
    #[arg(long)]
    pub without_messages: bool,
}

/// `appliancectl restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    pub file: PathBuf,
    /// Restart when it is checked
    #[arg(long)]
    pub restart: bool,
}

/// `appliancectl reset`.
#[derive(Debug, Args)]
pub struct Reset {
    /// Keep people, messages and the certificate authority
    #[arg(long)]
    pub keep_messages: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `appliancectl diagnostics`.
#[derive(Debug, Args)]
pub struct Diagnostics {
    /// Where the tar.gz goes; nothing may be there yet
    pub file: PathBuf,
}
