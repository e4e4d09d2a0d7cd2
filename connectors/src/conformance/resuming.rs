//! Readings that are killed.

use std::time::Duration;

use super::job::{Job, Kill, Watch};
use super::{Lake, Scene, Subject};

/// What a reading came to that nothing disturbed.
struct Undisturbed {
    lake: Lake,
    /// Pages, those without rows too.
    pages: usize,
    requests: usize,
}

async fn undisturbed<S: Subject>(job: &Job<'_, S>, mut lake: Lake) -> Undisturbed {
    let (mut watch, before) = (Watch::default(), job.subject.requests());
    lake.pages.clear();
    job.watched(&mut lake, &mut watch).await.unwrap();
    Undisturbed { lake, pages: watch.came, requests: job.subject.requests() - before }
}

async fn first_readings_killed<S: Subject>(side: Kill) {
    let subject = S::start(Scene::Some).await;
    let job = Job::new(&subject).await;
    let whole = undisturbed(&job, Lake::default()).await;
    assert!(whole.lake.pages.len() > 1, "one page is none to go on behind");
    for page in 0..whole.pages {
        let (mut lake, before) = (Lake::default(), subject.requests());
        assert!(job.watched(&mut lake, &mut Watch::killed(page, side)).await.is_err(), "page {page}");
        // Another server goes on.
        let other = Job::new(&subject).await;
        other.read(&mut lake).await.unwrap();
        other.agrees(&lake);
        assert_eq!(lake.pages, whole.lake.pages, "killed at page {page}: pages were read twice, or not at all");
        let requests = subject.requests() - before;
        // What was under way when it was killed is asked for again: never more than half of everything, however many pages there are.
        let most = whole.requests + whole.requests.div_ceil(2) + 4;
        assert!(requests <= most, "killed at page {page}: {requests} requests, and {} in one go", whole.requests);
    }
}

pub async fn a_first_reading_that_is_killed_behind_any_commit_goes_on_there<S: Subject>() {
    first_readings_killed::<S>(Kill::Behind).await;
}

pub async fn a_first_reading_that_is_killed_before_any_commit_goes_on_there<S: Subject>() {
    first_readings_killed::<S>(Kill::Before).await;
}

pub async fn changes_of_one_instant_are_read_across_kills<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let job = Job::new(&subject).await;
    let mut begun = Lake::default();
    job.read(&mut begun).await.unwrap();
    job.pass(Duration::from_secs(3_600)).await;
    subject.change_many();
    let whole = undisturbed(&job, begun.clone()).await;
    job.agrees(&whole.lake);
    for page in 0..whole.pages {
        for side in [Kill::Before, Kill::Behind] {
            let mut lake = begun.clone();
            lake.pages.clear();
            assert!(job.watched(&mut lake, &mut Watch::killed(page, side)).await.is_err(), "page {page}");
            let other = Job::new(&subject).await;
            other.read(&mut lake).await.unwrap();
            other.agrees(&lake);
            // Behind the last page the reading is over: what goes on is the next, which may go back a little.
            let is_over = page + 1 == whole.pages && side == Kill::Behind;
            let read = if is_over { lake.pages.get(..whole.lake.pages.len()).unwrap() } else { lake.pages.as_slice() };
            assert_eq!(read, whole.lake.pages, "killed {side:?} page {page}: pages were read twice, or not at all");
        }
    }
}
