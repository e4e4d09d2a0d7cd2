//! Asking people to join, and joining.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::plans::{Limit, Tier};
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    Acceptance, CatalogError, Entry, Invited, NewInvitations, OrgRole, Origin, Provisioned, SignedIn, SystemContext,
    Tenant, WorkspaceRole,
};
use aloftly_engine::clock::FixedClock;

struct World {
    clock: Arc<FixedClock>,
    database: TestDatabase,
    owner: Tenant,
    made: Provisioned,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let database = TestDatabase::with_clock(clock.clone()).await;
        let (_, made) = database.organization("acme").await;
        let (owner, _) = database.as_person("owner@acme.test").await;
        Self { clock, database, owner, made }
    }

    async fn invite(&self, email: &str, role: OrgRole) -> String {
        let mut asked = self.owner.invite(&asking(&[email], role)).await.unwrap();
        match asked.pop().unwrap().1 {
            Invited::Sent(_, token) => token.expose().to_owned(),
            other => panic!("{email}: {other:?}"),
        }
    }

    async fn accept(&self, token: &str, acceptance: Acceptance<'_>) -> Result<SignedIn, CatalogError> {
        let entry = self.database.catalog().accept_invitation(token, acceptance, &Origin::default()).await?;
        Ok(entry.signed_in().expect("no second factor is wanted"))
    }
}

fn asking(emails: &[&str], role: OrgRole) -> NewInvitations {
    NewInvitations { emails: emails.iter().map(|email| (*email).to_owned()).collect(), role, workspaces: Vec::new() }
}

const NEW: Acceptance<'static> = Acceptance::NewAccount { name: "Ann", password: PASSWORD };

#[tokio::test]
async fn many_are_asked_at_once_and_each_is_told_what_became_of_it() {
    let world = World::new().await;
    world.database.member(world.made.organization, "in@acme.test", OrgRole::Viewer).await;
    world.invite("before@acme.test", OrgRole::Viewer).await;
    let emails = [" New@acme.test", "in@acme.test", "before@acme.test", "nonsense", "new@acme.test"];
    let mut new = asking(&emails, OrgRole::Member);
    new.workspaces = vec![(world.made.workspace, WorkspaceRole::Editor)];
    let asked = world.owner.invite(&new).await.unwrap();
    let kinds: Vec<_> = asked
        .iter()
        .map(|(_, outcome)| match outcome {
            Invited::Sent(..) => "sent",
            Invited::Member => "member",
            Invited::Before => "before",
            Invited::NoAddress => "no address",
        })
        .collect();
    assert_eq!(kinds, ["sent", "member", "before", "no address", "before"]);
    let open = world.owner.invitations().await.unwrap();
    let open: Vec<_> = open.iter().map(|open| (open.email.as_str(), open.role, open.workspaces.len())).collect();
    assert_eq!(open, [("before@acme.test", OrgRole::Viewer, 0), ("new@acme.test", OrgRole::Member, 1)]);
    assert_eq!(world.owner.invitations().await.unwrap()[1].invited_by, "owner@acme.test");
    world.database.close().await;
}

#[tokio::test]
async fn admins_ask_and_nobody_becomes_an_owner_by_it() {
    let world = World::new().await;
    let refused = world.owner.invite(&asking(&["a@b.test"], OrgRole::Owner)).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "role", .. }), "{refused:?}");
    for many in [0, 101] {
        let refused = world.owner.invite(&asking(&vec!["a@b.test"; many], OrgRole::Viewer)).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "emails", .. }), "{refused:?}");
    }
    let mut elsewhere = asking(&["a@b.test"], OrgRole::Viewer);
    let (_, foreign) = world.database.organization("other").await;
    elsewhere.workspaces = vec![(foreign.workspace, WorkspaceRole::Admin)];
    let refused = world.owner.invite(&elsewhere).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotFound("workspace")), "{refused:?}");
    assert!(world.owner.invitations().await.unwrap().is_empty(), "all of it or nothing");

    world.database.member(world.made.organization, "ann@acme.test", OrgRole::Member).await;
    let (member, _) = world.database.as_person("ann@acme.test").await;
    let open = world.invite("open@acme.test", OrgRole::Viewer).await;
    let id = world.owner.invitations().await.unwrap()[0].id;
    assert!(matches!(member.invite(&asking(&["a@b.test"], OrgRole::Viewer)).await, Err(CatalogError::Forbidden(_))));
    assert!(matches!(member.invitations().await, Err(CatalogError::Forbidden(_))));
    assert!(matches!(member.revoke_invitation(id).await, Err(CatalogError::Forbidden(_))));
    assert!(matches!(member.resend_invitation(id).await, Err(CatalogError::Forbidden(_))));
    let (other, _) = world.database.as_person("owner@other.test").await;
    assert!(matches!(other.revoke_invitation(id).await, Err(CatalogError::NotFound("invitation"))));
    assert!(matches!(other.resend_invitation(id).await, Err(CatalogError::NotFound("invitation"))));
    world.accept(&open, NEW).await.unwrap();
    world.database.close().await;
}

