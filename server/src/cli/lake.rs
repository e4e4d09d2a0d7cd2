//! `aloftly lake`

use std::collections::{BTreeMap, BTreeSet};

use aloftly_catalog::{Store, Tenant};
use aloftly_engine::CommitId;
use aloftly_engine::lake::manifest::{Codec, Segment, Snapshot};
use aloftly_engine::lake::{Erasure, StoreLake};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{EraseArgs, StoreChoice, StoresChoice};
use super::output::{note, say};
use super::{CliError, choose};
use crate::http::size;
use crate::service::backend::Backend;

#[derive(Default)]
struct Held {
    segments: usize,
    rows: u64,
    bytes: u64,
}

/// A store, and its lake.
struct Opened {
    store: Store,
    lake: StoreLake,
}

async fn opened(backend: &Backend, choice: &StoresChoice) -> Result<Vec<Opened>, CliError> {
    let stores = choose::stores(backend, choice).await?;
    let open = |(store, tenant): (Store, Tenant)| Opened { lake: backend.store_lake(&tenant, store.id), store };
    Ok(stores.into_iter().map(open).collect())
}

pub(super) async fn status(backend: &Backend, choice: &StoresChoice) -> Result<(), CliError> {
    for Opened { store, lake } in opened(backend, choice).await? {
        let snapshot = lake.snapshot(None).await.context("cannot read the lake")?;
        say(&format!("{} is at version {}.", store.name, snapshot.version));
        say_segments(&snapshot);
        for (segment, reason) in &*snapshot.quarantine {
            let known = snapshot.segments.iter().find(|live| live.id == *segment);
            let place = known.map_or_else(String::new, |live| format!("{} {}: ", live.dataset, live.partition));
            say(&format!("IN QUARANTINE  {place}segment {segment} is {reason}"));
        }
    }
    Ok(())
}

fn say_segments(snapshot: &Snapshot) {
    let mut held: BTreeMap<(&str, &str), Held> = BTreeMap::new();
    let mut most: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for segment in &snapshot.segments {
        let kind = match segment.codec {
            _ if segment.is_hot() => "hot",
            Some(Codec::Zstd) => "packed",
            _ => "cold",
        };
        let held = held.entry((&segment.dataset, kind)).or_default();
        held.segments += 1;
        held.rows += segment.rows;
        held.bytes += segment.bytes;
        let of_partition = snapshot.partition(&segment.dataset, segment.partition).len();
        let fullest = most.entry(&segment.dataset).or_default();
        if of_partition > fullest.0 {
            *fullest = (of_partition, segment.partition.to_string());
        }
    }
    for ((dataset, kind), Held { segments, rows, bytes }) in held {
        say(&format!("{dataset:16} {kind:6}  {segments:6} segments  {rows:12} rows  {:>10}", size::in_words(bytes)));
    }
    for (dataset, (segments, partition)) in most.into_iter().filter(|(_, (segments, _))| *segments > 1) {
        say(&format!("{dataset:16} most in one partition: {segments} segments, in {partition}"));
    }
}

pub(super) async fn verify(backend: &Backend, choice: &StoresChoice) -> Result<(), CliError> {
    let mut faulty = 0;
    for Opened { store, lake } in opened(backend, choice).await? {
        let snapshot = lake.snapshot(None).await.context("cannot read the lake")?;
        let bar = bar(&store.name, snapshot.segments.iter().map(|segment| segment.bytes).sum());
        let progress = |segment: &Segment| bar.inc(segment.bytes);
        let verified = lake.verify(&progress).await.context("cannot verify the lake")?;
        bar.finish_and_clear();
        for segment in &verified.released {
            say(&format!("whole again: segment {} of {} {}", segment.id, segment.dataset, segment.partition));
        }
        for fault in &verified.faults {
            say(&format!("{fault}; object {}", path_of(&snapshot, &lake, fault.segment)));
        }
        let (segments, bytes) = (verified.segments, size::in_words(verified.bytes));
        say(&match verified.faults.len() {
            0 => format!("{}: {segments} segments of {bytes} are whole.", store.name),
            faults => format!("{}: {faults} of {segments} segments are damaged or missing.", store.name),
        });
        faulty += verified.faults.len();
    }
    if faulty == 0 {
        return Ok(());
    }
    Err(CliError::Failed(anyhow::anyhow!(
        "{faulty} segments are damaged or missing. Answers that depend on them are refused until their objects are restored \
         (from a backup, or an older version of the bucket's object) and `aloftly lake verify` finds them whole"
    )))
}

