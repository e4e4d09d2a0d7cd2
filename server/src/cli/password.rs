//! Passwords that the program makes up or reads.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use crate::service::folders;

/// Letters and digits that cannot be taken for one another: 31 of them, so that twenty hold 99 bits.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A password of five groups of four.
pub(super) fn make() -> anyhow::Result<String> {
    let mut password = String::with_capacity(24);
    let mut letters = 0;
    while letters < 20 {
        let mut byte = [0];
        OsRng.try_fill_bytes(&mut byte).context("the system gives no random numbers")?;
        // 248 is the greatest multiple of 31 in a byte: beyond it some letters would come more often.
        if byte[0] >= 248 {
            continue;
        }
        if letters > 0 && letters % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
        letters += 1;
    }
    Ok(password)
}

/// The password in a file: its first line.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    anyhow::ensure!(!password.is_empty(), "{} holds no password", path.display());
    Ok(password)
}

/// Keeps a password in a file that only its owner may read. A file that is there is replaced.
pub(super) fn keep(path: &Path, password: &str) -> anyhow::Result<()> {
    folders::write_private(path, format!("{password}\n").as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_made_up_password_is_long_and_never_the_same() {
        let (one, other) = (make().unwrap(), make().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 24);
        assert!(one.split('-').all(|group| group.len() == 4 && group.bytes().all(|b| ALPHABET.contains(&b))), "{one}");
    }

    #[test]
    fn a_kept_password_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        keep(&path, "first").unwrap();
        keep(&path, "second").unwrap();
        assert_eq!(read(&path).unwrap(), "second");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
