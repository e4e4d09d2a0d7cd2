//! API keys: what they open, what they never do, and when they end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    Actor, ApiKeyId, ApiKeyState, ApiKeyToken, AuditFilter, CatalogError, KeyScope, KeyScopes, NewApiKey, NewImport,
    NewStore, OrgRole, Origin, Provisioned, Tenant,
};
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::ManifestError;
use chrono::TimeDelta;
use sqlx::Connection as _;
use uuid::Uuid;

use crate::manifest::hot_commit;

fn new_key(scopes: &[KeyScope]) -> NewApiKey {
    let scopes = scopes.iter().copied().collect();
    NewApiKey { name: "Nightly import".to_owned(), scopes, workspace: None, expires_at: None }
}

fn new_import(made: &Provisioned) -> NewImport {
    NewImport {
        store: made.stores[0],
        kind: "shopify_orders".to_owned(),
        file_name: "orders.csv".to_owned(),
        size_bytes: 3,
        spool_file: None,
        mapping: None,
    }
}

fn outcome<T>(result: Result<T, CatalogError>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(CatalogError::LacksScope(scope)) => scope,
        Err(CatalogError::NeedsPerson) => "needs person",
        Err(CatalogError::Forbidden(_)) => "forbidden",
        Err(CatalogError::NotFound(_)) => "not found",
        Err(CatalogError::Unauthenticated) => "unauthenticated",
        Err(CatalogError::RoleChanged) => "role changed",
        Err(CatalogError::TooManyKeys { .. }) => "too many",
        Err(CatalogError::Invalid { field, .. }) => field,
        Err(other) => panic!("{other:?}"),
    }
}

/// What a program with that token may work on.
async fn with(database: &TestDatabase, token: &ApiKeyToken) -> Tenant {
    let key = database.catalog().authenticate_key(token.expose(), &Origin::default()).await.unwrap();
    database.catalog().tenant(key.context)
}

async fn opens(database: &TestDatabase, token: &ApiKeyToken) -> bool {
    let catalog = database.catalog();
    let alone = catalog.authenticate_key(token.expose(), &Origin::default()).await;
    let reader = catalog.authenticate_key_reader(token.expose(), &Origin::default()).await;
    assert_eq!(alone.is_ok(), reader.is_ok(), "with the stores or without");
    alone.is_ok()
}

#[tokio::test]
async fn the_database_holds_the_hash_of_a_token_that_is_shown_once() {
    let database = TestDatabase::new().await;
    database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let (made, token) = owner.create_api_key(&new_key(&[KeyScope::MetricsRead])).await.unwrap();
    assert!(token.expose().starts_with("aloftly_") && token.expose().len() == 51, "{}", token.expose());
    assert_eq!(made.token_start, token.expose()[..14]);
    let mut superuser = database.connect(database.superuser()).await;
    let dump = "SELECT concat((SELECT json_agg(k) FROM api_keys k), (SELECT json_agg(e) FROM audit_events e))";
    let kept: String = sqlx::query_scalar(dump).fetch_one(&mut superuser).await.unwrap();
    assert!(kept.contains("Nightly import") && kept.contains("api_key.created"), "{kept}");
    assert!(!kept.contains(&token.expose()[14..]), "{kept}");
    let hash: Vec<u8> = sqlx::query_scalar("SELECT sha256($1::text::bytea)")
        .bind(token.expose())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let hashed: Vec<u8> =
        sqlx::query_scalar("SELECT token_hash FROM api_keys").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(hash, hashed, "the whole token is hashed");
    let listed = owner.api_keys().await.unwrap();
    assert!(!format!("{listed:?}").contains(&token.expose()[14..]));
    assert_eq!(listed, [made]);
    database.close().await;
}

