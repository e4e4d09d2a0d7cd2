//! The second factor. Codes are computed here from RFC 6238, and not by what checks them.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{CatalogError, Entry, Origin, Person, SecondFactorState, SignedIn, UserId};
use aloftly_engine::clock::{Clock as _, FixedClock};

/// SHA-1 of a message (FIPS 180-4).
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut hash: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut words: Vec<u32> =
            block.chunks(4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]])).collect();
        for i in 16..80 {
            words.push((words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = hash;
        for (i, word) in words.into_iter().enumerate() {
            let (mixed, constant) = match i {
                0..20 => ((b & c) | (!b & d), 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc_u32),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in hash.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut bytes = [0; 20];
    bytes.chunks_mut(4).zip(hash).for_each(|(place, word)| place.copy_from_slice(&word.to_be_bytes()));
    bytes
}

fn code(secret: &[u8], at: i64) -> String {
    let mut key = secret.to_vec();
    key.resize(64, 0);
    let pad = |byte: u8| key.iter().map(|part| part ^ byte).collect::<Vec<u8>>();
    let counter = (at / 30).to_be_bytes();
    let inner = sha1(&[pad(0x36), counter.to_vec()].concat());
    let mac = sha1(&[pad(0x5c), inner.to_vec()].concat());
    let offset = usize::from(mac[19] & 15);
    let number = u32::from_be_bytes([mac[offset], mac[offset + 1], mac[offset + 2], mac[offset + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn base32(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = text.chars().map(|c| format!("{:05b}", alphabet.find(c).unwrap())).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

#[test]
fn the_codes_of_this_test_are_those_of_the_standard() {
    // RFC 6238, appendix B, cut to six digits.
    let secret = b"12345678901234567890";
    assert_eq!(
        [code(secret, 59), code(secret, 1_111_111_109), code(secret, 20_000_000_000)],
        ["287082", "081804", "353130"]
    );
}

struct World {
    clock: Arc<FixedClock>,
    database: TestDatabase,
    secret: Vec<u8>,
    recovery: Vec<String>,
    person: Person,
    user: UserId,
}

impl World {
    /// An owner whose second factor is on.
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-20T12:00:05Z".parse().unwrap()));
        let database = TestDatabase::with_clock(clock.clone()).await;
        database.organization("acme").await;
        let (acting, signed_in) = database.as_person("owner@acme.test").await;
        let person = acting.person().unwrap();
        let new = person.begin_second_factor().await.unwrap();
        assert!(new.uri.starts_with("otpauth://totp/Aloftly:owner%40acme.test?secret="), "{}", new.uri);
        assert!(new.uri.contains(&new.secret) && !format!("{new:?}").contains(&new.secret));
        // Until a code of it was shown, nothing is asked for.
        database.as_person("owner@acme.test").await;
        let secret = base32(&new.secret);
        let wrong = person.confirm_second_factor("000000").await.unwrap_err();
        assert!(matches!(wrong, CatalogError::InvalidCode), "{wrong:?}");
        let recovery = person.confirm_second_factor(&code(&secret, clock.now().timestamp())).await.unwrap();
        let recovery = recovery.iter().map(|code| code.expose().to_owned()).collect();
        Self { user: signed_in.session.user.id, clock, database, secret, recovery, person }
    }

    fn code(&self) -> String {
        code(&self.secret, self.clock.now().timestamp())
    }

    /// The password is right; what carries on from there.
    async fn begin(&self) -> String {
        let entry = self.database.catalog().sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap();
        match entry {
            Entry::SecondFactor(token) => token.expose().to_owned(),
            Entry::In(_) => panic!("nothing was asked for"),
        }
    }

    async fn show(&self, token: &str, code: &str) -> Result<SignedIn, CatalogError> {
        let catalog = self.database.catalog();
        let user = catalog.attempt_second_factor(token).await?;
        assert_eq!(user, self.user);
        catalog.redeem_second_factor(user, token, code, &Origin::default()).await
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_minute_and_a_half() {
    let world = World::new().await;
    // The one that set it up was used.
    let used = world.show(&world.begin().await, &world.code()).await.unwrap_err();
    assert!(matches!(used, CatalogError::InvalidCode), "{used:?}");
    world.clock.advance(Duration::from_secs(60));
    let before = code(&world.secret, world.clock.now().timestamp() - 60);
    assert!(matches!(world.show(&world.begin().await, &before).await, Err(CatalogError::InvalidCode)), "two steps ago");
    let next = code(&world.secret, world.clock.now().timestamp() + 30);
    let signed_in = world.show(&world.begin().await, &format!(" {} ", world.code())).await.unwrap();
    assert_eq!(signed_in.session.user.id, world.user);
    assert!(matches!(world.show(&world.begin().await, &world.code()).await, Err(CatalogError::InvalidCode)), "again");
    world.show(&world.begin().await, &next).await.unwrap();
    world.database.close().await;
}

#[tokio::test]
async fn of_two_who_show_the_same_code_one_is_let_in() {
    let world = World::new().await;
    world.clock.advance(Duration::from_secs(60));
    let (one, two) = (world.begin().await, world.begin().await);
    let code = world.code();
    let both = tokio::join!(world.show(&one, &code), world.show(&two, &code));
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|in_| **in_).count(), 1, "{both:?}");
    world.database.close().await;
}

#[tokio::test]
async fn a_sign_in_has_five_attempts_and_ten_minutes() {
    let world = World::new().await;
    world.clock.advance(Duration::from_secs(60));
    let token = world.begin().await;
    for _ in 0..5 {
        assert!(matches!(world.show(&token, "000000").await, Err(CatalogError::InvalidCode)));
    }
    assert!(matches!(world.show(&token, &world.code()).await, Err(CatalogError::LinkExpired)));
    let token = world.begin().await;
    world.clock.advance(Duration::from_secs(600));
    assert!(matches!(world.show(&token, &world.code()).await, Err(CatalogError::LinkExpired)));
    assert!(matches!(world.show("unknown", &world.code()).await, Err(CatalogError::LinkExpired)));
    world.database.close().await;
}

#[tokio::test]
async fn each_recovery_code_is_good_once_however_it_is_typed() {
    let world = World::new().await;
    assert_eq!(world.recovery.len(), 10);
    let first = &world.recovery[0];
    assert!(matches!(
        world.show(&world.begin().await, &first[..first.len() - 1]).await,
        Err(CatalogError::InvalidCode)
    ));
    world.show(&world.begin().await, &first.to_uppercase().replace('-', " ")).await.unwrap();
    assert!(matches!(world.show(&world.begin().await, first).await, Err(CatalogError::InvalidCode)));
    let state = world.person.account().await.unwrap().second_factor;
    assert_eq!(state, SecondFactorState::On { recovery_codes_left: 9 });
    let renewed = world.person.renew_recovery_codes().await.unwrap();
    assert!(matches!(world.show(&world.begin().await, &world.recovery[1]).await, Err(CatalogError::InvalidCode)));
    world.show(&world.begin().await, renewed[0].expose()).await.unwrap();
    world.database.close().await;
}

#[tokio::test]
async fn a_second_factor_is_not_replaced_but_ended_and_begun_anew() {
    let world = World::new().await;
    let taken = world.person.begin_second_factor().await.unwrap_err();
    assert!(matches!(taken, CatalogError::Taken("second factor")), "{taken:?}");
    world.person.end_second_factor().await.unwrap();
    world.database.as_person("owner@acme.test").await;
    assert!(matches!(world.person.end_second_factor().await, Err(CatalogError::NotFound(_))));
    assert!(matches!(world.person.renew_recovery_codes().await, Err(CatalogError::NotFound(_))));
    assert_eq!(world.person.account().await.unwrap().second_factor, SecondFactorState::Off);
    let new = world.person.begin_second_factor().await.unwrap();
    assert_ne!(base32(&new.secret), world.secret);
    world.database.close().await;
}

#[tokio::test]
async fn links_and_providers_ask_for_it_too() {
    let world = World::new().await;
    let catalog = world.database.catalog();
    let link = catalog.sign_in_link("owner@acme.test").await.unwrap().unwrap();
    let entry = catalog.redeem_sign_in(link.token.expose(), &Origin::default()).await.unwrap();
    assert!(matches!(entry, Entry::SecondFactor(_)));
    let who = aloftly_catalog::NewIdentity {
        identity: aloftly_catalog::Identity { issuer: "https://id.test".to_owned(), subject: "1".to_owned() },
        email: "owner@acme.test".to_owned(),
        runs_email: true,
        name: "Ann".to_owned(),
    };
    let entry = catalog.enter_by_identity(&who, None, &Origin::default()).await.unwrap();
    assert!(matches!(entry, aloftly_catalog::IdentityEntry::Known(Entry::SecondFactor(_))));
    // Another password does not turn it off.
    let link = catalog.password_reset_link("owner@acme.test").await.unwrap().unwrap();
    catalog.redeem_password_reset(link.token.expose(), PASSWORD).await.unwrap();
    world.begin().await;
    world.database.close().await;
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_clear_and_good_for_nobody_else() {
    let world = World::new().await;
    let mut superuser = world.database.connect(world.database.superuser()).await;
    let kept: Vec<u8> =
        sqlx::query_scalar("SELECT ciphertext FROM user_second_factors").fetch_one(&mut superuser).await.unwrap();
    assert!(!kept.windows(8).any(|window| window == &world.secret[..8]));
    world.database.organization("other").await;
    let moved = "INSERT INTO user_second_factors
        SELECT (SELECT id FROM users WHERE email = 'owner@other.test'), key_id, nonce, ciphertext, confirmed_at, 0, created_at
        FROM user_second_factors";
    sqlx::raw_sql(moved).execute(&mut superuser).await.unwrap();
    let catalog = world.database.catalog();
    let entry = catalog.sign_in("owner@other.test", PASSWORD, &Origin::default()).await.unwrap();
    let Entry::SecondFactor(token) = entry else { panic!("it is asked for") };
    let user = catalog.attempt_second_factor(token.expose()).await.unwrap();
    let refused = catalog.redeem_second_factor(user, token.expose(), &world.code(), &Origin::default()).await;
    assert!(refused.is_err_and(|error| !matches!(error, CatalogError::InvalidCode)), "a row that was moved is damage");
    world.database.close().await;
}
