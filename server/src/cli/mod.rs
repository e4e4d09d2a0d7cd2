//! The command line: one module per command.

mod args;
mod choose;
mod demo;
mod error;
mod import;
mod keys;
mod lake;
mod org;
mod output;
mod password;
mod progress;
mod serve;
mod signals;
mod store;

use std::process::ExitCode;
use std::sync::Arc;

use aloftly_engine::clock::{Clock, SystemClock};
use anyhow::Context as _;
use clap::Parser as _;

pub use self::args::Cli;
use self::args::{Command, ConfigCommand, ImportCommand, KeysCommand, LakeCommand, OrgCommand, StoreCommand};
pub use self::error::CliError;
use self::output::{note, say};
use crate::config::{Config, Layers, Report};
use crate::http::problem::Chain;
use crate::service::backend::{self, Backend};
use crate::telemetry;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            match &error {
                CliError::Failed(cause) => note(&format!("error: {}", Chain(cause.as_ref()))),
                other => note(&format!("error: {other}")),
            }
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let layers = Layers::read(&cli.flags, |name| std::env::var_os(name))?;
    match cli.command.unwrap_or(Command::Serve) {
        // These need nothing but the program itself.
        Command::Openapi => {
            say(&crate::api::document().to_pretty_json().context("the document cannot be written")?);
            Ok(())
        }
        Command::Permissions => {
            say(aloftly_catalog::permissions::table().trim_end());
            Ok(())
        }
        Command::DemoFile(args) => demo::file(&args),
        Command::Keys(KeysCommand::Generate) => keys::generate(),
        Command::Config(ConfigCommand::Check) => {
            say(Report::of(&layers).to_string().trim_end());
            Config::load(&layers)?;
            Ok(())
        }
        command => work(command, Config::load(&layers)?),
    }
}

fn work(command: Command, config: Config) -> Result<(), CliError> {
    let _telemetry = telemetry::start(&config);
    let config = Arc::new(config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("http")
        .build()
        .context("cannot start threads")?;
    let result = runtime.block_on(dispatch(command, config));
    if let Err(CliError::Failed(error)) = &result {
        tracing::error!(error = %Chain(error.as_ref()), "the command failed");
    }
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    result
}

async fn dispatch(command: Command, config: Arc<Config>) -> Result<(), CliError> {
    // One token for whatever is done: from here on a signal ends nothing by itself.
    let stop = signals::stop_token().context("cannot listen for signals")?;
    if let Command::Migrate = command {
        backend::migrate(&config).await?;
        say("The database is up to date.");
        return Ok(());
    }
    if let Command::Demo(_) = command {
        demo::check(&config)?;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let backend = Backend::open(config, clock).await?;
    let serves = matches!(command, Command::Serve | Command::Demo(_));
    let opened = backend.clone();
    let result = match command {
        // These end in an order of their own.
        Command::Serve => serve::serve(backend, stop).await,
        Command::Demo(args) => demo::demo(backend, &args, stop).await,
        Command::Import(ImportCommand::ShopifyOrders(args)) => import::shopify_orders(&backend, &args, &stop).await,
        Command::Import(ImportCommand::Events(args)) => import::events(&backend, &args, &stop).await,
        Command::Import(ImportCommand::Rates(args)) => import::rates(&backend, &args, &stop).await,
        other => tokio::select! {
            result = short(other, &backend) => result,
            () = stop.cancelled() => Err(CliError::stopped()),
        },
    };
    // A server leaves the database itself, once everything else has ended.
    if serves && result.is_ok() {
        return result;
    }
    match (result, opened.close().await) {
        (Ok(()), closed) => Ok(closed?),
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(also)) => {
            // What went wrong first is what has to be heard of.
            tracing::warn!(error = %Chain(also.as_ref()), "cannot close what was opened");
            Err(error)
        }
    }
}

/// A command that is over soon, or may be cut short anywhere.
async fn short(command: Command, backend: &Backend) -> Result<(), CliError> {
    match command {
        Command::Org(OrgCommand::Create(args)) => org::create(backend, &args).await,
        Command::Org(OrgCommand::List) => org::list(backend).await,
        Command::Org(OrgCommand::Plan(args)) => org::plan(backend, &args).await,
        Command::Store(StoreCommand::Create(args)) => store::create(backend, &args).await,
        Command::Store(StoreCommand::List(choice)) => store::list(backend, &choice).await,
        Command::Lake(LakeCommand::Status(choice)) => lake::status(backend, &choice).await,
        Command::Lake(LakeCommand::Verify(choice)) => lake::verify(backend, &choice).await,
        Command::Lake(LakeCommand::Fold(choice)) => lake::fold(backend, &choice).await,
        Command::Lake(LakeCommand::Sweep(choice)) => lake::sweep(backend, &choice).await,
        Command::Lake(LakeCommand::Erase(args)) => lake::erase(backend, &args).await,
        Command::Keys(KeysCommand::Rotate(args)) => keys::rotate(backend, &args).await,
        Command::Keys(KeysCommand::Status) => keys::status(backend).await,
        Command::Migrate
        | Command::Keys(KeysCommand::Generate)
        | Command::Openapi
        | Command::Permissions
        | Command::DemoFile(_)
        | Command::Config(_)
        | Command::Serve
        | Command::Demo(_)
        | Command::Import(_) => Ok(()),
    }
}
