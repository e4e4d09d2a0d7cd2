//! Connections: accounts at providers that stores' data come from.
//!
//! Somebody signs in, which makes a connection with sealed credentials; one of the accounts that these open is chosen, which begins its first
//! sync; and it is read until somebody disconnects it, or the provider takes our access back. A store has one connection of each provider.
//! Who connects a provider again that is connected already gives the same connection new credentials, so that nothing is read twice.

mod model;
mod queue;
mod renew;
mod state;

use aloftly_engine::StoreId;
use chrono::TimeDelta;
use sqlx::PgTransaction;

pub use model::{ConnectedAccount, Connection, ConnectionStatus, NewConnection, ReadConnection, SyncProblem};
pub use queue::{DueConnection, NextTimes};
pub use renew::Renewed;

use self::model::ConnectionRow;
use crate::audit::{AuditAction, Done};
use crate::plans::Limit;
use crate::sync_jobs::{self, SyncCause, SyncKind};
use crate::{CatalogError, ConnectionId, Permission, Tenant, WorkspacePermission};

/// `query_as!` over every column of a connection, with what comes after `FROM connections`.
macro_rules! select_connections {
    ($tail:tt, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            ConnectionRow,
            "SELECT id, store_id, provider, status, account_id, account, fields, connected_by, created_at, problem_code, problem, problem_at,
                warnings, synced_at, sync_at, reconcile_at
            FROM connections " + $tail,
            $($argument),*
        )
    };
}

const fn no_connection() -> CatalogError {
    CatalogError::NotFound("connection")
}

/// When what changed is looked for the first time after a connection was made, whose first reading tells everything.
const AFTER_FIRST: TimeDelta = TimeDelta::minutes(10);

