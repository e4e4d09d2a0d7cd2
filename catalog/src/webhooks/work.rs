//! What a worker does with a queue. As what brings data in.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::order;
use crate::catalog::Scope;
use crate::connections::SyncProblem;
use crate::{Catalog, CatalogError, ConnectionId, DeliveryId, OrganizationId, Tenant};

/// How long a worker may be silent.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The most queues that one look finds.
const LOOK: i64 = 1_000;
/// How long it is known that a delivery was here. Providers tell again for hours, not for weeks.
const KNOWN: TimeDelta = TimeDelta::days(14);
/// How long what cannot be carried out waits for a person.
const PATIENCE: TimeDelta = TimeDelta::days(60);

/// A queue that something waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaitingQueue {
    /// Whose.
    pub organization: OrganizationId,
    /// Of which connection.
    pub connection: ConnectionId,
}

/// A delivery that is to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedDelivery {
    /// Which.
    pub id: DeliveryId,
    /// What tells it from others, in the provider's words.
    pub delivery: String,
    /// What it tells of.
    pub topic: String,
    /// The thing that it is about.
    pub object: Option<String>,
    /// When it happened, as far as the provider tells.
    pub happened_at: Option<DateTime<Utc>>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Its body, as it came.
    pub body: Vec<u8>,
    /// How many attempts came to nothing.
    pub attempts: u32,
}

/// What a delivery came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Rows.
    Rows,
    /// The thing that it is about is gone for good: what is told of it later is old. Not when something else is gone, or more was to be done.
    Removed,
    /// A job that reads what it is about.
    Read,
    /// Something else was done.
    CarriedOut,
    /// There was nothing to do.
    Nothing,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Removed => "removed",
            Self::Read => "read",
            Self::CarriedOut => "carried_out",
            Self::Nothing => "nothing",
        }
    }
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It is carried out.
    Done(Outcome),
    /// It is tried again.
    PutOff {
        /// Not before then.
        due_at: DateTime<Utc>,
        /// Why this attempt came to nothing.
        problem: SyncProblem,
    },
    /// It cannot be carried out.
    Dead(SyncProblem),
}

/// A delivery, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Which.
    pub id: DeliveryId,
    /// What becomes of it.
    pub settlement: Settlement,
}

impl Catalog {
    /// Queues that something waits in and that nobody works on, those that have waited longest first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn waiting_webhooks(&self) -> Result<Vec<WaitingQueue>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query!(
            "SELECT org_id, connection_id FROM webhook_queues
            WHERE due_at <= $1 AND (lease_expires_at IS NULL OR lease_expires_at <= $1) ORDER BY due_at, connection_id LIMIT $2",
            self.clock().now(),
            LOOK,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let queue = |(organization, connection): (Uuid, Uuid)| WaitingQueue {
            organization: organization.into(),
            connection: connection.into(),
        };
        Ok(rows.into_iter().map(|row| queue((row.org_id, row.connection_id))).collect())
    }
}

impl Tenant {
    /// Takes a queue that nobody works on; `worker` is an identifier that the caller uses for this claim alone. False when somebody else was
    /// faster, or nothing is due.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn claim_webhooks(&self, connection: ConnectionId, worker: Uuid) -> Result<bool, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let claimed = sqlx::query!(
            "UPDATE webhook_queues SET worker = $3, lease_expires_at = $4
            WHERE org_id = $1 AND connection_id = $2 AND due_at <= $5 AND (lease_expires_at IS NULL OR lease_expires_at <= $5)",
            self.context().organization().0,
            connection.0,
            worker,
            now + LEASE,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// The deliveries of a queue that are due, in the order in which they happened, at most so many; and the lease begins anew. What is about a
    /// thing of which something earlier was put off waits with that.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over. Otherwise when the database is unavailable.
    pub async fn due_deliveries(
        &self,
        connection: ConnectionId,
        worker: Uuid,
        limit: u32,
    ) -> Result<Vec<QueuedDelivery>, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        self.hold_webhooks(&mut transaction, connection, worker).await?;
        let rows = sqlx::query!(
            r#"SELECT id, delivery, topic, object, happened_at, received_at, body AS "body!", attempts FROM webhook_deliveries AS due
            WHERE org_id = $1 AND connection_id = $2 AND status = 'waiting' AND due_at <= $3 AND NOT EXISTS (
                SELECT FROM webhook_deliveries AS before
                WHERE before.org_id = $1 AND before.connection_id = $2 AND before.object = due.object AND before.status = 'waiting'
                    AND before.attempts > 0 AND before.due_at > $3
                    AND (coalesce(before.happened_at, before.received_at), before.id) < (coalesce(due.happened_at, due.received_at), due.id)
            )
            ORDER BY due_at, id LIMIT $4"#,
            self.context().organization().0,
            connection.0,
            now,
            i64::from(limit),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut due: Vec<QueuedDelivery> = rows
            .into_iter()
            .map(|row| QueuedDelivery {
                id: row.id.into(),
                delivery: row.delivery,
                topic: row.topic,
                object: row.object,
                happened_at: row.happened_at,
                received_at: row.received_at,
                body: row.body,
                attempts: u32::try_from(row.attempts).unwrap_or(0),
            })
            .collect();
        due.sort_by_key(|delivery| (order(delivery.happened_at, delivery.received_at), delivery.id));
        Ok(due)
    }

