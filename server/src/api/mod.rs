//! The API: one module per resource. A handler authorises, calls and responds; what it calls knows nothing of HTTP.

mod account;
mod annotations;
mod api_keys;
mod audit;
mod auth;
mod branding;
mod dashboards;
mod documents;
mod errors;
mod import_form;
mod imports;
mod integrations;
mod invitations;
mod listing;
mod live;
mod members;
mod metrics;
mod onboarding;
mod organizations;
mod plan;
mod privacy;
mod sample_data;
mod sessions;
mod shares;
mod store_summary;
mod stores;
mod templates;
mod webhooks;
mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::metrics::{MetricsOptions, MetricsService};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use self::documents::document;
use crate::http::limits::{self, Limits};
use crate::http::problem::Problem;
use crate::http::{health, json, layers, web};
use crate::identity::Provider;
use crate::importing::uploads::Uploads;
use crate::importing::worker::Queue;
use crate::mail::{Links, Postbox};
use crate::service::backend::Backend;
use crate::service::privacy::Privacy;
use crate::service::queries::QueryRuntime;
use crate::service::readiness::Readiness;
use crate::syncing::Providers;
use crate::syncing::worker::SyncQueue;
use crate::webhooks::gateway::Gateway;
use crate::webhooks::worker::WebhookQueue;

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<AppState>);

/// What handlers work with.
#[derive(Debug)]
pub struct AppState {
    /// The database, the object store and the lake.
    pub backend: Backend,
    /// Answers metrics queries.
    pub metrics: MetricsService,
    /// Where queries run.
    pub queries: QueryRuntime,
    /// Where uploaded files wait.
    pub uploads: Uploads,
    /// Where queued imports are announced.
    pub queue: Queue,
    /// Whether what is needed can be reached.
    pub readiness: Readiness,
    /// Takes what is to be sent by mail.
    pub post: Postbox,
    /// Google, where signing in with it is offered.
    pub provider: Option<Provider>,
    /// Erases what is not to be kept.
    pub privacy: Privacy,
    /// The providers that can be connected.
    pub providers: Providers,
    /// Where syncs are announced.
    pub syncs: SyncQueue,
    /// Keeps what providers tell.
    pub gateway: Gateway,
    /// Where what they told is announced.
    pub told: WebhookQueue,
    /// Where people reach the app.
    pub links: Links,
    /// How often the API may be asked.
    pub limits: Limits,
    sign_in: auth::Limits,
    looks: live::Looks,
}

/// What goes on beside the requests, as far as handlers have to do with it.
#[derive(Debug)]
pub struct Doing {
    /// Where uploaded files wait.
    pub uploads: Uploads,
    /// Where queued imports are announced.
    pub queue: Queue,
    /// Whether what is needed can be reached.
    pub readiness: Readiness,
    /// Takes what is to be sent by mail.
    pub post: Postbox,
    /// Google, where signing in with it is offered.
    pub provider: Option<Provider>,
    /// Erases what is not to be kept.
    pub privacy: Privacy,
    /// The providers that can be connected.
    pub providers: Providers,
    /// Where syncs are announced.
    pub syncs: SyncQueue,
    /// Keeps what providers tell.
    pub gateway: Gateway,
    /// Where what they told is announced.
    pub told: WebhookQueue,
    /// Where people reach the app.
    pub links: Links,
}

impl std::ops::Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl FromRef<App> for Readiness {
    fn from_ref(app: &App) -> Self {
        app.readiness.clone()
    }
}

impl App {
    /// Puts it together.
    ///
    /// # Errors
    /// The query threads cannot be made.
    pub fn new(backend: Backend, doing: Doing) -> std::io::Result<Self> {
        let Doing { uploads, queue, readiness, post, provider, privacy, providers, syncs, gateway, told, links } =
            doing;
        let config = &backend.config;
        Ok(Self(Arc::new(AppState {
            metrics: MetricsService::new(
                Arc::clone(&backend.clock),
                MetricsOptions { answer_memory: config.answer_memory, rollup_memory: config.rollup_memory },
            ),
            queries: QueryRuntime::new(config.query_threads, config.query_timeout)?,
            limits: Limits::new(config, &backend.clock),
            sign_in: auth::Limits::new(&backend.clock),
            looks: live::Looks::default(),
            uploads,
            queue,
            readiness,
            post,
            provider,
            privacy,
            providers,
            syncs,
            gateway,
            told,
            links,
            backend,
        })))
    }