impl Tenant {
    /// Refuses whoever may not connect sources to a store; for admins.
    ///
    /// # Errors
    /// [`CatalogError::HasSampleData`] when its data are made up; otherwise when the actor may not, there is no such store, or the database is
    /// unavailable.
    pub async fn check_connect_to(&self, store: StoreId) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        self.refuse_sample_data(&mut transaction, store).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses whoever may not look after connections, before a provider is asked anything.
    ///
    /// # Errors
    /// When the actor may not.
    pub fn require_to_connect(&self) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)
    }

    /// Keeps what somebody signed in with; for admins. Where the store has a connection of that provider, it is this one that gets the
    /// credentials, and it goes on as it was if its account is among those that they open; otherwise there is a new one, whose account is
    /// to be chosen.
    ///
    /// # Errors
    /// [`CatalogError::OtherAccount`] when the store was connected to none of the accounts that they open, [`CatalogError::HasSampleData`] when its
    /// data are made up; otherwise when the actor may not, there is no such store, the plan has no room for it, a value cannot be kept, or the
    /// database or the master key is unavailable.
    pub async fn begin_connection(&self, new: NewConnection<'_>) -> Result<Connection, CatalogError> {
        self.require(Permission::ManageConnections)?;
        let organization = self.context().organization().0;
        let (by, reason) = self.asking()?;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        self.check_store(&mut transaction, new.store, WorkspacePermission::Import).await?;
        self.refuse_sample_data(&mut transaction, new.store).await?;
        // Before anything is kept: what the connection signs in with must be its account's.
        self.refuse_others(&mut transaction, new.store, new.provider, &new.accounts).await?;
        let now = self.catalog().clock().now();
        let known = sqlx::query_scalar!(
            "UPDATE connections SET fields = $4, credentials_expire_at = $5,
                connected_by = coalesce($6, (SELECT email FROM users WHERE id = $7), '')
            WHERE org_id = $1 AND store_id = $2 AND provider = $3 AND status <> 'disconnected' RETURNING id",
            organization,
            new.store.0,
            new.provider,
            new.fields,
            new.expires_at,
            reason,
            by,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let id = if let Some(known) = known {
            ConnectionId(known)
        } else {
            self.check_room(&mut transaction, Limit::Integrations).await?;
            let id = ConnectionId(self.catalog().clock().new_id());
            sqlx::query!(
                "INSERT INTO connections (org_id, id, store_id, provider, status, fields, credentials_expire_at, connected_by, created_at)
                VALUES ($1, $2, $3, $4, 'choosing', $5, $6, coalesce($7, (SELECT email FROM users WHERE id = $8), ''), $9)",
                organization,
                id.0,
                new.store.0,
                new.provider,
                new.fields,
                new.expires_at,
                reason,
                by,
                now,
            )
            .execute(&mut *transaction)
            .await?;
            id
        };
        let row = select_connections!("WHERE org_id = $1 AND id = $2", organization, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        // In an order that is the same wherever credentials are written: connection, then data key, then credentials.
        let names = self.seal_credentials(&mut transaction, id, &new.credentials).await?;
        let done = Done::new(AuditAction::CredentialsSet).to(id.0, new.provider).with("fields", names);
        self.record(&mut transaction, done).await?;
        transaction.commit().await?;
        row.try_into()
    }

    /// Chooses the account that a connection is to, and has it read; for admins. A store has data of one account of a provider: two would be added
    /// up without a way to tell them apart.
    ///
    /// # Errors
    /// [`CatalogError::OtherAccount`] when the store was connected to another; otherwise when the actor may not, there is no such connection, a
    /// value cannot be kept, or the database is unavailable.
    pub async fn choose_account(
        &self,
        id: ConnectionId,
        account: &ConnectedAccount,
        warnings: &[String],
    ) -> Result<Connection, CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let before = self.lock_connection(&mut transaction, id, WorkspacePermission::Import).await?;
        if before.status == ConnectionStatus::Disconnected {
            return Err(no_connection());
        }
        let organization = self.context().organization().0;
        let now = self.catalog().clock().now();
        // The first reading is in the queue, and what changes meanwhile need not be asked for at the same moment.
        let due = if before.synced_at.is_none() { now + AFTER_FIRST } else { now };
        self.refuse_others(&mut transaction, before.store, &before.provider, std::slice::from_ref(&account.id)).await?;
        sqlx::query!(
            "UPDATE connections SET status = 'connected', account_id = $3, account = $4, warnings = $5, problem_code = NULL, problem = NULL,
                problem_at = NULL, sync_at = coalesce(sync_at, $6), reconcile_at = coalesce(reconcile_at, $6 + interval '1 day')
            WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            account.id,
            account.about,
            warnings,
            due,
        )
        .execute(&mut *transaction)
        .await?;
        if before.synced_at.is_none() {
            sync_jobs::enqueue(self, &mut transaction, id, &SyncKind::Full, SyncCause::Connected, None).await?;
        }
        let done = Done::new(AuditAction::ConnectionMade).to(id.0, &*account.name);
        let done = done.with("provider", before.provider).with("store", before.store.0.to_string());
        self.record(&mut transaction, done).await?;
        let row = select_connections!("WHERE org_id = $1 AND id = $2", organization, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.try_into()
    }

    /// Refuses accounts none of which is the one that the store was connected to.
    async fn refuse_others(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
        provider: &str,
        accounts: &[String],
    ) -> Result<(), CatalogError> {
        let other = sqlx::query_scalar!(
            r#"SELECT account_id AS "account_id!" FROM connections
            WHERE org_id = $1 AND store_id = $2 AND provider = $3 AND account_id <> ALL ($4) ORDER BY id LIMIT 1"#,
            self.context().organization().0,
            store.0,
            provider,
            accounts,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        other.map_or(Ok(()), |other| Err(CatalogError::OtherAccount(other)))
    }

    /// Ends a connection: its credentials are forgotten, and nothing is read any more. What was read stays. For admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such connection, or the database is unavailable.
    pub async fn disconnect(&self, id: ConnectionId) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let before = self.lock_connection(&mut transaction, id, WorkspacePermission::Import).await?;
        if before.status == ConnectionStatus::Disconnected {
            return Ok(());
        }
        let organization = self.context().organization().0;
        let now = self.catalog().clock().now();
        sqlx::query!(
            "UPDATE connections SET status = 'disconnected', disconnected_at = $3, sync_at = NULL, reconcile_at = NULL
            WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("DELETE FROM credentials WHERE org_id = $1 AND connection_id = $2", organization, id.0)
            .execute(&mut *transaction)
            .await?;
        sync_jobs::call_off_all(self, &mut transaction, id).await?;
        let name = before.account_id.unwrap_or_default();
        let done = Done::new(AuditAction::ConnectionEnded).to(id.0, name).with("provider", before.provider);
        self.record(&mut transaction, done).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// One connection.
    ///
    /// # Errors
    /// When there is none that the actor may see, or the database is unavailable.
    pub async fn connection(&self, id: ConnectionId) -> Result<Connection, CatalogError> {
        let mut transaction = self.begin().await?;
        let connection = self.read_connection(&mut transaction, id, WorkspacePermission::Read).await?;
        transaction.commit().await?;
        Ok(connection)
    }

    /// The connections that the actor may see and that were not ended: of one store or of all, by store and provider.
    ///
    /// # Errors
    /// When the store is not one that the actor may see, the actor may see none, or the database is unavailable.
    pub async fn connections(&self, store: Option<StoreId>) -> Result<Vec<Connection>, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let mut transaction = self.begin().await?;
        if let Some(store) = store {
            self.check_store(&mut transaction, store, WorkspacePermission::Read).await?;
        }
        let rows = select_connections!(
            "WHERE org_id = $1 AND ($2::uuid IS NULL OR store_id = $2) AND status <> 'disconnected'
                AND ($3::uuid IS NULL OR EXISTS (
                    SELECT FROM stores AS store JOIN workspace_members AS member
                        ON member.org_id = store.org_id AND member.workspace_id = store.workspace_id
                    WHERE store.org_id = connections.org_id AND store.id = connections.store_id AND member.user_id = $3
                ))
                AND ($4::uuid IS NULL OR EXISTS (
                    SELECT FROM stores AS store
                    WHERE store.org_id = connections.org_id AND store.id = connections.store_id AND store.workspace_id = $4
                ))
            ORDER BY store_id, provider, id",
            self.context().organization().0,
            store.map(|id| id.0),
            self.bounded_by(),
            self.bounded_to(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    /// A connection in whose store the actor may do that.
    pub(crate) async fn read_connection(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: ConnectionId,
        permission: WorkspacePermission,
    ) -> Result<Connection, CatalogError> {
        let row = select_connections!("WHERE org_id = $1 AND id = $2", self.context().organization().0, id.0)
            .fetch_optional(&mut **transaction)
            .await?;
        self.allowed(transaction, row, permission).await
    }

    /// The same, that nobody else changes until the transaction ends.
    pub(crate) async fn lock_connection(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: ConnectionId,
        permission: WorkspacePermission,
    ) -> Result<Connection, CatalogError> {
        let row = select_connections!(
            "WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        self.allowed(transaction, row, permission).await
    }

    async fn allowed(
        &self,
        transaction: &mut PgTransaction<'static>,
        row: Option<ConnectionRow>,
        permission: WorkspacePermission,
    ) -> Result<Connection, CatalogError> {
        let connection: Connection = row.ok_or_else(no_connection)?.try_into()?;
        self.check_store(transaction, connection.store, permission).await.map_err(|error| match error {
            CatalogError::NotFound(_) => no_connection(),
            other => other,
        })?;
        Ok(connection)
    }
}
