//! What can be typed after `appliancectl`.

pub(crate) mod answers;
pub(crate) mod dhcp;
pub(crate) mod keeper;
pub(crate) mod keeper_words;
pub(crate) mod machine;
pub(crate) mod phone;
pub(crate) mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::MEANINGS;

/// The administrator's command line of an IVM appliance on this machine.
///
/// Without --socket and --state the installed appliance is meant, or, where there is none, the one
/// in ./state.
#[derive(Debug, Parser)]
#[command(name = "appliancectl", version, after_help = MEANINGS, max_term_width = 100)]
pub struct Arguments {
    /// Socket of the administration
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "state")]
    pub socket: Option<PathBuf>,
    /// State directory of an `appliance run`
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add, list, invite, reset, shut out and remove people
    #[command(subcommand)]
    User(UserVerb),
    /// Make, list and revoke tokens, with which scripts use the API
    #[command(subcommand)]
    Token(TokenVerb),
    /// Add, list, change and remove administrators
    #[command(subcommand)]
    Admin(AdminVerb),
    /// Show what was changed and by whom, the newest first
    Audit(Audit),
    /// Show how the appliance is
    Status,
    /// Show how many messages there are and wait, never what they say
    Messages,
    /// Addresses in the office: what the DHCP server does and who has which
    #[command(subcommand)]
    Dhcp(dhcp::DhcpVerb),
    /// Desk telephones: approve, name, assign, resync
    #[command(subcommand)]
    Phone(phone::PhoneVerb),
    /// The machine: updates, backups, reset, diagnostics
    #[command(flatten)]
    Machine(machine::MachineVerb),
    /// Settings, health, the log, the power
    #[command(flatten)]
    Keeper(keeper::KeeperVerb),
    /// Show where the pages are and, before the first run, its link and code
    Setup,
}

/// A command about people.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Add a person and print the invitation
    Add(Add),
    /// Remove a person and all messages that wait for it
    Remove(Remove),
    /// List everyone
    List,
    /// Make a new invitation for a person who has not joined yet; the old one is void
    Invite(One),
    /// Let a person choose a new password; its devices are logged out when it does
    Reset(One),
    /// Shut a person out: it cannot log in, messages are kept for it
    Disable(Name),
    /// Let a person in again who was shut out
    Enable(Name),
    /// Set how much room a person's waiting messages have
    Quota(Quota),
}

/// Somebody by name.
#[derive(Debug, Args)]
pub struct Name {
    /// Log-in name
    pub name: String,
}

/// `appliancectl user quota`.
#[derive(Debug, Args)]
pub struct Quota {
    /// Log-in name
    pub name: String,
    /// MiB; 0: as everyone
    #[arg(value_parser = clap::value_parser!(u64).range(..=1_048_576))]
    pub mib: u64,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Role {
    /// People, status and logs
    Operator,
    /// Everything
    Administrator,
}

impl Role {
    /// The word of the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }
}

/// A command about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenVerb {
    /// Make a token; it is shown this once
    Add(NewToken),
    /// List the tokens, without their secrets
    List,
    /// Revoke a token
    Remove(Name),
}

/// `appliancectl token add`.
#[derive(Debug, Args)]
pub struct NewToken {
    /// Name: 1 to 32 of a-z, 0-9, dot, hyphen, underscore
    pub name: String,
    /// What it may do
    #[arg(long, value_name = "ROLE")]
    pub role: Role,
    /// Days until it ends
    #[arg(long, value_name = "N", default_value = "365")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
}

/// A command about administrators. Passwords are typed, or read as a line from standard input.
#[derive(Debug, Subcommand)]
pub enum AdminVerb {
    /// Add an administrator with its first password
    Add(NewAdmin),
    /// List the administrators
    List,
    /// Give an administrator another role; its sessions end
    Role(NewAdmin),
    /// Give an administrator another password; its sessions end
    Password(Name),
    /// Remove an administrator
    Remove(Name),
}

/// `appliancectl admin add` and `admin role`.
#[derive(Debug, Args)]
pub struct NewAdmin {
    /// Name: 1 to 32 of a-z, 0-9, dot, hyphen, underscore
    pub name: String,
    /// What it may do
    #[arg(long, value_name = "ROLE")]
    pub role: Role,
}

/// `appliancectl audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// Show at most so many
    #[arg(long, value_name = "N", default_value = "100")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub most: u32,
}

/// `appliancectl user add`.
#[derive(Debug, Args)]
pub struct Add {
    /// Log-in name: 1 to 32 of a-z, 0-9, dot, hyphen, underscore
    pub name: String,
    /// Name as people read it [default: the log-in name]
    #[arg(long, value_name = "TEXT")]
    pub display: Option<String>,
    /// Where the link shall lead
    #[command(flatten)]
    pub link: LinkBase,
}

/// `appliancectl user remove`.
#[derive(Debug, Args)]
pub struct Remove {
    /// Log-in name
    pub name: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// A person for whom an invitation is made.
#[derive(Debug, Args)]
pub struct One {
    /// Log-in name
    pub name: String,
    /// Where the link shall lead
    #[command(flatten)]
    pub link: LinkBase,
}

/// Where an invitation link leads.
#[derive(Debug, Args)]
pub struct LinkBase {
    /// Begin the invitation link with this, such as https://ivm.office.example
    /// [default: as the appliance says]
    #[arg(long, value_name = "URL", value_parser = url)]
    pub url: Option<String>,
}

fn url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    match trimmed.strip_prefix("https://") {
        Some(host) if !host.is_empty() && !host.contains(['/', '#', '?', ' ']) => {
            Ok(trimmed.to_owned())
        }
        Some(_) | None => Err("an address such as https://192.168.1.2:8443 is needed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Arguments, url};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_may_stand_anywhere() {
        let words = ["appliancectl", "user", "add", "anna", "--state", "s", "--json"];
        let arguments = Arguments::parse_from(words);
        assert!(arguments.json && arguments.state.is_some());
        let both = ["appliancectl", "--socket", "a", "--state", "b", "status"];
        assert!(Arguments::try_parse_from(both).is_err());
    }

    #[test]
    fn an_address_for_links_is_an_origin() {
        assert_eq!(url("https://a:1/").as_deref(), Ok("https://a:1"));
        for wrong in ["http://a", "https://", "https://a/b", "https://a#b", "a"] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
    }
}
