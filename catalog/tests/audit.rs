//! The audit log: it tells of everything that was done and nothing that was not, and nobody changes it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use aloftly_catalog::dashboards::{Dashboard, DashboardChange, DashboardSource, IfMatch, NewDashboard, Visibility};
use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    Acceptance, Actor, AuditAction, AuditActor, AuditEvent, AuditFilter, Branding, CatalogError, ConnectionId,
    CustomerRequestId, Identity, Invited, KeyRotation, KeyScope, NewApiKey, NewIdentity, NewImport, NewInvitations,
    NewShare, NewStore, OrgRole, Origin, ShareChange, SyncKind, Tenant, WorkspaceId, WorkspaceRole,
};
use chrono::TimeDelta;
use sqlx::Connection as _;

async fn events(tenant: &Tenant) -> Vec<AuditEvent> {
    let page = tenant.audit_events(&AuditFilter::default(), None, 500).await.unwrap();
    assert_eq!(page.next_cursor, None);
    page.events
}

/// The newest event first: who, what, to what.
async fn told(tenant: &Tenant) -> Vec<String> {
    let say = |event: AuditEvent| {
        let who = match event.actor {
            AuditActor::User { email, .. } => email,
            AuditActor::Key { name, .. } => format!("key {name}"),
            AuditActor::System(reason) => format!("({reason})"),
        };
        let to = event.target.map(|(_, name)| name).unwrap_or_default();
        let detail = if event.detail == serde_json::json!({}) { String::new() } else { format!(" {}", event.detail) };
        format!("{who} {} {to}{detail}", event.action)
    };
    events(tenant).await.into_iter().map(say).collect()
}

#[tokio::test]
async fn everything_that_is_done_is_told_once_and_what_is_refused_is_not() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (elsewhere, other) = database.organization("other").await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Viewer).await;
    database.member(other.organization, "ann@acme.test", OrgRole::Viewer).await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    owner.change_role(ann, OrgRole::Admin).await.unwrap();
    owner.change_role(ann, OrgRole::Admin).await.unwrap(); // nothing changes
    owner.remove_member(made.owner).await.unwrap_err();
    owner.set_workspace_role(made.workspace, ann, WorkspaceRole::Editor).await.unwrap();
    owner.remove_from_workspace(made.workspace, ann).await.unwrap();
    let workspace = owner.create_workspace(" Second ").await.unwrap();
    owner.create_workspace("Second").await.unwrap_err();
    owner.transfer_ownership(ann).await.unwrap();
    let (_, signed_in) = database.as_person("ann@acme.test").await;
    let person = database.catalog().tenant(signed_in.context).person().unwrap();
    person.change_password(PASSWORD, "a better password", signed_in.session.id).await.unwrap();
    person.enter(other.organization, signed_in.token.expose()).await.unwrap();
    database.catalog().sign_out("unknown", &Origin::default()).await.unwrap();
    tenant.remove_member(made.owner).await.unwrap();

    let mut found = told(&tenant).await;
    found.reverse();
    assert_eq!(
        found,
        [
            "(the organisation is being made) organization.created acme {\"owner\":\"owner@acme.test\"}",
            "owner@acme.test session.begun owner@acme.test",
            "owner@acme.test member.role_changed ann@acme.test {\"to\":\"admin\",\"from\":\"viewer\"}",
            "owner@acme.test workspace.member_set ann@acme.test {\"to\":\"editor\",\"from\":null,\"workspace\":\"acme workspace\"}",
            "owner@acme.test workspace.member_removed ann@acme.test {\"workspace\":\"acme workspace\"}",
            "owner@acme.test workspace.created Second",
            "owner@acme.test ownership.transferred ann@acme.test {\"from\":\"admin\"}",
            "ann@acme.test session.begun ann@acme.test",
            "ann@acme.test password.changed ann@acme.test",
            "ann@acme.test session.ended session",
            "(a test) member.removed owner@acme.test {\"role\":\"admin\"}",
        ]
    );
    let created = events(&tenant).await.into_iter().find(|event| event.action == "workspace.created").unwrap();
    assert_eq!(created.target.unwrap().0, workspace.0);
    let mut found = told(&elsewhere).await;
    found.reverse();
    assert_eq!(
        found[1..],
        ["ann@acme.test password.changed ann@acme.test", "ann@acme.test session.entered ann@acme.test"]
    );
    database.close().await;
}

