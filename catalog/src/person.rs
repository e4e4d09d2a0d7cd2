//! A person's own affairs, in whatever organisation: where they are signed in, which organisations they belong to, their password.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::catalog::Scope;
use crate::sessions::{EndedSession, IDLE, Lasts, check_password_is};
use crate::{
    Actor, Catalog, CatalogError, OrgRole, OrganizationId, Origin, SessionId, SignedIn, Tenant, TenantContext, UserId,
    passwords,
};

/// Leave to work on the rows of the person who acts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Person {
    catalog: Catalog,
    id: UserId,
    /// Where they act.
    organization: OrganizationId,
    origin: Origin,
}

/// An organisation that a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub organization: OrganizationId,
    /// Its name.
    pub name: String,
    /// What they may do there.
    pub role: OrgRole,
}

/// Somewhere that a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSession {
    /// Which session.
    pub id: SessionId,
    /// The organisation that it acts in.
    pub organization: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to within a few minutes.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// From which address it was begun.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// Whether it is a program's, which acts with access tokens, and not a browser's.
    pub is_program: bool,
}

impl Tenant {
    /// The person who acts.
    ///
    /// # Errors
    /// [`CatalogError::NeedsPerson`] where a key or the program itself acts.
    pub fn person(&self) -> Result<Person, CatalogError> {
        let Actor::User { id, .. } = self.context().actor() else { return Err(CatalogError::NeedsPerson) };
        let (catalog, context) = (self.catalog().clone(), self.context());
        Ok(Person { catalog, id, organization: context.organization(), origin: context.origin().clone() })
    }
}

impl Person {
    /// The organisations that they belong to, by name.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn memberships(&self) -> Result<Vec<Membership>, CatalogError> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT organization.id, organization.name, member.role
            FROM org_members AS member JOIN organizations AS organization ON organization.id = member.org_id
            WHERE member.user_id = $1 ORDER BY organization.name, organization.id",
            self.id.0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let memberships = rows.into_iter().map(|row| {
            Ok(Membership { organization: row.id.into(), name: row.name, role: OrgRole::parse(&row.role)? })
        });
        memberships.collect()
    }

    /// Goes on in another organisation that they belong to: a new session there takes the place of the one of that token, and ends when
    /// that would have.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when they do not belong to it, [`CatalogError::Unauthenticated`] when no session of theirs has the token any
    /// more; otherwise when the database is unavailable.
    pub async fn enter(&self, organization: OrganizationId, token: &str) -> Result<SignedIn, CatalogError> {
        self.catalog.move_session(self.id, token, organization, &self.origin).await
    }

    /// Where they are signed in, last used first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn sessions(&self) -> Result<Vec<PersonSession>, CatalogError> {
        let now = self.catalog.clock().now();
        let mut transaction = self.begin().await?;
        let sessions = sqlx::query_as!(
            PersonSession,
            r#"SELECT session.id, session.org_id AS organization, organization.name AS organization_name, session.created_at,
                session.last_seen_at, session.expires_at, session.address, session.user_agent,
                session.kind = 'program' AS "is_program!"
            FROM sessions AS session JOIN organizations AS organization ON organization.id = session.org_id
            WHERE session.user_id = $1 AND session.expires_at > $2 AND session.last_seen_at > $3
            ORDER BY session.last_seen_at DESC, session.id DESC"#,
            self.id.0,
            now,
            now - IDLE,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(sessions)
    }

    /// Ends one of their sessions at once.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when they have no such session; otherwise when the database is unavailable.
    pub async fn end_session(&self, id: SessionId) -> Result<(), CatalogError> {
        match self.end(Some(id), None).await? {
            0 => Err(CatalogError::NotFound("session")),
            _ => Ok(()),
        }
    }

    /// Ends all their sessions but that one, and says how many those were.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn end_other_sessions(&self, kept: SessionId) -> Result<usize, CatalogError> {
        self.end(None, Some(kept)).await
    }

    async fn end(&self, only: Option<SessionId>, kept: Option<SessionId>) -> Result<usize, CatalogError> {
        let now = self.catalog.clock().now();
        let mut transaction = self.begin().await?;
        let ended = sqlx::query!(
            "DELETE FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
            RETURNING org_id, id, created_at, expires_at, last_seen_at",
            self.id.0,
            only.map(|id| id.0),
            kept.map(|id| id.0),
        )
        .fetch_all(&mut *transaction)
        .await?;
        // Those that had run out already were ended by nobody.
        let alive = ended.into_iter().filter(|row| row.expires_at > now && row.last_seen_at > now - IDLE);
        let alive = alive.map(|row| EndedSession {
            organization: row.org_id.into(),
            id: row.id.into(),
            user: self.id,
            lasts: Lasts { begun_at: row.created_at, expires_at: row.expires_at },
        });
        let alive: Vec<_> = alive.collect();
        for ended in &alive {
            self.catalog.record_ended(&mut transaction, ended, &self.origin_told_to(ended.organization)).await?;
        }
        transaction.commit().await?;
        Ok(alive.len())
    }

    /// Gives them another password, and ends all their sessions but that one.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCredentials`] when that is not their password; otherwise when the new one is too short or too long, or the
    /// database is unavailable.
    pub async fn change_password(&self, current: &str, new: &str, kept: SessionId) -> Result<(), CatalogError> {
        passwords::check_new(new)?;
        let mut transaction = self.begin().await?;
        let hash = sqlx::query_scalar!("SELECT password_hash FROM user_passwords WHERE user_id = $1", self.id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let (true, Some(before)) = (passwords::verify(&self.catalog, current, hash.clone()).await?, hash) else {
            return Err(CatalogError::InvalidCredentials);
        };
        let hash = passwords::hash(&self.catalog, new).await?;
        let mut transaction = self.begin().await?;
        // Hashing takes a while: neither the password nor the session may have become another one.
        let session = sqlx::query!("SELECT id FROM sessions WHERE user_id = $1 AND id = $2", self.id.0, kept.0)
            .fetch_optional(&mut *transaction)
            .await?;
        session.ok_or(CatalogError::Unauthenticated)?;
        check_password_is(&mut transaction, self.id, &before).await?;
        let by = |organization| self.context_in(organization);
        self.catalog.renew_password(&mut transaction, self.id, &hash, Some(kept), by).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// In an organisation that they belong to, for what they do as themselves, whatever their role there.
    pub(crate) fn context_in(&self, organization: OrganizationId) -> TenantContext {
        let context = TenantContext::of_user(organization, self.id, OrgRole::Viewer);
        context.coming_from(self.origin_told_to(organization))
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn id(&self) -> UserId {
        self.id
    }

    /// A transaction that sees what is the person's own.
    pub(crate) async fn begin(&self) -> Result<PgTransaction<'static>, CatalogError> {
        self.catalog.begin(Scope::User(self.id)).await
    }

    /// From where they act, as far as it is an organisation's business: only that of the one that they act in.
    fn origin_told_to(&self, organization: OrganizationId) -> Origin {
        if organization == self.organization { self.origin.clone() } else { Origin::default() }
    }
}
