//! The `aloftly` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    aloftly_server::cli::main()
}
