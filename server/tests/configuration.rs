//! What the process is told, by flag, environment and file.

use std::collections::HashMap;
use std::ffi::OsString;

use aloftly_server::config::{Config, ConfigError, Flags, Layers, Report};
use clap::Parser;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    flags: Flags,
}

fn layers(flags: &[&str], environment: &[(&str, &str)]) -> Result<Layers, ConfigError> {
    let line = Line::parse_from([&["aloftly"], flags].concat());
    let environment: HashMap<_, _> = environment.iter().map(|(name, value)| (*name, OsString::from(value))).collect();
    Layers::read(&line.flags, |name| environment.get(name).cloned())
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn problems(flags: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    match layers(flags, environment).and_then(|layers| Config::load(&layers)) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems,
    }
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let file = file("listen = \"127.0.0.1:3\"\nimport_concurrency = 7\n");
    let path = file.path().to_str().unwrap();
    let listen = |flags: &[&str], environment: &[(&str, &str)]| {
        Config::load(&layers(flags, environment).unwrap()).unwrap().listen.port()
    };
    let (in_environment, at_file) = (("ALOFTLY_LISTEN", "127.0.0.1:2"), ("ALOFTLY_CONFIG", path));
    assert_eq!(listen(&["--listen", "127.0.0.1:1"], &[in_environment, at_file]), 1);
    assert_eq!(listen(&[], &[in_environment, at_file]), 2);
    assert_eq!(listen(&["--config", path], &[]), 3);
    assert_eq!(listen(&[], &[("ALOFTLY_LISTEN", "")]), 8080);
    let config = Config::load(&layers(&[], &[at_file]).unwrap()).unwrap();
    assert_eq!(config.import_concurrency, 7);
}

#[test]
fn unknown_keys_are_errors_with_the_nearest_name() {
    let file = file("databse_url = \"postgres://u:secret@h/d\"\nzzz = 1\nlisten = true\n");
    let path = file.path().to_str().unwrap();
    assert_eq!(
        problems(&["--config", path], &[]),
        [
            format!("{path}: unknown key `databse_url`; did you mean `database_url`?"),
            format!("{path}: listen must be a text, a number or a list of texts"),
            format!("{path}: unknown key `zzz`"),
        ]
    );
}

