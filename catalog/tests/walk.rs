//! Every table times every verb times {no context, an empty one, another tenant's}, as requests and as what brings data in: nothing is
//! seen, nothing is changed.
//!
//! A new table is in the walk by being in the schema. It fails until a row of a tenant is in it, so that it cannot pass by being
//! empty.

use aloftly_catalog::dashboards::{DashboardSource, NewDashboard, SavedViewChange, Visibility};
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    AnnotationChange, AnnotationKind, CustomerRequestId, Entry, Identity, IdentityEntry, KeyRotation, KeyScope,
    NewAnnotation, NewApiKey, NewDelivery, NewIdentity, NewImport, NewInvitations, NewShare, OrgRole, Origin,
    Provisioned, SystemPurpose, Tenant, WorkspaceRole,
};
use aloftly_engine::lake::manifest::{Bookmark, Segment};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::manifest::hot_commit;

/// As what requests run as, and what brings data in.
const ROLES: [&str; 2] = ["aloftly_app", "aloftly_ingest"];

/// Puts a row of the tenant into every table.
async fn fill(database: &TestDatabase, tenant: &Tenant, made: &Provisioned, name: &str) {
    let store = made.stores[0];
    let manifest = tenant.manifest();
    let mut commit = hot_commit(database, store, 0, &format!("canary of {name}"));
    commit.receipt = Some(format!("canary of {name}"));
    commit.bookmarks = vec![Bookmark { name: format!("canary of {name}"), from: None, to: "1".to_owned() }];
    commit.gone = vec![("orders".to_owned(), format!("canary of {name}"))];
    let live = commit.add[0].segment.clone();
    let announced = || Segment { id: database.clock().new_id().into(), ..live.clone() };
    let (staged, doomed) = (announced(), announced());
    manifest.stage(store, &[staged, doomed.clone()]).await.unwrap();
    manifest.withdraw(store, &[doomed.id]).await.unwrap();
    manifest.publish(commit).await.unwrap();
    manifest.quarantine(store, live.id, &format!("canary of {name}")).await.unwrap();
    let new = NewInvitations {
        emails: vec![format!("invited@{name}.test")],
        role: OrgRole::Viewer,
        workspaces: vec![(made.workspace, WorkspaceRole::Viewer)],
    };
    tenant.invite(&new).await.unwrap();
    let (owner, _) = database.as_person(&format!("owner@{name}.test")).await;
    let scopes = [KeyScope::MetricsRead].into_iter().collect();
    let key = NewApiKey { name: format!("canary of {name}"), scopes, workspace: None, expires_at: None };
    owner.create_api_key(&key).await.unwrap();
    let query = serde_json::json!({ "canary": name });
    let share = NewShare::of_query(format!("canary of {name}"), query, [store].into());
    owner.create_share(&share).await.unwrap();
    dashboard(&owner, made, name).await;
    own_account(database, name).await;
    tenant.erase_customers(store, &[format!("canary of {name}")]).await.unwrap();
    let import = NewImport {
        store,
        kind: "shopify_orders".to_owned(),
        file_name: format!("canary of {name}.csv"),
        size_bytes: 1,
        spool_file: None,
        mapping: None,
    };
    tenant.create_import(&import, u64::MAX).await.unwrap();
    let connected = crate::connections::connected(tenant, store, &format!("canary of {name}")).await;
    told(database, &connected, name).await;
    let request = CustomerRequestId(database.clock().new_id());
    tenant.customer_asks(request, store, "shopify", Some(&format!("canary of {name}")), None).await.unwrap();
    database.catalog().change_budget(name, &mut |state| *state = serde_json::json!({ "canary": name })).await.unwrap();
    database.catalog().system_key(SystemPurpose::People).await.unwrap();
    let begun = KeyRotation { data: true, steps: 1, ..KeyRotation::default() };
    database.catalog().rotate_keys(begun, &mut |_| {}).await.unwrap();
}

/// A dashboard with its history, a view and a template, and something that happened.
async fn dashboard(owner: &Tenant, made: &Provisioned, name: &str) {
    let canary = format!("canary of {name}");
    let from = DashboardSource::Nothing;
    let new = NewDashboard { workspace: made.workspace, name: canary.clone(), visibility: Visibility::Workspace, from };
    let dashboard = owner.create_dashboard(&new).await.unwrap().summary.id;
    let view = SavedViewChange { name: canary.clone(), search: String::new(), is_shared: true };
    owner.create_saved_view(dashboard, &view).await.unwrap();
    owner.create_template(dashboard, &canary, &canary).await.unwrap();
    let day = chrono::NaiveDate::default();
    let says = AnnotationChange {
        kind: AnnotationKind::Note,
        title: canary,
        body: String::new(),
        first_day: day,
        last_day: day,
    };
    let note = NewAnnotation { workspace: made.workspace, store: None, says };
    owner.create_annotation(&note).await.unwrap();
}

