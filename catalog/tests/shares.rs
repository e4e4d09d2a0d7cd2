//! Links that show figures: who makes and takes them back, what they open, and until when.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::dashboards::{DashboardChange, DashboardSource, Document, IfMatch, NewDashboard, Visibility};
use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    Catalog, CatalogError, DashboardId, NewShare, NewStore, OpenShare, OrgRole, Provisioned, ShareChange, ShareId,
    ShareOf, ShareTicket, ShareToken, ShareVisit, Shows, Tenant, WorkspaceRole,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock as _, FixedClock};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;

struct World {
    clock: Arc<FixedClock>,
    database: TestDatabase,
    tenant: Tenant,
    made: Provisioned,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-23T12:00:00Z".parse().unwrap()));
        let database = TestDatabase::with_clock(clock.clone()).await;
        let (tenant, made) = database.organization("acme").await;
        Self { clock, database, tenant, made }
    }

    fn catalog(&self) -> &Catalog {
        self.database.catalog()
    }

    fn new_share(&self) -> NewShare {
        let stores = self.made.stores.iter().copied().collect();
        NewShare::of_query("Revenue", json!({ "metrics": ["shopify.revenue"] }), stores)
    }

    /// The same question of these stores.
    fn of_stores(&self, stores: BTreeSet<StoreId>) -> NewShare {
        let query = json!({ "metrics": ["shopify.revenue"] });
        NewShare { of: ShareOf::Query { query, stores }, ..self.new_share() }
    }

    fn stores(&self) -> BTreeSet<StoreId> {
        self.made.stores.iter().copied().collect()
    }

    async fn open(&self, token: &ShareToken) -> Option<BTreeSet<StoreId>> {
        match self.catalog().open_share(&visit(token.expose())).await {
            Ok(open) => Some(open.stores.iter().map(|store| store.scope.id).collect()),
            Err(CatalogError::LinkExpired) => None,
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// Somebody who shows the token alone.
fn visit(token: &str) -> ShareVisit<'_> {
    ShareVisit { token, ticket: None, embed_key: None }
}

#[tokio::test]
async fn a_share_shows_its_question_and_its_stores_and_is_counted() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (share, token) = owner.create_share(&world.new_share()).await.unwrap();
    assert_eq!((share.views, share.last_viewed_at, share.created_by.as_str()), (0, None, "owner@acme.test"));
    assert!(!format!("{token:?}").contains(token.expose()));
    for _ in 0..2 {
        let open = world.catalog().open_share(&visit(token.expose())).await.unwrap();
        let Shows::Answer(query) = &open.shows else { panic!("{open:?}") };
        assert_eq!((open.name.as_str(), Some(query)), ("Revenue", share.query.as_ref()));
        assert_eq!(open.stores.len(), 1);
        assert_eq!(open.context.organization(), world.made.organization);
        world.catalog().share_viewed(&open).await.unwrap();
    }
    let listed = owner.shares().await.unwrap().remove(0);
    assert_eq!((listed.views, listed.last_viewed_at), (2, Some(world.clock.now())));
    for wrong in ["", "aloftly_share_", &token.expose()[14..], &format!("{}x", token.expose()), "aloftly_share_x"] {
        assert!(matches!(world.catalog().open_share(&visit(wrong)).await, Err(CatalogError::LinkExpired)), "{wrong}");
    }
    let mut superuser = world.database.connect(world.database.superuser()).await;
    let kept: String =
        sqlx::query_scalar("SELECT json_agg(s)::text FROM shares AS s").fetch_one(&mut superuser).await.unwrap();
    assert!(!kept.contains(token.expose()));
    world.database.close().await;
}

#[tokio::test]
async fn a_share_ends_when_it_was_said_to_or_is_taken_back() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let now = world.clock.now();
    for wrong in [now, now - TimeDelta::seconds(1), now + TimeDelta::days(367)] {
        let refused = owner.create_share(&NewShare { expires_at: Some(wrong), ..world.new_share() }).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "expires_at", .. }), "{refused:?}");
    }
    let nameless = owner.create_share(&NewShare { name: " ".to_owned(), ..world.new_share() }).await.unwrap_err();
    assert!(matches!(nameless, CatalogError::Invalid { field: "name", .. }), "{nameless:?}");
    let storeless = owner.create_share(&world.of_stores(BTreeSet::new())).await.unwrap_err();
    assert!(matches!(storeless, CatalogError::Invalid { field: "query", .. }), "{storeless:?}");
    let ends = NewShare { expires_at: Some(now + TimeDelta::days(1)), ..world.new_share() };
    let (_, token) = owner.create_share(&ends).await.unwrap();
    world.clock.advance(Duration::from_secs(86_399));
    assert!(world.open(&token).await.is_some());
    world.clock.advance(Duration::from_secs(1));
    assert!(world.open(&token).await.is_none());
    let (share, token) = owner.create_share(&world.new_share()).await.unwrap();
    owner.revoke_share(share.id).await.unwrap();
    assert!(world.open(&token).await.is_none());
    assert!(matches!(owner.revoke_share(share.id).await, Err(CatalogError::NotFound("share"))));
    world.database.close().await;
}

