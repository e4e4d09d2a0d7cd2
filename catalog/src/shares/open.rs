//! Opening shares: what whoever has a link is shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::PREFIX;
use crate::branding::Branding;
use crate::catalog::{Scope, narrow};
use crate::dashboards::{SharedDashboard, Visibility};
use crate::secrets::digest;
use crate::{
    Catalog, CatalogError, OrgRole, OrganizationId, Permission, ReadableStore, ShareId, TenantContext, UserId,
};

/// What whoever has a link shows.
#[derive(Clone, Copy)]
pub struct ShareVisit<'v> {
    /// The token of the link.
    pub token: &'v str,
    /// What they were given for its password.
    pub ticket: Option<&'v str>,
    /// The key of the frame, where it is shown within a page of somebody else's.
    pub embed_key: Option<&'v str>,
}

impl std::fmt::Debug for ShareVisit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareVisit(hidden)")
    }
}

/// What whoever has the token is to be shown.
#[derive(Clone, Debug)]
pub struct OpenShare {
    /// Which share.
    pub id: ShareId,
    /// Leave to read the stores, for answering what is shown alone.
    pub context: TenantContext,
    /// What the share is called.
    pub name: String,
    /// What it shows.
    pub shows: Shows,
    /// Its stores, each with the state that it is in at this moment.
    pub stores: Arc<[ReadableStore]>,
    /// Those of them whose data are made up.
    pub made_up: BTreeSet<StoreId>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// How the pages of the organisation look.
    pub brand: Branding,
}

/// What a share shows.
#[derive(Clone, Debug)]
pub enum Shows {
    /// The answer to this question.
    Answer(Value),
    /// A dashboard.
    Dashboard(Box<SharedDashboard>),
}

/// A share, as its token finds it.
pub(super) struct Found {
    pub(super) id: ShareId,
    pub(super) password_hash: Option<String>,
    organization: OrganizationId,
    maker: UserId,
    role: OrgRole,
    name: String,
    shows: Shows,
    stores: Vec<ReadableStore>,
    made_up: BTreeSet<StoreId>,
    expires_at: Option<DateTime<Utc>>,
    brand: Branding,
}

/// The row that has the token.
struct Row {
    organization: OrganizationId,
    id: ShareId,
    name: String,
    query: Option<Value>,
    dashboard: Option<Uuid>,
    stores: Vec<Uuid>,
    maker: UserId,
    expires_at: Option<DateTime<Utc>>,
    password_hash: Option<String>,
    may_change_range: bool,
}

impl Catalog {
    /// What whoever has that token is to be shown. Looking is not counted by itself: [`Catalog::share_viewed`] says that they were shown it.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when no share has it, or the frame that it is shown in is another share's; when it has run out, its dashboard
    /// is not public, or whoever made it does not see all of its stores any more or may not share. [`CatalogError::PasswordWanted`] when it is
    /// there and its password was not shown to be known. Otherwise when the database is unavailable.
    pub async fn open_share(&self, visit: &ShareVisit<'_>) -> Result<OpenShare, CatalogError> {
        let (transaction, found) = self.find_unlocked(visit).await?;
        transaction.commit().await?;
        Ok(found.opened())
    }

