//! Asking people to join an organisation, and joining.

use std::ops::RangeInclusive;

use aloftly_catalog::{
    Acceptance, CatalogError, InvitationId, Invited, NewInvitations, OrgRole, Permission, WorkspaceId, WorkspaceRole,
};
use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use super::auth::{SecondFactorWanted, Session as SignedInSession, Token, entered};
use super::members::{PlaceRole, Role};
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{self, Session};
use crate::mail::Errand;

/// How many are asked at once.
const AT_ONCE: RangeInclusive<usize> = 1..=100;

/// Who was asked to join and has not answered, by address.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationList {
    invites: Vec<Invitation>,
}

/// Somebody who was asked to join and has not answered.
#[derive(Serialize, ToSchema)]
struct Invitation {
    id: Uuid,
    email: String,
    #[schema(value_type = Role)]
    role: OrgRole,
    /// Where they will work, by name.
    workspaces: Vec<InvitedPlace>,
    /// The address of who asked them.
    invited_by: String,
    /// When they were asked first.
    created_at: DateTime<Utc>,
    /// When they were sent a link last.
    sent_at: DateTime<Utc>,
    /// Until when that is good.
    expires_at: DateTime<Utc>,
    /// Whether it is good no more.
    expired: bool,
}

/// A workspace that somebody will work in.
#[derive(Serialize, ToSchema)]
struct InvitedPlace {
    id: Uuid,
    name: String,
    #[schema(value_type = PlaceRole)]
    role: WorkspaceRole,
}

/// People to ask.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvites {
    /// Their addresses: at most 100.
    #[schema(example = json!(["ann@example.com"]))]
    emails: Vec<String>,
    /// What they will be; nobody becomes an owner by an invitation.
    #[schema(value_type = Role)]
    role: OrgRole,
    /// Where they will work. Owners and admins work everywhere anyway.
    #[serde(default)]
    workspaces: Vec<NewPlace>,
}

/// A workspace to work in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlace {
    id: Uuid,
    #[schema(value_type = PlaceRole)]
    role: WorkspaceRole,
}

/// What became of asking each of them, in the order given.
#[derive(Serialize, ToSchema)]
pub(super) struct InviteResults {
    results: Vec<InviteResult>,
}

/// What became of asking somebody.
#[derive(Serialize, ToSchema)]
struct InviteResult {
    /// The address, as it was given.
    email: String,
    status: InviteStatus,
    /// The invitation, where one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    invite: Option<Invitation>,
}

/// What became of asking somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InviteStatus {
    /// A mail is on its way.
    Invited,
    /// They belong to the organisation.
    AlreadyMember,
    /// They were asked before and have not answered.
    AlreadyInvited,
    /// That is no address.
    Invalid,
}

/// What an invitation says.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitePreview {
    /// The organisation's name.
    organization: String,
    /// Who was asked.
    email: String,
    #[schema(value_type = Role)]
    role: OrgRole,
    /// The address of who asked.
    invited_by: String,
    /// Whether there is an account with that address.
    has_account: bool,
}

/// How to join: without more by the session that one has; with the password of one's account; or with a name and a password for a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Joining {
    /// The part of the link behind `#token=`.
    token: String,
    /// What one is called, to make an account.
    name: Option<String>,
    /// The password of one's account, or of the new one.
    #[schema(format = "password")]
    password: Option<String>,
}

impl Invitation {
    fn of(invitation: aloftly_catalog::Invitation, now: DateTime<Utc>) -> Self {
        let places = invitation.workspaces.into_iter();
        Self {
            id: invitation.id.0,
            email: invitation.email,
            role: invitation.role,
            workspaces: places
                .map(|place| InvitedPlace { id: place.id.0, name: place.name, role: place.role })
                .collect(),
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
            expired: invitation.expires_at <= now,
        }
    }
}

