//! A canary: a text that is in everything that one organisation has, and in nothing that anybody else is told.
//!
//! It is put there by the ways that people and programs have. That it is in every column that can hold text is looked
//! up in the database, and that the organisation's own people see it is asked first: without that, the rest would
//! prove nothing. Then the owner and a viewer of another organisation, a program of theirs with every scope, and
//! nobody in particular ask every route of the API, with their own ids and with those of the canary's organisation,
//! and every kind of question about figures, after its own people have asked the same.

mod columns;
mod files;
mod questions;
mod shown;
mod two;

use std::collections::BTreeSet;
use std::time::Duration;

use aloftly_catalog::OrgRole;
use futures::future::join_all;
use serde_json::{Map, Value, json};

use self::columns::{EMPTY, WITHOUT};
use self::questions::{IMPERSONAL, TELLING, of_stores, questions, readings};
use self::shown::{AMOUNTS, CANARY, Told, with_canary};
use self::two::Two;
use crate::routes::{Things, new_things, request, routes};
use crate::support::{Client, by_hand, figures};

const QUERY: &str = "/api/metrics/query";
const BATCH: &str = "/api/metrics/batch";

#[tokio::test]
async fn every_column_that_can_hold_text_holds_the_canary_or_is_known_not_to() {
    let Two { world, server, b, .. } = Two::new().await;
    let columns = world.database.look_for(b.organization, CANARY).await;
    let name = |table: &str, column: &str| format!("{table}.{column}");
    let known: BTreeSet<String> = columns.iter().map(|found| name(&found.table, &found.column)).collect();
    for (without, reason) in WITHOUT {
        assert!(known.contains(without), "there is no {without} any more, which was {reason}");
    }
    for found in &columns {
        let name = name(&found.table, &found.column);
        if found.rows == 0 {
            assert!(EMPTY.contains(&found.table.as_str()), "{name} has no row: say with what it is filled");
        } else {
            let excused = WITHOUT.iter().any(|(without, _)| *without == name);
            assert!(found.holding > 0 || excused, "{name} holds no canary in {} rows: put one there", found.rows);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn no_route_tells_the_canary_to_anybody_but_its_own() {
    let two = Two::new().await;
    let Two { world, server, a, b, .. } = &two;
    let theirs = b.things;
    let routes = routes();
    // Its own people see it wherever there is something of theirs to see.
    for route in &routes {
        let reads = route.starts_with("GET ") || route.starts_with("POST /api/metrics/");
        if reads && !IMPERSONAL.contains(&route.as_str()) {
            let told = Told::by(request(&b.owner, route, &theirs)).await;
            assert_eq!((told.status, told.shown()), (200, Some(CANARY)), "{route}: {}", told.body);
        }
    }
    for path in readings(&theirs).iter().filter(|path| path.starts_with("/api/") && path.contains('?')) {
        let told = Told::by(b.owner.get(path)).await;
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        let found = told.shown().is_some();
        assert!(found || path.contains("cursor=") || path.contains("actor_id="), "{path}: {}", told.body);
    }

    let mut askers = two.askers();
    let mut ours = new_things(world, &a.tenant, &a.made, a.import, routes.len()).await;
    let mut well_answered = 0;
    for (number, route) in routes.iter().enumerate() {
        // So that no limit is met.
        world.clock.advance(Duration::from_secs(300));
        if route.contains('{') {
            // Those before may be gone.
            ours = new_things(world, &a.tenant, &a.made, a.import, number).await;
        }
        let mut of = vec![("their own", ours), ("the other's", theirs)];
        if route.matches('{').count() > 1 {
            of.push(("their own place's and the other's member's", Things { member: theirs.member, ..ours }));
            of.push(("the other's place's and their own member's", Things { workspace: theirs.workspace, ..ours }));
        }
        for asker in &mut askers {
            for (whose, things) in &of {
                let told = Told::by(request(&asker.client, route, things)).await;
                told.keeps_quiet(asker.who, &format!("{route} with {whose} ids"));
                if *whose == "their own" {
                    let stray = theirs.ids().into_iter().find(|id| told.body.contains(&id.to_string()));
                    assert_eq!(stray, None, "{route}, asked by {}, names it: {}", asker.who, told.body);
                    let is_owner = asker.email == Some("owner@a.test");
                    well_answered += usize::from(is_owner && (200..300).contains(&told.status));
                }
                asker.stay_in(server).await;
            }
        }
        // Whoever was made the owner is not in the way of what comes next.
        a.tenant.change_role(a.made.owner, OrgRole::Owner).await.unwrap();
    }
    assert!(well_answered >= 30, "the owner was answered well {well_answered} times: the walk asked for little");

    for asker in &askers {
        for path in [readings(&ours), readings(&theirs)].concat() {
            Told::by(asker.client.get(&path)).await.keeps_quiet(asker.who, &path);
        }
    }
    // Nobody has changed anything of the other's.
    let kept = b.owner.read(&format!("/api/imports/{}", theirs.import)).await;
    assert_eq!(kept["file_name"], with_canary("~ events.csv"));
    for (path, list, id) in [
        ("/api/members", "members", theirs.member),
        ("/api/invites", "invites", theirs.invitation),
        ("/api/api-keys", "api_keys", theirs.key),
        ("/api/sessions", "sessions", theirs.session),
        ("/api/shares", "shares", theirs.share),
        ("/api/dashboards", "dashboards", theirs.dashboard),
        ("/api/templates", "own", theirs.template),
    ] {
        let there = b.owner.read(path).await[list].to_string();
        assert!(there.contains(&id.to_string()), "{path}: {there}");
    }
    assert_eq!(figures(&askers[3].client, a.made.stores[0]).await, by_hand());
    two.server.stop().await;
}

#[tokio::test]
async fn no_question_about_figures_tells_the_canary_to_anybody_but_its_own() {
    let two = Two::new().await;
    let (ours, theirs) = (two.a.made.stores[0].0, two.b.things.store);
    let questions = questions(&two.b.owner.read("/api/metrics").await);
    // Its own people ask first, so that whatever is kept of answers is kept.
    let mut telling = BTreeSet::new();
    let mut etags = Vec::new();
    for (name, question) in &questions {
        let told = Told::by(two.b.owner.post(QUERY).json(question)).await;
        if told.status == 200 && told.json()["rows"].to_string().contains(CANARY) {
            telling.insert(name.as_str());
        }
        let etag = told.head.lines().find_map(|line| line.strip_prefix("etag: "));
        etags.extend(etag.map(|etag| (question, etag.to_owned())));
        Told::by(two.b.program.post(QUERY).json(question)).await;
    }
    let silent: Vec<_> = TELLING.into_iter().filter(|name| !telling.contains(name)).collect();
    assert_eq!(silent, Vec::<&str>::new(), "these show nothing even to those who may see it; those do: {telling:?}");

    let owner = &two.a.owner;
    for (name, question) in &questions {
        for stores in [vec![], vec![theirs], vec![ours, theirs]] {
            let asked = if stores.is_empty() { question.clone() } else { of_stores(question, &stores) };
            let told = Told::by(owner.post(QUERY).json(&asked)).await;
            told.keeps_quiet("another owner", &format!("{name}, of {} named stores", stores.len()));
        }
    }
    // What the other's answer is called says nothing either.
    assert!(etags.len() >= TELLING.len(), "{}", etags.len());
    for (question, etag) in &etags {
        let told = Told::by(owner.post(QUERY).header("if-none-match", etag).json(question)).await;
        assert_ne!(told.status, 304, "{question}");
        told.keeps_quiet("another owner", &question.to_string());
    }
    for asker in two.askers() {
        for together in questions.chunks(20) {
            for stores in [vec![], vec![theirs], vec![ours, theirs]] {
                let stored = |question: &Value| match stores.as_slice() {
                    [] => question.clone(),
                    stores => of_stores(question, stores),
                };
                let batch = together.iter().map(|(name, question)| (name.clone(), stored(question)));
                let batch = json!({ "queries": batch.collect::<Map<String, Value>>() });
                for accepted in ["application/json", "application/x-ndjson"] {
                    let told = Told::by(asker.client.post(BATCH).header("accept", accepted).json(&batch)).await;
                    let expected = if asker.who == "nobody" { 401 } else { 200 };
                    assert_eq!(told.status, expected, "{}: {}", asker.who, told.body);
                    told.keeps_quiet(asker.who, &batch.to_string());
                }
            }
        }
    }
    assert_eq!(figures(owner, ours).await, by_hand());
    two.server.stop().await;
}

/// The same question at the same moment from both organisations, by a person and by a program of each.
async fn at_once(two: &Two, round: u32) {
    let question = json!({
        "metrics": ["shopify.units", "shopify.product_revenue"],
        "group_by": ["product", "vendor"],
        "time_range": { "from": "2026-11-01", "to": "2026-11-19" },
        // Each question is new once, and then kept.
        "limit": 100 + round / 2,
    });
    let batch = json!({ "queries": { "widget": question } });
    let ask = |client: &Client| Told::by(client.post(QUERY).json(&question));
    let ask_together = |client: &Client| Told::by(client.post(BATCH).json(&batch));
    let Two { a, b, .. } = two;
    let (of_a, of_b, of_as_program, of_bs_program) =
        tokio::join!(ask(&a.owner), ask(&b.owner), ask_together(&a.program), ask_together(&b.program));
    let together = |told: &Told| told.json()["answers"]["widget"]["answer"].clone();
    for (answer, told) in [(of_a.json(), &of_a), (together(&of_as_program), &of_as_program)] {
        told.keeps_quiet("another organisation", "the question that both ask");
        let expected = json!({ "shopify.units": 4, "shopify.product_revenue": "42.50" });
        assert_eq!(answer["totals"], expected, "{}", told.body);
        assert!(answer["rows"].to_string().contains("Mug"), "{}", told.body);
    }
    for (answer, told) in [(of_b.json(), &of_b), (together(&of_bs_program), &of_bs_program)] {
        let expected = json!({ "shopify.units": 2, "shopify.product_revenue": AMOUNTS[1] });
        assert_eq!(answer["totals"], expected, "{}", told.body);
        let rows = answer["rows"].to_string();
        assert!(rows.contains(CANARY) && !rows.contains("Mug"), "{}", told.body);
    }
}

#[tokio::test]
async fn two_who_ask_the_same_at_the_same_moment_are_each_told_of_their_own() {
    let two = Two::new().await;
    let rounds: Vec<u32> = (0..50).collect();
    for some in rounds.chunks(5) {
        join_all(some.iter().map(|round| at_once(&two, *round))).await;
    }
    two.server.stop().await;
}
