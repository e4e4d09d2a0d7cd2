//! Whether the services that are needed can be reached. Asked for often, found out at most every two seconds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::http::problem::Chain;

type Probe = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// When it was looked last, and what did not answer then.
type LastLook = (Instant, Vec<&'static str>);

/// What is needed, each with a way to find out whether it answers.
#[derive(Clone)]
pub struct Readiness {
    probes: Arc<[(&'static str, Probe)]>,
    last: Arc<Mutex<Option<LastLook>>>,
    fresh: Duration,
    patience: Duration,
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.probes.iter().map(|(name, _)| name)).finish()
    }
}

impl Readiness {
    /// The services that are needed.
    #[must_use]
    pub fn new(probes: Vec<(&'static str, Probe)>) -> Self {
        let (fresh, patience) = (Duration::from_secs(2), Duration::from_secs(3));
        Self { probes: probes.into(), last: Arc::default(), fresh, patience }
    }

    /// The names of those that do not answer; empty when all is well.
    pub async fn unreachable(&self) -> Vec<&'static str> {
        let mut last = self.last.lock().await;
        if let Some((at, missing)) = last.as_ref()
            && at.elapsed() < self.fresh
        {
            return missing.clone();
        }
        let answers = self.probes.iter().map(|(name, probe)| async move {
            let answer = tokio::time::timeout(self.patience, probe()).await;
            let answer = answer.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer within {:?}", self.patience)));
            answer.err().map(|error| {
                tracing::warn!(service = name, error = %Chain(error.as_ref()), "not ready");
                *name
            })
        });
        let missing: Vec<_> = futures::future::join_all(answers).await.into_iter().flatten().collect();
        *last = Some((Instant::now(), missing.clone()));
        missing
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn what_does_not_answer_is_named_and_asked_again_after_a_while() {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = asked.clone();
        let mut readiness = Readiness::new(vec![
            ("postgres", Box::new(|| async { Ok(()) }.boxed())),
            (
                "object store",
                Box::new(move || {
                    counted.fetch_add(1, Ordering::SeqCst);
                    std::future::pending().boxed()
                }),
            ),
        ]);
        readiness.patience = Duration::from_millis(10);
        assert_eq!(readiness.unreachable().await, ["object store"]);
        assert_eq!(readiness.unreachable().await, ["object store"]);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        readiness.fresh = Duration::ZERO;
        readiness.unreachable().await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