/// Lists who was asked to join and has not answered
#[utoipa::path(
    get,
    path = "/api/invites",
    tag = "members",
    security(("session" = [])),
    responses(
        (status = 200, description = "The invitations, by address", body = InvitationList),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_invites(State(app): State<App>, session: Session) -> Result<Answer<InvitationList>, Problem> {
    let now = app.backend.clock.now();
    let invites = session.tenant.invitations().await?.into_iter().map(|invitation| Invitation::of(invitation, now));
    Ok(Answer(InvitationList { invites: invites.collect() }))
}

/// Asks people to join, each by a mail of their own
#[utoipa::path(
    post,
    path = "/api/invites",
    tag = "members",
    security(("session" = [])),
    request_body = NewInvites,
    responses(
        (status = 200, description = "What became of each", body = InviteResults),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the organisation's plan has no room for so many", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none. `unavailable`: too much mail waits to be sent; nobody was asked", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_invites(
    State(app): State<App>,
    session: Session,
    Json(given): Json<NewInvites>,
) -> Result<Answer<InviteResults>, Problem> {
    // Whoever may not ask anybody uses nothing up.
    if !session.tenant.context().may(Permission::ManageMembers) {
        return Err(CatalogError::Forbidden(Permission::ManageMembers.least().as_str()).into());
    }
    if !AT_ONCE.contains(&given.emails.len()) {
        let expected = format!("must be {} to {} addresses", AT_ONCE.start(), AT_ONCE.end());
        return Err(Problem::invalid_field("/emails", expected));
    }
    // Once they are asked, there is no way back: their links are in the mails alone.
    let mut room = app.post.reserve(given.emails.len())?;
    let mut leave = app.sign_in.invitations(session.info.organization, &given.emails)?;
    let places = given.workspaces.into_iter().map(|place| (WorkspaceId(place.id), place.role));
    let new = NewInvitations { emails: given.emails, role: given.role, workspaces: places.collect() };
    let asked = session.tenant.invite(&new).await.map_err(|error| match error {
        CatalogError::Invalid { field: field @ ("role" | "workspaces"), .. } => {
            Problem::of_field(error, field, &format!("/{field}"))
        }
        other => Problem::of_field(other, "emails", "/emails"),
    })?;
    let now = app.backend.clock.now();
    let mut results = Vec::with_capacity(asked.len());
    for (email, outcome) in asked {
        let (status, invite) = match outcome {
            Invited::Sent(invitation, token) => {
                leave.sent(&invitation.email);
                room.take(errand(&session, invitation.clone(), token))?;
                (InviteStatus::Invited, Some(Invitation::of(invitation, now)))
            }
            Invited::Member => (InviteStatus::AlreadyMember, None),
            Invited::Before => (InviteStatus::AlreadyInvited, None),
            Invited::NoAddress => (InviteStatus::Invalid, None),
        };
        results.push(InviteResult { email, status, invite });
    }
    Ok(Answer(InviteResults { results }))
}

fn errand(session: &Session, invitation: aloftly_catalog::Invitation, token: aloftly_catalog::OneTimeToken) -> Errand {
    let organization = session.info.organization_name.clone();
    Errand::Invitation { organization, invitation: Box::new(invitation), token }
}

/// Sends somebody who has not answered another link; the one before is good for nothing any more
#[utoipa::path(
    post,
    path = "/api/invites/{id}/resend",
    tag = "members",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The invitation")),
    responses(
        (status = 204, description = "A mail is on its way"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the organisation's plan has no room for one more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such invitation", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none. `unavailable`: too much mail waits to be sent; the link before is as good as it was", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn resend_invite(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = path::id::<InvitationId>(&id)?;
    let mut room = app.post.reserve(1)?;
    let mut open = session.tenant.invitations().await?.into_iter();
    let before = open.find(|invitation| invitation.id == id).ok_or(CatalogError::NotFound("invitation"))?;
    let mut leave = app.sign_in.invitations(session.info.organization, &[before.email])?;
    let (invitation, token) = session.tenant.resend_invitation(id).await?;
    leave.sent(&invitation.email);
    room.take(errand(&session, invitation, token))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation back
#[utoipa::path(
    delete,
    path = "/api/invites/{id}",
    tag = "members",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The invitation")),
    responses(
        (status = 204, description = "Its link is good for nothing any more"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such invitation", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_invite(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.revoke_invitation(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what an invitation is, to who holds its link
#[utoipa::path(
    post,
    path = "/api/invites/preview",
    tag = "members",
    request_body = Token,
    responses(
        (status = 200, description = "What it says", body = InvitePreview),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: it was answered, taken back, sent again or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn preview_invite(
    State(app): State<App>,
    Json(given): Json<Token>,
) -> Result<Answer<InvitePreview>, Problem> {
    let preview = app.backend.catalog.preview_invitation(&given.token).await?;
    Ok(Answer(InvitePreview {
        organization: preview.organization,
        email: preview.email,
        role: preview.role,
        invited_by: preview.invited_by,
        has_account: preview.has_account,
    }))
}

/// Joins the organisation that one was invited to, and goes on in it
#[utoipa::path(
    post,
    path = "/api/invites/accept",
    tag = "members",
    request_body = Joining,
    responses(
        (status = 200, description = "Signed in, as a member of the organisation", body = SignedInSession),
        (status = 202, description = "A member; the second factor is wanted to sign in", body = SecondFactorWanted),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "`sign_in_first`: there is an account with the address, and it is not the one that is signed in; \
            `invalid_credentials`: the password is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the organisation's plan has no room for one more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: one belongs to the organisation already", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: it was answered, taken back, sent again or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accept_invite(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    session: Option<Session>,
    Json(given): Json<Joining>,
) -> Result<Response, Problem> {
    let catalog = &app.backend.catalog;
    let invited = catalog.preview_invitation(&given.token).await?.email;
    let person = session.filter(|session| session.info.user.email == invited);
    let person = person.map(|session| session.tenant.person()).transpose()?;
    let carried = session::token(&jar);
    let (acceptance, attempt) = match (&person, carried, &given.name, &given.password) {
        (Some(person), Some(token), ..) => (Acceptance::SignedIn(person, token), None),
        (_, _, Some(name), Some(password)) => (Acceptance::NewAccount { name, password }, None),
        (_, _, None, Some(password)) => {
            (Acceptance::Password(password), Some(app.sign_in.attempt(&invited, caller.address)?))
        }
        (_, _, Some(_), None) => return Err(Problem::invalid_field("/password", "is needed for a new account")),
        (_, _, None, None) => return Err(CatalogError::SignInFirst.into()),
    };
    let goes_on = matches!(acceptance, Acceptance::SignedIn(..));
    let accepted = catalog.accept_invitation(&given.token, acceptance, &caller.origin).await;
    if let Some(attempt) = attempt.filter(|_| accepted.is_ok()) {
        attempt.succeeded();
    }
    let entry = accepted.map_err(|error| match error {
        CatalogError::Invalid { field: "password", .. } => Problem::of_field(error, "password", "/password"),
        other => Problem::of_field(other, "owner's name", "/name"),
    })?;
    // The session that one had has gone on in the organisation, and needs no end.
    let jar = if goes_on { CookieJar::new() } else { jar };
    entered(&app, &caller, &jar, entry).await
}
