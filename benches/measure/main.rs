//! Measures the real binary on this machine: how fast and in how much memory it imports a large orders file, and how long
//! widget queries take over HTTP. Everything happens in a temporary folder and on the loopback interface.

mod import;
mod queries;

use std::path::PathBuf;
use std::process::ExitCode;

use aloftly_benches::server::Place;
use clap::Parser;

/// Measures an `aloftly` binary.
#[derive(Debug, Parser)]
struct Options {
    /// The binary; by default the one beside this one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// How large the imported file is, such as 1GiB
    #[arg(long, default_value = "1GiB")]
    size: String,
    /// How often each widget query is asked
    #[arg(long, default_value_t = 200)]
    requests: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match measure(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: Options) -> anyhow::Result<()> {
    let binary = match options.binary {
        Some(binary) => binary,
        None => std::env::current_exe()?.with_file_name("aloftly"),
    };
    say(&format!("binary: {} MiB", std::fs::metadata(&binary)?.len() >> 20));
    let place = Place::new(binary)?;
    import::measure(&place, &options.size)?;
    queries::measure(&place, options.requests).await
}

/// Prints a line of the result.
#[allow(clippy::print_stdout, reason = "this program's output is its result")]
fn say(line: &str) {
    println!("{line}");
}
