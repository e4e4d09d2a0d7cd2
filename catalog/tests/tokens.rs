//! Access tokens and refresh tokens: what they open, for how long, and what they do not.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{AuditFilter, Catalog, CatalogError, OrgRole, Origin, ProgramTokens, SessionId, SystemPurpose};
use aloftly_engine::clock::{Clock as _, FixedClock};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

async fn at_noon() -> (Arc<FixedClock>, TestDatabase) {
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    database.organization("acme").await;
    (clock, database)
}

async fn tokens(catalog: &Catalog, email: &str) -> ProgramTokens {
    let signed_in = catalog.sign_in(email, PASSWORD, &Origin::default()).await.unwrap().signed_in().unwrap();
    catalog.hand_to_program(&signed_in).await.unwrap()
}

async fn opens(catalog: &Catalog, token: &str) -> bool {
    let alone = catalog.authenticate_access(token).await;
    let reading = catalog.authenticate_access_reader(token).await;
    for outcome in [alone.map(drop), reading.map(drop)] {
        match outcome {
            Ok(()) => {}
            Err(CatalogError::Unauthenticated) => return false,
            Err(other) => panic!("{other:?}"),
        }
    }
    true
}

async fn refresh(catalog: &Catalog, token: &str) -> Option<ProgramTokens> {
    match catalog.refresh(token, &Origin::default()).await {
        Ok(tokens) => Some(tokens),
        Err(CatalogError::Unauthenticated) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// The parts of a token: header, claims, signature.
fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (json(parts[0]), json(parts[1]), parts[2].to_owned())
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn an_access_token_says_who_asks_for_ten_minutes() {
    let (clock, database) = at_noon().await;
    let catalog = database.catalog();
    let given = tokens(catalog, "owner@acme.test").await;
    assert_eq!(given.expires_in.num_seconds(), 600);
    let (header, claims, _) = parts(given.access.expose());
    let key = catalog.system_key(SystemPurpose::Tokens).await.unwrap();
    assert_eq!(header, json!({ "typ": "JWT", "alg": "HS256", "kid": key.id() }));
    let now = clock.now().timestamp();
    let expected = json!({
        "iss": "aloftly", "aud": "aloftly-api", "sub": given.session.user.id.0, "org": given.session.organization.0,
        "role": "owner", "sid": given.session.id.0, "iat": now, "nbf": now, "exp": now + 600
    });
    assert_eq!(claims, expected);
    let (context, session) = catalog.authenticate_access(given.access.expose()).await.unwrap();
    assert_eq!((&session.id, session.role), (&given.session.id, OrgRole::Owner));
    let reader = catalog.authenticate_access_reader(given.access.expose()).await.unwrap();
    assert_eq!((&reader.context, reader.stores.len()), (&context, 1));
    assert_eq!(catalog.tenant(context).stores().await.unwrap().len(), 1);
    clock.advance(9 * MINUTE + Duration::from_secs(59));
    assert!(opens(catalog, given.access.expose()).await);
    clock.advance(Duration::from_secs(1));
    assert!(!opens(catalog, given.access.expose()).await);
    database.close().await;
}

#[tokio::test]
async fn a_token_that_was_made_or_changed_by_others_opens_nothing() {
    let (clock, database) = at_noon().await;
    let catalog = database.catalog();
    let (_, rival) = database.organization("rival").await;
    database.member(rival.organization, "ann@rival.test", OrgRole::Viewer).await;
    let given = tokens(catalog, "owner@acme.test").await;
    let (header, claims, signature) = parts(given.access.expose());
    let claim = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    let head = |name: &str, value: Value| {
        let mut changed = header.clone();
        changed[name] = value;
        changed
    };
    let genuine = database.sign(&header.to_string(), &claims.to_string()).await;
    assert!(opens(catalog, &genuine).await, "what the test signs is what the server signs");

    // Without the key.
    let unsigned = |header: &Value, claims: &Value, signature: &str| {
        format!("{}.{}.{signature}", encoded(header), encoded(claims))
    };
    let none = |alg: &str| unsigned(&head("alg", json!(alg)), &claims, "");
    let mut forged = vec![
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(10_000),
        none("none"),
        none("None"),
        none("nOnE"),
        unsigned(&header, &claims, ""),
        unsigned(&header, &claims, &signature[..20]),
        unsigned(&head("alg", json!("none")), &claims, &signature),
        unsigned(&header, &claim("role", json!("viewer")), &signature),
        unsigned(&header, &claim("org", json!(rival.organization.0)), &signature),
        unsigned(&header, &claim("sub", json!(rival.owner.0)), &signature),
        unsigned(&header, &claim("sid", json!(Uuid::from_u128(7))), &signature),
        unsigned(&header, &claim("exp", json!(clock.now().timestamp() + 6_000)), &signature),
        given.access.expose().replace('.', ". "),
        format!("{}=", given.access.expose()),
        format!("{}.x", given.access.expose()),
    ];
    for bit in (0..signature.len()).step_by(5) {
        let mut changed = signature.clone().into_bytes();
        changed[bit] = if changed[bit] == b'A' { b'B' } else { b'A' };
        forged.push(unsigned(&header, &claims, &String::from_utf8(changed).unwrap()));
    }
    for token in forged {
        assert!(!opens(catalog, &token).await, "{token}");
    }

    // Signed with the very key, as another algorithm: nobody but the server could, and it is refused nevertheless.
    for alg in ["none", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", ""] {
        let token = database.sign(&head("alg", json!(alg)).to_string(), &claims.to_string()).await;
        assert!(!opens(catalog, &token).await, "{alg}");
    }
    let header_of = |kid: Value| head("kid", kid);
    let people = catalog.system_key(SystemPurpose::People).await.unwrap();
    for kid in [json!(Uuid::from_u128(7)), json!(people.id()), json!("../../etc/passwd"), json!(7), Value::Null] {
        let token = database.sign(&header_of(kid.clone()).to_string(), &claims.to_string()).await;
        assert!(!opens(catalog, &token).await, "kid {kid}");
    }
    let token = database.sign(&head("crit", json!(["x"])).to_string(), &claims.to_string()).await;
    assert!(!opens(catalog, &token).await, "crit");

    // Signed as it should be, for something else.
    let now = clock.now().timestamp();
    for (name, value) in [
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!(["aloftly-api", "another"])),
        ("aud", Value::Null),
        ("iss", json!("another")),
        ("iss", Value::Null),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("nbf", json!(now + 31)),
        ("nbf", json!("today")),
        ("nbf", Value::Null),
        ("sub", Value::Null),
        ("sub", json!(rival.owner.0)),
        ("sub", json!("x")),
        ("org", json!(rival.organization.0)),
        ("org", Value::Null),
        ("sid", json!(Uuid::from_u128(7))),
        ("sid", Value::Null),
    ] {
        let token = database.sign(&header.to_string(), &claim(name, value.clone()).to_string()).await;
        assert!(!opens(catalog, &token).await, "{name} {value}");
    }
    let soon = claim("nbf", json!(now + 30));
    let token = database.sign(&header.to_string(), &soon.to_string()).await;
    assert!(opens(catalog, &token).await, "clocks may differ by so much");
    database.close().await;
}

#[tokio::test]
async fn the_row_counts_and_not_the_role_that_a_token_claims() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    let given = tokens(catalog, "owner@acme.test").await;
    let ann = database.member(given.session.organization, "ann@acme.test", OrgRole::Admin).await;
    let hers = tokens(catalog, "ann@acme.test").await;
    let tenant = catalog.tenant(catalog.authenticate_access(given.access.expose()).await.unwrap().0);
    tenant.change_role(ann, OrgRole::Viewer).await.unwrap();
    assert_eq!(parts(hers.access.expose()).1["role"], "admin");
    let (_, session) = catalog.authenticate_access(hers.access.expose()).await.unwrap();
    assert_eq!(session.role, OrgRole::Viewer);
    let (header, mut claims, _) = parts(hers.access.expose());
    claims["role"] = json!("owner");
    let token = database.sign(&header.to_string(), &claims.to_string()).await;
    assert_eq!(catalog.authenticate_access(&token).await.unwrap().1.role, OrgRole::Viewer);
    tenant.remove_member(ann).await.unwrap();
    assert!(!opens(catalog, hers.access.expose()).await);
    assert!(refresh(catalog, hers.refresh.expose()).await.is_none());
    database.close().await;
}

