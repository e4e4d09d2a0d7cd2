//! Passwords: Argon2id with 19 MiB, two passes, one lane.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{Catalog, CatalogError};

/// A hash of a password that nobody has. Whoever signs in with an unknown address waits as long for it as for a real one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBvdGhlciBzYWx0$NxgFUsCXzUnWKAZ9dG1M9t7vYMYVbbX7oINqbVsHKAk";

/// The longest that is hashed, so that nobody keeps the machine busy with megabytes. Nothing is cut off.
const LONGEST: usize = 1024;
const SHORTEST: usize = 10;

fn hasher() -> Result<Argon2<'static>, CatalogError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| CatalogError::Secret(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses passwords that are too short to be safe or too long to be meant.
pub(crate) fn check_new(password: &str) -> Result<(), CatalogError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        let reason = format!("{SHORTEST} characters or more, and no more than {LONGEST} bytes");
        return Err(CatalogError::Invalid { field: "password", reason });
    }
    Ok(())
}

/// The PHC string to keep.
pub(crate) async fn hash(catalog: &Catalog, password: &str) -> Result<String, CatalogError> {
    let password = password.to_owned();
    in_turn(catalog, move || {
        let hash = hasher()?.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| CatalogError::Secret(error.to_string()))
    })
    .await
}

/// Whether the password is the one that was hashed. Takes as long when there is none.
pub(crate) async fn verify(catalog: &Catalog, password: &str, kept: Option<String>) -> Result<bool, CatalogError> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    let password = password.to_owned();
    in_turn(catalog, move || {
        let hash = PasswordHash::new(kept.as_deref().unwrap_or(NOBODYS))
            .map_err(|error| CatalogError::corrupt("a password", error))?;
        let matches = hasher()?.verify_password(password.as_bytes(), &hash).is_ok();
        Ok(matches && kept.is_some())
    })
    .await
}

/// On a thread of its own, no more at once than there are cores. Who asked may go away before the end: the hash goes on, and
/// its turn with it.
async fn in_turn<T: Send + 'static>(
    catalog: &Catalog,
    work: impl FnOnce() -> Result<T, CatalogError> + Send + 'static,
) -> Result<T, CatalogError> {
    let turn = catalog.hashing().acquire_owned().await.map_err(|error| CatalogError::Secret(error.to_string()))?;
    let in_turn = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(in_turn).await.map_err(|error| CatalogError::Secret(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_says_argon2id_with_19_mib_and_two_passes() {
        let hash = hasher().unwrap().hash_password(b"correct horse").unwrap().to_string();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap(), Params::new(19 * 1024, 2, 1, Some(32)).unwrap());
    }
}
