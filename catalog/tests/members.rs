//! Who may change what of whom, and what comes with it.

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    ApiKeyId, AuditFilter, CatalogError, KeyScope, NewApiKey, NewImport, NewStore, OrgRole, Tenant, UserId,
    WorkspaceId, WorkspaceRole,
};
use uuid::Uuid;

async fn roles(tenant: &Tenant) -> Vec<(String, OrgRole)> {
    tenant.members().await.unwrap().into_iter().map(|member| (member.user.email, member.role)).collect()
}

fn outcome(result: Result<(), CatalogError>) -> &'static str {
    match result {
        Ok(()) => "done",
        Err(CatalogError::Forbidden(_)) => "forbidden",
        Err(CatalogError::LastOwner) => "last owner",
        Err(CatalogError::NotFound(_)) => "not found",
        Err(CatalogError::RoleChanged) => "role changed",
        Err(CatalogError::Unauthenticated) => "unauthenticated",
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn admins_change_whom_they_are_above_and_owners_everybody() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let mut actors = Vec::new();
    for role in OrgRole::ALL {
        let email = format!("acting-{}@acme.test", role.as_str());
        database.member(made.organization, &email, role).await;
        actors.push((role, database.as_person(&email).await.0));
    }
    let target = database.member(made.organization, "target@acme.test", OrgRole::Viewer).await;
    for (actor, acting) in &actors {
        for before in OrgRole::ALL {
            for after in OrgRole::ALL {
                tenant.change_role(target, before).await.unwrap();
                let expected = match (actor, before == OrgRole::Owner || after == OrgRole::Owner, before == after) {
                    (OrgRole::Viewer | OrgRole::Member, ..) | (OrgRole::Admin, true, false) => "forbidden",
                    _ => "done",
                };
                let found = outcome(acting.change_role(target, after).await);
                assert_eq!(found, expected, "{actor:?} makes {before:?} {after:?}");
                let role = tenant.member(target).await.unwrap().role;
                assert_eq!(role, if expected == "done" { after } else { before }, "{actor:?}, {before:?}, {after:?}");
            }
        }
        for role in OrgRole::ALL {
            let email = format!("{}-removes-{}@acme.test", actor.as_str(), role.as_str());
            let leaving = database.member(made.organization, &email, role).await;
            let expected = match (actor, role) {
                (OrgRole::Viewer | OrgRole::Member, _) | (OrgRole::Admin, OrgRole::Owner) => "forbidden",
                _ => "done",
            };
            assert_eq!(outcome(acting.remove_member(leaving).await), expected, "{actor:?} removes {role:?}");
            let is_there = roles(&tenant).await.iter().any(|(there, _)| *there == email);
            assert_eq!(is_there, expected == "forbidden", "{actor:?} removes {role:?}");
        }
    }
    database.close().await;
}

