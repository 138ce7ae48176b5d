//! The command line: what can be typed after `ivm`.

mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use client_engine::Wish;

use crate::exit::MEANINGS;
pub use values::{Presence, Urgency, Wait};

/// Instant voice messages in a terminal.
///
/// Without a command the full-screen softphone starts.
#[derive(Debug, Parser)]
#[command(name = "ivm", version, after_help = MEANINGS, max_term_width = 100)]
pub struct Cli {
    /// Folder of this device: account, keys, messages
    /// [default: $XDG_DATA_HOME/ivm or ~/.local/share/ivm]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// ALSA device of microphone and loudspeaker
    #[arg(long, global = true, value_name = "DEVICE", default_value = "default")]
    pub audio: String,
    /// Give up waiting for the server after so many seconds [default: 15]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Full screen: choose people and messages with the mouse, too
    #[arg(long)]
    pub mouse: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Log in with name and password; the device is remembered afterwards
    Login(Login),
    /// Take up an invitation: choose a password, get the recovery code, log in
    Join(Join),
    /// Choose another password; a new recovery code is printed once
    Passwd(Passwd),
    /// Leave, and forget this device's keys and messages
    Logout(Confirmed),
    /// List the people of the office, or change the contact list
    Contacts(Contacts),
    /// Speak to one or several people, or send a WAV file
    Send(Send),
    /// List received messages, the newest first
    Inbox(Inbox),
    /// List sent messages and what has become of them
    Sent(Sync),
    /// Show all about a message
    Show(One),
    /// Play a message, or write it to a WAV or Ogg Opus file
    Play(Play),
    /// Save the attachments of a message
    Save(Save),
    /// Delete a message
    Delete(Delete),
    /// Send what an earlier command could not send
    Flush,
    /// Stay connected and print one JSON line for each event
    Listen(Listen),
    /// Show or set whether you are there
    Status(SetStatus),
    /// Show the safety number of a person, and confirm it after comparing
    Verify(Verify),
    /// Print the completions for a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Where the server is, and how it is known.
#[derive(Debug, Args)]
pub struct Server {
    /// The server, as HOST or HOST:PORT [default: the one of the last time]
    #[arg(long, value_name = "HOST[:PORT]")]
    pub server: Option<String>,
    /// SHA-256 of the server's certificate, as its panel shows it
    #[arg(long, value_name = "HEX")]
    pub fingerprint: Option<String>,
    /// Trust the certificate that the server shows the first time, without asking
    #[arg(long)]
    pub trust_first: bool,
}

/// Where the password comes from when nobody types it.
#[derive(Debug, Args)]
pub struct PasswordSource {
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `ivm login`.
#[derive(Debug, Args)]
pub struct Login {
    /// The account's name
    pub name: String,
    /// Where.
    #[command(flatten)]
    pub server: Server,
    /// The password.
    #[command(flatten)]
    pub password: PasswordSource,
    /// What you call this device [default: terminal on HOSTNAME]
    #[arg(long, value_name = "TEXT")]
    pub device_name: Option<String>,
}

/// `ivm join`.
#[derive(Debug, Args)]
pub struct Join {
    /// The code of the invitation, or its whole link
    pub code: String,
    /// Where.
    #[command(flatten)]
    pub server: Server,
    /// The new password.
    #[command(flatten)]
    pub password: PasswordSource,
    /// After a reset: a file with the recovery code, so that old messages stay readable
    #[arg(long, value_name = "FILE")]
    pub recovery_file: Option<PathBuf>,
    /// What you call this device [default: terminal on HOSTNAME]
    #[arg(long, value_name = "TEXT")]
    pub device_name: Option<String>,
}

/// `ivm passwd`.
#[derive(Debug, Args)]
pub struct Passwd {
    /// The present one.
    #[command(flatten)]
    pub password: PasswordSource,
    /// Read the new password from the first line of a file
    #[arg(long, value_name = "FILE")]
    pub new_password_file: Option<PathBuf>,
}

/// A deed that asks before it is done.
#[derive(Debug, Args)]
pub struct Confirmed {
    /// Do not ask
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// `ivm contacts`.
#[derive(Debug, Args)]
pub struct Contacts {
    /// What to change.
    #[command(subcommand)]
    pub change: Option<ContactChange>,
}

/// A change of the contact list.
#[derive(Debug, Subcommand)]
pub enum ContactChange {
    /// Put a person on the contact list
    Add {
        /// The person's name
        name: String,
    },
    /// Take a person off the contact list
    Remove {
        /// The person's name
        name: String,
    },
}

/// `ivm send`.
#[derive(Debug, Args)]
pub struct Send {
    /// For whom, by name; with --reply-to nobody means the one who is answered
    #[arg(required_unless_present = "reply_to")]
    pub names: Vec<String>,
    /// Send this WAV file instead of the microphone; - is standard input
    #[arg(long, value_name = "WAV")]
    pub file: Option<PathBuf>,
    /// Speak with your own telephone: it rings, and hanging up sends; not while `ivm listen` or
    /// the full screen runs
    #[arg(long, conflicts_with = "file")]
    pub telephone: bool,
    /// Attach a file; may be given several times
    #[arg(long, value_name = "PATH")]
    pub attach: Vec<PathBuf>,
    /// Record first, then send
    #[arg(long, conflicts_with = "live")]
    pub record: bool,
    /// Send while you speak [default: live if a recipient is on-line]
    #[arg(long, conflicts_with = "attach")]
    pub live: bool,
    /// How urgent
    #[arg(long, value_enum, default_value_t = Urgency::Normal)]
    pub priority: Urgency,
    /// The message that this answers
    #[arg(long, value_name = "ID")]
    pub reply_to: Option<String>,
    /// Come back when the server has it, when every device has it, or when everybody has heard it
    #[arg(long, value_enum, default_value_t = Wait::Stored)]
    pub wait: Wait,
}

impl Send {
    /// Live, recorded, or as presence suggests.
    #[must_use]
    pub fn wish(&self) -> Wish {
        match (self.live, self.record || !self.attach.is_empty()) {
            (true, _) => Wish::Live,
            (false, true) => Wish::Record,
            (false, false) => Wish::Automatic,
        }
    }
}

/// `ivm inbox`.
#[derive(Debug, Args)]
pub struct Inbox {
    /// Only those not yet heard
    #[arg(long)]
    pub unplayed: bool,
    /// Show what is here, without asking the server
    #[command(flatten)]
    pub sync: Sync,
}

/// Ask the server first?
#[derive(Debug, Args)]
pub struct Sync {
    /// Show what is here, without asking the server
    #[arg(long)]
    pub no_sync: bool,
}

/// One message.
#[derive(Debug, Args)]
pub struct One {
    /// The message: its id, or the beginning or end of it; `last` is the newest
    pub id: String,
}

/// `ivm play`.
#[derive(Debug, Args)]
pub struct Play {
    /// The message: its id, or the beginning or end of it; `last` is the newest
    pub id: String,
    /// Write it to a file (.wav, or .ogg and .opus for Ogg Opus); - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub to: Option<PathBuf>,
    /// Begin so many milliseconds after the start
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub from: u64,
}

/// `ivm save`.
#[derive(Debug, Args)]
pub struct Save {
    /// The message: its id, or the beginning or end of it; `last` is the newest
    pub id: String,
    /// Where to
    pub dir: PathBuf,
}

/// `ivm delete`.
#[derive(Debug, Args)]
pub struct Delete {
    /// The message: its id, or the beginning or end of it; `last` is the newest
    pub id: String,
    /// From the server and your other devices too
    #[arg(long)]
    pub everywhere: bool,
    /// Ask?
    #[command(flatten)]
    pub confirmed: Confirmed,
}

/// `ivm listen`.
#[derive(Debug, Args)]
pub struct Listen {
    /// Play each message as it arrives
    #[arg(long)]
    pub autoplay: bool,
}

/// `ivm status`.
#[derive(Debug, Args)]
pub struct SetStatus {
    /// The status from now on
    #[arg(value_enum)]
    pub status: Option<Presence>,
}

/// `ivm verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Whose
    pub name: String,
    /// The number was compared and is the same: trust this key
    #[arg(long)]
    pub confirm: bool,
}

#[cfg(test)]
mod tests;
