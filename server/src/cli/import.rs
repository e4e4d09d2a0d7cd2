//! `aloftly import`

use std::path::Path;
use std::sync::Arc;

use aloftly_catalog::ImportId;
use aloftly_engine::lake::StoreLake;
use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::args::{ImportArgs, ImportEventsArgs, StoreChoice};
use super::output::{note, say};
use super::progress::Shown;
use super::{CliError, choose};
use crate::importing::{Content, ImportKind, Imported, Rejection, RunError, Source, Watch, run};
use crate::service::backend::Backend;

pub(super) async fn shopify_orders(
    backend: &Backend,
    args: &ImportArgs,
    stop: &CancellationToken,
) -> Result<(), CliError> {
    files(backend, &args.files, &Content::ShopifyOrders, &args.store, stop).await
}

pub(super) async fn rates(backend: &Backend, args: &ImportArgs, stop: &CancellationToken) -> Result<(), CliError> {
    files(backend, &args.files, &Content::FxRates, &args.store, stop).await
}

pub(super) async fn events(
    backend: &Backend,
    args: &ImportEventsArgs,
    stop: &CancellationToken,
) -> Result<(), CliError> {
    let path = &args.mapping;
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let wrong = |reason: String| CliError::Usage(format!("the mapping {} is not usable: {reason}", path.display()));
    let mapping = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let content = Content::new(ImportKind::MetricEvents, Some(mapping)).map_err(wrong)?;
    files(backend, &args.files, &content, &args.store, stop).await
}

async fn files(
    backend: &Backend,
    files: &[std::path::PathBuf],
    content: &Content,
    choice: &StoreChoice,
    stop: &CancellationToken,
) -> Result<(), CliError> {
    let (store, tenant) = choose::store(backend, choice).await?;
    if store.sample_data_at.is_some() {
        return Err(CliError::Usage(format!(
            "{} holds sample data, which are not mixed with real ones: remove them first, in the app or with `aloftly lake erase --everything`",
            store.name
        )));
    }
    let lake = backend.store_lake(&tenant, store.id);
    for path in files {
        let imported = file(backend, &lake, path, content.clone(), stop).await?;
        say(&told(&name(path), &imported));
    }
    // What is imported is safe already: folding only makes it quicker to read.
    let folded = tokio::select! {
        folded = lake.fold_due() => folded,
        () = stop.cancelled() => return Ok(()),
    };
    if let Err(error) = folded {
        tracing::warn!(%error, "cannot fold; the next import tries again");
    }
    Ok(())
}

/// Imports one file and shows how far it is; a signal stops it.
pub(super) async fn file(
    backend: &Backend,
    lake: &StoreLake,
    path: &Path,
    content: Content,
    stop: &CancellationToken,
) -> Result<Imported, CliError> {
    let watch = Arc::new(Watch::default());
    let shown = Shown::start(&name(path), &watch);
    let source = Source { path: path.to_owned(), content, sha256: None, import: ImportId(backend.clock.new_id()) };
    let mut running = std::pin::pin!(run(lake, source, Arc::clone(&watch), backend.clock.now()));
    let outcome = tokio::select! {
        outcome = &mut running => outcome,
        () = stop.cancelled() => {
            watch.stop();
            running.await
        }
    };
    drop(shown);
    outcome.map_err(|error| match error {
        RunError::Rejected(rejection) => CliError::Rejected(refusal(&name(path), &rejection)),
        RunError::Stopped => CliError::Failed(anyhow::anyhow!("stopped; nothing of {} was imported", name(path))),
        other => CliError::Failed(anyhow::Error::new(other).context(format!("cannot import {}", name(path)))),
    })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn told(name: &str, imported: &Imported) -> String {
    if imported.already_imported {
        return format!("{name}: imported before, nothing to do (version {}).", imported.version);
    }
    let summary = imported.summary.clone().unwrap_or_default();
    if !summary.ignored_columns.is_empty() {
        note(&format!("{name}: these columns are not used: {}", summary.ignored_columns.join(", ")));
    }
    let counts = imported.counts;
    let mut text = format!(
        "{name}: {} rows read; {} new, {} updated, {} unchanged",
        summary.rows, counts.new, counts.updated, counts.unchanged
    );
    if counts.stale > 0 {
        text.push_str(&format!(", {} older than what is there and left out", counts.stale));
    }
    format!("{text} (version {}).", imported.version)
}

fn refusal(name: &str, rejection: &Rejection) -> String {
    let mut text = format!("{name}: {}", rejection.message);
    for error in &rejection.errors {
        text.push_str(&format!("\n  {error}"));
    }
    let shown = rejection.errors.len() as u64;
    if rejection.total > shown {
        text.push_str(&format!("\n  and {} more", rejection.total - shown));
    }
    text
}
