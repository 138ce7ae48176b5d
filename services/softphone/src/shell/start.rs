//! From the command line to the exit of the process.

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use serde_json::json;

use super::place::Place;
use super::{commands, screen};
use crate::cli::Cli;
use crate::exit::{Exit, Trouble};

/// Runs what the command line asks for.
#[must_use]
pub fn start() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = error.downcast_ref::<Trouble>().map_or(Exit::Failed, |trouble| trouble.exit);
            if json {
                eprintln!("{}", json!({"error": format!("{error:#}"), "exit": exit.number()}));
            } else {
                eprintln!("ivm: {error:#}");
            }
            exit.into()
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start")?;
    let result = runtime.block_on(async {
        let place = Place::new(&cli)?;
        match cli.verb {
            Some(verb) => commands::run(verb, &place).await,
            None => screen::run(&place, cli.mouse).await,
        }
    });
    // A thread that waits for the keyboard or the sound card holds nobody up.
    runtime.shutdown_background();
    result
}