#[tokio::test]
async fn an_organisation_keeps_its_last_owner() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    assert_eq!(outcome(owner.remove_member(made.owner).await), "last owner");
    assert_eq!(outcome(owner.change_role(made.owner, OrgRole::Admin).await), "last owner");
    assert_eq!(outcome(tenant.remove_member(made.owner).await), "last owner", "not even the program");

    let second = database.member(made.organization, "second@acme.test", OrgRole::Owner).await;
    let (other, _) = database.as_person("second@acme.test").await;
    // Both go at once, in all ways that there are.
    let (a, b) = tokio::join!(owner.remove_member(made.owner), other.change_role(second, OrgRole::Viewer));
    let mut both = [outcome(a), outcome(b)];
    both.sort_unstable();
    assert_eq!(both, ["done", "last owner"]);
    assert_eq!(roles(&tenant).await.iter().filter(|(_, role)| *role == OrgRole::Owner).count(), 1);
    database.close().await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_and_only_there() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (elsewhere, others) = database.organization("other").await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    assert_eq!(database.member(others.organization, "ann@acme.test", OrgRole::Viewer).await, ann);
    tenant.set_workspace_role(made.workspace, ann, WorkspaceRole::Editor).await.unwrap();
    let (acting, signed_in) = database.as_person("ann@acme.test").await;
    assert_eq!(acting.stores().await.unwrap().len(), 1);
    let (_, second) = database.as_person("ann@acme.test").await;
    let there = acting.person().unwrap().enter(others.organization, second.token.expose()).await.unwrap();

    tenant.remove_member(ann).await.unwrap();
    let refused = database.catalog().authenticate(signed_in.token.expose()).await;
    assert!(matches!(refused, Err(CatalogError::Unauthenticated)));
    assert_eq!(acting.stores().await.unwrap().len(), 0, "leave that was given before opens nothing");
    assert_eq!(outcome(acting.remove_member(ann).await), "unauthenticated", "who is gone cannot leave");
    database.catalog().authenticate(there.token.expose()).await.unwrap();
    assert_eq!(roles(&elsewhere).await.len(), 2);
    // Who comes back does not find an old place.
    database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    assert_eq!(tenant.member(ann).await.unwrap().workspaces, []);
    database.close().await;
}

#[tokio::test]
async fn everybody_may_leave_and_nobody_acts_in_a_role_that_they_lost() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let viewer = database.member(made.organization, "viewer@acme.test", OrgRole::Viewer).await;
    let (acting, _) = database.as_person("viewer@acme.test").await;
    acting.remove_member(viewer).await.unwrap();
    assert_eq!(roles(&tenant).await, [("owner@acme.test".to_owned(), OrgRole::Owner)]);

    let admin = database.member(made.organization, "admin@acme.test", OrgRole::Admin).await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Viewer).await;
    let (acting, _) = database.as_person("admin@acme.test").await;
    tenant.change_role(admin, OrgRole::Viewer).await.unwrap();
    // A request that was authenticated before and only now comes to what it does.
    let attempts = async || {
        let change = acting.change_role(ann, OrgRole::Admin).await;
        let removal = acting.remove_member(ann).await;
        let place = acting.set_workspace_role(made.workspace, ann, WorkspaceRole::Admin).await;
        let workspace = acting.create_workspace("mine").await.map(drop);
        let store = NewStore {
            name: "mine".to_owned(),
            currency: "USD".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: chrono::Weekday::Mon,
        };
        let store = acting.create_store(made.workspace, &store).await.map(drop);
        let import = NewImport {
            store: made.stores[0],
            kind: "shopify_orders".to_owned(),
            file_name: "a.csv".to_owned(),
            size_bytes: 1,
            spool_file: None,
            mapping: None,
        };
        let import = acting.create_import(&import, u64::MAX).await.map(drop);
        let log = acting.audit_events(&AuditFilter::default(), None, 1).await.map(drop);
        let scopes = [KeyScope::MetricsRead].into_iter().collect();
        let key = NewApiKey { name: "mine".to_owned(), scopes, workspace: None, expires_at: None };
        let key = acting.create_api_key(&key).await.map(drop);
        let revoked = acting.revoke_api_key(ApiKeyId(Uuid::from_u128(7))).await;
        [change, removal, place, workspace, store, import, log, key, revoked].map(outcome)
    };
    assert_eq!(attempts().await, ["role changed"; 9]);
    tenant.remove_member(admin).await.unwrap();
    assert_eq!(attempts().await, ["unauthenticated"; 9]);
    assert_eq!(tenant.member(ann).await.unwrap().role, OrgRole::Viewer);
    database.close().await;
}