#[tokio::test]
async fn a_token_of_one_installation_opens_nothing_in_another() {
    let (_, database) = at_noon().await;
    let (_, other) = at_noon().await;
    let given = tokens(database.catalog(), "owner@acme.test").await;
    assert!(!opens(other.catalog(), given.access.expose()).await);
    assert!(refresh(other.catalog(), given.refresh.expose()).await.is_none());
    other.close().await;
    database.close().await;
}

#[tokio::test]
async fn kinds_of_tokens_are_not_taken_for_one_another() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    let signed_in =
        catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap().signed_in().unwrap();
    let browser = catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap().signed_in().unwrap();
    let given = catalog.hand_to_program(&signed_in).await.unwrap();
    let again = catalog.hand_to_program(&signed_in).await.unwrap_err();
    assert!(matches!(again, CatalogError::Unauthenticated), "{again:?}");
    for token in [signed_in.token.expose(), given.access.expose(), given.refresh.expose()] {
        let as_cookie = catalog.authenticate(token).await;
        assert!(matches!(as_cookie, Err(CatalogError::Unauthenticated)), "{as_cookie:?}");
    }
    for token in [signed_in.token.expose(), browser.token.expose(), given.refresh.expose()] {
        assert!(!opens(catalog, token).await);
    }
    for token in [signed_in.token.expose(), browser.token.expose(), given.access.expose(), ""] {
        assert!(refresh(catalog, token).await.is_none());
        catalog.revoke(token, &Origin::default()).await.unwrap();
        catalog.sign_out(given.refresh.expose(), &Origin::default()).await.unwrap();
    }
    assert!(opens(catalog, given.access.expose()).await);
    catalog.authenticate(browser.token.expose()).await.unwrap();
    // A token that names a browser's session.
    let (header, mut claims, _) = parts(given.access.expose());
    claims["sid"] = json!(browser.session.id.0);
    let token = database.sign(&header.to_string(), &claims.to_string()).await;
    assert!(!opens(catalog, &token).await);
    database.close().await;
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_its_family_ends_when_it_comes_back() {
    let (clock, database) = at_noon().await;
    let catalog = database.catalog();
    let first = tokens(catalog, "owner@acme.test").await;
    let other = tokens(catalog, "owner@acme.test").await;
    clock.advance(9 * MINUTE);
    let second = refresh(catalog, first.refresh.expose()).await.unwrap();
    assert_eq!((second.session.id, second.session.expires_at), (first.session.id, first.session.expires_at));
    assert!(opens(catalog, first.access.expose()).await && opens(catalog, second.access.expose()).await);
    let third = refresh(catalog, second.refresh.expose()).await.unwrap();
    let all = [&first, &second, &third].map(|one| one.refresh.expose());
    assert!(all[0] != all[1] && all[1] != all[2] && all.iter().all(|token| token.len() == 43));

    let origin = Origin { address: Some("203.0.113.9".parse().unwrap()), user_agent: None };
    let copied = catalog.refresh(first.refresh.expose(), &origin).await.unwrap_err();
    assert!(matches!(copied, CatalogError::Unauthenticated), "{copied:?}");
    for tokens in [&first, &second, &third] {
        assert!(!opens(catalog, tokens.access.expose()).await);
        assert!(refresh(catalog, tokens.refresh.expose()).await.is_none());
    }
    assert!(opens(catalog, other.access.expose()).await, "another sign-in is another family");
    let tenant = catalog.tenant(catalog.authenticate_access(other.access.expose()).await.unwrap().0);
    let log = tenant.audit_events(&AuditFilter::default(), None, 500).await.unwrap().events;
    let told: Vec<_> = log.iter().filter(|event| event.action == "session.reuse_detected").collect();
    assert_eq!(told.len(), 1, "once: {log:?}");
    assert_eq!(told[0].target, Some((first.session.id.0, "owner@acme.test".to_owned())));
    assert_eq!(told[0].address.as_deref(), Some("203.0.113.9"));
    database.close().await;
}

