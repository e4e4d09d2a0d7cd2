//! What the process says about itself: log lines, figures and reports of errors.

mod logging;
pub mod measures;
mod reports;

pub use logging::Logging;
pub use reports::Reports;

use crate::config::Config;

/// Switches everything on for the life of the process. Dropping it sends what is still to be sent.
#[derive(Debug)]
#[must_use]
pub struct Telemetry {
    _reports: Reports,
}

/// Starts logs and, with a DSN, reports of errors.
pub fn start(config: &Config) -> Telemetry {
    let reports = Reports::start(config.sentry_dsn.as_ref());
    Logging { format: config.log_format, level: &config.log_level }.install();
    Telemetry { _reports: reports }
}
