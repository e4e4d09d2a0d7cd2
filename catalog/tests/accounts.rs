//! Accounts that people make themselves, links that they are sent, identity providers, and how an account ends.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    CatalogError, Entry, Identity, IdentityEntry, NewAccount, NewIdentity, NewOwner, NewStore, OrgRole, Origin,
    SignUpBegun, SignedIn,
};
use aloftly_engine::clock::FixedClock;
use sqlx::{Connection as _, PgConnection};

fn owner(organization: &str) -> NewOwner {
    NewOwner {
        name: "Ann".to_owned(),
        organization: organization.to_owned(),
        store: NewStore {
            name: "Pots".to_owned(),
            currency: "EUR".to_owned(),
            timezone: chrono_tz::Europe::Paris,
            week_start: chrono::Weekday::Sun,
        },
        plan: Tier::Free,
    }
}

fn account(email: &str, organization: &str) -> NewAccount {
    NewAccount { email: email.to_owned(), owner: owner(organization) }
}

async fn at_noon() -> (Arc<FixedClock>, TestDatabase) {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    (clock.clone(), TestDatabase::with_clock(clock).await)
}

/// The token of the link that was sent to who asked for an account.
async fn link(database: &TestDatabase, new: &NewAccount) -> String {
    match database.catalog().begin_sign_up(new).await.unwrap() {
        SignUpBegun::Link { token, .. } => token.expose().to_owned(),
        SignUpBegun::HasAccount { name, .. } => panic!("{name} has an account"),
    }
}

fn entered(entry: Entry) -> SignedIn {
    entry.signed_in().expect("no second factor is wanted")
}

async fn complete(database: &TestDatabase, token: &str) -> Result<SignedIn, CatalogError> {
    database.catalog().complete_sign_up(token, PASSWORD, &Origin::default()).await.map(entered)
}

async fn count(superuser: &mut PgConnection, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(query).fetch_one(superuser).await.unwrap()
}