    /// Which of these things of a connection are gone for good.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn removed_objects(
        &self,
        connection: ConnectionId,
        objects: &[String],
    ) -> Result<BTreeSet<String>, CatalogError> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query_scalar!(
            r#"SELECT object AS "object!" FROM webhook_deliveries
            WHERE org_id = $1 AND connection_id = $2 AND outcome = 'removed' AND object = ANY ($3)"#,
            self.context().organization().0,
            connection.0,
            objects,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(removed.into_iter().collect())
    }

    /// Says what became of deliveries.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over: it carries them out once more. Otherwise when the database is
    /// unavailable.
    pub async fn settle_deliveries(
        &self,
        connection: ConnectionId,
        worker: Uuid,
        settled: &[Settled],
    ) -> Result<(), CatalogError> {
        let organization = self.context().organization().0;
        let now = self.catalog().clock().now();
        let (mut done, mut outcomes) = (Vec::new(), Vec::new());
        let (mut others, mut due, mut codes, mut problems) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for Settled { id, settlement } in settled {
            let (due_at, problem) = match settlement {
                Settlement::Done(outcome) => {
                    done.push(id.0);
                    outcomes.push(outcome.as_str().to_owned());
                    continue;
                }
                Settlement::PutOff { due_at, problem } => (Some(*due_at), problem),
                Settlement::Dead(problem) => (None, problem),
            };
            others.push(id.0);
            due.push(due_at);
            codes.push(problem.code.clone());
            problems.push(problem.words.clone());
        }
        let mut transaction = self.begin().await?;
        self.hold_webhooks(&mut transaction, connection, worker).await?;
        sqlx::query!(
            "UPDATE webhook_deliveries AS delivery SET status = 'done', outcome = settled.outcome, body = NULL, due_at = NULL,
                problem_code = NULL, problem = NULL, settled_at = $4
            FROM unnest($2::uuid[], $3::text[]) AS settled (id, outcome)
            WHERE org_id = $1 AND delivery.id = settled.id AND status = 'waiting'",
            organization,
            &done,
            &outcomes,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        if !others.is_empty() {
            sqlx::query!(
                "UPDATE webhook_deliveries AS delivery SET status = CASE WHEN settled.due_at IS NULL THEN 'dead' ELSE 'waiting' END,
                    due_at = settled.due_at, attempts = attempts + 1, problem_code = settled.code, problem = settled.problem,
                    settled_at = CASE WHEN settled.due_at IS NULL THEN $6::timestamptz END
                FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[]) AS settled (id, due_at, code, problem)
                WHERE org_id = $1 AND delivery.id = settled.id AND status = 'waiting'",
                organization,
                &others,
                &due as &[Option<DateTime<Utc>>],
                &codes,
                &problems,
                now,
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Gives a queue back, and says when something of it is due again.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over. Otherwise when the database is unavailable.
    pub async fn release_webhooks(&self, connection: ConnectionId, worker: Uuid) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        // Whoever brings more has the row until it is there to be seen; so the look at what is left is a statement of its own.
        self.hold_webhooks(&mut transaction, connection, worker).await?;
        // What waits with something that was put off is due when that is.
        sqlx::query!(
            "UPDATE webhook_queues SET worker = NULL, lease_expires_at = NULL, due_at = (
                SELECT due.due_at FROM webhook_deliveries AS due
                WHERE due.org_id = $1 AND due.connection_id = $2 AND due.status = 'waiting' AND NOT EXISTS (
                    SELECT FROM webhook_deliveries AS before
                    WHERE before.org_id = $1 AND before.connection_id = $2 AND before.object = due.object
                        AND before.status = 'waiting' AND before.attempts > 0 AND before.due_at > $3
                        AND (coalesce(before.happened_at, before.received_at), before.id) < (coalesce(due.happened_at, due.received_at), due.id)
                )
                ORDER BY due.due_at LIMIT 1
            )
            WHERE org_id = $1 AND connection_id = $2",
            self.context().organization().0,
            connection.0,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Says that a worker is alive. To be called at least every ten seconds.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over: stop then. Otherwise when the database is unavailable.
    pub async fn renew_webhooks(&self, connection: ConnectionId, worker: Uuid) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.hold_webhooks(&mut transaction, connection, worker).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets what was carried out a while ago, and what nobody wanted to replay; how many deliveries went.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn forget_deliveries(&self) -> Result<u64, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let forgotten = sqlx::query!(
            "DELETE FROM webhook_deliveries WHERE org_id = $1 AND settled_at < CASE status WHEN 'done' THEN $2::timestamptz ELSE $3 END",
            self.context().organization().0,
            now - KNOWN,
            now - PATIENCE,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(forgotten.rows_affected())
    }

    /// Locks a queue that is the worker's, and begins its lease anew.
    async fn hold_webhooks(
        &self,
        transaction: &mut PgTransaction<'static>,
        connection: ConnectionId,
        worker: Uuid,
    ) -> Result<(), CatalogError> {
        let held = sqlx::query!(
            "UPDATE webhook_queues SET lease_expires_at = $4 WHERE org_id = $1 AND connection_id = $2 AND worker = $3",
            self.context().organization().0,
            connection.0,
            worker,
            self.catalog().clock().now() + LEASE,
        )
        .execute(&mut **transaction)
        .await?;
        if held.rows_affected() == 1 { Ok(()) } else { Err(CatalogError::LeaseLost) }
    }
}
