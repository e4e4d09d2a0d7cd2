//! Signing in and out.
//!
//! A session ends 30 days after it began, after 7 days without a request, when its person signs out or changes their password,
//! and when the membership that it acts under ends. Its token is 256 random bits; only the SHA-256 of it is kept. A session of a program has
//! no such token: see `tokens`.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::accounts::{Nothing, Purpose, forget_tokens, second_factor};
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::secrets::{self, digest};
use crate::tokens::Named;
use crate::{
    Catalog, CatalogError, OneTimeToken, OrgRole, OrganizationId, Origin, ReadableStore, SessionId, SystemContext,
    TenantContext, UserId, passwords,
};

const LIFETIME: TimeDelta = TimeDelta::days(30);
pub(crate) const IDLE: TimeDelta = TimeDelta::days(7);
/// How exactly it is known when a session was last used: a write per request would be too much.
pub(crate) const SEEN: TimeDelta = TimeDelta::minutes(5);

/// What a browser holds. Shown once, never kept, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    fn new() -> Result<Self, CatalogError> {
        secrets::random().map(Self)
    }

    /// The token itself: 43 characters that a cookie takes as they are.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(hidden)")
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Their address, in lower case.
    pub email: String,
    /// What they are called.
    pub name: String,
}

/// What a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its identity, which is safe to log.
    pub id: SessionId,
    /// Who acts.
    pub user: User,
    /// In which organisation.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// What it pays for.
    pub plan_tier: String,
    /// What they may do there.
    pub role: OrgRole,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Leave to work on the organisation's rows.
    pub context: TenantContext,
    /// The session that it comes from.
    pub session: SessionInfo,
    /// The stores that they may ask about, by name, each with the state that it is in at this moment. Empty where nobody wanted them.
    pub stores: Arc<[ReadableStore]>,
}

/// A sign-in that worked.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the browser.
    pub token: SessionToken,
    /// Leave to work on the organisation's rows.
    pub context: TenantContext,
    /// What the session is.
    pub session: SessionInfo,
}

/// What comes of showing who one is.
#[derive(Clone, Debug)]
pub enum Entry {
    /// One is in.
    In(Box<SignedIn>),
    /// The code of the second factor is wanted ([`Catalog::redeem_second_factor`]): this carries on from here.
    SecondFactor(OneTimeToken),
}

impl Entry {
    /// The sign-in, where no second factor is wanted.
    #[must_use]
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::In(signed_in) => Some(*signed_in),
            Self::SecondFactor(_) => None,
        }
    }
}

impl Catalog {
    /// Begins a session in the organisation that the person joined first. Costs the same time whether the address is known or
    /// not.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCredentials`] when the address or the password is missing or wrong, [`CatalogError::NoOrganization`] when they
    /// are right and the person belongs to no organisation; otherwise when the database is unavailable.
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<Entry, CatalogError> {
        let (mut transaction, user) = self.check_password(email, password).await?;
        let entry = self.enter_first(&mut transaction, user, origin).await?;
        transaction.commit().await?;
        Ok(entry)
    }

