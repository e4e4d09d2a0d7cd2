//! What the process is told: every option by flag, environment variable and TOML file.
//!
//! A flag beats the environment, the environment beats the file, the file beats the default. The options are one table
//! ([`OPTIONS`]), from which come the flags, the environment variables, the keys of the file, `aloftly config check` and
//! the table in the README. Every wrong value is reported at once, by the name under which it was given; the value of a
//! secret is never shown.

mod file;
mod options;
mod parse;
mod report;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use aloftly_catalog::LocalMasterKeys;
use aloftly_catalog::plans::Tier;
use aloftly_connectors::contract::App;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

pub use options::{OPTIONS, OptionSpec, Visibility};
pub use parse::{IpRange, LogFormat, Rate, SignUp};
pub use report::Report;
pub use sources::{Flags, Layers, Origin};

/// The issuer of Google's own statements.
const REAL_GOOGLE: &str = "https://accounts.google.com";

/// A size such as `512MiB`, in bytes.
///
/// # Errors
/// What was expected instead.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    parse::bytes(text)
}

/// Everything that the process is told, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address that HTTP is served on.
    pub listen: SocketAddr,
    /// Folder of the embedded database, the local lake, uploads and spilled queries.
    pub data_dir: PathBuf,
    /// Postgres as the app's role; without it the server manages a private cluster in the data folder.
    pub database_url: Option<SecretString>,
    /// Postgres as the role that owns the tables; for migrations only.
    pub migration_database_url: Option<SecretString>,
    /// The master keys, which seal credentials.
    pub master_key: Option<LocalMasterKeys>,
    /// A file with the master keys.
    pub master_key_file: Option<PathBuf>,
    /// The lake's object store; without it a folder of the data folder.
    pub store_url: Option<Url>,
    /// The address under which browsers reach the app, such as `https://stats.example.com`.
    pub public_origin: Option<String>,
    /// Who may make an account.
    pub sign_up: SignUp,
    /// The plan of organisations that people make themselves.
    pub sign_up_plan: Tier,
    /// The SMTP server that mail goes out through; without it none is sent.
    pub smtp_url: Option<SecretString>,
    /// Who mail is from.
    pub mail_from: Option<Mailbox>,
    /// What Google knows this server by; without it nobody signs in through Google.
    pub google_client_id: Option<String>,
    /// What shows Google that it is this server.
    pub google_client_secret: Option<SecretString>,
    /// What whoever reads the process's figures has to show.
    pub metrics_token: Option<SecretString>,
    /// Google, or another OpenID provider in its place.
    pub google_issuer: String,
    /// Proxies whose `Forwarded` headers are believed.
    pub trusted_proxies: Vec<IpRange>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written.
    pub log_level: String,
    /// Where errors are reported to.
    pub sentry_dsn: Option<SecretString>,
    /// How often one account, one key, or one address without either may ask the API; as often as it likes without a number.
    pub api_rate_limit: Option<Rate>,
    /// How often all accounts and keys of an organisation may ask it together.
    pub org_rate_limit: Option<Rate>,
    /// Memory that all running queries together may use to sort and group, in bytes.
    pub query_memory_limit: u64,
    /// Memory for what was read from an object store elsewhere, in bytes.
    pub cache_memory: u64,
    /// Memory for answers that are kept, in bytes.
    pub answer_memory: u64,
    /// Memory for rollups, in bytes.
    pub rollup_memory: u64,
    /// Disk of the data folder for the same, in bytes.
    pub cache_disk: u64,
    /// Threads that queries run on.
    pub query_threads: usize,
    /// How long one query may take.
    pub query_timeout: Duration,
    /// How long a request that is no upload may take.
    pub request_timeout: Duration,
    /// How long an upload may take.
    pub upload_timeout: Duration,
    /// Largest file that can be uploaded, in bytes.
    pub upload_limit: u64,
    /// How much of an organisation's files may wait to be imported, in bytes.
    pub pending_upload_limit: u64,
    /// Free space on the data folder's disk below which no file is accepted, in bytes.
    pub disk_reserve: u64,
    /// How long what was replaced in the lake is kept for queries that still read it.
    pub lake_grace: Duration,
    /// What Shopify knows this server by; without it nobody connects a shop.
    pub shopify_client_id: Option<String>,
    /// What shows Shopify that it is this server, and what shows that a webhook is Shopify's.
    pub shopify_client_secret: Option<SecretString>,
    /// The secret before, while it is changed.
    pub shopify_old_client_secret: Option<SecretString>,
    /// A Shopify of this machine's, in place of the real one.
    pub shopify_url: Option<Url>,
    /// The shop that the form for connecting Shopify begins with.
    pub shopify_shop: Option<String>,
    /// Google's APIs of this machine's, in place of the real ones.
    pub google_url: Option<Url>,
    /// Connections that are read at the same time.
    pub sync_concurrency: usize,
    /// Imports that run at the same time.
    pub import_concurrency: usize,
    /// How long requests and imports may take to finish once the server is told to stop.
    pub shutdown_timeout: Duration,
}

