//! From text to checked values.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use aloftly_catalog::LocalMasterKeys;
use aloftly_catalog::plans::Tier;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

use super::ConfigError;
use super::options::Visibility;
use super::sources::Layers;

/// Takes values out of the layers and collects what is wrong with them.
pub(super) struct Values<'a> {
    layers: &'a Layers,
    problems: Vec<String>,
}

type Parsed<T> = Result<T, String>;

impl<'a> Values<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self { layers, problems: Vec::new() }
    }

    /// A value that there always is. After a problem a stand-in is returned, which [`Values::finish`] keeps from being used.
    pub(super) fn required<T: StandIn>(&mut self, key: &str, parse: fn(&str) -> Parsed<T>) -> T {
        self.parse(key, parse).unwrap_or_else(T::stand_in)
    }

    /// A value that need not be there: empty is none.
    pub(super) fn optional<T>(&mut self, key: &str, parse: fn(&str) -> Parsed<T>) -> Option<T> {
        let (_, given) = self.layers.get(key)?;
        if given.text.is_empty() { None } else { self.parse(key, parse) }
    }

    fn parse<T>(&mut self, key: &str, parse: fn(&str) -> Parsed<T>) -> Option<T> {
        let (spec, given) = self.layers.get(key)?;
        match parse(given.text.trim()) {
            Ok(value) => Some(value),
            Err(expected) => {
                let name = given.origin.name(spec);
                self.problems.push(match spec.visibility {
                    Visibility::Plain => format!("{name} is {:?}: {expected}", given.text),
                    Visibility::Url | Visibility::Secret => format!("{name}: {expected} (its value is not shown)"),
                });
                None
            }
        }
    }

    /// Notes that an option is needed unless that holds.
    pub(super) fn demand(&mut self, key: &str, holds: bool, why: &str) {
        if let Some((spec, _)) = self.layers.get(key).filter(|_| !holds) {
            self.problems.push(format!("{} is not set: {why}", spec.env));
        }
    }

    /// Adds what is wrong with values that each alone are right.
    pub(super) fn refuse(&mut self, problem: String) {
        self.problems.push(problem);
    }

    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.problems }) }
    }
}

/// What stands in for a value that could not be read while the other values are still being checked.
pub(super) trait StandIn {
    fn stand_in() -> Self;
}

macro_rules! stand_in {
    ($($type:ty => $value:expr),* $(,)?) => {
        $(impl StandIn for $type { fn stand_in() -> Self { $value } })*
    };
}

stand_in!(
    SocketAddr => SocketAddr::from(([127, 0, 0, 1], 0)),
    PathBuf => Self::new(),
    String => Self::new(),
    Vec<IpRange> => Self::new(),
    LogFormat => Self::Auto,
    SignUp => Self::Invited,
    Tier => Self::Free,
    Option<Rate> => None,
    u64 => 0,
    usize => 0,
    Duration => Self::ZERO,
);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Whoever has an address, with an organisation of their own.
    Open,
    /// Who is invited, in the organisation that they were invited to.
    Invited,
}

/// How often something may be done, such as `3000/1m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many times, a million at most.
    pub requests: NonZeroU32,
    /// In that time, of a second to a day.
    pub window: Duration,
}

/// A range of addresses, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    address: IpAddr,
    prefix: u8,
}

impl IpRange {
    /// Whether an address is in the range. An IPv4 address mapped into IPv6 is the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

pub(super) fn socket_address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:8080 or [::]:8080".to_owned())
}

pub(super) fn path(text: &str) -> Parsed<PathBuf> {
    if text.is_empty() { Err("expected a folder".to_owned()) } else { Ok(PathBuf::from(text)) }
}

pub(super) fn file(text: &str) -> Parsed<PathBuf> {
    Ok(PathBuf::from(text))
}

pub(super) fn master_keys(text: &str) -> Parsed<LocalMasterKeys> {
    LocalMasterKeys::parse(text).map_err(|fault| fault.to_string())
}

pub(super) fn postgres_url(text: &str) -> Parsed<SecretString> {
    let valid = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    if valid {
        Ok(SecretString::from(text))
    } else {
        Err("expected postgres://user:password@host:port/database".to_owned())
    }
}

pub(super) fn store_url(text: &str) -> Parsed<Url> {
    let expected = || {
        "expected s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or file:///absolute/folder".to_owned()
    };
    let url = Url::parse(text).map_err(|_| expected())?;
    let named = url.host_str().is_some_and(|host| !host.is_empty());
    let valid = match url.scheme() {
        "s3" | "gs" | "az" => named,
        "file" => !named && url.to_file_path().is_ok(),
        _ => false,
    };
    if !valid {
        return Err(expected());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("credentials do not belong into the URL: give them in the cloud's usual variables".to_owned());
    }
    Ok(url)
}

pub(super) fn origin(text: &str) -> Parsed<String> {
    let expected = || "expected a scheme and a host, such as https://stats.example.com, without a path".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && bare && url.username().is_empty() && url.password().is_none() {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(expected())
    }
}

pub(super) fn sign_up(text: &str) -> Parsed<SignUp> {
    match text {
        "open" => Ok(SignUp::Open),
        "invited" => Ok(SignUp::Invited),
        _ => Err("expected open or invited".to_owned()),
    }
}

pub(super) fn tier(text: &str) -> Parsed<Tier> {
    text.parse().map_err(|()| "expected free, starter, growth, scale or enterprise".to_owned())
}