#[tokio::test]
async fn a_share_is_as_good_as_whoever_made_it() {
    let world = World::new().await;
    let (organization, workspace) = (world.made.organization, world.made.workspace);
    let ann = world.database.member(organization, "ann@acme.test", OrgRole::Member).await;
    world.tenant.set_workspace_role(workspace, ann, WorkspaceRole::Viewer).await.unwrap();
    let second = NewStore {
        name: "second".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let elsewhere = world.tenant.create_workspace("elsewhere").await.unwrap();
    let second = world.tenant.create_store(elsewhere, &second).await.unwrap();
    let (member, _) = world.database.as_person("ann@acme.test").await;
    let (_, token) = member.create_share(&world.new_share()).await.unwrap();
    assert_eq!(world.open(&token).await.unwrap(), world.stores());
    // Of a store that she does not see nothing is shown, whatever the share says.
    let stores = [world.made.stores[0], second].into();
    let (_, wide) = member.create_share(&world.of_stores(stores)).await.unwrap();
    assert!(world.open(&wide).await.is_none());
    world.tenant.set_workspace_role(elsewhere, ann, WorkspaceRole::Viewer).await.unwrap();
    assert_eq!(world.open(&wide).await.unwrap().len(), 2);
    world.tenant.remove_from_workspace(workspace, ann).await.unwrap();
    assert!(world.open(&token).await.is_none() && world.open(&wide).await.is_none());
    world.tenant.change_role(ann, OrgRole::Admin).await.unwrap();
    assert!(world.open(&token).await.is_some());
    world.tenant.change_role(ann, OrgRole::Viewer).await.unwrap();
    assert!(world.open(&token).await.is_none(), "a viewer shares nothing");
    world.tenant.remove_member(ann).await.unwrap();
    assert!(world.open(&token).await.is_none());
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    assert!(owner.shares().await.unwrap().is_empty(), "they went with her");
    world.database.close().await;
}

#[tokio::test]
async fn members_share_and_see_their_own_and_admins_see_all() {
    let world = World::new().await;
    let organization = world.made.organization;
    world.database.organization("rival").await;
    for (email, role) in
        [("viewer@acme.test", OrgRole::Viewer), ("ann@acme.test", OrgRole::Member), ("bob@acme.test", OrgRole::Member)]
    {
        world.database.member(organization, email, role).await;
    }
    let (viewer, _) = world.database.as_person("viewer@acme.test").await;
    assert!(matches!(viewer.create_share(&world.new_share()).await, Err(CatalogError::Forbidden("member"))));
    assert!(matches!(viewer.shares().await, Err(CatalogError::Forbidden("member"))));
    let (ann, _) = world.database.as_person("ann@acme.test").await;
    let (bob, _) = world.database.as_person("bob@acme.test").await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (rival, _) = world.database.as_person("owner@rival.test").await;
    let (share, _) = ann.create_share(&world.new_share()).await.unwrap();
    assert_eq!(ann.shares().await.unwrap().len(), 1);
    assert!(bob.shares().await.unwrap().is_empty() && rival.shares().await.unwrap().is_empty());
    assert_eq!(owner.shares().await.unwrap().len(), 1);
    for stranger in [&bob, &rival] {
        assert!(matches!(stranger.revoke_share(share.id).await, Err(CatalogError::NotFound("share"))));
    }
    owner.revoke_share(share.id).await.unwrap();
    world.database.close().await;
}

/// What shows a dashboard: by its owner, in the first workspace.
fn document(stores: Option<&[StoreId]>) -> Document {
    serde_json::from_value(json!({
        "version": 1,
        "settings": {
            "range": "last_7_days", "compare": "none", "stores": stores, "currency": null, "filters": [],
        },
        "sections": [{
            "id": "section1", "title": null, "columns": 2, "collapsed": false,
            "widgets": [{
                "id": "revenue1", "kind": "kpi", "size": "small", "title": null, "note": null,
                "query": { "metrics": ["shopify.revenue"] },
                "own": { "range": null, "compare": null, "stores": null, "filters": "add" },
                "display": {}, "text": null,
            }],
        }],
    }))
    .unwrap()
}

impl World {
    /// A dashboard that somebody makes.
    async fn dashboard(&self, maker: &Tenant, visibility: Visibility, document: Document) -> DashboardId {
        let workspace = self.made.workspace;
        let from = DashboardSource::Document(document);
        let new = NewDashboard { workspace, name: "Morning".to_owned(), visibility, from };
        maker.create_dashboard(&new).await.unwrap().summary.id
    }

    /// Has everybody see a dashboard, or fewer.
    async fn set_visibility(&self, by: &Tenant, id: DashboardId, visibility: Visibility) {
        let dashboard = by.dashboard(id).await.unwrap();
        let (name, description) = (dashboard.summary.name, dashboard.summary.description);
        let to = DashboardChange { name, description, visibility, document: dashboard.document };
        by.save_dashboard(id, &IfMatch::Any, &to).await.unwrap();
    }

    /// A second store in the first workspace.
    async fn second_store(&self) -> StoreId {
        let store = NewStore {
            name: "second".to_owned(),
            currency: "EUR".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: chrono::Weekday::Mon,
        };
        self.tenant.create_store(self.made.workspace, &store).await.unwrap()
    }

    /// Why a visit shows nothing, if it does not.
    async fn refused(&self, visit: &ShareVisit<'_>) -> Option<CatalogError> {
        self.catalog().open_share(visit).await.err()
    }
}

fn of_dashboard(id: DashboardId) -> NewShare {
    NewShare::new("Morning", ShareOf::Dashboard { id, stores: None })
}

fn shown(open: &OpenShare) -> BTreeSet<StoreId> {
    open.stores.iter().map(|store| store.scope.id).collect()
}

#[tokio::test]
async fn a_dashboard_is_shown_while_it_is_public_and_of_the_stores_that_were_there() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let id = world.dashboard(&owner, Visibility::Workspace, document(None)).await;
    let refused = owner.create_share(&of_dashboard(id)).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotPublic), "{refused:?}");
    world.set_visibility(&owner, id, Visibility::Public).await;
    let (share, token) = owner.create_share(&of_dashboard(id)).await.unwrap();
    let told = share.dashboard.unwrap();
    assert_eq!((told.id, told.name.as_str(), told.visibility), (id, "Morning", Visibility::Public));
    assert_eq!((share.query, share.stores), (None, world.stores()));

    // A store that comes later is not shown by it, and what the dashboard becomes is.
    world.second_store().await;
    let open = world.catalog().open_share(&visit(token.expose())).await.unwrap();
    assert_eq!(shown(&open), world.stores());
    let Shows::Dashboard(dashboard) = &open.shows else { panic!("{open:?}") };
    let questions = dashboard.questions(world.clock.now().date_naive(), None, None).unwrap();
    assert_eq!(questions["revenue1"]["stores"], json!([world.made.stores[0]]));
    for hidden in [Visibility::Workspace, Visibility::Private] {
        world.set_visibility(&owner, id, hidden).await;
        let refused = world.refused(&visit(token.expose())).await;
        assert!(matches!(refused, Some(CatalogError::LinkExpired)), "{hidden:?}: {refused:?}");
        world.set_visibility(&owner, id, Visibility::Public).await;
        assert!(world.open(&token).await.is_some(), "it is what it was before");
    }
    owner.delete_dashboard(id, &IfMatch::Any).await.unwrap();
    assert!(world.open(&token).await.is_none());
    assert!(owner.shares().await.unwrap().is_empty(), "it went with its dashboard");
    world.database.close().await;
}

