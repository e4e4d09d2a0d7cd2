//! Sealing: AES-256-GCM with random nonces of 96 bits.
//!
//! A key must not seal more than 2^32 texts with random nonces. A master key wraps a few keys for each tenant, and a data key seals the few
//! credentials of one tenant, each anew when it changes.

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::VaultError;
use super::master::{KEY_BYTES, KeyBytes};

/// The length of a nonce, in bytes.
pub(super) const NONCE_BYTES: usize = 12;

/// A text that was sealed under a data key.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The data key.
    pub key_id: Uuid,
    /// What makes the same text another ciphertext each time: 12 bytes.
    pub nonce: Vec<u8>,
    /// The text and a tag of 16 bytes by which every change is found out.
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// A data key, ready for use. It is wiped when it is dropped.
pub struct DataKey {
    id: Uuid,
    bytes: KeyBytes,
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl DataKey {
    pub(super) fn new(id: Uuid, bytes: KeyBytes) -> Self {
        Self { id, bytes }
    }

    /// Which key it is; what it seals says so.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// For deriving other keys from it.
    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    /// Seals a text for one place, which `place` names: a word for what it is, then whose, then which.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn seal(&self, place: &[&[u8]], text: &[u8]) -> Result<Sealed, VaultError> {
        let (nonce, ciphertext) = seal(&self.bytes, &self.associated(place), text)?;
        Ok(Sealed { key_id: self.id, nonce: nonce.to_vec(), ciphertext })
    }

    /// The text that was sealed for that place, wiped when it is dropped.
    ///
    /// # Errors
    /// When it was sealed for another place or under another key, or is damaged. `what` is what the error calls it.
    pub fn open(&self, what: &'static str, place: &[&[u8]], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.key_id != self.id {
            return Err(VaultError::Damaged(what));
        }
        open(&self.bytes, &self.associated(place), &sealed.nonce, &sealed.ciphertext).ok_or(VaultError::Damaged(what))
    }

    fn associated(&self, place: &[&[u8]]) -> Vec<u8> {
        associated(&[&[b"sealed" as &[u8], self.id.as_bytes()], place].concat())
    }
}

/// Parts as one text, such that other parts are always another text.
pub(super) fn associated(parts: &[&[u8]]) -> Vec<u8> {
    let mut text = b"aloftly vault 1".to_vec();
    for part in parts {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(*part);
    }
    text
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| VaultError::Unsealable("the system gives no random numbers"))?;
    Ok(bytes)
}

/// A random key.
pub(super) fn random_key() -> Result<KeyBytes, VaultError> {
    Ok(Zeroizing::new(random::<KEY_BYTES>()?))
}

/// A random nonce, and the text sealed with it.
pub(super) fn seal(key: &KeyBytes, associated: &[u8], text: &[u8]) -> Result<([u8; NONCE_BYTES], Vec<u8>), VaultError> {
    let nonce = random::<NONCE_BYTES>()?;
    let payload = Payload { msg: text, aad: associated };
    let sealed = cipher(key).encrypt(&Nonce::from(nonce), payload);
    Ok((nonce, sealed.map_err(|_| VaultError::Unsealable("it is too long"))?))
}

/// What was sealed, if it was just so.
pub(super) fn open(key: &KeyBytes, associated: &[u8], nonce: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
    let payload = Payload { msg: ciphertext, aad: associated };
    cipher(key).decrypt(&Nonce::from(nonce), payload).ok().map(Zeroizing::new)
}

