//! The roles and the database of a new cluster. Every step may be repeated.

use sqlx::{Connection, PgConnection};

use super::secrets::Secrets;
use crate::Endpoint;

const ROLES: &str = include_str!("../sql/bootstrap_roles.sql");

/// The database that holds everything.
pub(super) const DATABASE: &str = "aloftly";

/// Makes what is missing. `superuser` is connected to the maintenance database.
pub(super) async fn run(superuser: &Endpoint, secrets: &Secrets) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(superuser.options()).await?;
    // Statements that make roles take no parameters: the passwords go through settings of this one session.
    sqlx::query(
        "SELECT set_config('aloftly.owner_password', $1, false), set_config('aloftly.app_password', $2, false)",
    )
    .bind(&secrets.owner)
    .bind(&secrets.app)
    .execute(&mut connection)
    .await?;
    sqlx::raw_sql(ROLES).execute(&mut connection).await?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut connection)
        .await?;
    if !exists {
        sqlx::raw_sql("CREATE DATABASE aloftly OWNER aloftly_owner").execute(&mut connection).await?;
    }
    sqlx::raw_sql(
        "REVOKE ALL ON DATABASE aloftly, postgres, template1 FROM PUBLIC; GRANT CONNECT ON DATABASE aloftly TO aloftly_app",
    )
    .execute(&mut connection)
    .await?;
    connection.close().await
}
