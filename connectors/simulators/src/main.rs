//! `aloftly-simulators`: simulated Shopify and Google for the demo, the browser tests and tries by hand.
//!
//! Two made-up shops, each with a property of Google Analytics that counts its visits. They are there until the program is told to stop
//! (SIGTERM, SIGINT), and things go on happening in them. With a folder they are the same shops the next time, and connections go on working.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aloftly_simulators::clock::Clock;
use aloftly_simulators::google::{ClientOptions, GoogleOptions, GoogleSimulator, Property, WorldView};
use aloftly_simulators::keep::{self, KeepError};
use aloftly_simulators::money::Currency;
use aloftly_simulators::options::{AppOptions, Settings, SimulatorOptions};
use aloftly_simulators::world::WorldOptions;
use aloftly_simulators::{ShopifySimulator, SimulatorError, life};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Parser;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use tokio::signal::unix::{SignalKind, signal};

/// The shop that is suggested to people.
const SHOP: &str = "wren-and-kettle.myshopify.com";
const OTHER_SHOP: &str = "clay-and-linen.myshopify.com";
/// The properties, each of the shop of its place.
const PROPERTIES: [u64; 2] = [314_159_265, 271_828_182];
/// What the app and the client are known by. They guard nothing: what they open is made up, and on this machine.
const APP: (&str, &str) = ("aloftly-demo-app", "the-secret-of-the-demo-app");
const CLIENT: (&str, &str) = ("aloftly-demo.apps.google.test", "the-secret-of-the-demo-client");
/// So long after the start things happen faster than they usually do, so that somebody who has just connected a shop sees some.
const LIVELY: Duration = Duration::from_secs(20 * 60);

/// Plays Shopify and Google on this machine, over made-up shops.
#[derive(Debug, Parser)]
#[command(name = "aloftly-simulators", version, about, max_term_width = 110)]
struct Arguments {
    /// Where the app is in browsers, such as http://localhost:8080: who is asked for consent is sent back there. May be given more than once
    #[arg(long = "app", value_name = "ORIGIN", default_values = ["http://localhost:8080", "http://127.0.0.1:8080"])]
    apps: Vec<String>,
    /// Folder that what was granted and what has happened are kept in, for the next time; without it nothing is
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// File that the settings of a server are written to, as its environment takes them, once both can be asked
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Port of Shopify; 0 for a free one
    #[arg(long, default_value_t = 0)]
    shopify_port: u16,
    /// Port of Google; 0 for a free one
    #[arg(long, default_value_t = 0)]
    google_port: u16,
    /// Orders that the larger shop begins with, over 400 days. A folder keeps those that it was made with
    #[arg(long, default_value_t = 3_000)]
    orders: usize,
    /// Seconds between things that happen, on average, for the first twenty minutes; afterwards they happen as often as in the shop's history. 0
    /// for nothing that happens by itself
    #[arg(long, default_value_t = 30)]
    pace: u64,
}