/// Everything that somebody does with their own account, from the invitation to its end.
async fn own_account(database: &TestDatabase, tenant: &Tenant) {
    let (catalog, origin) = (database.catalog(), Origin::default());
    let asked =
        |email: &str| NewInvitations { emails: vec![email.to_owned()], role: OrgRole::Admin, workspaces: Vec::new() };
    tenant.invite(&asked("never@acme.test")).await.unwrap();
    tenant.revoke_invitation(tenant.invitations().await.unwrap()[0].id).await.unwrap();
    let Some((_, Invited::Sent(_, token))) = tenant.invite(&asked("new@acme.test")).await.unwrap().pop() else {
        panic!("they are new")
    };
    let acceptance = Acceptance::NewAccount { name: "New", password: PASSWORD };
    let entry = catalog.accept_invitation(token.expose(), acceptance, &origin).await.unwrap();
    let person = catalog.tenant(entry.signed_in().unwrap().context).person().unwrap();
    let identity = Identity { issuer: "https://id.test".to_owned(), subject: "1".to_owned() };
    let who = NewIdentity { identity, email: "new@acme.test".to_owned(), runs_email: true, name: "New".to_owned() };
    catalog.enter_by_identity(&who, None, &origin).await.unwrap();
    let new = person.begin_second_factor().await.unwrap();
    let totp = totp_rs::Totp::from_url(&new.uri).unwrap();
    let now = u64::try_from(database.clock().now().timestamp()).unwrap();
    person.confirm_second_factor(&totp.generate(now).to_string()).await.unwrap();
    person.renew_recovery_codes().await.unwrap();
    person.end_second_factor().await.unwrap();
    person.personal_data().await.unwrap();
    person.delete_account(false).await.unwrap();
    let last = told(tenant).await.remove(0);
    assert_eq!(last, "new@acme.test account.deleted new@acme.test");
}

