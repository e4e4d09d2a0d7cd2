//! What is sealed, who may open it, and what rotations do to it.

mod credentials;
mod masters;
mod rotation;

use std::sync::Arc;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    Catalog, CatalogError, CatalogOptions, ConnectionId, LocalMasterKeys, OrganizationId, SystemContext, Tenant,
};
use aloftly_engine::clock::SystemClock;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

/// A master key as text.
fn made() -> String {
    LocalMasterKeys::generate().unwrap().expose_secret().to_owned()
}

fn id_of(key: &str) -> String {
    key.split(':').next().unwrap().to_owned()
}

/// Another server over the same database, with those master keys.
async fn try_server(database: &TestDatabase, keys: &[&String]) -> Result<Catalog, CatalogError> {
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let keys = LocalMasterKeys::parse(&keys.join(",")).unwrap();
    let options = CatalogOptions::new(database.app().clone(), Arc::new(keys));
    Catalog::connect(CatalogOptions { max_connections: 8, ..options }, Arc::new(SystemClock)).await
}

async fn server(database: &TestDatabase, keys: &[&String]) -> Catalog {
    try_server(database, keys).await.unwrap()
}

/// Another server with the master keys of the database's own, which has opened nothing yet.
async fn fresh(database: &TestDatabase) -> Catalog {
    Catalog::connect(database.options(), Arc::new(SystemClock)).await.unwrap()
}

fn tenant(catalog: &Catalog, organization: OrganizationId) -> Tenant {
    catalog.tenant(SystemContext::new(organization, "a test"))
}

fn connection(number: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(number))
}

async fn put(tenant: &Tenant, connection: ConnectionId, fields: &[(&str, &str)]) {
    let fields: Vec<_> = fields.iter().map(|(field, text)| (*field, SecretString::from(*text))).collect();
    tenant.put_credentials(connection, &fields).await.unwrap();
}

/// Fields and what they say.
async fn revealed(tenant: &Tenant, connection: ConnectionId) -> Result<Vec<(String, String)>, CatalogError> {
    let revealed = tenant.reveal_credentials(connection).await?;
    Ok(revealed.into_iter().map(|(field, text)| (field, text.expose_secret().to_owned())).collect())
}

/// The one field of a connection.
async fn token(tenant: &Tenant, connection: ConnectionId) -> String {
    let revealed = revealed(tenant, connection).await.unwrap();
    assert_eq!(revealed.len(), 1);
    revealed[0].1.clone()
}

/// What one row of one column says, as the superuser sees it.
async fn scalar(database: &TestDatabase, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut database.connect(database.superuser()).await).await.unwrap()
}

async fn execute(database: &TestDatabase, statement: &'static str) {
    let done = sqlx::raw_sql(statement).execute(&mut database.connect(database.superuser()).await).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement} changed nothing");
}
