//! Log lines: for people on a terminal, JSON otherwise, always on standard error so that output stays output.

use std::io::IsTerminal as _;

use sentry::integrations::tracing::{BreadcrumbLayer, ErrorLayer, SpanLayer};
use tracing_subscriber::filter::{FilterExt as _, FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::config::LogFormat;

/// How log lines look and which are written.
#[derive(Clone, Copy, Debug)]
pub struct Logging<'a> {
    /// How they look.
    pub format: LogFormat,
    /// Which are written, as an [`EnvFilter`].
    pub level: &'a str,
}

impl Logging<'_> {
    /// Makes it the process's logging. A second call changes nothing.
    pub fn install(self) {
        let filter = EnvFilter::try_new(self.level).unwrap_or_else(|_| EnvFilter::new("info"));
        // "relation exists, skipping": every start says so of its migrations.
        let filter = match "sqlx::postgres::notice=warn".parse() {
            Ok(quieter) => filter.add_directive(quieter),
            Err(_) => filter,
        };
        let pretty = match self.format {
            LogFormat::Auto => std::io::stderr().is_terminal(),
            LogFormat::Pretty => true,
            LogFormat::Json => false,
        };
        let lines = fmt::layer().with_writer(std::io::stderr);
        let lines = if pretty {
            lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).boxed()
        } else {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
        };
        // Their fields are identifiers: of the request, the tenant, the store.
        let ours = filter_fn(|meta| meta.is_span() && meta.target().starts_with("aloftly"));
        let crumbs = FilterFn::new(|meta| *meta.level() == tracing::Level::WARN);
        let installed = tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(BreadcrumbLayer::new().with_filter(crumbs))
            .with(SpanLayer::new().with_filter(ours.clone()))
            .with(ErrorLayer::new().enable_span_attributes().with_filter(LevelFilter::ERROR.or(ours)))
            .try_init();
        if installed.is_err() {
            tracing::debug!("logging was installed before");
        }
    }
}
