//! On whose behalf the catalog works.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, CatalogError, KeyScopes, OrganizationId, Permission, UserId, WorkspaceId, WorkspacePermission};

/// What a member may do in the organisation. Each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// Reads the workspaces that they are in.
    Viewer,
    /// Works in the workspaces that they are in, as their role there allows.
    Member,
    /// Works in every workspace; manages workspaces, stores and members.
    Admin,
    /// An admin whom only an owner can remove.
    Owner,
}

/// What a member may do in one workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceRole {
    /// Reads.
    Viewer,
    /// Reads and imports.
    Editor,
    /// An editor who manages the workspace.
    Admin,
}

impl OrgRole {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Member, Self::Admin, Self::Owner];

    /// Whether it works in every workspace, and not only in those that its holder is in.
    pub(crate) fn sees_all(self) -> bool {
        self >= Permission::SeeAllWorkspaces.least()
    }
}

impl WorkspaceRole {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];
}

macro_rules! text {
    ($role:ident, $what:literal, $($variant:ident = $text:literal),+) => {
        impl $role {
            /// As it is kept and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// From what a row says.
            pub(crate) fn parse(text: &str) -> Result<Self, CatalogError> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(CatalogError::corrupt($what, format!("role {other:?}"))),
                }
            }
        }
    };
}

text!(OrgRole, "a member", Viewer = "viewer", Member = "member", Admin = "admin", Owner = "owner");
text!(WorkspaceRole, "a workspace's member", Viewer = "viewer", Editor = "editor", Admin = "admin");

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, through a session.
    User {
        /// Who.
        id: UserId,
        /// What they may do in the organisation.
        role: OrgRole,
    },
    /// A program of somebody's, through an API key.
    Key {
        /// Which.
        id: ApiKeyId,
        /// What it was given leave for.
        scopes: KeyScopes,
        /// The only workspace whose stores it sees, unless it sees all.
        workspace: Option<WorkspaceId>,
    },
    /// The program itself, for the reason given.
    System(&'static str),
}

/// Where a request comes from, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address.
    pub address: Option<IpAddr>,
    /// What the caller's program says that it is.
    pub user_agent: Option<String>,
}

impl Origin {
    /// As much of a program's name as is kept.
    const LONGEST: usize = 512;

    pub(crate) fn address_text(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// What Postgres can keep of the program's name.
    pub(crate) fn user_agent_text(&self) -> Option<String> {
        let printable = |text: &String| text.chars().filter(|c| !c.is_control()).take(Self::LONGEST).collect();
        self.user_agent.as_ref().map(printable)
    }
}

/// Leave to work on one organisation's rows. It comes from [`crate::Catalog::authenticate`], [`crate::Catalog::authenticate_key`] or from
/// a [`SystemContext`], and cannot be made otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantContext {
    organization: OrganizationId,
    actor: Actor,
    origin: Arc<Origin>,
    /// Whether its transactions run as the role that can reach imports and the lake alone.
    ingests: bool,
}

impl TenantContext {
    pub(crate) fn of_user(organization: OrganizationId, id: UserId, role: OrgRole) -> Self {
        Self { organization, actor: Actor::User { id, role }, origin: Arc::default(), ingests: false }
    }

    pub(crate) fn of_key(
        organization: OrganizationId,
        id: ApiKeyId,
        scopes: KeyScopes,
        workspace: Option<WorkspaceId>,
    ) -> Self {
        Self { organization, actor: Actor::Key { id, scopes, workspace }, origin: Arc::default(), ingests: false }
    }

    /// The same leave, for a request that comes from there.
    #[must_use]
    pub fn coming_from(self, origin: Origin) -> Self {
        Self { origin: Arc::new(origin), ..self }
    }

    pub(crate) fn ingesting(self) -> Self {
        Self { ingests: true, ..self }
    }

    pub(crate) fn ingests(&self) -> bool {
        self.ingests
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The tenant.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// Whether the actor may do that; the program itself may do everything.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self.actor {
            Actor::User { role, .. } => role >= permission.least(),
            Actor::Key { scopes, .. } => permission.scope().is_some_and(|scope| scopes.has(scope)),
            Actor::System(_) => true,
        }
    }

    /// Whether the actor may do that in some workspace, as far as the organisation's role says; the workspace's may say no.
    #[must_use]
    pub fn may_somewhere(&self, permission: WorkspacePermission) -> bool {
        match self.actor {
            Actor::User { role, .. } => role > OrgRole::Viewer || permission.is_to_look(),
            Actor::Key { scopes, .. } => permission.scope().is_some_and(|scope| scopes.has(scope)),
            Actor::System(_) => true,
        }
    }
}

/// Work that no person asked for just now: a command at the terminal, a worker, a schedule. For one organisation, and with a
/// reason that a reader of the code can check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemContext {
    organization: OrganizationId,
    reason: &'static str,
}

impl SystemContext {
    /// Leave for the program to work on that organisation's rows.
    #[must_use]
    pub fn new(organization: OrganizationId, reason: &'static str) -> Self {
        Self { organization, reason }
    }
}

impl From<SystemContext> for TenantContext {
    fn from(system: SystemContext) -> Self {
        Self {
            organization: system.organization,
            actor: Actor::System(system.reason),
            origin: Arc::default(),
            ingests: false,
        }
    }
}

/// Work that brings data in or looks after them: a worker that imports, upkeep of the lake. Its transactions run as `aloftly_ingest`, a role
/// of the database that can reach imports and the lake's tables and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestContext(SystemContext);

impl IngestContext {
    /// Leave for the program to bring data into that organisation.
    #[must_use]
    pub fn new(organization: OrganizationId, reason: &'static str) -> Self {
        Self(SystemContext::new(organization, reason))
    }
}

impl From<SystemContext> for IngestContext {
    fn from(system: SystemContext) -> Self {
        Self(system)
    }
}

impl From<IngestContext> for TenantContext {
    fn from(ingest: IngestContext) -> Self {
        Self::from(ingest.0).ingesting()
    }
}
