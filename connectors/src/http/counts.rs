//! What a client has done, for the report of a job.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// What a client has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How many requests it sent, the repeated ones included.
    pub requests: u64,
    /// How many of them repeated one before.
    pub retries: u64,
    /// How many were answered with "slow down".
    pub throttled: u64,
    /// How many bytes of bodies it read, unpacked.
    pub bytes: u64,
}

/// The counters themselves.
#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(super) fn sent(&self, is_retry: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.retries.fetch_add(u64::from(is_retry), Ordering::Relaxed);
    }

    pub(super) fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            requests: of(&self.requests),
            retries: of(&self.retries),
            throttled: of(&self.throttled),
            bytes: of(&self.bytes),
        }
    }
}
