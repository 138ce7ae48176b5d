//! The appliance: all its local services in one process, or one of them by name.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = bundle::appliance::Arguments::parse();
    match bundle::shell_appliance::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("appliance: {error:#}");
            ExitCode::FAILURE
        }
    }
}
