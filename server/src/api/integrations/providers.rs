//! The providers that can be connected.

use aloftly_catalog::WorkspacePermission;
use aloftly_connectors::contract::{Auth, FieldKind};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::App;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Principal;

/// The providers that there are.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProviderList {
    providers: Vec<Provider>,
}

/// A provider of data.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Provider {
    #[schema(example = "shopify")]
    id: &'static str,
    title: &'static str,
    /// What it brings.
    description: &'static str,
    /// Whether this server can connect it: to some it has to be made known first.
    available: bool,
    /// How one signs in.
    sign_in: SignIn,
    /// What the form asks for.
    fields: Vec<ProviderField>,
    /// What is read, in its order.
    streams: Vec<ProviderStream>,
}

/// How one signs in to a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderSignIn)]
#[serde(rename_all = "snake_case")]
enum SignIn {
    /// At the provider, which sends the browser back: `POST /api/oauth/{provider}/start`.
    Oauth,
    /// With keys that a person copies: `POST /api/integrations`.
    Keys,
}

/// A field of a provider's form.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProviderField {
    name: &'static str,
    title: &'static str,
    /// Where a person finds what belongs there.
    help: &'static str,
    placeholder: &'static str,
    /// What whoever runs this server would have in it from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "my-shop.myshopify.com")]
    suggestion: Option<String>,
    /// Whether it is hidden while it is typed, and kept sealed.
    secret: bool,
    optional: bool,
}

/// Something that is read from a provider.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ProviderStream {
    id: &'static str,
    title: &'static str,
}

/// Lists the providers that can be connected
#[utoipa::path(
    get,
    path = "/api/providers",
    tag = "integrations",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The providers", body = ProviderList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_providers(
    State(app): State<App>,
    principal: Principal,
) -> Result<Json<ProviderList>, Problem> {
    principal.tenant.require_somewhere(WorkspacePermission::Read)?;
    let providers = app.providers.iter().map(|provider| {
        let declaration = provider.connector.declaration();
        let field = |field: &'static aloftly_connectors::contract::Field| ProviderField {
            name: field.name,
            title: field.title,
            help: field.help,
            placeholder: field.placeholder,
            suggestion: app.backend.config.suggestion(declaration.id, field.name).map(str::to_owned),
            secret: field.kind == FieldKind::Secret,
            optional: field.optional,
        };
        Provider {
            id: declaration.id,
            title: declaration.title,
            description: declaration.description,
            available: provider.is_available(),
            sign_in: match declaration.auth {
                Auth::OAuth { .. } => SignIn::Oauth,
                Auth::Keys { .. } => SignIn::Keys,
            },
            fields: declaration.auth.fields().iter().map(field).collect(),
            streams: declaration
                .streams
                .iter()
                .map(|stream| ProviderStream { id: stream.id, title: stream.title })
                .collect(),
        }
    });
    Ok(Json(ProviderList { providers: providers.collect() }))
}
