//! How Google's interfaces refuse.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    pub(super) code: u16,
    pub(super) status: &'static str,
    pub(super) message: String,
    pub(super) reason: Option<&'static str>,
}

impl ApiError {
    fn new(code: u16, status: &'static str, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into(), reason: None }
    }

    pub(super) fn invalid(message: &str) -> Self {
        Self::new(400, "INVALID_ARGUMENT", message)
    }

    pub(super) fn unauthenticated() -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication \
                       credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        Self { reason: Some("ACCESS_TOKEN_EXPIRED"), ..Self::new(401, "UNAUTHENTICATED", message) }
    }

    pub(super) fn scope() -> Self {
        let message = "Request had insufficient authentication scopes.";
        Self { reason: Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), ..Self::new(403, "PERMISSION_DENIED", message) }
    }

    pub(super) fn permission() -> Self {
        let message = "User does not have sufficient permissions for this property. To learn more about Property ID, see \
                       https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.";
        Self::new(403, "PERMISSION_DENIED", message)
    }

    pub(super) fn disabled(api: &str) -> Self {
        let message =
            format!("{api} has not been used in project 1234 before or it is disabled. Enable it, then retry.");
        Self { reason: Some("SERVICE_DISABLED"), ..Self::new(403, "PERMISSION_DENIED", message) }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "Requested entity was not found.")
    }

    pub(super) fn exhausted(message: &str) -> Self {
        Self::new(429, "RESOURCE_EXHAUSTED", message)
    }

    /// What a status says by itself.
    pub(super) fn of(code: u16, message: &str) -> Self {
        let status = match code {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            503 => "UNAVAILABLE",
            _ => "INTERNAL",
        };
        Self::new(code, status, message)
    }

    fn body(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message, "status": self.status });
        if let Some(reason) = self.reason {
            error["details"] = json!([{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
            }]);
        }
        json!({ "error": error })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (code, Json(self.body())).into_response()
    }
}
