//! On whose behalf the catalog works.

use serde::{Deserialize, Serialize};

use crate::{CatalogError, OrganizationId, UserId};

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

    /// Whether it sees every workspace, and not only those that its holder is in.
    pub(crate) fn sees_all(self) -> bool {
        self >= Self::Admin
    }
}

macro_rules! text {
    ($role:ident, $what:literal, $($variant:ident = $text:literal),+) => {
        impl $role {
            /// As it is kept and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

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
    /// The program itself, for the reason given.
    System(&'static str),
}

/// Leave to work on one organisation's rows. It comes from [`crate::Catalog::authenticate`] or from a [`SystemContext`], and
/// cannot be made otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantContext {
    organization: OrganizationId,
    actor: Actor,
}

impl TenantContext {
    pub(crate) fn of_user(organization: OrganizationId, id: UserId, role: OrgRole) -> Self {
        Self { organization, actor: Actor::User { id, role } }
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

    /// Whether the actor has at least that role; the program itself has every role.
    #[must_use]
    pub fn has(&self, least: OrgRole) -> bool {
        match self.actor {
            Actor::User { role, .. } => role >= least,
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
        Self { organization: system.organization, actor: Actor::System(system.reason) }
    }
}
