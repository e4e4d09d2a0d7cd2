//! What providers tell by themselves: kept until it is carried out, once however often it is told.
//!
//! A delivery is kept for each store that is connected to the account that it is about, before the provider is answered. What waits of a
//! connection is its **queue**; one worker at a time carries it out, under a lease. A delivery that cannot be carried out for a reason that may
//! pass is put off; one that never can be is **dead** and waits for a person, who replays or discards it. The body goes when it is carried out;
//! that the delivery was here is known for a while longer, so that it is not taken for new when it is told again.

mod accept;
mod letters;
mod work;

use chrono::{DateTime, Utc};

pub use accept::{Accepted, NewDelivery};
pub use letters::{DeadLetter, DeadLetterPage};
pub use work::{Outcome, QueuedDelivery, Settled, Settlement, WaitingQueue};

/// When a delivery happened, or at the latest came.
fn order(happened_at: Option<DateTime<Utc>>, received_at: DateTime<Utc>) -> DateTime<Utc> {
    happened_at.unwrap_or(received_at)
}
