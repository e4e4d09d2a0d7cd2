//! Links that show figures: who makes and takes them back, what they open, and until when.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    Catalog, CatalogError, NewShare, NewStore, OrgRole, Provisioned, ShareToken, Tenant, WorkspaceRole,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock as _, FixedClock};
use chrono::TimeDelta;
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
        NewShare {
            name: "Revenue".to_owned(),
            query: json!({ "metrics": ["shopify.revenue"] }),
            stores,
            expires_at: None,
        }
    }

    async fn open(&self, token: &ShareToken) -> Option<BTreeSet<StoreId>> {
        match self.catalog().open_share(token.expose()).await {
            Ok(open) => Some(open.stores.iter().map(|store| store.scope.id).collect()),
            Err(CatalogError::LinkExpired) => None,
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_share_shows_its_question_and_its_stores_and_is_counted() {
    let world = World::new().await;
    let (owner, _) = world.database.as_person("owner@acme.test").await;
    let (share, token) = owner.create_share(&world.new_share()).await.unwrap();
    assert_eq!((share.views, share.last_viewed_at, share.created_by.as_str()), (0, None, "owner@acme.test"));
    assert!(!format!("{token:?}").contains(token.expose()));
    for _ in 0..2 {
        let open = world.catalog().open_share(token.expose()).await.unwrap();
        assert_eq!((open.name.as_str(), &open.query), ("Revenue", &share.query));
        assert_eq!(open.stores.len(), 1);
        assert_eq!(open.context.organization(), world.made.organization);
    }
    let listed = owner.shares().await.unwrap().remove(0);
    assert_eq!((listed.views, listed.last_viewed_at), (2, Some(world.clock.now())));
    for wrong in ["", "aloftly_share_", &token.expose()[14..], &format!("{}x", token.expose()), "aloftly_share_x"] {
        assert!(matches!(world.catalog().open_share(wrong).await, Err(CatalogError::LinkExpired)), "{wrong}");
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
    let storeless = owner.create_share(&NewShare { stores: BTreeSet::new(), ..world.new_share() }).await.unwrap_err();
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
    assert_eq!(world.open(&token).await.unwrap(), world.new_share().stores);
    // Of a store that she does not see nothing is shown, whatever the share says.
    let stores = [world.made.stores[0], second].into();
    let (_, wide) = member.create_share(&NewShare { stores, ..world.new_share() }).await.unwrap();
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