#[tokio::test]
async fn of_two_who_refresh_at_once_one_is_answered_and_the_family_ends() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    for _ in 0..10 {
        let given = tokens(catalog, "owner@acme.test").await;
        let attempts = (0..4).map(|_| refresh(catalog, given.refresh.expose()));
        let answered: Vec<_> = futures::future::join_all(attempts).await.into_iter().flatten().collect();
        assert_eq!(answered.len(), 1);
        assert!(!opens(catalog, given.access.expose()).await && !opens(catalog, answered[0].access.expose()).await);
        assert!(refresh(catalog, answered[0].refresh.expose()).await.is_none());
    }
    database.close().await;
}

#[tokio::test]
async fn a_program_ends_as_a_browser_does() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    let browser = catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap().signed_in().unwrap();
    let person = catalog.tenant(browser.context.clone()).person().unwrap();
    let is_over = async |given: &ProgramTokens| {
        !opens(catalog, given.access.expose()).await && refresh(catalog, given.refresh.expose()).await.is_none()
    };

    let given = tokens(catalog, "owner@acme.test").await;
    catalog.revoke(given.refresh.expose(), &Origin::default()).await.unwrap();
    assert!(is_over(&given).await, "revoked");
    let given = tokens(catalog, "owner@acme.test").await;
    let next = refresh(catalog, given.refresh.expose()).await.unwrap();
    catalog.revoke(given.refresh.expose(), &Origin::default()).await.unwrap();
    assert!(is_over(&next).await, "revoked by a token that was used");

    let given = tokens(catalog, "owner@acme.test").await;
    let listed = person.sessions().await.unwrap();
    let kinds = |id: SessionId| listed.iter().find(|one| one.id == id).map(|one| one.is_program);
    assert_eq!((listed.len(), kinds(given.session.id), kinds(browser.session.id)), (2, Some(true), Some(false)));
    person.end_session(given.session.id).await.unwrap();
    assert!(is_over(&given).await, "ended by hand");

    let given = tokens(catalog, "owner@acme.test").await;
    assert_eq!(person.end_other_sessions(browser.session.id).await.unwrap(), 1);
    assert!(is_over(&given).await, "ended with all others");

    let given = tokens(catalog, "owner@acme.test").await;
    person.change_password(PASSWORD, "another good password", browser.session.id).await.unwrap();
    assert!(is_over(&given).await, "another password");
    catalog.authenticate(browser.token.expose()).await.unwrap();
    let mut superuser = database.connect(database.superuser()).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM refresh_tokens").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(left, 0, "tokens go with their session");
    database.close().await;
}