    /// Every route, with everything around them.
    pub fn router(&self) -> Router {
        let config = &self.backend.config;
        let (open, _) = open().split_for_parts();
        let (quick, _) = quick().split_for_parts();
        let (slow, _) = slow().split_for_parts();
        let (told_by_providers, _) = webhooks().split_for_parts();
        let others = Router::new()
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::figures))
            .route("/ws/stores/{id}", get(live::watch_store));
        let (told, by_address) = (
            from_fn_with_state(self.clone(), limits::told),
            from_fn_with_state(self.clone(), limits::count_by_address),
        );
        let in_time = from_fn_with_state(config.request_timeout, within);
        let frames = Router::new().route("/embed/{key}", get(shares::frame));
        let open = open.merge(documents::router()).merge(frames).layer(by_address);
        let told_by_providers = told_by_providers
            .layer(DefaultBodyLimit::max(webhooks::LONGEST))
            .layer(from_fn_with_state(config.request_timeout, within));
        let quick = quick.merge(open).merge(others).layer(DefaultBodyLimit::max(json::LIMIT)).layer(in_time);
        let slow = slow.layer(DefaultBodyLimit::disable()).layer(from_fn_with_state(config.upload_timeout, within));
        let router =
            quick.merge(slow).merge(told_by_providers).layer(told).fallback(web::fallback).with_state(self.clone());
        layers::around(router, Arc::clone(&self.backend.clock), config.public_origin.as_deref())
    }
}

/// Routes that anybody may ask. Whoever does is counted by their address; everywhere else by who they show that they are.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(auth::sign_in))
        .routes(routes!(auth::sign_out))
        .routes(routes!(auth::show_second_factor))
        .routes(routes!(auth::sign_up::get_methods))
        .routes(routes!(auth::sign_up::sign_up))
        .routes(routes!(auth::sign_up::complete_sign_up))
        .routes(routes!(auth::links::send_sign_in_link))
        .routes(routes!(auth::links::redeem_sign_in_link))
        .routes(routes!(auth::links::send_password_reset))
        .routes(routes!(auth::links::redeem_password_reset))
        .routes(routes!(auth::links::redeem_verification))
        .routes(routes!(shares::open_share))
        .routes(routes!(shares::unlock_share))
        .routes(routes!(shares::query_share))
        .routes(routes!(auth::tokens::create_tokens))
        .routes(routes!(auth::tokens::refresh_tokens))
        .routes(routes!(auth::tokens::revoke_tokens))
        .routes(routes!(auth::google::begin_google))
        .routes(routes!(auth::google::finish_google))
        .routes(routes!(auth::google::get_google_sign_up, auth::google::complete_google_sign_up))
        .routes(routes!(invitations::preview_invite))
}