#[tokio::test]
async fn each_scope_opens_what_it_names_and_no_more() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let import = tenant.create_import(&new_import(&made), u64::MAX).await.unwrap();
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Viewer).await;
    let store = made.stores[0];
    for held in KeyScope::ALL.iter().copied() {
        let (_, token) = owner.create_api_key(&new_key(&[held])).await.unwrap();
        let key = with(&database, &token).await;
        let attempts = [
            (KeyScope::MetricsRead, outcome(key.stores().await)),
            (KeyScope::MetricsRead, outcome(key.store(store).await)),
            (KeyScope::MetricsRead, outcome(key.workspaces().await)),
            (KeyScope::MetricsRead, outcome(key.imports(None, None, 10).await)),
            (KeyScope::MetricsRead, outcome(key.import(import.id).await)),
            (KeyScope::ImportsWrite, outcome(key.create_import(&new_import(&made), u64::MAX).await)),
            (KeyScope::ImportsWrite, outcome(key.check_import_into(store).await)),
            (KeyScope::MembersRead, outcome(key.members().await)),
            (KeyScope::MembersRead, outcome(key.member(ann).await)),
            (KeyScope::AuditRead, outcome(key.audit_events(&AuditFilter::default(), None, 10).await)),
        ];
        for (place, (needed, found)) in attempts.into_iter().enumerate() {
            assert_eq!(found, if held == needed { "done" } else { needed.as_str() }, "attempt {place} with {held:?}");
        }
        let reads = database.catalog().authenticate_key_reader(token.expose(), &Origin::default()).await;
        assert_eq!(reads.unwrap().stores.len(), usize::from(held == KeyScope::MetricsRead));
        let version = key.manifest().version(store).await;
        assert_eq!(version.is_ok(), held == KeyScope::MetricsRead, "{version:?}");
    }
    // None of them, and all of them together.
    let (_, token) = owner.create_api_key(&new_key(KeyScope::ALL)).await.unwrap();
    let all = with(&database, &token).await;
    let (id, other) = (
        all.context().actor(),
        NewStore {
            name: "more".to_owned(),
            currency: "USD".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: chrono::Weekday::Mon,
        },
    );
    let Actor::Key { id, .. } = id else { panic!("{id:?}") };
    let never = [
        outcome(all.create_workspace("more").await),
        outcome(all.create_store(made.workspace, &other).await),
        outcome(all.change_role(ann, OrgRole::Owner).await),
        outcome(all.remove_member(ann).await),
        outcome(all.transfer_ownership(ann).await),
        outcome(all.remove_from_workspace(made.workspace, made.owner).await),
        outcome(all.api_keys().await),
        outcome(all.api_key(id).await),
        outcome(all.create_api_key(&new_key(&[KeyScope::MetricsRead])).await),
        outcome(all.revoke_api_key(id).await),
        outcome(all.person()),
    ];
    assert_eq!(never, ["needs person"; 11]);
    let published = all.manifest().publish(hot_commit(&database, store, 0, "1001")).await;
    published.expect("who may import may commit");
    database.close().await;
}