#[tokio::test]
async fn a_dashboard_is_shown_of_the_stores_that_are_named_or_else_of_those_of_its_settings() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (first, second) = (world.made.stores[0], world.second_store().await);
    let elsewhere = world.tenant.create_workspace("elsewhere").await.unwrap();
    let new = NewStore {
        name: "third".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let third = world.tenant.create_store(elsewhere, &new).await.unwrap();
    let of_all = world.dashboard(&owner, Visibility::Public, document(None)).await;
    let of_second = world.dashboard(&owner, Visibility::Public, document(Some(&[second]))).await;
    let share = async |id, stores: Option<BTreeSet<StoreId>>| {
        let new = NewShare { of: ShareOf::Dashboard { id, stores }, ..of_dashboard(id) };
        owner.create_share(&new).await.map(|(share, _)| share.stores)
    };
    assert_eq!(share(of_all, None).await.unwrap(), [first, second].into());
    assert_eq!(share(of_second, None).await.unwrap(), [second].into());
    assert_eq!(share(of_second, Some([first].into())).await.unwrap(), [first].into());
    for wrong in [BTreeSet::new(), [third].into(), [first, third].into()] {
        let refused = share(of_all, Some(wrong.clone())).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "store_ids", .. }), "{wrong:?}: {refused:?}");
    }
    world.database.close().await;
}

