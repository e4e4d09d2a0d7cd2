//! Links that show figures to whoever has them.
//!
//! A share holds one question, about stores that are named when it is made. Whoever has its token gets the answer, and nothing else: neither
//! leave to work on anything nor another question. It is as good as whoever made it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::StoreId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgTransaction;

use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::secrets::{self, digest};
use crate::stores::checked_name;
use crate::{
    Actor, Catalog, CatalogError, OrgRole, OrganizationId, Permission, ReadableStore, ShareId, Tenant, TenantContext,
    UserId,
};

/// The most shares that an organisation has, those that have run out among them.
const MOST: i64 = 500;
/// The longest question, in bytes of JSON.
const LONGEST_QUERY: usize = 16 * 1024;
/// The longest time that a share lasts whose end is said: a year, whatever its days.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// What every token begins with, so that one that got somewhere by mistake is found.
const PREFIX: &str = "aloftly_share_";

/// What the link of a share carries. Shown once, never kept, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareToken(String);

impl ShareToken {
    /// The token itself: letters, digits, dashes and underscores.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ShareToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareToken(hidden)")
    }
}

/// A share that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewShare {
    /// What people call it; whoever has the link reads it.
    pub name: String,
    /// The question, without its stores.
    pub query: Value,
    /// The stores that it is about; the maker sees them all.
    pub stores: BTreeSet<StoreId>,
    /// When it ends by itself, within a year; never where it is not said.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A share, without its token.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Its identity, which is safe to log.
    pub id: ShareId,
    /// What people call it.
    pub name: String,
    /// The question.
    pub query: Value,
    /// The stores that it is about.
    pub stores: BTreeSet<StoreId>,
    /// The address of who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it was opened.
    pub views: u64,
    /// When last.
    pub last_viewed_at: Option<DateTime<Utc>>,
}

/// What whoever has the token is to be shown.
#[derive(Clone, Debug)]
pub struct OpenShare {
    /// Leave to read the stores, for answering the question alone.
    pub context: TenantContext,
    /// What the share is called.
    pub name: String,
    /// The question.
    pub query: Value,
    /// Its stores, each with the state that it is in at this moment.
    pub stores: Arc<[ReadableStore]>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A share, as its token finds it.
struct Found {
    organization: OrganizationId,
    id: ShareId,
    name: String,
    query: Value,
    stores: Vec<uuid::Uuid>,
    maker: UserId,
    expires_at: Option<DateTime<Utc>>,
}

impl NewShare {
    fn check(&self, now: DateTime<Utc>) -> Result<(), CatalogError> {
        let wrong = |field, reason: &str| Err(CatalogError::Invalid { field, reason: reason.to_owned() });
        if self.query.to_string().len() > LONGEST_QUERY {
            return wrong("query", "no more than 16 KiB");
        }
        if self.stores.is_empty() || self.stores.len() > 1_000 {
            return wrong("query", "about 1 to 1,000 stores");
        }
        match self.expires_at {
            Some(end) if end <= now || end > now + LONGEST => wrong("expires_at", "within a year from now"),
            _ => Ok(()),
        }
    }
}

impl Tenant {
    /// The maker whose shares the actor sees; `None` where they see all.
    fn sharing(&self) -> Result<Option<UserId>, CatalogError> {
        self.require(Permission::Share)?;
        match self.context().actor() {
            Actor::User { role, .. } if role.sees_all() => Ok(None),
            Actor::User { id, .. } => Ok(Some(id)),
            Actor::System(_) => Ok(None),
            Actor::Key { .. } => Err(CatalogError::NeedsPerson),
        }
    }

    /// Makes a share. Its token is not to be had again. For members, of stores that they see.
    ///
    /// # Errors
    /// When the actor may not, a value is wrong, there are too many, or the database is unavailable.
    pub async fn create_share(&self, new: &NewShare) -> Result<(Share, ShareToken), CatalogError> {
        self.sharing()?;
        let Actor::User { id: maker, .. } = self.context().actor() else { return Err(CatalogError::NeedsPerson) };
        let now = self.catalog().clock().now();
        let name = checked_name("name", &new.name)?;
        new.check(now)?;
        let (id, token) =
            (ShareId(self.catalog().clock().new_id()), ShareToken(format!("{PREFIX}{}", secrets::random()?)));
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let there = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM shares WHERE org_id = $1"#, organization)
            .fetch_one(&mut *transaction)
            .await?;
        if there >= MOST {
            return Err(CatalogError::TooManyShares { limit: MOST });
        }
        sqlx::query!(
            "INSERT INTO shares (org_id, id, name, token_hash, query, stores, created_by, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            organization,
            id.0,
            name,
            &digest(token.expose())[..],
            new.query,
            &Vec::from_iter(new.stores.iter().map(|store| store.0)),
            maker.0,
            now,
            new.expires_at,
        )
        .execute(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::ShareCreated).to(id.0, name);
        self.record(&mut transaction, done.with("expires_at", new.expires_at.map(|end| end.to_rfc3339()))).await?;
        let share = self.select_shares(&mut transaction, Some(id), None).await?.pop();
        transaction.commit().await?;
        Ok((share.ok_or_else(no_share)?, token))
    }

