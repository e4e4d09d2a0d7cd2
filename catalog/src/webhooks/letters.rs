//! Deliveries that could not be carried out, for people: looked at, replayed, discarded.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::audit::{AuditAction, Done};
use crate::connections::{Connection, SyncProblem};
use crate::{CatalogError, ConnectionId, DeliveryId, Permission, Tenant, WorkspacePermission};

/// The most letters on one page.
const PAGE: u32 = 200;

/// A delivery that could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which.
    pub id: DeliveryId,
    /// To which connection.
    pub connection: ConnectionId,
    /// What it tells of, in the provider's words.
    pub topic: String,
    /// The thing that it is about.
    pub object: Option<String>,
    /// When it happened, as far as the provider tells.
    pub happened_at: Option<DateTime<Utc>>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// How many attempts were made.
    pub attempts: u32,
    /// Why the last came to nothing.
    pub problem: SyncProblem,
}

/// Dead letters of a connection, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterPage {
    /// The letters.
    pub letters: Vec<DeadLetter>,
    /// For the next page; `None` on the last one.
    pub next_cursor: Option<DeliveryId>,
}

struct Row {
    id: Uuid,
    connection_id: Uuid,
    topic: String,
    object: Option<String>,
    happened_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    attempts: i32,
    problem_code: Option<String>,
    problem: Option<String>,
}

impl From<Row> for DeadLetter {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            connection: row.connection_id.into(),
            topic: row.topic,
            object: row.object,
            happened_at: row.happened_at,
            received_at: row.received_at,
            attempts: u32::try_from(row.attempts).unwrap_or(0),
            problem: SyncProblem { code: row.problem_code.unwrap_or_default(), words: row.problem.unwrap_or_default() },
        }
    }
}

const fn no_letter() -> CatalogError {
    CatalogError::NotFound("delivery")
}

impl Tenant {
    /// The deliveries of a connection that could not be carried out, newest first: those before the cursor of an earlier page, and at most `limit`
    /// (1 to 200) of them; for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such connection, or the database is unavailable.
    pub async fn dead_letters(
        &self,
        connection: ConnectionId,
        cursor: Option<DeliveryId>,
        limit: u32,
    ) -> Result<DeadLetterPage, CatalogError> {
        self.require(Permission::ManageConnections)?;
        let limit = limit.clamp(1, PAGE);
        let mut transaction = self.begin().await?;
        self.read_connection(&mut transaction, connection, WorkspacePermission::Read).await?;
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, connection_id, topic, object, happened_at, received_at, attempts, problem_code, problem FROM webhook_deliveries
            WHERE org_id = $1 AND connection_id = $2 AND status = 'dead' AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
            self.context().organization().0,
            connection.0,
            cursor.map(|id| id.0),
            i64::from(limit) + 1,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut letters: Vec<DeadLetter> = rows.into_iter().map(DeadLetter::from).collect();
        let more = u32::try_from(letters.len()).is_ok_and(|count| count > limit);
        letters.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next_cursor = letters.last().filter(|_| more).map(|letter| letter.id);
        Ok(DeadLetterPage { letters, next_cursor })
    }

    /// A delivery that could not be carried out, with its body as it came; for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such delivery, or the database is unavailable.
    pub async fn dead_letter(&self, id: DeliveryId) -> Result<(DeadLetter, Vec<u8>), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        let row = sqlx::query_as!(
            Row,
            "SELECT id, connection_id, topic, object, happened_at, received_at, attempts, problem_code, problem FROM webhook_deliveries
            WHERE org_id = $1 AND id = $2 AND status = 'dead'",
            organization,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_letter)?;
        let body = sqlx::query_scalar!(
            r#"SELECT body AS "body!" FROM webhook_deliveries WHERE org_id = $1 AND id = $2 AND body IS NOT NULL"#,
            organization,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_letter)?;
        transaction.commit().await?;
        Ok((row.into(), body))
    }

    /// Has deliveries that could not be carried out tried once more: one of a connection, or all; for admins. How many they are.
    ///
    /// # Errors
    /// When the actor may not, there is no such connection or delivery, or the database is unavailable.
    pub async fn replay_deliveries(
        &self,
        connection: ConnectionId,
        one: Option<DeliveryId>,
    ) -> Result<u64, CatalogError> {
        self.require(Permission::ManageConnections)?;
        let organization = self.context().organization().0;
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let found = self.read_connection(&mut transaction, connection, WorkspacePermission::Import).await?;
        // First the queue, as whoever brings something does.
        sqlx::query!(
            "UPDATE webhook_queues SET due_at = LEAST(due_at, $3) WHERE org_id = $1 AND connection_id = $2",
            organization,
            connection.0,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let replayed = sqlx::query!(
            "UPDATE webhook_deliveries SET status = 'waiting', due_at = $4, attempts = 0, settled_at = NULL
            WHERE org_id = $1 AND connection_id = $2 AND status = 'dead' AND ($3::uuid IS NULL OR id = $3)",
            organization,
            connection.0,
            one.map(|id| id.0),
            now,
        )
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if replayed == 0 {
            return if one.is_some() { Err(no_letter()) } else { Ok(0) };
        }
        let done = Done::new(AuditAction::DeliveriesReplayed).to(connection.0, found.account_id.unwrap_or_default());
        self.record(&mut transaction, done.with("provider", found.provider).with("deliveries", replayed)).await?;
        transaction.commit().await?;
        Ok(replayed)
    }

    /// Discards a delivery that could not be carried out; for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such delivery, or the database is unavailable.
    pub async fn discard_delivery(&self, id: DeliveryId) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let discarded = sqlx::query!(
            "DELETE FROM webhook_deliveries WHERE org_id = $1 AND id = $2 AND status = 'dead' RETURNING connection_id, topic",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_letter)?;
        let done = Done::new(AuditAction::DeliveryDiscarded).to(discarded.connection_id, "connection");
        self.record(&mut transaction, done.with("topic", discarded.topic)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// How many deliveries to each of these connections could not be carried out; those without any are left out.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn count_dead_letters(
        &self,
        connections: &[Connection],
    ) -> Result<HashMap<ConnectionId, u64>, CatalogError> {
        let ids: Vec<Uuid> = connections.iter().map(|connection| connection.id.0).collect();
        let mut transaction = self.begin().await?;
        let counts = sqlx::query!(
            r#"SELECT connection_id, count(*) AS "count!" FROM webhook_deliveries
            WHERE org_id = $1 AND connection_id = ANY ($2) AND status = 'dead' GROUP BY connection_id"#,
            self.context().organization().0,
            &ids,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        Ok(counts.into_iter().map(|row| (row.connection_id.into(), count(row.count))).collect())
    }
}
