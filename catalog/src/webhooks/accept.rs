//! Keeping what providers tell, before they are answered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::catalog::Scope;
use crate::{Catalog, CatalogError, IngestContext, OrganizationId, Tenant};

const REASON: &str = "a provider tells of something";

/// Something that a provider tells, and that is known to be from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// What tells it from others: at most 500 characters.
    pub delivery: String,
    /// The account that it is about, as the provider calls it.
    pub account: String,
    /// What it tells of: at most 200 characters.
    pub topic: String,
    /// The thing that it is about: at most 500 characters.
    pub object: Option<String>,
    /// When it happened, as far as the provider tells.
    pub happened_at: Option<DateTime<Utc>>,
    /// Its body, as it came.
    pub body: Vec<u8>,
}

/// What became of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// How many are kept, each once for every store that it is about.
    pub kept: u64,
    /// How many were known already.
    pub known: u64,
    /// How many are about accounts that no store is connected to.
    pub strange: u64,
}

/// The deliveries of one organisation, by the connection that they are for.
type Sorted<'a> = BTreeMap<OrganizationId, Vec<(Uuid, &'a NewDelivery)>>;

impl Catalog {
    /// Keeps deliveries of a provider for every store that is connected to their accounts, or was: what is asked after a connection was ended is
    /// about the data that stayed. When it returns they are there, whatever dies; those that were there already stay as they are.
    ///
    /// # Errors
    /// When the database is unavailable. Some of them may be kept then: told again, they are known.
    pub async fn accept_deliveries(
        &self,
        provider: &str,
        deliveries: &[NewDelivery],
    ) -> Result<Accepted, CatalogError> {
        let mut accepted = Accepted::default();
        let sorted = self.sort(provider, deliveries, &mut accepted).await?;
        for (organization, deliveries) in sorted {
            let tenant = self.tenant(IngestContext::new(organization, REASON));
            let kept = tenant.keep_deliveries(&deliveries).await?;
            accepted.kept += kept;
            accepted.known += (deliveries.len() as u64).saturating_sub(kept);
        }
        Ok(accepted)
    }

    async fn sort<'a>(
        &self,
        provider: &str,
        deliveries: &'a [NewDelivery],
        accepted: &mut Accepted,
    ) -> Result<Sorted<'a>, CatalogError> {
        let mut accounts: Vec<String> = deliveries.iter().map(|delivery| delivery.account.clone()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut transaction = self.begin(Scope::Queue).await?;
        // Of a store's connections the one that lives, or else the last that did.
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (org_id, store_id) org_id, id, account_id AS "account_id!" FROM connections
            WHERE provider = $1 AND account_id = ANY ($2) ORDER BY org_id, store_id, status = 'disconnected', id DESC"#,
            provider,
            &accounts,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut addressees: BTreeMap<&str, Vec<(OrganizationId, Uuid)>> = BTreeMap::new();
        for row in &rows {
            addressees.entry(&row.account_id).or_default().push((row.org_id.into(), row.id));
        }
        let mut sorted = Sorted::new();
        for delivery in deliveries {
            match addressees.get(delivery.account.as_str()) {
                None => accepted.strange += 1,
                Some(found) => {
                    for (organization, connection) in found {
                        sorted.entry(*organization).or_default().push((*connection, delivery));
                    }
                }
            }
        }
        Ok(sorted)
    }
}

impl Tenant {
    async fn keep_deliveries(&self, deliveries: &[(Uuid, &NewDelivery)]) -> Result<u64, CatalogError> {
        let organization = self.context().organization().0;
        let clock = self.catalog().clock();
        let now = clock.now();
        let mut connections: Vec<Uuid> = deliveries.iter().map(|(connection, _)| *connection).collect();
        let ids: Vec<Uuid> = deliveries.iter().map(|_| clock.new_id()).collect();
        let texts = |of: fn(&NewDelivery) -> String| deliveries.iter().map(|(_, new)| of(new)).collect::<Vec<_>>();
        let objects: Vec<Option<String>> = deliveries.iter().map(|(_, new)| new.object.clone()).collect();
        let happened: Vec<Option<DateTime<Utc>>> = deliveries.iter().map(|(_, new)| new.happened_at).collect();
        let bodies: Vec<&[u8]> = deliveries.iter().map(|(_, new)| new.body.as_slice()).collect();
        let mut transaction = self.begin().await?;
        let kept = sqlx::query!(
            "INSERT INTO webhook_deliveries (
                org_id, id, connection_id, delivery, topic, object, happened_at, received_at, body, status, due_at
            )
            SELECT $1, id, connection_id, delivery, topic, object, happened_at, $9, body, 'waiting', $9
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[])
                AS new (id, connection_id, delivery, topic, object, happened_at, body)
            ON CONFLICT DO NOTHING",
            organization,
            &ids,
            &connections,
            &texts(|new| new.delivery.clone()),
            &texts(|new| new.topic.clone()),
            &objects as &[Option<String>],
            &happened as &[Option<DateTime<Utc>>],
            &bodies as &[&[u8]],
            now,
        )
        .execute(&mut *transaction)
        .await?;
        connections.sort_unstable();
        connections.dedup();
        // In one order everywhere, so that no two wait for each other. The rows are locked even where they stay as they are: who looks whether
        // anything is left of a queue waits until these are seen.
        sqlx::query!(
            "INSERT INTO webhook_queues (org_id, connection_id, due_at) SELECT $1, connection_id, $3 FROM unnest($2::uuid[]) AS new (connection_id)
            ON CONFLICT (org_id, connection_id) DO UPDATE SET due_at = EXCLUDED.due_at
            WHERE webhook_queues.due_at IS NULL OR webhook_queues.due_at > EXCLUDED.due_at",
            organization,
            &connections,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(kept.rows_affected())
    }
}
