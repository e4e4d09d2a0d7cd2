//! Migrations, and what is checked before the first request.

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, PgPool};

use crate::{CatalogError, Endpoint, PostgresVersion};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// What the lock is known by that whoever migrates holds.
const MIGRATING: i64 = 0x616c_6f66_746c_7901;

pub(crate) async fn migrate(owner: &Endpoint) -> Result<(), CatalogError> {
    let mut connection = PgConnection::connect_with(owner.options()).await?;
    check_version(&mut connection).await?;
    // Of those who change rights at the same time all but one are refused, so servers and commands that start together take turns.
    // The lock ends with the connection.
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATING).execute(&mut connection).await?;
    MIGRATIONS.run(&mut connection).await?;
    // So that a server can tell whether the database is behind it.
    let is_granted: bool =
        sqlx::query_scalar("SELECT has_table_privilege('aloftly_app', '_sqlx_migrations', 'SELECT')")
            .fetch_one(&mut connection)
            .await?;
    if !is_granted {
        sqlx::raw_sql("GRANT SELECT ON _sqlx_migrations TO aloftly_app").execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}

pub(crate) async fn check(pool: &PgPool) -> Result<(), CatalogError> {
    let mut connection = pool.acquire().await?;
    check_version(&mut connection).await?;
    check_role(&mut connection).await?;
    check_migrated(&mut connection).await
}

async fn check_version(connection: &mut PgConnection) -> Result<(), CatalogError> {
    let number: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::int").fetch_one(connection).await?;
    let version = PostgresVersion::from_number(u32::try_from(number).unwrap_or(0));
    if version.is_supported() { Ok(()) } else { Err(CatalogError::TooOld(version)) }
}

async fn check_role(connection: &mut PgConnection) -> Result<(), CatalogError> {
    let (role, superuser, bypasses, owns): (String, bool, bool, bool) =
        sqlx::query_as(include_str!("sql/role_powers.sql")).fetch_one(connection).await?;
    let reason = if superuser {
        "it is, or may become, a superuser, whom row-level security does not bind"
    } else if bypasses {
        "it has, or may take on, BYPASSRLS"
    } else if owns {
        "it owns, or may act as the owner of, the tables; use a role that is granted aloftly_app and nothing else"
    } else {
        return Ok(());
    };
    Err(CatalogError::Role { role, reason })
}

async fn check_migrated(connection: &mut PgConnection) -> Result<(), CatalogError> {
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    let exists: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    let missing = if exists {
        let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&mut *connection)
            .await?;
        // Migrations that this program does not know yet are no obstacle: they only add until no old program runs.
        known.iter().filter(|version| !applied.contains(version)).count()
    } else {
        known.len()
    };
    if missing > 0 {
        return Err(CatalogError::NotMigrated { missing });
    }
    let (role, requests, ingests): (String, bool, bool) =
        sqlx::query_as(include_str!("sql/granted_roles.sql")).fetch_one(connection).await?;
    let reason = if !requests {
        "it lacks aloftly_app: `GRANT aloftly_app` to it"
    } else if !ingests {
        "it cannot take on aloftly_ingest, as which data are brought in: `GRANT aloftly_ingest` to it"
    } else {
        return Ok(());
    };
    Err(CatalogError::Role { role, reason })
}
