//! Who may do what: the one matrix. Code asks it, and the table of the documentation is written from it.
//!
//! An organisation's roles include each other, and so do a workspace's. What is done in one workspace is for owners and admins of the
//! organisation wherever it is, for its members as their role in that workspace allows, and for its viewers to look at only.

use std::fmt::Write as _;

use crate::{OrgRole, WorkspaceRole};

macro_rules! permissions {
    ($(#[$doc:meta])* $name:ident of $role:ident: $($variant:ident, $text:literal, $least:ident, $words:literal;)+) => {
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
        }
    };
}

permissions! {
    /// Leave to do something in an organisation.
    Permission of OrgRole:
    ReadMembers, "read_members", Viewer, "See who belongs to the organisation, and in which role";
    Leave, "leave", Viewer, "Leave the organisation; its last owner cannot";
    ExplainQueries, "explain_queries", Member, "See how an answer was computed";
    SeeAllWorkspaces, "see_all_workspaces", Admin, "Work in every workspace, as its admin";
    ManageWorkspaces, "manage_workspaces", Admin, "Add workspaces and stores";
    ManageConnections, "manage_connections", Admin, "Connect sources, and give and remove the credentials for them";
    ManageMembers, "manage_members", Admin, "Change the role of viewers, members and admins, and remove them";
    ReadAudit, "read_audit", Admin, "Read and export the audit log";
    ManageOwners, "manage_owners", Owner, "Make somebody an owner, and change the role of owners or remove them";
}

permissions! {
    /// Leave to do something in a workspace and its stores.
    WorkspacePermission of WorkspaceRole:
    Read, "read", Viewer, "See its stores and their figures";
    Import, "import", Editor, "Import data into its stores";
    ManageMembers, "manage_members", Admin, "Say who works in it, and in which role";
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
         ## In an organisation\n\n| | viewer | member | admin | owner |\n|---|---|---|---|---|\n",
    );
    let mark = |holds: bool| if holds { "yes" } else { "" };
    for permission in Permission::ALL {
        let marks = OrgRole::ALL.map(|role| mark(role >= permission.least()));
        _ = writeln!(text, "| {} | {} |", permission.words(), marks.join(" | "));
    }
    text.push_str(
        "\n## In a workspace\n\nOwners and admins of the organisation are admins of every workspace. A viewer of the organisation only looks, \
         whatever their role in a workspace.\n\n| | viewer | editor | admin |\n|---|---|---|---|\n",
    );
    for permission in WorkspacePermission::ALL {
        let marks = WorkspaceRole::ALL.map(|role| mark(role >= permission.least()));
        _ = writeln!(text, "| {} | {} |", permission.words(), marks.join(" | "));
    }
    text
}
