//! The command line.

use std::path::PathBuf;

use aloftly_catalog::plans::Tier;
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand};

use crate::config::Flags;

/// Analytics for online stores.
#[derive(Debug, Parser)]
#[command(name = "aloftly", version, about, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub(super) flags: Flags,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the app and its API (this is the default)
    Serve,
    /// Serve three stores of made-up trade to look around in, and one to connect
    Demo(DemoArgs),
    /// Import files into a store
    #[command(subcommand)]
    Import(ImportCommand),
    /// Make and list organisations, and say which plan they are on
    #[command(subcommand)]
    Org(OrgCommand),
    /// Make and list stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// Look after the lake
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Make, rotate and look at the keys that seal credentials
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database's tables up to date
    Migrate,
    /// Print the OpenAPI document
    Openapi,
    /// Print who may do what, as Markdown
    Permissions,
    /// Write a made-up orders export, for trials
    DemoFile(DemoFileArgs),
}

#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// Decides what the made-up trade is
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Orders, as Shopify's admin exports them (CSV, gzip or plain)
    ShopifyOrders(ImportArgs),
    /// Metric events from any CSV or Parquet file, by a mapping of its columns
    Events(ImportEventsArgs),
    /// Rates between currencies (CSV with date, base, quote and rate, or as the European Central Bank publishes them)
    Rates(ImportArgs),
}

#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// The files, imported one after the other
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreChoice,
}

#[derive(Args, Debug)]
pub(super) struct ImportEventsArgs {
    /// The files, imported one after the other
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// JSON file that says which column is what
    #[arg(long, value_name = "FILE")]
    pub(super) mapping: PathBuf,
    #[command(flatten)]
    pub(super) store: StoreChoice,
}

#[derive(Args, Clone, Debug)]
pub(super) struct OrgChoice {
    /// The organisation's id or name; not needed when there is only one
    #[arg(long, value_name = "ID|NAME")]
    pub(super) org: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct StoreChoice {
    /// The store's id or name
    #[arg(long, value_name = "ID|NAME")]
    pub(super) store: String,
    #[command(flatten)]
    pub(super) org: OrgChoice,
}

#[derive(Args, Clone, Debug)]
pub(super) struct StoresChoice {
    /// One store's id or name; without it every store of the organisation
    #[arg(long, value_name = "ID|NAME")]
    pub(super) store: Option<String>,
    #[command(flatten)]
    pub(super) org: OrgChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum OrgCommand {
    /// Make an organisation and its owner
    Create(OrgCreateArgs),
    /// List organisations
    List,
    /// Put an organisation on another plan
    Plan(OrgPlanArgs),
}

#[derive(Args, Debug)]
pub(super) struct OrgCreateArgs {
    /// What it is called
    #[arg(long)]
    pub(super) name: String,
    /// The owner's e-mail address, to sign in with
    #[arg(long, value_name = "EMAIL")]
    pub(super) owner_email: String,
    /// The owner's name (default: the part of the address before the @)
    #[arg(long, value_name = "NAME")]
    pub(super) owner_name: Option<String>,
    /// File with the owner's password; without it one is made up and printed
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// What it may have: free, starter, growth, scale or enterprise, which has no limits
    #[arg(long, default_value_t = Tier::Enterprise, value_parser = plan)]
    pub(super) plan: Tier,
}

#[derive(Args, Debug)]
pub(super) struct OrgPlanArgs {
    /// The organisation's id or name
    #[arg(value_name = "ID|NAME")]
    pub(super) org: String,
    /// free, starter, growth, scale or enterprise
    #[arg(value_parser = plan)]
    pub(super) plan: Tier,
}

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Make a store
    Create(StoreCreateArgs),
    /// List an organisation's stores
    List(OrgChoice),
}

#[derive(Args, Debug)]
pub(super) struct StoreCreateArgs {
    /// What it is called
    #[arg(long)]
    pub(super) name: String,
    /// The currency it sells in, such as USD
    #[arg(long, value_parser = currency)]
    pub(super) currency: String,
    /// The time zone that its days are counted in, such as America/New_York
    #[arg(long, value_parser = timezone)]
    pub(super) timezone: Tz,
    /// The first day of its weeks
    #[arg(long, default_value = "monday", value_parser = weekday)]
    pub(super) week_start: chrono::Weekday,
    /// The workspace it belongs to; made if there is none of that name
    #[arg(long, value_name = "NAME", default_value = "Main")]
    pub(super) workspace: String,
    #[command(flatten)]
    pub(super) org: OrgChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum LakeCommand {
    /// Show what stores' lakes hold
    Status(StoresChoice),
    /// Read every segment and compare it with what was committed; damaged ones go into quarantine, restored ones come out
    Verify(StoresChoice),
    /// Fold small segments into large ones now
    Fold(StoresChoice),
    /// Delete what nobody needs any more now, and objects that no manifest has known for a day
    Sweep(StoresChoice),
    /// Remove a customer's rows, or all rows of a store, for good
    Erase(EraseArgs),
}

#[derive(Args, Debug)]
pub(super) struct EraseArgs {
    /// The store's id or name
    #[arg(long, value_name = "ID|NAME")]
    pub(super) store: String,
    #[command(flatten)]
    pub(super) org: OrgChoice,
    /// A customer's id, as the source has it; may be repeated
    #[arg(long = "customer", value_name = "ID")]
    pub(super) customers: Vec<String>,
    /// Remove all rows
    #[arg(long, conflicts_with = "customers")]
    pub(super) everything: bool,
    /// The store's name once more
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(super) confirm: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Print a new master key
    Generate,
    /// Bring every data key under the first of the master keys, so that the others can be taken away
    Rotate(KeysRotateArgs),
    /// Show which keys are in use
    Status,
}

#[derive(Args, Debug)]
pub(super) struct KeysRotateArgs {
    /// Give every organisation a new data key, too, and seal its credentials anew
    #[arg(long)]
    pub(super) data: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check the configuration and show where each value comes from, with secrets hidden
    Check,
}

#[derive(Args, Debug)]
pub(super) struct DemoFileArgs {
    /// Where to write it; gzip when the name ends in .gz
    pub(super) out: PathBuf,
    /// About how large it gets, before gzip, such as 50MiB
    #[arg(long, value_parser = size, default_value = "10MiB")]
    pub(super) size: u64,
    /// Decides what the made-up trade is
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

fn size(text: &str) -> Result<u64, String> {
    crate::config::parse_bytes(text)
}

fn plan(text: &str) -> Result<Tier, String> {
    text.parse().map_err(|()| "expected free, starter, growth, scale or enterprise".to_owned())
}

fn currency(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err("expected a three-letter ISO 4217 code such as USD".to_owned())
    }
}

fn timezone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let nearest = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| (strsim::jaro_winkler(text, zone.name()), zone.name()))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match nearest {
            Some((similarity, name)) if similarity > 0.75 => format!("no such IANA time zone; did you mean {name}?"),
            _ => "no such IANA time zone; expected one such as America/New_York".to_owned(),
        }
    })
}

fn weekday(text: &str) -> Result<chrono::Weekday, String> {
    text.parse().map_err(|_| "expected a day such as monday".to_owned())
}