/// Mail carries links that open accounts: beyond this machine it goes out encrypted.
pub(super) fn smtp_url(text: &str) -> Parsed<SecretString> {
    let expected = || "expected smtps://user:password@host or smtp://user:password@host:587?tls=required".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let encrypted = match url.scheme() {
        "smtps" => true,
        "smtp" => url.query_pairs().any(|(name, value)| name == "tls" && value == "required"),
        _ => return Err(expected()),
    };
    if url.host_str().is_none_or(str::is_empty) {
        return Err(expected());
    }
    if !encrypted && !is_this_machine(&url) {
        return Err("mail would go out in the clear: use smtps://, or add ?tls=required".to_owned());
    }
    Ok(SecretString::from(text))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        // Of schemes that browsers do not know, addresses are names.
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(super) fn mailbox(text: &str) -> Parsed<Mailbox> {
    text.parse().map_err(|_| "expected an address such as Aloftly <stats@example.com>".to_owned())
}

pub(super) fn text(text: &str) -> Parsed<String> {
    Ok(text.to_owned())
}

pub(super) fn secret(text: &str) -> Parsed<SecretString> {
    let long_enough = text.len() >= 16;
    if long_enough { Ok(SecretString::from(text)) } else { Err("expected 16 characters or more".to_owned()) }
}

pub(super) fn token(text: &str) -> Parsed<SecretString> {
    let long_enough = text.len() >= 32;
    if long_enough { Ok(SecretString::from(text)) } else { Err("expected 32 characters or more".to_owned()) }
}

/// Who an OpenID provider vouches for is let in: what it says must not be changed on the way.
pub(super) fn issuer(text: &str) -> Parsed<String> {
    let expected = || "expected the address of an OpenID provider, such as https://accounts.google.com".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
    if safe && url.query().is_none() && url.fragment().is_none() { Ok(text.to_owned()) } else { Err(expected()) }
}

pub(super) fn ip_ranges(text: &str) -> Parsed<Vec<IpRange>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(ip_range).collect()
}

fn ip_range(text: &str) -> Parsed<IpRange> {
    let expected = || format!("{text:?} is no address or range such as 10.0.0.0/8");
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| expected())?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| expected())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    if prefix > longest { Err(expected()) } else { Ok(IpRange { address, prefix }) }
}

pub(super) fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("expected auto, pretty or json".to_owned()),
    }
}

pub(super) fn log_level(text: &str) -> Parsed<String> {
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err("expected error, warn, info, debug or trace, or a list such as info,sqlx=warn".to_owned()),
    }
}

pub(super) fn dsn(text: &str) -> Parsed<SecretString> {
    match text.parse::<sentry::types::Dsn>() {
        Ok(_) => Ok(SecretString::from(text)),
        Err(_) => Err("expected a DSN such as https://key@host/project".to_owned()),
    }
}

pub(super) fn bytes(text: &str) -> Parsed<u64> {
    let expected = || "expected a size such as 512MiB, 2GiB or 1000000".to_owned();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(expected()),
    };
    let number: u64 = number.parse().map_err(|_| expected())?;
    number.checked_mul(factor).filter(|bytes| *bytes > 0).ok_or_else(expected)
}

/// A size that may be nothing at all.
pub(super) fn bytes_or_none(text: &str) -> Parsed<u64> {
    if text == "0" { Ok(0) } else { bytes(text).map_err(|expected| format!("{expected}, or 0")) }
}

pub(super) fn duration(text: &str) -> Parsed<Duration> {
    let expected = || "expected a time such as 500ms, 30s, 5m or 1h".to_owned();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| expected())?;
    let millis = match unit.trim() {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    // A year is longer than anybody waits, and keeps sums of instants from overflowing.
    millis.filter(|millis| (1..=31_536_000_000).contains(millis)).map(Duration::from_millis).ok_or_else(expected)
}

/// A rate, or none at all.
pub(super) fn rate(text: &str) -> Parsed<Option<Rate>> {
    if text == "off" {
        return Ok(None);
    }
    let expected = || "expected requests and the time for them, such as 600/1m or 20/1s, or off".to_owned();
    let (requests, window) = text.split_once('/').ok_or_else(expected)?;
    let requests: NonZeroU32 = requests.trim().parse().map_err(|_| expected())?;
    let window = duration(window.trim()).map_err(|_| expected())?;
    let day = Duration::from_secs(86_400);
    if requests.get() > 1_000_000 || !(Duration::from_secs(1)..=day).contains(&window) {
        return Err(expected());
    }
    Ok(Some(Rate { requests, window }))
}

pub(super) fn count(text: &str) -> Parsed<usize> {
    text.parse()
        .ok()
        .filter(|count| (1..=1024).contains(count))
        .ok_or_else(|| "expected a whole number from 1 to 1024".to_owned())
}

/// Each import may hold one of the database's sixteen connections, and requests need some too.
pub(super) fn import_concurrency(text: &str) -> Parsed<usize> {
    let expected =
        || "expected a whole number from 1 to 8: each import may hold a connection to the database".to_owned();
    text.parse().ok().filter(|count| (1..=8).contains(count)).ok_or_else(expected)
}

/// A sync holds a connection to the database for moments only.
pub(super) fn sync_concurrency(text: &str) -> Parsed<usize> {
    let expected = || "expected a whole number from 1 to 64".to_owned();
    text.parse().ok().filter(|count| (1..=64).contains(count)).ok_or_else(expected)
}

/// A provider that a program of this machine plays. Secrets are sent there, so it is never elsewhere.
pub(super) fn loopback_url(text: &str) -> Parsed<Url> {
    let expected = || "expected an address of this machine, such as http://127.0.0.1:9000".to_owned();
    let url = Url::parse(text).map_err(|_| expected())?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let here = url.host_str() == Some("127.0.0.1") && url.scheme() == "http";
    if plain && here { Ok(url) } else { Err(expected()) }
}

pub(super) fn threads(text: &str) -> Parsed<usize> {
    match text {
        "auto" => Ok(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
        _ => count(text).map_err(|expected| format!("{expected}, or auto")),
    }
}
