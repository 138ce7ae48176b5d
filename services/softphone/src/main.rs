//! The executable `ivm`.

use std::process::ExitCode;

fn main() -> ExitCode {
    softphone::shell::start::start()
}
