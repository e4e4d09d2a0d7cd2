//! Random queries over random stores, against the oracle.

use aloftly_engine::metrics::{MetricsOptions, QueryError};
use chrono::{DateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::oracle::{self, OracleStore, Quotes, Refusal};
use super::support::{Item, Order, Refund, World};

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn up_to(&mut self, most: i64) -> i64 {
        i64::try_from(self.roll(u64::try_from(most).unwrap() + 1)).unwrap()
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    fn some<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if self.one_in(5) { None } else { Some(self.pick(from)) }
    }

    /// Different ones, at least one.
    fn several<T: Copy + PartialEq>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let mut picked = Vec::new();
        for _ in 0..=self.roll(most as u64) {
            let one = self.pick(from);
            if !picked.contains(&one) {
                picked.push(one);
            }
        }
        picked
    }
}

const ZONES: [Tz; 12] = [
    chrono_tz::America::New_York,
    chrono_tz::America::Sao_Paulo,
    chrono_tz::America::Havana,
    chrono_tz::Africa::Cairo,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::Asia::Kolkata,
    chrono_tz::Europe::London,
    chrono_tz::Pacific::Apia,
    chrono_tz::Pacific::Auckland,
    chrono_tz::Pacific::Chatham,
    chrono_tz::Pacific::Kiritimati,
    chrono_tz::UTC,
];

/// Moments near leap days, changes of clocks, ends of months and years.
const NOWS: [&str; 10] = [
    "2026-11-19T19:05:30Z",
    "2024-02-29T15:00:59Z",
    "2024-03-31T14:05:00Z",
    "2025-01-01T02:30:00Z",
    "2018-11-05T13:37:00Z",
    "2018-02-19T13:37:00Z",
    "2011-12-31T16:20:00Z",
    "2012-01-02T08:20:00Z",
    "2024-11-02T12:12:12Z",
    "2024-04-29T12:12:12Z",
];

const METRICS: [&str; 15] = [
    "shopify.revenue",
    "shopify.net_revenue",
    "shopify.orders",
    "shopify.units",
    "shopify.aov",
    "shopify.discounts",
    "shopify.refunds",
    "shopify.tax",
    "shopify.shipping",
    "shopify.customers",
    "shopify.new_customers",
    "shopify.returning_customers",
    "shopify.revenue_per_customer",
    "shopify.product_revenue",
    "shopify.cancelled_orders",
];
const DIMENSIONS: [&str; 7] =
    ["store", "channel", "country", "discount_code", "customer_type", "currency", "financial_status"];
const ITEM_DIMENSIONS: [&str; 10] = [
    "product",
    "variant",
    "vendor",
    "store",
    "channel",
    "country",
    "discount_code",
    "customer_type",
    "currency",
    "financial_status",
];
const CHANNELS: [&str; 4] = ["web", "pos", "Web%", "wêb_shop"];
const COUNTRIES: [&str; 3] = ["US", "CA", "us"];
const CODES: [&str; 2] = ["SUMMER", "winter"];
const CUSTOMERS: [&str; 6] = ["ann", "bob", "cat", "dan", "eve", "fay"];
const PRODUCTS: [&str; 3] = ["Tea", "Cup", "tea"];
const VARIANTS: [&str; 2] = ["Small", "Large"];
const VENDORS: [&str; 2] = ["Acme", "Best"];

