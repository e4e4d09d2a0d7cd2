//! The process's figures, in the format of Prometheus.
//!
//! No label holds a tenant, a store or anything that a caller chooses: the number of series is bounded by the program.

use std::sync::OnceLock;
use std::time::Duration;

use aloftly_catalog::{Settled, Settlement};
use aloftly_engine::lake::objects::Counters;
use aloftly_engine::lake::objects::counters::{Operation, Outcome, Prices, cost};
use aloftly_engine::lake::{Audited, Folded, Tidied};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0];

/// Starts collecting. Later calls change nothing.
pub fn start() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS);
        let handle = builder.ok()?.install_recorder().ok()?;
        describe();
        Some(handle)
    });
}

/// All figures as text.
#[must_use]
pub fn render() -> String {
    let handle = HANDLE.get().and_then(Option::as_ref);
    handle.map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("aloftly_http_requests_total", "Answered requests by method, route and status");
    describe_histogram!("aloftly_http_request_seconds", Unit::Seconds, "Time to answer by method and route");
    describe_gauge!("aloftly_http_requests_running", "Requests being answered");
    describe_gauge!("aloftly_live_sockets", "Sockets that news of stores are pushed through");
    describe_histogram!(
        "aloftly_live_push_seconds",
        Unit::Seconds,
        "Time from a commit until it was pushed through a socket, for each socket"
    );
    describe_histogram!("aloftly_query_seconds", Unit::Seconds, "Time of metrics queries by outcome");
    describe_counter!("aloftly_imports_total", "Ended imports by kind and outcome");
    describe_counter!("aloftly_import_rows_total", "Rows read by imports");
    describe_histogram!("aloftly_import_seconds", Unit::Seconds, "Time of imports by kind");
    describe_counter!("aloftly_syncs_total", "Ended attempts to read a source by provider and outcome");
    describe_counter!(
        "aloftly_webhook_deliveries_total",
        "What providers told by provider and what became of it: kept, known, strange (of no account of ours), refused (not from the \
         provider) and not_kept when it came; done, put_off and dead when it was carried out"
    );
    describe_counter!("aloftly_lake_commits_total", "Commits to the lake by kind");
    describe_counter!(
        "aloftly_object_store_requests_total",
        "Requests to the lake's object store by operation and outcome: ok was answered, retried failed in a way that may pass, failed \
         is given up"
    );
    describe_counter!("aloftly_object_store_sent_bytes_total", Unit::Bytes, "Bytes sent to the object store");
    describe_counter!("aloftly_object_store_received_bytes_total", Unit::Bytes, "Bytes received from the object store");
    describe_gauge!(
        "aloftly_object_store_cost_dollars_total",
        "What the requests to a bucket cost so far, at the prices of S3 Standard; 0 for a folder"
    );
    describe_counter!("aloftly_cache_hits_total", "How often a cache had what was asked for");
    describe_counter!("aloftly_cache_misses_total", "How often a cache had not what was asked for");
    describe_gauge!("aloftly_cache_bytes", Unit::Bytes, "Bytes that a cache holds");
    describe_counter!("aloftly_lake_fold_segments_total", "Segments that folds took in and wrote");
    describe_counter!("aloftly_lake_fold_bytes_total", Unit::Bytes, "Bytes of segments that folds took in and wrote");
    describe_counter!("aloftly_lake_expired_total", "Segments that nobody may need any more, and abandoned ones");
    describe_counter!("aloftly_lake_objects_deleted_total", "Objects that were deleted: doomed ones, and unknown ones");
    describe_counter!("aloftly_lake_upkeep_failures_total", "Pieces of background work that failed");
    describe_counter!("aloftly_mails_total", "Mails that were sent, and those that could not be");
    describe_counter!("aloftly_lake_quarantined_total", "Answers refused because a segment is damaged or missing");
}

/// A request begins.
pub fn request_began() {
    metrics::gauge!("aloftly_http_requests_running").increment(1);
}

/// A request ended, answered or not.
pub fn request_ended() {
    metrics::gauge!("aloftly_http_requests_running").decrement(1);
}

/// A socket for news of a store was opened.
pub fn socket_opened() {
    metrics::gauge!("aloftly_live_sockets").increment(1);
}

/// Such a socket was closed.
pub fn socket_closed() {
    metrics::gauge!("aloftly_live_sockets").decrement(1);
}

/// Somebody was told of a commit, so long after it.
pub fn pushed(after: Duration) {
    metrics::histogram!("aloftly_live_push_seconds").record(after);
}

/// A request was answered.
pub fn request_answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    metrics::counter!("aloftly_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("aloftly_http_request_seconds", "method" => method, "route" => route).record(took);
}

/// A metrics query ended: `done`, `refused`, `failed` or `timed_out`.
pub fn query_ended(outcome: &'static str, took: Duration) {
    metrics::histogram!("aloftly_query_seconds", "outcome" => outcome).record(took);
}

