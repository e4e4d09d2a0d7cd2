//! What every table, role and function of the schema must be, read from Postgres' own catalog.

use aloftly_catalog::testing::TestDatabase;
use sqlx::PgConnection;

async fn names(connection: &mut PgConnection, query: &'static str) -> Vec<String> {
    sqlx::query_scalar(query).fetch_all(connection).await.unwrap()
}

async fn superuser() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::new().await;
    let connection = database.connect(database.superuser()).await;
    (database, connection)
}

#[tokio::test]
async fn every_table_forces_row_level_security_with_a_policy_that_tolerates_no_context() {
    let (_database, mut connection) = superuser().await;
    let open = "SELECT relname::text FROM pg_class AS c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_sqlx_migrations'
            AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))";
    assert_eq!(names(&mut connection, open).await, Vec::<String>::new());

    // One that is restrictive takes away of what the others give.
    let careless = "SELECT tablename || '.' || policyname FROM pg_policies WHERE schemaname = 'public' AND permissive = 'PERMISSIVE' AND (
            NOT (roles = '{aloftly_app}' OR roles = '{aloftly_app,aloftly_ingest}')
            OR concat(qual, with_check) NOT LIKE '%current_setting(''aloftly.%'
            OR concat(qual, with_check) LIKE '%uuid%' AND concat(qual, with_check) NOT LIKE '%NULLIF(%')";
    assert_eq!(names(&mut connection, careless).await, Vec::<String>::new());

    let half_bound = "SELECT tablename || '.' || policyname FROM pg_policies
        WHERE schemaname = 'public' AND cmd = 'ALL' AND (qual IS NULL OR with_check IS NULL OR qual <> with_check)";
    assert_eq!(names(&mut connection, half_bound).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_is_a_tenants_a_persons_or_the_systems() {
    let (_database, mut connection) = superuser().await;
    let without = "SELECT relname::text FROM pg_class AS c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '_sqlx_migrations'
            AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND attnotnull)
        ORDER BY 1";
    assert_eq!(
        names(&mut connection, without).await,
        [
            "key_rotations",
            "one_time_tokens",
            "organizations",
            "rate_budgets",
            "system_keys",
            "user_identities",
            "user_passwords",
            "user_recovery_codes",
            "user_second_factors",
            "users"
        ]
    );
}

