//! How often a provider may be asked, by all servers together.
//!
//! What a provider allows are [`Rules`]: plain arithmetic over a [`BudgetState`] that can be written down. Where it is written
//! is up to a [`Ledger`], which lets one change it at a time, whichever server that is. A [`Budget`] is both under a name, such
//! as `shopify:{shop}`: what the provider counts as one.
//!
//! Promises: turns come in the order in which they were asked for, and no two servers take the same points. Points are
//! reserved before anyone waits for them, so that nobody has to ask twice: but for a pause, after which those who waited ask
//! anew, and where only so many requests may be under way, which whoever looks first goes on with.
//!
//! Leaves out, on purpose: the network, clocks and waiting. The present is an argument.

mod bucket;
mod ledger;
mod memory;
mod reserve;
mod rules;
mod settle;
mod state;
mod window;

pub use bucket::Bucket;
pub use ledger::{Budget, Ledger, LedgerError};
pub use memory::MemoryLedger;
pub use reserve::{Ask, Grant, TooCostly, Turn};
pub use rules::{Concurrency, Rules};
pub use settle::{LONGEST_PAUSE, Told};
pub use state::BudgetState;
pub use window::{Span, Window};
