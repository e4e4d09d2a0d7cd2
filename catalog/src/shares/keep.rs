//! Making shares, changing them, and taking them back.

use aloftly_engine::StoreId;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::framing::checked_origins;
use super::{DashboardOfShare, NewShare, PREFIX, Share, ShareChange, ShareOf, ShareToken, no_share};
use crate::audit::{AuditAction, Done};
use crate::dashboards::Visibility;
use crate::secrets::{self, digest};
use crate::stores::checked_name;
use crate::{Actor, Catalog, CatalogError, DashboardId, Permission, ShareId, Tenant, UserId, passwords};

/// The most shares that an organisation has, those that have run out among them.
const MOST: i64 = 500;
/// The longest question, in bytes of JSON.
const LONGEST_QUERY: usize = 16 * 1024;
/// The longest time that a share lasts whose end is said: a year, whatever its days.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// What a share is about, as it is kept.
struct Subject {
    query: Option<Value>,
    dashboard: Option<DashboardId>,
    stores: Vec<Uuid>,
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

    /// Makes a share. Its token is not to be had again. For members, of stores and dashboards that they see.
    ///
    /// # Errors
    /// When the actor may not, a value is wrong, there is no such dashboard or it is not public, there are too many, or the database is
    /// unavailable.
    pub async fn create_share(&self, new: &NewShare) -> Result<(Share, ShareToken), CatalogError> {
        self.sharing()?;
        let Actor::User { id: maker, .. } = self.context().actor() else { return Err(CatalogError::NeedsPerson) };
        let now = self.catalog().clock().now();
        let name = checked_name("name", &new.name)?;
        check_end(new.expires_at, now)?;
        let origins = checked_origins(&new.origins)?;
        // It takes a while, in which nobody should have to wait for the organisation's row.
        let password_hash = hashed(self.catalog(), new.password.as_ref()).await?;
        let embed_key = if origins.is_empty() { None } else { Some(secrets::random()?) };
        let (id, token) =
            (ShareId(self.catalog().clock().new_id()), ShareToken(format!("{PREFIX}{}", secrets::random()?)));
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let subject = self.subject(&mut transaction, &new.of).await?;
        let there = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM shares WHERE org_id = $1"#, organization)
            .fetch_one(&mut *transaction)
            .await?;
        if there >= MOST {
            return Err(CatalogError::TooManyShares { limit: MOST });
        }
        sqlx::query!(
            "INSERT INTO shares (
                org_id, id, name, token_hash, query, dashboard_id, stores, password_hash, origins, embed_key, may_change_range,
                created_by, created_at, expires_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            organization,
            id.0,
            name,
            &digest(token.expose())[..],
            subject.query,
            subject.dashboard.map(|dashboard| dashboard.0),
            &subject.stores,
            password_hash,
            &origins,
            embed_key,
            new.may_change_range,
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

    /// What a share is to be about, as far as the actor may show it.
    async fn subject(&self, transaction: &mut PgTransaction<'static>, of: &ShareOf) -> Result<Subject, CatalogError> {
        match of {
            ShareOf::Query { query, stores } => {
                let wrong = |reason: &str| Err(CatalogError::Invalid { field: "query", reason: reason.to_owned() });
                if query.to_string().len() > LONGEST_QUERY {
                    return wrong("no more than 16 KiB");
                }
                if stores.is_empty() || stores.len() > 1_000 {
                    return wrong("about 1 to 1,000 stores");
                }
                let stores = stores.iter().map(|store| store.0).collect();
                Ok(Subject { query: Some(query.clone()), dashboard: None, stores })
            }
            ShareOf::Dashboard { id, stores } => {
                let stores = self.stores_to_show(transaction, *id, stores.as_ref()).await?;
                Ok(Subject { query: None, dashboard: Some(*id), stores })
            }
        }
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

    /// Changes a share: one of the actor's own, or any by admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such share, a value is wrong, or the database is unavailable.
    pub async fn change_share(&self, id: ShareId, change: &ShareChange) -> Result<Share, CatalogError> {
        let maker = self.sharing()?;
        let now = self.catalog().clock().now();
        let name = change.name.as_deref().map(|name| checked_name("name", name)).transpose()?;
        check_end(change.expires_at.flatten(), now)?;
        let origins = change.origins.as_deref().map(checked_origins).transpose()?;
        let password_hash = match &change.password {
            Some(password) => Some(hashed(self.catalog(), password.as_ref()).await?),
            None => None,
        };
        let fresh_key = secrets::random()?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let before = sqlx::query!(
            "SELECT name, expires_at, password_hash, origins, embed_key, may_change_range FROM shares
            WHERE org_id = $1 AND id = $2 AND ($3::uuid IS NULL OR created_by = $3) FOR UPDATE",
            organization,
            id.0,
            maker.map(|maker| maker.0),
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_share)?;
        let name = name.unwrap_or(&before.name);
        let origins = origins.unwrap_or(before.origins);
        // The key stays when no page may have it any more, so that pages that get it back need no other.
        let embed_key = before.embed_key.or_else(|| (!origins.is_empty()).then_some(fresh_key));
        sqlx::query!(
            "UPDATE shares SET name = $3, expires_at = $4, password_hash = $5, origins = $6, embed_key = $7, may_change_range = $8
            WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            name,
            change.expires_at.unwrap_or(before.expires_at),
            password_hash.unwrap_or(before.password_hash),
            &origins,
            embed_key,
            change.may_change_range.unwrap_or(before.may_change_range),
        )
        .execute(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::ShareChanged).to(id.0, name).with("changed", change.fields());
        self.record(&mut transaction, done).await?;
        let share = self.select_shares(&mut transaction, Some(id), None).await?.pop();
        transaction.commit().await?;
        share.ok_or_else(no_share)
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
        let actor = match self.context().actor() {
            Actor::User { id, .. } => Some(id.0),
            Actor::Key { .. } | Actor::System(_) => None,
        };
        let rows = sqlx::query_file!(
            "src/sql/shares.sql",
            self.context().organization().0,
            only.map(|id| id.0),
            maker.map(|maker| maker.0),
            actor,
            self.bounded_by(),
        )
        .fetch_all(&mut **transaction)
        .await?;
        let shares = rows.into_iter().map(|row| {
            let dashboard = match (row.dashboard_id, row.dashboard_name, row.visibility) {
                (Some(id), Some(name), Some(visibility)) => {
                    Some(DashboardOfShare { id: id.into(), name, visibility: Visibility::parse(&visibility)? })
                }
                _ => None,
            };
            Ok(Share {
                id: row.id.into(),
                name: row.name,
                query: row.query,
                dashboard,
                stores: row.stores.into_iter().map(StoreId).collect(),
                has_password: row.has_password,
                embed_key: row.embed_key.filter(|_| !row.origins.is_empty()),
                origins: row.origins,
                may_change_range: row.may_change_range,
                created_by: row.email,
                created_at: row.created_at,
                expires_at: row.expires_at,
                views: u64::try_from(row.views).unwrap_or(0),
                last_viewed_at: row.last_viewed_at,
            })
        });
        shares.collect()
    }
}

impl ShareChange {
    /// What it is about, by the names that programs know.
    fn fields(&self) -> Vec<&'static str> {
        let fields = [
            ("name", self.name.is_some()),
            ("expires_at", self.expires_at.is_some()),
            ("password", self.password.is_some()),
            ("origins", self.origins.is_some()),
            ("may_change_range", self.may_change_range.is_some()),
        ];
        fields.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
    }
}

/// Refuses an end that is over, or further away than a year.
fn check_end(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), CatalogError> {
    match end {
        Some(end) if end <= now || end > now + LONGEST => {
            Err(CatalogError::Invalid { field: "expires_at", reason: "within a year from now".to_owned() })
        }
        _ => Ok(()),
    }
}

/// What is kept of a password, where one is wanted.
async fn hashed(catalog: &Catalog, password: Option<&SecretString>) -> Result<Option<String>, CatalogError> {
    let Some(password) = password else { return Ok(None) };
    passwords::check_new(password.expose_secret())?;
    Ok(Some(passwords::hash(catalog, password.expose_secret()).await?))
}
