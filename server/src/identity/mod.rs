//! Signing in through Google (OpenID Connect: authorisation code with PKCE).
//!
//! A browser leaves for Google with a state that is good once and only in that browser, and comes back with it and a code. The code is
//! exchanged for a signed statement of who signed in (`statement.rs`), which must be fresh, for this server, and of this sign-in.

mod fetch;
mod provider;
mod statement;

pub use self::provider::{Departure, Provider, ProviderError};
