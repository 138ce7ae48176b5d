//! Command lines, read.

use clap::{CommandFactory, Parser};
use client_engine::Wish;

use super::{Cli, Urgency, Verb, Wait};

fn read(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn no_command_means_full_screen() {
    let cli = read("ivm --home /tmp/x").expect("readable");
    assert!(cli.verb.is_none());
    assert_eq!(cli.audio, "default");
}

// rows 15, 25
#[test]
fn send_takes_recipients_files_and_wishes() {
    let line = "ivm send anna bob --file a.wav --attach x --attach y --record --priority high --wait played --json";
    let cli = read(line).expect("readable");
    assert!(cli.json);
    let Some(Verb::Send(send)) = cli.verb else { unreachable!("it is a send") };
    assert_eq!(send.names, ["anna", "bob"]);
    assert_eq!(send.attach.len(), 2);
    assert_eq!(send.wish(), Wish::Record);
    assert_eq!((send.priority, send.wait), (Urgency::High, Wait::Played));
}

#[test]
fn send_needs_somebody_or_a_message_to_answer() {
    assert!(read("ivm send").is_err());
    assert!(read("ivm send --reply-to 12ab").is_ok());
    assert!(read("ivm send anna --live --record").is_err());
    assert!(read("ivm send anna --live --attach x").is_err());
}

#[test]
fn a_password_is_never_an_argument() {
    assert!(read("ivm login anna --password secret").is_err());
    assert!(read("ivm login anna secret").is_err());
    assert!(read("ivm login anna --password-file f").is_ok());
}

#[test]
fn exit_codes_stand_in_the_help() {
    let help = Cli::command().render_help().to_string();
    assert!(help.contains("Exit codes:"));
    assert!(help.contains("not logged in"));
}