    /// Counts that somebody was shown what a share shows.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn share_viewed(&self, share: &OpenShare) -> Result<(), CatalogError> {
        let organization = share.context.organization();
        let mut transaction = self.begin(Scope::Organization(organization)).await?;
        sqlx::query!(
            "UPDATE shares SET views = views + 1, last_viewed_at = $3 WHERE org_id = $1 AND id = $2",
            organization.0,
            share.id.0,
            self.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The share that has the token, where its password was known.
    async fn find_unlocked(&self, visit: &ShareVisit<'_>) -> Result<(PgTransaction<'static>, Found), CatalogError> {
        // First of all: a key is read in a transaction of its own, for which this one should not keep a connection waiting.
        let ticket = match visit.ticket {
            Some(ticket) => self.read_ticket(ticket).await?,
            None => None,
        };
        let (transaction, found) = self.find_living(visit).await?;
        if let Some(hash) = &found.password_hash {
            let is_known = ticket.map(|ticket| ticket.is_of(found.id, hash)).transpose()?;
            if is_known != Some(true) {
                return Err(CatalogError::PasswordWanted);
            }
        }
        Ok((transaction, found))
    }

    /// The share that has the token, where it shows something at all; and a transaction in the scope of its organisation.
    pub(super) async fn find_living(
        &self,
        visit: &ShareVisit<'_>,
    ) -> Result<(PgTransaction<'static>, Found), CatalogError> {
        if !visit.token.starts_with(PREFIX) {
            return Err(CatalogError::LinkExpired);
        }
        let hash = digest(visit.token);
        let mut transaction = self.begin(Scope::Token(&hash)).await?;
        let row = self.find_row(&mut transaction, &hash, visit.embed_key).await?;
        narrow(&mut transaction, Scope::Organization(row.organization)).await?;
        let maker = sqlx::query!(
            "SELECT member.role, organization.white_label_config
            FROM org_members AS member JOIN organizations AS organization ON organization.id = member.org_id
            WHERE member.org_id = $1 AND member.user_id = $2",
            row.organization.0,
            row.maker.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        let role = OrgRole::parse(&maker.role)?;
        let seen = sqlx::query_file!(
            "src/sql/shared_stores.sql",
            row.organization.0,
            (!role.sees_all()).then_some(row.maker.0),
            &row.stores,
        )
        .fetch_all(&mut *transaction)
        .await?;
        if role < Permission::Share.least() || seen.len() < row.stores.len() {
            return Err(CatalogError::LinkExpired);
        }
        let made_up = seen.iter().filter(|store| store.has_sample_data).map(|store| store.id.into()).collect();
        let stores = seen.into_iter().map(|row| {
            let store = (row.id, row.name, row.currency, row.timezone, row.week_start);
            ReadableStore::new(store, row.version, row.quarantine_revision, row.connections)
        });
        let stores: Vec<ReadableStore> = stores.collect::<Result<_, _>>()?;
        let shows = match (row.query, row.dashboard) {
            (Some(query), _) => Shows::Answer(query),
            (None, Some(id)) => {
                let shown: Vec<_> = stores.iter().map(|ReadableStore { scope, .. }| scope.into()).collect();
                let (document, revision) = public_document(&mut transaction, row.organization, id).await?;
                Shows::Dashboard(Box::new(SharedDashboard::of(document, revision, &shown, row.may_change_range)?))
            }
            (None, None) => return Err(CatalogError::corrupt("a share", "it shows nothing")),
        };
        let found = Found {
            id: row.id,
            password_hash: row.password_hash,
            organization: row.organization,
            maker: row.maker,
            role,
            name: row.name,
            shows,
            stores,
            made_up,
            expires_at: row.expires_at,
            brand: Branding::of_row(maker.white_label_config)?,
        };
        Ok((transaction, found))
    }

    /// The row of the share that has the token, where it may be shown in that frame.
    async fn find_row(
        &self,
        transaction: &mut PgTransaction<'static>,
        hash: &[u8; 32],
        embed_key: Option<&str>,
    ) -> Result<Row, CatalogError> {
        let row = sqlx::query!(
            "SELECT org_id, id, name, query, dashboard_id, stores, created_by, expires_at, password_hash, origins, embed_key,
                may_change_range
            FROM shares WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)",
            &hash[..],
            self.clock().now(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        // Browsers let the pages of another share's list have its frame: there this one is not to be seen.
        let is_its_frame = |key: &str| !row.origins.is_empty() && row.embed_key.as_deref() == Some(key);
        if !embed_key.is_none_or(is_its_frame) {
            return Err(CatalogError::LinkExpired);
        }
        Ok(Row {
            organization: row.org_id.into(),
            id: row.id.into(),
            name: row.name,
            query: row.query,
            dashboard: row.dashboard_id,
            stores: row.stores,
            maker: row.created_by.into(),
            expires_at: row.expires_at,
            password_hash: row.password_hash,
            may_change_range: row.may_change_range,
        })
    }
}

impl Found {
    fn opened(self) -> OpenShare {
        OpenShare {
            id: self.id,
            context: TenantContext::of_user(self.organization, self.maker, self.role),
            name: self.name,
            shows: self.shows,
            stores: self.stores.into(),
            made_up: self.made_up,
            expires_at: self.expires_at,
            brand: self.brand,
        }
    }
}

/// What a dashboard shows, as it is kept, while it is public, and which of its states that is.
async fn public_document(
    transaction: &mut PgTransaction<'static>,
    organization: OrganizationId,
    id: Uuid,
) -> Result<(Value, i64), CatalogError> {
    let kept = sqlx::query!(
        "SELECT document, revision FROM dashboards WHERE org_id = $1 AND id = $2 AND visibility = $3",
        organization.0,
        id,
        Visibility::Public.as_str(),
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(CatalogError::LinkExpired)?;
    Ok((kept.document, kept.revision))
}