#[tokio::test]
async fn nothing_is_made_before_the_link_is_followed_and_then_all_of_it() {
    let (_, database) = at_noon().await;
    let mut superuser = database.connect(database.superuser()).await;
    let token = link(&database, &account(" Ann@New.test", "New")).await;
    for table in ["users", "organizations", "stores"] {
        assert_eq!(count(&mut superuser, table).await, 0, "{table}");
    }
    let kept: String = sqlx::query_scalar("SELECT concat(payload, token_hash) FROM one_time_tokens")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert!(!kept.contains(&token), "{kept}");

    let short = database.catalog().complete_sign_up(&token, "short", &Origin::default()).await.unwrap_err();
    assert!(matches!(short, CatalogError::Invalid { field: "password", .. }), "{short:?}");
    let signed_in = complete(&database, &token).await.unwrap();
    assert_eq!((signed_in.session.user.email.as_str(), signed_in.session.role), ("ann@new.test", OrgRole::Owner));
    assert_eq!(signed_in.session.organization_name, "New");
    let tenant = database.catalog().tenant(signed_in.context.clone());
    let stores = tenant.stores().await.unwrap();
    let made: Vec<_> =
        stores.iter().map(|store| (store.name.as_str(), store.currency.as_str(), store.timezone)).collect();
    assert_eq!(made, [("Pots", "EUR", chrono_tz::Europe::Paris)]);
    assert_eq!(stores[0].week_start, chrono::Weekday::Sun);
    let account = tenant.person().unwrap().account().await.unwrap();
    assert!(account.email_verified_at.is_some() && account.has_password);

    let again = complete(&database, &token).await.unwrap_err();
    assert!(matches!(again, CatalogError::LinkExpired), "{again:?}");
    database.as_person("ann@new.test").await;
    superuser.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn an_address_that_has_an_account_gets_no_second_one() {
    let (_, database) = at_noon().await;
    let (tenant, made) = database.organization("acme").await;
    let begun = database.catalog().begin_sign_up(&account("owner@acme.test", "Mine")).await.unwrap();
    assert!(matches!(begun, SignUpBegun::HasAccount { ref name, .. } if name == "acme owner"), "{begun:?}");

    // Two links, of which one makes the account.
    let (first, second) = (account("ann@new.test", "First"), account("ann@new.test", "Second"));
    let (first, second) = (link(&database, &first).await, link(&database, &second).await);
    complete(&database, &first).await.unwrap();
    let late = complete(&database, &second).await.unwrap_err();
    assert!(matches!(late, CatalogError::Taken("email")), "{late:?}");

    // Who belongs to no organisation any more begins anew, with the password that they chose now.
    let bob = database.member(made.organization, "bob@acme.test", OrgRole::Member).await;
    tenant.remove_member(bob).await.unwrap();
    let token = link(&database, &account("bob@acme.test", "Bob's")).await;
    let begun = database.catalog().complete_sign_up(&token, "another good password", &Origin::default()).await;
    let signed_in = entered(begun.unwrap());
    assert_eq!(signed_in.session.user.id, bob);
    let old = database.catalog().sign_in("bob@acme.test", PASSWORD, &Origin::default()).await.unwrap_err();
    assert!(matches!(old, CatalogError::InvalidCredentials), "{old:?}");
    database.close().await;
}

#[tokio::test]
async fn what_cannot_be_an_account_is_told_place_by_place() {
    let mut wrong = account("nobody", " ");
    wrong.owner.name = String::new();
    wrong.owner.store.currency = "euro".to_owned();
    wrong.owner.store.name = "\0".to_owned();
    let places: Vec<_> = wrong.problems().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/email", "/name", "/organization", "/store/name", "/store/currency"]);
    assert!(account("ann@new.test", "New").problems().is_empty());
}

#[tokio::test]
async fn a_link_signs_in_once_within_a_quarter_of_an_hour_and_proves_the_address() {
    let (clock, database) = at_noon().await;
    database.organization("acme").await;
    let catalog = database.catalog();
    assert!(catalog.sign_in_link("nobody@acme.test").await.unwrap().is_none());
    let sent = catalog.sign_in_link(" Owner@acme.test").await.unwrap().unwrap();
    assert_eq!((sent.email.as_str(), sent.name.as_str()), ("owner@acme.test", "acme owner"));
    assert!(!format!("{sent:?}").contains(sent.token.expose()));
    let token = sent.token.expose();
    // It is good for nothing else.
    let misused = catalog.redeem_password_reset(token, "another good password").await.unwrap_err();
    assert!(matches!(misused, CatalogError::LinkExpired), "{misused:?}");
    let signed_in = entered(catalog.redeem_sign_in(token, &Origin::default()).await.unwrap());
    let person = catalog.tenant(signed_in.context).person().unwrap();
    assert!(person.account().await.unwrap().email_verified_at.is_some());
    let again = catalog.redeem_sign_in(token, &Origin::default()).await.unwrap_err();
    assert!(matches!(again, CatalogError::LinkExpired), "{again:?}");

    let late = catalog.sign_in_link("owner@acme.test").await.unwrap().unwrap();
    clock.advance(Duration::from_secs(15 * 60));
    let late = catalog.redeem_sign_in(late.token.expose(), &Origin::default()).await.unwrap_err();
    assert!(matches!(late, CatalogError::LinkExpired), "{late:?}");
    assert_eq!(catalog.sweep_tokens().await.unwrap(), 1);
    assert_eq!(catalog.sweep_tokens().await.unwrap(), 0);
    database.close().await;
}

#[tokio::test]
async fn of_two_who_follow_a_link_at_once_one_is_let_in() {
    let (_, database) = at_noon().await;
    database.organization("acme").await;
    let catalog = database.catalog();
    for _ in 0..5 {
        let link = catalog.sign_in_link("owner@acme.test").await.unwrap().unwrap();
        let origin = Origin::default();
        let redeem = || catalog.redeem_sign_in(link.token.expose(), &origin);
        let both = tokio::join!(redeem(), redeem());
        assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|in_| **in_).count(), 1);
    }
    database.close().await;
}