#[tokio::test]
async fn somebody_new_makes_an_account_and_is_in_their_role_and_workspaces() {
    let world = World::new().await;
    let mut new = asking(&["ann@acme.test"], OrgRole::Member);
    new.workspaces = vec![(world.made.workspace, WorkspaceRole::Editor)];
    let Some((_, Invited::Sent(_, token))) = world.owner.invite(&new).await.unwrap().pop() else {
        panic!("they are new")
    };
    let token = token.expose();
    let preview = world.database.catalog().preview_invitation(token).await.unwrap();
    assert_eq!((preview.organization.as_str(), preview.email.as_str()), ("acme", "ann@acme.test"));
    assert_eq!((preview.role, preview.has_account), (OrgRole::Member, false));

    let short = world.accept(token, Acceptance::NewAccount { name: "Ann", password: "short" }).await.unwrap_err();
    assert!(matches!(short, CatalogError::Invalid { field: "password", .. }), "{short:?}");
    let nameless = world.accept(token, Acceptance::NewAccount { name: " ", password: PASSWORD }).await.unwrap_err();
    assert!(matches!(nameless, CatalogError::Invalid { .. }), "{nameless:?}");
    let signed_in = world.accept(token, NEW).await.unwrap();
    assert_eq!((signed_in.session.role, signed_in.session.organization), (OrgRole::Member, world.made.organization));
    let ann = world.database.catalog().tenant(signed_in.context);
    assert_eq!(ann.stores().await.unwrap().len(), 1);
    assert!(ann.person().unwrap().account().await.unwrap().email_verified_at.is_some());
    assert!(world.owner.invitations().await.unwrap().is_empty());
    assert!(matches!(world.accept(token, NEW).await, Err(CatalogError::LinkExpired)));
    world.database.close().await;
}

#[tokio::test]
async fn who_has_an_account_shows_that_it_is_theirs() {
    let world = World::new().await;
    world.database.organization("other").await;
    let token = world.invite("owner@other.test", OrgRole::Admin).await;
    assert!(world.database.catalog().preview_invitation(&token).await.unwrap().has_account);
    // The link alone opens no account.
    assert!(matches!(world.accept(&token, NEW).await, Err(CatalogError::SignInFirst)));
    let wrong = world.accept(&token, Acceptance::Password("wrong")).await.unwrap_err();
    assert!(matches!(wrong, CatalogError::InvalidCredentials), "{wrong:?}");
    let (stranger, theirs) = world.database.as_person("owner@acme.test").await;
    let stranger = stranger.person().unwrap();
    let stolen = world.accept(&token, Acceptance::SignedIn(&stranger, theirs.token.expose())).await.unwrap_err();
    assert!(matches!(stolen, CatalogError::SignInFirst), "{stolen:?}");

    let (invited, session) = world.database.as_person("owner@other.test").await;
    let invited = invited.person().unwrap();
    let there = world.accept(&token, Acceptance::SignedIn(&invited, session.token.expose())).await.unwrap();
    assert_eq!((there.session.organization, there.session.role), (world.made.organization, OrgRole::Admin));
    assert!(world.database.catalog().authenticate(session.token.expose()).await.is_err(), "it went on there");
    assert_eq!(invited.memberships().await.unwrap().len(), 2);

    // With the password, for who belongs nowhere and so has no session.
    let bob = world.database.member(world.made.organization, "bob@acme.test", OrgRole::Viewer).await;
    world.owner.remove_member(bob).await.unwrap();
    let token = world.invite("bob@acme.test", OrgRole::Viewer).await;
    let back = world.accept(&token, Acceptance::Password(PASSWORD)).await.unwrap();
    assert_eq!((back.session.user.id, back.session.organization), (bob, world.made.organization));
    world.database.close().await;
}

#[tokio::test]
async fn links_that_were_sent_again_taken_back_or_are_a_week_old_are_good_for_nothing() {
    let world = World::new().await;
    let first = world.invite("ann@acme.test", OrgRole::Viewer).await;
    let id = world.owner.invitations().await.unwrap()[0].id;
    world.clock.advance(Duration::from_secs(6 * 86_400));
    let (again, second) = world.owner.resend_invitation(id).await.unwrap();
    assert_eq!(again.sent_at - again.created_at, chrono::TimeDelta::days(6));
    assert!(matches!(world.accept(&first, NEW).await, Err(CatalogError::LinkExpired)));
    world.clock.advance(Duration::from_secs(7 * 86_400));
    assert!(matches!(world.accept(second.expose(), NEW).await, Err(CatalogError::LinkExpired)));
    let (_, third) = world.owner.resend_invitation(id).await.unwrap();
    world.owner.revoke_invitation(id).await.unwrap();
    assert!(matches!(world.accept(third.expose(), NEW).await, Err(CatalogError::LinkExpired)));
    let gone = world.database.catalog().preview_invitation(third.expose()).await;
    assert!(matches!(gone, Err(CatalogError::LinkExpired)));
    assert!(matches!(world.owner.revoke_invitation(id).await, Err(CatalogError::NotFound("invitation"))));
    world.database.close().await;
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_joins() {
    let world = World::new().await;
    let token = world.invite("ann@acme.test", OrgRole::Viewer).await;
    let both = tokio::join!(world.accept(&token, NEW), world.accept(&token, NEW));
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|in_| **in_).count(), 1, "{both:?}");
    assert_eq!(world.owner.members().await.unwrap().len(), 2);
    world.database.close().await;
}