fn order(dice: &mut Dice, id: u32, now: DateTime<Utc>, currencies: &[&'static str]) -> Order {
    let days_back = match dice.roll(10) {
        0..6 => 70,
        6..9 => 500,
        _ => 3,
    };
    let mut created_at = now - TimeDelta::seconds(dice.up_to(days_back * 86_400));
    match dice.roll(6) {
        // On the edges of hours, which are edges of days somewhere; also so that customers' orders coincide.
        0..3 => {
            created_at -= TimeDelta::microseconds(created_at.timestamp_micros().rem_euclid(900_000_000));
            created_at -= TimeDelta::microseconds(dice.up_to(1));
        }
        3 => created_at += TimeDelta::days(dice.up_to(4)),
        _ => created_at += TimeDelta::microseconds(dice.up_to(999_999)),
    }
    let items = (0..dice.roll(4)).map(|_| Item {
        product: dice.pick(&PRODUCTS),
        variant: dice.some(&VARIANTS),
        vendor: dice.some(&VENDORS),
        quantity: dice.up_to(5),
        amount: dice.up_to(1_000_000),
    });
    let items = items.collect();
    let refunds: Vec<_> = (0..dice.roll(5).saturating_sub(2))
        .map(|_| Refund {
            at: (!dice.one_in(4)).then(|| created_at + TimeDelta::seconds(dice.up_to(40 * 86_400))),
            amount: dice.up_to(500_000),
        })
        .collect();
    Order {
        id,
        version: 1,
        created_at,
        customer: dice.some(&CUSTOMERS),
        channel: dice.some(&CHANNELS),
        country: dice.some(&COUNTRIES),
        discount_code: dice.some(&CODES),
        financial_status: dice.some(&["paid", "refunded"]),
        currency: dice.pick(currencies),
        is_test: dice.one_in(10),
        is_cancelled: dice.one_in(6),
        discount: dice.up_to(50_000),
        shipping: dice.up_to(50_000),
        tax: dice.up_to(50_000),
        total: dice.up_to(2_000_000),
        refunded: refunds.iter().map(|refund| refund.amount).sum(),
        items,
        refunds,
    }
}

/// What a store's commits come to so far.
struct Books {
    currencies: &'static [&'static str],
    orders: Vec<Order>,
    version: i64,
}

impl Books {
    fn new(dice: &mut Dice) -> Self {
        let currencies: &[&str] = if dice.one_in(4) { &["USD", "USD", "EUR", "JPY"] } else { &["USD"] };
        Self { currencies, orders: Vec::new(), version: 0 }
    }

    /// A commit of some orders; some of them restate earlier ones.
    fn commit(&mut self, dice: &mut Dice, now: DateTime<Utc>, most: i64) -> Vec<Order> {
        self.version += 1;
        let mut commit: Vec<Order> = Vec::new();
        for _ in 0..dice.up_to(most) {
            let before = if dice.one_in(4) { self.any(dice) } else { None };
            if let Some(before) = before {
                if commit.iter().any(|order| order.id == before.id) {
                    continue;
                }
                let mut after = order(dice, before.id, now, self.currencies);
                if after.items.is_empty() {
                    // A dataset learns of a new state by its rows: an order does not lose all its items.
                    after.items = before.items;
                }
                if after.refunds.is_empty() {
                    (after.refunds, after.refunded) = (before.refunds, before.refunded);
                }
                commit.push(Order { version: self.version, created_at: before.created_at, ..after });
            } else {
                let id = u32::try_from(self.orders.len() + commit.len()).unwrap();
                if self.orders.iter().chain(&commit).any(|order| order.id == id) {
                    continue;
                }
                commit.push(Order { version: self.version, ..order(dice, id, now, self.currencies) });
            }
        }
        for order in &commit {
            match self.orders.iter_mut().find(|before| before.id == order.id) {
                Some(before) => *before = order.clone(),
                None => self.orders.push(order.clone()),
            }
        }
        commit
    }

    fn any(&self, dice: &mut Dice) -> Option<Order> {
        if self.orders.is_empty() {
            return None;
        }
        Some(self.orders[usize::try_from(dice.roll(self.orders.len() as u64)).unwrap()].clone())
    }
}

/// Rates of most days, some without for more than a week.
fn quotes(dice: &mut Dice, now: DateTime<Utc>) -> Quotes {
    let today = now.timestamp().div_euclid(86_400);
    let gap = if dice.one_in(2) { Some(today - dice.up_to(200)) } else { None };
    let days = today - 600..today + 60;
    let mut quotes = Quotes::new();
    for day in days.filter(|day| gap.is_none_or(|gap| !(gap..gap + 12).contains(day))) {
        for (currency, about) in [("EUR", 11_000), ("JPY", 90)] {
            if !dice.one_in(4) {
                quotes.insert((currency, day), about + dice.up_to(about / 10));
            }
        }
    }
    quotes
}

fn date(dice: &mut Dice, now: DateTime<Utc>, back: i64, forward: i64) -> String {
    let day = now.date_naive() + TimeDelta::days(forward) - TimeDelta::days(dice.up_to(back + forward));
    day.to_string()
}

