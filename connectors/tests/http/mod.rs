//! The client that connectors ask providers with, against a server on this machine that misbehaves.

mod answers;
mod budget_model;
mod clock;
mod fences;
mod log;
mod provider;
mod retries;
mod sharing;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use aloftly_connectors::http::budget::{Budget, MemoryLedger, Rules};
use aloftly_connectors::http::{Client, ClientOptions, Hosts, HttpError, HttpErrorKind, Jitter};
use aloftly_engine::clock::Clock;
use tokio_util::sync::CancellationToken;

/// No chance at all: always the longest wait.
#[derive(Debug)]
struct Longest;

impl Jitter for Longest {
    fn up_to(&self, most: Duration) -> Duration {
        most
    }
}

/// What a client of tests is made of.
fn options() -> ClientOptions {
    ClientOptions::new("example", Hosts::loopback())
}

fn client(options: ClientOptions, clock: &Arc<impl Clock + 'static>) -> Client {
    client_of(options, clock, Rules::default(), &Arc::new(MemoryLedger::default()))
}

fn client_of(
    options: ClientOptions,
    clock: &Arc<impl Clock + 'static>,
    rules: Rules,
    ledger: &Arc<MemoryLedger>,
) -> Client {
    let budget = Budget::new("example:shop", rules, Arc::<MemoryLedger>::clone(ledger));
    Client::new(options, budget, Arc::clone(clock) as Arc<dyn Clock>, Arc::new(Longest)).unwrap()
}

/// A token that nobody fires.
fn never() -> CancellationToken {
    CancellationToken::new()
}

fn kind<T: std::fmt::Debug>(result: Result<T, HttpError>) -> HttpErrorKind {
    result.unwrap_err().kind
}
