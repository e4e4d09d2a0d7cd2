//! `aloftly lake`

use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::lake::manifest::Temperature;
use anyhow::Context as _;

use super::args::StoreChoice;
use super::output::say;
use super::{CliError, choose};
use crate::service::backend::Backend;

#[derive(Default)]
struct Held {
    segments: usize,
    rows: u64,
    bytes: u64,
}

pub(super) async fn status(backend: &Backend, choice: &StoreChoice) -> Result<(), CliError> {
    let (store, tenant) = choose::store(backend, choice).await?;
    let lake = backend.store_lake(&tenant, store.id);
    let snapshot = lake.manifest().snapshot(store.id, None).await.context("cannot read the lake")?;
    say(&format!("{} is at version {}.", store.name, snapshot.version));
    let mut held: BTreeMap<(&str, &str), Held> = BTreeMap::new();
    for segment in &snapshot.segments {
        let kind = match segment.temperature {
            Temperature::Cold => "cold",
            Temperature::Hot => "hot",
        };
        let held = held.entry((&segment.dataset, kind)).or_default();
        held.segments += 1;
        held.rows += segment.rows;
        held.bytes += segment.bytes;
    }
    for ((dataset, kind), Held { segments, rows, bytes }) in held {
        say(&format!("{dataset:16} {kind:4}  {segments:6} segments  {rows:12} rows  {:10} KiB", bytes.div_ceil(1024)));
    }
    Ok(())
}

pub(super) async fn fold(backend: &Backend, choice: &StoreChoice) -> Result<(), CliError> {
    let (store, tenant) = choose::store(backend, choice).await?;
    let lake = backend.store_lake(&tenant, store.id);
    let snapshot = lake.manifest().snapshot(store.id, None).await.context("cannot read the lake")?;
    let hot = snapshot.segments.iter().filter(|segment| segment.temperature == Temperature::Hot);
    let partitions: BTreeSet<_> = hot.map(|segment| (segment.dataset.as_str(), segment.partition)).collect();
    let mut folded = 0;
    for (dataset, partition) in partitions {
        let done = lake.fold(dataset, partition).await.with_context(|| format!("cannot fold {dataset} {partition}"))?;
        folded += usize::from(done.is_some());
    }
    say(&format!("Folded {folded} partitions of {}.", store.name));
    Ok(())
}