    /// The shares, the newest first: the actor's own, and all to admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn shares(&self) -> Result<Vec<Share>, CatalogError> {
        let maker = self.sharing()?;
        let mut transaction = self.begin().await?;
        let shares = self.select_shares(&mut transaction, None, maker).await?;
        transaction.commit().await?;
        Ok(shares)
    }

    /// Ends a share at once: one of the actor's own, or any by admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such share, or the database is unavailable.
    pub async fn revoke_share(&self, id: ShareId) -> Result<(), CatalogError> {
        let maker = self.sharing()?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let name = sqlx::query_scalar!(
            "DELETE FROM shares WHERE org_id = $1 AND id = $2 AND ($3::uuid IS NULL OR created_by = $3) RETURNING name",
            self.context().organization().0,
            id.0,
            maker.map(|maker| maker.0),
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_share)?;
        self.record(&mut transaction, Done::new(AuditAction::ShareRevoked).to(id.0, name)).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn select_shares(
        &self,
        transaction: &mut PgTransaction<'static>,
        only: Option<ShareId>,
        maker: Option<UserId>,
    ) -> Result<Vec<Share>, CatalogError> {
        let rows = sqlx::query!(
            "SELECT share.id, share.name, share.query, share.stores, person.email, share.created_at, share.expires_at,
                share.views, share.last_viewed_at
            FROM shares AS share JOIN users AS person ON person.id = share.created_by
            WHERE share.org_id = $1 AND ($2::uuid IS NULL OR share.id = $2) AND ($3::uuid IS NULL OR share.created_by = $3)
            ORDER BY share.created_at DESC, share.id DESC",
            self.context().organization().0,
            only.map(|id| id.0),
            maker.map(|maker| maker.0),
        )
        .fetch_all(&mut **transaction)
        .await?;
        let shares = rows.into_iter().map(|row| Share {
            id: row.id.into(),
            name: row.name,
            query: row.query,
            stores: row.stores.into_iter().map(StoreId).collect(),
            created_by: row.email,
            created_at: row.created_at,
            expires_at: row.expires_at,
            views: u64::try_from(row.views).unwrap_or(0),
            last_viewed_at: row.last_viewed_at,
        });
        Ok(shares.collect())
    }
}

impl Catalog {
    /// What whoever has that token is to be shown; that it was opened is counted.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when no share has it, it has run out, or whoever made it does not see all of its stores any more;
    /// otherwise when the database is unavailable.
    pub async fn open_share(&self, token: &str) -> Result<OpenShare, CatalogError> {
        if !token.starts_with(PREFIX) {
            return Err(CatalogError::LinkExpired);
        }
        let hash = digest(token);
        let mut transaction = self.begin(Scope::Token(&hash)).await?;
        let found = self.find_share(&mut transaction, &hash).await?;
        narrow(&mut transaction, Scope::Organization(found.organization)).await?;
        let role = sqlx::query_scalar!(
            "SELECT role FROM org_members WHERE org_id = $1 AND user_id = $2",
            found.organization.0,
            found.maker.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        let role = OrgRole::parse(&role)?;
        let rows = sqlx::query_file!(
            "src/sql/shared_stores.sql",
            found.organization.0,
            (!role.sees_all()).then_some(found.maker.0),
            &found.stores,
        )
        .fetch_all(&mut *transaction)
        .await?;
        if role < Permission::Share.least() || rows.len() < found.stores.len() {
            return Err(CatalogError::LinkExpired);
        }
        sqlx::query!(
            "UPDATE shares SET views = views + 1, last_viewed_at = $3 WHERE org_id = $1 AND id = $2",
            found.organization.0,
            found.id.0,
            self.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let stores = rows.into_iter().map(|row| {
            let store = (row.id, row.name, row.currency, row.timezone, row.week_start);
            ReadableStore::new(store, row.version, row.quarantine_revision, row.connections)
        });
        Ok(OpenShare {
            context: TenantContext::of_user(found.organization, found.maker, role),
            name: found.name,
            query: found.query,
            stores: stores.collect::<Result<_, _>>()?,
            expires_at: found.expires_at,
        })
    }

    async fn find_share(
        &self,
        transaction: &mut PgTransaction<'static>,
        hash: &[u8; 32],
    ) -> Result<Found, CatalogError> {
        let row = sqlx::query!(
            "SELECT org_id, id, name, query, stores, created_by, expires_at FROM shares
            WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)",
            &hash[..],
            self.clock().now(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        Ok(Found {
            organization: row.org_id.into(),
            id: row.id.into(),
            name: row.name,
            query: row.query,
            stores: row.stores,
            maker: row.created_by.into(),
            expires_at: row.expires_at,
        })
    }
}

fn no_share() -> CatalogError {
    CatalogError::NotFound("share")
}