impl Config {
    /// Reads all layers and checks every value.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first thing.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let mut values = parse::Values::new(layers);
        let config = Self {
            listen: values.required("listen", parse::socket_address),
            data_dir: values.required("data_dir", parse::path),
            database_url: values.optional("database_url", parse::postgres_url),
            migration_database_url: values.optional("migration_database_url", parse::postgres_url),
            master_key: values.optional("master_key", parse::master_keys),
            master_key_file: values.optional("master_key_file", parse::file),
            store_url: values.optional("store_url", parse::store_url),
            public_origin: values.optional("public_origin", parse::origin),
            sign_up: values.required("sign_up", parse::sign_up),
            sign_up_plan: values.required("sign_up_plan", parse::tier),
            smtp_url: values.optional("smtp_url", parse::smtp_url),
            metrics_token: values.optional("metrics_token", parse::token),
            mail_from: values.optional("mail_from", parse::mailbox),
            google_client_id: values.optional("google_client_id", parse::text),
            google_client_secret: values.optional("google_client_secret", parse::secret),
            google_issuer: values.required("google_issuer", parse::issuer),
            trusted_proxies: values.required("trusted_proxies", parse::ip_ranges),
            log_format: values.required("log_format", parse::log_format),
            log_level: values.required("log_level", parse::log_level),
            sentry_dsn: values.optional("sentry_dsn", parse::dsn),
            api_rate_limit: values.required("api_rate_limit", parse::rate),
            org_rate_limit: values.required("org_rate_limit", parse::rate),
            query_memory_limit: values.required("query_memory_limit", parse::bytes),
            cache_memory: values.required("cache_memory", parse::bytes_or_none),
            answer_memory: values.required("answer_memory", parse::bytes_or_none),
            rollup_memory: values.required("rollup_memory", parse::bytes_or_none),
            cache_disk: values.required("cache_disk", parse::bytes_or_none),
            query_threads: values.required("query_threads", parse::threads),
            query_timeout: values.required("query_timeout", parse::duration),
            request_timeout: values.required("request_timeout", parse::duration),
            upload_timeout: values.required("upload_timeout", parse::duration),
            upload_limit: values.required("upload_limit", parse::bytes),
            pending_upload_limit: values.required("pending_upload_limit", parse::bytes),
            disk_reserve: values.required("disk_reserve", parse::bytes),
            lake_grace: values.required("lake_grace", parse::duration),
            shopify_client_id: values.optional("shopify_client_id", parse::text),
            shopify_client_secret: values.optional("shopify_client_secret", parse::secret),
            shopify_old_client_secret: values.optional("shopify_old_client_secret", parse::secret),
            shopify_url: values.optional("shopify_url", parse::loopback_url),
            shopify_shop: values.optional("shopify_shop", parse::text),
            google_url: values.optional("google_url", parse::loopback_url),
            sync_concurrency: values.required("sync_concurrency", parse::sync_concurrency),
            import_concurrency: values.required("import_concurrency", parse::import_concurrency),
            shutdown_timeout: values.required("shutdown_timeout", parse::duration),
        };
        config.check_together(&mut values);
        values.finish()?;
        Ok(config)
    }

    /// What is right by itself and wrong with the rest.
    fn check_together(&self, values: &mut parse::Values) {
        if self.master_key.is_some() && self.master_key_file.is_some() {
            values.refuse("give ALOFTLY_MASTER_KEY or ALOFTLY_MASTER_KEY_FILE, not both".to_owned());
        }
        values.demand(
            "mail_from",
            self.smtp_url.is_none() || self.mail_from.is_some(),
            "it is needed with ALOFTLY_SMTP_URL",
        );
        let both = self.google_client_id.is_some() == self.google_client_secret.is_some();
        let missing = if self.google_client_id.is_some() { "google_client_secret" } else { "google_client_id" };
        values.demand(missing, both, "the client's id and its secret are needed together");
        let both = self.shopify_client_id.is_some() == self.shopify_client_secret.is_some();
        let missing = if self.shopify_client_id.is_some() { "shopify_client_secret" } else { "shopify_client_id" };
        values.demand(missing, both, "the client's id and its secret are needed together");
        // Links of mails, and the way back from Google, must not be made of what a request says that this server is called.
        let reachable = self.public_origin.is_some() || self.listen.ip().is_loopback();
        let links = self.smtp_url.is_some() || self.google_client_id.is_some() || self.shopify_client_id.is_some();
        let why =
            "it is needed for mail, Google and Shopify when the server listens beyond this machine: links lead there";
        values.demand("public_origin", reachable || !links, why);
    }

    /// The largest file that can ever be taken, in bytes: one that may wait, too.
    #[must_use]
    pub fn file_limit(&self) -> u64 {
        self.upload_limit.min(self.pending_upload_limit)
    }

    /// Who this server is to a provider that is signed in to by OAuth; `None` where it is nobody.
    #[must_use]
    pub fn app(&self, provider: &str) -> Option<App> {
        let (id, secret, old_secret, base) = match provider {
            "shopify" => (
                &self.shopify_client_id,
                &self.shopify_client_secret,
                &self.shopify_old_client_secret,
                &self.shopify_url,
            ),
            "ga4" => (&self.google_client_id, &self.google_client_secret, &None, &self.google_url),
            _ => return None,
        };
        let (client_id, client_secret) = id.clone().zip(secret.clone())?;
        Some(App { client_id, client_secret, old_secret: old_secret.clone(), base: base.clone(), webhooks: None })
    }

    /// What a field of a provider's form begins with, where something is set.
    #[must_use]
    pub fn suggestion(&self, provider: &str, field: &str) -> Option<&str> {
        match (provider, field) {
            ("shopify", "shop") => self.shopify_shop.as_deref(),
            _ => None,
        }
    }

    /// Whether people can sign in with Google: it has to know this server's client, and knows none that is for an imitation of its APIs.
    #[must_use]
    pub fn signs_in_with_google(&self) -> bool {
        let is_real = self.google_issuer.trim_end_matches('/') == REAL_GOOGLE;
        self.google_client_id.is_some() && !(is_real && self.google_url.is_some())
    }

    /// The folder that uploads wait in until they are imported.
    #[must_use]
    pub fn uploads_dir(&self) -> PathBuf {
        self.data_dir.join("uploads")
    }

    /// The folder for rows on their way to a commit and for spilled queries.
    #[must_use]
    pub fn scratch_dir(&self) -> PathBuf {
        self.data_dir.join("scratch")
    }

    /// The file that the master key is kept in when none was given and the database is the private cluster.
    #[must_use]
    pub fn kept_master_key(&self) -> PathBuf {
        self.data_dir.join("master-key")
    }

    /// The folder of the lake when no store URL is given.
    #[must_use]
    pub fn lake_dir(&self) -> PathBuf {
        self.data_dir.join("lake")
    }
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("{}", list(.problems))]
pub struct ConfigError {
    /// One sentence for each problem, each naming the flag, variable or key to change.
    pub problems: Vec<String>,
}

fn list(problems: &[String]) -> String {
    match problems {
        [one] => format!("the configuration is wrong: {one}"),
        many => {
            let lines: Vec<String> = many.iter().map(|problem| format!("\n  - {problem}")).collect();
            format!("the configuration is wrong:{}", lines.concat())
        }
    }
}

impl ConfigError {
    fn one(problem: String) -> Self {
        Self { problems: vec![problem] }
    }
}
