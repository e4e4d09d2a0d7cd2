//! API keys: programs that act in an organisation by themselves.
//!
//! A key has scopes and may be limited to one workspace. Its token is 256 random bits behind `aloftly_`; only the SHA-256 of it is kept, and
//! its first characters, by which people tell keys apart. A key ends when it is revoked, at the instant that was said when it was made, and
//! with the membership of whoever made it; and it rests as long as their role does not let them make keys. So it never does more than they
//! may.

mod bearer;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

pub use self::bearer::AuthenticatedKey;
use crate::audit::{AuditAction, Done};
use crate::secrets::{self, digest};
use crate::stores::checked_name;
use crate::{
    Actor, ApiKeyId, CatalogError, KeyScopes, OrgRole, Permission, Tenant, User, UserId, Workspace, WorkspaceId,
};

/// The most keys that an organisation has, those that have run out among them.
const MOST: u32 = 100;
/// The longest time that a key lasts whose end is said: a year, whatever its days.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// What every token begins with, so that one that got somewhere by mistake is found.
const PREFIX: &str = "aloftly_";
/// How many characters of a token are kept.
const START: usize = PREFIX.len() + 6;

/// What a program holds. Shown once, never kept, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyToken(String);

impl ApiKeyToken {
    fn new() -> Result<Self, CatalogError> {
        Ok(Self(format!("{PREFIX}{}", secrets::random()?)))
    }

    /// The token itself: letters, digits, dashes and underscores.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text looks like one.
    #[must_use]
    pub fn looks_like_one(text: &str) -> bool {
        let random = text.strip_prefix(PREFIX).filter(|random| random.len() == secrets::LENGTH);
        random.is_some_and(|random| random.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
    }
}

impl std::fmt::Debug for ApiKeyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeyToken(hidden)")
    }
}

/// A key, without its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identity, which is safe to log.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// What its token begins with.
    pub token_start: String,
    /// What it has leave for.
    pub scopes: KeyScopes,
    /// The only workspace whose stores it sees; all where there is none.
    pub workspace: Option<Workspace>,
    /// Who made it.
    pub created_by: User,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to within a few minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From which address.
    pub last_used_address: Option<String>,
    /// Whether it opens anything.
    pub state: ApiKeyState,
}

/// Whether a key opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyState {
    /// It does.
    Active,
    /// It has run out.
    Expired,
    /// Whoever made it may not make keys any more.
    Resting,
}

