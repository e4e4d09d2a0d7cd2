//! Refresh tokens: each is used once, for the next access token and the next refresh token.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::{ProgramTokens, RefreshToken, access};
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::secrets::{self, digest};
use crate::sessions::{EndedSession, IDLE, Lasts, describe};
use crate::{
    Catalog, CatalogError, DataKey, OrganizationId, Origin, SessionId, SessionInfo, SignedIn, SystemContext,
    SystemPurpose, TenantContext, UserId,
};

/// The session of a refresh token.
struct Family {
    organization: OrganizationId,
    token: uuid::Uuid,
    session: SessionId,
    user: UserId,
    lasts: Lasts,
}

impl Catalog {
    /// Makes a session that was just begun a program's: its token opens nothing any more, and these do.
    ///
    /// # Errors
    /// [`CatalogError::Unauthenticated`] when it has ended already; otherwise when the database or the master key is unavailable.
    pub async fn hand_to_program(&self, signed_in: &SignedIn) -> Result<ProgramTokens, CatalogError> {
        let session = &signed_in.session;
        let key = self.system_key(SystemPurpose::Tokens).await?;
        let mut transaction = self.begin(Scope::Organization(session.organization)).await?;
        let handed = sqlx::query!(
            "UPDATE sessions SET kind = 'program', token_hash = NULL WHERE org_id = $1 AND id = $2 AND token_hash = $3",
            session.organization.0,
            session.id.0,
            &digest(signed_in.token.expose())[..],
        )
        .execute(&mut *transaction)
        .await?;
        if handed.rows_affected() == 0 {
            return Err(CatalogError::Unauthenticated);
        }
        let refresh = self.insert_refresh_token(&mut transaction, session).await?;
        let tokens = program_tokens(&key, session.clone(), refresh, self.clock().now())?;
        transaction.commit().await?;
        Ok(tokens)
    }

    /// The next tokens for a refresh token, which is used up by it. One that was used up before ends its session, with all tokens that come from
    /// it.
    ///
    /// # Errors
    /// [`CatalogError::Unauthenticated`] when it is none, was used before, or its session has ended; otherwise when the database or the master
    /// key is unavailable.
    pub async fn refresh(&self, token: &str, origin: &Origin) -> Result<ProgramTokens, CatalogError> {
        // First of all: a token that was used up without an answer would be lost.
        let key = self.system_key(SystemPurpose::Tokens).await?;
        let mut transaction = self.begin(Scope::Session(&digest(token))).await?;
        let family = self.locked_family(&mut transaction, token).await?.ok_or(CatalogError::Unauthenticated)?;
        let now = self.clock().now();
        let used = sqlx::query!(
            "UPDATE refresh_tokens SET used_at = $3 WHERE org_id = $1 AND id = $2 AND used_at IS NULL",
            family.organization.0,
            family.token,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let session =
            describe(&mut transaction, family.session, family.organization, family.user, family.lasts.expires_at)
                .await?;
        let session = session.ok_or(CatalogError::Unauthenticated)?;
        if used.rows_affected() == 0 {
            self.end_copied(&mut transaction, &session, origin).await?;
            transaction.commit().await?;
            return Err(CatalogError::Unauthenticated);
        }
        sqlx::query!(
            "UPDATE sessions SET last_seen_at = $3 WHERE org_id = $1 AND id = $2",
            family.organization.0,
            family.session.0,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let refresh = self.insert_refresh_token(&mut transaction, &session).await?;
        let tokens = program_tokens(&key, session, refresh, now)?;
        transaction.commit().await?;
        Ok(tokens)
    }

    /// Ends the session of a refresh token at once, whether that was used or not, with all tokens that come from it. Unknown tokens are ignored.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn revoke(&self, token: &str, origin: &Origin) -> Result<(), CatalogError> {
        let mut transaction = self.begin(Scope::Session(&digest(token))).await?;
        let Some(family) = self.locked_family(&mut transaction, token).await? else { return Ok(()) };
        delete_session(&mut transaction, family.organization, family.session).await?;
        let Family { organization, session: id, user, lasts, .. } = family;
        self.record_ended(&mut transaction, &EndedSession { organization, id, user, lasts }, origin).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The living session that a token belongs to. It is locked: of two who use the token at once, one is first. Leaves the transaction in the
    /// scope of the organisation.
    async fn locked_family(
        &self,
        transaction: &mut PgTransaction<'static>,
        token: &str,
    ) -> Result<Option<Family>, CatalogError> {
        let hash = digest(token);
        let found = sqlx::query!("SELECT org_id, id, session_id FROM refresh_tokens WHERE token_hash = $1", &hash[..])
            .fetch_optional(&mut **transaction)
            .await?;
        let Some(found) = found else { return Ok(None) };
        narrow(transaction, Scope::Organization(found.org_id.into())).await?;
        let now = self.clock().now();
        // Before the session, as whoever removes a member does: in another order two could wait for each other.
        sqlx::query!(
            "SELECT member.user_id FROM org_members AS member
            JOIN sessions AS session ON session.org_id = member.org_id AND session.user_id = member.user_id
            WHERE session.org_id = $1 AND session.id = $2 FOR KEY SHARE OF member",
            found.org_id,
            found.session_id,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        let session = sqlx::query!(
            "SELECT user_id, created_at, expires_at FROM sessions
            WHERE org_id = $1 AND id = $2 AND kind = 'program' AND expires_at > $3 AND last_seen_at > $4 FOR UPDATE",
            found.org_id,
            found.session_id,
            now,
            now - IDLE,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        Ok(session.map(|session| Family {
            organization: found.org_id.into(),
            token: found.id,
            session: found.session_id.into(),
            user: session.user_id.into(),
            lasts: Lasts { begun_at: session.created_at, expires_at: session.expires_at },
        }))
    }

    /// Ends a session of which somebody copied a token.
    async fn end_copied(
        &self,
        transaction: &mut PgTransaction<'static>,
        session: &SessionInfo,
        origin: &Origin,
    ) -> Result<(), CatalogError> {
        delete_session(transaction, session.organization, session.id).await?;
        let context = TenantContext::from(SystemContext::new(session.organization, "a refresh token was used twice"));
        let done = Done::new(AuditAction::SessionReuseDetected).to(session.id.0, &*session.user.email);
        self.tenant(context.coming_from(origin.clone())).record(transaction, done).await?;
        tracing::warn!(session = %session.id, "a refresh token was used twice: its session has ended");
        Ok(())
    }

    async fn insert_refresh_token(
        &self,
        transaction: &mut PgTransaction<'static>,
        session: &SessionInfo,
    ) -> Result<RefreshToken, CatalogError> {
        let token = secrets::random()?;
        sqlx::query!(
            "INSERT INTO refresh_tokens (org_id, id, session_id, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
            session.organization.0,
            self.clock().new_id(),
            session.id.0,
            &digest(&token)[..],
            self.clock().now(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(RefreshToken(token))
    }
}

fn program_tokens(
    key: &DataKey,
    session: SessionInfo,
    refresh: RefreshToken,
    now: DateTime<Utc>,
) -> Result<ProgramTokens, CatalogError> {
    Ok(ProgramTokens { access: access::issue(key, &session, now)?, expires_in: access::LIFETIME, refresh, session })
}

async fn delete_session(
    transaction: &mut PgTransaction<'static>,
    organization: OrganizationId,
    session: SessionId,
) -> Result<(), CatalogError> {
    sqlx::query!("DELETE FROM sessions WHERE org_id = $1 AND id = $2", organization.0, session.0)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