/// Routes that answer soon and take little.
fn quick() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(auth::get_session))
        .routes(routes!(auth::change_password))
        .routes(routes!(account::get_account, account::change_account, account::delete_account))
        .routes(routes!(account::export_account))
        .routes(routes!(account::send_verification))
        .routes(routes!(account::begin_second_factor, account::confirm_second_factor, account::end_second_factor))
        .routes(routes!(account::renew_recovery_codes))
        .routes(routes!(invitations::list_invites, invitations::create_invites))
        .routes(routes!(invitations::resend_invite))
        .routes(routes!(invitations::revoke_invite))
        .routes(routes!(invitations::accept_invite))
        .routes(routes!(sessions::list_sessions, sessions::end_other_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(organizations::list_organizations))
        .routes(routes!(organizations::enter_organization))
        .routes(routes!(organizations::delete_organization))
        .routes(routes!(shares::list_shares, shares::create_share))
        .routes(routes!(shares::change_share, shares::revoke_share))
        .routes(routes!(branding::get_branding, branding::set_branding))
        .routes(routes!(privacy::export::export_customers))
        .routes(routes!(privacy::erasures::erase_customers))
        .routes(routes!(privacy::erasures::list_erasures))
        .routes(routes!(privacy::retention::get_retention, privacy::retention::set_retention))
        .routes(routes!(plan::get_plan))
        .routes(routes!(integrations::providers::list_providers))
        .routes(routes!(integrations::list_integrations, integrations::connect::create_integration))
        .routes(routes!(integrations::get_integration, integrations::disconnect_integration))
        .routes(routes!(integrations::test_integration))
        .routes(routes!(integrations::connect::list_accounts))
        .routes(routes!(integrations::connect::choose_account))
        .routes(routes!(integrations::oauth::start_oauth))
        .routes(routes!(integrations::oauth::finish_oauth))
        .routes(routes!(integrations::syncs::request_sync))
        .routes(routes!(integrations::syncs::list_syncs))
        .routes(routes!(integrations::syncs::get_sync, integrations::syncs::call_off_sync))
        .routes(routes!(integrations::deliveries::list_dead_deliveries))
        .routes(routes!(integrations::deliveries::replay_deliveries))
        .routes(routes!(integrations::deliveries::get_delivery, integrations::deliveries::discard_delivery))
        .routes(routes!(privacy::requests::list_customer_requests))
        .routes(routes!(privacy::requests::answer_customer_request))
        .routes(routes!(members::list_members))
        .routes(routes!(members::change_member, members::remove_member))
        .routes(routes!(members::transfer_ownership))
        .routes(routes!(workspaces::list_workspaces, workspaces::create_workspace))
        .routes(routes!(workspaces::set_workspace_member, workspaces::remove_workspace_member))
        .routes(routes!(api_keys::list_api_keys, api_keys::create_api_key))
        .routes(routes!(api_keys::get_api_key, api_keys::revoke_api_key))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::export_audit))
        .routes(routes!(stores::list_stores, stores::create_store))
        .routes(routes!(store_summary::get_store_summary))
        .routes(routes!(sample_data::add_sample_data, sample_data::remove_sample_data))
        .routes(routes!(onboarding::get_onboarding, onboarding::change_onboarding))
        .routes(routes!(metrics::get_registry))
        .routes(routes!(metrics::query_metrics))
        .routes(routes!(metrics::query_batch))
        .routes(routes!(imports::list_imports))
        .routes(routes!(imports::get_import))
        .routes(routes!(dashboards::list_dashboards, dashboards::create_dashboard))
        .routes(routes!(dashboards::get_dashboard, dashboards::save_dashboard, dashboards::delete_dashboard))
        .routes(routes!(dashboards::widgets::list_widgets, dashboards::widgets::add_widget))
        .routes(routes!(dashboards::widgets::change_widget, dashboards::widgets::remove_widget))
        .routes(routes!(dashboards::history::list_revisions))
        .routes(routes!(dashboards::history::get_revision))
        .routes(routes!(dashboards::history::restore_dashboard))
        .routes(routes!(dashboards::views::list_saved_views, dashboards::views::create_saved_view))
        .routes(routes!(dashboards::views::change_saved_view, dashboards::views::delete_saved_view))
        .routes(routes!(templates::list_templates, templates::create_template))
        .routes(routes!(templates::change_template, templates::delete_template))
        .routes(routes!(annotations::list_annotations, annotations::create_annotation))
        .routes(routes!(annotations::change_annotation, annotations::delete_annotation))
}

/// Routes that take files, which have limits of their own.
fn slow() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(imports::create_import))
}

/// Routes that providers tell things by: whoever proves to be one is not counted.
fn webhooks() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(webhooks::deliver))
}

async fn within(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::timed_out("timed_out", "The request took longer than it may.").into_response())
}
