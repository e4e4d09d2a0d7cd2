//! What is kept of a store's customers and for how long, and how an organisation ends.

mod closing;
mod erasures;
mod requests;
mod retention;

pub use self::erasures::{CustomerErasure, Erased, ErasureWork, checked_customers};
pub use self::requests::CustomerRequest;
