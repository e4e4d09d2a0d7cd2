//! What a connection's row says, as connectors know it.

use std::collections::BTreeMap;

use aloftly_catalog::Connection;
use aloftly_connectors::contract::{Account, Failure};

/// What is known of the account that a connection is to.
///
/// # Errors
/// [`Failure::Taker`] when there is none yet, or another version of this program wrote it.
pub fn account(connection: &Connection) -> Result<Account, Failure> {
    let about = connection.account.clone().unwrap_or_default();
    serde_json::from_value(about).map_err(|error| Failure::Taker(Box::new(error)))
}

/// What the form said when it was connected.
pub fn fields(connection: &Connection) -> BTreeMap<String, String> {
    serde_json::from_value(connection.fields.clone()).unwrap_or_default()
}
