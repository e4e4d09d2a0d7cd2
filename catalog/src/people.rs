//! Who belongs to an organisation.

use chrono::{DateTime, Utc};

use crate::{CatalogError, OrgRole, Tenant, User};

/// A person in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: OrgRole,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl Tenant {
    /// Everybody in the organisation, by address.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn members(&self) -> Result<Vec<Member>, CatalogError> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT person.id, person.email, person.name, member.role, member.created_at
            FROM org_members AS member JOIN users AS person ON person.id = member.user_id
            WHERE member.org_id = $1 ORDER BY person.email",
            self.context().organization().0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        rows.into_iter()
            .map(|row| {
                let user = User { id: row.id.into(), email: row.email, name: row.name };
                Ok(Member { user, role: OrgRole::parse(&row.role)?, created_at: row.created_at })
            })
            .collect()
    }
}