    /// Whose address and password those are, and a transaction in their scope in which the password stays what it is. Costs the same time
    /// whether the address is known or not.
    pub(crate) async fn check_password(
        &self,
        email: &str,
        password: &str,
    ) -> Result<(PgTransaction<'static>, UserId), CatalogError> {
        let email = normalized(email);
        // Postgres cannot even be asked for such an address; whoever tries waits as long as for any other.
        if email.contains('\0') {
            passwords::verify(self, password, None).await?;
            return Err(CatalogError::InvalidCredentials);
        }
        let mut transaction = self.begin(Scope::Email(&email)).await?;
        let user = user_by_email(&mut transaction, &email).await?;
        let id = user.unwrap_or(UserId(Uuid::nil()));
        narrow(&mut transaction, Scope::User(id)).await?;
        let hash = sqlx::query_scalar!("SELECT password_hash FROM user_passwords WHERE user_id = $1", id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;

        let matches = passwords::verify(self, password, hash.clone()).await?;
        let (true, Some(hash)) = (matches, hash) else { return Err(CatalogError::InvalidCredentials) };
        // Hashing takes a while: a password that was changed meanwhile opens nothing, and ends the sessions that it finds.
        let mut transaction = self.begin(Scope::User(id)).await?;
        check_password_is(&mut transaction, id, &hash).await?;
        Ok((transaction, id))
    }

    /// Lets a person in who has shown who they are, to the organisation that they joined first; in their scope, which the transaction has
    /// no more afterwards.
    pub(crate) async fn enter_first(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        origin: &Origin,
    ) -> Result<Entry, CatalogError> {
        match self.ask_second_factor(transaction, user).await? {
            Some(wanted) => Ok(wanted),
            None => Ok(Entry::In(Box::new(self.let_in(transaction, user, origin).await?))),
        }
    }

    /// The same, to an organisation that they belong to. After a second factor they come to the one that they joined first.
    pub(crate) async fn enter_into(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        organization: OrganizationId,
        origin: &Origin,
    ) -> Result<Entry, CatalogError> {
        match self.ask_second_factor(transaction, user).await? {
            Some(wanted) => Ok(wanted),
            None => Ok(Entry::In(Box::new(self.let_into(transaction, user, organization, origin).await?))),
        }
    }

    /// What carries on from here, where a person's second factor is wanted; in their scope.
    async fn ask_second_factor(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
    ) -> Result<Option<Entry>, CatalogError> {
        if !second_factor::is_on(transaction, user).await? {
            return Ok(None);
        }
        Ok(Some(Entry::SecondFactor(self.issue(transaction, Purpose::SecondFactor, Some(user), &Nothing {}).await?)))
    }

    /// The same, for who has shown all that they have to.
    pub(crate) async fn let_in(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        let organization = sqlx::query_scalar!(
            "SELECT org_id FROM org_members WHERE user_id = $1 ORDER BY created_at, org_id LIMIT 1",
            user.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::NoOrganization)?;
        self.let_into(transaction, user, organization.into(), origin).await
    }

    /// The same, into an organisation that they belong to.
    pub(crate) async fn let_into(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        organization: OrganizationId,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        let begun_at = self.clock().now();
        let lasts = Lasts { begun_at, expires_at: begun_at + LIFETIME };
        self.insert_session(transaction, user, organization, lasts, origin, AuditAction::SessionBegun).await
    }

    /// Begins a session of a person who belongs to the organisation, and writes down how. Leaves the transaction in the scope of the
    /// organisation.
    pub(crate) async fn insert_session(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        organization: OrganizationId,
        lasts: Lasts,
        origin: &Origin,
        how: AuditAction,
    ) -> Result<SignedIn, CatalogError> {
        let token = SessionToken::new()?;
        let id = SessionId(self.clock().new_id());
        let now = self.clock().now();
        narrow(transaction, Scope::Organization(organization)).await?;
        let session = describe(transaction, id, organization, user, lasts.expires_at).await?;
        let session = session.ok_or(CatalogError::InvalidCredentials)?;
        sqlx::query!(
            "DELETE FROM sessions WHERE org_id = $1 AND user_id = $2 AND (expires_at <= $3 OR last_seen_at <= $4)",
            organization.0,
            user.0,
            now,
            now - IDLE,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO sessions (org_id, id, user_id, token_hash, created_at, last_seen_at, expires_at, address, user_agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            organization.0,
            id.0,
            user.0,
            &digest(token.expose())[..],
            lasts.begun_at,
            now,
            lasts.expires_at,
            origin.address_text(),
            origin.user_agent_text(),
        )
        .execute(&mut **transaction)
        .await?;
        let context = TenantContext::of_user(organization, user, session.role).coming_from(origin.clone());
        self.tenant(context.clone()).record(transaction, Done::new(how).to(id.0, &*session.user.email)).await?;
        Ok(SignedIn { token, context, session })
    }

    /// Goes on in another organisation: the session of that token ends, and the new one ends when it would have, and began when it did.
    pub(crate) async fn move_session(
        &self,
        user: UserId,
        token: &str,
        to: OrganizationId,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        let hash = digest(token);
        let mut transaction = self.begin(Scope::Session(&hash)).await?;
        let ended = end(&mut transaction, &hash, self.clock().now()).await?;
        let ended = ended.filter(|ended| ended.user == user).ok_or(CatalogError::Unauthenticated)?;
        self.record_ended(&mut transaction, &ended, origin).await?;
        let how = AuditAction::SessionEntered;
        let entered = self.insert_session(&mut transaction, user, to, ended.lasts, origin, how).await;
        let entered = entered.map_err(|error| match error {
            CatalogError::InvalidCredentials => CatalogError::NotFound("organization"),
            other => other,
        })?;
        transaction.commit().await?;
        Ok(entered)
    }

    /// Who holds that token.
    ///
    /// # Errors
    /// [`CatalogError::Unauthenticated`] when no session has it or the session has ended; otherwise when the database is
    /// unavailable.
    pub async fn authenticate(&self, token: &str) -> Result<(TenantContext, SessionInfo), CatalogError> {
        let Authenticated { context, session, .. } = self.shared_session(token, false).await?;
        Ok((context, session))
    }

    /// Who holds that token, and which stores they may ask about: in one statement, since every question begins with it.
    ///
    /// # Errors
    /// Those of [`Catalog::authenticate`].
    pub async fn authenticate_reader(&self, token: &str) -> Result<Authenticated, CatalogError> {
        self.shared_session(token, true).await
    }

    async fn shared_session(&self, token: &str, with_stores: bool) -> Result<Authenticated, CatalogError> {
        let (hash, catalog) = (digest(token), self.clone());
        let read = move || {
            let catalog = catalog.clone();
            async move { catalog.read_session(hash, with_stores).await }
        };
        self.shared_sessions().get((hash, with_stores), read).await?.ok_or(CatalogError::Unauthenticated)
    }

    async fn read_session(&self, hash: [u8; 32], with_stores: bool) -> Result<Option<Authenticated>, CatalogError> {
        let now = self.clock().now();
        let rows = sqlx::query_file_as!(
            SessionRow,
            "src/sql/read_session.sql",
            &hash[..],
            now,
            now - IDLE,
            with_stores,
            &roles_that_see_all()
        )
        .fetch_all(self.reads())
        .await?;
        if rows.first().is_some_and(|row| row.last_seen_at + SEEN < now) {
            self.seen(&hash, now).await?;
        }
        authenticated(rows)
    }

    /// The session of a program that an access token named, when it has not ended.
    pub(crate) async fn read_program_session(
        &self,
        named: Named,
        with_stores: bool,
    ) -> Result<Option<Authenticated>, CatalogError> {
        let now = self.clock().now();
        let rows = sqlx::query_file_as!(
            SessionRow,
            "src/sql/read_program_session.sql",
            named.organization.0,
            named.session.0,
            now,
            now - IDLE,
            with_stores,
            &roles_that_see_all()
        )
        .fetch_all(self.reads())
        .await?;
        let Some(row) = rows.first().filter(|row| row.user_id == named.user.0) else { return Ok(None) };
        if row.last_seen_at + SEEN < now {
            let mut transaction = self.begin(Scope::Organization(named.organization)).await?;
            sqlx::query!(
                "UPDATE sessions SET last_seen_at = $3 WHERE org_id = $1 AND id = $2",
                named.organization.0,
                named.session.0,
                now,
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        }
        authenticated(rows)
    }

    /// Prolongs a session.
    async fn seen(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Result<(), CatalogError> {
        let mut transaction = self.begin(Scope::Session(hash)).await?;
        sqlx::query!("UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1", &hash[..], now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends the session of that token at once. Unknown tokens are ignored.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn sign_out(&self, token: &str, origin: &Origin) -> Result<(), CatalogError> {
        let hash = digest(token);
        let mut transaction = self.begin(Scope::Session(&hash)).await?;
        if let Some(ended) = end(&mut transaction, &hash, self.clock().now()).await? {
            self.record_ended(&mut transaction, &ended, origin).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Writes down that a person ended a session of theirs. Leaves the transaction in the scope of its organisation.
    pub(crate) async fn record_ended(
        &self,
        transaction: &mut PgTransaction<'static>,
        ended: &EndedSession,
        origin: &Origin,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::Organization(ended.organization)).await?;
        // Their role does not matter: they did it as the person whose session it is.
        let context = TenantContext::of_user(ended.organization, ended.user, OrgRole::Viewer);
        let tenant = self.tenant(context.coming_from(origin.clone()));
        tenant.record(transaction, Done::new(AuditAction::SessionEnded).to(ended.id.0, "session")).await
    }

    /// Gives the person with that address a new password and ends all their sessions. For the terminal: whoever may call it is
    /// not asked for the old one.
    ///
    /// # Errors
    /// When nobody has that address, the password is too short, or the database is unavailable.
    pub async fn set_password(&self, email: &str, password: &str) -> Result<(), CatalogError> {
        passwords::check_new(password)?;
        let hash = passwords::hash(self, password).await?;
        let email = normalized(email);
        let mut transaction = self.begin(Scope::Email(&email)).await?;
        let user = user_by_email(&mut transaction, &email).await?.ok_or(CatalogError::NotFound("user"))?;
        let terminal = |organization| SystemContext::new(organization, "a command at the terminal").into();
        self.renew_password(&mut transaction, user, &hash, None, terminal).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives a person another password, ends their sessions, all but the one that is kept, makes links that they were sent worth nothing,
    /// and writes it down wherever they belong. Leaves the transaction in no scope to go on with.
    pub(crate) async fn renew_password(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        hash: &str,
        kept: Option<SessionId>,
        by: impl Fn(OrganizationId) -> TenantContext,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::User(user)).await?;
        insert_password(transaction, user, hash, self.clock().now()).await?;
        forget_tokens(transaction, user).await?;
        sqlx::query!(
            "DELETE FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2)",
            user.0,
            kept.map(|session| session.0),
        )
        .execute(&mut **transaction)
        .await?;
        self.record_wherever(transaction, user, &Done::new(AuditAction::PasswordChanged), by).await
    }

    /// Writes down what became of a person's account, wherever they belong; in their scope, which the transaction has no more afterwards.
    pub(crate) async fn record_wherever(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        done: &Done,
        by: impl Fn(OrganizationId) -> TenantContext,
    ) -> Result<(), CatalogError> {
        let email =
            sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", user.0).fetch_one(&mut **transaction).await?;
        let organizations =
            sqlx::query_scalar!("SELECT org_id FROM org_members WHERE user_id = $1 ORDER BY org_id", user.0)
                .fetch_all(&mut **transaction)
                .await?;
        for organization in organizations.into_iter().map(OrganizationId) {
            narrow(transaction, Scope::Organization(organization)).await?;
            self.tenant(by(organization)).record(transaction, done.clone().to(user.0, &*email)).await?;
        }
        Ok(())
    }
}

/// A session, with one of the stores that can be asked about in it or with none.
struct SessionRow {
    org_id: Uuid,
    id: Uuid,
    user_id: Uuid,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    email: String,
    name: String,
    organization_name: String,
    plan_tier: String,
    role: String,
    store_id: Option<Uuid>,
    store_name: Option<String>,
    currency: Option<String>,
    timezone: Option<String>,
    week_start: Option<String>,
    version: Option<i64>,
    quarantine_revision: Option<i64>,
    connections: Option<serde_json::Value>,
}

fn roles_that_see_all() -> Vec<String> {
    OrgRole::ALL.iter().filter(|role| role.sees_all()).map(|role| role.as_str().to_owned()).collect()
}

/// What the rows of one session come to; nothing when there are none.
fn authenticated(rows: Vec<SessionRow>) -> Result<Option<Authenticated>, CatalogError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let (organization, user) = (OrganizationId(row.org_id), UserId(row.user_id));
    let session = SessionInfo {
        id: row.id.into(),
        user: User { id: user, email: row.email.clone(), name: row.name.clone() },
        organization,
        organization_name: row.organization_name.clone(),
        plan_tier: row.plan_tier.clone(),
        role: OrgRole::parse(&row.role)?,
        expires_at: row.expires_at,
    };
    let context = TenantContext::of_user(organization, user, session.role);
    let stores = rows.into_iter().filter_map(|row| {
        let store = (row.store_id?, row.store_name?, row.currency?, row.timezone?, row.week_start?);
        Some(ReadableStore::new(store, row.version?, row.quarantine_revision?, row.connections))
    });
    let stores = stores.collect::<Result<_, _>>()?;
    Ok(Some(Authenticated { context, session, stores }))
}

/// A session that was alive, and is no more.
#[derive(Debug)]
pub(crate) struct EndedSession {
    pub(crate) organization: OrganizationId,
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) lasts: Lasts,
}

/// From when a session is, and until when at most. Whoever goes on in another organisation has not shown anew who they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasts {
    pub(crate) begun_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Ends the session of a token, whose scope the transaction has; nothing when none was alive.
async fn end(
    transaction: &mut PgTransaction<'static>,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<EndedSession>, CatalogError> {
    let row = sqlx::query!(
        "DELETE FROM sessions WHERE token_hash = $1 RETURNING org_id, id, user_id, created_at, last_seen_at, expires_at",
        &hash[..],
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let alive = row.filter(|row| row.expires_at > now && row.last_seen_at > now - IDLE);
    Ok(alive.map(|row| EndedSession {
        organization: row.org_id.into(),
        id: row.id.into(),
        user: row.user_id.into(),
        lasts: Lasts { begun_at: row.created_at, expires_at: row.expires_at },
    }))
}

/// Refuses to go on when a person's password is not the one of that hash any more; it stays until the transaction ends. In the scope of
/// the person.
pub(crate) async fn check_password_is(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
    hash: &str,
) -> Result<(), CatalogError> {
    let kept = sqlx::query_scalar!("SELECT password_hash FROM user_passwords WHERE user_id = $1 FOR SHARE", user.0)
        .fetch_optional(&mut **transaction)
        .await?;
    if kept.as_deref() == Some(hash) { Ok(()) } else { Err(CatalogError::InvalidCredentials) }
}

/// Keeps a password's hash; in the scope of its user.
pub(crate) async fn insert_password(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    sqlx::query!(
        "INSERT INTO user_passwords (user_id, password_hash, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET password_hash = EXCLUDED.password_hash, changed_at = EXCLUDED.changed_at",
        user.0,
        hash,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// An address as it is kept.
pub(crate) fn normalized(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Who has that address; in its scope.
pub(crate) async fn user_by_email(
    transaction: &mut PgTransaction<'static>,
    email: &str,
) -> Result<Option<UserId>, CatalogError> {
    let id =
        sqlx::query_scalar!("SELECT id FROM users WHERE email = $1", email).fetch_optional(&mut **transaction).await?;
    Ok(id.map(UserId))
}

/// The session, as long as its person belongs to the organisation; in the scope of the organisation.
pub(crate) async fn describe(
    transaction: &mut PgTransaction<'static>,
    id: SessionId,
    organization: OrganizationId,
    user: UserId,
    expires_at: DateTime<Utc>,
) -> Result<Option<SessionInfo>, CatalogError> {
    let row = sqlx::query!(
        "SELECT person.email, person.name, organization.name AS organization_name, organization.plan_tier, member.role
        FROM org_members AS member
        JOIN organizations AS organization ON organization.id = member.org_id
        JOIN users AS person ON person.id = member.user_id
        WHERE member.org_id = $1 AND member.user_id = $2
        FOR KEY SHARE OF member",
        organization.0,
        user.0,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SessionInfo {
        id,
        user: User { id: user, email: row.email, name: row.name },
        organization,
        organization_name: row.organization_name,
        plan_tier: row.plan_tier,
        role: OrgRole::parse(&row.role)?,
        expires_at,
    }))
}