#[tokio::test]
async fn another_password_ends_every_session_and_every_link() {
    let (_, database) = at_noon().await;
    database.organization("acme").await;
    let catalog = database.catalog();
    let (_, session) = database.as_person("owner@acme.test").await;
    let other = catalog.sign_in_link("owner@acme.test").await.unwrap().unwrap();
    let spare = catalog.password_reset_link("owner@acme.test").await.unwrap().unwrap();
    let link = catalog.password_reset_link("owner@acme.test").await.unwrap().unwrap();
    let origin = Origin::default();
    let short = catalog.redeem_password_reset(link.token.expose(), "short").await.unwrap_err();
    assert!(matches!(short, CatalogError::Invalid { field: "password", .. }), "{short:?}");
    catalog.redeem_password_reset(link.token.expose(), "another good password").await.unwrap();
    assert!(catalog.authenticate(session.token.expose()).await.is_err());
    assert!(catalog.redeem_sign_in(other.token.expose(), &origin).await.is_err());
    let spare = catalog.redeem_password_reset(spare.token.expose(), "a third good password").await.unwrap_err();
    assert!(matches!(spare, CatalogError::LinkExpired), "{spare:?}");
    assert!(catalog.sign_in("owner@acme.test", PASSWORD, &origin).await.is_err());
    catalog.sign_in("owner@acme.test", "another good password", &origin).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_link_to_an_address_that_was_given_up_proves_nothing() {
    let (_, database) = at_noon().await;
    database.organization("acme").await;
    let (acting, _) = database.as_person("owner@acme.test").await;
    let link = acting.person().unwrap().verification_link().await.unwrap().unwrap();
    let mut superuser = database.connect(database.superuser()).await;
    sqlx::raw_sql("UPDATE users SET email = 'new@acme.test'").execute(&mut superuser).await.unwrap();
    let refused = database.catalog().redeem_verification(link.token.expose()).await.unwrap_err();
    assert!(matches!(refused, CatalogError::LinkExpired), "{refused:?}");
    let link = acting.person().unwrap().verification_link().await.unwrap().unwrap();
    assert_eq!(link.email, "new@acme.test");
    database.catalog().redeem_verification(link.token.expose()).await.unwrap();
    assert!(acting.person().unwrap().verification_link().await.unwrap().is_none(), "it is known");
    database.close().await;
}

fn vouched(subject: &str, email: &str) -> NewIdentity {
    NewIdentity {
        identity: Identity { issuer: "https://id.test".to_owned(), subject: subject.to_owned() },
        email: email.to_owned(),
        runs_email: true,
        name: "Ann".to_owned(),
    }
}

async fn enter(database: &TestDatabase, who: &NewIdentity) -> IdentityEntry {
    database.catalog().enter_by_identity(who, None, &Origin::default()).await.unwrap()
}

#[tokio::test]
async fn a_provider_makes_an_account_and_knows_it_again_whatever_the_address() {
    let (_, database) = at_noon().await;
    let (catalog, origin) = (database.catalog(), Origin::default());
    let IdentityEntry::New(token) = enter(&database, &vouched("1", "ann@new.test")).await else {
        panic!("nobody is known yet")
    };
    assert_eq!(catalog.identity_signing_up(token.expose()).await.unwrap().email, "ann@new.test");
    let made = entered(catalog.complete_identity_sign_up(token.expose(), &owner("New"), &origin).await.unwrap());
    assert!(catalog.complete_identity_sign_up(token.expose(), &owner("New"), &origin).await.is_err());
    let account = catalog.tenant(made.context).person().unwrap().account().await.unwrap();
    assert_eq!((account.has_password, account.identities), (false, vec!["https://id.test".to_owned()]));

    let back = enter(&database, &vouched("1", "other@new.test")).await;
    let IdentityEntry::Known(entry) = back else { panic!("it is the same person") };
    assert_eq!(entered(entry).session.user.id, made.session.user.id);
    // The same subject of another provider is somebody else.
    let mut other = vouched("1", "third@new.test");
    other.identity.issuer = "https://other.test".to_owned();
    assert!(matches!(enter(&database, &other).await, IdentityEntry::New(_)));
    database.close().await;
}

#[tokio::test]
async fn an_account_made_in_wait_for_somebody_does_not_outlive_their_proof() {
    let (_, database) = at_noon().await;
    database.organization("acme").await;
    let (catalog, origin) = (database.catalog(), Origin::default());
    // The owner's address was not proved: whoever set the password may be somebody else.
    let (_, session) = database.as_person("owner@acme.test").await;
    let IdentityEntry::Known(entry) = enter(&database, &vouched("1", "Owner@acme.test")).await else {
        panic!("the address is known")
    };
    let signed_in = entered(entry);
    assert!(catalog.authenticate(session.token.expose()).await.is_err());
    assert!(catalog.sign_in("owner@acme.test", PASSWORD, &origin).await.is_err());
    // Once it is proved, another way in takes nothing away.
    let link = catalog.password_reset_link("owner@acme.test").await.unwrap().unwrap();
    catalog.redeem_password_reset(link.token.expose(), PASSWORD).await.unwrap();
    let (_, session) = database.as_person("owner@acme.test").await;
    let mut other = vouched("2", "owner@acme.test");
    other.identity.issuer = "https://other.test".to_owned();
    assert!(matches!(enter(&database, &other).await, IdentityEntry::Known(_)));
    catalog.authenticate(session.token.expose()).await.unwrap();
    assert_eq!(signed_in.session.user.id, session.session.user.id);
    database.close().await;
}

#[tokio::test]
async fn an_account_ends_with_everything_but_what_the_logs_say() {
    let (_, database) = at_noon().await;
    let (acme, made) = database.organization("acme").await;
    let (_, other) = database.organization("other").await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    database.member(other.organization, "ann@acme.test", OrgRole::Owner).await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let refused = owner.person().unwrap().delete_account(false).await.unwrap_err();
    assert!(matches!(&refused, CatalogError::OwnsOrganizations(names) if names == &["acme"]), "{refused:?}");

    let (acting, session) = database.as_person("ann@acme.test").await;
    let person = acting.person().unwrap();
    let data = person.personal_data().await.unwrap();
    assert_eq!(data["account"]["email"], "ann@acme.test");
    let (deeds, next) = person.deeds(made.organization, None).await.unwrap();
    let actions: Vec<_> = deeds.iter().map(|deed| deed["action"].as_str().unwrap()).collect();
    assert_eq!((actions, next), (vec!["session.begun", "account.exported"], None));
    let elsewhere = person.deeds(aloftly_catalog::OrganizationId(uuid::Uuid::from_u128(7)), None).await.unwrap();
    assert_eq!(elsewhere, (Vec::new(), None));
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    let text = data.to_string();
    assert!(!text.contains("argon2") && !text.contains(session.token.expose()), "{text}");

    person.delete_account(false).await.unwrap();
    assert!(database.catalog().authenticate(session.token.expose()).await.is_err());
    assert!(database.catalog().sign_in("ann@acme.test", PASSWORD, &Origin::default()).await.is_err());
    assert!(acme.member(ann).await.is_err());
    let mut superuser = database.connect(database.superuser()).await;
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE email = 'ann@acme.test'")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(users, 0);
    database.close().await;
}

#[tokio::test]
async fn of_two_owners_who_delete_their_accounts_at_once_one_stays() {
    let (_, database) = at_noon().await;
    for round in 0..4 {
        let name = format!("acme{round}");
        let (tenant, made) = database.organization(&name).await;
        let second = format!("second@{name}.test");
        database.member(made.organization, &second, OrgRole::Owner).await;
        let (one, _) = database.as_person(&format!("owner@{name}.test")).await;
        let (two, _) = database.as_person(&second).await;
        let (one, two) = (one.person().unwrap(), two.person().unwrap());
        let gone = tokio::join!(one.delete_account(false), two.delete_account(false));
        assert_eq!([gone.0.is_ok(), gone.1.is_ok()].iter().filter(|gone| **gone).count(), 1, "{gone:?}");
        assert_eq!(tenant.members().await.unwrap().len(), 1);
    }
    database.close().await;
}

#[tokio::test]
async fn an_address_that_a_provider_does_not_run_opens_no_account_that_is_there() {
    let (_, database) = at_noon().await;
    database.organization("acme").await;
    let catalog = database.catalog();
    let link = catalog.sign_in_link("owner@acme.test").await.unwrap().unwrap();
    let owner_in = entered(catalog.redeem_sign_in(link.token.expose(), &Origin::default()).await.unwrap());
    let somebody = NewIdentity { runs_email: false, ..vouched("1", "owner@acme.test") };
    assert!(matches!(enter(&database, &somebody).await, IdentityEntry::Other));
    let other = database.organization("other").await.1.owner;
    let as_other = catalog.enter_by_identity(&somebody, Some(other), &Origin::default()).await.unwrap();
    assert!(matches!(as_other, IdentityEntry::Other), "who is signed in as somebody else is not them");
    // Its owner joins it to their account by being signed in.
    let own = Some(owner_in.session.user.id);
    let joined = catalog.enter_by_identity(&somebody, own, &Origin::default()).await.unwrap();
    assert!(matches!(joined, IdentityEntry::Known(_)));
    assert!(matches!(enter(&database, &somebody).await, IdentityEntry::Known(_)), "and is known by it from then on");
    // Nor does another account at the provider take its place, even where it runs the address.
    assert!(matches!(enter(&database, &vouched("2", "owner@acme.test")).await, IdentityEntry::Other));
    assert!(matches!(enter(&database, &somebody).await, IdentityEntry::Known(_)));
    // Who has no account at all proves the address by mail first.
    let new = NewIdentity { runs_email: false, ..vouched("3", "new@acme.test") };
    assert!(matches!(enter(&database, &new).await, IdentityEntry::Unproved));
    database.close().await;
}

#[tokio::test]
async fn a_provider_brings_who_belongs_nowhere_to_an_organisation_of_their_own() {
    let (_, database) = at_noon().await;
    let (acme, made) = database.organization("acme").await;
    let ann = database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    assert!(matches!(enter(&database, &vouched("1", "ann@acme.test")).await, IdentityEntry::Known(_)));
    acme.remove_member(ann).await.unwrap();
    // Whatever the provider calls their address by now.
    let IdentityEntry::New(token) = enter(&database, &vouched("1", "ann@new.test")).await else {
        panic!("they belong to no organisation")
    };
    let (catalog, origin) = (database.catalog(), Origin::default());
    let begun = entered(catalog.complete_identity_sign_up(token.expose(), &owner("Ann's"), &origin).await.unwrap());
    assert_eq!((begun.session.user.id, begun.session.user.email.as_str()), (ann, "ann@acme.test"));
    assert_eq!((begun.session.organization_name.as_str(), begun.session.role), ("Ann's", OrgRole::Owner));
    // Once she belongs nowhere again, whoever reads the mail of the address begins with it, and with no way in that was there before.
    catalog.tenant(begun.context).close_organization("Ann's").await.unwrap();
    let token = link(&database, &account("ann@acme.test", "Anew")).await;
    let anew = complete(&database, &token).await.unwrap();
    assert_eq!(anew.session.user.id, ann);
    assert!(matches!(enter(&database, &vouched("1", "ann@new.test")).await, IdentityEntry::New(_)));
    database.close().await;
}

#[tokio::test]
async fn going_on_in_an_organisation_is_no_new_sign_in() {
    let (clock, database) = at_noon().await;
    let (catalog, origin) = (database.catalog(), Origin::default());
    let IdentityEntry::New(token) = enter(&database, &vouched("1", "ann@new.test")).await else {
        panic!("nobody is known yet")
    };
    let begun = entered(catalog.complete_identity_sign_up(token.expose(), &owner("New"), &origin).await.unwrap());
    let person = catalog.tenant(begun.context.clone()).person().unwrap();
    person.check_oneself(None, begun.session.id).await.expect("they signed in a moment ago");
    clock.advance(Duration::from_secs(16 * 60));
    let entered = person.enter(begun.session.organization, begun.token.expose()).await.unwrap();
    assert_ne!(entered.session.id, begun.session.id);
    let refused = person.check_oneself(None, entered.session.id).await.unwrap_err();
    assert!(matches!(refused, CatalogError::SignInAgain), "{refused:?}");
    database.close().await;
}

#[tokio::test]
async fn an_owner_who_goes_takes_along_what_nobody_else_owns_where_they_want_to() {
    let (_, database) = at_noon().await;
    let (own, made) = database.organization("own").await;
    let (shared, others) = database.organization("shared").await;
    database.member(made.organization, "ann@own.test", OrgRole::Admin).await;
    database.member(others.organization, "owner@own.test", OrgRole::Owner).await;
    let (_, colleague) = database.as_person("ann@own.test").await;
    let (owner, _) = database.as_person("owner@own.test").await;
    let person = owner.person().unwrap();
    let refused = person.delete_account(false).await.unwrap_err();
    assert!(matches!(&refused, CatalogError::OwnsOrganizations(names) if names == &["own"]), "{refused:?}");
    person.delete_account(true).await.unwrap();
    assert!(database.catalog().authenticate(colleague.token.expose()).await.is_err());
    assert_eq!(shared.members().await.unwrap().len(), 1);
    let closed = database.catalog().closed_organizations("a test").await.unwrap();
    assert_eq!(closed.len(), 1);
    assert_eq!(database.catalog().tenant(closed[0].clone()).context().organization(), own.context().organization());
    database.close().await;
}

#[tokio::test]
async fn who_is_made_an_owner_while_they_go_leaves_no_organisation_without_one() {
    let (_, database) = at_noon().await;
    for round in 0..6 {
        let name = format!("acme{round}");
        let (tenant, made) = database.organization(&name).await;
        let email = format!("ann@{name}.test");
        let ann = database.member(made.organization, &email, OrgRole::Admin).await;
        let (owner, _) = database.as_person(&format!("owner@{name}.test")).await;
        let person = database.as_person(&email).await.0.person().unwrap();
        let (handed, gone) = tokio::join!(owner.transfer_ownership(ann), person.delete_account(false));
        let owners = tenant.members().await.unwrap().into_iter().filter(|member| member.role == OrgRole::Owner);
        assert_eq!(owners.count(), 1, "{handed:?} {gone:?}");
    }
    database.close().await;
}

#[tokio::test]
async fn addresses_are_what_mail_can_be_written_to() {
    let long = format!("{}@b.test", "a".repeat(65));
    for wrong in
        ["a@b@c.test", "a(b@c.test", "\"a b\"@c.test", "a@", "@c.test", "a b@c.test", ".a@c.test", "a@-c.test", &long]
    {
        assert_eq!(account(wrong, "New").problems().len(), 1, "{wrong}");
    }
    for right in ["ann@example.com", "ann.b+tag@mail.example.co.uk", "o'neil@example.com", " ANN@Example.com "] {
        assert!(account(right, "New").problems().is_empty(), "{right}");
    }
}
