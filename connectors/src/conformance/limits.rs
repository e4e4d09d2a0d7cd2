//! Providers that have had enough, or fail.

use std::time::Duration;

use super::job::Job;
use super::{Lake, Scene, Subject, Trouble};
use crate::contract::Failure;

/// How often one request is sent at most while nothing but refusals comes back.
const MOST_TRIES: usize = 8;
/// More than anybody would wait for.
const WITHOUT_END: usize = 1_000_000;

/// How many requests a first reading takes.
async fn requests_of<S: Subject>(subject: &S) -> usize {
    let before = subject.requests();
    Job::new(subject).await.read(&mut Lake::default()).await.unwrap();
    subject.requests() - before
}

pub async fn a_provider_that_throttles_is_waited_for<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let usual = requests_of(&subject).await;
    for after in [0, usual / 2, usual - 1] {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        let (before, began) = (subject.requests(), subject.clock().now());
        subject.trouble(Trouble::Throttled, 3, after);
        job.persevere(&mut lake).await;
        let (asked, took) = (subject.requests() - before, subject.clock().now() - began);
        assert!(took.to_std().unwrap() >= S::WAIT, "behind {after} requests: it went on after {took}");
        // What waited took some requests again, and the storm some of its own.
        assert!(asked <= 2 * usual + 2 * MOST_TRIES, "behind {after} requests: {asked} where {usual} do");
        subject.calm();
        job.persevere(&mut lake).await;
        job.agrees(&lake);
    }
}

/// One reading that gets nothing but refusals, and the next when they are over.
async fn left_alone<S: Subject>(trouble: Trouble, is_so: fn(&Failure) -> bool) {
    let subject = S::start(Scene::Some).await;
    let usual = requests_of(&subject).await;
    for after in [0, usual / 2] {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        let before = subject.requests();
        subject.trouble(trouble, WITHOUT_END, after);
        let failure = job.read(&mut lake).await.unwrap_err();
        assert!(failure.is_transient() && is_so(&failure), "behind {after} requests: {failure}");
        let asked = subject.requests() - before - after;
        assert!(asked <= MOST_TRIES, "behind {after} requests: asked {asked} times without an answer");
        subject.calm();
        job.wait_out(&failure).await;
        job.pass(Duration::from_secs(3_600)).await;
        job.persevere(&mut lake).await;
        job.persevere(&mut lake).await;
        job.agrees(&lake);
    }
}

pub async fn a_provider_that_throttles_without_end_is_not_hammered<S: Subject>() {
    left_alone::<S>(Trouble::Throttled, |failure| matches!(failure, Failure::Exhausted { .. })).await;
}

pub async fn a_provider_that_keeps_failing_is_left_alone_until_later<S: Subject>() {
    left_alone::<S>(Trouble::Failing, |failure| matches!(failure, Failure::Unavailable { .. })).await;
}

pub async fn a_provider_that_fails_for_a_moment_is_asked_again<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let usual = requests_of(&subject).await;
    for after in [0, usual / 3, usual - 1] {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        subject.trouble(Trouble::Failing, 1, after);
        // What may have been done is not asked for a second time by itself: then the job comes back.
        job.persevere(&mut lake).await;
        subject.calm();
        job.persevere(&mut lake).await;
        job.agrees(&lake);
    }
}
