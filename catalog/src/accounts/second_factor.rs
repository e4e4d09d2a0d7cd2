//! The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost.
//!
//! The secret is sealed under a key that belongs to no tenant. A code is good for its step of 30 seconds and the ones beside it, once.

use chrono::TimeDelta;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sqlx::PgTransaction;
use totp_rs::{Builder, Secret, Totp};

use super::one_time::{Nothing, Purpose};
use super::own::SecondFactorState;
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::secrets::digest;
use crate::vault::{Sealed, SystemPurpose};
use crate::{Catalog, CatalogError, Origin, Person, SessionId, SignedIn, UserId, passwords};

/// What authenticators show beside the account.
const ISSUER: &str = "Aloftly";
/// How many codes one sign-in may try.
const ATTEMPTS: i32 = 5;
const RECOVERY_CODES: usize = 10;
/// How long after a sign-in it is believed that it is still the same person, where there is no password to ask for.
const FRESH: TimeDelta = TimeDelta::minutes(15);
/// Letters and digits that cannot be taken for one another: 32, so that sixteen hold 80 bits.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// A secret for an authenticator. Shown once.
#[derive(Clone)]
pub struct NewSecondFactor {
    /// In base32, for who types it.
    pub secret: String,
    /// As `otpauth://…`, for who scans it.
    pub uri: String,
}

impl std::fmt::Debug for NewSecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewSecondFactor(hidden)")
    }
}

/// A code that stands in for the authenticator's, once. Shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    fn new() -> Result<Self, CatalogError> {
        let mut bytes = [0; 16];
        OsRng.try_fill_bytes(&mut bytes).map_err(|error| CatalogError::Secret(error.to_string()))?;
        let letters: Vec<u8> = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)]).collect();
        let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
        Ok(Self(groups.join("-")))
    }

    /// The code itself: four groups of four letters and digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(hidden)")
    }
}

/// What is kept of a recovery code, however it was typed.
fn recovery_hash(code: &str) -> [u8; 32] {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    digest(&letters)
}

/// Whether a person's sign-in wants the second factor; in their scope.
pub(crate) async fn is_on(transaction: &mut PgTransaction<'static>, user: UserId) -> Result<bool, CatalogError> {
    let on = sqlx::query_scalar!(
        r#"SELECT EXISTS (
            SELECT FROM user_second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL
        ) AS "on!""#,
        user.0,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(on)
}

pub(super) async fn state(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
) -> Result<SecondFactorState, CatalogError> {
    if !is_on(transaction, user).await? {
        return Ok(SecondFactorState::Off);
    }
    let left =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM user_recovery_codes WHERE user_id = $1"#, user.0)
            .fetch_one(&mut **transaction)
            .await?;
    Ok(SecondFactorState::On { recovery_codes_left: u32::try_from(left).unwrap_or(u32::MAX) })
}

fn totp(secret: Vec<u8>, email: &str) -> Result<Totp, CatalogError> {
    // Authenticators take a colon for the end of the issuer.
    let account = email.replace(':', "");
    let builder = Builder::new().with_secret(Secret::from(secret)).with_account_name(account);
    builder.with_issuer(Some(ISSUER)).build().map_err(|error| CatalogError::Secret(error.to_string()))
}

