//! Answers that are not what they should be.

use std::time::Duration;

use super::job::Job;
use super::{Lake, Scene, Subject, Trouble};
use crate::contract::Failure;

const HOUR: Duration = Duration::from_secs(3_600);
/// How many places of a reading are tried.
const MOST_PLACES: usize = 16;
/// More requests than anything here takes.
const MANY: usize = 1_000_000;

pub async fn an_answer_that_is_cut_off_leaves_no_part_of_itself<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let before = subject.requests();
    Job::new(&subject).await.read(&mut Lake::default()).await.unwrap();
    let usual = subject.requests() - before;
    for after in (0..usual).step_by(usual.div_ceil(MOST_PLACES)) {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        subject.trouble(Trouble::Truncated, 1, after);
        match job.read(&mut lake).await {
            Ok(()) => {}
            Err(Failure::Unexpected { .. }) => job.persevere(&mut lake).await,
            Err(failure) => {
                job.wait_out(&failure).await;
                job.persevere(&mut lake).await;
            }
        }
        // Parts of answers would be missing for good: nothing is asked for twice.
        job.agrees(&lake);
        subject.calm();
    }
}

pub async fn pages_without_an_end_are_given_up<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.pass(HOUR).await;
    subject.change_many();
    let before = subject.requests();
    subject.trouble(Trouble::Endless, MANY, 0);
    let failure = job.read(&mut lake).await.unwrap_err();
    assert!(matches!(failure, Failure::Unexpected { .. } | Failure::Unavailable { .. }), "{failure}");
    let asked = subject.requests() - before;
    assert!(asked <= 300, "{asked} requests for pages that do not end");
    subject.calm();
    job.pass(HOUR).await;
    job.persevere(&mut lake).await;
    job.agrees(&lake);
}

pub async fn unknown_fields_change_nothing<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    subject.trouble(Trouble::Unknown, MANY, 0);
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    job.pass(HOUR).await;
    subject.change_many();
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}

pub async fn a_field_that_is_missing_is_named_and_no_value_of_people<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.pass(HOUR).await;
    subject.change_many();
    subject.trouble(Trouble::Missing, MANY, 0);
    let held = subject.held(&lake);
    let failure = job.read(&mut lake).await.unwrap_err();
    let said = failure.to_string();
    assert!(matches!(failure, Failure::Unexpected { .. }) && !failure.is_transient(), "{said}");
    assert!(said.contains(S::MISSING), "{said}");
    let told: Vec<String> = subject.people().into_iter().filter(|text| said.contains(text.as_str())).collect();
    assert!(told.is_empty(), "{told:?} in {said:?}");
    assert_eq!(subject.held(&lake), held, "nothing was made of it");
    subject.calm();
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}