#[tokio::test]
async fn a_key_of_one_workspace_sees_no_other() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let hidden = tenant.create_workspace("hidden").await.unwrap();
    let new_store = NewStore {
        name: "hidden".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let hidden_store = tenant.create_store(hidden, &new_store).await.unwrap();
    let there = NewImport { store: hidden_store, ..new_import(&made) };
    let hidden_import = tenant.create_import(&there, u64::MAX).await.unwrap();
    let (owner, _) = database.as_person("owner@acme.test").await;
    let scopes = [KeyScope::MetricsRead, KeyScope::ImportsWrite];
    let new = NewApiKey { workspace: Some(made.workspace), ..new_key(&scopes) };
    let (described, token) = owner.create_api_key(&new).await.unwrap();
    assert_eq!(described.workspace.unwrap().name, "acme workspace");
    let key = with(&database, &token).await;
    let own = made.stores[0];
    assert_eq!(key.stores().await.unwrap().iter().map(|store| store.id).collect::<Vec<_>>(), [own]);
    assert_eq!(key.workspaces().await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>(), [made.workspace]);
    let reader = database.catalog().authenticate_key_reader(token.expose(), &Origin::default()).await.unwrap();
    assert_eq!(reader.stores.iter().map(|store| store.scope.id).collect::<Vec<_>>(), [own]);
    let mine = key.create_import(&new_import(&made), u64::MAX).await.unwrap();
    assert_eq!(mine.created_by, None, "it was no person");
    assert_eq!(key.imports(None, None, 10).await.unwrap().imports, [mine]);
    assert_eq!(outcome(key.store(hidden_store).await), "not found");
    assert_eq!(outcome(key.import(hidden_import.id).await), "not found");
    assert_eq!(outcome(key.imports(Some(hidden_store), None, 10).await), "not found");
    assert_eq!(outcome(key.create_import(&there, u64::MAX).await), "not found");
    assert_eq!(key.manifest().version(own).await.unwrap(), 0);
    let unknown = key.manifest().version(hidden_store).await;
    assert!(matches!(unknown, Err(ManifestError::UnknownStore(_))), "{unknown:?}");
    let unknown = key.manifest().publish(hot_commit(&database, hidden_store, 0, "1001")).await;
    assert!(matches!(unknown, Err(ManifestError::UnknownStore(_))), "{unknown:?}");
    for wide in [KeyScope::MembersRead, KeyScope::AuditRead] {
        let new = NewApiKey { workspace: Some(made.workspace), ..new_key(&[KeyScope::MetricsRead, wide]) };
        assert_eq!(outcome(owner.create_api_key(&new).await), "scopes", "{wide:?} is of the whole organisation");
    }
    let (_, rival) = database.organization("rival").await;
    for workspace in [rival.workspace, Uuid::from_u128(7).into()] {
        let new = NewApiKey { workspace: Some(workspace), ..new_key(&scopes) };
        assert_eq!(outcome(owner.create_api_key(&new).await), "not found");
    }
    database.close().await;
}

#[tokio::test]
async fn a_key_ends_at_once_when_it_is_revoked_and_when_its_maker_goes() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let admin = database.member(made.organization, "admin@acme.test", OrgRole::Admin).await;
    let (acting, _) = database.as_person("admin@acme.test").await;
    let scopes = [KeyScope::MetricsRead, KeyScope::ImportsWrite, KeyScope::AuditRead];
    let (revoked, revoked_token) = acting.create_api_key(&new_key(&scopes)).await.unwrap();
    let (kept, kept_token) = acting.create_api_key(&new_key(&scopes)).await.unwrap();
    // Leave that was given before is not enough for what is written, nor for the log.
    let before = [with(&database, &revoked_token).await, with(&database, &kept_token).await];
    let attempts = async |key: &Tenant| {
        let import = outcome(key.create_import(&new_import(&made), u64::MAX).await);
        let log = outcome(key.audit_events(&AuditFilter::default(), None, 1).await);
        let commit = key.manifest().publish(hot_commit(&database, made.stores[0], 99, "1001")).await;
        let is_refused =
            matches!(&commit, Err(ManifestError::Unavailable(cause)) if cause.to_string().contains("has ended"));
        (import, log, is_refused)
    };
    assert_eq!(attempts(&before[0]).await, ("done", "done", false));
    let (owner, _) = database.as_person("owner@acme.test").await;
    owner.revoke_api_key(revoked.id).await.unwrap();
    assert_eq!(outcome(owner.revoke_api_key(revoked.id).await), "not found");
    assert_eq!((opens(&database, &revoked_token).await, opens(&database, &kept_token).await), (false, true));
    assert_eq!(attempts(&before[0]).await, ("unauthenticated", "unauthenticated", true));
    assert_eq!(attempts(&before[1]).await, ("done", "done", false));

    // In a role that may make no keys, what its holder made does nothing.
    for role in [OrgRole::Viewer, OrgRole::Member] {
        tenant.change_role(admin, role).await.unwrap();
        assert!(!opens(&database, &kept_token).await, "{role:?}");
        assert_eq!(attempts(&before[1]).await, ("unauthenticated", "unauthenticated", true));
        assert_eq!(owner.api_key(kept.id).await.unwrap().state, ApiKeyState::Resting);
    }
    tenant.change_role(admin, OrgRole::Owner).await.unwrap();
    assert!(opens(&database, &kept_token).await);
    assert_eq!(owner.api_key(kept.id).await.unwrap().state, ApiKeyState::Active);
    tenant.remove_member(admin).await.unwrap();
    assert!(!opens(&database, &kept_token).await);
    assert_eq!(attempts(&before[1]).await, ("unauthenticated", "unauthenticated", true));
    assert_eq!(owner.api_keys().await.unwrap(), []);
    database.member(made.organization, "admin@acme.test", OrgRole::Admin).await;
    assert!(!opens(&database, &kept_token).await, "who comes back does not find an old key");
    database.close().await;
}

