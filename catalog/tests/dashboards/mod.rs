//! Dashboards: who sees and changes them, and what becomes of them when several do at once.

mod history;
mod made_from;
mod views;
mod widgets;

use std::sync::Arc;

use aloftly_catalog::dashboards::{
    Dashboard, DashboardChange, DashboardSource, Document, IfMatch, NewDashboard, Visibility,
};
use aloftly_catalog::plans::{Limit, Tier};
use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    Actor, CatalogError, DashboardId, KeyScope, NewStore, OrgRole, Origin, Provisioned, Tenant, UserId, WorkspaceId,
    WorkspaceRole,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::FixedClock;
use futures::future::join_all;

/// An organisation with people of every kind, of whom Ann and Bob edit its workspace.
pub(crate) struct World {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) database: TestDatabase,
    pub(crate) tenant: Tenant,
    pub(crate) made: Provisioned,
    pub(crate) ann: Tenant,
    pub(crate) anns_id: UserId,
    pub(crate) bob: Tenant,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-23T12:00:00Z".parse().unwrap()));
        let database = TestDatabase::with_clock(clock.clone()).await;
        let (tenant, made) = database.organization("acme").await;
        let mut world = Vec::new();
        for name in ["ann", "bob"] {
            let email = format!("{name}@acme.test");
            let user = database.member(made.organization, &email, OrgRole::Member).await;
            tenant.set_workspace_role(made.workspace, user, WorkspaceRole::Editor).await.unwrap();
            world.push((user, database.as_person(&email).await.0));
        }
        let [(anns_id, ann), (_, bob)] = <[_; 2]>::try_from(world).unwrap();
        Self { clock, database, tenant, made, ann, anns_id, bob }
    }

    /// Somebody with that role in the organisation, and that one in its workspace if any.
    pub(crate) async fn person(&self, name: &str, role: OrgRole, place: Option<WorkspaceRole>) -> Tenant {
        let email = format!("{name}@acme.test");
        let user = self.database.member(self.made.organization, &email, role).await;
        if let Some(place) = place {
            self.tenant.set_workspace_role(self.made.workspace, user, place).await.unwrap();
        }
        self.database.as_person(&email).await.0
    }

    /// The organisation's owner.
    pub(crate) async fn owner(&self) -> Tenant {
        self.database.as_person("owner@acme.test").await.0
    }

    /// A dashboard of the workspace that is to be.
    pub(crate) fn new_dashboard(&self, name: &str, visibility: Visibility) -> NewDashboard {
        let workspace = self.made.workspace;
        NewDashboard { workspace, name: name.to_owned(), visibility, from: DashboardSource::Nothing }
    }

    /// A dashboard of Ann's, which the workspace sees.
    pub(crate) async fn dashboard(&self) -> Dashboard {
        self.ann.create_dashboard(&self.new_dashboard("Shared", Visibility::Workspace)).await.unwrap()
    }

    /// Another workspace, with a store.
    pub(crate) async fn elsewhere(&self) -> (WorkspaceId, StoreId) {
        let workspace = self.tenant.create_workspace("elsewhere").await.unwrap();
        let store = NewStore {
            name: "elsewhere".to_owned(),
            currency: "EUR".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: chrono::Weekday::Mon,
        };
        (workspace, self.tenant.create_store(workspace, &store).await.unwrap())
    }
}

/// What a dashboard is already, under another name.
pub(crate) fn renamed(dashboard: &Dashboard, name: &str) -> DashboardChange {
    DashboardChange {
        name: name.to_owned(),
        description: dashboard.summary.description.clone(),
        visibility: dashboard.summary.visibility,
        document: dashboard.document.clone(),
    }
}

/// The revision that a dashboard was told at.
pub(crate) fn at(dashboard: &Dashboard) -> IfMatch {
    IfMatch::Revisions(vec![dashboard.summary.revision])
}

async fn names(tenant: &Tenant) -> Vec<String> {
    tenant.dashboards(None).await.unwrap().into_iter().map(|dashboard| dashboard.name).collect()
}

