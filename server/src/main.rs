//! The `aloftly` program.

use std::process::ExitCode;

// The system's allocator keeps several times of what a large import has freed, in the arenas of its threads.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    aloftly_server::cli::main()
}
