//! `aloftly demo` and `aloftly demo-file`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use aloftly_catalog::plans::Tier;
use aloftly_catalog::{FIRST_WORKSPACE, NewOrganization, NewStore, Tenant};
use aloftly_connectors::demo::{DemoStore, Options, Written, write_orders_csv, write_rates_csv};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio_util::sync::CancellationToken;

use super::args::{DemoArgs, DemoFileArgs};
use super::output::{note, say};
use super::{CliError, choose, import, password};
use crate::config::Config;
use crate::importing::Content;
use crate::mail::Transport;
use crate::service::backend::Backend;
use crate::service::serving;

const ORGANIZATION: &str = "Aloftly demo";
const EMAIL: &str = "owner@demo.example";
const PASSWORD_FILE: &str = "demo-password";
/// The store without any trade. It comes after the others, which are looked at first.
const EMPTY_STORE: &str = "Wren & Kettle";

/// The demo keeps to its own data folder: made-up trade has no business in a real database or bucket.
pub(super) fn check(config: &Config) -> Result<(), CliError> {
    if config.database_url.is_some() || config.store_url.is_some() {
        return Err(CliError::Usage(
            "the demo works in its own data folder alone: unset DATABASE_URL and ALOFTLY_STORE_URL to run it"
                .to_owned(),
        ));
    }
    Ok(())
}

pub(super) async fn demo(backend: Backend, args: &DemoArgs, stop: CancellationToken) -> Result<(), CliError> {
    let mail = Transport::of(&backend.config)?.or_log();
    // First of all, because everything else takes a while and may be for nothing.
    let listener = serving::listen(&backend).await?;
    let (tenant, secret) = owner(&backend).await?;
    for store in DemoStore::ALL {
        trade(&backend, &tenant, store, args.seed, &stop).await?;
        rates(&backend, &tenant, store, args.seed, &stop).await?;
    }
    let is_empty = empty_store(&tenant).await?;
    // There is enough to look at.
    tenant.finish_onboarding().await.context("cannot say that the first steps are over")?;
    let address = listener.local_addr().context("cannot tell the address")?;
    // An unspecified address is every address, this machine's own among them.
    let host = if address.ip().is_loopback() || address.ip().is_unspecified() {
        "localhost".to_owned()
    } else {
        address.ip().to_string()
    };
    say(&format!("\n  Aloftly is at  http://{host}:{}", address.port()));
    say(&format!("  Sign in as     {EMAIL}"));
    say(&format!("  Password       {secret}\n"));
    if is_empty && backend.config.app("shopify").is_some() {
        say(&format!("  The store {EMPTY_STORE} has no data yet: connect it on its page Connections."));
        if let Some(shop) = backend.config.suggestion("shopify", "shop") {
            say(&format!("  At Shopify it is the shop {shop}."));
        }
        say("");
    }
    note("Ctrl-C stops it; the data stay and the next start is quick.");
    serving::serve(backend, listener, mail, stop).await?;
    Ok(())
}

/// The demo's organisation with its owner's password; both are made the first time.
async fn owner(backend: &Backend) -> Result<(Tenant, String), CliError> {
    let file = backend.config.data_dir.join(PASSWORD_FILE);
    let kept = if file.exists() { Some(password::read(&file)?) } else { None };
    let found = choose::organizations(backend).await?.into_iter().find(|(org, _)| org.name == ORGANIZATION);
    if let (Some((_, tenant)), Some(kept)) = (&found, &kept) {
        return Ok((tenant.clone(), kept.clone()));
    }
    let secret = match kept {
        Some(kept) => kept,
        None => password::make()?,
    };
    password::keep(&file, &secret)?;
    if let Some((_, tenant)) = found {
        backend.catalog.set_password(EMAIL, &secret).await.context("cannot give the demo's owner a new password")?;
        return Ok((tenant, secret));
    }
    let new = NewOrganization {
        name: ORGANIZATION.to_owned(),
        plan: Tier::Enterprise,
        workspace: FIRST_WORKSPACE.to_owned(),
        owner_email: EMAIL.to_owned(),
        owner_name: "Demo owner".to_owned(),
        owner_password: secret.clone(),
        stores: DemoStore::ALL.into_iter().map(new_store).chain([new_empty_store()]).collect(),
    };
    backend.catalog.provision_organization(&new).await.context("cannot make the demo's organisation")?;
    let made = choose::organizations(backend).await?.into_iter().find(|(org, _)| org.name == ORGANIZATION);
    let (_, tenant) = made.context("the demo's organisation has gone")?;
    Ok((tenant, secret))
}

fn new_store(store: DemoStore) -> NewStore {
    NewStore {
        name: store.name().to_owned(),
        currency: store.currency().to_owned(),
        timezone: store.timezone(),
        week_start: store.week_start(),
    }
}

/// A store of somebody who has just come: what is in it is what they connect.
fn new_empty_store() -> NewStore {
    NewStore {
        name: EMPTY_STORE.to_owned(),
        currency: "USD".to_owned(),
        timezone: Tz::America__New_York,
        week_start: Weekday::Sun,
    }
}

