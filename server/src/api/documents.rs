//! The API's description: the OpenAPI document and a page to browse it.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::Config;

use super::{App, open, quick, slow, webhooks};
use crate::http::problem::{FieldProblem, MEDIA_TYPE, Problem, ProblemDocument};

const PATH: &str = "/api/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aloftly",
        description = "Analytics for online stores. Errors are problem documents (RFC 9457) of the type `Problem`; \
                       `code` is a stable name for programs, and `request_id` finds more in the log."
    ),
    components(schemas(ProblemDocument<'static>, FieldProblem)),
    modifiers(&Credentials),
    tags(
        (name = "auth", description = "Making an account, signing in and out, one's sessions and password"),
        (name = "account", description = "One's own account"),
        (name = "organizations", description = "The organisations that one belongs to"),
        (name = "members", description = "Who belongs to the organisation, and in which role"),
        (name = "api-keys", description = "Keys for programs that use this API"),
        (name = "shares", description = "Links that show figures to whoever has them"),
        (name = "privacy", description = "What is kept of customers, and for how long"),
        (name = "audit", description = "Who did what to what, when, and from where"),
        (name = "stores", description = "The stores that one may see"),
        (name = "metrics", description = "What can be asked, and the answers"),
        (name = "integrations", description = "Connections to the tools that a store uses, and what is read of them"),
        (name = "imports", description = "Files that are handed over"),
        (name = "dashboards", description = "Pages of widgets, what they were, and ways to look at them"),
        (name = "templates", description = "What dashboards can be made from"),
        (name = "annotations", description = "What happened on the days that figures are of"),
        (name = "branding", description = "How the organisation's pages look"),
        (name = "onboarding", description = "The way from nothing to first figures"),
    )
)]
struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-aloftly_session",
            "Set by `POST /api/auth/sign-in`",
        )));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", cookie);
        let key = "An API key: `Authorization: Bearer aloftly_...`. What a route needs of its scopes is said there.";
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(key)).build();
        components.add_security_scheme("api_key", SecurityScheme::Http(key));
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The `access_token` of `POST /api/auth/tokens`"));
        components.add_security_scheme("access_token", SecurityScheme::Http(token.build()));
    }
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut document = Description::openapi();
    document.merge(open().into_openapi());
    document.merge(quick().into_openapi());
    document.merge(slow().into_openapi());
    document.merge(webhooks().into_openapi());
    allow_access_tokens(&mut document);
    say_that_all_are_limited(&mut document);
    document
});

/// Where a session's cookie is taken, so is a program's access token; but for what gives another cookie.
fn allow_access_tokens(document: &mut Document) {
    let paths = document.paths.paths.iter_mut().filter(|(path, _)| *path != "/api/orgs/{id}/enter");
    for (_, item) in paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for security in operations.into_iter().flatten().filter_map(|operation| operation.security.as_mut()) {
            security.push(SecurityRequirement::new("access_token", Vec::<String>::new()));
        }
    }
}

/// Says of every operation that it may be asked too often, where it does not say so in words of its own.
fn say_that_all_are_limited(document: &mut Document) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let description =
        "Too many requests; `Retry-After` says when to try again, and `RateLimit-Policy` how many there may be";
    let too_many = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build();
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            responses.entry("429".to_owned()).or_insert_with(|| too_many.clone().into());
        }
    }
}

/// The OpenAPI document of every route below `/api` but those that describe it.
#[must_use]
pub fn document() -> &'static Document {
    &DOCUMENT
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(PATH, get(async || Json(document())))
        // Without the slash the page's own files would be looked for beside it.
        .route("/api/docs", get(async || Redirect::permanent("/api/docs/")))
        .route("/api/docs/", get(async || page("")))
        .route("/api/docs/{*file}", get(async |Path(file): Path<String>| page(&file)))
}

fn page(file: &str) -> Response {
    static CONFIG: LazyLock<Arc<Config<'static>>> =
        LazyLock::new(|| Arc::new(Config::from(PATH).validator_url("none").use_base_layout()));
    match utoipa_swagger_ui::serve(file, Arc::clone(&CONFIG)) {
        Ok(Some(file)) => ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response(),
        Ok(None) => Problem::not_found().into_response(),
        Err(error) => Problem::internal(&*error).into_response(),
    }
}
