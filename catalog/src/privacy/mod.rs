//! What is kept of a store's customers and for how long, and how an organisation ends.

mod closing;
mod erasures;
mod retention;

pub use self::erasures::{CustomerErasure, Erased, ErasureWork, checked_customers};