fn dates(dice: &mut Dice, now: DateTime<Utc>, most: i64) -> Value {
    let from = date(dice, now, 80, 3);
    let length = dice.up_to(most);
    let first: chrono::NaiveDate = from.parse().unwrap();
    json!({"from": from, "to": (first + TimeDelta::days(length)).to_string()})
}

fn comparison(dice: &mut Dice, dimensions: &[&str], stores: &[OracleStore]) -> Value {
    let dimension = dice.pick(dimensions);
    let ids: Vec<&str> = stores.iter().map(|store| store.id.as_str()).collect();
    let values: &[&str] = match dimension {
        "store" => &ids,
        "channel" => &CHANNELS,
        "country" => &COUNTRIES,
        "discount_code" => &CODES,
        "customer_type" => &["new", "returning"],
        "currency" => &["USD", "EUR"],
        "financial_status" => &["paid", "refunded", "none of them"],
        "product" => &PRODUCTS,
        "variant" => &VARIANTS,
        _ => &VENDORS,
    };
    let operator = dice.pick(&[
        "equals",
        "notEquals",
        "contains",
        "notContains",
        "startsWith",
        "endsWith",
        "in",
        "notIn",
        "set",
        "notSet",
    ]);
    let values: Vec<String> = match operator {
        "set" | "notSet" => Vec::new(),
        "in" | "notIn" => dice.several(values, 2).into_iter().map(str::to_owned).collect(),
        "contains" | "notContains" | "startsWith" | "endsWith" => {
            vec![dice.pick(&["W", "e", "%", "_", "US", "a", "Ê", "r", ""]).to_owned()]
        }
        _ => vec![dice.pick(values).to_owned()],
    };
    json!({"dimension": dimension, "operator": operator, "values": values})
}

fn filter(dice: &mut Dice, dimensions: &[&str], stores: &[OracleStore], depth: u32) -> Value {
    let roll = if depth == 0 { 9 } else { dice.roll(10) };
    match roll {
        0..2 => {
            let parts: Vec<_> = (0..=dice.roll(2)).map(|_| filter(dice, dimensions, stores, depth - 1)).collect();
            json!({"and": parts})
        }
        2..4 => {
            let parts: Vec<_> = (0..=dice.roll(2)).map(|_| filter(dice, dimensions, stores, depth - 1)).collect();
            json!({"or": parts})
        }
        4 => json!({"not": filter(dice, dimensions, stores, depth - 1)}),
        _ => comparison(dice, dimensions, stores),
    }
}

const WITH_NUMBERS: [&str; 6] = [
    "shopify.revenue",
    "shopify.units",
    "shopify.discounts",
    "shopify.tax",
    "shopify.shipping",
    "shopify.product_revenue",
];
const WAYS: [&str; 9] = ["sum", "avg", "min", "max", "median", "p90", "p95", "p99", "latest"];

/// A metric as it is, in another way, over rows of its own; or a formula.
fn figure(
    dice: &mut Dice,
    at: usize,
    metric: &str,
    of_items: bool,
    dimensions: &[&str],
    stores: &[OracleStore],
) -> Value {
    if dice.one_in(2) {
        return json!(metric);
    }
    let mut figure = if !of_items && dice.one_in(3) {
        json!({"formula": dice.pick(&oracle::FORMULAS).0})
    } else {
        json!({"metric": metric})
    };
    figure["as"] = json!(format!("figure_{at}"));
    if figure.get("metric").is_some() && WITH_NUMBERS.contains(&metric) && dice.roll(3) > 0 {
        figure["aggregation"] = json!(dice.pick(&WAYS));
    }
    if dice.one_in(3) {
        figure["filters"] = filter(dice, dimensions, stores, 1);
    }
    figure
}

