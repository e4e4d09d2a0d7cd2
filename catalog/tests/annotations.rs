//! What happened: what people note, and the times in which sources were not read.

use std::collections::BTreeMap;
use std::time::Duration;

use aloftly_catalog::{
    Annotation, AnnotationChange, AnnotationKind, CatalogError, IngestContext, KeyScope, NewAnnotation, OrgRole,
    Origin, SyncGap, SyncKind, Tenant, WorkspaceRole,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::Clock as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::connections::connected;
use crate::dashboards::World;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn sale(title: &str, first: &str, last: &str) -> AnnotationChange {
    AnnotationChange {
        kind: AnnotationKind::Sale,
        title: title.to_owned(),
        body: "Everything".to_owned(),
        first_day: day(first),
        last_day: day(last),
    }
}

fn november() -> (NaiveDate, NaiveDate) {
    (day("2026-11-01"), day("2026-11-30"))
}

fn outcome<T: std::fmt::Debug>(result: Result<T, CatalogError>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(CatalogError::NotFound(what)) => format!("no {what}"),
        Err(CatalogError::Forbidden(role)) => format!("for {role}s"),
        Err(CatalogError::NeedsPerson) => "for people".to_owned(),
        Err(CatalogError::Invalid { field, .. }) => format!("wrong {field}"),
        Err(other) => panic!("{other:?}"),
    }
}

impl World {
    fn note(&self, store: Option<StoreId>, says: AnnotationChange) -> NewAnnotation {
        NewAnnotation { workspace: self.made.workspace, store, says }
    }

    async fn noted(&self, acting: &Tenant, stores: &[StoreId]) -> Vec<Annotation> {
        acting.annotations(self.made.workspace, stores, november()).await.unwrap()
    }
}

fn titles(annotations: &[Annotation]) -> Vec<&str> {
    annotations.iter().map(|annotation| annotation.title.as_str()).collect()
}

#[tokio::test]
async fn what_is_noted_is_seen_on_its_days_by_whoever_sees_the_workspace() {
    let world = World::new().await;
    let store = world.made.stores[0];
    let looking = world.person("looking", OrgRole::Member, Some(WorkspaceRole::Viewer)).await;
    let outside = world.person("outside", OrgRole::Member, None).await;
    let made = world.ann.create_annotation(&world.note(None, sale("Late", "2026-11-20", "2026-12-02"))).await.unwrap();
    assert_eq!((made.kind, made.store, made.created_by.unwrap().id), (AnnotationKind::Sale, None, world.anns_id));
    world.bob.create_annotation(&world.note(Some(store), sale("Early", "2026-10-20", "2026-11-01"))).await.unwrap();
    world.bob.create_annotation(&world.note(None, sale("Before", "2026-10-20", "2026-10-31"))).await.unwrap();
    world.bob.create_annotation(&world.note(None, sale("After", "2026-12-01", "2026-12-01"))).await.unwrap();
    for acting in [&world.ann, &looking, &world.owner().await] {
        assert_eq!(titles(&world.noted(acting, &[]).await), ["Early", "Late"]);
        assert_eq!(titles(&world.noted(acting, &[store]).await), ["Early", "Late"]);
    }
    assert_eq!(outcome(outside.annotations(world.made.workspace, &[], november()).await), "no workspace");
    let (elsewhere, other) = world.elsewhere().await;
    let owner = world.owner().await;
    assert!(owner.annotations(elsewhere, &[], november()).await.unwrap().is_empty());
    let mixed = owner.annotations(world.made.workspace, &[store, other], november()).await;
    assert_eq!(outcome(mixed), "no store", "which is none of the workspace");
    let token = world.database.api_key("owner@acme.test", &[KeyScope::MetricsRead]).await;
    let key = world.database.catalog().authenticate_key(token.expose(), &Origin::default()).await.unwrap();
    let key = world.database.catalog().tenant(key.context);
    assert_eq!(titles(&world.noted(&key, &[]).await), ["Early", "Late"]);
    let refused = key.create_annotation(&world.note(None, sale("Keys", "2026-11-02", "2026-11-02"))).await;
    assert_eq!(outcome(refused), "for people");
    world.database.close().await;
}