#[tokio::test]
async fn a_key_ends_when_it_was_said_to_and_otherwise_not() {
    let clock = Arc::new(FixedClock::at("2026-11-20T17:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let (_, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let now = clock.now();
    let ending = |end| NewApiKey { expires_at: Some(end), ..new_key(&[KeyScope::MetricsRead, KeyScope::ImportsWrite]) };
    for wrong in [now, now - TimeDelta::days(1), now + TimeDelta::days(366) + TimeDelta::seconds(1)] {
        assert_eq!(outcome(owner.create_api_key(&ending(wrong)).await), "expires_at", "{wrong}");
    }
    let (short, short_token) = owner.create_api_key(&ending(now + TimeDelta::hours(1))).await.unwrap();
    let (_, year_token) = owner.create_api_key(&ending(now + TimeDelta::days(366))).await.unwrap();
    let (_, ever_token) = owner.create_api_key(&new_key(&[KeyScope::MetricsRead])).await.unwrap();
    let before = with(&database, &short_token).await;
    clock.advance(Duration::from_secs(3_599));
    assert!(opens(&database, &short_token).await);
    clock.advance(Duration::from_secs(1));
    assert!(!opens(&database, &short_token).await);
    assert_eq!(outcome(before.create_import(&new_import(&made), u64::MAX).await), "unauthenticated");
    assert_eq!(owner.api_key(short.id).await.unwrap().state, ApiKeyState::Expired);
    clock.advance(Duration::from_secs(365 * 86_400));
    assert_eq!((opens(&database, &year_token).await, opens(&database, &ever_token).await), (true, true));
    clock.advance(Duration::from_secs(86_400));
    assert_eq!((opens(&database, &year_token).await, opens(&database, &ever_token).await), (false, true));
    database.close().await;
}

#[tokio::test]
async fn when_a_key_was_last_used_is_known_to_within_five_minutes_and_from_where() {
    let clock = Arc::new(FixedClock::at("2026-11-20T17:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let (made, token) = owner.create_api_key(&new_key(&[KeyScope::MetricsRead])).await.unwrap();
    assert_eq!((made.last_used_at, made.last_used_address), (None, None));
    let start = clock.now();
    let uses = [
        (0, "203.0.113.1", 0, "203.0.113.1"),
        (299, "203.0.113.2", 0, "203.0.113.1"),
        (2, "2001:db8::1", 301, "2001:db8::1"),
    ];
    for (later, from, known, known_from) in uses {
        clock.advance(Duration::from_secs(later));
        let origin = Origin { address: Some(from.parse::<IpAddr>().unwrap()), user_agent: None };
        database.catalog().authenticate_key(token.expose(), &origin).await.unwrap();
        let key = owner.api_key(made.id).await.unwrap();
        assert_eq!(key.last_used_at, Some(start + TimeDelta::seconds(known)));
        assert_eq!(key.last_used_address.as_deref(), Some(known_from));
    }
    database.close().await;
}

#[tokio::test]
async fn keys_are_made_and_seen_by_admins_and_counted() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let new = new_key(&[KeyScope::MetricsRead]);
    for role in [OrgRole::Viewer, OrgRole::Member, OrgRole::Admin] {
        let email = format!("{}@acme.test", role.as_str());
        database.member(made.organization, &email, role).await;
        let (acting, _) = database.as_person(&email).await;
        let expected = if role == OrgRole::Admin { "done" } else { "forbidden" };
        assert_eq!([outcome(acting.create_api_key(&new).await), outcome(acting.api_keys().await)], [expected; 2]);
        let id = tenant.api_keys().await.unwrap().first().map_or(ApiKeyId(Uuid::nil()), |key| key.id);
        assert_eq!([outcome(acting.api_key(id).await), outcome(acting.revoke_api_key(id).await)], [expected; 2]);
    }
    assert_eq!(outcome(tenant.create_api_key(&new).await), "needs person", "somebody has to answer for a key");
    let (owner, _) = database.as_person("owner@acme.test").await;
    for (wrong, field) in [
        (NewApiKey { name: "  ".to_owned(), ..new.clone() }, "name"),
        (NewApiKey { name: "a\0b".to_owned(), ..new.clone() }, "name"),
        (NewApiKey { scopes: KeyScopes::default(), ..new.clone() }, "scopes"),
    ] {
        assert_eq!(outcome(owner.create_api_key(&wrong).await), field);
    }
    // Ninety-nine are there, and of two that are made at once one is too many.
    for _ in 0..99 {
        owner.create_api_key(&new).await.unwrap();
    }
    let (a, b) = tokio::join!(owner.create_api_key(&new), owner.create_api_key(&new));
    let mut both = [outcome(a), outcome(b)];
    both.sort_unstable();
    assert_eq!(both, ["done", "too many"]);
    let (rival, _) = {
        database.organization("rival").await;
        database.as_person("owner@rival.test").await
    };
    rival.create_api_key(&new).await.expect("each organisation is counted by itself");
    database.close().await;
}

#[tokio::test]
async fn tokens_open_their_own_organisation_and_other_texts_nothing() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    database.organization("rival").await;
    let (owner, signed_in) = database.as_person("owner@acme.test").await;
    let (rival, _) = database.as_person("owner@rival.test").await;
    let (made, token) = owner.create_api_key(&new_key(KeyScope::ALL)).await.unwrap();
    rival.create_api_key(&new_key(KeyScope::ALL)).await.unwrap();
    let key = with(&database, &token).await;
    assert_eq!(key.context().organization(), acme.organization);
    assert_eq!(key.stores().await.unwrap()[0].name, "acme store");
    assert_eq!(outcome(rival.api_key(made.id).await), "not found");
    assert_eq!(outcome(rival.revoke_api_key(made.id).await), "not found");
    assert_eq!(rival.api_keys().await.unwrap().len(), 1);
    let catalog = database.catalog();
    let session = signed_in.token.expose();
    let (short, long) = (&token.expose()[..50], format!("{}A", token.expose()));
    let (strange, other) = (format!("{short}\0"), format!("aloftly_{}", "A".repeat(43)));
    for wrong in ["", "aloftly_", short, &long, &strange, &other, session, &made.token_start, &token.expose()[8..]] {
        let refused = catalog.authenticate_key(wrong, &Origin::default()).await;
        assert_eq!(outcome(refused), "unauthenticated", "{wrong:?}");
    }
    let refused = catalog.authenticate(token.expose()).await;
    assert_eq!(outcome(refused), "unauthenticated", "a key is no session");
    assert!(catalog.sign_in("owner@acme.test", token.expose(), &Origin::default()).await.is_err());
    catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap();

    // The database shows the key of a hash and nothing else, for as long as the statement's scope lasts.
    let mut app = database.connect(database.app()).await;
    let read = "SELECT org_id FROM read_api_key(sha256($1::text::bytea), now(), '{owner}')";
    let read: Vec<Uuid> = sqlx::query_scalar(read).bind(token.expose()).fetch_all(&mut app).await.unwrap();
    assert_eq!(read, [acme.organization.0]);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM api_keys").fetch_one(&mut app).await.unwrap();
    assert_eq!(left, 0, "the connection sees nothing without a scope");
    let mut transaction = app.begin().await.unwrap();
    sqlx::query("SELECT set_config('aloftly.api_key', encode(sha256($1::text::bytea), 'hex'), true)")
        .bind(token.expose())
        .execute(&mut *transaction)
        .await
        .unwrap();
    let seen: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM api_keys").fetch_all(&mut *transaction).await.unwrap();
    assert_eq!(seen, [made.id.0]);
    let gone = sqlx::query("DELETE FROM api_keys").execute(&mut *transaction).await.unwrap();
    assert_eq!(gone.rows_affected(), 0, "a key does not end itself");
    transaction.rollback().await.unwrap();
    app.close().await.unwrap();
    database.close().await;
}