/// Something that a provider told of a connection.
async fn told(database: &TestDatabase, connected: &aloftly_catalog::Connection, name: &str) {
    let canary = format!("canary of {name}");
    let new = NewDelivery {
        delivery: canary.clone(),
        account: connected.account_id.clone().unwrap(),
        topic: canary.clone(),
        object: Some(canary.clone()),
        happened_at: None,
        body: canary.into_bytes(),
    };
    assert_eq!(database.catalog().accept_deliveries("shopify", &[new]).await.unwrap().kept, 1);
}

/// Everything that a person can have of their own: an identity, a second factor, a session, an open link.
async fn own_account(database: &TestDatabase, name: &str) {
    let (catalog, email, origin) = (database.catalog(), format!("owner@{name}.test"), Origin::default());
    let identity = Identity { issuer: "https://id.test".to_owned(), subject: format!("canary of {name}") };
    let who = NewIdentity { identity, email: email.clone(), runs_email: true, name: format!("canary of {name}") };
    let IdentityEntry::Known(Entry::In(signed_in)) = catalog.enter_by_identity(&who, None, &origin).await.unwrap()
    else {
        panic!("{email} is known")
    };
    let person = catalog.tenant(signed_in.context).person().unwrap();
    let new = person.begin_second_factor().await.unwrap();
    let totp = totp_rs::Totp::from_url(&new.uri).unwrap();
    let now = u64::try_from(database.clock().now().timestamp()).unwrap();
    person.confirm_second_factor(&totp.generate(now).to_string()).await.unwrap();
    // The first identity took the password away, which was nobody's for sure.
    let reset = catalog.password_reset_link(&email).await.unwrap().unwrap();
    catalog.redeem_password_reset(reset.token.expose(), PASSWORD).await.unwrap();
    let Entry::SecondFactor(token) = catalog.sign_in(&email, PASSWORD, &origin).await.unwrap() else {
        panic!("the second factor is wanted")
    };
    let user = catalog.attempt_second_factor(token.expose()).await.unwrap();
    let next = totp.generate(now + 30).to_string();
    let program = catalog.redeem_second_factor(user, token.expose(), &next, &origin).await.unwrap();
    catalog.hand_to_program(&program).await.unwrap();
    catalog.sign_in_link(&email).await.unwrap();
}

async fn tables(superuser: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            AND relname <> '_sqlx_migrations' ORDER BY relname",
    )
    .fetch_all(superuser)
    .await
    .unwrap()
}

/// The rows of a table that are the tenant's, as JSON, as the superuser sees them.
async fn rows_of(superuser: &mut PgConnection, table: &str, made: &Provisioned) -> Vec<serde_json::Value> {
    let mine = match table {
        "organizations" => "t.id = $1",
        "users" => "t.id = $2",
        "user_passwords" | "user_identities" | "user_second_factors" | "user_recovery_codes" | "one_time_tokens" => {
            "t.user_id = $2"
        }
        "system_keys" | "key_rotations" | "rate_budgets" => "$1::uuid IS NOT NULL", // no tenant's
        _ => "t.org_id = $1",
    };
    let query = format!("SELECT to_jsonb(t) FROM {table} AS t WHERE {mine} AND $2::uuid IS NOT NULL ORDER BY 1");
    sqlx::query_scalar(AssertSqlSafe(query))
        .bind(made.organization.0)
        .bind(made.owner.0)
        .fetch_all(superuser)
        .await
        .unwrap_or_else(|error| panic!("{table} has no org_id, and the walk does not know whose its rows are: {error}"))
}

/// Runs one statement as that role with that context, and takes everything back.
async fn attempt(
    app: &mut PgConnection,
    role: &str,
    context: Option<&str>,
    statement: &str,
    row: &serde_json::Value,
) -> Result<u64, String> {
    let mut transaction = app.begin().await.unwrap();
    let take_on = format!("SET LOCAL ROLE {role}");
    sqlx::raw_sql(AssertSqlSafe(take_on)).execute(&mut *transaction).await.unwrap();
    if let Some(context) = context {
        // And everything else that policies read, of nobody.
        let others =
            "set_config('aloftly.email', 'nobody@x.test', true), set_config('aloftly.session', repeat('0', 64), true),
            set_config('aloftly.api_key', repeat('0', 64), true), set_config('aloftly.token', repeat('0', 64), true),
            set_config('aloftly.identity', 'x y', true), set_config('aloftly.embed', repeat('x', 43), true)";
        let set =
            format!("SELECT set_config('aloftly.org_id', $1, true), set_config('aloftly.user_id', $2, true), {others}");
        sqlx::query(AssertSqlSafe(set)).bind(context).bind(context).execute(&mut *transaction).await.unwrap();
    }
    let outcome = sqlx::query(AssertSqlSafe(statement.to_owned())).bind(row).execute(&mut *transaction).await;
    transaction.rollback().await.unwrap();
    outcome.map(|done| done.rows_affected()).map_err(|error| {
        let code =
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned();
        assert_eq!(
            code, "42501",
            "refused for a reason that has nothing to do with whose row it is: {statement}: {error}"
        );
        code
    })
}