#[tokio::test]
async fn nobody_makes_a_link_to_a_dashboard_that_they_do_not_see() {
    let world = World::new().await;
    let organization = world.made.organization;
    let ann = world.database.member(organization, "ann@acme.test", OrgRole::Member).await;
    world.database.member(organization, "bob@acme.test", OrgRole::Member).await;
    world.tenant.set_workspace_role(world.made.workspace, ann, WorkspaceRole::Editor).await.unwrap();
    world.database.organization("rival").await;
    let (ann, _) = world.database.as_person("ann@acme.test").await;
    let (bob, _) = world.database.as_person("bob@acme.test").await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (rival, _) = world.database.as_person("owner@rival.test").await;
    let public = world.dashboard(&ann, Visibility::Public, document(None)).await;
    let private = world.dashboard(&ann, Visibility::Private, document(None)).await;
    for (who, id) in [(&bob, public), (&rival, public), (&owner, private), (&rival, private)] {
        let refused = who.create_share(&of_dashboard(id)).await.unwrap_err();
        assert!(matches!(refused, CatalogError::NotFound(_)), "{refused:?}");
    }
    let refused = ann.create_share(&of_dashboard(private)).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotPublic), "{refused:?}");

    // An admin sees everybody's links, but not what a dashboard is called that became private.
    ann.create_share(&of_dashboard(public)).await.unwrap();
    assert!(owner.shares().await.unwrap()[0].dashboard.is_some());
    world.set_visibility(&ann, public, Visibility::Private).await;
    assert_eq!(owner.shares().await.unwrap()[0].dashboard, None);
    assert!(ann.shares().await.unwrap()[0].dashboard.is_some());
    // Nor does whoever made one see it once they are out of its workspace.
    world.set_visibility(&ann, public, Visibility::Public).await;
    let id = ann.context().actor();
    let aloftly_catalog::Actor::User { id, .. } = id else { panic!("{id:?}") };
    world.tenant.remove_from_workspace(world.made.workspace, id).await.unwrap();
    assert_eq!(ann.shares().await.unwrap()[0].dashboard, None);
    world.database.close().await;
}

/// Somebody who shows a ticket besides.
fn with_ticket<'v>(token: &'v str, ticket: &'v str) -> ShareVisit<'v> {
    ShareVisit { token, ticket: Some(ticket), embed_key: None }
}

/// Somebody whom a page of somebody else's shows the link in the frame with that key.
fn in_frame<'v>(token: &'v str, key: &'v str) -> ShareVisit<'v> {
    ShareVisit { token, ticket: None, embed_key: Some(key) }
}

/// A ticket of the share with that token, for that password.
async fn unlocked(world: &World, token: &ShareToken, password: &str) -> Result<ShareTicket, CatalogError> {
    let lock = world.catalog().share_lock(&visit(token.expose())).await?;
    world.catalog().unlock_share(&lock, password).await
}

