//! Who may do what: the one matrix. Code asks it, and the table of the documentation is written from it.
//!
//! An organisation's roles include each other, and so do a workspace's. What is done in one workspace is for owners and admins of the
//! organisation wherever it is, for its members as their role in that workspace allows, and for its viewers to look at only.
//!
//! An API key has no role. It may do what its scopes name, and what no scope names no key may do.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{OrgRole, WorkspaceRole};

macro_rules! scopes {
    ($($variant:ident, $text:literal, $words:literal;)+) => {
        /// What an API key may be given leave for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum KeyScope {
            $(#[doc = $words] #[serde(rename = $text)] $variant,)+
        }

        impl KeyScope {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name for programs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What it is leave to do.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }
        }
    };
}

scopes! {
    MetricsRead, "metrics:read", "See stores, their figures and their imports";
    ImportsWrite, "imports:write", "Import data into stores";
    MembersRead, "members:read", "See who belongs to the organisation";
    AuditRead, "audit:read", "Read and export the audit log";
}

impl KeyScope {
    /// Whether it is of stores alone, so that a key that is limited to one workspace may have it.
    #[must_use]
    pub fn is_of_stores(self) -> bool {
        !Permission::ALL.iter().any(|permission| permission.scope() == Some(self) && !permission.is_of_stores())
    }

    /// The least role in the organisation whose holder may do all that it names, and so may give it.
    #[must_use]
    pub fn least(self) -> OrgRole {
        let named = Permission::ALL.iter().filter(|permission| permission.scope() == Some(self));
        let of_organization = named.map(|permission| permission.least()).max().unwrap_or(OrgRole::Viewer);
        // A key sees every workspace, or one that its maker must see.
        let of_stores = WorkspacePermission::ALL.iter().any(|permission| permission.scope() == Some(self));
        if of_stores { of_organization.max(Permission::SeeAllWorkspaces.least()) } else { of_organization }
    }
}

/// Some scopes, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyScopes(u32);

impl KeyScopes {
    /// Whether it is among them.
    #[must_use]
    pub const fn has(self, scope: KeyScope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in the order of the documentation.
    pub fn iter(self) -> impl Iterator<Item = KeyScope> {
        KeyScope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// Their names, as they are kept.
    pub(crate) fn names(self) -> Vec<String> {
        self.iter().map(|scope| scope.as_str().to_owned()).collect()
    }

    /// From what a row says. What a newer version of this program gives, this one knows no use for.
    pub(crate) fn of_names(names: &[String]) -> Self {
        let known = |name: &String| KeyScope::ALL.iter().copied().find(|scope| scope.as_str() == name);
        names.iter().filter_map(known).collect()
    }
}

impl FromIterator<KeyScope> for KeyScopes {
    fn from_iter<I: IntoIterator<Item = KeyScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | (1 << scope as u32)))
    }
}

macro_rules! permissions {
    ($(#[$doc:meta])* $name:ident of $role:ident: $($variant:ident, $text:literal, $least:ident, $scope:expr, $words:literal;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $words] $variant,)+
        }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name for programs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What it is leave to do.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }

            /// The least role that has it.
            #[must_use]
            pub const fn least(self) -> $role {
                match self { $(Self::$variant => $role::$least),+ }
            }

            /// The scope that a key needs for it; without one, no key has it.
            #[must_use]
            pub const fn scope(self) -> Option<KeyScope> {
                match self { $(Self::$variant => $scope),+ }
            }
        }
    };
}

permissions! {
    /// Leave to do something in an organisation.
    Permission of OrgRole:
    ReadMembers, "read_members", Viewer, Some(KeyScope::MembersRead), "See who belongs to the organisation, and in which role";
    ReadPlan, "read_plan", Viewer, None, "See what the organisation's plan includes, and how much of it is in use";
    Leave, "leave", Viewer, None, "Leave the organisation; its last owner cannot";
    Share, "share", Member, None, "Show figures of stores that they see to whoever has a link, and take that back; admins take back everybody's";
    ManageTemplates, "manage_templates", Member, None, "Keep dashboards as templates for the organisation; admins change everybody's";
    ExplainQueries, "explain_queries", Member, Some(KeyScope::MetricsRead), "See how an answer was computed";
    SeeAllWorkspaces, "see_all_workspaces", Admin, None, "Work in every workspace, as its admin";
    ManageWorkspaces, "manage_workspaces", Admin, None, "Add workspaces and stores";
    ManageConnections, "manage_connections", Admin, None, "Connect sources, and give and remove the credentials for them";
    ManageMembers, "manage_members", Admin, None, "Invite people, change the role of viewers, members and admins, and remove them";
    ManageApiKeys, "manage_api_keys", Admin, None, "See, make and revoke API keys";
    ManagePrivacy, "manage_privacy", Admin, None, "Export and erase what is kept of customers, and say for how long data are kept";
    ManageBranding, "manage_branding", Admin, None, "Give the organisation's pages a name, a logo and colours of its own";
    ReadAudit, "read_audit", Admin, Some(KeyScope::AuditRead), "Read and export the audit log";
    ManageOwners, "manage_owners", Owner, None, "Make somebody an owner, and change the role of owners or remove them";
    CloseOrganization, "close_organization", Owner, None, "Delete the organisation with everything in it";
}

