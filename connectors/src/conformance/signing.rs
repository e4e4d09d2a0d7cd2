//! Tokens that end, and access that is taken back.

use super::job::{Job, Watch};
use super::{Lake, Scene, Subject};
use crate::contract::Failure;

pub async fn an_expired_token_is_renewed_once_and_the_reading_goes_on<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    if subject.connector().oauth().is_none() {
        return a_key_that_ends_is_asked_for(&subject).await;
    }
    let mut watch = Watch::default();
    Job::new(&subject).await.watched(&mut Lake::default(), &mut watch).await.unwrap();
    let expire = || subject.expire_tokens();
    // Behind the last page nothing may be asked any more.
    for page in 0..watch.came - 1 {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        job.watched(&mut lake, &mut Watch::doing(page, &expire)).await.unwrap();
        assert!(job.renewals() <= 1, "renewed {} times behind page {page}", job.renewals());
        job.agrees(&lake);
    }
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    subject.expire_tokens();
    job.read(&mut lake).await.unwrap();
    assert_eq!(job.renewals(), 1);
    job.agrees(&lake);
}

/// Nothing renews a key: whoever copied it has to copy another.
async fn a_key_that_ends_is_asked_for<S: Subject>(subject: &S) {
    let (job, mut lake) = (Job::new(subject).await, Lake::default());
    subject.expire_tokens();
    let failure = job.read(&mut lake).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }) && failure.wants_reconnect(), "{failure}");
    assert_eq!(job.renewals(), 0);
    job.connect_again().await;
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}

pub async fn access_that_is_taken_back_loses_nothing<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let mut watch = Watch::default();
    Job::new(&subject).await.watched(&mut Lake::default(), &mut watch).await.unwrap();
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    let revoke = || subject.revoke();
    let failure = job.watched(&mut lake, &mut Watch::doing(watch.came / 2, &revoke)).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }) && failure.wants_reconnect(), "{failure}");
    let (held, requests) = (subject.held(&lake), subject.requests());
    assert!(!held.is_empty(), "what was read before stays");
    let failure = job.read(&mut lake).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }), "{failure}");
    assert_eq!(subject.held(&lake), held);
    let asked = subject.requests() - requests;
    assert!(asked <= 4, "who is not let in does not ask {asked} times");
    job.connect_again().await;
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}
