//! Measures the lake on this machine, and checks every answer while it does: rows in, small commits, reads of growing stores,
//! planning, requests to the object store, restarts. Everything happens in temporary folders, over a private Postgres that waits
//! for the disk. What was measured goes to standard output as Markdown, what is being done to standard error.

mod commits;
mod counted;
mod growth;
mod history;
mod ingest;
mod place;
mod planning;
mod process;
mod report;
mod requests;
mod restart;
mod rows;
mod segments;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use place::Setting;
use report::{Section, progress, seconds};

/// Measures the lake.
#[derive(Debug, Parser)]
struct Options {
    /// Sizes for trying out: about two minutes, and figures that say little
    #[arg(long)]
    quick: bool,
    /// Only these benchmarks
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Benchmark>,
    /// Where folders are made, on the disk to be measured; others must be able to pass through it
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The server; by default the one beside this one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the requests of queries are counted, such as s3://bucket/prefix with the usual variables; by default a local folder
    #[arg(long)]
    store_url: Option<url::Url>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// Large commits against the parquet crate alone
    Ingest,
    /// One order a commit, 100 commits a second, 1,000 stores
    Commits,
    /// The same thirty days with up to 1,000 times the history behind them
    Growth,
    /// Plans over up to 10,000 segments
    Planning,
    /// What is asked of the object store
    Requests,
    /// A server that starts over 100,000 segments
    Restart,
}

/// That of the server.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let measured = tokio::select! {
        measured = measure(Options::parse()) => measured,
        told = stop() => Err(told.map_or_else(Into::into, |()| anyhow::anyhow!("told to stop"))),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits until somebody ends the program: what it started has to be ended too.
async fn stop() -> std::io::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

async fn measure(options: Options) -> anyhow::Result<()> {
    let setting = Setting {
        base: options.folder.unwrap_or_else(std::env::temp_dir),
        quick: options.quick,
        binary: options.binary.map_or_else(|| std::env::current_exe().map(|me| me.with_file_name("aloftly")), Ok)?,
        store_url: options.store_url,
    };
    let began = Instant::now();
    for benchmark in Benchmark::value_variants() {
        if !options.only.is_empty() && !options.only.contains(benchmark) {
            continue;
        }
        progress(&format!("{benchmark:?} begins after {}", seconds(began.elapsed())));
        say(&run(*benchmark, &setting).await?.markdown());
    }
    progress(&format!("done after {}", seconds(began.elapsed())));
    Ok(())
}

async fn run(benchmark: Benchmark, setting: &Setting) -> anyhow::Result<Section> {
    match benchmark {
        Benchmark::Ingest => ingest::run(setting).await,
        Benchmark::Commits => commits::run(setting).await,
        Benchmark::Growth => growth::run(setting).await,
        Benchmark::Planning => planning::run(setting).await,
        Benchmark::Requests => requests::run(setting).await,
        Benchmark::Restart => restart::run(setting).await,
    }
}

/// Prints a part of the result.
#[allow(clippy::print_stdout, reason = "this program's output is its result")]
fn say(text: &str) {
    println!("{text}");
}
