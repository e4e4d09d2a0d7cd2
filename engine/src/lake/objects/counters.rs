//! What is asked of the object store and of the caches before it, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is asked of an object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bytes of an object.
    Get,
    /// An object or a part of one is written.
    Put,
    /// Objects are deleted.
    Delete,
    /// Objects are listed.
    List,
    /// What an object is, without its bytes.
    Head,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Put, Self::Delete, Self::List, Self::Head];

    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["get", "put", "delete", "list", "head"][self as usize]
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered. That there is no such object is an answer, too.
    Ok,
    /// It failed in a way that may pass, for which the same is asked again a few times.
    Retried,
    /// What it was for failed for good.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Retried, Self::Failed];

    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["ok", "retried", "failed"][self as usize]
    }
}

/// Counts what is asked of an object store.
#[derive(Debug, Default)]
pub struct StoreCounters {
    requests: [[AtomicU64; 3]; 5],
    sent: AtomicU64,
    received: AtomicU64,
}

impl StoreCounters {
    /// A request ended.
    pub fn count(&self, operation: Operation, outcome: Outcome) {
        self.requests[operation as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// So many bytes of objects went there.
    pub fn sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes of objects came from there.
    pub fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn so_far(&self) -> StoreUse {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        StoreUse {
            requests: self.requests.each_ref().map(|outcomes| outcomes.each_ref().map(load)),
            bytes_sent: load(&self.sent),
            bytes_received: load(&self.received),
        }
    }
}

/// What was asked of an object store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreUse {
    requests: [[u64; 3]; 5],
    /// Bytes that went there.
    pub bytes_sent: u64,
    /// Bytes that came from there.
    pub bytes_received: u64,
}

impl StoreUse {
    /// Requests of a kind that ended so.
    #[must_use]
    pub fn requests(&self, operation: Operation, outcome: Outcome) -> u64 {
        self.requests[operation as usize][outcome as usize]
    }

    /// Requests of a kind, however they ended.
    #[must_use]
    pub fn all(&self, operation: Operation) -> u64 {
        self.requests[operation as usize].iter().sum()
    }

    /// What came on top of `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut more = *self;
        for (now, before) in more.requests.as_flattened_mut().iter_mut().zip(before.requests.as_flattened()) {
            *now -= before;
        }
        more.bytes_sent -= before.bytes_sent;
        more.bytes_received -= before.bytes_received;
        more
    }
}

/// Prices of an object store, in billionths of a dollar for a thousand requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Writing and listing.
    pub write: u64,
    /// Reading.
    pub read: u64,
}

impl Default for Prices {
    /// S3 Standard in us-east-1: 0.005 dollars for 1,000 PUT, COPY, POST and LIST requests, 0.0004 for 1,000 GET and HEAD
    /// requests. DELETE is free, and so is traffic within the region.
    fn default() -> Self {
        Self { write: 5_000_000, read: 400_000 }
    }
}

/// What requests cost, in billionths of a dollar: about, as clouds differ in what they ask for those that failed. Bytes that
/// are kept, and traffic that leaves the region, come on top.
#[must_use]
pub fn cost(used: &StoreUse, prices: Prices) -> u64 {
    let sum = |operations: &[Operation]| operations.iter().map(|operation| used.all(*operation)).sum::<u64>();
    let writes = sum(&[Operation::Put, Operation::List]);
    let reads = sum(&[Operation::Get, Operation::Head]);
    (writes * prices.write + reads * prices.read) / 1_000
}

/// Counts how often a cache had what was asked for.
#[derive(Debug, Default)]
pub(in crate::lake) struct CacheCounters {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl CacheCounters {
    pub(in crate::lake) fn hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::lake) fn miss(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::lake) fn so_far(&self, cache: &'static str, bytes: u64) -> CacheUse {
        let (hits, misses) = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        CacheUse { cache, hits, misses, bytes }
    }
}

/// How much a cache was asked for, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheUse {
    /// Its name, in lower case.
    pub cache: &'static str,
    /// How often it had what was asked for.
    pub hits: u64,
    /// How often it had not.
    pub misses: u64,
    /// Bytes that it holds, about.
    pub bytes: u64,
}

/// What a lake asked of its object store and of its caches since it was made.
#[derive(Clone, Debug)]
pub struct Counters {
    /// The object store.
    pub store: StoreUse,
    /// Whether it is elsewhere, and not a folder of this machine.
    pub is_remote: bool,
    /// Each cache.
    pub caches: Vec<CacheUse>,
}

impl Counters {
    /// A cache by its name.
    #[must_use]
    pub fn cache(&self, name: &str) -> Option<&CacheUse> {
        self.caches.iter().find(|cache| cache.cache == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(requests: &[(Operation, Outcome, u64)]) -> StoreUse {
        let counters = StoreCounters::default();
        for (operation, outcome, times) in requests {
            (0..*times).for_each(|_| counters.count(*operation, *outcome));
        }
        counters.so_far()
    }

    #[test]
    fn requests_cost_what_the_price_list_says() {
        let price = |requests: &[_]| cost(&used(requests), Prices::default());
        assert_eq!(price(&[(Operation::Put, Outcome::Ok, 1_000)]), 5_000_000);
        assert_eq!(price(&[(Operation::List, Outcome::Ok, 2)]), 10_000);
        assert_eq!(price(&[(Operation::Get, Outcome::Ok, 999), (Operation::Head, Outcome::Retried, 1)]), 400_000);
        assert_eq!(price(&[(Operation::Delete, Outcome::Ok, 500)]), 0);
        let dear = Prices { write: 10_000_000, read: 1_000_000 };
        let both = used(&[(Operation::Put, Outcome::Ok, 3), (Operation::Get, Outcome::Ok, 4)]);
        assert_eq!(cost(&both, dear), 30_000 + 4_000);
    }

    #[test]
    fn what_came_on_top_is_told_apart() {
        let counters = StoreCounters::default();
        counters.count(Operation::Get, Outcome::Ok);
        counters.received(7);
        let before = counters.so_far();
        counters.count(Operation::Get, Outcome::Failed);
        counters.received(5);
        counters.sent(3);
        let more = counters.so_far().since(&before);
        assert_eq!((more.all(Operation::Get), more.requests(Operation::Get, Outcome::Failed)), (1, 1));
        assert_eq!((more.bytes_sent, more.bytes_received), (3, 5));
    }

    #[test]
    fn every_operation_and_outcome_has_its_own_name() {
        assert_eq!(Operation::ALL.map(Operation::name), ["get", "put", "delete", "list", "head"]);
        assert_eq!(Outcome::ALL.map(Outcome::name), ["ok", "retried", "failed"]);
    }
}
