//! Master keys that this program was given itself.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::error::MasterKeyFault;
use super::master::{KEY_BYTES, KeyBytes, MasterKeys, Wrapped};
use super::seal::{NONCE_BYTES, associated, open, random, random_key, seal};
use super::{CatalogError, VaultError};

/// The fewest different bytes that a key must have. Of 32 random ones, fewer than these differ once in 10^16 keys.
const DIFFERENT: usize = 16;

/// Master keys as text: `id:base64` of 32 bytes, separated by commas or line ends. The first wraps, the others only unwrap. Cheap to clone.
#[derive(Clone)]
pub struct LocalMasterKeys(Arc<[MasterKey]>);

struct MasterKey {
    id: String,
    bytes: KeyBytes,
}

impl fmt::Debug for LocalMasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl LocalMasterKeys {
    /// Reads keys, and refuses those that are not what they should be.
    ///
    /// # Errors
    /// What is wrong, without a word of the text.
    pub fn parse(text: &str) -> Result<Self, MasterKeyFault> {
        let mut keys: Vec<MasterKey> = Vec::new();
        let given = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
        for (number, part) in (1..).zip(given) {
            let key = read(number, part)?;
            if keys.iter().any(|before| before.id == key.id || before.bytes == key.bytes) {
                return Err(MasterKeyFault::Repeated(number));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(MasterKeyFault::Nothing) } else { Ok(Self(keys.into())) }
    }

    /// A new random key with an identity of its own, as text.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn generate() -> Result<SecretString, CatalogError> {
        let (id, key) = (random::<4>()?, random_key()?);
        let encoded = Zeroizing::new(general_purpose::STANDARD.encode(*key));
        Ok(SecretString::from(format!("mk-{}:{}", hex::encode(id), *encoded)))
    }

    /// The identities of the keys, the one that wraps first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }
}

fn read(number: usize, part: &str) -> Result<MasterKey, MasterKeyFault> {
    // Written with its padding or without.
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let (id, encoded) = part.split_once(':').ok_or(MasterKeyFault::Form(number))?;
    let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !is_plain || id.len() > 64 || !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(MasterKeyFault::Id(number));
    }
    let decoded = GeneralPurpose::new(&STANDARD, lenient).decode(encoded.trim());
    let decoded = Zeroizing::new(decoded.map_err(|_| MasterKeyFault::Encoding(number))?);
    let bytes: [u8; KEY_BYTES] =
        decoded.as_slice().try_into().map_err(|_| MasterKeyFault::Length(number, decoded.len()))?;
    let bytes = Zeroizing::new(bytes);
    if is_weak(&bytes) { Err(MasterKeyFault::Weak(number)) } else { Ok(MasterKey { id: id.to_owned(), bytes }) }
}

/// Whether that is what somebody made up: few different bytes, a pattern over and over, steps, or a text.
fn is_weak(bytes: &[u8; KEY_BYTES]) -> bool {
    let mut different = *bytes;
    different.sort_unstable();
    let different = 1 + different.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let repeats = |length: usize| bytes.iter().zip(&bytes[length..]).all(|(one, other)| one == other);
    let step = bytes[1].wrapping_sub(bytes[0]);
    different < DIFFERENT
        || (1..=KEY_BYTES / 2).any(repeats)
        || bytes.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
        || bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

#[async_trait]
impl MasterKeys for LocalMasterKeys {
    fn current(&self) -> &str {
        // There is always one.
        self.0.first().map_or("", |key| &key.id)
    }

    fn knows(&self, master_key_id: &str) -> bool {
        self.ids().any(|id| id == master_key_id)
    }

    async fn wrap(&self, key: &KeyBytes, place: &[u8]) -> Result<Wrapped, VaultError> {
        let current = self.0.first().ok_or(VaultError::Unsealable("there is no master key"))?;
        let (nonce, sealed) = seal(&current.bytes, &bound(current, place), &**key)?;
        Ok(Wrapped { master_key_id: current.id.clone(), bytes: [&nonce[..], &sealed].concat() })
    }

    async fn unwrap(&self, wrapped: &Wrapped, place: &[u8]) -> Result<KeyBytes, VaultError> {
        let missing = || VaultError::MissingMasterKeys { ids: vec![wrapped.master_key_id.clone()] };
        let master = self.0.iter().find(|key| key.id == wrapped.master_key_id).ok_or_else(missing)?;
        let damaged = || VaultError::Damaged("a data key");
        let (nonce, sealed) = wrapped.bytes.split_at_checked(NONCE_BYTES).ok_or_else(damaged)?;
        let opened = open(&master.bytes, &bound(master, place), nonce, sealed).ok_or_else(damaged)?;
        let bytes: [u8; KEY_BYTES] = opened.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Zeroizing::new(bytes))
    }
}