fn outcome<T: std::fmt::Debug>(result: Result<T, CatalogError>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(CatalogError::NotFound(what)) => format!("no {what}"),
        Err(CatalogError::Forbidden(role)) => format!("for {role}s"),
        Err(CatalogError::NeedsPerson) => "for people".to_owned(),
        Err(CatalogError::Stale) => "stale".to_owned(),
        Err(CatalogError::NotTheMaker(what)) => format!("another's {what}"),
        Err(CatalogError::LacksScope(scope)) => format!("without {scope}"),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_dashboard_is_seen_by_those_of_its_workspace_and_a_private_one_by_its_owner_alone() {
    let world = World::new().await;
    let shared = world.dashboard().await;
    let own = world.ann.create_dashboard(&world.new_dashboard("Own", Visibility::Private)).await.unwrap();
    let owner = world.owner().await;
    let admin = world.person("admin", OrgRole::Admin, None).await;
    let looking = world.person("looking", OrgRole::Member, Some(WorkspaceRole::Viewer)).await;
    let outside = world.person("outside", OrgRole::Member, None).await;
    let viewer = world.person("viewer", OrgRole::Viewer, Some(WorkspaceRole::Editor)).await;
    let token = world.database.api_key("owner@acme.test", &[KeyScope::MetricsRead]).await;
    let key = world.database.catalog().authenticate_key(token.expose(), &Origin::default()).await.unwrap();
    let key = world.database.catalog().tenant(key.context);

    assert_eq!(names(&world.ann).await, ["Own", "Shared"]);
    let (all, none) = (vec!["Shared".to_owned()], Vec::<String>::new());
    let revision = at(&shared);
    // Who, what they see, whether they edit and share it, and what becomes of a change of theirs, of a stale one, and of a change of
    // Ann's own.
    let cases = [
        ("owner", &owner, &all, (true, true), ["done", "stale", "no dashboard"]),
        ("admin", &admin, &all, (true, true), ["done", "stale", "no dashboard"]),
        ("editor", &world.bob, &all, (true, true), ["done", "stale", "no dashboard"]),
        ("looking", &looking, &all, (false, true), ["for editors", "for editors", "no dashboard"]),
        ("viewer", &viewer, &all, (false, false), ["for editors", "for editors", "no dashboard"]),
        ("key", &key, &all, (false, false), ["for people", "for people", "no dashboard"]),
        ("outside", &outside, &none, (false, false), ["no dashboard"; 3]),
    ];
    for (who, acting, seen, (edits, shares), expected) in cases {
        assert_eq!(&names(acting).await, seen, "{who}");
        if !seen.is_empty() {
            let found = acting.dashboard(shared.summary.id).await.unwrap();
            assert_eq!((found.document, found.summary.name), (shared.document.clone(), "Shared".to_owned()), "{who}");
            let may = found.summary.may;
            assert_eq!((may.edit, may.delete, may.share), (edits, edits, shares), "{who}");
        }
        assert_eq!(outcome(acting.dashboard(own.summary.id).await), "no dashboard", "{who}");
        let same = renamed(&shared, "Shared");
        let change =
            async |id: DashboardId, if_match: &IfMatch| outcome(acting.save_dashboard(id, if_match, &same).await);
        let stale = IfMatch::Revisions(vec![7]);
        let found = [
            change(shared.summary.id, &revision).await,
            change(shared.summary.id, &stale).await,
            change(own.summary.id, &revision).await,
        ];
        assert_eq!(found, expected, "{who}");
        let refused = outcome(acting.delete_dashboard(own.summary.id, &IfMatch::Any).await);
        assert_eq!(refused, "no dashboard", "{who}");
    }
    assert_eq!(outcome(world.tenant.dashboard(own.summary.id).await), "no dashboard", "nor does the program see it");
    let (elsewhere, _) = world.elsewhere().await;
    assert_eq!(outcome(looking.dashboards(Some(elsewhere)).await), "no workspace");
    assert!(owner.dashboards(Some(elsewhere)).await.unwrap().is_empty());
    assert_eq!(owner.dashboards(Some(world.made.workspace)).await.unwrap().len(), 1);
    world.database.close().await;
}

#[tokio::test]
async fn of_two_who_save_at_once_one_is_told_that_it_is_stale() {
    let world = World::new().await;
    let dashboard = world.dashboard().await;
    let changes: Vec<_> = (0..6).map(|number| renamed(&dashboard, &format!("Name {number}"))).collect();
    let revision = at(&dashboard);
    let saves = changes.iter().enumerate().map(|(number, change)| {
        let acting = if number % 2 == 0 { &world.ann } else { &world.bob };
        acting.save_dashboard(dashboard.summary.id, &revision, change)
    });
    let outcomes = join_all(saves).await;
    let saved: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(saved.len(), 1, "{outcomes:?}");
    let is_stale = |outcome: &Result<Dashboard, CatalogError>| matches!(outcome, Err(CatalogError::Stale));
    assert_eq!(outcomes.iter().filter(|outcome| is_stale(outcome)).count(), 5, "{outcomes:?}");
    let now = world.ann.dashboard(dashboard.summary.id).await.unwrap();
    assert_eq!((now.summary.revision, &now.summary.name), (2, &saved[0].summary.name));
    // Whoever says so saves over whatever is there, and is the next.
    let over = world.bob.save_dashboard(now.summary.id, &IfMatch::Any, &renamed(&now, "Over")).await.unwrap();
    assert_eq!((over.summary.revision, over.summary.updated_by.unwrap().name.as_str()), (3, "bob@acme.test"));
    assert_eq!(over.summary.created_by.unwrap().id, world.anns_id);
    assert_eq!(outcome(world.ann.delete_dashboard(now.summary.id, &at(&now)).await), "stale");
    world.ann.delete_dashboard(now.summary.id, &IfMatch::Revisions(vec![1, 3])).await.unwrap();
    assert_eq!(outcome(world.ann.dashboard(now.summary.id).await), "no dashboard");
    world.database.close().await;
}

#[tokio::test]
async fn a_private_one_goes_with_its_owners_membership() {
    let world = World::new().await;
    let shared = world.dashboard().await;
    world.ann.create_dashboard(&world.new_dashboard("Own", Visibility::Private)).await.unwrap();
    world.tenant.remove_member(world.anns_id).await.unwrap();
    let mut superuser = world.database.connect(world.database.superuser()).await;
    let kept: Vec<String> = sqlx::query_scalar("SELECT name FROM dashboards").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(kept, ["Shared"]);
    let shared = world.bob.dashboard(shared.summary.id).await.unwrap().summary;
    assert_eq!((shared.created_by, shared.updated_by), (None, None), "who is gone is nobody");
    world.database.close().await;
}

#[tokio::test]
async fn a_private_one_goes_with_its_owners_place_in_the_workspace_unless_they_see_all_of_them() {
    let world = World::new().await;
    let admin = world.person("admin", OrgRole::Admin, Some(WorkspaceRole::Editor)).await;
    for (person, name) in [(&world.ann, "Ann's"), (&admin, "The admin's")] {
        person.create_dashboard(&world.new_dashboard(name, Visibility::Private)).await.unwrap();
    }
    world.tenant.remove_from_workspace(world.made.workspace, world.anns_id).await.unwrap();
    let Actor::User { id: admins_id, .. } = admin.context().actor() else { panic!("a person") };
    world.tenant.remove_from_workspace(world.made.workspace, admins_id).await.unwrap();
    let mut superuser = world.database.connect(world.database.superuser()).await;
    let kept: Vec<String> = sqlx::query_scalar("SELECT name FROM dashboards").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(kept, ["The admin's"]);
    assert_eq!(names(&admin).await, ["The admin's"]);
    world.database.close().await;
}

#[tokio::test]
async fn who_may_only_look_any_more_can_still_delete_what_is_their_own() {
    let world = World::new().await;
    let own = world.ann.create_dashboard(&world.new_dashboard("Own", Visibility::Private)).await.unwrap();
    let shared = world.dashboard().await;
    world.tenant.set_workspace_role(world.made.workspace, world.anns_id, WorkspaceRole::Viewer).await.unwrap();
    let may = |dashboard: Dashboard| (dashboard.summary.may.edit, dashboard.summary.may.delete);
    assert_eq!(may(world.ann.dashboard(own.summary.id).await.unwrap()), (false, true));
    assert_eq!(may(world.ann.dashboard(shared.summary.id).await.unwrap()), (false, false));
    let refused = world.ann.save_dashboard(own.summary.id, &IfMatch::Any, &renamed(&own, "Other")).await;
    assert!(refused.is_err());
    assert!(world.ann.delete_dashboard(shared.summary.id, &IfMatch::Any).await.is_err());
    world.ann.delete_dashboard(own.summary.id, &IfMatch::Any).await.unwrap();
    world.database.close().await;
}

#[tokio::test]
async fn only_who_made_a_dashboard_keeps_it_to_themselves() {
    let world = World::new().await;
    let dashboard = world.dashboard().await;
    let id = dashboard.summary.id;
    let to = |visibility: Visibility| DashboardChange { visibility, ..renamed(&dashboard, "Shared") };
    let refused = world.bob.save_dashboard(id, &IfMatch::Any, &to(Visibility::Private)).await;
    assert_eq!(outcome(refused), "another's dashboard");
    let public = world.bob.save_dashboard(id, &IfMatch::Any, &to(Visibility::Public)).await.unwrap();
    assert_eq!(public.summary.visibility, Visibility::Public);
    world.ann.save_dashboard(id, &IfMatch::Any, &to(Visibility::Private)).await.unwrap();
    assert_eq!(outcome(world.bob.dashboard(id).await), "no dashboard");
    assert_eq!(outcome(world.owner().await.dashboard(id).await), "no dashboard");
    world.ann.save_dashboard(id, &IfMatch::Any, &to(Visibility::Workspace)).await.unwrap();
    assert_eq!(outcome(world.bob.dashboard(id).await), "done");
    let told = world.tenant.audit_events(&aloftly_catalog::AuditFilter::default(), None, 100).await.unwrap().events;
    let changes = told.iter().filter(|event| event.action == "dashboard.visibility_changed");
    let changes: Vec<_> = changes.map(|event| event.detail.clone()).collect();
    let expected = [
        serde_json::json!({ "from": "private", "to": "workspace" }),
        serde_json::json!({ "from": "public", "to": "private" }),
        serde_json::json!({ "from": "workspace", "to": "public" }),
    ];
    assert_eq!(changes, expected);
    world.database.close().await;
}

#[tokio::test]
async fn of_many_who_want_the_last_dashboard_of_a_plan_at_once_one_gets_it() {
    let world = World::new().await;
    world.tenant.set_plan(Tier::Free).await.unwrap();
    for name in ["first", "second"] {
        world.ann.create_dashboard(&world.new_dashboard(name, Visibility::Private)).await.unwrap();
    }
    let wanted: Vec<_> =
        (0..6).map(|number| world.new_dashboard(&format!("third {number}"), Visibility::Workspace)).collect();
    let outcomes = join_all(wanted.iter().map(|new| world.bob.create_dashboard(new))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let is_full = |error: &CatalogError| {
        matches!(error, CatalogError::PlanLimit { limit: Limit::Dashboards, allowed: 3, used: 3, plan: Tier::Free })
    };
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(is_full), "{outcomes:?}");
    assert_eq!(world.tenant.plan().await.unwrap().usage.dashboards, 3, "private ones count");
    world.database.close().await;
}

#[tokio::test]
async fn a_document_is_checked_and_names_stores_of_its_workspace_alone() {
    let world = World::new().await;
    let dashboard = world.dashboard().await;
    let (_, foreign) = world.elsewhere().await;
    let places = async |document: Document| {
        let change = DashboardChange { document, ..renamed(&dashboard, "Shared") };
        match world.ann.save_dashboard(dashboard.summary.id, &IfMatch::Any, &change).await {
            Err(CatalogError::WrongDocument { faults, at }) => {
                assert_eq!(at, "");
                faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    let mut wrong = dashboard.document.clone();
    wrong.settings.range = "soon".to_owned();
    wrong.settings.stores = Some(vec![world.made.stores[0], foreign]);
    assert_eq!(places(wrong.clone()).await, ["/settings/range", "/settings/stores/1"]);
    let from = DashboardSource::Document(wrong);
    let new = NewDashboard { from, ..world.new_dashboard("Wrong", Visibility::Workspace) };
    assert!(matches!(world.ann.create_dashboard(&new).await, Err(CatalogError::WrongDocument { .. })));
    let mut right = dashboard.document.clone();
    right.settings.stores = Some(world.made.stores.clone());
    let change = DashboardChange { document: right.clone(), ..renamed(&dashboard, "Shared") };
    let saved = world.ann.save_dashboard(dashboard.summary.id, &IfMatch::Any, &change).await.unwrap();
    assert_eq!((saved.document, saved.summary.revision), (right, 2));
    world.database.close().await;
}

#[tokio::test]
async fn people_are_told_what_they_keep_to_themselves() {
    let world = World::new().await;
    world.dashboard().await;
    let own = world.ann.create_dashboard(&world.new_dashboard("Own", Visibility::Private)).await.unwrap();
    let view = aloftly_catalog::dashboards::SavedViewChange {
        name: "Week".to_owned(),
        search: "range=last_7_days".to_owned(),
        is_shared: false,
    };
    world.ann.create_saved_view(own.summary.id, &view).await.unwrap();
    let person = world.ann.person().unwrap();
    let (dashboards, views) = person.own_dashboards(world.made.organization).await.unwrap();
    assert_eq!((dashboards.len(), &dashboards[0]["name"]), (1, &serde_json::json!("Own")));
    assert_eq!(dashboards[0]["document"], serde_json::to_value(&own.document).unwrap());
    assert_eq!((views.len(), &views[0]["dashboard"]), (1, &serde_json::json!("Own")));
    let bobs = world.bob.person().unwrap().own_dashboards(world.made.organization).await.unwrap();
    assert_eq!(bobs, (Vec::new(), Vec::new()));
    world.tenant.remove_member(world.anns_id).await.unwrap();
    let gone = person.own_dashboards(world.made.organization).await.unwrap();
    assert_eq!(gone, (Vec::new(), Vec::new()), "whoever left is told nothing more");
    world.database.close().await;
}
