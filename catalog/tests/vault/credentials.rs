//! Credentials: who may do what with them, and that a row says what it says in its own place alone.

use aloftly_catalog::testing::{TestDatabase, master_keys};
use aloftly_catalog::{AuditFilter, Catalog, CatalogError, CatalogOptions, OrgRole, SystemPurpose, Tenant, VaultError};
use aloftly_engine::clock::SystemClock;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sqlx::AssertSqlSafe;

use super::{connection, execute, fresh, put, revealed, scalar, tenant, token};

const CANARY: &str = "canary-of-the-vault-0123456789";

fn is_damaged<T: std::fmt::Debug>(result: &Result<T, CatalogError>) -> bool {
    matches!(result, Err(CatalogError::Vault(VaultError::Damaged(_))))
}

#[tokio::test]
async fn what_was_put_is_revealed_until_it_is_deleted() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    let (shop, other) = (connection(1), connection(2));
    put(&acme, shop, &[("secret", "s1"), ("access_token", "a1")]).await;
    put(&acme, other, &[("secret", "")]).await;
    let pair = |field: &str, text: &str| (field.to_owned(), text.to_owned());
    assert_eq!(revealed(&acme, shop).await.unwrap(), [pair("access_token", "a1"), pair("secret", "s1")]);
    let long = "ü".repeat(32 * 1024);
    put(&acme, shop, &[("access_token", &long)]).await;
    assert_eq!(revealed(&acme, shop).await.unwrap(), [pair("access_token", &long), pair("secret", "s1")]);
    assert_eq!(revealed(&acme, other).await.unwrap(), [pair("secret", "")]);
    let names: Vec<_> = acme.credential_fields(shop).await.unwrap().into_iter().map(|field| field.name).collect();
    assert_eq!(names, ["access_token", "secret"]);

    acme.delete_credentials(shop).await.unwrap();
    acme.delete_credentials(shop).await.unwrap();
    assert!(matches!(revealed(&acme, shop).await, Err(CatalogError::NotFound("credentials"))));
    assert_eq!(acme.credential_fields(shop).await.unwrap(), []);
    assert_eq!(revealed(&acme, other).await.unwrap().len(), 1);
    database.close().await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_without_saying_it() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    let secret = || SecretString::from(CANARY);
    let many: Vec<_> = (0..33).map(|number| format!("f{number}")).collect();
    let many: Vec<_> = many.iter().map(|field| (field.as_str(), secret())).collect();
    let cases: Vec<Vec<(&str, SecretString)>> = vec![
        vec![],
        many,
        vec![("a", secret()), ("a", secret())],
        vec![("", secret())],
        vec![("A", secret())],
        vec![("1a", secret())],
        vec![("a-b", secret())],
        vec![("a\0", secret())],
        vec![("a", SecretString::from(CANARY.repeat(3_000)))],
    ];
    for fields in cases {
        let refused = acme.put_credentials(connection(1), &fields).await.unwrap_err();
        let said = format!("{refused} {refused:?}");
        assert!(matches!(refused, CatalogError::Invalid { field: "credentials", .. }), "{said}");
        assert!(!said.contains(CANARY), "{said}");
    }
    database.close().await;
}

#[tokio::test]
async fn admins_give_credentials_and_nobody_reads_them() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    for role in OrgRole::ALL {
        let email = format!("an-{}@acme.test", role.as_str());
        let user = database.member(made.organization, &email, role).await;
        let (acting, _) = database.as_person(&email).await;
        let may = role >= OrgRole::Admin;
        let put = acting.put_credentials(connection(1), &[("token", CANARY.into())]).await;
        let fields = acting.credential_fields(connection(1)).await;
        assert_eq!((put.is_ok(), fields.is_ok()), (may, may), "{role:?}");
        let read = acting.reveal_credentials(connection(1)).await.unwrap_err();
        assert!(matches!(read, CatalogError::Forbidden("system")), "{role:?}: {read:?}");
        assert_eq!(acting.delete_credentials(connection(1)).await.is_ok(), may, "{role:?}");
        // A request that was authenticated before.
        acme.remove_member(user).await.unwrap();
        let late = acting.put_credentials(connection(1), &[("token", CANARY.into())]).await.unwrap_err();
        assert!(matches!(late, CatalogError::Unauthenticated | CatalogError::Forbidden("admin")), "{late:?}");
        let late = acting.delete_credentials(connection(1)).await.unwrap_err();
        assert!(matches!(late, CatalogError::Unauthenticated | CatalogError::Forbidden("admin")), "{late:?}");
    }
    let log = acme.audit_events(&AuditFilter::default(), None, 500).await.unwrap().events;
    let told = |action: &str| log.iter().filter(|event| event.action == action).count();
    assert_eq!((told("credentials.set"), told("credentials.removed")), (2, 2));
    assert!(log.iter().any(|event| event.detail["fields"] == serde_json::json!(["token"])), "{log:?}");
    assert!(!format!("{log:?}").contains(CANARY));
    database.close().await;
}

