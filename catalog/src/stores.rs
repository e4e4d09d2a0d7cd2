//! The organisation, its workspaces and its stores.

use std::collections::BTreeMap;

use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::{StoreState, Version};
use aloftly_engine::metrics::StoreScope;
use aloftly_engine::metrics::query::WeekStart;
use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::audit::{AuditAction, Done};
use crate::error::taken;
use crate::plans::Limit;
use crate::{
    CatalogError, NewStore, OrganizationId, Permission, ReadConnection, StoreVersion, Tenant, WorkspaceId,
    WorkspacePermission,
};

/// The tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Organization {
    /// Its identity.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// What it pays for.
    pub plan_tier: String,
    /// Switches, as a JSON object.
    pub feature_flags: serde_json::Value,
    /// Colours, logo and domain of its own, as a JSON object.
    pub white_label_config: serde_json::Value,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A part of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its identity.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

/// An online store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its identity.
    pub id: StoreId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub workspace: Workspace,
    /// ISO 4217.
    pub currency: String,
    /// Whose days its days are.
    pub timezone: Tz,
    /// The first day of its weeks.
    pub week_start: Weekday,
    /// The newest version of its data.
    pub version: Version,
    /// When its data last changed.
    pub committed_at: Option<DateTime<Utc>>,
    /// The first and the last instant that its orders and events speak of.
    pub data_bounds: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Since when its data are made up, if they are.
    pub sample_data_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

struct StoreRow {
    id: Uuid,
    name: String,
    workspace_id: Uuid,
    workspace_name: String,
    currency: String,
    timezone: String,
    week_start: String,
    version: i64,
    committed_at: Option<DateTime<Utc>>,
    time_min: Option<i64>,
    time_max: Option<i64>,
    sample_data_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<StoreRow> for Store {
    type Error = CatalogError;

    fn try_from(row: StoreRow) -> Result<Self, CatalogError> {
        let bound = |micros: Option<i64>| micros.and_then(DateTime::from_timestamp_micros);
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            workspace: Workspace { id: row.workspace_id.into(), name: row.workspace_name },
            currency: row.currency,
            timezone: row.timezone.parse().map_err(|error| CatalogError::corrupt("a store", error))?,
            week_start: row.week_start.parse().map_err(|_| CatalogError::corrupt("a store", row.week_start))?,
            version: row.version,
            committed_at: row.committed_at,
            data_bounds: bound(row.time_min).zip(bound(row.time_max)),
            sample_data_at: row.sample_data_at,
            created_at: row.created_at,
        })
    }
}

/// A store as those who ask for figures need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadableStore {
    /// What queries need to know of it.
    pub scope: StoreScope,
    /// The state that its data are in.
    pub state: StoreState,
    /// The connections that its sources are read by.
    pub connections: Vec<ReadConnection>,
}

impl ReadableStore {
    /// From its row: the store (its identity, name, currency, zone and first day of the week), the state of its data, and its connections
    /// as a list. How far sources have been read is left to whoever knows how often that is to be done.
    pub(crate) fn new(
        (id, name, currency, timezone, week_start): (Uuid, String, String, String, String),
        version: Version,
        quarantine_revision: i64,
        connections: Option<serde_json::Value>,
    ) -> Result<Self, CatalogError> {
        let connections: Vec<ReadConnection> = match connections {
            Some(list) => serde_json::from_value(list).map_err(|error| CatalogError::corrupt("a connection", error))?,
            None => Vec::new(),
        };
        let scope = StoreScope {
            id: id.into(),
            name,
            currency,
            timezone: timezone.parse().map_err(|error| CatalogError::corrupt("a store", error))?,
            week_start: week_start.parse().map_err(|_| CatalogError::corrupt("a store", week_start))?,
            readings: BTreeMap::new(),
        };
        Ok(Self { scope, state: StoreState { version, quarantine_revision }, connections })
    }
}

