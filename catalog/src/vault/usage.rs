//! Which keys are in use, and whether this program has what they need.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Owner, SystemPurpose, VaultError, Wrapped, place};
use crate::catalog::Scope;
use crate::{Catalog, CatalogError};

/// How many keys of a master key are tried before it is held to be another one: one alone may be damaged.
const TRIED: i64 = 3;

/// Which keys are in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUsage {
    /// The master keys that wrapped something, and the one that wraps, by identity.
    pub master_keys: Vec<MasterKeyUse>,
    /// When a rotation of data keys began that is not finished.
    pub rotating_since: Option<DateTime<Utc>>,
}

/// What a master key wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyUse {
    /// Its identity.
    pub id: String,
    /// Whether it is the one that wraps.
    pub is_current: bool,
    /// How many data keys of tenants that seal.
    pub tenant_keys: u64,
    /// How many data keys of tenants that only open, until a rotation comes to its end.
    pub retired_keys: u64,
    /// How many data keys that belong to no tenant.
    pub system_keys: u64,
}

impl Catalog {
    /// Which keys are in use.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn key_usage(&self) -> Result<KeyUsage, CatalogError> {
        let current = self.vault().masters().current();
        let mut transaction = self.begin(Scope::System).await?;
        let rows = sqlx::query!(
            r#"SELECT master_key_id AS "id!",
                count(*) FILTER (WHERE of_tenant AND state = 'active') AS "tenant_keys!",
                count(*) FILTER (WHERE of_tenant AND state = 'retired') AS "retired_keys!",
                count(*) FILTER (WHERE NOT of_tenant) AS "system_keys!"
            FROM (
                SELECT master_key_id, state, true AS of_tenant FROM tenant_keys
                UNION ALL SELECT master_key_id, state, false FROM system_keys
            ) AS keys
            GROUP BY master_key_id"#,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let rotating_since = sqlx::query_scalar!("SELECT started_at FROM key_rotations WHERE finished_at IS NULL")
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let used = rows.into_iter().map(|row| MasterKeyUse {
            is_current: row.id == current,
            id: row.id,
            tenant_keys: count(row.tenant_keys),
            retired_keys: count(row.retired_keys),
            system_keys: count(row.system_keys),
        });
        let mut master_keys: Vec<_> = used.collect();
        if !master_keys.iter().any(|key| key.is_current) {
            let id = current.to_owned();
            master_keys.push(MasterKeyUse { id, is_current: true, tenant_keys: 0, retired_keys: 0, system_keys: 0 });
        }
        master_keys.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(KeyUsage { master_keys, rotating_since })
    }
}

/// Refuses to go on without the master keys that wrapped what the database has, or with others of their names: what would be wrapped by such
/// a one, nobody else could open.
pub(crate) async fn check_master_keys(catalog: &Catalog) -> Result<(), CatalogError> {
    let masters = catalog.vault().masters();
    let mut transaction = catalog.begin(Scope::System).await?;
    let rows = sqlx::query!(
        r#"SELECT master_key_id AS "master_key_id!", org_id, purpose, id AS "id!", wrapped AS "wrapped!"
        FROM (
            SELECT *, row_number() OVER (PARTITION BY master_key_id ORDER BY id DESC) AS number
            FROM (
                SELECT master_key_id, org_id, NULL AS purpose, id, wrapped FROM tenant_keys
                UNION ALL SELECT master_key_id, NULL, purpose, id, wrapped FROM system_keys
            ) AS keys
        ) AS numbered
        WHERE number <= $1
        ORDER BY master_key_id, number"#,
        TRIED,
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let mut ids: Vec<_> = rows.iter().map(|row| row.master_key_id.clone()).collect();
    ids.dedup();
    let missing: Vec<_> = ids.iter().filter(|id| !masters.knows(id)).cloned().collect();
    if !missing.is_empty() {
        return Err(VaultError::MissingMasterKeys { ids: missing }.into());
    }
    for id in ids {
        let mut opens = false;
        for row in rows.iter().filter(|row| row.master_key_id == id) {
            let owner = match (row.org_id, row.purpose.as_deref()) {
                (Some(organization), _) => Owner::Tenant(organization.into()),
                (None, purpose) => Owner::System(SystemPurpose::parse(purpose.unwrap_or_default())?),
            };
            opens = opens || try_open(catalog, owner, row.id, &id, &row.wrapped).await?;
        }
        if !opens {
            return Err(VaultError::WrongMasterKey { id }.into());
        }
    }
    Ok(())
}

async fn try_open(
    catalog: &Catalog,
    owner: Owner,
    id: Uuid,
    master_key_id: &str,
    wrapped: &[u8],
) -> Result<bool, CatalogError> {
    let wrapped = Wrapped { master_key_id: master_key_id.to_owned(), bytes: wrapped.to_vec() };
    match catalog.vault().masters().unwrap(&wrapped, &place(owner, id)).await {
        Ok(_) => Ok(true),
        Err(VaultError::Damaged(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