#[tokio::test]
async fn a_second_factor_is_wanted_of_who_joins_with_a_password() {
    let world = World::new().await;
    world.database.organization("other").await;
    let mut superuser = world.database.connect(world.database.superuser()).await;
    let on = "INSERT INTO user_second_factors (user_id, key_id, nonce, ciphertext, confirmed_at, created_at)
        SELECT id, gen_random_uuid(), '123456789012', '1234567890123456', now(), now() FROM users WHERE email = 'owner@other.test'";
    sqlx::raw_sql(on).execute(&mut superuser).await.unwrap();
    let token = world.invite("owner@other.test", OrgRole::Viewer).await;
    let catalog = world.database.catalog();
    let entry = catalog.accept_invitation(&token, Acceptance::Password(PASSWORD), &Origin::default()).await.unwrap();
    assert!(matches!(entry, Entry::SecondFactor(_)));
    world.database.close().await;
}

#[tokio::test]
async fn an_invitation_of_somebody_who_may_ask_nobody_any_more_is_worth_nothing() {
    let world = World::new().await;
    let organization = world.made.organization;
    let ann = world.database.member(organization, "ann@acme.test", OrgRole::Admin).await;
    let (admin, _) = world.database.as_person("ann@acme.test").await;
    let Some((_, Invited::Sent(invitation, token))) =
        admin.invite(&asking(&["second@ann.test"], OrgRole::Admin)).await.unwrap().pop()
    else {
        panic!("they are new")
    };
    world.owner.change_role(ann, OrgRole::Member).await.unwrap();
    let refused = world.accept(token.expose(), NEW).await.unwrap_err();
    assert!(matches!(refused, CatalogError::LinkExpired), "{refused:?}");
    world.owner.remove_member(ann).await.unwrap();
    let refused = world.accept(token.expose(), NEW).await.unwrap_err();
    assert!(matches!(refused, CatalogError::LinkExpired), "{refused:?}");
    // Whoever sends it again answers for it.
    let (again, token) = world.owner.resend_invitation(invitation.id).await.unwrap();
    assert_eq!(again.invited_by, "owner@acme.test");
    world.accept(token.expose(), NEW).await.unwrap();
    world.database.close().await;
}

#[tokio::test]
async fn there_are_no_more_seats_than_the_plan_has_whoever_takes_them() {
    let world = World::new().await;
    let organization = world.made.organization;
    world.database.catalog().tenant(SystemContext::new(organization, "a test")).set_plan(Tier::Free).await.unwrap();
    let full = |error: &CatalogError| {
        matches!(error, CatalogError::PlanLimit { limit: Limit::Seats, allowed: 2, used: 2, plan: Tier::Free })
    };
    // Of two who are asked at once in a plan with one place left, neither is.
    let both = asking(&["one@acme.test", "two@acme.test"], OrgRole::Viewer);
    assert!(world.owner.invite(&both).await.is_err_and(|error| full(&error)));
    assert!(world.owner.invitations().await.unwrap().is_empty());
    let one = world.invite("one@acme.test", OrgRole::Viewer).await;
    assert!(world.owner.invite(&asking(&["two@acme.test"], OrgRole::Viewer)).await.is_err_and(|error| full(&error)));
    // An invitation that is over holds no place: the next takes it, and the first cannot be sent again.
    let first = world.owner.invitations().await.unwrap()[0].id;
    world.clock.advance(Duration::from_secs(8 * 86_400));
    let two = world.invite("two@acme.test", OrgRole::Viewer).await;
    assert!(world.owner.resend_invitation(first).await.is_err_and(|error| full(&error)));
    assert!(world.accept(&one, NEW).await.is_err());
    world.accept(&two, NEW).await.unwrap();
    assert!(world.owner.invite(&asking(&["three@acme.test"], OrgRole::Viewer)).await.is_err_and(|error| full(&error)));
    world.database.close().await;
}

#[tokio::test]
async fn places_are_named_once() {
    let world = World::new().await;
    let place = (world.made.workspace, WorkspaceRole::Viewer);
    let mut new = asking(&["one@acme.test"], OrgRole::Viewer);
    new.workspaces = vec![place, place];
    let refused = world.owner.invite(&new).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "workspaces", .. }), "{refused:?}");
    world.database.close().await;
}