#[tokio::test]
async fn no_table_shows_or_takes_a_tenants_rows_without_that_tenants_context() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    fill(&database, &acme, &made, "acme").await;
    let (rival, rivals) = database.organization("rival").await;
    fill(&database, &rival, &rivals, "rival").await;

    let mut superuser = database.connect(database.superuser()).await;
    let mut app = database.connect(database.app()).await;
    let (wrong, nobody) = (rivals.organization.to_string(), Uuid::nil().to_string());
    let contexts = [None, Some(""), Some(nobody.as_str()), Some(wrong.as_str())];
    let tables = tables(&mut superuser).await;
    assert!(tables.len() >= 45, "{tables:?}");
    for table in &tables {
        let mine = rows_of(&mut superuser, table, &made).await;
        let row =
            mine.first().unwrap_or_else(|| panic!("the walk must be shown a row of a tenant in the new table {table}"));
        let column = row.as_object().unwrap().keys().next().unwrap().clone();
        let this = format!("to_jsonb({table}) = $1");
        for (role, context) in ROLES.into_iter().flat_map(|role| contexts.map(|context| (role, context))) {
            for (verb, statement) in [
                ("select", format!("SELECT FROM {table} WHERE {this}")),
                ("update", format!("UPDATE {table} SET {column} = {column} WHERE {this}")),
                ("delete", format!("DELETE FROM {table} WHERE {this}")),
            ] {
                let touched = attempt(&mut app, role, context, &statement, row).await.unwrap_or(0);
                assert_eq!(
                    touched, 0,
                    "{verb} on {table} as {role} with context {context:?} reached another tenant's row"
                );
            }
            let columns: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
            let columns = columns.join(", ");
            let insert = format!(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1)"
            );
            let refused = attempt(&mut app, role, context, &insert, row).await;
            assert!(
                refused.is_err(),
                "insert into {table} as {role} with context {context:?} made another tenant's row"
            );
        }
        assert_eq!(rows_of(&mut superuser, table, &made).await, mine, "{table} was changed");
    }
}

#[tokio::test]
async fn each_granted_column_of_a_tenants_row_can_be_updated_only_with_its_context() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    fill(&database, &acme, &made, "acme").await;
    let (_, rivals) = database.organization("rival").await;
    let granted: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT grantee::text, table_name::text, column_name::text FROM information_schema.column_privileges
        WHERE grantee = ANY ($1) AND privilege_type = 'UPDATE' AND table_schema = 'public' ORDER BY 1, 2, 3",
    )
    .bind(ROLES)
    .fetch_all(&mut database.connect(database.superuser()).await)
    .await
    .unwrap();
    assert!(ROLES.iter().all(|role| granted.iter().any(|(grantee, ..)| grantee == role)));
    let mut app = database.connect(database.app()).await;
    let (mine, wrong) = (made.organization.to_string(), rivals.organization.to_string());
    for (role, table, column) in granted {
        let owner = match table.as_str() {
            "organizations" => "id",
            // Those of people are walked by person, in the tests of sessions and accounts; those of the system in the vault's.
            "users"
            | "user_passwords"
            | "user_second_factors"
            | "one_time_tokens"
            | "system_keys"
            | "key_rotations"
            | "rate_budgets" => continue,
            _ => "org_id",
        };
        let update = format!("UPDATE {table} SET {column} = {column} WHERE {owner}::text = ($1 #>> '{{}}')");
        for context in [None, Some(""), Some(wrong.as_str())] {
            let touched = attempt(&mut app, &role, context, &update, &mine.clone().into()).await;
            assert_eq!(touched, Ok(0), "{table}.{column} as {role} with {context:?}");
        }
        let touched = attempt(&mut app, &role, Some(&mine), &update, &mine.clone().into()).await;
        assert!(touched.is_ok_and(|rows| rows > 0), "{table}.{column} as {role} with its own context");
    }
}