#[tokio::test]
async fn a_password_is_asked_for_once_and_another_one_ends_what_it_opened() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let with_password = || NewShare { password: Some(SecretString::from("a good password")), ..world.new_share() };
    let short = NewShare { password: Some(SecretString::from("short")), ..world.new_share() };
    let refused = owner.create_share(&short).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "password", .. }), "{refused:?}");
    let (share, token) = owner.create_share(&with_password()).await.unwrap();
    let (_, other) = owner.create_share(&with_password()).await.unwrap();
    assert!(share.has_password);
    let wanted = world.refused(&visit(token.expose())).await;
    assert!(matches!(wanted, Some(CatalogError::PasswordWanted)), "{wanted:?}");
    for wrong in ["", "a good passwor", "A good password", &"x".repeat(2_000)] {
        let refused = unlocked(&world, &token, wrong).await;
        assert!(matches!(refused, Err(CatalogError::InvalidCredentials)), "{wrong:.20}: {refused:?}");
    }
    let ticket = unlocked(&world, &token, "a good password").await.unwrap();
    assert!(!format!("{ticket:?}").contains(ticket.expose()));
    assert_eq!(ticket.expires_at, world.clock.now() + TimeDelta::hours(12));
    assert!(world.refused(&with_ticket(token.expose(), ticket.expose())).await.is_none());

    // A ticket is of one share, and of nothing that was made up.
    let of_other = unlocked(&world, &other, "a good password").await.unwrap();
    let mut changed = ticket.expose().to_owned();
    let last = if changed.pop() == Some('A') { 'E' } else { 'A' };
    changed.push(last);
    let cut = &ticket.expose()[..74];
    let longer = format!("{}A", ticket.expose());
    for wrong in [of_other.expose(), &changed, cut, &longer, "", "x", &"A".repeat(75), &"A".repeat(100_000)] {
        let refused = world.refused(&with_ticket(token.expose(), wrong)).await;
        assert!(matches!(refused, Some(CatalogError::PasswordWanted)), "{wrong:.90}: {refused:?}");
    }

    // It ends by itself, and with the password.
    world.clock.advance(Duration::from_secs(12 * 3_600 - 1));
    assert!(world.refused(&with_ticket(token.expose(), ticket.expose())).await.is_none());
    world.clock.advance(Duration::from_secs(1));
    let over = world.refused(&with_ticket(token.expose(), ticket.expose())).await;
    assert!(matches!(over, Some(CatalogError::PasswordWanted)), "{over:?}");
    let ticket = unlocked(&world, &token, "a good password").await.unwrap();
    let change = |password: Option<&str>| ShareChange {
        password: Some(password.map(SecretString::from)),
        ..ShareChange::default()
    };
    // The same password once more has another hash, and is another one.
    for password in ["a good password", "another password"] {
        owner.change_share(share.id, &change(Some(password))).await.unwrap();
        let refused = world.refused(&with_ticket(token.expose(), ticket.expose())).await;
        assert!(matches!(refused, Some(CatalogError::PasswordWanted)), "{password}: {refused:?}");
    }
    assert!(unlocked(&world, &token, "a good password").await.is_err());
    assert!(!owner.change_share(share.id, &change(None)).await.unwrap().has_password);
    assert!(world.open(&token).await.is_some(), "it wants none any more");
    assert!(unlocked(&world, &token, "whatever").await.is_ok());
    world.database.close().await;
}

#[tokio::test]
async fn what_shows_nothing_is_the_same_whether_a_password_was_wanted_or_not() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let ends = world.clock.now() + TimeDelta::hours(1);
    let new =
        NewShare { password: Some(SecretString::from("a good password")), expires_at: Some(ends), ..world.new_share() };
    let (_, token) = owner.create_share(&new).await.unwrap();
    let ticket = unlocked(&world, &token, "a good password").await.unwrap();
    world.clock.advance(Duration::from_secs(3_600));
    for ticket in [None, Some(ticket.expose())] {
        let refused = world.refused(&ShareVisit { token: token.expose(), ticket, embed_key: None }).await;
        assert!(matches!(refused, Some(CatalogError::LinkExpired)), "{refused:?}");
    }
    assert!(matches!(unlocked(&world, &token, "a good password").await, Err(CatalogError::LinkExpired)));
    world.database.close().await;
}