/// Adds the store without trade to a demo that was made before there was one. Where there are others than those it began with, somebody has made
/// it theirs. Whether it is there and still has no data.
async fn empty_store(tenant: &Tenant) -> Result<bool, CliError> {
    let stores = tenant.stores().await.context("cannot list the stores")?;
    if let Some(held) = stores.iter().find(|held| held.name == EMPTY_STORE) {
        return Ok(held.data_bounds.is_none());
    }
    let is_made = |name: &str| DemoStore::ALL.iter().any(|store| store.name() == name);
    let is_as_made = stores.len() == DemoStore::ALL.len() && stores.iter().all(|held| is_made(&held.name));
    let Some(workspace) = stores.first().filter(|_| is_as_made).map(|store| store.workspace.id) else {
        return Ok(false);
    };
    tenant.create_store(workspace, &new_empty_store()).await.context("cannot make the demo's empty store")?;
    Ok(true)
}

/// Makes up a store's trade up to now and imports it as any other file. A later file holds the same orders and those since,
/// so that a demo that is started again the next day has that day too.
async fn trade(
    backend: &Backend,
    tenant: &Tenant,
    store: DemoStore,
    seed: u64,
    stop: &CancellationToken,
) -> Result<(), CliError> {
    let now = backend.clock.now();
    let stores = tenant.stores().await.context("cannot list the stores")?;
    let Some(held) = stores.into_iter().find(|held| held.name == store.name()) else {
        // Somebody renamed it: it is theirs now.
        return Ok(());
    };
    if held.data_bounds.is_some_and(|(_, last)| last + TimeDelta::hours(24) > now) {
        return Ok(());
    }
    let folder = tempfile::tempdir_in(backend.scratch.path()).context("cannot use the scratch folder")?;
    let path = folder.path().join(format!("{}-orders.csv.gz", store.slug()));
    let make = {
        let path = path.clone();
        move || write(&path, store, &Options { seed, ..Options::default() }, now)
    };
    tokio::select! {
        made = tokio::task::spawn_blocking(make) => drop(made.context("cannot make up orders")??),
        () = stop.cancelled() => return Err(CliError::stopped()),
    }
    let lake = backend.store_lake(tenant, held.id);
    let imported = import::file(backend, &lake, &path, Content::ShopifyOrders, stop).await?;
    let counts = imported.counts;
    note(&format!("{}: {} new, {} updated, {} unchanged", store.name(), counts.new, counts.updated, counts.unchanged));
    let folded = tokio::select! {
        folded = lake.fold_due() => folded,
        () = stop.cancelled() => return Err(CliError::stopped()),
    };
    if let Err(error) = folded {
        tracing::warn!(%error, "cannot fold");
    }
    Ok(())
}

/// Makes up what currencies were worth while the store traded, so that all stores can be told in one. They depend on the day alone, so that
/// another start on the same day imports nothing.
async fn rates(
    backend: &Backend,
    tenant: &Tenant,
    store: DemoStore,
    seed: u64,
    stop: &CancellationToken,
) -> Result<(), CliError> {
    /// Before the first day of trade, so that the store's zone need not be looked at.
    const BEFORE: u32 = 7;
    let stores = tenant.stores().await.context("cannot list the stores")?;
    let Some(held) = stores.into_iter().find(|held| held.name == store.name()) else { return Ok(()) };
    let folder = tempfile::tempdir_in(backend.scratch.path()).context("cannot use the scratch folder")?;
    let path = folder.path().join("rates.csv");
    let mut file = Vec::new();
    write_rates_csv(seed, Options::default().days + BEFORE, backend.clock.now(), &mut file)
        .and_then(|()| std::fs::write(&path, &file))
        .with_context(|| format!("cannot write {}", path.display()))?;
    import::file(backend, &backend.store_lake(tenant, held.id), &path, Content::FxRates, stop).await?;
    Ok(())
}

/// Writes a made-up export for trials, without a data folder or a database.
pub(super) fn file(args: &DemoFileArgs) -> Result<(), CliError> {
    use aloftly_engine::clock::{Clock as _, SystemClock};
    let options = Options { seed: args.seed, ..Options::of_size(args.size) };
    let written = write(&args.out, DemoStore::NewYork, &options, SystemClock.now())?;
    say(&format!("Wrote {} orders on {} lines to {}.", written.orders, written.lines, args.out.display()));
    Ok(())
}

fn write(path: &Path, store: DemoStore, options: &Options, now: DateTime<Utc>) -> anyhow::Result<Written> {
    let write = || {
        let mut file = BufWriter::with_capacity(1 << 18, File::create(path)?);
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut packed = GzEncoder::new(file, Compression::fast());
            let written = write_orders_csv(store, options, now, &mut packed)?;
            packed.finish()?.flush()?;
            return Ok(written);
        }
        let written = write_orders_csv(store, options, now, &mut file)?;
        file.flush()?;
        Ok::<_, std::io::Error>(written)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
