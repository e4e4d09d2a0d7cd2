//! Programs that act for a person: short-lived access tokens, and refresh tokens of which each is used once.
//!
//! All tokens that come from one sign-in are a family, and a family is a session of the kind `program`: it is in the list of sessions, ends
//! with the membership and the password, and 30 days after it began or 7 days after it was last used. An access token is a signed statement
//! (`access.rs`) that names the session; the session is read for each request, as a browser's is, so that what has ended opens nothing
//! and a role that was changed counts at once, whatever the token says.
//!
//! Using a refresh token gives another one in its place. One that comes back was copied by somebody, and nobody can tell by whom: then the whole
//! family ends. That is strict: of two programs that use the same token at the same time one gets an answer, and the family ends under both; a
//! program that did not get its answer has to sign in again.

mod access;
mod refresh;

use std::fmt;

pub(crate) use self::access::Named;
use crate::SessionInfo;

/// What a program holds for a person.
#[derive(Clone, Debug)]
pub struct ProgramTokens {
    /// What it shows with each request.
    pub access: AccessToken,
    /// How long that is good for.
    pub expires_in: chrono::TimeDelta,
    /// What it gets the next ones for, once.
    pub refresh: RefreshToken,
    /// The session that they come from.
    pub session: SessionInfo,
}

macro_rules! hidden {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The token itself.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    };
}

hidden! {
    /// A signed statement of who asks. Kept nowhere, never logged.
    AccessToken
}
hidden! {
    /// 256 random bits, of which only the SHA-256 is kept. Never logged.
    RefreshToken
}
