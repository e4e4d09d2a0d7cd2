//! What was asked of the simulator.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// When, by the simulator's clock.
    pub at: DateTime<Utc>,
    /// The shop's domain.
    pub shop: String,
    /// Method.
    pub method: String,
    /// Path, without the part that names the shop.
    pub path: String,
    /// The GraphQL operation's name or first field, if it was one.
    pub operation: Option<String>,
    /// The points that it cost.
    pub cost: Option<f64>,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
}
