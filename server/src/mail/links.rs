//! Addresses of the app's pages that mails lead to.
//!
//! A token is in the part behind the `#`, which browsers send to nobody: it is in no log, and no picture's or script's request tells of
//! it. The page acts when its reader presses a button, because programs that look mail over open links, too.

use std::sync::Arc;

use aloftly_catalog::OneTimeToken;

/// Where the app is, as its readers' browsers reach it.
#[derive(Clone, Debug)]
pub struct Links(Arc<str>);

impl Links {
    /// Links to the app at that origin, such as `https://stats.example.com`.
    #[must_use]
    pub fn to(origin: &str) -> Self {
        Self(origin.into())
    }

    /// The address of a page.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub(super) fn with_token(&self, path: &str, token: &OneTimeToken) -> String {
        format!("{}{path}#token={}", self.0, token.expose())
    }
}