fn path_of(snapshot: &Snapshot, lake: &StoreLake, segment: aloftly_engine::SegmentId) -> String {
    let live = snapshot.segments.iter().find(|live| live.id == segment && !live.is_hot());
    live.map_or_else(|| "in the database".to_owned(), |live| live.path(lake.store()).to_string())
}

fn bar(name: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("{msg}  [{bar:32}] {bytes}/{total_bytes}  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.with_message(name.to_owned())
}

pub(super) async fn fold(backend: &Backend, choice: &StoresChoice) -> Result<(), CliError> {
    for Opened { store, lake } in opened(backend, choice).await? {
        let snapshot = lake.snapshot(None).await.context("cannot read the lake")?;
        let partitions: BTreeSet<_> =
            snapshot.segments.iter().map(|segment| (segment.dataset.as_str(), segment.partition)).collect();
        let (mut folded, mut taken, mut written) = (0, 0, 0);
        for (dataset, partition) in partitions {
            let done = lake.fold(dataset, partition).await;
            let done = done.with_context(|| format!("cannot fold {dataset} {partition}"))?;
            if let Some(done) = done {
                folded += 1;
                taken += done.inputs;
                written += done.outputs;
            }
        }
        say(&format!("Folded {folded} partitions of {}: {taken} segments became {written}.", store.name));
    }
    Ok(())
}

pub(super) async fn sweep(backend: &Backend, choice: &StoresChoice) -> Result<(), CliError> {
    for Opened { store, lake } in opened(backend, choice).await? {
        let tidied = lake.tidy().await.context("cannot tidy the lake")?;
        let audited = lake.audit().await.context("cannot list the lake's objects")?;
        say(&format!(
            "{}: {} objects of {} looked at, {} deleted that nobody needs, {} that no manifest knows of.",
            store.name,
            audited.objects,
            size::in_words(audited.bytes),
            tidied.deleted,
            audited.unknown,
        ));
        if audited.young > 0 {
            note(&format!("{} unknown objects are younger than a day and were left alone", audited.young));
        }
        if audited.foreign > 0 {
            note(&format!("{} objects are not named like segments and were left alone", audited.foreign));
        }
    }
    Ok(())
}

pub(super) async fn erase(backend: &Backend, args: &EraseArgs) -> Result<(), CliError> {
    let choice = StoreChoice { store: args.store.clone(), org: args.org.clone() };
    let (store, tenant) = choose::store(backend, &choice).await?;
    let erasure = match (args.everything, args.customers.is_empty()) {
        (true, true) => Erasure::Everything,
        (false, false) => Erasure::customers(&args.customers.iter().cloned().collect()),
        _ => return Err(CliError::Usage("say either --customer ID or --everything".to_owned())),
    };
    if args.confirm != store.name {
        return Err(CliError::Usage(format!(
            "this cannot be undone: repeat the store's name with --confirm {:?}",
            store.name
        )));
    }
    // What was made up and waits to be imported would come after it.
    let removal = match store.sample_data_at.filter(|_| args.everything) {
        Some(_) => Some(tenant.begin_sample_data_removal(store.id).await.context("cannot erase what was made up")?),
        None => None,
    };
    let lake = backend.store_lake(&tenant, store.id);
    let erased = lake.erase(CommitId(backend.clock.new_id()), &erasure).await.context("cannot erase")?;
    if let Some(removal) = removal {
        let finished = tenant.finish_sample_data_removal(&removal).await;
        finished.context("what was made up is erased, and the store still says that it is there: erase once more")?;
    }
    let what = if args.everything { "rows" } else { "orders, customers and other things told of them" };
    say(&format!(
        "Erased {} {what} of {}; it is at version {} now.",
        erased.counts.removed, store.name, erased.version
    ));
    Ok(())
}
