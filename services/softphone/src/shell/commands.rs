//! The commands, one after the other: each opens a session, waits for what it wants, prints it.

mod account;
mod listen;
mod messages;
mod people;
mod send;

use std::io::Write;

use clap::CommandFactory;
use client_engine::Command;

use super::place::Place;
use crate::cli::{Cli, Verb};
use crate::exit::Exit;

/// Carries out a command.
///
/// # Errors
/// Why it could not be; a [`crate::exit::Trouble`] inside says with which exit.
pub(super) async fn run(verb: Verb, place: &Place) -> anyhow::Result<Exit> {
    match verb {
        Verb::Login(login) => account::log_in(login, place).await,
        Verb::Join(join) => account::join(join, place).await,
        Verb::Passwd(passwd) => account::passwd(passwd, place).await,
        Verb::Logout(confirmed) => account::log_out(&confirmed, place).await,
        Verb::Contacts(contacts) => people::contacts(contacts, place).await,
        Verb::Status(status) => people::status(&status, place).await,
        Verb::Verify(verify) => people::verify(&verify, place).await,
        Verb::Send(send) => send::run(send, place).await,
        Verb::Inbox(inbox) => messages::inbox(&inbox, place).await,
        Verb::Sent(sync) => messages::sent(&sync, place).await,
        Verb::Show(one) => messages::show(&one, place).await,
        Verb::Play(play) => messages::play(&play, place).await,
        Verb::Save(save) => messages::save(&save, place).await,
        Verb::Delete(delete) => messages::delete(&delete, place).await,
        Verb::Flush => send::flush(place).await,
        Verb::Listen(listen) => listen::run(&listen, place).await,
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "ivm", &mut std::io::stdout());
            Ok(Exit::Done)
        }
    }
}

/// Prints a value as JSON, or the lines.
fn print(place: &Place, value: &serde_json::Value, lines: &[String]) {
    let text = if place.json { value.to_string() } else { lines.join("\n") };
    if place.json || !lines.is_empty() {
        // Whoever reads only the first lines closes the pipe: that is no trouble of ours.
        let _read = writeln!(std::io::stdout(), "{text}");
    }
}

/// Live messages do not play by themselves in a command.
fn hush(role: &mut super::place::Role) {
    role.session.command(Command::Autoplay(false));
}