#[tokio::test]
async fn the_database_never_holds_what_is_sealed_nor_a_key() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    put(&acme, connection(1), &[("token", CANARY)]).await;
    let key = database.catalog().system_key(SystemPurpose::People).await.unwrap();
    let sealed = key.seal(&[b"a test"], CANARY.as_bytes()).unwrap();
    assert_eq!(*key.open("it", &[b"a test"], &sealed).unwrap(), CANARY.as_bytes());
    let mut superuser = database.connect(database.superuser()).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let mut dump = String::new();
    for table in tables {
        let all = format!("SELECT coalesce(json_agg(to_json(t))::text, '') FROM {table} AS t");
        let rows: String = sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut superuser).await.unwrap();
        dump.push_str(&rows);
    }
    assert!(dump.contains("ciphertext") && dump.contains("wrapped"), "the walk saw the vault");
    for form in [
        CANARY.to_owned(),
        hex::encode(CANARY),
        STANDARD.encode(CANARY),
        STANDARD_NO_PAD.encode(CANARY),
        URL_SAFE_NO_PAD.encode(CANARY),
    ] {
        assert!(!dump.contains(&form), "{form}");
    }
    database.close().await;
}

#[tokio::test]
async fn nothing_that_can_be_printed_shows_a_secret() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    put(&acme, connection(1), &[("token", CANARY)]).await;
    let secrets = acme.reveal_credentials(connection(1)).await.unwrap();
    execute(&database, "UPDATE credentials SET nonce = decode(repeat('00', 12), 'hex')").await;
    let damaged = acme.reveal_credentials(connection(1)).await.unwrap_err();
    let shown = format!(
        "{secrets:?} {damaged} {damaged:?} {acme:?} {:?} {:?} {:?}",
        database.catalog(),
        database.options(),
        database.catalog().system_key(SystemPurpose::Tokens).await.unwrap(),
    );
    assert!(!shown.contains(CANARY), "{shown}");
    // Of a key's bytes nothing is there either: neither as numbers nor as text.
    assert!(!shown.contains("bytes: ["), "{shown}");
    database.close().await;
}

#[tokio::test]
async fn a_row_in_anothers_place_cannot_be_opened() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    let (rival, rivals) = database.organization("rival").await;
    let all = [(&acme, 1), (&acme, 2), (&rival, 1)];
    let fill = async || {
        for (tenant, number) in all {
            tenant.delete_credentials(connection(number)).await.unwrap();
            put(tenant, connection(number), &[("one", "text"), ("two", "text")]).await;
        }
    };
    let damage = async |of: &Tenant, number: u128| is_damaged(&revealed(of, connection(number)).await);
    let mut superuser = database.connect(database.superuser()).await;
    let mut swap = async |one: (uuid::Uuid, u128, &str), other: (uuid::Uuid, u128, &str)| {
        let statement = "UPDATE credentials AS a SET nonce = b.nonce, ciphertext = b.ciphertext FROM credentials AS b
            WHERE (a.org_id = $1 AND a.connection_id = $2 AND a.field = $3 AND b.org_id = $4 AND b.connection_id = $5 AND b.field = $6)
            OR (b.org_id = $1 AND b.connection_id = $2 AND b.field = $3 AND a.org_id = $4 AND a.connection_id = $5 AND a.field = $6)";
        let done = sqlx::query(statement)
            .bind(one.0)
            .bind(connection(one.1).0)
            .bind(one.2)
            .bind(other.0)
            .bind(connection(other.1).0)
            .bind(other.2)
            .execute(&mut superuser)
            .await
            .unwrap();
        assert_eq!(done.rows_affected(), 2);
    };
    let (a, b) = (made.organization.0, rivals.organization.0);

    fill().await;
    swap((a, 1, "one"), (a, 1, "two")).await;
    assert!(damage(&acme, 1).await, "another field");
    assert!(!damage(&acme, 2).await && !damage(&rival, 1).await);
    fill().await;
    swap((a, 1, "one"), (a, 2, "one")).await;
    assert!(damage(&acme, 1).await && damage(&acme, 2).await, "another connection");
    fill().await;
    swap((a, 1, "one"), (b, 1, "one")).await;
    assert!(damage(&acme, 1).await && damage(&rival, 1).await, "another tenant");

    // Another key of the same tenant.
    fill().await;
    execute(
        &database,
        "INSERT INTO tenant_keys SELECT org_id, gen_random_uuid(), master_key_id, wrapped, 'retired', NULL, created_at FROM tenant_keys",
    )
    .await;
    execute(
        &database,
        "UPDATE credentials SET key_id = k.id FROM tenant_keys AS k WHERE k.org_id = credentials.org_id AND state = 'retired'",
    )
    .await;
    for (tenant, number) in all {
        assert!(damage(tenant, number).await, "a key of another id");
    }
    // A tenant's key in the place of another's.
    fill().await;
    execute(
        &database,
        "UPDATE tenant_keys AS a SET wrapped = b.wrapped FROM tenant_keys AS b
        WHERE a.org_id <> b.org_id AND a.state = 'active' AND b.state = 'active'",
    )
    .await;
    execute(&database, "DELETE FROM tenant_keys WHERE state = 'retired'").await;
    let refused = Catalog::connect(database.options(), std::sync::Arc::new(SystemClock)).await;
    assert!(matches!(refused, Err(CatalogError::Vault(VaultError::WrongMasterKey { .. }))), "{refused:?}");
    database.close().await;
}