permissions! {
    /// Leave to do something in a workspace and its stores.
    WorkspacePermission of WorkspaceRole:
    Read, "read", Viewer, Some(KeyScope::MetricsRead), "See its stores and their figures";
    Import, "import", Editor, Some(KeyScope::ImportsWrite), "Import data into its stores";
    EditDashboards, "edit_dashboards", Editor, None, "Make and change its dashboards and annotations";
    ManageMembers, "manage_members", Admin, None, "Say who works in it, and in which role";
}

impl Permission {
    /// Whether it is about figures of stores that somebody may see, and about nothing else of the organisation.
    const fn is_of_stores(self) -> bool {
        matches!(self, Self::ExplainQueries)
    }
}

impl WorkspacePermission {
    /// Whether an organisation's viewer may have it, who changes nothing whatever their role in a workspace.
    #[must_use]
    pub fn is_to_look(self) -> bool {
        self == Self::Read
    }
}

/// The matrix as Markdown.
#[must_use]
pub fn table() -> String {
    let mut text = String::from(
        "# Roles and permissions\n\nWritten by `aloftly permissions` from `catalog/src/permissions.rs`, which is what the server asks.\n\n\
         ## In an organisation\n\n| | viewer | member | admin | owner | API key with |\n|---|---|---|---|---|---|\n",
    );
    let mark = |holds: bool| if holds { "yes" } else { "" };
    let key = |scope: Option<KeyScope>| scope.map_or_else(String::new, |scope| format!("`{}`", scope.as_str()));
    for permission in Permission::ALL {
        let marks = OrgRole::ALL.map(|role| mark(role >= permission.least()));
        _ = writeln!(text, "| {} | {} | {} |", permission.words(), marks.join(" | "), key(permission.scope()));
    }
    text.push_str(
        "\n## In a workspace\n\nOwners and admins of the organisation are admins of every workspace. A viewer of the organisation only looks, \
         whatever their role in a workspace. A key works in every workspace, or in the one that it is limited to.\n\n\
         | | viewer | editor | admin | API key with |\n|---|---|---|---|---|\n",
    );
    for permission in WorkspacePermission::ALL {
        let marks = WorkspaceRole::ALL.map(|role| mark(role >= permission.least()));
        _ = writeln!(text, "| {} | {} | {} |", permission.words(), marks.join(" | "), key(permission.scope()));
    }
    text.push_str(
        "\n## Scopes of API keys\n\nWhat has no scope above, no key may do. A key does nothing more once whoever made it may not make keys \
         any more.\n\n| scope | leave to | for a key of one workspace |\n|---|---|---|\n",
    );
    for scope in KeyScope::ALL {
        _ = writeln!(text, "| `{}` | {} | {} |", scope.as_str(), scope.words(), mark(scope.is_of_stores()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_people_keys_and_plans_is_never_for_keys() {
        let never = [
            Permission::ReadPlan,
            Permission::Leave,
            Permission::Share,
            Permission::ManageTemplates,
            Permission::SeeAllWorkspaces,
            Permission::ManageWorkspaces,
            Permission::ManageConnections,
            Permission::ManageMembers,
            Permission::ManageApiKeys,
            Permission::ManagePrivacy,
            Permission::ManageBranding,
            Permission::ManageOwners,
            Permission::CloseOrganization,
        ];
        for permission in Permission::ALL {
            assert_eq!(permission.scope().is_none(), never.contains(permission), "{permission:?}");
        }
        assert_eq!(WorkspacePermission::EditDashboards.scope(), None);
        assert_eq!(WorkspacePermission::ManageMembers.scope(), None);
    }

    #[test]
    fn a_scope_is_given_by_those_who_may_do_all_that_it_names() {
        let least = KeyScope::ALL.iter().map(|scope| (scope.as_str(), scope.least(), scope.is_of_stores()));
        let expected = [
            ("metrics:read", OrgRole::Admin, true),
            ("imports:write", OrgRole::Admin, true),
            ("members:read", OrgRole::Viewer, false),
            ("audit:read", OrgRole::Admin, false),
        ];
        assert_eq!(least.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn scopes_are_kept_by_name_and_unknown_ones_give_nothing() {
        let all: KeyScopes = KeyScope::ALL.iter().copied().collect();
        assert_eq!(KeyScopes::of_names(&all.names()), all);
        let some = KeyScopes::of_names(&["audit:read".to_owned(), "everything".to_owned()]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [KeyScope::AuditRead]);
        assert!(KeyScopes::of_names(&["everything".to_owned()]).is_empty());
    }
}
