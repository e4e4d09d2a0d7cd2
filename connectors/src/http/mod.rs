//! Asking a provider over HTTP: bounded in time, size and number, and never somewhere else.
//!
//! A [`Client`] asks one provider for one connection. It waits for its turn in a [`budget`] that all servers share, tries again
//! when that can help, and gives up at its deadline or when it is told to stop. What a provider does in its own way, such as
//! saying "slow down" in an answer that looks well, a connector tells it as a [`Judge`].
//!
//! Promises: a request goes only to [`Hosts`] that were named, over TLS, to public addresses that were checked before they were
//! connected to; a redirect is an answer like others. What is read of an answer is bounded, packed and unpacked. Nothing of
//! headers, bodies or queries is in logs, errors or what `Debug` shows.
//!
//! Leaves out, on purpose: credentials and how they are renewed, what answers mean, and when to come back after giving up.

pub mod budget;

mod address;
mod answer;
mod attempt;
mod body;
mod client;
mod counts;
mod course;
mod error;
mod hosts;
mod jitter;
mod malformed;
mod options;
mod pages;
mod request;
mod resolver;
mod retry;
mod retry_after;

pub use answer::Answer;
pub use client::Client;
pub use counts::Counts;
pub use error::{HttpError, HttpErrorKind};
pub use hosts::{Hosts, Refusal};
pub use jitter::{Jitter, RandomJitter};
pub use malformed::{Flaw, Malformed};
pub use options::{ClientOptions, OptionsError};
pub use pages::{Pages, PagesError};
pub use request::Request;
pub use resolver::{Lookup, SystemLookup};
pub use retry::{Judge, Judgement, RetryPolicy, Verdict, Why};
