//! Identifiers of what only the catalog knows. All are UUIDv7 made by [`aloftly_engine::clock::Clock::new_id`].

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// One organisation: the tenant.
    OrganizationId
);
id!(
    /// A part of an organisation that has stores.
    WorkspaceId
);
id!(
    /// A person, who may belong to several organisations.
    UserId
);
id!(
    /// A sign-in that has not ended.
    SessionId
);
id!(
    /// Somebody who was asked to join an organisation.
    InvitationId
);
id!(
    /// A program's leave to act in an organisation.
    ApiKeyId
);
id!(
    /// A file that was handed over.
    ImportId
);
id!(
    /// A connection to a source.
    ConnectionId
);
id!(
    /// One reading of a source.
    SyncJobId
);
id!(
    /// A link that shows figures to whoever has it.
    ShareId
);
id!(
    /// Customers whose data are to be erased, or were.
    ErasureId
);
id!(
    /// Something that a provider told by itself.
    DeliveryId
);
id!(
    /// Somebody who wants to know what is kept of them.
    CustomerRequestId
);
id!(
    /// A page of widgets.
    DashboardId
);
id!(
    /// What a dashboard was.
    DashboardRevisionId
);
id!(
    /// A way to look at a dashboard that has a name.
    DashboardViewId
);
id!(
    /// What an organisation makes dashboards from.
    TemplateId
);
id!(
    /// What somebody noted of certain days.
    AnnotationId
);