/// A dashboard that is shown to more people, kept as a template, and deleted.
async fn dashboards(acting: &Tenant, workspace: WorkspaceId) {
    let from = DashboardSource::Nothing;
    let new = NewDashboard { workspace, name: "pages".to_owned(), visibility: Visibility::Private, from };
    let Dashboard { summary, document } = acting.create_dashboard(&new).await.unwrap();
    let visibility = Visibility::Workspace;
    let to = DashboardChange { name: summary.name, description: String::new(), visibility, document };
    acting.save_dashboard(summary.id, &IfMatch::Any, &to).await.unwrap();
    // That it was changed otherwise is not told each time.
    let to = DashboardChange { name: "renamed".to_owned(), ..to };
    acting.save_dashboard(summary.id, &IfMatch::Any, &to).await.unwrap();
    let template = acting.create_template(summary.id, "template", "").await.unwrap();
    acting.delete_template(template.id).await.unwrap();
    acting.delete_dashboard(summary.id, &IfMatch::Any).await.unwrap();
    let mut found = told(acting).await;
    found.truncate(5);
    found.reverse();
    let expected = [
        "ann@acme.test dashboard.created pages {\"visibility\":\"private\"}",
        "ann@acme.test dashboard.visibility_changed pages {\"to\":\"workspace\",\"from\":\"private\"}",
        "ann@acme.test template.created template",
        "ann@acme.test template.deleted template",
        "ann@acme.test dashboard.deleted renamed {\"visibility\":\"workspace\"}",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn there_is_an_event_of_each_kind() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (other, _) = database.organization("other").await;
    let seen = async || -> BTreeSet<String> { events(&tenant).await.into_iter().map(|event| event.action).collect() };
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Admin).await;
    let (acting, first) = database.as_person("ann@acme.test").await;
    let (owner, owners) = database.as_person("owner@acme.test").await;
    let (_, elsewhere) = database.as_person("owner@acme.test").await;
    let workspace = acting.create_workspace("second").await.unwrap();
    let store = NewStore {
        name: "second".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let store = acting.create_store(workspace, &store).await.unwrap();
    let import = NewImport {
        store,
        kind: "shopify_orders".to_owned(),
        file_name: "a.csv".to_owned(),
        size_bytes: 1,
        spool_file: None,
        mapping: None,
    };
    acting.create_import(&import, u64::MAX).await.unwrap();
    let sample = NewImport { store: made.stores[0], ..import.clone() };
    acting.add_sample_data(made.stores[0], &[sample], u64::MAX).await.unwrap();
    let removal = acting.begin_sample_data_removal(made.stores[0]).await.unwrap();
    acting.finish_sample_data_removal(&removal).await.unwrap();
    let scopes = [KeyScope::MetricsRead].into_iter().collect();
    let key = NewApiKey { name: "second".to_owned(), scopes, workspace: None, expires_at: None };
    let (key, _) = acting.create_api_key(&key).await.unwrap();
    acting.revoke_api_key(key.id).await.unwrap();
    acting.set_workspace_role(workspace, ann, WorkspaceRole::Viewer).await.unwrap();
    acting.remove_from_workspace(workspace, ann).await.unwrap();
    let connection = ConnectionId(database.clock().new_id());
    acting.put_credentials(connection, &[("token", "a token".into())]).await.unwrap();
    acting.delete_credentials(connection).await.unwrap();
    let connected = crate::connections::connected(&acting, store, "shop").await;
    let job = acting.request_sync(connected.id, &SyncKind::Incremental).await.unwrap();
    acting.call_off_sync(job.id).await.unwrap();
    let letter = database.dead_letter(made.organization, connected.id, "a letter").await;
    assert_eq!(acting.replay_deliveries(connected.id, Some(letter)).await.unwrap(), 1);
    let letter = database.dead_letter(made.organization, connected.id, "another letter").await;
    acting.discard_delivery(letter).await.unwrap();
    let request = CustomerRequestId(letter.0);
    tenant.customer_asks(request, store, "shopify", Some("7"), None).await.unwrap();
    acting.answer_customer(request).await.unwrap();
    acting.disconnect(connected.id).await.unwrap();
    tenant.account_erased(connected.id).await.unwrap();
    let stores = [made.stores[0]].into_iter().collect();
    let new = NewShare::of_query("share", serde_json::json!({}), stores);
    let (share, _) = acting.create_share(&new).await.unwrap();
    let change = ShareChange { expires_at: Some(None), may_change_range: Some(true), ..ShareChange::default() };
    acting.change_share(share.id, &change).await.unwrap();
    let changed = told(&acting).await.remove(0);
    assert_eq!(changed, "ann@acme.test share.changed share {\"changed\":[\"expires_at\",\"may_change_range\"]}");
    acting.revoke_share(share.id).await.unwrap();
    dashboards(&acting, made.workspace).await;
    acting.record_customer_export(store, 1).await.unwrap();
    acting.erase_customers(store, &["7".to_owned()]).await.unwrap();
    acting.set_retention(Some(24)).await.unwrap();
    acting.set_branding(&Branding { name: Some("Acme".to_owned()), ..Branding::default() }).await.unwrap();
    let rotation = KeyRotation { data: true, ..KeyRotation::default() };
    database.catalog().rotate_keys(rotation, &mut |_| {}).await.unwrap();
    owner.change_role(ann, OrgRole::Member).await.unwrap();
    assert!(!seen().await.contains("session.ended"));
    owner.person().unwrap().end_session(elsewhere.session.id).await.unwrap();
    assert!(seen().await.contains("session.ended"));
    database.catalog().set_password("ann@acme.test", "a better password").await.unwrap();
    assert!(told(&tenant).await[0].starts_with("(a command at the terminal) password.changed ann@acme.test"));
    assert!(database.catalog().authenticate(first.token.expose()).await.is_err());
    database.catalog().sign_out(owners.token.expose(), &Origin::default()).await.unwrap();
    let bob = database.member(made.organization, "bob@acme.test", OrgRole::Member).await;
    database.as_person("bob@acme.test").await.0.remove_member(bob).await.unwrap();
    owner.transfer_ownership(ann).await.unwrap();
    own_account(&database, &tenant).await;
    let (_, program) = database.as_person("owner@acme.test").await;
    let tokens = database.catalog().hand_to_program(&program).await.unwrap();
    for _ in 0..2 {
        database.catalog().refresh(tokens.refresh.expose(), &Origin::default()).await.ok();
    }
    tenant.set_plan(Tier::Free).await.unwrap();
    tenant.remove_member(made.owner).await.unwrap();
    let (acting, there) = {
        database.member(made.organization, "owner@other.test", OrgRole::Viewer).await;
        database.as_person("owner@other.test").await
    };
    acting.person().unwrap().enter(made.organization, there.token.expose()).await.unwrap();

    let all: BTreeSet<_> = AuditAction::ALL.iter().map(|action| action.as_str().to_owned()).collect();
    assert_eq!(seen().await, all);
    assert_eq!(told(&other).await[0], "owner@other.test session.ended session");
    database.close().await;
}

#[tokio::test]
async fn what_a_key_does_is_told_by_its_name_when_the_key_is_gone_too() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let scopes = [KeyScope::ImportsWrite].into_iter().collect();
    let new = NewApiKey { name: " Nightly ".to_owned(), scopes, workspace: None, expires_at: None };
    let (key, token) = owner.create_api_key(&new).await.unwrap();
    let acting = database.catalog().authenticate_key(token.expose(), &Origin::default()).await.unwrap().context;
    assert!(matches!(acting.actor(), Actor::Key { id, .. } if id == key.id));
    let import = NewImport {
        store: made.stores[0],
        kind: "shopify_orders".to_owned(),
        file_name: "a.csv".to_owned(),
        size_bytes: 1,
        spool_file: None,
        mapping: None,
    };
    database.catalog().tenant(acting).create_import(&import, u64::MAX).await.unwrap();
    owner.revoke_api_key(key.id).await.unwrap();
    let store = made.stores[0];
    let expected = [
        "owner@acme.test api_key.revoked Nightly".to_owned(),
        format!("key Nightly import.created a.csv {{\"store\":\"{store}\"}}"),
        "owner@acme.test api_key.created Nightly {\"scopes\":[\"imports:write\"],\"expires_at\":null}".to_owned(),
    ];
    assert_eq!(told(&tenant).await[..3], expected);
    let by_key = AuditFilter { actor: Some(key.id.0), ..AuditFilter::default() };
    assert_eq!(tenant.audit_events(&by_key, None, 10).await.unwrap().events.len(), 1);
    database.close().await;
}

