//! What a provider allows.

use std::time::Duration;

use super::{Bucket, Window};

/// What a provider allows; all of it counts at once. Without any, only pauses that it asks for do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Points that refill steadily.
    pub bucket: Option<Bucket>,
    /// Points per hour, per day and the like.
    pub windows: Vec<Window>,
    /// How many requests may be under way.
    pub concurrency: Option<Concurrency>,
}

/// How many requests may be under way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concurrency {
    /// So many.
    pub most: u32,
    /// How long a request counts as under way when nobody says that it is over, because its server died: longer than a try
    /// may take.
    pub lease: Duration,
}