fn cipher(key: &KeyBytes) -> Aes256Gcm {
    let bytes: &[u8; KEY_BYTES] = key;
    Aes256Gcm::new(bytes.into())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn key(id: u128) -> DataKey {
        DataKey::new(Uuid::from_u128(id), random_key().unwrap())
    }

    fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    }

    #[test]
    fn nist_test_case_16_is_sealed_as_published() {
        // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
        let hex = |text: &str| hex::decode(text).unwrap();
        let key: [u8; 32] = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().unwrap();
        let ciphertext = hex(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        );
        let (nonce, associated) = (hex("cafebabefacedbaddecaf888"), hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        let tagged = [ciphertext, hex("76fc6ece0f4e1768cddf8853bb2d551b")].concat();
        let opened = open(&Zeroizing::new(key), &associated, &nonce, &tagged).unwrap();
        let text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
        assert_eq!(hex::encode(&*opened), text);
    }

    #[test]
    fn parts_that_run_together_are_told_apart() {
        let parts: [&[&[u8]]; 6] = [&[], &[b""], &[b"", b""], &[b"ab"], &[b"a", b"b"], &[b"b", b"a"]];
        for (i, one) in parts.iter().enumerate() {
            for (j, other) in parts.iter().enumerate() {
                assert_eq!(associated(one) == associated(other), i == j, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_alike() {
        let key = key(1);
        let (one, other) = (key.seal(&[b"a"], b"text").unwrap(), key.seal(&[b"a"], b"text").unwrap());
        assert!(one.nonce != other.nonce && one.ciphertext != other.ciphertext);
    }

    #[test]
    fn a_nonce_of_another_length_is_damage() {
        let key = key(1);
        let sealed = key.seal(&[b"a"], b"text").unwrap();
        for nonce in [Vec::new(), vec![0; 11], vec![0; 13]] {
            let wrong = Sealed { nonce, ..sealed.clone() };
            assert!(matches!(key.open("it", &[b"a"], &wrong), Err(VaultError::Damaged("it"))));
        }
        for ciphertext in [Vec::new(), vec![0; 15], sealed.ciphertext[..19].to_vec()] {
            let wrong = Sealed { ciphertext, ..sealed.clone() };
            assert!(matches!(key.open("it", &[b"a"], &wrong), Err(VaultError::Damaged("it"))));
        }
    }

    #[test]
    fn nothing_shows_a_key_or_what_it_seals() {
        let key = key(1);
        let sealed = key.seal(&[b"a"], b"canary").unwrap();
        assert_eq!(format!("{key:?}"), "DataKey { id: 00000000-0000-0000-0000-000000000001, .. }");
        assert_eq!(format!("{sealed:?}"), "Sealed { key_id: 00000000-0000-0000-0000-000000000001, .. }");
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_opened_in_its_place_alone(
            text in vec(any::<u8>(), 0..300),
            place in vec(vec(any::<u8>(), 0..20), 1..4),
            other in vec(vec(any::<u8>(), 0..20), 1..4),
            bit in any::<prop::sample::Index>(),
        ) {
            let (own, stranger) = (key(1), key(1));
            let place_parts: Vec<&[u8]> = place.iter().map(Vec::as_slice).collect();
            let other_parts: Vec<&[u8]> = other.iter().map(Vec::as_slice).collect();
            let sealed = own.seal(&place_parts, &text).unwrap();
            prop_assert_eq!(&*own.open("it", &place_parts, &sealed).unwrap(), &text);
            prop_assert_eq!(own.open("it", &other_parts, &sealed).is_ok(), place == other);
            prop_assert!(stranger.open("it", &place_parts, &sealed).is_err());
            let bits = sealed.ciphertext.len() * 8;
            let changed = Sealed { ciphertext: flipped(&sealed.ciphertext, bit.index(bits)), ..sealed.clone() };
            prop_assert!(own.open("it", &place_parts, &changed).is_err());
            let changed = Sealed { nonce: flipped(&sealed.nonce, bit.index(96)), ..sealed.clone() };
            prop_assert!(own.open("it", &place_parts, &changed).is_err());
            let changed = Sealed { key_id: Uuid::from_u128(2), ..sealed };
            prop_assert!(own.open("it", &place_parts, &changed).is_err());
        }
    }
}
