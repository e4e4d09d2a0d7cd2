//! A worker that stands still for longer than its lease lasts, and then goes on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Connected, told};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_sleeps_through_the_end_of_its_lease_brings_nothing_back() {
    let connected = Connected::and_read(1).await;
    connected.tell(&[told(1, "changed", "new", 5)]).await;
    let (held_up, is_held_up) = oneshot::channel();
    let (let_go, go_on) = mpsc::channel();
    let mut backend = connected.backend.clone();
    backend.clock = Arc::new(HoldsUp {
        clock: connected.backend.clock.clone(),
        asked: AtomicU32::new(0),
        held_up: Mutex::new(Some(held_up)),
        go_on: Mutex::new(go_on),
    });
    let asleep = connected.carrying_over(backend);
    // It knows that nothing is gone yet, and is about to commit.
    is_held_up.await.unwrap();

    connected.world.clock.advance(Duration::from_secs(31));
    connected.tell(&[told(2, "gone", "new", 0)]).await;
    connected.carry_out().await;
    assert_eq!(connected.outcomes().await, ["1 nothing", "2 removed"]);

    let_go.send(()).unwrap();
    asleep.end().await;
    assert_eq!(connected.version("new").await, None);
    assert_eq!(connected.outcomes().await, ["1 nothing", "2 removed"]);
    // Who follows is not held up by it.
    connected.tell(&[told(3, "changed", "newer", 5)]).await;
    connected.carry_out().await;
    assert_eq!(connected.version("newer").await, Some(5));
    connected.world.database.close().await;
}