/// Conditions on figures, and on what is grouped by.
fn having(dice: &mut Dice, keys: &[String], group_by: &[&str], stores: &[OracleStore], depth: u32) -> Value {
    let parts = |dice: &mut Dice| -> Vec<Value> {
        (0..=dice.roll(2)).map(|_| having(dice, keys, group_by, stores, depth - 1)).collect()
    };
    match if depth == 0 { 9 } else { dice.roll(10) } {
        0..2 => json!({"and": parts(dice)}),
        2..4 => json!({"or": parts(dice)}),
        4 => json!({"not": having(dice, keys, group_by, stores, depth - 1)}),
        5 if !group_by.is_empty() => comparison(dice, group_by, stores),
        _ => {
            let key = &keys[usize::try_from(dice.roll(keys.len() as u64)).unwrap()];
            match dice.pick(&["equals", "notEquals", "gt", "gte", "lt", "lte", "set", "notSet"]) {
                operator @ ("set" | "notSet") => json!({"metric": key, "operator": operator}),
                operator => {
                    let number = match dice.roll(4) {
                        0 => json!(dice.up_to(5)),
                        1 => json!(dice.up_to(200)),
                        2 => json!(format!("{}.{}", dice.up_to(200), dice.up_to(99))),
                        _ => json!(0),
                    };
                    json!({"metric": key, "operator": operator, "values": [number]})
                }
            }
        }
    }
}

/// Metrics that count, also single customers.
const COUNTS: [&str; 5] = [
    "shopify.orders",
    "shopify.customers",
    "shopify.new_customers",
    "shopify.returning_customers",
    "shopify.cancelled_orders",
];

/// Steps, counted each by itself or with customers followed through them.
fn funnel(dice: &mut Dice, stores: &[OracleStore]) -> (Value, Vec<String>) {
    let steps: Vec<_> = (0..2 + dice.roll(3))
        .map(|number| {
            let mut step = json!({"metric": dice.pick(&COUNTS), "label": format!("Step {number}")});
            if dice.one_in(3) {
                step["filters"] = filter(dice, &DIMENSIONS, stores, 1);
            }
            step
        })
        .collect();
    let keys = (1..=steps.len()).map(|number| format!("step_{number}")).collect();
    let mut funnel = json!({"steps": steps});
    if dice.roll(3) > 0 {
        funnel["by"] = json!("customer");
        match dice.roll(4) {
            0 => {}
            1 => funnel["window"] = json!({"minutes": dice.roll(3 * 24 * 60) + 1}),
            2 => funnel["window"] = json!({"hours": dice.roll(100) + 1}),
            _ => funnel["window"] = json!({"days": dice.roll(100) + 1}),
        }
    }
    (funnel, keys)
}