#[tokio::test]
async fn an_event_says_where_it_came_from() {
    let database = TestDatabase::new().await;
    let (tenant, _) = database.organization("acme").await;
    let (_, signed_in) = database.as_person("owner@acme.test").await;
    let origin = Origin { address: Some(IpAddr::from([203, 0, 113, 9])), user_agent: Some("Browser 7".to_owned()) };
    let acting = database.catalog().tenant(signed_in.context.coming_from(origin));
    acting.create_workspace("second").await.unwrap();
    let newest = events(&tenant).await.swap_remove(0);
    assert_eq!((newest.address.as_deref(), newest.user_agent.as_deref()), (Some("203.0.113.9"), Some("Browser 7")));
    database.close().await;
}

#[tokio::test]
async fn events_are_found_by_what_they_say_and_read_page_by_page() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    for number in 0..7 {
        owner.create_workspace(&format!("Part_{number}")).await.unwrap();
    }
    let count = |filter: AuditFilter| {
        let tenant = tenant.clone();
        async move { tenant.audit_events(&filter, None, 500).await.unwrap().events.len() }
    };
    let of = |text: &str| AuditFilter { search: Some(text.to_owned()), ..AuditFilter::default() };
    assert_eq!(count(of("part_")).await, 7);
    assert_eq!(count(of("PART_3")).await, 1);
    assert_eq!(count(of("part%")).await, 0, "no character means another");
    assert_eq!(count(of("a\0b")).await, 0);
    assert_eq!(count(of("workspace.created")).await, 7);
    assert_eq!(count(AuditFilter { action: Some(AuditAction::SessionBegun), ..AuditFilter::default() }).await, 1);
    assert_eq!(count(AuditFilter { actor: Some(made.owner.0), ..AuditFilter::default() }).await, 8);
    let now = database.clock().now();
    assert_eq!(count(AuditFilter { from: Some(now + TimeDelta::hours(1)), ..AuditFilter::default() }).await, 0);
    let all = events(&tenant).await;
    let oldest = all.last().unwrap().at;
    let newest = all[0].at;
    assert_eq!(
        count(AuditFilter { from: Some(newest), ..AuditFilter::default() }).await,
        1,
        "its own instant is in it"
    );
    let between = AuditFilter { from: Some(oldest), to: Some(newest), ..AuditFilter::default() };
    assert_eq!(count(between).await, all.len() - 1, "and the end is not");
    assert_eq!(count(AuditFilter { to: Some(now - TimeDelta::hours(1)), ..AuditFilter::default() }).await, 0);

    let (mut cursor, mut read) = (None, Vec::new());
    loop {
        let page = tenant.audit_events(&AuditFilter::default(), cursor, 4).await.unwrap();
        assert!(page.events.len() <= 4);
        read.extend(page.events);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read, events(&tenant).await);
    database.close().await;
}

#[tokio::test]
async fn the_log_is_for_admins_and_nobody_changes_it() {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    for role in OrgRole::ALL {
        let email = format!("{}@acme.test", role.as_str());
        if role != OrgRole::Owner {
            database.member(made.organization, &email, role).await;
        }
        let (acting, _) = database.as_person(&email).await;
        let read = acting.audit_events(&AuditFilter::default(), None, 500).await;
        match role {
            OrgRole::Admin | OrgRole::Owner => assert!(!read.unwrap().events.is_empty()),
            _ => assert!(matches!(read, Err(CatalogError::Forbidden("admin"))), "{role:?}"),
        }
    }
    let mut app = database.connect(database.app()).await;
    sqlx::query("SELECT set_config('aloftly.org_id', $1, false)")
        .bind(made.organization.to_string())
        .execute(&mut app)
        .await
        .unwrap();
    for statement in ["UPDATE audit_events SET actor_name = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"] {
        let refused = sqlx::query(statement).execute(&mut app).await.unwrap_err();
        assert_eq!(
            refused.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
            Some("42501"),
            "{statement}"
        );
    }
    app.close().await.unwrap();
    database.close().await;
}
