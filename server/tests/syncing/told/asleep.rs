//! A worker that stands still for longer than its lease lasts, and then goes on.

use std::time::Duration;

use super::super::held_up::AboutToCommit;
use super::{Connected, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_sleeps_through_the_end_of_its_lease_brings_nothing_back() {
    let connected = Connected::and_read(1).await;
    connected.tell(&[told(1, "changed", "new", 5)]).await;
    let (mut about_to_commit, backend) = AboutToCommit::over(&connected.backend);
    let asleep = connected.carrying_over(backend);
    // It knows that nothing is gone yet.
    about_to_commit.is_held_up().await;

    connected.world.clock.advance(Duration::from_secs(31));
    connected.tell(&[told(2, "gone", "new", 0)]).await;
    connected.carry_out().await;
    assert_eq!(connected.outcomes().await, ["1 nothing", "2 removed"]);

    about_to_commit.let_go();
    asleep.end().await;
    assert_eq!(connected.version("new").await, None);
    assert_eq!(connected.outcomes().await, ["1 nothing", "2 removed"]);
    // Who follows is not held up by it.
    connected.tell(&[told(3, "changed", "newer", 5)]).await;
    connected.carry_out().await;
    assert_eq!(connected.version("newer").await, Some(5));
    connected.world.database.close().await;
}