#[test]
fn every_wrong_value_is_named_by_where_it_was_given_and_secrets_are_not_shown() {
    let file = file("store_url = \"ftp://secret@host\"\n");
    let problems = problems(
        &["--listen", "nowhere", "--config", file.path().to_str().unwrap()],
        &[
            ("DATABASE_URL", "mysql://u:secret@h/d"),
            ("SENTRY_DSN", "secret"),
            ("ALOFTLY_QUERY_TIMEOUT", "soon"),
            ("ALOFTLY_UPLOAD_LIMIT", "0"),
            ("ALOFTLY_IMPORT_CONCURRENCY", "9"),
            ("ALOFTLY_PUBLIC_ORIGIN", "https://x.example/path"),
            ("ALOFTLY_TRUSTED_PROXIES", "10.0.0.0/99"),
            ("ALOFTLY_API_RATE_LIMIT", "600"),
            ("ALOFTLY_ORG_RATE_LIMIT", "0/1m"),
        ],
    );
    let shown: Vec<_> = problems.iter().map(|problem| problem.replace(file.path().to_str().unwrap(), "FILE")).collect();
    assert!(!shown.concat().contains("secret"), "{shown:?}");
    insta::assert_snapshot!(shown.join("\n"), @r#"
    --listen is "nowhere": expected an address and a port, such as 127.0.0.1:8080 or [::]:8080
    DATABASE_URL: expected postgres://user:password@host:port/database (its value is not shown)
    store_url in FILE: expected s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or file:///absolute/folder (its value is not shown)
    ALOFTLY_PUBLIC_ORIGIN is "https://x.example/path": expected a scheme and a host, such as https://stats.example.com, without a path
    ALOFTLY_TRUSTED_PROXIES is "10.0.0.0/99": "10.0.0.0/99" is no address or range such as 10.0.0.0/8
    SENTRY_DSN: expected a DSN such as https://key@host/project (its value is not shown)
    ALOFTLY_API_RATE_LIMIT is "600": expected requests and the time for them, such as 600/1m or 20/1s, or off
    ALOFTLY_ORG_RATE_LIMIT is "0/1m": expected requests and the time for them, such as 600/1m or 20/1s, or off
    ALOFTLY_QUERY_TIMEOUT is "soon": expected a time such as 500ms, 30s, 5m or 1h
    ALOFTLY_UPLOAD_LIMIT is "0": expected a size such as 512MiB, 2GiB or 1000000
    ALOFTLY_IMPORT_CONCURRENCY is "9": expected a whole number from 1 to 8: each import may hold a connection to the database
    "#);
}

#[test]
fn broken_toml_is_reported_by_its_line_without_quoting_it() {
    let file = file("listen = \"127.0.0.1:1\"\nsentry_dsn = https://secret@host/1\n");
    let problems = problems(&["--config", file.path().to_str().unwrap()], &[]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("line 2 is not TOML") && !problems[0].contains("secret"), "{problems:?}");
}

#[test]
fn the_report_says_where_each_value_comes_from_and_hides_secrets() {
    let layers = layers(
        &["--database-url", "postgres://app:secret@db.example:5433/aloftly?password=secret"],
        &[
            ("SENTRY_DSN", "https://secret@sentry.example/7"),
            ("ALOFTLY_STORE_URL", "s3://bucket/prefix"),
            ("ALOFTLY_MIGRATION_DATABASE_URL", "secret nonsense"),
        ],
    );
    let report = Report::of(&layers.unwrap()).to_string();
    assert!(!report.replace("client_secret", "").contains("secret"), "{report}");
    let row = |key: &str| {
        let line = report.lines().find(|line| line.split_whitespace().next() == Some(key)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    for (key, shown) in [
        ("listen", "127.0.0.1:8080 default"),
        ("database_url", "postgres://(hidden)@db.example:5433/aloftly?(hidden) flag --database-url"),
        ("migration_database_url", "(hidden) environment ALOFTLY_MIGRATION_DATABASE_URL"),
        ("store_url", "s3://bucket/prefix environment ALOFTLY_STORE_URL"),
        ("sentry_dsn", "(hidden) environment SENTRY_DSN"),
        ("public_origin", "- default"),
    ] {
        assert_eq!(row(key), shown, "{report}");
    }
}

#[test]
fn sizes_times_and_ranges_are_read_with_their_units() {
    let config = Config::load(&Layers::of(&[
        ("query_memory_limit", "512MiB"),
        ("upload_limit", "1500000"),
        ("query_timeout", "250ms"),
        ("request_timeout", "2m"),
        ("api_rate_limit", "600/90s"),
        ("org_rate_limit", "off"),
        ("trusted_proxies", "10.0.0.0/8, 2001:db8::/32, 192.0.2.1"),
        ("public_origin", "https://Stats.Example.com:443/"),
    ]))
    .unwrap();
    assert_eq!((config.query_memory_limit, config.upload_limit), (536_870_912, 1_500_000));
    assert_eq!((config.query_timeout.as_millis(), config.request_timeout.as_secs()), (250, 120));
    let rate = config.api_rate_limit.map(|rate| (rate.requests.get(), rate.window.as_secs()));
    assert_eq!((rate, config.org_rate_limit), (Some((600, 90)), None));
    for wrong in ["600/", "/1m", "600/1m/1m", "600/0s", "600/500ms", "1000001/1m", "1/25h", "-1/1m", "on"] {
        assert!(Config::load(&Layers::of(&[("api_rate_limit", wrong)])).is_err(), "{wrong}");
    }
    assert_eq!(config.public_origin.as_deref(), Some("https://stats.example.com"));
    let trusted = |address: &str| config.trusted_proxies.iter().any(|range| range.contains(address.parse().unwrap()));
    for address in ["10.255.0.1", "::ffff:10.0.0.1", "2001:db8:1::1", "192.0.2.1"] {
        assert!(trusted(address), "{address}");
    }
    for address in ["11.0.0.1", "2001:db9::1", "192.0.2.2", "::1"] {
        assert!(!trusted(address), "{address}");
    }
}
