//! Syncs: connections to providers are read, page by page, into their stores' lakes.
//!
//! [`connect`] knows which connectors this server can use and with which registration; [`client`] asks a provider within the budget that all
//! servers share; [`keyring`] keeps credentials fresh. [`schedule`] puts what is due in the queue; [`worker`] takes jobs from it, each under a
//! lease; `attempt` brings one to an outcome; `run` reads its streams and `commit` keeps their pages. `reconcile` compares what is held of a
//! stream with what its source lists, month by month, removes what is gone and reads what is missing or is there in an older state.
//! `rebuild` makes rows anew of the answers that were kept with them. `known` keeps what only readings tell; `gone` leaves out what was removed
//! while a page was on its way. [`recency`] tells answers how far their sources have been read.
//!
//! Promises: rows and the place behind them are committed together, so a job that is killed anywhere goes on behind the last page that is in the
//! store; what fails is tried again, later each time, and said to people in plain words when it fails for good.

pub mod client;
pub mod connect;
pub mod keyring;
pub mod read;
pub mod recency;
pub mod schedule;
pub mod worker;

pub(crate) mod commit;
pub(crate) mod joined;
pub(crate) mod known;

mod attempt;
mod gone;
mod rebuild;
mod reconcile;
mod run;
mod words;

pub use connect::Providers;
pub(crate) use run::{ONLY_OF_APIS, resting};
pub use words::words;