#[tokio::test]
async fn a_share_is_framed_by_the_pages_that_it_names_and_shown_in_its_own_frame_alone() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    world.database.organization("rival").await;
    let (rival, _) = world.database.as_person("owner@rival.test").await;
    let framed = |origin: &str| NewShare { origins: vec![origin.to_owned()], ..world.new_share() };
    let (plain, plain_token) = owner.create_share(&world.new_share()).await.unwrap();
    assert_eq!((plain.embed_key, plain.origins), (None, Vec::new()));
    let (share, token) = owner.create_share(&framed("https://shop.example.com")).await.unwrap();
    let key = share.embed_key.clone().unwrap();
    let theirs = rival.create_share(&framed("https://evil.example")).await.unwrap().0.embed_key.unwrap();
    assert_eq!(world.catalog().framing(&key).await.unwrap(), ["https://shop.example.com"]);
    assert_eq!(world.catalog().framing(&theirs).await.unwrap(), ["https://evil.example"]);
    for unknown in ["", "x", &"x".repeat(43), token.expose()] {
        assert!(world.catalog().framing(unknown).await.unwrap().is_empty(), "{unknown}");
    }
    // The key opens nothing, and whoever has a frame of their own gets no other's link into it.
    assert!(world.refused(&in_frame(token.expose(), &key)).await.is_none());
    assert!(world.open(&token).await.is_some(), "it is a link besides");
    for (token, key) in [
        (token.expose(), theirs.as_str()),
        (token.expose(), ""),
        (plain_token.expose(), key.as_str()),
        (plain_token.expose(), ""),
        (key.as_str(), key.as_str()),
    ] {
        let refused = world.refused(&in_frame(token, key)).await;
        assert!(matches!(refused, Some(CatalogError::LinkExpired)), "{refused:?}");
        let locked = world.catalog().share_lock(&in_frame(token, key)).await;
        assert!(matches!(locked, Err(CatalogError::LinkExpired)), "{locked:?}");
    }
    // Without a page it has no frame, and gets the same one back with the next.
    let pages = |origins: &[&str]| ShareChange {
        origins: Some(origins.iter().map(|origin| (*origin).to_owned()).collect()),
        ..ShareChange::default()
    };
    let changed = owner.change_share(share.id, &pages(&[])).await.unwrap();
    assert_eq!((changed.embed_key, changed.origins), (None, Vec::new()));
    assert!(world.catalog().framing(&key).await.unwrap().is_empty());
    assert!(world.refused(&in_frame(token.expose(), &key)).await.is_some());
    let changed = owner.change_share(share.id, &pages(&["https://b.example"])).await.unwrap();
    assert_eq!(changed.embed_key.as_deref(), Some(key.as_str()));
    assert_eq!(world.catalog().framing(&key).await.unwrap(), ["https://b.example"]);
    owner.revoke_share(share.id).await.unwrap();
    assert!(world.catalog().framing(&key).await.unwrap().is_empty());
    world.database.close().await;
}

#[tokio::test]
async fn a_share_is_changed_by_its_maker_and_admins_and_keeps_what_is_not_named() {
    let world = World::new().await;
    let organization = world.made.organization;
    for name in ["ann", "bob"] {
        world.database.member(organization, &format!("{name}@acme.test"), OrgRole::Member).await;
    }
    world.database.organization("rival").await;
    let (ann, _) = world.database.as_person("ann@acme.test").await;
    let (bob, _) = world.database.as_person("bob@acme.test").await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (rival, _) = world.database.as_person("owner@rival.test").await;
    let (share, _) = ann.create_share(&world.new_share()).await.unwrap();
    let renamed = ShareChange { name: Some(" Weekly ".to_owned()), ..ShareChange::default() };
    for stranger in [&bob, &rival] {
        let refused = stranger.change_share(share.id, &renamed).await;
        assert!(matches!(refused, Err(CatalogError::NotFound("share"))), "{refused:?}");
    }
    let unknown = owner.change_share(ShareId(world.clock.new_id()), &renamed).await;
    assert!(matches!(unknown, Err(CatalogError::NotFound("share"))), "{unknown:?}");
    let end = world.clock.now() + TimeDelta::days(3);
    let changed = ann.change_share(share.id, &renamed).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.expires_at, &changed.stores), ("Weekly", None, &share.stores));
    let ends = ShareChange { expires_at: Some(Some(end)), may_change_range: Some(true), ..ShareChange::default() };
    let changed = owner.change_share(share.id, &ends).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.expires_at, changed.may_change_range), ("Weekly", Some(end), true));
    let endless = ShareChange { expires_at: Some(None), ..ShareChange::default() };
    let changed = owner.change_share(share.id, &endless).await.unwrap();
    assert_eq!((changed.expires_at, changed.may_change_range), (None, true));
    for (wrong, field) in [
        (ShareChange { name: Some(String::new()), ..ShareChange::default() }, "name"),
        (ShareChange { expires_at: Some(Some(world.clock.now())), ..ShareChange::default() }, "expires_at"),
        (ShareChange { origins: Some(vec!["*".to_owned()]), ..ShareChange::default() }, "origins"),
        (ShareChange { password: Some(Some(SecretString::from("short"))), ..ShareChange::default() }, "password"),
    ] {
        let refused = ann.change_share(share.id, &wrong).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: of, .. } if of == field), "{refused:?}");
    }
    world.database.close().await;
}
