//! Postgres: tenants, people, sessions, imports and the lake's manifest.
//!
//! Promises: nothing reads or writes a tenant's table without a [`TenantContext`], and such a context comes from a verified
//! session ([`Catalog::authenticate`]) or API key ([`Catalog::authenticate_key`]), or is asked for by name ([`SystemContext`]). Row-level security in Postgres holds even
//! where a query here forgets its tenant: the context is set for one transaction at a time and never outlives it.
//!
//! What must be read by nobody, such as the credentials of sources, is sealed before it comes here (`vault`), under keys that are wrapped by
//! a master key ([`MasterKeys`]) that the database never has.
//!
//! Leaves out, on purpose: HTTP, object stores, and what the numbers mean. Rows of orders and events live in the lake; here is
//! only which segments hold them ([`Tenant::manifest`]).
//!
//! [`cluster`] manages a private Postgres for those who have none.

pub mod cluster;
#[cfg(feature = "testing")]
pub mod testing;

mod access;
mod accounts;
mod annotations;
mod api_keys;
mod audit;
mod branding;
mod budgets;
mod catalog;
mod connections;
mod context;
pub mod dashboards;
mod endpoint;
mod error;
mod ids;
mod imports;
mod manifest;
mod members;
mod onboarding;
mod passwords;
pub mod permissions;
mod person;
pub mod plans;
mod postgres_version;
mod privacy;
mod provision;
mod sample_data;
mod secrets;
mod sessions;
mod shared_reads;
mod shares;
mod startup;
mod stores;
mod sync_jobs;
mod tenant;
mod tokens;
mod upkeep;
mod vault;
mod versions;
mod webhooks;

pub use accounts::{
    Account, FIRST_WORKSPACE, Identity, IdentityEntry, Link, NewAccount, NewIdentity, NewOwner, NewSecondFactor,
    OneTimeToken, RecoveryCode, SecondFactorState, SignUpBegun,
};
pub use annotations::{Annotation, AnnotationChange, AnnotationKind, NewAnnotation, SyncGap};
pub use api_keys::{ApiKey, ApiKeyState, ApiKeyToken, AuthenticatedKey, NewApiKey};
pub use audit::{AuditAction, AuditActor, AuditEvent, AuditFilter, AuditPage};
pub use branding::Branding;
pub use catalog::{Catalog, CatalogOptions};
pub use connections::{
    ConnectedAccount, Connection, ConnectionStatus, DueConnection, NewConnection, NextTimes, ReadConnection, Renewed,
    SyncProblem,
};
pub use context::{Actor, IngestContext, OrgRole, Origin, SystemContext, TenantContext, WorkspaceRole};
pub use endpoint::Endpoint;
pub use error::CatalogError;
pub use ids::{
    AnnotationId, ApiKeyId, ConnectionId, CustomerRequestId, DashboardId, DashboardRevisionId, DashboardViewId,
    DeliveryId, ErasureId, ImportId, InvitationId, OrganizationId, SessionId, ShareId, SyncJobId, TemplateId, UserId,
    WorkspaceId,
};
pub use imports::{
    Import, ImportFailure, ImportOutcome, ImportPage, ImportStatus, NewImport, Postponement, WaitingImport,
};
pub use members::{Acceptance, Invitation, InvitationPreview, Invited, Member, NewInvitations, WorkspaceMembership};
pub use onboarding::{Onboarding, OnboardingStep};
pub use permissions::{KeyScope, KeyScopes, Permission, WorkspacePermission};
pub use person::{Membership, Person, PersonSession};
pub use postgres_version::PostgresVersion;
pub use privacy::{CustomerErasure, CustomerRequest, Erased, ErasureWork, checked_customers};
pub use provision::{NewOrganization, NewStore, Provisioned};
pub use sample_data::SampleDataRemoval;
pub use sessions::{Authenticated, Entry, SessionInfo, SessionToken, SignedIn, User};
pub use shares::{
    DashboardOfShare, NewShare, OpenShare, Share, ShareChange, ShareLock, ShareOf, ShareTicket, ShareToken, ShareVisit,
    Shows,
};
pub use stores::{Organization, ReadableStore, Store, Workspace};
pub use sync_jobs::{
    GoOn, SyncCause, SyncJob, SyncJobPage, SyncKind, SyncPostponement, SyncProgress, SyncStatus, WaitingSync,
};
pub use tenant::Tenant;
pub use tokens::{AccessToken, ProgramTokens, RefreshToken};
pub use vault::{
    CredentialField, DataKey, KEY_BYTES, KeyBytes, KeyRotation, KeyUsage, LocalMasterKeys, MasterKeyFault,
    MasterKeyUse, MasterKeys, Rotated, Sealed, SystemPurpose, VaultError, Wrapped,
};
pub use versions::{Change, Changes, StoreVersion};
pub use webhooks::{
    Accepted, DeadLetter, DeadLetterPage, NewDelivery, Outcome, QueuedDelivery, Settled, Settlement, WaitingQueue,
};