/// A key that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What people call it.
    pub name: String,
    /// What it is to have leave for.
    pub scopes: KeyScopes,
    /// The only workspace whose stores it is to see.
    pub workspace: Option<WorkspaceId>,
    /// When it ends by itself, within a year; never where it is not said.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewApiKey {
    /// Refuses what cannot be, and what somebody in that role may not give.
    fn check(&self, role: OrgRole, now: DateTime<Utc>) -> Result<(), CatalogError> {
        let wrong = |field, reason: String| Err(CatalogError::Invalid { field, reason });
        if self.scopes.is_empty() {
            return wrong("scopes", "one or more".to_owned());
        }
        if let Some(beyond) = self.scopes.iter().find(|scope| role < scope.least()) {
            return Err(CatalogError::Forbidden(beyond.least().as_str()));
        }
        if let Some(wide) = self.scopes.iter().find(|scope| self.workspace.is_some() && !scope.is_of_stores()) {
            return wrong("scopes", format!("{} is of the whole organisation, not of one workspace", wide.as_str()));
        }
        match self.expires_at {
            Some(end) if end <= now || end > now + LONGEST => wrong("expires_at", "within a year from now".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Whether somebody in that role may make keys.
fn may_make(role: OrgRole) -> bool {
    role >= Permission::ManageApiKeys.least()
}

impl Tenant {
    /// The organisation's keys, the newest first. For admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, CatalogError> {
        self.require(Permission::ManageApiKeys)?;
        let mut transaction = self.begin().await?;
        let keys = self.select_keys(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(keys)
    }

    /// One of them.
    ///
    /// # Errors
    /// When the actor may not, there is no such key, or the database is unavailable.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<ApiKey, CatalogError> {
        self.require(Permission::ManageApiKeys)?;
        let mut transaction = self.begin().await?;
        let key = self.select_keys(&mut transaction, Some(id)).await?.pop();
        transaction.commit().await?;
        key.ok_or_else(no_key)
    }

    /// Makes a key. Its token is not to be had again. For admins, and with no leave that they do not have themselves.
    ///
    /// # Errors
    /// [`CatalogError::TooManyKeys`] when there are a hundred; otherwise when the actor may not, a value is wrong, there is no such
    /// workspace, or the database is unavailable.
    pub async fn create_api_key(&self, new: &NewApiKey) -> Result<(ApiKey, ApiKeyToken), CatalogError> {
        self.require(Permission::ManageApiKeys)?;
        let Actor::User { id: maker, role } = self.context().actor() else { return Err(CatalogError::NeedsPerson) };
        let now = self.catalog().clock().now();
        let name = checked_name("name", &new.name)?;
        new.check(role, now)?;
        let (id, token) = (ApiKeyId(self.catalog().clock().new_id()), ApiKeyToken::new()?);
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        self.check_room_for_key(&mut transaction).await?;
        sqlx::query!(
            "INSERT INTO api_keys (
                org_id, id, name, token_hash, token_start, scopes, workspace_id, created_by, created_at, expires_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.context().organization().0,
            id.0,
            name,
            &digest(token.expose())[..],
            &token.expose()[..START],
            &new.scopes.names(),
            new.workspace.map(|workspace| workspace.0),
            maker.0,
            now,
            new.expires_at,
        )
        .execute(&mut *transaction)
        .await
        .map_err(|error| match error.as_database_error() {
            // The maker's row is locked: only the workspace can be missing.
            Some(refused) if refused.is_foreign_key_violation() => CatalogError::NotFound("workspace"),
            _ => CatalogError::Database(error),
        })?;
        let done = Done::new(AuditAction::ApiKeyCreated).to(id.0, name).with("scopes", new.scopes.names());
        self.record(&mut transaction, done.with("expires_at", new.expires_at.map(|end| end.to_rfc3339()))).await?;
        let key = self.select_keys(&mut transaction, Some(id)).await?.pop().ok_or_else(no_key)?;
        transaction.commit().await?;
        Ok((key, token))
    }

    /// Ends a key at once. For admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such key, or the database is unavailable.
    pub async fn revoke_api_key(&self, id: ApiKeyId) -> Result<(), CatalogError> {
        self.require(Permission::ManageApiKeys)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let name = sqlx::query_scalar!(
            "DELETE FROM api_keys WHERE org_id = $1 AND id = $2 RETURNING name",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_key)?;
        self.record(&mut transaction, Done::new(AuditAction::ApiKeyRevoked).to(id.0, name)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses a key that opens nothing any more. It opens what it does until the transaction ends.
    pub(crate) async fn check_key(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: ApiKeyId,
    ) -> Result<(), CatalogError> {
        let maker = sqlx::query_scalar!(
            "SELECT maker.role FROM api_keys AS key
            JOIN org_members AS maker ON maker.org_id = key.org_id AND maker.user_id = key.created_by
            WHERE key.org_id = $1 AND key.id = $2 AND (key.expires_at IS NULL OR key.expires_at > $3)
            FOR SHARE OF key, maker",
            self.context().organization().0,
            id.0,
            self.catalog().clock().now(),
        )
        .fetch_optional(&mut **transaction)
        .await?;
        match maker.as_deref().map(OrgRole::parse).transpose()? {
            Some(role) if may_make(role) => Ok(()),
            _ => Err(CatalogError::Unauthenticated),
        }
    }

    async fn check_room_for_key(&self, transaction: &mut PgTransaction<'static>) -> Result<(), CatalogError> {
        let there = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM api_keys WHERE org_id = $1"#,
            self.context().organization().0,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if there < i64::from(MOST) { Ok(()) } else { Err(CatalogError::TooManyKeys { limit: MOST }) }
    }

    async fn select_keys(
        &self,
        transaction: &mut PgTransaction<'static>,
        only: Option<ApiKeyId>,
    ) -> Result<Vec<ApiKey>, CatalogError> {
        let rows = sqlx::query!(
            r#"SELECT key.id, key.name, key.token_start, key.scopes, key.workspace_id, workspace.name AS "workspace_name?",
                maker.user_id, maker.role, person.email, person.name AS person_name, key.created_at, key.expires_at,
                key.last_used_at, key.last_used_address
            FROM api_keys AS key
            JOIN org_members AS maker ON maker.org_id = key.org_id AND maker.user_id = key.created_by
            JOIN users AS person ON person.id = maker.user_id
            LEFT JOIN workspaces AS workspace ON workspace.org_id = key.org_id AND workspace.id = key.workspace_id
            WHERE key.org_id = $1 AND ($2::uuid IS NULL OR key.id = $2)
            ORDER BY key.created_at DESC, key.id DESC"#,
            self.context().organization().0,
            only.map(|id| id.0),
        )
        .fetch_all(&mut **transaction)
        .await?;
        let now = self.catalog().clock().now();
        let keys = rows.into_iter().map(|row| {
            let state = if row.expires_at.is_some_and(|end| end <= now) {
                ApiKeyState::Expired
            } else if may_make(OrgRole::parse(&row.role)?) {
                ApiKeyState::Active
            } else {
                ApiKeyState::Resting
            };
            let workspace = row.workspace_id.zip(row.workspace_name);
            Ok(ApiKey {
                id: row.id.into(),
                name: row.name,
                token_start: row.token_start,
                scopes: KeyScopes::of_names(&row.scopes),
                workspace: workspace.map(|(id, name)| Workspace { id: id.into(), name }),
                created_by: User { id: UserId(row.user_id), email: row.email, name: row.person_name },
                created_at: row.created_at,
                expires_at: row.expires_at,
                last_used_at: row.last_used_at,
                last_used_address: row.last_used_address,
                state,
            })
        });
        keys.collect()
    }
}

fn no_key() -> CatalogError {
    CatalogError::NotFound("API key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_looks_like_one_and_shows_nothing_of_itself() {
        let token = ApiKeyToken::new().unwrap();
        assert!(ApiKeyToken::looks_like_one(token.expose()), "{}", token.expose());
        assert_ne!(token, ApiKeyToken::new().unwrap());
        assert_eq!(format!("{token:?}"), "ApiKeyToken(hidden)");
        let random = &token.expose()[PREFIX.len()..];
        for other in
            [random, "", PREFIX, &token.expose()[1..], &format!("{PREFIX}{random}a"), &format!("x{PREFIX}{random}")]
        {
            assert!(!ApiKeyToken::looks_like_one(other), "{other}");
        }
        for strange in ['\0', ' ', 'é', '+', '=', '%'] {
            let other = format!("{PREFIX}{strange}{}", &random[strange.len_utf8()..]);
            assert!(!ApiKeyToken::looks_like_one(&other), "{other:?}");
        }
    }

    #[test]
    fn nobody_gives_what_they_may_not_do() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap_or_default();
        for scope in crate::KeyScope::ALL.iter().copied() {
            let scopes = KeyScopes::from_iter([scope]);
            let new = NewApiKey { name: "a".to_owned(), scopes, workspace: None, expires_at: None };
            for role in OrgRole::ALL {
                let refused = new.check(role, now);
                let is_refused = matches!(refused, Err(CatalogError::Forbidden(_)));
                assert_eq!(is_refused, role < scope.least(), "{role:?} gives {scope:?}: {refused:?}");
            }
        }
    }
}
