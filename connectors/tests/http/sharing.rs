//! Several servers under one budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use aloftly_connectors::http::budget::{
    Bucket, Budget, BudgetState, Concurrency, Ledger, LedgerError, MemoryLedger, Rules, Span, Window,
};
use aloftly_connectors::http::{Client, ClientOptions, HttpErrorKind, OptionsError, Request};
use aloftly_engine::clock::{Clock as _, SystemClock};
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{Longest, client_of, kind, never, options};

fn bucket(capacity: u32, per_second: u32) -> Rules {
    Rules { bucket: Some(Bucket::new(capacity, per_second, Duration::from_secs(1))), ..Rules::default() }
}

#[tokio::test]
async fn two_clients_together_are_no_faster_than_the_provider_allows() {
    let provider = Provider::start([Reply::ok()]).await;
    let (clock, ledger) = (Arc::new(WaitingClock::new()), Arc::new(MemoryLedger::default()));
    let clients = [0, 1].map(|_| client_of(options(), &clock, bucket(5, 2), &ledger));
    let mut sent = Vec::new();
    for turn in 0..40 {
        clients[turn % 2].send(Request::get(provider.url("/")), &never()).await.unwrap();
        sent.push(clock.now());
    }
    for (first, from) in sent.iter().enumerate() {
        for (last, to) in sent.iter().enumerate().skip(first) {
            let most = 5_000 + 2 * (*to - *from).num_milliseconds();
            let count = i64::try_from(last - first + 1).unwrap();
            assert!(count * 1_000 <= most, "{count} from {from} to {to}");
        }
    }
    assert_eq!(clock.waited(), (40 - 5) * 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_ask_at_once_share_what_there_is() {
    let provider = Provider::start([Reply::ok()]).await;
    let (clock, ledger) = (Arc::new(SystemClock), Arc::new(MemoryLedger::default()));
    let began = Instant::now();
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let client = client_of(options(), &clock, bucket(5, 50), &ledger);
            let url = provider.url("/");
            tokio::spawn(async move {
                let never = never();
                let all = (0..20).map(|_| client.json::<serde_json::Value>(Request::get(url.clone()), &never));
                futures::future::join_all(all).await.into_iter().map(Result::unwrap).count()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 20);
    }
    assert_eq!(provider.came().len(), 40);
    assert!(began.elapsed() >= Duration::from_millis((40 - 5) * 20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_one_is_told_to_wait_the_other_waits_too() {
    let provider = Provider::start([Reply::new(429, "").header("retry-after", "3600"), Reply::ok()]).await;
    let (clock, ledger) = (Arc::new(WaitingClock::new()), Arc::new(MemoryLedger::default()));
    let [one, other] = [0, 1].map(|_| client_of(options(), &clock, bucket(40, 2), &ledger));
    let error = one.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
    let error = other.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!((error.retry_after(), error.tries), (Some(Duration::from_secs(3_600)), 0));
    clock.sleep(Duration::from_secs(3_600)).await;
    other.send(Request::get(provider.url("/")), &never()).await.unwrap();
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_with_when_it_begins_anew() {
    let provider = Provider::start([Reply::ok()]).await;
    let (clock, ledger) = (Arc::new(WaitingClock::new()), Arc::new(MemoryLedger::default()));
    let window = Window::new("tokens_per_day", 3, Span::Day(chrono_tz::America::Los_Angeles));
    let rules = Rules { windows: vec![window], ..Rules::default() };
    let client = client_of(options(), &clock, rules, &ledger);
    for _ in 0..3 {
        client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    }
    let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    // The clock says noon in UTC in July; midnight in Los Angeles is at 7:00 UTC.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(19 * 3_600)));
    assert_eq!(provider.came().len(), 3);
    let costly = kind(client.send(Request::get(provider.url("/")).cost(4), &never()).await);
    assert!(matches!(costly, HttpErrorKind::TooCostly(_)), "{costly:?}");
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_may_be() {
    let provider = Provider::start([Reply::ok().stuck()]).await;
    let (clock, ledger) = (Arc::new(SystemClock), Arc::new(MemoryLedger::default()));
    let concurrency = Some(Concurrency { most: 2, lease: Duration::from_secs(120) });
    let rules = Rules { concurrency, ..Rules::default() };
    let client = Arc::new(client_of(options(), &clock, rules, &ledger));
    let cancel = CancellationToken::new();
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let (client, cancel, url) = (Arc::clone(&client), cancel.clone(), provider.url("/"));
            tokio::spawn(async move { client.send(Request::get(url), &cancel).await })
        })
        .collect();
    provider.until_came(2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((provider.came().len(), ledger.state("example:shop").under_way(clock.now())), (2, 2));
    cancel.cancel();
    for task in tasks {
        assert!(matches!(kind(task.await.unwrap()), HttpErrorKind::Cancelled));
    }
    assert_eq!(ledger.state("example:shop").under_way(clock.now()), 0);
}

#[tokio::test]
async fn a_lease_that_ends_before_a_try_is_no_option() {
    let concurrency = Some(Concurrency { most: 2, lease: Duration::from_secs(5) });
    let rules = Rules { concurrency, ..Rules::default() };
    let options = ClientOptions { try_timeout: Duration::from_secs(5), ..options() };
    let budget = Budget::new("x", rules, Arc::new(MemoryLedger::default()));
    let clock = Arc::new(WaitingClock::new());
    let refused = Client::new(options, budget, clock, Arc::new(Longest));
    assert!(matches!(refused, Err(OptionsError::Lease { .. })));
}

#[tokio::test]
async fn a_turn_that_nobody_waits_for_any_more_is_given_back() {
    let provider = Provider::start([Reply::ok()]).await;
    let (clock, ledger) = (Arc::new(SystemClock), Arc::new(MemoryLedger::default()));
    let client = client_of(options(), &clock, bucket(100, 10), &ledger);
    client.send(Request::get(provider.url("/")).cost(100), &never()).await.unwrap();
    let cancel = CancellationToken::new();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(client.send(Request::get(provider.url("/")).cost(100), &cancel), stop);
    assert!(matches!(kind(result), HttpErrorKind::Cancelled));
    // Ten points take a second. Behind those that were reserved it would be eleven.
    let began = Instant::now();
    client.send(Request::get(provider.url("/")).cost(10), &never()).await.unwrap();
    assert!((Duration::from_millis(500)..Duration::from_secs(8)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

/// A ledger that begins again once in each change, and fails when it is told to.
#[derive(Debug, Default)]
struct Unsteady {
    inner: MemoryLedger,
    /// How many changes work before the others fail.
    left: AtomicU32,
}

#[async_trait]
impl Ledger for Unsteady {
    async fn change(
        &self,
        name: &str,
        change: &mut (dyn for<'s> FnMut(&'s mut BudgetState) + Send),
    ) -> Result<(), LedgerError> {
        change(&mut self.inner.state(name));
        if self.left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err() {
            return Err(LedgerError::new("the database is gone"));
        }
        self.inner.change(name, change).await
    }
}

#[tokio::test]
async fn a_ledger_that_fails_stops_requests_and_loses_no_answer() {
    let provider = Provider::start([Reply::ok()]).await;
    let concurrency = Some(Concurrency { most: 1, lease: Duration::from_secs(120) });
    let rules = Rules { concurrency, ..bucket(1, 1) };
    // The second is for the end of the first request, and the third for the second.
    let ledger = Arc::new(Unsteady { left: AtomicU32::new(3), ..Unsteady::default() });
    let budget = Budget::new("example:shop", rules, Arc::<Unsteady>::clone(&ledger));
    let clock = Arc::new(WaitingClock::new());
    let client = Client::new(options(), budget, Arc::<WaitingClock>::clone(&clock), Arc::new(Longest)).unwrap();
    client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    assert_eq!(ledger.inner.state("example:shop").under_way(clock.now()), 0);
    clock.sleep(Duration::from_secs(1)).await;
    client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Ledger(_)) && error.is_transient(), "{error:?}");
    assert_eq!((error.tries, provider.came().len()), (0, 2));
}