#[tokio::test]
async fn ownership_is_handed_over_by_owners_to_other_members() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Admin).await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let (admin, _) = database.as_person("ann@acme.test").await;
    assert_eq!(outcome(admin.transfer_ownership(made.owner).await), "forbidden");
    assert_eq!(outcome(owner.transfer_ownership(UserId(Uuid::from_u128(7))).await), "not found");
    assert!(matches!(owner.transfer_ownership(made.owner).await, Err(CatalogError::Invalid { field: "user_id", .. })));
    owner.transfer_ownership(ann).await.unwrap();
    let expected = [("ann@acme.test".to_owned(), OrgRole::Owner), ("owner@acme.test".to_owned(), OrgRole::Admin)];
    assert_eq!(roles(&tenant).await, expected);
    assert_eq!(outcome(owner.transfer_ownership(ann).await), "role changed", "not twice");
    database.close().await;
}

#[tokio::test]
async fn a_workspace_is_managed_by_its_admins_and_the_organisations() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let target = database.member(made.organization, "target@acme.test", OrgRole::Member).await;
    let hidden = tenant.create_workspace("hidden").await.unwrap();
    for (name, role, place, expected) in [
        ("a", OrgRole::Member, None, "not found"),
        ("b", OrgRole::Member, Some(WorkspaceRole::Viewer), "forbidden"),
        ("c", OrgRole::Member, Some(WorkspaceRole::Editor), "forbidden"),
        ("d", OrgRole::Member, Some(WorkspaceRole::Admin), "done"),
        ("e", OrgRole::Viewer, Some(WorkspaceRole::Admin), "forbidden"),
        ("f", OrgRole::Admin, None, "done"),
        ("g", OrgRole::Owner, None, "done"),
    ] {
        let email = format!("{name}@acme.test");
        let user = database.member(made.organization, &email, role).await;
        if let Some(place) = place {
            tenant.set_workspace_role(made.workspace, user, place).await.unwrap();
        }
        let (acting, _) = database.as_person(&email).await;
        for place in WorkspaceRole::ALL {
            let set = acting.set_workspace_role(made.workspace, target, place).await;
            assert_eq!(outcome(set), expected, "{role:?} {place:?}");
            if expected == "done" {
                let places = tenant.member(target).await.unwrap().workspaces;
                let here = places.iter().find(|one| one.id == made.workspace);
                assert_eq!(here.map(|one| one.role), Some(place));
            }
        }
        assert_eq!(outcome(acting.remove_from_workspace(made.workspace, target).await), expected, "{role:?}");
        let of_admins = if role >= OrgRole::Admin { "done" } else { "not found" };
        assert_eq!(outcome(acting.set_workspace_role(hidden, target, WorkspaceRole::Viewer).await), of_admins);
        // Somebody else's workspace and somebody else's people do not exist.
        for workspace in [rival.workspace, WorkspaceId(Uuid::from_u128(7))] {
            let set = acting.set_workspace_role(workspace, target, WorkspaceRole::Viewer).await;
            assert_eq!(outcome(set), "not found");
        }
        if expected == "done" {
            for user in [rival.owner, UserId(Uuid::from_u128(7))] {
                let set = acting.set_workspace_role(made.workspace, user, WorkspaceRole::Viewer).await;
                assert_eq!(outcome(set), "not found");
            }
        }
    }
    assert_eq!(outcome(tenant.remove_from_workspace(made.workspace, target).await), "not found", "they are not in it");
    database.close().await;
}

#[tokio::test]
async fn members_tell_nothing_of_workspaces_that_one_may_not_see() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let hidden = tenant.create_workspace("another client").await.unwrap();
    tenant.set_workspace_role(hidden, made.owner, WorkspaceRole::Admin).await.unwrap();
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    tenant.set_workspace_role(made.workspace, ann, WorkspaceRole::Admin).await.unwrap();
    let (acting, _) = database.as_person("ann@acme.test").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    for (tenant, places, is_seen) in
        [(&acting, vec!["acme workspace"], false), (&owner, vec!["acme workspace", "another client"], true)]
    {
        let member = tenant.member(made.owner).await.unwrap();
        let names: Vec<_> = member.workspaces.iter().map(|place| place.name.as_str()).collect();
        assert_eq!((names, member.last_seen_at.is_some()), (places, is_seen));
    }
    database.close().await;
}