#[tokio::test]
async fn unique_keys_and_foreign_keys_of_tenants_tables_start_with_the_tenant() {
    let (_database, mut connection) = superuser().await;
    let loose = "SELECT i.indexrelid::regclass::text FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
        JOIN pg_attribute AS tenant ON tenant.attrelid = c.oid AND tenant.attname = 'org_id'
        WHERE i.indisunique AND i.indkey[0] <> tenant.attnum";
    assert_eq!(names(&mut connection, loose).await, Vec::<String>::new());

    // Into a tenant's table only along with the tenant; out to organizations and users alone they may go with one column.
    let crossing = "SELECT f.conrelid::regclass || '.' || f.conname FROM pg_constraint AS f
        JOIN pg_attribute AS target ON target.attrelid = f.confrelid AND target.attname = 'org_id'
        LEFT JOIN pg_attribute AS source ON source.attrelid = f.conrelid AND source.attname = 'org_id'
        WHERE f.contype = 'f' AND NOT (f.confkey[1] = target.attnum AND f.conkey[1] = source.attnum)";
    assert_eq!(names(&mut connection, crossing).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_owner_owns_everything_and_neither_role_passes_by_row_level_security() {
    let (_database, mut connection) = superuser().await;
    let foreign = "SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relowner <> 'aloftly_owner'::regrole";
    assert_eq!(names(&mut connection, foreign).await, Vec::<String>::new());
    let powerful = "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'aloftly%'
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)";
    assert_eq!(names(&mut connection, powerful).await, Vec::<String>::new());
    let members = "SELECT roleid::regrole || ' to ' || member::regrole FROM pg_auth_members
        WHERE member IN (SELECT oid FROM pg_roles WHERE rolname IN ('aloftly_app', 'aloftly_ingest', 'aloftly_owner'))";
    assert_eq!(names(&mut connection, members).await, ["aloftly_ingest to aloftly_app"]);
    // It takes the role on, and has nothing of it otherwise.
    let inherited: bool = sqlx::query_scalar("SELECT pg_has_role('aloftly_app', 'aloftly_ingest', 'USAGE')")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(!inherited);
}

#[tokio::test]
async fn nothing_is_granted_to_everybody_and_only_listed_verbs_to_the_app() {
    let (_database, mut connection) = superuser().await;
    let public = "SELECT relname::text FROM pg_class, aclexplode(relacl) AS acl
        WHERE relnamespace = 'public'::regnamespace AND acl.grantee = 0";
    assert_eq!(names(&mut connection, public).await, Vec::<String>::new());
    // What nobody said anything about, everybody may call.
    let callable = "SELECT proname::text FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
        WHERE pronamespace = 'public'::regnamespace AND acl.grantee = 0";
    assert_eq!(names(&mut connection, callable).await, Vec::<String>::new());
    let whole = "SELECT relname || ' ' || acl.privilege_type FROM pg_class, aclexplode(relacl) AS acl
        WHERE relnamespace = 'public'::regnamespace AND acl.grantee = 'aloftly_app'::regrole
            AND acl.privilege_type NOT IN ('SELECT', 'INSERT') ORDER BY 1";
    let expected = [
        "annotations DELETE",
        "api_keys DELETE",
        "credentials DELETE",
        "dashboard_revisions DELETE",
        "dashboard_templates DELETE",
        "dashboard_views DELETE",
        "dashboards DELETE",
        "invitations DELETE",
        "lake_bookmarks DELETE",
        "lake_commits DELETE",
        "lake_doomed_segments DELETE",
        "lake_quarantine DELETE",
        "lake_removals DELETE",
        "lake_segments DELETE",
        "lake_staged_segments DELETE",
        "one_time_tokens DELETE",
        "org_members DELETE",
        "organizations DELETE",
        "rate_budgets DELETE",
        "sessions DELETE",
        "shares DELETE",
        "tenant_keys DELETE",
        "user_identities DELETE",
        "user_passwords DELETE",
        "user_recovery_codes DELETE",
        "user_second_factors DELETE",
        "users DELETE",
        "webhook_deliveries DELETE",
        "workspace_members DELETE",
    ];
    assert_eq!(names(&mut connection, whole).await, expected);
    let keys = "SELECT attrelid::regclass || '.' || attname FROM pg_attribute, aclexplode(attacl) AS acl
        WHERE attname IN ('org_id', 'id', 'store_id', 'user_id', 'workspace_id', 'segment_id', 'connection_id', 'field', 'purpose') AND acl.privilege_type = 'UPDATE'";
    assert_eq!(names(&mut connection, keys).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_brings_data_in_can_do_exactly_this() {
    let (database, mut connection) = superuser().await;
    let whole = "SELECT relname || ' ' || string_agg(acl.privilege_type, ' ' ORDER BY acl.privilege_type)
        FROM pg_class, aclexplode(relacl) AS acl
        WHERE acl.grantee = 'aloftly_ingest'::regrole GROUP BY relname ORDER BY relname";
    let expected = [
        "connections SELECT",
        "erasures SELECT",
        "imports SELECT",
        "lake_bookmarks DELETE INSERT SELECT",
        "lake_commits DELETE INSERT SELECT",
        "lake_doomed_segments DELETE INSERT SELECT",
        "lake_hot_payloads INSERT SELECT",
        "lake_partitions INSERT SELECT",
        "lake_quarantine DELETE INSERT SELECT",
        "lake_removals DELETE INSERT SELECT",
        "lake_segments DELETE INSERT SELECT",
        "lake_staged_segments DELETE INSERT SELECT",
        "lake_stores SELECT",
        "rate_budgets DELETE INSERT SELECT",
        "sync_jobs INSERT SELECT",
        "webhook_deliveries DELETE INSERT SELECT",
        "webhook_queues INSERT SELECT",
    ];
    assert_eq!(names(&mut connection, whole).await, expected);
    let columns =
        "SELECT attrelid::regclass || ' ' || acl.privilege_type || ' ' || string_agg(attname, ' ' ORDER BY attname)
        FROM pg_attribute, aclexplode(attacl) AS acl
        WHERE acl.grantee = 'aloftly_ingest'::regrole GROUP BY attrelid, acl.privilege_type
        ORDER BY attrelid::regclass::text, acl.privilege_type";
    let expected = [
        "connections UPDATE problem problem_at problem_code reconcile_at status sync_at synced_at warnings",
        "erasures UPDATE attempts customers due_at error finished_at removed version",
        "imports UPDATE already_imported attempts crashes error error_count errors finished_at lease_expires_at progress retry_at \
         rows_new rows_read rows_stale rows_unchanged rows_updated spool_file started_at status version waiting_for worker",
        "lake_bookmarks UPDATE moved_at place",
        "lake_commits UPDATE receipt",
        "lake_partitions UPDATE changed_version fold_at fold_lease_expires_at fold_worker",
        "lake_removals UPDATE removed_at",
        "lake_segments UPDATE end_version",
        "lake_stores UPDATE committed_at oldest_version quarantine_revision removals tidy_at tidy_lease_expires_at tidy_worker version",
        "rate_budgets UPDATE state used_at",
        "stores SELECT id org_id timezone",
        "sync_jobs UPDATE attempts due_at expected finished_at finished_streams lease_expires_at new_count problem problem_code records \
         removed_count requests started_at status stream things updated_count warnings worker",
        "webhook_deliveries UPDATE attempts body due_at outcome problem problem_code settled_at status",
        "webhook_queues UPDATE due_at lease_expires_at worker",
    ];
    assert_eq!(names(&mut connection, columns).await, expected);
    let functions = "SELECT proname::text FROM pg_proc, aclexplode(proacl) AS acl
        WHERE pronamespace = 'public'::regnamespace AND acl.grantee = 'aloftly_ingest'::regrole";
    assert_eq!(names(&mut connection, functions).await, Vec::<String>::new());
    // Where roles inherit what they are members of, they gain nothing by this one.
    let gained = "SELECT c.relname || ' ' || acl.privilege_type FROM pg_class AS c, aclexplode(c.relacl) AS acl
        WHERE acl.grantee = 'aloftly_ingest'::regrole AND NOT has_table_privilege('aloftly_app', c.oid, acl.privilege_type)
        UNION ALL
        SELECT attrelid::regclass || '.' || attname || ' ' || acl.privilege_type FROM pg_attribute, aclexplode(attacl) AS acl
        WHERE acl.grantee = 'aloftly_ingest'::regrole
            AND NOT has_column_privilege('aloftly_app', attrelid, attnum, acl.privilege_type)";
    assert_eq!(names(&mut connection, gained).await, Vec::<String>::new());
    database.close().await;
}

#[tokio::test]
async fn functions_that_act_as_their_definer_pin_their_search_path_and_views_act_as_their_invoker() {
    let (_database, mut connection) = superuser().await;
    let functions = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
        AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')";
    assert_eq!(names(&mut connection, functions).await, Vec::<String>::new());
    let views = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))";
    assert_eq!(names(&mut connection, views).await, Vec::<String>::new());
}