fn query(dice: &mut Dice, now: DateTime<Utc>, stores: &[OracleStore]) -> Value {
    let is_funnel = dice.one_in(6);
    let of_items = !is_funnel && dice.one_in(4);
    let metrics = if of_items {
        dice.several(&["shopify.units", "shopify.product_revenue"], 2)
    } else {
        dice.several(&METRICS, 4)
    };
    let dimensions: &[&str] = if of_items { &ITEM_DIMENSIONS } else { &DIMENSIONS };
    let on_their_day = dice.one_in(3);
    let (mut query, keys) = if is_funnel {
        let (funnel, keys) = funnel(dice, stores);
        (json!({"funnel": funnel}), keys)
    } else {
        let figures = metrics.iter().enumerate();
        let figures: Vec<_> =
            figures.map(|(at, metric)| figure(dice, at, metric, of_items, dimensions, stores)).collect();
        let keys = figures.iter().map(|figure| figure.as_str().or(figure["as"].as_str()).unwrap().to_owned()).collect();
        (json!({"metrics": figures}), keys)
    };
    if dice.one_in(4) {
        query["currency"] = json!("USD");
    }
    if on_their_day {
        query["refunds"] = json!("refund_date");
    }
    let one_zone = stores.iter().all(|store| store.zone == stores[0].zone);
    let granularity = match dice.roll(10) {
        0..3 => None,
        3..6 => Some("day"),
        6 if one_zone => Some("hour"),
        6 | 7 => Some("week"),
        8 => Some("month"),
        _ => Some(dice.pick(&["quarter", "year", "month"])),
    };
    let most = if granularity == Some("hour") { 4 } else { 70 };
    let named: &[&str] = match granularity {
        Some("hour") => &["today", "yesterday", "this_week", "last_week"],
        _ => &[
            "today",
            "yesterday",
            "last_7_days",
            "last_14_days",
            "last_28_days",
            "last_30_days",
            "last_90_days",
            "last_12_months",
            "this_week",
            "last_week",
            "month_to_date",
            "last_month",
            "quarter_to_date",
            "year_to_date",
            "all_time",
        ],
    };
    query["time_range"] = if dice.one_in(2) { json!(dice.pick(named)) } else { dates(dice, now, most) };
    if let Some(granularity) = granularity {
        query["granularity"] = json!(granularity);
        if dice.one_in(3) {
            query["fill"] = json!(dice.one_in(2));
        }
    }
    let mut group_by = Vec::new();
    if dice.one_in(2) {
        group_by = dice.several(dimensions, 1);
        query["group_by"] = json!(group_by);
    }
    if dice.one_in(2) {
        query["filters"] = filter(dice, dimensions, stores, 2);
    }
    if dice.one_in(2) {
        compare(dice, &mut query, now, most);
    }
    let is_by_currency = group_by.contains(&"currency") && query.get("currency").is_none();
    if !group_by.is_empty() && !is_by_currency && dice.one_in(3) {
        let key = &keys[usize::try_from(dice.roll(keys.len() as u64)).unwrap()];
        query["top"] = match dice.roll(3) {
            0 => json!({"groups": dice.roll(4) + 1}),
            1 => json!({"groups": dice.roll(4) + 1, "by": key}),
            _ => json!({"groups": dice.roll(2) + 1, "by": key, "other": false}),
        };
    }
    if dice.one_in(5) {
        query["having"] = having(dice, &keys, &group_by, stores, 2);
    }
    if dice.one_in(2) {
        let mut fields: Vec<&str> = keys.iter().map(String::as_str).chain(group_by.iter().copied()).collect();
        fields.extend(granularity.map(|_| "time"));
        let steps = dice.several(&fields, 2).into_iter().map(|field| match dice.roll(3) {
            0 => json!({"field": field}),
            1 => json!({"field": field, "direction": "asc"}),
            _ => json!({"field": field, "direction": "desc"}),
        });
        query["order_by"] = steps.collect();
    }
    let of_weeks =
        granularity == Some("week") || query["time_range"] == "this_week" || query["time_range"] == "last_week";
    let several = stores.iter().any(|store| store.week_start != stores[0].week_start);
    if of_weeks && several || dice.one_in(8) {
        query["week_start"] = json!(dice.pick(&["monday", "wednesday", "saturday", "sunday"]));
    }
    query["limit"] = json!(if dice.one_in(4) { dice.roll(20) + 1 } else { 10_000 });
    query["offset"] = json!(if dice.one_in(6) { dice.roll(20) } else { 0 });
    query
}

fn compare(dice: &mut Dice, query: &mut Value, now: DateTime<Utc>, most: i64) {
    let named = dice.pick(&["previous_period", "previous_week", "previous_month", "previous_year"]);
    let is_named = dice.roll(5) > 0 && !(named == "previous_period" && query["time_range"] == "all_time");
    query["compare_to"] = if is_named { json!(named) } else { dates(dice, now, most) };
    if is_named && dice.one_in(4) {
        query["align"] = json!("day_of_week");
    }
    // How much time customers of the compared period have is written down by hand.
    if dice.one_in(3) || query["funnel"].get("by").is_some() {
        query["partial"] = json!("full");
    }
}

/// A world whose stores go on selling while it is asked, and what its answers must be.
struct Trial {
    dice: Dice,
    now_text: &'static str,
    now: DateTime<Utc>,
    world: World,
    books: Vec<Books>,
    quotes: Quotes,
    stores: Vec<OracleStore>,
}

