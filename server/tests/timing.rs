//! Whether an address is known does not show in what is answered, nor in how long that takes.
//!
//! Each route that takes an address is asked of people who are there and of people who are not, in turns and in both
//! orders, each of them once. The answers must be the same to the letter. Of the times the medians are compared, with
//! much room: what the test is to find is a password that is hashed on one side alone, or a mail that is waited for,
//! and these take many times as long as all the rest. That the yardstick is fit for that is looked at in the end.

use std::time::{Duration, Instant};

use aloftly_catalog::OrgRole;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::accounts::{Mailing, sign_up};

/// How many people of each kind are asked for.
const PAIRS: usize = 40;
/// So long the server is left alone before each question: what it does after an answer must not be in the way of the
/// next one.
const PAUSE: Duration = Duration::from_millis(10);
/// What is in front of the number of those who are there, and of those who are not: names of the same length.
const NAMES: [&str; 2] = ["member", "nobody"];

/// A route that takes somebody's address.
struct Route {
    path: &'static str,
    /// What is sent for an address.
    body: fn(&str) -> Value,
    status: u16,
    /// Whether a mail goes out to somebody who is there, and to somebody who is not.
    mails: [bool; 2],
}

const ROUTES: [Route; 4] = [
    Route { path: "/api/auth/sign-in", body: wrong_password, status: 401, mails: [false, false] },
    Route { path: "/api/auth/magic-link", body: address, status: 202, mails: [true, false] },
    Route { path: "/api/auth/password-reset", body: address, status: 202, mails: [true, false] },
    Route { path: "/api/auth/sign-up", body: account, status: 202, mails: [true, true] },
];

fn wrong_password(email: &str) -> Value {
    json!({ "email": email, "password": "not the password" })
}

fn address(email: &str) -> Value {
    json!({ "email": email })
}

fn account(email: &str) -> Value {
    let mut account = sign_up();
    account["email"] = json!(email);
    account
}

/// An answer as far as it can tell something.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// What is answered, and how long that takes.
async fn ask(request: RequestBuilder) -> (Said, Duration) {
    let request = request.header("x-request-id", "same");
    let began = Instant::now();
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().iter().filter(|(name, _)| name.as_str() != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let body = answer.text().await.unwrap();
    (Said { status, headers, body }, began.elapsed())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::test]
async fn neither_an_answer_nor_its_time_tells_whether_an_address_is_known() {
    // The limits of the API count requests in the headers of answers.
    let unlimited = [("api_rate_limit", "off"), ("org_rate_limit", "off")];
    let Mailing { world, sink, server, made, .. } = Mailing::with(&unlimited).await;
    for number in 0..PAIRS {
        world.database.member(made.organization, &format!("member{number}@a.test"), OrgRole::Viewer).await;
    }
    let asking = server.anonymous();
    let mut sent = [0, 0];
    let mut medians = Vec::new();
    for Route { path, body, status, mails } in ROUTES {
        let mut times = [Vec::new(), Vec::new()];
        for (sent, mails) in sent.iter_mut().zip(mails) {
            *sent += usize::from(mails);
        }
        for number in 0..PAIRS {
            // So that no limit of sign-ins and mails is met.
            world.clock.advance(Duration::from_secs(60));
            let mut said = Vec::new();
            let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
            for side in order {
                tokio::time::sleep(PAUSE).await;
                let email = format!("{}{number}@a.test", NAMES[side]);
                let (answer, took) = ask(asking.post(path).json(&body(&email))).await;
                assert_eq!(answer.status, status, "{path} of {email}: {}", answer.body);
                said.push(answer);
                times[side].push(took);
                if mails[side] {
                    sink.mail_to(&email, sent[side]).await;
                }
            }
            assert_eq!(said[0], said[1], "{path} tells who is there");
        }
        let [known, unknown] = times.map(median);
        assert!(
            unknown > known * 0.5 && unknown < known * 2.0,
            "{path}: known {known:.5} s, unknown {unknown:.5} s at the median"
        );
        medians.push(known.max(unknown));
    }
    // A password that is hashed shows: signing in does it, and the others only after their answer.
    let (hashing, others) = (medians[0], &medians[1..]);
    assert!(others.iter().all(|other| hashing > other * 2.0), "{medians:?} s");
    server.stop().await;
}