#[tokio::test]
async fn a_flipped_bit_is_an_error() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    let (rival, _) = database.organization("rival").await;
    put(&rival, connection(1), &[("token", "theirs")]).await;
    let mut superuser = database.connect(database.superuser()).await;
    for (table, column, bytes) in
        [("credentials", "nonce", 12), ("credentials", "ciphertext", 20), ("tenant_keys", "wrapped", 60)]
    {
        for bit in (0..bytes * 8).step_by(7) {
            put(&acme, connection(1), &[("token", "text")]).await;
            let flip = format!(
                "UPDATE {table} SET {column} = set_bit({column}, {bit}, 1 - get_bit({column}, {bit})) WHERE org_id = $1"
            );
            let mut flip = async || {
                sqlx::query(AssertSqlSafe(flip.clone()))
                    .bind(made.organization.0)
                    .execute(&mut superuser)
                    .await
                    .unwrap();
            };
            flip().await;
            // One that has opened nothing yet.
            let other = fresh(&database).await;
            let read = revealed(&tenant(&other, made.organization), connection(1)).await;
            assert!(is_damaged(&read), "{table}.{column}, bit {bit}");
            assert_eq!(token(&rival, connection(1)).await, "theirs");
            flip().await;
            assert_eq!(token(&tenant(&other, made.organization), connection(1)).await, "text");
            other.close().await;
        }
    }
    database.close().await;
}

#[tokio::test]
async fn servers_that_make_a_tenants_first_key_at_once_agree() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    let other = fresh(&database).await;
    let servers = [acme.clone(), tenant(&other, made.organization)];
    let puts = (0..12).map(|number: u128| {
        let server = servers[usize::try_from(number % 2).unwrap()].clone();
        async move { put(&server, connection(number), &[("token", &number.to_string())]).await }
    });
    futures::future::join_all(puts).await;
    for (server, number) in servers.iter().cycle().zip(0..12) {
        assert_eq!(token(server, connection(number)).await, number.to_string());
    }
    assert_eq!(scalar(&database, "SELECT count(*) FROM tenant_keys").await, 1);

    let keys = (0..8).map(|number| {
        let catalog = if number % 2 == 0 { database.catalog().clone() } else { other.clone() };
        async move { catalog.system_key(SystemPurpose::Tokens).await.unwrap() }
    });
    let keys = futures::future::join_all(keys).await;
    assert!(keys.iter().all(|key| key.id() == keys[0].id()));
    let sealed = keys[0].seal(&[b"a"], b"text").unwrap();
    let opening = other.system_key_of(SystemPurpose::Tokens, sealed.key_id).await.unwrap();
    assert_eq!(*opening.open("it", &[b"a"], &sealed).unwrap(), b"text");
    let of_another = other.system_key_of(SystemPurpose::People, sealed.key_id).await.unwrap_err();
    assert!(matches!(of_another, CatalogError::Vault(VaultError::NoSuchKey(_))), "{of_another:?}");
    assert_eq!(scalar(&database, "SELECT count(*) FROM system_keys").await, 1);
    other.close().await;
    database.close().await;
}

#[tokio::test]
async fn the_scope_of_the_system_sees_keys_and_no_credentials() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    put(&acme, connection(1), &[("token", CANARY)]).await;
    database.catalog().system_key(SystemPurpose::Tokens).await.unwrap();
    let mut app = database.connect(database.app()).await;
    sqlx::query("SELECT set_config('aloftly.system', 'on', false)").execute(&mut app).await.unwrap();
    let mut seen = async |query: &'static str| sqlx::query_scalar::<_, i64>(query).fetch_one(&mut app).await.unwrap();
    assert_eq!(seen("SELECT count(*) FROM credentials").await, 0);
    assert_eq!(seen("SELECT count(*) FROM tenant_keys").await, 1);
    assert_eq!(seen("SELECT count(*) FROM system_keys").await, 1);
    for statement in [
        "UPDATE tenant_keys SET state = 'retired'",
        "UPDATE tenant_keys SET wrapped = 'x'",
        "DELETE FROM tenant_keys",
        "DELETE FROM credentials",
    ] {
        let touched = sqlx::query(statement).execute(&mut app).await.unwrap().rows_affected();
        assert_eq!(touched, 0, "{statement}");
    }
    database.close().await;
}

#[tokio::test]
async fn a_catalog_with_other_master_keys_is_refused_before_it_does_anything() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    put(&acme, connection(1), &[("token", CANARY)]).await;
    let options = CatalogOptions::new(database.app().clone(), master_keys());
    let refused = Catalog::connect(options, std::sync::Arc::new(SystemClock)).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Vault(VaultError::MissingMasterKeys { .. })), "{refused:?}");
    database.close().await;
}