impl Trial {
    async fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let now_text = dice.pick(&NOWS);
        let now: DateTime<Utc> = now_text.parse().unwrap();
        // Much is kept, or little that has to give way soon, or nothing.
        let rollup_memory = dice.pick(&[128 << 20, 128 << 20, 30_000, 0]);
        let options = MetricsOptions { rollup_memory, ..MetricsOptions::default() };
        let world = World::with_options(now_text, dice.pick(&[0, 20, 1_000]), options);
        let quotes = quotes(&mut dice, now);
        let mut trial = Self { dice, now_text, now, world, books: Vec::new(), quotes, stores: Vec::new() };
        for _ in 0..=trial.dice.roll(3) {
            trial.add_store().await;
        }
        trial
    }

    async fn add_store(&mut self) {
        let Self { dice, world, quotes, now, .. } = self;
        let (zone, week_start) = (dice.pick(&ZONES), dice.pick(&[Weekday::Mon, Weekday::Sun, Weekday::Sat]));
        let mut books = Books::new(dice);
        let commits: Vec<_> = (0..dice.up_to(3)).map(|_| books.commit(dice, *now, 60)).collect();
        let commits: Vec<&[Order]> = commits.iter().map(Vec::as_slice).collect();
        let id = world.add_store(zone, week_start, &commits).await.to_string();
        if books.currencies.len() > 1 {
            let date = |day: i64| (chrono::NaiveDate::default() + TimeDelta::days(day)).to_string();
            let dated: Vec<_> = quotes.iter().map(|((base, day), rate)| (date(*day), *base, *rate)).collect();
            let rates: Vec<_> = dated.iter().map(|(date, base, rate)| (date.as_str(), *base, "USD", *rate)).collect();
            world.commit_rates(world.stores.len() - 1, &rates).await;
        }
        if dice.one_in(2) {
            world.stores.last().unwrap().lake.fold_due().await.unwrap();
        }
        self.stores.push(OracleStore { id, zone, week_start, orders: books.orders.clone() });
        self.books.push(books);
    }

    /// Some store commits, also to old days, or what it has is folded.
    async fn go_on(&mut self) {
        let store = usize::try_from(self.dice.roll(self.stores.len() as u64)).unwrap();
        if self.dice.one_in(2) {
            let commit = self.books[store].commit(&mut self.dice, self.now, 12);
            self.world.commit(store, &commit).await;
            self.stores[store].orders.clone_from(&self.books[store].orders);
        } else {
            self.world.stores[store].lake.fold_due().await.unwrap();
        }
    }

    /// Checks an answer; says how many partitions of it were put together from rollups.
    async fn check(&self, query: &Value, context: &str) -> u64 {
        let expected = oracle::answer(query, &self.stores, &self.quotes, self.now);
        let found = self.world.ask(query.clone()).await;
        let context = format!("{context}: {query} at {}", self.now_text);
        match (found, expected) {
            (Err(QueryError::MixedCurrencies { currencies }), Err(expected)) => {
                assert_eq!(Refusal::MixedCurrencies(currencies), expected, "{context}");
            }
            (Err(QueryError::MissingRate { .. }), Err(Refusal::MissingRate)) => {}
            (Ok(found), Ok(expected)) => {
                let found = serde_json::to_value(&*found).unwrap();
                for part in ["totals", "total_rows"] {
                    assert_eq!(found[part], expected[part], "{part} of {context}");
                }
                let compared = found["comparison"].get("totals").unwrap_or(&Value::Null);
                assert_eq!(*compared, expected["comparison"], "comparison of {context}");
                let (rows, wanted) = (found["rows"].as_array().unwrap(), expected["rows"].as_array().unwrap());
                for (at, (row, wanted)) in rows.iter().zip(wanted).enumerate() {
                    assert_eq!(row, wanted, "row {at} of {context}");
                }
                assert_eq!(rows.len(), wanted.len(), "rows of {context}");
                let parts = found["meta"]["parts"].as_array().unwrap();
                return parts.iter().map(|part| part["rollup"].as_u64().unwrap()).sum();
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}: {context}"),
        }
        0
    }
}

/// Some stores and queries about them, all from one seed. Between queries there are commits and folds, and then the query before is
/// asked again: what is kept must not outlive what it was computed from.
///
/// Says how many partitions were put together from rollups.
async fn check(seed: u64, queries: u32) -> u64 {
    let mut rollups = 0;
    let mut trial = Trial::new(seed).await;
    for number in 0..queries {
        let query = query(&mut trial.dice, trial.now, &trial.stores);
        rollups += trial.check(&query, &format!("seed {seed}, query {number}")).await;
        if trial.dice.one_in(4) {
            trial.go_on().await;
            rollups += trial.check(&query, &format!("seed {seed}, query {number} again")).await;
        }
    }
    rollups
}

#[tokio::test]
async fn answers_equal_those_of_the_oracle() {
    // More of them: ALOFTLY_ORACLE_WORLDS=2500 for 50,000 queries.
    let worlds = std::env::var("ALOFTLY_ORACLE_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(100);
    let first = std::env::var("ALOFTLY_ORACLE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut rollups = 0;
    for seed in first..first + worlds {
        rollups += check(seed, 20).await;
    }
    assert!(rollups > worlds, "answers are also put together from rollups: {rollups}");
}
