//! The table of all options.

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// It may be shown.
    Plain,
    /// A URL whose user name, password and query are left out.
    Url,
    /// Nothing of it may be shown.
    Secret,
}

/// One option.
#[derive(Debug)]
pub struct OptionSpec {
    /// Its key in the TOML file. The flag is the same with dashes.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Its value when it is given nowhere; empty means none.
    pub default: &'static str,
    /// Whether its value may be shown.
    pub visibility: Visibility,
    /// What it does.
    pub help: &'static str,
}

impl OptionSpec {
    /// Its flag, such as `--data-dir`.
    #[must_use]
    pub fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }
}

const fn option(key: &'static str, env: &'static str, default: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { key, env, default, visibility: Visibility::Plain, help }
}

#[allow(clippy::needless_pass_by_value, reason = "a constant is made of a constant")]
const fn shown_as(visibility: Visibility, option: OptionSpec) -> OptionSpec {
    OptionSpec { visibility, ..option }
}

/// Every option, in the order in which they are shown.
pub const OPTIONS: &[OptionSpec] = &[
    option("listen", "ALOFTLY_LISTEN", "127.0.0.1:8080", "Address that HTTP is served on"),
    option(
        "data_dir",
        "ALOFTLY_DATA_DIR",
        "aloftly-data",
        "Folder of the embedded database, the local lake, uploads and temporary files",
    ),
    shown_as(
        Visibility::Url,
        option(
            "database_url",
            "DATABASE_URL",
            "",
            "Postgres 15.14, 16.10, 17.6 or newer, as a role that owns no table; without it a private cluster in the data \
             folder is used",
        ),
    ),
    shown_as(
        Visibility::Url,
        option(
            "migration_database_url",
            "ALOFTLY_MIGRATION_DATABASE_URL",
            "",
            "The same database as the role that owns the tables; only `aloftly migrate` uses it",
        ),
    ),
    shown_as(
        Visibility::Secret,
        option(
            "master_key",
            "ALOFTLY_MASTER_KEY",
            "",
            "Master keys, which seal credentials, as `aloftly keys generate` makes them, separated by commas: the first seals, the \
             others only open. With the private cluster and none given, one is made in the data folder",
        ),
    ),
    option(
        "master_key_file",
        "ALOFTLY_MASTER_KEY_FILE",
        "",
        "File with the master keys instead; nobody else may read it",
    ),
    shown_as(
        Visibility::Url,
        option(
            "store_url",
            "ALOFTLY_STORE_URL",
            "",
            "Object store of the lake: s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or file:///folder; \
             without it a folder of the data folder. Credentials come from the cloud's usual variables",
        ),
    ),
    option(
        "public_origin",
        "ALOFTLY_PUBLIC_ORIGIN",
        "",
        "Address under which browsers reach the app, such as https://stats.example.com",
    ),
    option(
        "sign_up",
        "ALOFTLY_SIGN_UP",
        "open",
        "open: whoever has an address can make an account and an organisation; invited: only who is invited, into an organisation",
    ),
    option(
        "sign_up_plan",
        "ALOFTLY_SIGN_UP_PLAN",
        "free",
        "Plan of organisations that people make themselves: free, starter, growth, scale or enterprise",
    ),
    shown_as(
        Visibility::Secret,
        option(
            "smtp_url",
            "ALOFTLY_SMTP_URL",
            "",
            "SMTP server that mail goes out through: smtps://user:password@host, or smtp://user:password@host:587?tls=required; \
             without it no mail is sent, and a demo logs links instead",
        ),
    ),
    shown_as(
        Visibility::Secret,
        option(
            "metrics_token",
            "ALOFTLY_METRICS_TOKEN",
            "",
            "Bearer token, of 32 characters or more, that /metrics wants; without one only processes of this machine may read it",
        ),
    ),
    option("mail_from", "ALOFTLY_MAIL_FROM", "", "Who mail is from, such as Aloftly <stats@example.com>"),
    option(
        "google_client_id",
        "ALOFTLY_GOOGLE_CLIENT_ID",
        "",
        "Client id of Google's OAuth, to offer signing in with Google; its redirect address is /api/auth/google/callback",
    ),
    shown_as(
        Visibility::Secret,
        option("google_client_secret", "ALOFTLY_GOOGLE_CLIENT_SECRET", "", "The client's secret"),
    ),
    option(
        "google_issuer",
        "ALOFTLY_GOOGLE_ISSUER",
        "https://accounts.google.com",
        "OpenID provider that is asked in Google's place",
    ),
    option(
        "google_url",
        "ALOFTLY_GOOGLE_URL",
        "",
        "Google's APIs as a program of this machine plays them, for tries: http://127.0.0.1:PORT",
    ),
    option(
        "shopify_client_id",
        "ALOFTLY_SHOPIFY_CLIENT_ID",
        "",
        "Client id of a Shopify app, to offer connecting shops; its redirect address is /api/oauth/shopify/callback",
    ),
    shown_as(
        Visibility::Secret,
        option("shopify_client_secret", "ALOFTLY_SHOPIFY_CLIENT_SECRET", "", "The app's secret"),
    ),
    shown_as(
        Visibility::Secret,
        option(
            "shopify_old_client_secret",
            "ALOFTLY_SHOPIFY_OLD_CLIENT_SECRET",
            "",
            "The app's secret before, while Shopify changes over to a new one",
        ),
    ),
    option(
        "shopify_url",
        "ALOFTLY_SHOPIFY_URL",
        "",
        "Shopify as a program of this machine plays it, for tries: http://127.0.0.1:PORT",
    ),
    option(
        "shopify_shop",
        "ALOFTLY_SHOPIFY_SHOP",
        "",
        "Shop that is in the form for connecting Shopify from the beginning, such as my-shop.myshopify.com; people can name another",
    ),
    option(
        "trusted_proxies",
        "ALOFTLY_TRUSTED_PROXIES",
        "",
        "Addresses or ranges, separated by commas, of proxies whose X-Forwarded-For is believed",
    ),
    option("log_format", "ALOFTLY_LOG_FORMAT", "auto", "pretty, json, or auto: pretty on a terminal"),
    option(
        "log_level",
        "ALOFTLY_LOG_LEVEL",
        "info",
        "error, warn, info, debug or trace; also per module: info,sqlx=warn",
    ),
    shown_as(
        Visibility::Secret,
        option("sentry_dsn", "SENTRY_DSN", "", "Where errors are reported to (Sentry or compatible); off without it"),
    ),
    option(
        "api_rate_limit",
        "ALOFTLY_API_RATE_LIMIT",
        "3000/1m",
        "How often one account, one API key, or one address without either may ask the API of one server: requests and the time for them, or off",
    ),
    option(
        "org_rate_limit",
        "ALOFTLY_ORG_RATE_LIMIT",
        "30000/1m",
        "How often all accounts and keys of an organisation may ask it together, or off",
    ),
    option(
        "query_memory_limit",
        "ALOFTLY_QUERY_MEMORY_LIMIT",
        "1GiB",
        "Memory that all running queries together may use to sort and group; more is spilled to disk or refused. Commits and caches take up to a gigabyte besides",
    ),
    option(
        "cache_memory",
        "ALOFTLY_CACHE_MEMORY",
        "256MiB",
        "Memory for what was read from the object store, 0 for none. Not used when that is a folder, which the system caches",
    ),
    option(
        "cache_disk",
        "ALOFTLY_CACHE_DISK",
        "4GiB",
        "Disk of the data folder for what was read from the object store, 0 for none. Not used when that is a folder",
    ),
    option(
        "answer_memory",
        "ALOFTLY_ANSWER_MEMORY",
        "64MiB",
        "Memory for answers to queries that are asked again before the data change, 0 for none",
    ),
    option(
        "rollup_memory",
        "ALOFTLY_ROLLUP_MEMORY",
        "128MiB",
        "Memory for figures by day and hour that answers are put together from, and as much again each for the first orders of customers and for telling apart what is counted once; 0 for none",
    ),
    option("query_threads", "ALOFTLY_QUERY_THREADS", "auto", "Threads that queries run on; auto: one for each core"),
    option("query_timeout", "ALOFTLY_QUERY_TIMEOUT", "30s", "How long one query may take"),
    option("request_timeout", "ALOFTLY_REQUEST_TIMEOUT", "60s", "How long a request that is no upload may take"),
    option("upload_timeout", "ALOFTLY_UPLOAD_TIMEOUT", "1h", "How long an upload may take"),
    option("upload_limit", "ALOFTLY_UPLOAD_LIMIT", "4GiB", "Largest file that can be uploaded"),
    option(
        "pending_upload_limit",
        "ALOFTLY_PENDING_UPLOAD_LIMIT",
        "64GiB",
        "How much of an organisation's files may wait to be imported",
    ),
    option(
        "disk_reserve",
        "ALOFTLY_DISK_RESERVE",
        "1GiB",
        "Free space on the data folder's disk below which no file is accepted",
    ),
    option(
        "lake_grace",
        "ALOFTLY_LAKE_GRACE",
        "15m",
        "How long what was replaced in the lake is kept for queries that still read it: longer than the longest query, and \
         than servers' clocks differ",
    ),
    option(
        "sync_concurrency",
        "ALOFTLY_SYNC_CONCURRENCY",
        "4",
        "Connections that are read at the same time, 64 at most",
    ),
    option("import_concurrency", "ALOFTLY_IMPORT_CONCURRENCY", "2", "Imports that run at the same time, 8 at most"),
    option(
        "shutdown_timeout",
        "ALOFTLY_SHUTDOWN_TIMEOUT",
        "20s",
        "How long requests and imports may take to finish once the server is told to stop",
    ),
];