/// An import ended: `done`, `already_imported`, `rejected` or `failed`.
pub fn import_ended(kind: &'static str, outcome: &'static str, rows: u64, took: Duration) {
    metrics::counter!("aloftly_imports_total", "kind" => kind, "outcome" => outcome).increment(1);
    metrics::counter!("aloftly_import_rows_total", "kind" => kind).increment(rows);
    metrics::histogram!("aloftly_import_seconds", "kind" => kind).record(took);
}

/// An attempt to read a source ended: `done`, `cancelled`, `retried` or `failed`.
pub fn synced(provider: &'static str, outcome: &'static str) {
    metrics::counter!("aloftly_syncs_total", "provider" => provider, "outcome" => outcome).increment(1);
}

/// Deliveries of a provider came: `kept`, `known`, `strange`, `refused` or `not_kept`.
pub fn delivered(provider: &'static str, what: &'static str, count: u64) {
    metrics::counter!("aloftly_webhook_deliveries_total", "provider" => provider, "what" => what).increment(count);
}

/// Deliveries of a provider were carried out, or not.
pub fn carried_out(provider: &'static str, settled: &[Settled]) {
    for one in settled {
        let what = match one.settlement {
            Settlement::Done(_) => "done",
            Settlement::PutOff { .. } => "put_off",
            Settlement::Dead(_) => "dead",
        };
        delivered(provider, what, 1);
    }
}

/// What the lake asked of its object store and caches so far.
pub fn lake_used(counters: &Counters) {
    let store = &counters.store;
    for operation in Operation::ALL {
        for outcome in Outcome::ALL {
            let (operation_name, outcome_name) = (operation.name(), outcome.name());
            metrics::counter!("aloftly_object_store_requests_total", "operation" => operation_name, "outcome" => outcome_name)
                .absolute(store.requests(operation, outcome));
        }
    }
    metrics::counter!("aloftly_object_store_sent_bytes_total").absolute(store.bytes_sent);
    metrics::counter!("aloftly_object_store_received_bytes_total").absolute(store.bytes_received);
    let billionths = if counters.is_remote { cost(store, Prices::default()) } else { 0 };
    #[allow(clippy::cast_precision_loss, reason = "a figure for people, far from the limit")]
    metrics::gauge!("aloftly_object_store_cost_dollars_total").set(billionths as f64 / 1e9);
    for cache in &counters.caches {
        metrics::counter!("aloftly_cache_hits_total", "cache" => cache.cache).absolute(cache.hits);
        metrics::counter!("aloftly_cache_misses_total", "cache" => cache.cache).absolute(cache.misses);
        #[allow(clippy::cast_precision_loss, reason = "a figure for people, far from the limit")]
        metrics::gauge!("aloftly_cache_bytes", "cache" => cache.cache).set(cache.bytes as f64);
    }
}

/// A commit of the lake: `upsert`, `replace`, `remove`, `erase` or `fold`.
pub fn lake_committed(kind: &'static str) {
    metrics::counter!("aloftly_lake_commits_total", "kind" => kind).increment(1);
}

/// What a fold took in and wrote.
pub fn lake_folded(folded: &Folded) {
    let segments = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    for (direction, count, bytes) in
        [("in", segments(folded.inputs), folded.bytes_in), ("out", segments(folded.outputs), folded.bytes_out)]
    {
        metrics::counter!("aloftly_lake_fold_segments_total", "direction" => direction).increment(count);
        metrics::counter!("aloftly_lake_fold_bytes_total", "direction" => direction).increment(bytes);
    }
}

/// What a tidying gave up and deleted.
pub fn lake_tidied(tidied: &Tidied) {
    let expired = &tidied.expired;
    for (kind, count) in [("hot", expired.hot), ("cold", expired.cold), ("abandoned", expired.abandoned)] {
        metrics::counter!("aloftly_lake_expired_total", "kind" => kind).increment(count);
    }
    metrics::counter!("aloftly_lake_objects_deleted_total", "kind" => "doomed").increment(tidied.deleted);
}

/// What an audit deleted.
pub fn lake_audited(audited: &Audited) {
    metrics::counter!("aloftly_lake_objects_deleted_total", "kind" => "unknown").increment(audited.unknown);
}

/// A piece of the lake's background work failed.
pub fn upkeep_failed() {
    metrics::counter!("aloftly_lake_upkeep_failures_total").increment(1);
}

/// A mail was sent.
pub fn mail_sent() {
    metrics::counter!("aloftly_mails_total", "outcome" => "sent").increment(1);
}

/// A mail could not be sent.
pub fn mail_failed() {
    metrics::counter!("aloftly_mails_total", "outcome" => "failed").increment(1);
}

/// An answer was refused because a segment is damaged or missing.
pub fn answer_in_quarantine() {
    metrics::counter!("aloftly_lake_quarantined_total").increment(1);
}
