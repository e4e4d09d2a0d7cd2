//! Reports of errors and panics to Sentry or what speaks its protocol. Nothing is sent without a DSN.

use secrecy::{ExposeSecret as _, SecretString};

/// Keeps the reporting alive. Dropping it sends what is still to be sent, for two seconds at most.
#[must_use]
pub struct Reports {
    _guard: Option<sentry::ClientInitGuard>,
}

impl std::fmt::Debug for Reports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self._guard.is_some() { "Reports(on)" } else { "Reports(off)" })
    }
}

impl Reports {
    /// Reports to that DSN, without anything that names people: no addresses, no cookies, no bodies.
    pub fn start(dsn: Option<&SecretString>) -> Self {
        let valid = |dsn: &&SecretString| dsn.expose_secret().parse::<sentry::types::Dsn>().is_ok();
        let guard = dsn.filter(valid).map(|dsn| {
            let options = sentry::ClientOptions::new()
                .dsn(dsn.expose_secret())
                .release(concat!("aloftly@", env!("CARGO_PKG_VERSION")))
                .attach_stacktrace(true)
                // What led to an error is told by its messages; their fields may name callers.
                .before_breadcrumb(|mut crumb| {
                    crumb.data.clear();
                    Some(crumb)
                })
                .send_default_pii(false);
            sentry::init(options)
        });
        Self { _guard: guard }
    }
}
