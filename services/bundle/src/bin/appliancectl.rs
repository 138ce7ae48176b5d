//! The administrator's command line: people, invitations, the state of the appliance.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = bundle::ctl::Arguments::parse();
    match bundle::shell_ctl::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("appliancectl: {trouble}");
            trouble.exit.into()
        }
    }
}