#[tokio::test]
async fn a_program_that_is_not_used_for_a_week_or_for_thirty_days_at_most() {
    let (clock, database) = at_noon().await;
    let catalog = database.catalog();
    let mut given = tokens(catalog, "owner@acme.test").await;
    let idle = tokens(catalog, "owner@acme.test").await;
    for _ in 0..4 {
        clock.advance(6 * DAY);
        given = refresh(catalog, given.refresh.expose()).await.expect("it was used six days ago");
    }
    assert!(refresh(catalog, idle.refresh.expose()).await.is_none(), "for more than a week");
    clock.advance(6 * DAY - MINUTE);
    given = refresh(catalog, given.refresh.expose()).await.unwrap();
    assert!(opens(catalog, given.access.expose()).await);
    clock.advance(MINUTE);
    assert!(!opens(catalog, given.access.expose()).await, "thirty days are over, whatever the token says");
    assert!(refresh(catalog, given.refresh.expose()).await.is_none());

    let given = tokens(catalog, "owner@acme.test").await;
    for _ in 0..3 {
        clock.advance(9 * MINUTE);
        let (_, session) =
            catalog.authenticate_access(&fresh_of(&database, &given, clock.now().timestamp()).await).await.unwrap();
        assert_eq!(session.id, given.session.id);
    }
    let person =
        catalog.tenant(given_context(catalog, &database, &given, clock.now().timestamp()).await).person().unwrap();
    let sessions = person.sessions().await.unwrap();
    assert_eq!(sessions[0].last_seen_at, clock.now(), "using an access token is using the session");
    database.close().await;
}

/// The same token for later, as a refresh would give it.
async fn fresh_of(database: &TestDatabase, given: &ProgramTokens, now: i64) -> String {
    let (header, mut claims, _) = parts(given.access.expose());
    claims["exp"] = json!(now + 600);
    database.sign(&header.to_string(), &claims.to_string()).await
}

async fn given_context(
    catalog: &Catalog,
    database: &TestDatabase,
    given: &ProgramTokens,
    now: i64,
) -> aloftly_catalog::TenantContext {
    catalog.authenticate_access(&fresh_of(database, given, now).await).await.unwrap().0
}

#[tokio::test]
async fn the_database_and_debug_output_hold_no_token() {
    let (_, database) = at_noon().await;
    let given = tokens(database.catalog(), "owner@acme.test").await;
    let shown = format!("{given:?}");
    assert!(shown.contains("AccessToken(hidden)") && shown.contains("RefreshToken(hidden)"), "{shown}");
    let mut superuser = database.connect(database.superuser()).await;
    let kept: String = sqlx::query_scalar(
        "SELECT concat((SELECT json_agg(t) FROM refresh_tokens AS t), (SELECT json_agg(s) FROM sessions AS s), (SELECT json_agg(a) FROM audit_events AS a))",
    )
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    for text in [kept, shown] {
        assert!(!text.contains(given.refresh.expose()) && !text.contains(given.access.expose()), "{text}");
    }
    database.close().await;
}
