//! What connections to sources sign in with.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgTransaction;
use zeroize::Zeroizing;

use super::{Sealed, VaultError, Wrapped};
use crate::audit::{AuditAction, Done};
use crate::{Actor, CatalogError, ConnectionId, OrganizationId, Permission, Tenant};

/// The longest text that is kept, in bytes.
const LONGEST: usize = 64 * 1024;
/// The most fields that are given at once.
const MOST: usize = 32;

/// A credential that is kept, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialField {
    /// What it is called, such as `access_token`.
    pub name: String,
    /// When it was given.
    pub updated_at: DateTime<Utc>,
}

impl Tenant {
    /// Keeps credentials of a connection: each takes the place of the one of that name, and the others stay.
    ///
    /// # Errors
    /// When the actor may not manage connections, a name is none, a text is too long, or the database or the master key is unavailable.
    pub async fn put_credentials(
        &self,
        connection: ConnectionId,
        fields: &[(&str, SecretString)],
    ) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let names = self.seal_credentials(&mut transaction, connection, fields).await?;
        let done = Done::new(AuditAction::CredentialsSet).to(connection.0, "connection").with("fields", names);
        self.record(&mut transaction, done).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Seals credentials of a connection, each in the place of the one of that name, and answers their names. The key that they are sealed under
    /// stays the one that seals until the transaction ends.
    pub(crate) async fn seal_credentials(
        &self,
        transaction: &mut PgTransaction<'static>,
        connection: ConnectionId,
        fields: &[(&str, SecretString)],
    ) -> Result<Vec<String>, CatalogError> {
        let fields = checked(fields)?;
        let organization = self.context().organization();
        let key = self.held_key(transaction).await?;
        let now = self.catalog().clock().now();
        for (field, text) in &fields {
            let place = Place { organization, connection, field };
            let sealed = key.seal(&place.parts(), text.expose_secret().as_bytes())?;
            sqlx::query!(
                "INSERT INTO credentials (org_id, connection_id, field, key_id, nonce, ciphertext, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (org_id, connection_id, field) DO UPDATE SET key_id = EXCLUDED.key_id, nonce = EXCLUDED.nonce,
                    ciphertext = EXCLUDED.ciphertext, updated_at = EXCLUDED.updated_at",
                organization.0,
                connection.0,
                *field,
                sealed.key_id,
                sealed.nonce,
                sealed.ciphertext,
                now,
            )
            .execute(&mut **transaction)
            .await?;
        }
        Ok(fields.iter().map(|(field, _)| (*field).to_owned()).collect())
    }

