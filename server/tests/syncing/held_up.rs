//! Whoever is about to commit is held up for as long as a test likes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use aloftly_server::service::backend::Backend;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tokio::sync::oneshot;
use uuid::Uuid;

/// A clock that holds up whoever asks it for a second identifier: the first is that of a claim, and the second belongs to a commit.
#[derive(Debug)]
struct HoldsUp {
    clock: Arc<dyn Clock>,
    asked: AtomicU32,
    /// Told when somebody is held up.
    held_up: Mutex<Option<oneshot::Sender<()>>>,
    /// Lets them go on.
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Clock for HoldsUp {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn new_id(&self) -> Uuid {
        if self.asked.fetch_add(1, Ordering::SeqCst) == 1 {
            self.held_up.lock().unwrap().take().unwrap().send(()).unwrap();
            // The thread is given back meanwhile: what the others do may wait for what it would have done.
            tokio::task::block_in_place(|| self.go_on.lock().unwrap().recv()).unwrap();
        }
        self.clock.new_id()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }
}

/// Somebody who is about to commit.
pub(super) struct AboutToCommit {
    is_held_up: Option<oneshot::Receiver<()>>,
    let_go: mpsc::Sender<()>,
}

impl AboutToCommit {
    /// A backend over which the first worker to claim something is held up when it first commits.
    pub(super) fn over(backend: &Backend) -> (Self, Backend) {
        let (held_up, is_held_up) = oneshot::channel();
        let (let_go, go_on) = mpsc::channel();
        let mut held = backend.clone();
        held.clock = Arc::new(HoldsUp {
            clock: backend.clock.clone(),
            asked: AtomicU32::new(0),
            held_up: Mutex::new(Some(held_up)),
            go_on: Mutex::new(go_on),
        });
        (Self { is_held_up: Some(is_held_up), let_go }, held)
    }

    /// Waits until they are.
    pub(super) async fn is_held_up(&mut self) {
        self.is_held_up.take().unwrap().await.unwrap();
    }

    pub(super) fn let_go(self) {
        self.let_go.send(()).unwrap();
    }
}
