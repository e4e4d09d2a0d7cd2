//! What dashboards were.

use std::time::Duration;

use aloftly_catalog::dashboards::{Dashboard, DashboardChange, IfMatch, Revision, Visibility};
use aloftly_catalog::{DashboardId, DashboardRevisionId, Tenant};
use uuid::Uuid;

use super::{World, at, outcome, renamed};

async fn history(tenant: &Tenant, id: DashboardId) -> Vec<Revision> {
    let page = tenant.dashboard_history(id, None, 200).await.unwrap();
    assert_eq!(page.next_cursor, None);
    page.revisions
}

/// What each entry says that the dashboard was called, the newest first, with its revision.
async fn told(tenant: &Tenant, id: DashboardId) -> Vec<(String, i64)> {
    history(tenant, id).await.into_iter().map(|entry| (entry.name, entry.revision)).collect()
}

fn entry(name: &str, revision: i64) -> (String, i64) {
    (name.to_owned(), revision)
}

async fn save(tenant: &Tenant, before: &Dashboard, name: &str) -> Dashboard {
    tenant.save_dashboard(before.summary.id, &at(before), &renamed(before, name)).await.unwrap()
}

#[tokio::test]
async fn saves_of_one_person_within_ten_minutes_are_one_entry_of_the_history() {
    let world = World::new().await;
    let first = world.dashboard().await;
    let id = first.summary.id;
    assert_eq!(told(&world.ann, id).await, [entry("Shared", 1)]);
    world.clock.advance(Duration::from_secs(300));
    let second = save(&world.ann, &first, "Second").await;
    world.clock.advance(Duration::from_secs(299));
    let third = save(&world.ann, &second, "Third").await;
    let one = history(&world.bob, id).await;
    assert_eq!((one.len(), one[0].name.as_str(), one[0].revision), (1, "Third", 3));
    assert_eq!((one[0].saved_at - one[0].begun_at).num_seconds(), 599);
    assert_eq!(one[0].saved_by.as_ref().unwrap().id, world.anns_id);

    // The ten minutes are those since it was begun.
    world.clock.advance(Duration::from_secs(1));
    let fourth = save(&world.ann, &third, "Fourth").await;
    assert_eq!(told(&world.ann, id).await, [entry("Fourth", 4), entry("Third", 3)]);
    let fifth = save(&world.bob, &fourth, "Fifth").await;
    let sixth = save(&world.ann, &fifth, "Sixth").await;
    let expected = [entry("Sixth", 6), entry("Fifth", 5), entry("Fourth", 4), entry("Third", 3)];
    assert_eq!(told(&world.ann, id).await, expected, "each person's saves are their own");

    // Where nothing is changed, nothing is kept.
    let same = save(&world.ann, &sixth, "Sixth").await;
    assert_eq!(same, sixth);
    // What is saved over without a look at it is there to go back to.
    world.ann.save_dashboard(id, &IfMatch::Any, &renamed(&sixth, "Seventh")).await.unwrap();
    assert_eq!(told(&world.ann, id).await[..2], [entry("Seventh", 7), entry("Sixth", 6)]);
    world.database.close().await;
}

#[tokio::test]
async fn what_a_dashboard_was_can_be_seen_and_made_again() {
    let world = World::new().await;
    let first = world.dashboard().await;
    let id = first.summary.id;
    let mut document = first.document.clone();
    document.settings.range = "yesterday".to_owned();
    let change = DashboardChange { document, description: "why".to_owned(), ..renamed(&first, "Second") };
    let second = world.bob.save_dashboard(id, &at(&first), &change).await.unwrap();
    let entries = history(&world.ann, id).await;
    let (was, document) = world.ann.dashboard_at(id, entries[1].id).await.unwrap();
    assert_eq!((was.name.as_str(), was.revision, &document), ("Shared", 1, &first.document));

    let refused = world.ann.restore_dashboard(id, &at(&first), entries[1].id).await;
    assert_eq!(outcome(refused), "stale");
    let again = world.ann.restore_dashboard(id, &at(&second), entries[1].id).await.unwrap();
    assert_eq!((again.summary.name.as_str(), again.summary.revision), ("Shared", 3));
    assert_eq!((&again.document, again.summary.description.as_str()), (&first.document, "why"));
    let expected = [entry("Shared", 3), entry("Second", 2), entry("Shared", 1)];
    assert_eq!(told(&world.ann, id).await, expected, "what it was until then stays");
    // What is saved next is not put to what was there before.
    save(&world.ann, &again, "Fourth").await;
    assert_eq!(told(&world.ann, id).await[..2], [entry("Fourth", 4), entry("Second", 2)]);

    let other = world.dashboard().await;
    let unknown = DashboardRevisionId(Uuid::from_u128(7));
    for (dashboard, revision) in [(other.summary.id, entries[1].id), (id, unknown)] {
        assert_eq!(outcome(world.ann.dashboard_at(dashboard, revision).await), "no revision");
        let refused = world.ann.restore_dashboard(dashboard, &IfMatch::Any, revision).await;
        assert_eq!(outcome(refused), "no revision");
    }
    world.database.close().await;
}

#[tokio::test]
async fn what_somebody_tried_for_themselves_is_not_in_the_history_that_others_read() {
    let world = World::new().await;
    let own = world.ann.create_dashboard(&world.new_dashboard("Salaries", Visibility::Private)).await.unwrap();
    let id = own.summary.id;
    world.clock.advance(Duration::from_secs(3600));
    let draft = save(&world.ann, &own, "Draft").await;
    assert_eq!(told(&world.ann, id).await, [entry("Draft", 2), entry("Salaries", 1)]);
    let change = DashboardChange { visibility: Visibility::Workspace, ..renamed(&draft, "Morning") };
    let public = world.ann.save_dashboard(id, &at(&draft), &change).await.unwrap();
    assert_eq!(told(&world.bob, id).await, [entry("Morning", 3)]);
    // From here on it goes on as of any other.
    world.clock.advance(Duration::from_secs(3600));
    save(&world.bob, &public, "Evening").await;
    assert_eq!(told(&world.bob, id).await, [entry("Evening", 4), entry("Morning", 3)]);
    world.database.close().await;
}

#[tokio::test]
async fn the_newest_hundred_are_kept_and_read_page_by_page() {
    let world = World::new().await;
    let mut dashboard = world.dashboard().await;
    let id = dashboard.summary.id;
    for number in 2..=104 {
        dashboard =
            world.ann.save_dashboard(id, &IfMatch::Any, &renamed(&dashboard, &format!("Name {number}"))).await.unwrap();
    }
    let (mut cursor, mut read) = (None, Vec::new());
    loop {
        let page = world.ann.dashboard_history(id, cursor, 30).await.unwrap();
        assert!(page.revisions.len() <= 30);
        read.extend(page.revisions.into_iter().map(|entry| entry.revision));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read, (5..=104).rev().collect::<Vec<_>>());
    world.database.close().await;
}
