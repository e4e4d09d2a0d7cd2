//! What was asked, for tests to look at.

use serde::Serialize;
use serde_json::Value;

/// A request that was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// What was asked for, where the body was JSON.
    pub body: Option<Value>,
}