/// Why it does not run.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error("cannot write {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
    #[error("cannot start")]
    Start(#[source] std::io::Error),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime.map_err(Trouble::Start).and_then(|runtime| runtime.block_on(run(&arguments)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                text.push_str(&format!(": {inner}"));
                cause = inner.source();
            }
            let _ = writeln!(std::io::stderr().lock(), "error: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Trouble> {
    // From here on a signal ends nothing by itself.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).map_err(Trouble::Start)?,
        signal(SignalKind::interrupt()).map_err(Trouble::Start)?,
    );
    let running = async {
        let clock = Clock::system();
        let seed = clock.now().timestamp_micros().unsigned_abs();
        let (shopify, google) = start(arguments, clock).await?;
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        if arguments.pace > 0 {
            for domain in shopify.shops() {
                life::catch_up(&shopify, &domain, &mut chance)?;
            }
        }
        if let Some(file) = &arguments.env_file {
            write(file, &settings(&shopify, &google)).map_err(|error| Trouble::Write(file.clone(), error))?;
        }
        tell(&shopify, &google);
        live(&shopify, arguments.pace, &mut chance).await?;
        // The servers go with these.
        drop((shopify, google));
        Ok(())
    };
    tokio::select! {
        ended = running => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

/// Starts both over the same shops.
async fn start(arguments: &Arguments, clock: Clock) -> Result<(Arc<ShopifySimulator>, GoogleSimulator), Trouble> {
    let make = || worlds(arguments.orders, clock.now());
    let shops = match &arguments.folder {
        Some(folder) => keep::worlds(folder, make)?,
        None => make(),
    };
    let domains: Vec<String> = shops.iter().map(|shop| shop.domain.clone()).collect();
    let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut app = AppOptions::new(APP.0, APP.1);
    app.redirect_uris = back(&arguments.apps, "shopify");
    let options = SimulatorOptions {
        address: here(arguments.shopify_port),
        clock: clock.clone(),
        shops,
        // Who declines is to see what the app says of that.
        settings: Settings { cancel_returns: true, ..Settings::default() },
        folder: arguments.folder.clone(),
        ..SimulatorOptions::new(app)
    };
    let shopify = Arc::new(ShopifySimulator::start(options).await?);
    let property = |(id, domain): (u64, String)| {
        let shops = Arc::clone(&shopify);
        let look = move |look: &mut dyn FnMut(&_)| {
            // The shop is there as long as its simulator is.
            let _ = shops.world(&domain, |world| look(world));
        };
        let property = Property::new(id, WorldView::new(look));
        // Each shop has an account of its own, of a number like its property's.
        Property { account: (id / 1_000, property.account.1.clone()), ..property }
    };
    let properties = PROPERTIES.into_iter().zip(domains).map(property).collect();
    let client = ClientOptions {
        id: CLIENT.0.to_owned(),
        secret: CLIENT.1.to_owned(),
        name: "Aloftly".to_owned(),
        redirect_uris: back(&arguments.apps, "ga4"),
    };
    let options = GoogleOptions {
        address: here(arguments.google_port),
        folder: arguments.folder.clone(),
        ..GoogleOptions::new(client, clock, properties)
    };
    Ok((shopify, GoogleSimulator::start(options).await?))
}

/// The shops of a demo that begins now.
fn worlds(orders: usize, now: DateTime<Utc>) -> Vec<WorldOptions> {
    let shop = |domain: &str, name: &str, orders: usize| WorldOptions {
        name: name.to_owned(),
        orders,
        customers: orders * 9 / 20,
        checkouts: orders / 10,
        ..WorldOptions::new(domain, now)
    };
    vec![
        shop(SHOP, "Wren & Kettle", orders),
        WorldOptions {
            seed: 2,
            currency: Currency::GBP,
            presentment: vec![Currency::EUR],
            zone: Tz::Europe__London,
            taxes_included: true,
            products: 30,
            ..shop(OTHER_SHOP, "Clay & Linen", orders / 5)
        },
    ]
}

/// Where the app takes people back from a provider.
fn back(apps: &[String], provider: &str) -> Vec<String> {
    apps.iter().map(|app| format!("{}/api/oauth/{provider}/callback", app.trim_end_matches('/'))).collect()
}

/// What a server is to be told to ask these two.
fn settings(shopify: &ShopifySimulator, google: &GoogleSimulator) -> String {
    let settings = [
        ("ALOFTLY_SHOPIFY_CLIENT_ID", APP.0.to_owned()),
        ("ALOFTLY_SHOPIFY_CLIENT_SECRET", APP.1.to_owned()),
        ("ALOFTLY_SHOPIFY_URL", format!("http://{}", shopify.address())),
        ("ALOFTLY_SHOPIFY_SHOP", SHOP.to_owned()),
        ("ALOFTLY_GOOGLE_CLIENT_ID", CLIENT.0.to_owned()),
        ("ALOFTLY_GOOGLE_CLIENT_SECRET", CLIENT.1.to_owned()),
        ("ALOFTLY_GOOGLE_URL", google.base()),
    ];
    settings.into_iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Whole or not at all: who waits for the file takes it as soon as it is there.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let new = file.with_extension("new");
    let mut written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    written.write_all(text.as_bytes())?;
    std::fs::rename(&new, file)
}

fn tell(shopify: &ShopifySimulator, google: &GoogleSimulator) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "Simulated Shopify  http://{}", shopify.address());
    for domain in shopify.shops() {
        let orders = shopify.world(&domain, |world| world.orders.len()).unwrap_or_default();
        let _ = writeln!(out, "  shop             {domain} ({orders} orders)");
    }
    let _ = writeln!(out, "Simulated Google   {}", google.base());
}

/// Lets things happen for good.
async fn live(shopify: &ShopifySimulator, pace: u64, chance: &mut ChaCha8Rng) -> Result<(), Trouble> {
    if pace == 0 {
        return std::future::pending().await;
    }
    let began = tokio::time::Instant::now();
    loop {
        let usual = shopify.world(SHOP, |world| life::pace(world, shopify.clock().now()));
        let usual = usual.ok().and_then(|usual| usual.to_std().ok()).unwrap_or(LIVELY);
        let mean = if began.elapsed() < LIVELY { usual.min(Duration::from_secs(pace)) } else { usual };
        // From half of it to half more.
        tokio::time::sleep(mean.mul_f64(0.5 + f64::from(chance.next_u32()) / f64::from(u32::MAX))).await;
        for domain in shopify.shops() {
            // In a smaller shop less happens.
            let own = shopify.world(&domain, |world| life::pace(world, shopify.clock().now()))?;
            let share = usual.as_secs_f64() / own.as_seconds_f64().max(1.0);
            if f64::from(chance.next_u32()) / f64::from(u32::MAX) < share {
                life::happen(shopify, &domain, chance)?;
            }
        }
    }
}