    /// Forgets all credentials of a connection, if there are any.
    ///
    /// # Errors
    /// When the actor may not manage connections, or the database is unavailable.
    pub async fn delete_credentials(&self, connection: ConnectionId) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let deleted = sqlx::query!(
            "DELETE FROM credentials WHERE org_id = $1 AND connection_id = $2",
            self.context().organization().0,
            connection.0,
        )
        .execute(&mut *transaction)
        .await?;
        if deleted.rows_affected() > 0 {
            let done = Done::new(AuditAction::CredentialsRemoved).to(connection.0, "connection");
            self.record(&mut transaction, done).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Which credentials a connection has, by name. What they say is told to nobody.
    ///
    /// # Errors
    /// When the actor may not manage connections, or the database is unavailable.
    pub async fn credential_fields(&self, connection: ConnectionId) -> Result<Vec<CredentialField>, CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        let fields = sqlx::query_as!(
            CredentialField,
            "SELECT field AS name, updated_at FROM credentials WHERE org_id = $1 AND connection_id = $2 ORDER BY field",
            self.context().organization().0,
            connection.0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(fields)
    }

    /// What the credentials of a connection say, by name. For the program itself, to sign in at a source: nobody else may call it, whatever
    /// their role.
    ///
    /// # Errors
    /// [`CatalogError::Forbidden`] when anybody but the program acts, [`VaultError::Damaged`] when a row was changed; otherwise when the
    /// connection has none, or the database or the master key is unavailable.
    pub async fn reveal_credentials(
        &self,
        connection: ConnectionId,
    ) -> Result<Vec<(String, SecretString)>, CatalogError> {
        let mut transaction = self.begin().await?;
        let revealed = self.reveal_in(&mut transaction, connection).await?;
        transaction.commit().await?;
        Ok(revealed)
    }

    /// [`Self::reveal_credentials`], in a transaction that goes on.
    pub(crate) async fn reveal_in(
        &self,
        transaction: &mut PgTransaction<'static>,
        connection: ConnectionId,
    ) -> Result<Vec<(String, SecretString)>, CatalogError> {
        let Actor::System(_) = self.context().actor() else { return Err(CatalogError::Forbidden("system")) };
        let organization = self.context().organization();
        // In one statement: whatever a rotation does, each row is seen with the key that it is sealed under.
        let rows = sqlx::query!(
            "SELECT credential.field, credential.key_id, credential.nonce, credential.ciphertext, key.master_key_id, key.wrapped
            FROM credentials AS credential
            JOIN tenant_keys AS key ON key.org_id = credential.org_id AND key.id = credential.key_id
            WHERE credential.org_id = $1 AND credential.connection_id = $2 ORDER BY credential.field",
            organization.0,
            connection.0,
        )
        .fetch_all(&mut **transaction)
        .await?;
        if rows.is_empty() {
            return Err(CatalogError::NotFound("credentials"));
        }
        let mut revealed = Vec::with_capacity(rows.len());
        for row in rows {
            let wrapped = Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped };
            let sealed = Sealed { key_id: row.key_id, nonce: row.nonce, ciphertext: row.ciphertext };
            let place = Place { organization, connection, field: &row.field };
            let text = self.open_credential(place, &sealed, &wrapped).await?;
            let text = std::str::from_utf8(&text).map_err(|_| VaultError::Damaged("a credential"))?;
            revealed.push((row.field, SecretString::from(text)));
        }
        Ok(revealed)
    }

    /// What a row says.
    pub(super) async fn open_credential(
        &self,
        place: Place<'_>,
        sealed: &Sealed,
        wrapped: &Wrapped,
    ) -> Result<Zeroizing<Vec<u8>>, CatalogError> {
        let key = self.opened_key(sealed.key_id, wrapped).await?;
        Ok(key.open("a credential", &place.parts(), sealed)?)
    }
}

/// Where a credential belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'f> {
    pub(super) organization: OrganizationId,
    pub(super) connection: ConnectionId,
    pub(super) field: &'f str,
}

impl Place<'_> {
    pub(super) fn parts(&self) -> [&[u8]; 4] {
        [b"credential", self.organization.0.as_bytes(), self.connection.0.as_bytes(), self.field.as_bytes()]
    }
}

/// The fields in the order in which rows are always locked, so that two who write at once wait for each other and not in a ring.
fn checked<'f>(fields: &[(&'f str, SecretString)]) -> Result<Vec<(&'f str, SecretString)>, CatalogError> {
    let invalid = |reason: String| CatalogError::Invalid { field: "credentials", reason };
    if fields.is_empty() || fields.len() > MOST {
        return Err(invalid(format!("1 to {MOST} fields")));
    }
    let mut fields = fields.to_vec();
    fields.sort_unstable_by_key(|(field, _)| *field);
    if fields.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(invalid("each field once".to_owned()));
    }
    for (field, text) in &fields {
        let is_plain = field.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_plain || field.len() > 64 || !field.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(invalid("a field is called by a word of small letters, digits and underscores".to_owned()));
        }
        if text.expose_secret().len() > LONGEST {
            return Err(invalid(format!("{field} has more than {LONGEST} bytes")));
        }
    }
    Ok(fields)
}