impl Tenant {
    /// The version that a store is at, for whoever may see it.
    ///
    /// # Errors
    /// When there is no such store that the actor may see, or the database is unavailable.
    pub async fn store_version(&self, store: StoreId) -> Result<StoreVersion, CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Read).await?;
        let version = sqlx::query_as!(
            StoreVersion,
            "SELECT version, committed_at FROM lake_stores WHERE org_id = $1 AND store_id = $2",
            self.context().organization().0,
            store.0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(version.unwrap_or_default())
    }

    /// The organisation itself.
    ///
    /// # Errors
    /// When it is gone or the database is unavailable.
    pub async fn organization(&self) -> Result<Organization, CatalogError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query!(
            "SELECT id, name, plan_tier, feature_flags, white_label_config, created_at FROM organizations WHERE id = $1",
            self.context().organization().0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("organization"))?;
        transaction.commit().await?;
        Ok(Organization {
            id: row.id.into(),
            name: row.name,
            plan_tier: row.plan_tier,
            feature_flags: row.feature_flags,
            white_label_config: row.white_label_config,
            created_at: row.created_at,
        })
    }

    /// The workspaces that the actor may see, by name.
    ///
    /// # Errors
    /// When the actor may see none, or the database is unavailable.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT workspace.id, workspace.name FROM workspaces AS workspace
            WHERE workspace.org_id = $1 AND ($2::uuid IS NULL OR EXISTS (
                SELECT FROM workspace_members AS member
                WHERE member.org_id = workspace.org_id AND member.workspace_id = workspace.id AND member.user_id = $2
            )) AND ($3::uuid IS NULL OR workspace.id = $3)
            ORDER BY workspace.name, workspace.id",
            self.context().organization().0,
            self.bounded_by(),
            self.bounded_to(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| Workspace { id: row.id.into(), name: row.name }).collect())
    }

    /// Adds a workspace. For admins.
    ///
    /// # Errors
    /// When the actor may not, the name is taken, or the database is unavailable.
    pub async fn create_workspace(&self, name: &str) -> Result<WorkspaceId, CatalogError> {
        self.require(Permission::ManageWorkspaces)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let id = insert_workspace(self, &mut transaction, name).await?;
        self.record(&mut transaction, Done::new(AuditAction::WorkspaceCreated).to(id.0, name.trim())).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The stores that the actor may see, by name.
    ///
    /// # Errors
    /// When the actor may see none, or the database is unavailable.
    pub async fn stores(&self) -> Result<Vec<Store>, CatalogError> {
        self.select_stores(None).await
    }

    /// One store.
    ///
    /// # Errors
    /// When there is none that the actor may see, or the database is unavailable.
    pub async fn store(&self, id: StoreId) -> Result<Store, CatalogError> {
        self.select_stores(Some(id)).await?.pop().ok_or_else(CatalogError::no_store)
    }

    async fn select_stores(&self, only: Option<StoreId>) -> Result<Vec<Store>, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let mut transaction = self.begin().await?;
        let rows = sqlx::query_file_as!(
            StoreRow,
            "src/sql/stores.sql",
            self.context().organization().0,
            self.bounded_by(),
            only.map(|id| id.0),
            self.bounded_to(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        rows.into_iter().map(Store::try_from).collect()
    }

    /// Adds a store, empty and at version 0. For admins.
    ///
    /// # Errors
    /// When the actor may not, the plan has no room for it, the workspace does not exist, a value is wrong, the name is taken in the
    /// workspace, or the database is unavailable.
    pub async fn create_store(&self, workspace: WorkspaceId, store: &NewStore) -> Result<StoreId, CatalogError> {
        self.require(Permission::ManageWorkspaces)?;
        let mut transaction = self.begin().await?;
        self.check_room(&mut transaction, Limit::Stores).await?;
        self.check_actor(&mut transaction).await?;
        let id = insert_store(self, &mut transaction, workspace, store).await?;
        self.record(&mut transaction, Done::new(AuditAction::StoreCreated).to(id.0, store.name.trim())).await?;
        transaction.commit().await?;
        Ok(id)
    }
}

pub(crate) async fn insert_workspace(
    tenant: &Tenant,
    transaction: &mut PgTransaction<'static>,
    name: &str,
) -> Result<WorkspaceId, CatalogError> {
    let clock = tenant.catalog().clock();
    let id = WorkspaceId(clock.new_id());
    sqlx::query!(
        "INSERT INTO workspaces (org_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
        tenant.context().organization().0,
        id.0,
        checked_name("workspace name", name)?,
        clock.now(),
    )
    .execute(&mut **transaction)
    .await
    .map_err(taken("workspace name"))?;
    Ok(id)
}

pub(crate) async fn insert_store(
    tenant: &Tenant,
    transaction: &mut PgTransaction<'static>,
    workspace: WorkspaceId,
    store: &NewStore,
) -> Result<StoreId, CatalogError> {
    check_currency(&store.currency)?;
    let clock = tenant.catalog().clock();
    let id = StoreId(clock.new_id());
    sqlx::query!(
        "INSERT INTO stores (org_id, id, workspace_id, name, currency, timezone, week_start, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant.context().organization().0,
        id.0,
        workspace.0,
        checked_name("store name", &store.name)?,
        store.currency,
        store.timezone.name(),
        WeekStart::from(store.week_start).name(),
        clock.now(),
    )
    .execute(&mut **transaction)
    .await
    .map_err(|error| match error.as_database_error() {
        Some(refused) if refused.is_foreign_key_violation() => CatalogError::NotFound("workspace"),
        _ => taken("store name")(error),
    })?;
    sqlx::query!(
        "INSERT INTO lake_stores (org_id, store_id) VALUES ($1, $2)",
        tenant.context().organization().0,
        id.0,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(id)
}

pub(crate) fn check_currency(currency: &str) -> Result<(), CatalogError> {
    if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    let reason = "three capital letters of ISO 4217, such as USD".to_owned();
    Err(CatalogError::Invalid { field: "currency", reason })
}

/// A name without blanks around it, of 1 to 200 characters on one line.
pub(crate) fn checked_name<'a>(field: &'static str, name: &'a str) -> Result<&'a str, CatalogError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.contains(char::is_control) {
        return Err(CatalogError::Invalid { field, reason: "1 to 200 characters on one line".to_owned() });
    }
    Ok(name)
}
