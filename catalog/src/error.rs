//! What can go wrong in the catalog.

use crate::dashboards::Fault;
use crate::plans::{self, Limit, Tier};
use crate::{PostgresVersion, VaultError};

/// Why the catalog refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The database cannot be reached, or refused a statement.
    #[error("the database is unavailable or refused a statement")]
    Database(#[source] sqlx::Error),
    /// The migrations could not be applied.
    #[error("the database could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The server is too old to keep tenants apart.
    #[error("PostgreSQL {0} is too old: 15.14, 16.10, 17.6 or newer is needed")]
    TooOld(PostgresVersion),
    /// The role could pass by row-level security, or lacks what requests need.
    #[error("the database role {role} must not be used for requests: {reason}")]
    Role {
        /// The role.
        role: String,
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
    /// The database is behind this program.
    #[error("the database lacks {missing} migration(s): run `aloftly migrate` with the owner's database url")]
    NotMigrated {
        /// How many.
        missing: usize,
    },
    /// There is no such thing, or not for this caller.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The caller sees it, but may not do this.
    #[error("this needs the role {0}")]
    Forbidden(&'static str),
    /// The key sees it, but was not given the scope for this.
    #[error("this needs the scope {0}")]
    LacksScope(&'static str),
    /// This is for people who are signed in, and no key may do it.
    #[error("this needs a person who is signed in")]
    NeedsPerson,
    /// The organisation has as many API keys as it may.
    #[error("an organization can have {limit} API keys")]
    TooManyKeys {
        /// How many it may have.
        limit: u32,
    },
    /// The organisation has as many shares as it may.
    #[error("an organization can have {limit} shares")]
    TooManyShares {
        /// How many it may have.
        limit: i64,
    },
    /// The dashboard has as many saved views as it may.
    #[error("a dashboard can have {limit} saved views")]
    TooManyViews {
        /// How many it may have.
        limit: i64,
    },
    /// The organisation has as many templates of its own as it may.
    #[error("an organization can have {limit} templates")]
    TooManyTemplates {
        /// How many it may have.
        limit: i64,
    },
    /// The organisation has as many annotations as it may.
    #[error("an organization can have {limit} annotations")]
    TooManyAnnotations {
        /// How many it may have.
        limit: i64,
    },
    /// The dashboard is not to be shown by links.
    #[error("the dashboard is not public")]
    NotPublic,
    /// The share wants a password, and it was not shown that it is known.
    #[error("the share wants a password")]
    PasswordWanted,
    /// The organisation's plan has no room for one more.
    #[error("{}", plans::full(*.plan, *.limit, *.allowed, *.used))]
    PlanLimit {
        /// Of what.
        limit: Limit,
        /// How many the plan includes.
        allowed: u32,
        /// How many there are.
        used: u32,
        /// The plan.
        plan: Tier,
    },
    /// The organisation's plan keeps data for less time.
    #[error("{}", plans::keeps(*.plan, *.allowed))]
    PlanRetention {
        /// For how many months it keeps them.
        allowed: u32,
        /// The plan.
        plan: Tier,
    },
    /// The organisation's plan does not include pages that look as its own.
    #[error("{}", plans::without_brand(*.plan))]
    PlanBranding {
        /// The plan.
        plan: Tier,
    },
    /// The actor's role in the organisation is another one than when they were authenticated.
    #[error("the role was changed meanwhile")]
    RoleChanged,
    /// An organisation must have an owner.
    #[error("this is the organisation's last owner")]
    LastOwner,
    /// The address or the password is wrong; which of them is not told.
    #[error("the email or the password is wrong")]
    InvalidCredentials,
    /// A link or a step of a sign-in is not known, was used, or is too old.
    #[error("the link was used or is too old")]
    LinkExpired,
    /// The code of the second factor is wrong.
    #[error("the code is wrong")]
    InvalidCode,
    /// Only the person whose address was invited can accept.
    #[error("the invitation is for somebody else, or for an account that has to be signed in to")]
    SignInFirst,
    /// The person is the last owner of organisations.
    #[error("the last owner of {}", .0.join(", "))]
    OwnsOrganizations(Vec<String>),
    /// The person is who they say, and belongs to no organisation.
    #[error("the person belongs to no organisation")]
    NoOrganization,
    /// The person has to show again that it is them.
    #[error("the sign-in was too long ago for this")]
    SignInAgain,
    /// No session and no key has that token, or it has ended.
    #[error("there is no such session or key, or it has ended")]
    Unauthenticated,
    /// A name that must be unique is in use.
    #[error("this {0} is taken")]
    Taken(&'static str),
    /// A value that cannot be kept.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// What a dashboard is to show is wrong.
    #[error("the document is wrong in {} place(s)", .faults.len())]
    WrongDocument {
        /// Everything that is wrong with it.
        faults: Vec<Fault>,
        /// Where in the document stands what the caller gave, as a JSON pointer.
        at: String,
    },
    /// Somebody else changed it since the caller read it.
    #[error("it was changed meanwhile")]
    Stale,
    /// What only whoever made a thing may do with it.
    #[error("only whoever made this {0} may do this")]
    NotTheMaker(&'static str),
    /// The organisation has handed over more than may wait to be imported.
    #[error("files of more than {limit} bytes would wait to be imported")]
    TooMuchWaiting {
        /// How much may wait, in bytes.
        limit: u64,
    },
    /// A store with data or a connection is not filled with what is made up.
    #[error("the store has data or a connection")]
    HasData,
    /// What is made up is not mixed with what is real.
    #[error("the data of the store are made up")]
    HasSampleData,
    /// What is real does not go as if it were made up.
    #[error("the data of the store are not made up")]
    NotSampleData,
    /// A worker is at a file of the store.
    #[error("a file is being imported into the store")]
    BeingImported,
    /// The store has data of another account of the same provider.
    #[error("the store was connected to {0}")]
    OtherAccount(String),
    /// The connection is being made, or was ended, or its access was taken back: it cannot be read.
    #[error("the connection is {0}")]
    NotConnected(&'static str),
    /// The import or the job is not this worker's: its lease ran out, or it has finished.
    #[error("this worker no longer holds it")]
    LeaseLost,
    /// A row says what no version of this program wrote.
    #[error("the row of {what} cannot be understood: {detail}")]
    Corrupt {
        /// Which kind of row.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// A key is not there, or something could not be sealed or opened.
    #[error(transparent)]
    Vault(VaultError),
    /// A password could not be hashed, or a token not be made.
    #[error("the machine could not make a secret: {0}")]
    Secret(String),
}

impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl CatalogError {
    pub(crate) const fn no_store() -> Self {
        Self::NotFound("store")
    }

    /// Whether the database refused a statement for what it says: the program is at fault, and trying again would not help.
    #[must_use]
    pub fn is_refused_statement(&self) -> bool {
        let Self::Database(sqlx::Error::Database(refused)) = self else { return false };
        // Data exceptions, violated constraints, and statements that make no sense.
        let classes = ["22", "23", "42"];
        refused.code().is_some_and(|code| classes.iter().any(|class| code.starts_with(class)))
    }

    #[allow(clippy::needless_pass_by_value, reason = "callers hand over errors and texts alike")]
    pub(crate) fn corrupt(what: &'static str, detail: impl ToString) -> Self {
        Self::Corrupt { what, detail: detail.to_string() }
    }
}

/// Says that a name is taken when that is what the database refused.
pub(crate) fn taken(what: &'static str) -> impl FnOnce(sqlx::Error) -> CatalogError {
    move |error| match error.as_database_error() {
        Some(refused) if refused.is_unique_violation() => CatalogError::Taken(what),
        _ => CatalogError::Database(error),
    }
}
