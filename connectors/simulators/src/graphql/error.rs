//! What goes wrong with a field or a whole query, in the shape that the API has for it.

use serde_json::{Value, json};

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) extensions: Value,
}

impl Fault {
    /// A request that makes no sense.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self { message: message.into(), extensions: json!({ "code": "BAD_REQUEST" }) }
    }

    /// Something that the token may not see.
    pub(crate) fn denied(field: &str, scope: &str) -> Self {
        let required = format!("`{scope}` access scope.");
        Self {
            message: format!("Access denied for {field} field. Required access: {required}"),
            extensions: json!({
                "code": "ACCESS_DENIED",
                "documentation": "https://shopify.dev/api/usage/access-scopes",
                "requiredAccess": required,
            }),
        }
    }

    /// Something about customers that the app was not approved for.
    pub(crate) fn unapproved(what: &str) -> Self {
        Self {
            message: format!(
                "This app is not approved to access the {what} object. See \
                 https://shopify.dev/docs/apps/launch/protected-customer-data for more details."
            ),
            extensions: json!({
                "code": "ACCESS_DENIED",
                "documentation": "https://shopify.dev/docs/apps/launch/protected-customer-data",
            }),
        }
    }
}
