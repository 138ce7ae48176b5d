//! The executable `ivm`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::SUCCESS
}
