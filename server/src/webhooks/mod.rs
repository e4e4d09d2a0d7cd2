//! What providers tell by themselves: taken in, kept, and carried out.
//!
//! [`gateway`] keeps deliveries before their senders are answered, many at a time. [`worker`] takes the queues in which something waits, each under
//! a lease of its own; `carry` finds out what is to be done about deliveries and does it, rows of many in one commit; `fence` keeps whoever lost
//! the lease from committing.
//!
//! Promises: what was answered with 200 is carried out once in effect, whatever dies: doing it again changes nothing, because rows have versions
//! and what was removed is known. What cannot be carried out is kept for a person.

pub mod gateway;
pub mod worker;

mod carry;
mod fence;
mod privacy;
mod settle;