#[tokio::test]
async fn editors_note_change_and_delete_and_others_do_not() {
    let world = World::new().await;
    let looking = world.person("looking", OrgRole::Member, Some(WorkspaceRole::Viewer)).await;
    let viewer = world.person("viewer", OrgRole::Viewer, Some(WorkspaceRole::Editor)).await;
    let outside = world.person("outside", OrgRole::Member, None).await;
    let says = || sale("Black Friday", "2026-11-27", "2026-11-27");
    let new = world.note(None, says());
    let made = world.ann.create_annotation(&new).await.unwrap();
    for (acting, refused) in [(&looking, "for editors"), (&viewer, "for editors"), (&outside, "no workspace")] {
        assert_eq!(outcome(acting.create_annotation(&new).await), refused);
        let refused = if refused == "no workspace" { "no annotation" } else { refused };
        assert_eq!(outcome(acting.change_annotation(made.id, &says()).await), refused);
        assert_eq!(outcome(acting.delete_annotation(made.id).await), refused);
    }
    let (_, other) = world.elsewhere().await;
    assert_eq!(outcome(world.ann.create_annotation(&world.note(Some(other), says())).await), "no store");

    let to = AnnotationChange {
        kind: AnnotationKind::Test,
        body: String::new(),
        ..sale("Test", "2026-11-02", "2026-11-09")
    };
    let changed = world.bob.change_annotation(made.id, &to).await.unwrap();
    assert_eq!((changed.kind, changed.title.as_str(), changed.last_day), (to.kind, "Test", to.last_day));
    assert_eq!(changed.created_by.unwrap().id, world.anns_id, "whoever changes it");
    world.bob.delete_annotation(made.id).await.unwrap();
    assert_eq!(outcome(world.bob.delete_annotation(made.id).await), "no annotation");

    let with = |says: AnnotationChange| world.note(None, says);
    for (wrong, field) in [
        (with(AnnotationChange { kind: AnnotationKind::SyncGap, ..says() }), "kind"),
        (with(AnnotationChange { kind: AnnotationKind::StockOut, ..says() }), "kind"),
        (with(AnnotationChange { title: " ".to_owned(), ..says() }), "title"),
        (with(AnnotationChange { body: "x".repeat(2_001), ..says() }), "body"),
        (with(sale("Backwards", "2026-11-02", "2026-11-01")), "last_day"),
        (with(sale("Long ago", "1969-11-02", "2026-11-01")), "first_day"),
    ] {
        assert_eq!(outcome(world.ann.create_annotation(&wrong).await), format!("wrong {field}"));
        assert_eq!(outcome(world.ann.change_annotation(made.id, &wrong.says).await), format!("wrong {field}"));
    }
    assert!(world.noted(&world.ann, &[]).await.is_empty());
    world.database.close().await;
}

/// How long providers may go unread.
fn patience() -> BTreeMap<&'static str, TimeDelta> {
    [("shopify", TimeDelta::hours(2))].into()
}

async fn gaps(world: &World, acting: &Tenant, from: DateTime<Utc>) -> Vec<SyncGap> {
    acting.sync_gaps(&world.made.stores, &patience(), (from, world.clock.now())).await.unwrap()
}

#[tokio::test]
async fn a_source_that_was_not_read_for_longer_than_it_may_is_a_gap_until_it_is_read_again() {
    let world = World::new().await;
    let ingesting = world.database.catalog().tenant(IngestContext::new(world.made.organization, "a test"));
    let connection = connected(&world.tenant, world.made.stores[0], "shop").await;
    let begun = world.clock.now();
    // Reads once, which takes ten minutes; when it began.
    let read = async |kind: Option<SyncKind>| {
        let job = match kind {
            Some(kind) => world.tenant.request_sync(connection.id, &kind).await.unwrap().id,
            None => world.tenant.sync_jobs(connection.id, None, 1).await.unwrap().jobs[0].id,
        };
        let (worker, at) = (world.clock.new_id(), world.clock.now());
        ingesting.claim_sync(job, worker).await.unwrap().unwrap();
        world.clock.advance(Duration::from_secs(600));
        ingesting.finish_sync(job, worker, false).await.unwrap();
        at
    };
    let hours = |count: u64| world.clock.advance(Duration::from_secs(count * 3_600));
    read(None).await;
    assert!(gaps(&world, &world.tenant, begun).await.is_empty());
    hours(1);
    let last = read(Some(SyncKind::Incremental)).await;
    hours(2);
    assert!(gaps(&world, &world.tenant, begun).await.is_empty(), "not longer than it may");
    hours(1);
    let open = gaps(&world, &world.tenant, begun).await;
    let expected =
        SyncGap { store: world.made.stores[0], provider: "shopify".to_owned(), began_at: last, ended_at: None };
    assert_eq!(open, std::slice::from_ref(&expected));
    // A reading of some things is none of everything.
    read(Some(SyncKind::Reconcile)).await;
    assert_eq!(gaps(&world, &world.tenant, begun).await, std::slice::from_ref(&expected));
    let again = read(Some(SyncKind::Incremental)).await;
    let over = [SyncGap { ended_at: Some(again), ..expected }];
    assert_eq!(gaps(&world, &world.tenant, begun).await, over);
    assert_eq!(gaps(&world, &world.tenant, again - TimeDelta::seconds(1)).await, over, "whenever it began");
    assert!(gaps(&world, &world.tenant, again).await.is_empty(), "what was over before is not told");
    let until = last - TimeDelta::seconds(1);
    let before = world.tenant.sync_gaps(&world.made.stores, &patience(), (begun, until)).await.unwrap();
    assert!(before.is_empty(), "nor what comes later");
    let unknown = world.tenant.sync_gaps(&world.made.stores, &BTreeMap::new(), (begun, world.clock.now())).await;
    assert!(unknown.unwrap().is_empty(), "nothing is expected of who is not known");

    let outside = world.person("outside", OrgRole::Member, None).await;
    assert!(gaps(&world, &outside, begun).await.is_empty(), "of stores that one does not see");
    assert_eq!(gaps(&world, &world.ann, begun).await, over);
    // Whom nobody reads any more nobody waits for.
    world.tenant.disconnect(connection.id).await.unwrap();
    hours(100);
    assert_eq!(gaps(&world, &world.tenant, begun).await, over);
    world.database.close().await;
}
