//! What a provider tells, and when.

use std::time::Duration;

use chrono::TimeDelta;

use super::job::{Job, Watch};
use super::{Lake, Scene, Subject, Trouble};
use crate::contract::Page;

/// How far clocks are apart: less than what readings go back anyway, and more.
const SKEWS: [TimeDelta; 2] = [TimeDelta::minutes(7), TimeDelta::hours(1)];
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

pub async fn a_first_reading_yields_everything<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    assert!(!subject.expected().is_empty());
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    // Nothing changed, and nothing does.
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}

pub async fn many_changes_of_one_instant_are_all_read<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.pass(HOUR).await;
    subject.change_many();
    lake.pages.clear();
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    assert!(lake.pages.len() > 1, "more than a page changed");
}

pub async fn what_is_told_twice_is_there_once<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    subject.trouble(Trouble::Twice, usize::MAX, 0);
    job.persevere(&mut lake).await;
    subject.calm();
    job.pass(HOUR).await;
    subject.change_many();
    subject.trouble(Trouble::Twice, usize::MAX, 0);
    job.persevere(&mut lake).await;
    job.agrees(&lake);
}

pub async fn what_is_kept_makes_everything_anew<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.pass(HOUR).await;
    subject.change_many();
    subject.change();
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    let mut anew = Lake::default();
    for kept in lake.kept.values() {
        // It was kept together with the rows, and is not what is kept of the new ones.
        let page = job.rebuild(&kept.raw);
        anew.apply(&Page { kept: vec![kept.clone()], ..page });
    }
    job.agrees(&anew);
}

pub async fn what_is_kept_of_people_says_whose_it_is<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    let people = subject.people();
    for kept in lake.kept.values() {
        let body = String::from_utf8_lossy(&kept.raw.body);
        let is_told = people.iter().any(|text| body.contains(text.as_str()));
        let key = &kept.key;
        assert!(!is_told || kept.customer.is_some() || kept.order.is_some(), "nobody could have {key} erased");
        assert!(!people.iter().any(|text| key.contains(text.as_str())), "{key} is called by a person");
    }
}

pub async fn changes_while_a_reading_goes_on_are_in_the_next<S: Subject>() {
    let subject = S::start(Scene::Some).await;
    let job = Job::new(&subject).await;
    let mut watch = Watch::default();
    job.watched(&mut Lake::default(), &mut watch).await.unwrap();
    for page in 0..watch.came {
        let (job, mut lake) = (Job::new(&subject).await, Lake::default());
        let change = || subject.change();
        job.watched(&mut lake, &mut Watch::doing(page, &change)).await.unwrap();
        job.read(&mut lake).await.unwrap();
        job.agrees(&lake);
        // The same while what changed is read.
        subject.change();
        job.watched(&mut lake, &mut Watch::doing(page % 4, &change)).await.unwrap();
        job.read(&mut lake).await.unwrap();
        job.agrees(&lake);
    }
}

async fn nothing_is_missed<S: Subject>(ahead: TimeDelta) {
    let subject = S::start(Scene::Some).await;
    let (job, mut lake) = (Job::with_clock(&subject, ahead).await, Lake::default());
    let change = || subject.change();
    subject.change();
    job.watched(&mut lake, &mut Watch::doing(1, &change)).await.unwrap();
    for _ in 0..6 {
        subject.change();
        job.read(&mut lake).await.unwrap();
        subject.change();
        job.pass(MINUTE).await;
        job.read(&mut lake).await.unwrap();
    }
    job.agrees(&lake);
}

pub async fn a_clock_that_is_ahead_misses_nothing<S: Subject>() {
    for skew in SKEWS {
        nothing_is_missed::<S>(skew).await;
    }
}

pub async fn a_clock_that_is_behind_misses_nothing<S: Subject>() {
    for skew in SKEWS {
        nothing_is_missed::<S>(-skew).await;
    }
}

pub async fn an_account_without_anything_is_read_to_its_end<S: Subject>() {
    let subject = S::start(Scene::Empty).await;
    let (job, mut lake) = (Job::new(&subject).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    let streams = subject.connector().declaration().streams;
    assert!(streams.iter().all(|stream| lake.resting.contains_key(stream.id)), "there is a place to go on from");
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
    // The first thing of all is not missed.
    job.pass(HOUR).await;
    subject.change();
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}
