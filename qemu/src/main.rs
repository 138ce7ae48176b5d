//! The executable `ivm-qemu`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use qemu::boot::boot;
use qemu::cli::{Cli, Command};

fn main() -> ExitCode {
    let Command::Boot(words) = Cli::parse().command;
    match boot(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if the standard error is closed.
            let _told = writeln!(std::io::stderr(), "ivm-qemu: {error:#}");
            ExitCode::FAILURE
        }
    }
}