/// What a wrapped key is bound to: its place, and the master key by its name.
fn bound(master: &MasterKey, place: &[u8]) -> Vec<u8> {
    associated(&[b"wrapped", master.id.as_bytes(), place])
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        general_purpose::STANDARD.encode(bytes)
    }

    fn good(seed: u8) -> [u8; 32] {
        // Neither a pattern nor steps nor a text, and the same every time.
        std::array::from_fn(|i| {
            let i = u8::try_from(i).unwrap();
            i.wrapping_mul(i).wrapping_mul(7).wrapping_add(seed).rotate_left(3) ^ (i * 5)
        })
    }

    #[test]
    fn weak_and_wrong_keys_are_refused_and_not_shown() {
        let pattern: Vec<u8> = good(1)[..16].repeat(2);
        let few: Vec<u8> = (0..32).map(|i| [3, 200, 7, 91, 55, 250, 18, 130][(i * i / 3) % 8]).collect();
        let steps: Vec<u8> = (0..32).map(|i| 250_u8.wrapping_add(i * 3)).collect();
        let key = encoded(&good(1));
        let twice = format!("a:{key},b:{}", encoded(&good(1)));
        let cases = [
            (String::new(), MasterKeyFault::Nothing),
            (" , \n".to_owned(), MasterKeyFault::Nothing),
            (key.clone(), MasterKeyFault::Form(1)),
            (format!(":{key}"), MasterKeyFault::Id(1)),
            (format!("-a:{key}"), MasterKeyFault::Id(1)),
            (format!("a b:{key}"), MasterKeyFault::Id(1)),
            (format!("{}:{key}", "x".repeat(65)), MasterKeyFault::Id(1)),
            ("a:not base64!".to_owned(), MasterKeyFault::Encoding(1)),
            ("a:".to_owned(), MasterKeyFault::Length(1, 0)),
            (format!("a:{}", encoded(&good(1)[..16])), MasterKeyFault::Length(1, 16)),
            (format!("a:{}", encoded(&[&good(1)[..], &[1]].concat())), MasterKeyFault::Length(1, 33)),
            (format!("a:{}", encoded(&[0; 32])), MasterKeyFault::Weak(1)),
            (format!("a:{}", encoded(&[0xa5; 32])), MasterKeyFault::Weak(1)),
            (format!("a:{}", encoded(&pattern)), MasterKeyFault::Weak(1)),
            (format!("a:{}", encoded(&few)), MasterKeyFault::Weak(1)),
            (format!("a:{}", encoded(&steps)), MasterKeyFault::Weak(1)),
            (format!("a:{}", encoded(b"correct horse battery staple 123")), MasterKeyFault::Weak(1)),
            (format!("a:{key},a:{}", encoded(&good(2))), MasterKeyFault::Repeated(2)),
            (twice, MasterKeyFault::Repeated(2)),
            (format!("a:{key}\nb:{}", encoded(&[7; 32])), MasterKeyFault::Weak(2)),
        ];
        for (text, fault) in cases {
            let refused = LocalMasterKeys::parse(&text).expect_err("it is refused");
            assert_eq!(refused, fault, "{text}");
            let said = format!("{refused} {refused:?}");
            assert!(!said.contains(&key) && !said.contains("horse"), "{said}");
        }
    }

    #[test]
    fn keys_are_read_from_commas_and_lines_with_padding_or_without() {
        let (one, other) = (encoded(&good(1)), encoded(&good(2)));
        for text in [
            format!("k1:{one},k2:{other}"),
            format!(" k1:{one} , k2:{other} "),
            format!("k1:{one}\nk2:{other}\n"),
            format!("k1:{},k2:{}", one.trim_end_matches('='), other.trim_end_matches('=')),
        ] {
            let keys = LocalMasterKeys::parse(&text).unwrap();
            assert_eq!(keys.ids().collect::<Vec<_>>(), ["k1", "k2"], "the first wraps");
            assert_eq!((keys.current(), keys.knows("k2"), keys.knows("k3")), ("k1", true, false));
            assert_eq!(format!("{keys:?}"), r#"["k1", "k2"]"#);
        }
    }

    #[test]
    fn made_keys_are_fit_and_never_the_same() {
        let made: Vec<_> = (0..200).map(|_| LocalMasterKeys::generate().unwrap()).collect();
        for key in &made {
            assert_eq!(LocalMasterKeys::parse(key.expose_secret()).unwrap().ids().count(), 1);
        }
        let different: std::collections::BTreeSet<_> = made.iter().map(|key| key.expose_secret().to_owned()).collect();
        assert_eq!(different.len(), made.len());
    }

    #[tokio::test]
    async fn a_wrapped_key_is_opened_by_its_own_master_key_in_its_own_place_alone() {
        let parse = |text: String| LocalMasterKeys::parse(&text).unwrap();
        let (one, other) = (encoded(&good(1)), encoded(&good(2)));
        let before = parse(format!("k1:{one}"));
        let data = random_key().unwrap();
        let wrapped = before.wrap(&data, b"here").await.unwrap();
        assert_eq!(*before.unwrap(&wrapped, b"here").await.unwrap(), *data);
        let after = parse(format!("k2:{other},k1:{one}"));
        assert_eq!(*after.unwrap(&wrapped, b"here").await.unwrap(), *data, "an old key still unwraps");
        assert_eq!(after.wrap(&data, b"here").await.unwrap().master_key_id, "k2");

        let refused = |keys: LocalMasterKeys, wrapped: Wrapped, place: &'static [u8]| async move {
            keys.unwrap(&wrapped, place).await.expect_err("it is refused")
        };
        assert!(matches!(refused(before.clone(), wrapped.clone(), b"there").await, VaultError::Damaged(_)));
        let renamed = parse(format!("k3:{one}"));
        assert!(matches!(refused(renamed, wrapped.clone(), b"here").await, VaultError::MissingMasterKeys { .. }));
        let replaced = parse(format!("k1:{other}"));
        assert!(matches!(refused(replaced, wrapped.clone(), b"here").await, VaultError::Damaged(_)));
        for bit in 0..wrapped.bytes.len() * 8 {
            let mut changed = wrapped.clone();
            changed.bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(refused(before.clone(), changed, b"here").await, VaultError::Damaged(_)), "bit {bit}");
        }
        for length in [0, 11, 12, 59] {
            let short = Wrapped { bytes: wrapped.bytes[..length].to_vec(), ..wrapped.clone() };
            assert!(matches!(refused(before.clone(), short, b"here").await, VaultError::Damaged(_)), "{length} bytes");
        }
        assert_eq!(format!("{wrapped:?}"), r#"Wrapped { master_key_id: "k1", .. }"#);
    }
}
