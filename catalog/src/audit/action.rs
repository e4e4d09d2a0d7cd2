//! What is written down.

use std::str::FromStr;

macro_rules! actions {
    ($($variant:ident, $text:literal, $words:literal;)+) => {
        /// Something that the audit log tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $(#[doc = $words] $variant,)+
        }

        impl AuditAction {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, of what it is about and what was done.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What happened, in words.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }
        }
    };
}

impl FromStr for AuditAction {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text).ok_or(())
    }
}

actions! {
    OrganizationCreated, "organization.created", "Created the organisation";
    PlanChanged, "plan.changed", "Put the organisation on another plan";
    WorkspaceCreated, "workspace.created", "Added a workspace";
    WorkspaceMemberSet, "workspace.member_set", "Gave somebody a role in a workspace";
    WorkspaceMemberRemoved, "workspace.member_removed", "Took somebody out of a workspace";
    StoreCreated, "store.created", "Added a store";
    MemberRoleChanged, "member.role_changed", "Changed a member's role";
    MemberRemoved, "member.removed", "Removed a member";
    MemberLeft, "member.left", "Left the organisation";
    InvitationSent, "invitation.sent", "Invited somebody";
    InvitationRevoked, "invitation.revoked", "Took an invitation back";
    MemberJoined, "member.joined", "Joined the organisation";
    OwnershipTransferred, "ownership.transferred", "Handed the organisation over";
    SessionBegun, "session.begun", "Signed in";
    SessionEntered, "session.entered", "Came over from another organisation";
    SessionEnded, "session.ended", "Signed out, or ended a session elsewhere";
    SessionReuseDetected, "session.reuse_detected", "Showed a refresh token again; its session was ended";
    PasswordChanged, "password.changed", "Changed a password";
    SecondFactorEnabled, "second_factor.enabled", "Turned the second factor on";
    SecondFactorDisabled, "second_factor.disabled", "Turned the second factor off";
    RecoveryCodesRenewed, "second_factor.codes_renewed", "Asked for new recovery codes";
    IdentityLinked, "identity.linked", "Signed in through a provider for the first time";
    DataExported, "account.exported", "Downloaded their personal data";
    AccountDeleted, "account.deleted", "Deleted their account";
    CredentialsSet, "credentials.set", "Gave credentials to a connection";
    CredentialsRemoved, "credentials.removed", "Removed the credentials of a connection";
    ConnectionMade, "connection.made", "Connected a source to a store";
    ConnectionEnded, "connection.ended", "Disconnected a source";
    SyncRequested, "sync.requested", "Asked for a source to be read";
    SyncCalledOff, "sync.called_off", "Called off the reading of a source";
    DeliveriesReplayed, "deliveries.replayed", "Had messages of a source carried out once more";
    DeliveryDiscarded, "delivery.discarded", "Discarded a message of a source";
    AccountErased, "account_data.erased", "Erased everything that came from an account, because its provider asked for it";
    KeysRotated, "keys.rotated", "Rotated a key that seals credentials";
    ApiKeyCreated, "api_key.created", "Made an API key";
    ApiKeyRevoked, "api_key.revoked", "Revoked an API key";
    ImportCreated, "import.created", "Handed over a file";
    ShareCreated, "share.created", "Made a link that shows figures";
    ShareRevoked, "share.revoked", "Took back a link that shows figures";
    ShareChanged, "share.changed", "Changed a link that shows figures";
    DashboardCreated, "dashboard.created", "Made a dashboard";
    DashboardDeleted, "dashboard.deleted", "Deleted a dashboard";
    DashboardVisibilityChanged, "dashboard.visibility_changed", "Changed who sees a dashboard";
    TemplateCreated, "template.created", "Kept a dashboard as a template";
    TemplateDeleted, "template.deleted", "Deleted a template";
    BrandingChanged, "branding.changed", "Changed how the organisation's pages look";
    SampleDataAdded, "sample_data.added", "Filled a store with figures that are made up";
    SampleDataRemoved, "sample_data.removed", "Took made-up figures out of a store";
    CustomersExported, "customers.exported", "Exported what is kept of customers";
    ErasureRequested, "customers.erasure_requested", "Asked for what is kept of customers to be erased";
    CustomerAnswered, "customers.answered", "Told a customer what is kept of them";
    RetentionChanged, "retention.changed", "Changed for how long data are kept";
}