impl Catalog {
    /// Counts an attempt at the second factor, and says whose it is.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when there were too many or it is too late; otherwise when the database is unavailable.
    pub async fn attempt_second_factor(&self, token: &str) -> Result<UserId, CatalogError> {
        let hash = digest(token);
        let mut transaction = self.begin(Scope::Token(&hash)).await?;
        let user = sqlx::query_scalar!(
            "UPDATE one_time_tokens SET attempts = attempts + 1
            WHERE token_hash = $1 AND purpose = 'second_factor' AND attempts < $2 AND expires_at > $3 RETURNING user_id",
            &hash[..],
            ATTEMPTS,
            self.clock().now(),
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        user.flatten().map(UserId).ok_or(CatalogError::LinkExpired)
    }

    /// Lets in who has shown the second factor, too. The attempt was counted, and said whose it is.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCode`] when the code is wrong or was used, [`CatalogError::LinkExpired`] when it is too late,
    /// [`CatalogError::NoOrganization`] when they belong to none; otherwise when the database is unavailable.
    pub async fn redeem_second_factor(
        &self,
        user: UserId,
        token: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        let code = code.trim();
        let matched = self.match_totp(user, code, true).await?;
        let mut transaction = self.begin(Scope::System).await?;
        let taken = self.take::<Nothing>(&mut transaction, Purpose::SecondFactor, token).await?;
        if taken.user != Some(user) {
            return Err(CatalogError::LinkExpired);
        }
        narrow(&mut transaction, Scope::User(user)).await?;
        let used = match matched {
            Some(matched) => use_up(&mut transaction, user, &matched).await?,
            None => use_recovery_code(&mut transaction, user, code).await?,
        };
        if !used {
            return Err(CatalogError::InvalidCode);
        }
        let signed_in = self.let_in(&mut transaction, user, origin).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// The step of time whose code that is, of the secret that a person has `confirmed`, or has yet to.
    async fn match_totp(&self, user: UserId, code: &str, confirmed: bool) -> Result<Option<Matched>, CatalogError> {
        let mut transaction = self.begin(Scope::User(user)).await?;
        let row = sqlx::query!(
            "SELECT key_id, nonce, ciphertext FROM user_second_factors
            WHERE user_id = $1 AND (confirmed_at IS NOT NULL) = $2",
            user.0,
            confirmed,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let sealed = Sealed { key_id: row.key_id, nonce: row.nonce, ciphertext: row.ciphertext };
        let key = self.system_key_of(SystemPurpose::People, sealed.key_id).await?;
        let secret = key.open("a second factor", &place(&user), &sealed)?;
        let now = u64::try_from(self.clock().now().timestamp()).unwrap_or(0);
        let step = totp(secret.to_vec(), "account")?.check(code, now).and_then(|step| i64::try_from(step).ok());
        Ok(step.map(|step| Matched { step, ciphertext: sealed.ciphertext, confirmed }))
    }
}

/// A code that is one of a person's authenticator.
struct Matched {
    step: i64,
    /// Which secret it was a code of.
    ciphertext: Vec<u8>,
    confirmed: bool,
}

/// Whether the code was not used before; it is now. In the scope of the person.
async fn use_up(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
    matched: &Matched,
) -> Result<bool, CatalogError> {
    let used = sqlx::query!(
        "UPDATE user_second_factors SET last_step = $2
        WHERE user_id = $1 AND last_step < $2 AND ciphertext = $3 AND (confirmed_at IS NOT NULL) = $4",
        user.0,
        matched.step,
        matched.ciphertext,
        matched.confirmed,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(used.rows_affected() > 0)
}

/// Whether there was such a recovery code; there is none any more. In the scope of the person.
async fn use_recovery_code(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
    code: &str,
) -> Result<bool, CatalogError> {
    let used = sqlx::query!(
        "DELETE FROM user_recovery_codes WHERE user_id = $1 AND code_hash = $2",
        user.0,
        &recovery_hash(code)[..],
    )
    .execute(&mut **transaction)
    .await?;
    Ok(used.rows_affected() > 0)
}

/// What a secret is bound to.
fn place(user: &UserId) -> [&[u8]; 2] {
    [b"second factor", user.0.as_bytes()]
}

impl Person {
    /// Refuses to go on unless it is the person who asks: by their password or, without one, because they signed in a moment ago.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCredentials`] when the password is wrong, [`CatalogError::SignInAgain`] when there is none and the sign-in was
    /// long ago; otherwise when the database is unavailable.
    pub async fn check_oneself(&self, password: Option<&str>, session: SessionId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let hash = sqlx::query_scalar!("SELECT password_hash FROM user_passwords WHERE user_id = $1", self.id().0)
            .fetch_optional(&mut *transaction)
            .await?;
        let begun = sqlx::query_scalar!(
            "SELECT created_at FROM sessions WHERE user_id = $1 AND id = $2",
            self.id().0,
            session.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let begun = begun.ok_or(CatalogError::Unauthenticated)?;
        if hash.is_none() {
            let fresh = begun + FRESH > self.catalog().clock().now();
            return if fresh { Ok(()) } else { Err(CatalogError::SignInAgain) };
        }
        let given = password.ok_or(CatalogError::InvalidCredentials)?;
        if passwords::verify(self.catalog(), given, hash).await? {
            Ok(())
        } else {
            Err(CatalogError::InvalidCredentials)
        }
    }

    /// A secret for their authenticator. It is asked for once they have shown a code of it ([`Person::confirm_second_factor`]).
    ///
    /// # Errors
    /// [`CatalogError::Taken`] when they have a second factor; otherwise when the database is unavailable.
    pub async fn begin_second_factor(&self) -> Result<NewSecondFactor, CatalogError> {
        let mut secret = vec![0; 20];
        OsRng.try_fill_bytes(&mut secret).map_err(|error| CatalogError::Secret(error.to_string()))?;
        let key = self.catalog().system_key(SystemPurpose::People).await?;
        let sealed = key.seal(&place(&self.id()), &secret)?;
        let mut transaction = self.begin().await?;
        let email = sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", self.id().0)
            .fetch_one(&mut *transaction)
            .await?;
        let kept = sqlx::query!(
            "INSERT INTO user_second_factors (user_id, key_id, nonce, ciphertext, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id) DO UPDATE SET key_id = EXCLUDED.key_id, nonce = EXCLUDED.nonce,
                ciphertext = EXCLUDED.ciphertext, created_at = EXCLUDED.created_at, last_step = 0
            WHERE user_second_factors.confirmed_at IS NULL",
            self.id().0,
            sealed.key_id,
            sealed.nonce,
            sealed.ciphertext,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(CatalogError::Taken("second factor"));
        }
        transaction.commit().await?;
        let totp = totp(secret, &email)?;
        let uri = totp.to_url().map_err(|error| CatalogError::Secret(error.to_string()))?;
        Ok(NewSecondFactor { secret: totp.secret().to_base32(), uri })
    }

    /// Asks for the second factor from now on, now that they have shown a code of it; and gives them recovery codes.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCode`] when it is no code of the secret that they were shown last; otherwise when the database is unavailable.
    pub async fn confirm_second_factor(&self, code: &str) -> Result<Vec<RecoveryCode>, CatalogError> {
        let matched = self.catalog().match_totp(self.id(), code.trim(), false).await?;
        let matched = matched.ok_or(CatalogError::InvalidCode)?;
        let mut transaction = self.begin().await?;
        if !use_up(&mut transaction, self.id(), &matched).await? {
            return Err(CatalogError::InvalidCode);
        }
        sqlx::query!(
            "UPDATE user_second_factors SET confirmed_at = $2 WHERE user_id = $1",
            self.id().0,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let codes = self.replace_recovery_codes(&mut transaction).await?;
        self.record_of_oneself(&mut transaction, AuditAction::SecondFactorEnabled).await?;
        transaction.commit().await?;
        Ok(codes)
    }

    /// Asks for no second factor any more.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when they have none; otherwise when the database is unavailable.
    pub async fn end_second_factor(&self) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let ended = sqlx::query!(
            "DELETE FROM user_second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL",
            self.id().0
        )
        .execute(&mut *transaction)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(CatalogError::NotFound("second factor"));
        }
        sqlx::query!("DELETE FROM user_recovery_codes WHERE user_id = $1", self.id().0)
            .execute(&mut *transaction)
            .await?;
        self.record_of_oneself(&mut transaction, AuditAction::SecondFactorDisabled).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Other recovery codes in place of those before.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when they have no second factor; otherwise when the database is unavailable.
    pub async fn renew_recovery_codes(&self) -> Result<Vec<RecoveryCode>, CatalogError> {
        let mut transaction = self.begin().await?;
        if !is_on(&mut transaction, self.id()).await? {
            return Err(CatalogError::NotFound("second factor"));
        }
        let codes = self.replace_recovery_codes(&mut transaction).await?;
        self.record_of_oneself(&mut transaction, AuditAction::RecoveryCodesRenewed).await?;
        transaction.commit().await?;
        Ok(codes)
    }

    async fn replace_recovery_codes(
        &self,
        transaction: &mut PgTransaction<'static>,
    ) -> Result<Vec<RecoveryCode>, CatalogError> {
        let codes = (0..RECOVERY_CODES).map(|_| RecoveryCode::new()).collect::<Result<Vec<_>, _>>()?;
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_hash(code.expose()).to_vec()).collect();
        sqlx::query!("DELETE FROM user_recovery_codes WHERE user_id = $1", self.id().0)
            .execute(&mut **transaction)
            .await?;
        sqlx::query!(
            "INSERT INTO user_recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea [])",
            self.id().0,
            &hashes,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(codes)
    }

    /// Writes down, wherever they belong, what they did with their account.
    async fn record_of_oneself(
        &self,
        transaction: &mut PgTransaction<'static>,
        action: AuditAction,
    ) -> Result<(), CatalogError> {
        let by = |organization| self.context_in(organization);
        self.catalog().record_wherever(transaction, self.id(), &Done::new(action), by).await
    }
}
