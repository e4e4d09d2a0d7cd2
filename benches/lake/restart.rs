//! A server that is stopped and started over a lake of very many segments: until it is ready, and until it has answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_benches::client::Client;
use aloftly_benches::server::{Place, STORE};
use aloftly_catalog::{NewStore, Tenant};
use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, SystemClock};
use aloftly_engine::lake::manifest::Temperature;
use aloftly_engine::lake::{Lake, LakeOptions, StoreLake};
use anyhow::{Context as _, ensure};
use object_store::local::LocalFileSystem;
use serde_json::{Map, Value, json};

use crate::history::{Expected, Widget, trade};
use crate::place::{Database, Setting};
use crate::report::{Section, Times, ms, progress};
use crate::rows::dataset;
use crate::segments::describe;

/// The store that has all segments by itself.
const LARGE: &str = "Large";
/// Orders of the only month whose objects exist.
const MONTH: u64 = 6_000;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Restart over many segments",
        &["lake", "ready", "first query", "first query after start", "next query"],
    );
    let place = Place::new(setting.binary.clone())?;
    let (server, base) = place.serve().await?;
    let client = Client::sign_in(&base).await?;
    server.stop()?;

    let segments = setting.size(10_000, 100_000);
    let shops = setting.size(10, 100);
    let began = Instant::now();
    let expected =
        fill(&place, &[(STORE.to_owned(), segments / shops)], segments / shops * (shops - 1), shops - 1).await?;
    progress(&format!("described {segments} segments in {:.0} s", began.elapsed().as_secs_f64()));
    let rounds = setting.size(2, 5);
    let lake = format!("{segments} segments of {shops} stores");
    restarts(&place, &client, STORE, &expected, rounds, lake, &mut section).await?;

    let expected = fill(&place, &[(LARGE.to_owned(), segments)], 0, 0).await?;
    let lake = "as many more in one store, which is asked".to_owned();
    restarts(&place, &client, LARGE, &expected, rounds, lake, &mut section).await?;
    section.note(format!(
        "Medians of {rounds} restarts. The server brings its private Postgres up and down each time. *ready* is from the start of the \
         process until `/readyz` says so; the queries are over HTTP, revenue by day of a month with {MONTH} orders, whose figures are \
         checked, and then the top products. Only the objects of that month exist."
    ));
    Ok(section)
}

/// Gives stores real orders in the last month and so many segments, and spreads `others` segments over so many further stores.
async fn fill(place: &Place, real: &[(String, usize)], others: usize, shops: usize) -> anyhow::Result<Expected> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let database = Database::of_server(&place.data(), Arc::clone(&clock)).await?;
    let organization = database.catalog.organizations("a benchmark").await?.pop().context("no organisation")?;
    let tenant = database.catalog.tenant(organization);
    let root = place.data().join("lake");
    std::fs::create_dir_all(&root)?;
    let objects = Arc::new(LocalFileSystem::new_with_prefix(&root)?);
    let spool = place.file("spool");
    let options = LakeOptions { hot_rows: 0, local_root: Some(root), ..LakeOptions::new(&spool) };
    let lake = Lake::new(objects, options, Arc::clone(&clock))?;
    let mut expected = Expected::default();
    for (name, segments) in real {
        let store = lake.open(tenant.manifest(), store(&tenant, name).await?);
        (_, expected) = trade(&store, &[MONTH]).await?;
        more(&store, *segments, &*clock).await?;
        for number in 0..shops {
            let other = lake.open(tenant.manifest(), self::store(&tenant, &format!("Store {number}")).await?);
            let like = store.reader(None).await?;
            let template = like.snapshot().segments.first().context("nothing was committed")?;
            describe(&other, dataset(&template.dataset)?, template, others / shops, &*clock).await?;
        }
    }
    database.stop().await?;
    std::fs::remove_dir_all(&spool)?;
    Ok(expected)
}

/// Describes segments until the store has so many.
async fn more(store: &StoreLake, segments: usize, clock: &dyn Clock) -> anyhow::Result<()> {
    let reader = store.reader(None).await?;
    let held = &reader.snapshot().segments;
    let of =
        |name: &str| held.iter().find(|segment| segment.dataset == name && segment.temperature == Temperature::Cold);
    let missing = segments - held.len();
    for (name, count) in [("orders", missing / 2), ("order_items", missing - missing / 2)] {
        describe(store, dataset(name)?, of(name).context("nothing was committed")?, count, clock).await?;
    }
    let held = store.reader(None).await?.snapshot().segments.len();
    ensure!(held == segments, "the store has {held} segments");
    Ok(())
}

/// The store of that name, made if there is none.
async fn store(tenant: &Tenant, name: &str) -> anyhow::Result<StoreId> {
    let stores = tenant.stores().await?;
    if let Some(store) = stores.iter().find(|store| store.name == name) {
        return Ok(store.id);
    }
    let workspace = tenant.workspaces().await?.pop().context("no workspace")?;
    let new = NewStore {
        name: name.to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::America::New_York,
        week_start: chrono::Weekday::Mon,
    };
    Ok(tenant.create_store(workspace.id, &new).await?)
}

async fn restarts(
    place: &Place,
    client: &Client,
    name: &str,
    expected: &Expected,
    rounds: usize,
    lake: String,
    section: &mut Section,
) -> anyhow::Result<()> {
    let (mut ready, mut first, mut answered, mut next) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // Its id is asked for by a server of its own, so that the measured ones have answered nothing.
    let (server, base) = place.serve().await?;
    let id = client.at(&base).store(name).await?;
    server.stop()?;
    for _ in 0..rounds {
        let began = Instant::now();
        let (server, base) = place.serve().await?;
        ready.push(began.elapsed());
        let client = client.at(&base);
        first.push(ask(&client, &id, Widget::RevenueByDay, expected).await?);
        answered.push(began.elapsed());
        next.push(ask(&client, &id, Widget::TopProducts, expected).await?);
        server.stop()?;
    }
    let median = |times| ms(Times::from(times).median());
    section.row([lake, median(ready), median(first), median(answered), median(next)]);
    Ok(())
}

async fn ask(client: &Client, store: &str, widget: Widget, expected: &Expected) -> anyhow::Result<Duration> {
    let mut query = widget.query();
    query["stores"] = json!([store]);
    let (answer, time) = client.query(&query).await?;
    let rows = answer["rows"].as_array().into_iter().flatten().filter_map(Value::as_object).cloned();
    let totals = answer["totals"].as_object().context("an answer without totals")?;
    widget.check(expected, &rows.collect::<Vec<Map<String, Value>>>(), totals)?;
    Ok(time)
}
