//! Locations, and what is kept at them on a day.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::table::{Cell, Named, Table};
use super::tree::{Tree, kind_of};
use super::version;
use super::wire::{At, Id, Priced, number_of, read};
use crate::contract::{Batches, Failure};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LocationNode {
    id: Id,
    name: String,
    is_active: Option<bool>,
    fulfills_online_orders: Option<bool>,
    ships_inventory: Option<bool>,
    updated_at: At,
    address: Option<LocationAddress>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LocationAddress {
    country_code: Option<String>,
}

/// The rows of locations.
///
/// # Errors
/// [`Failure::Unexpected`] with the place where an answer is not what it should be.
pub(super) fn locations(trees: &[Tree]) -> Result<Batches, Failure> {
    let mut table = Table::of("locations")?;
    for tree in trees {
        let location: LocationNode = read(tree.root(), "a location")?;
        let country = location.address.as_ref().and_then(|address| address.country_code.as_deref());
        table.push(&[
            ("location_id", Cell::from(&location.id.0)),
            ("row_version", version::read(location.updated_at).into()),
            ("seen_at", location.updated_at.into()),
            ("location", (&location.name).into()),
            ("country", country.into()),
            ("is_active", location.is_active.into()),
            ("fulfills_online_orders", location.fulfills_online_orders.into()),
            ("ships_inventory", location.ships_inventory.into()),
        ])?;
    }
    Ok(table.finish()?.into_iter().collect())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemNode {
    id: Id,
    sku: Option<String>,
    tracked: Option<bool>,
    unit_cost: Option<Priced>,
}

#[derive(Debug, Deserialize)]
struct Below {
    id: String,
}

#[derive(Debug, Deserialize)]
struct LevelNode {
    id: String,
    location: LocationName,
    #[serde(default)]
    quantities: Vec<Quantity>,
}

#[derive(Debug, Deserialize)]
struct LocationName {
    id: Id,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Quantity {
    name: String,
    quantity: i64,
}

#[derive(Debug, Deserialize)]
struct VariantNode {
    id: Id,
    product: Option<ProductNode>,
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ProductNode {
    id: Id,
    title: Option<String>,
}

/// When something was read, and which day of the shop that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadOn {
    pub(super) at: At,
    pub(super) day: NaiveDate,
    /// When the day begins.
    begins: At,
}

impl ReadOn {
    /// At that instant, in a shop of that zone.
    pub(super) fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        let day = at.with_timezone(&zone).date_naive();
        Self { at: At(at.timestamp_micros()), day, begins: At(start_of(day, zone)) }
    }

    /// When the day begins, in microseconds since the epoch.
    pub(super) fn begins(self) -> i64 {
        self.begins.0
    }
}

/// When a day begins: at midnight, or where the clocks skip that, when they go on.
pub(super) fn start_of(day: NaiveDate, zone: Tz) -> i64 {
    // No zone skips more than a day; most that skip midnight skip an hour.
    let mut time = day.and_time(NaiveTime::MIN);
    for _ in 0..=96 {
        match zone.from_local_datetime(&time) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => {
                return instant.timestamp_micros();
            }
            LocalResult::None => time += TimeDelta::minutes(15),
        }
    }
    day.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
}

/// The rows of what is kept, as of the day on which it was read.
///
/// # Errors
/// Those of [`locations`].
pub(super) fn levels(trees: &[Tree], read_on: ReadOn) -> Result<Batches, Failure> {
    let mut table = Table::of("inventory_levels")?;
    for tree in trees {
        let item: ItemNode = read(tree.root(), "an inventory item")?;
        let (mut levels, mut variant) = (Vec::new(), None);
        for child in tree.children("an inventory item")? {
            match kind_of(&read::<Below>(child.json(), "what is below an inventory item")?.id) {
                "InventoryLevel" => levels.push(read::<LevelNode>(child.json(), "an inventory level")?),
                "ProductVariant" if variant.is_none() => {
                    variant = Some(read::<VariantNode>(child.json(), "a variant of an inventory item")?);
                }
                _ => {}
            }
        }
        for level in &levels {
            push_level(&mut table, &item, variant.as_ref(), level, read_on)?;
        }
    }
    Ok(table.finish()?.into_iter().collect())
}

fn push_level(
    table: &mut Table,
    item: &ItemNode,
    variant: Option<&VariantNode>,
    level: &LevelNode,
    read_on: ReadOn,
) -> Result<(), Failure> {
    // The number alone is not said to tell a level from those of other items.
    let level_id = format!("{}:{}", number_of(&level.id), item.id.0);
    let level_day = format!("{level_id}:{}", read_on.day);
    let product = variant.and_then(|variant| variant.product.as_ref());
    let title = product.and_then(|product| product.title.as_deref()).map(|title| {
        match variant.and_then(|variant| variant.title.as_deref()) {
            // What a product without options has Shopify call so.
            None | Some("Default Title") => title.to_owned(),
            Some(variant) => format!("{title} - {variant}"),
        }
    });
    let mut cells: Vec<Named<'_>> = vec![
        ("level_day", Cell::from(&level_day)),
        ("row_version", read_on.at.0.into()),
        ("day", read_on.begins.into()),
        ("read_at", read_on.at.into()),
        ("level_id", (&level_id).into()),
        ("location_id", (&level.location.id.0).into()),
        ("location", level.location.name.as_deref().into()),
        ("inventory_item_id", (&item.id.0).into()),
        ("product_id", product.map(|product| product.id.0.as_str()).into()),
        ("product", title.as_deref().into()),
        ("variant", item.sku.as_deref().into()),
        ("variant_id", variant.map(|variant| variant.id.0.as_str()).into()),
        ("sku", item.sku.as_deref().into()),
        ("tracked", item.tracked.into()),
        ("unit_cost", item.unit_cost.as_ref().map(|cost| cost.amount.0).into()),
        ("currency", item.unit_cost.as_ref().map(|cost| cost.currency.as_str()).into()),
    ];
    for name in QUANTITIES {
        let quantity = level.quantities.iter().find(|quantity| quantity.name == name);
        cells.push((name, quantity.map(|quantity| quantity.quantity).into()));
    }
    table.push(&cells)
}

const QUANTITIES: [&str; 8] =
    ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock", "quality_control"];

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn micros(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_micros()
    }

    #[test]
    fn a_day_begins_when_its_zone_says() {
        assert_eq!(start_of(day("2026-11-02"), chrono_tz::America::New_York), micros("2026-11-02T05:00:00Z"));
        assert_eq!(start_of(day("2026-07-01"), chrono_tz::America::New_York), micros("2026-07-01T04:00:00Z"));
        // Chile's clocks went from midnight to one o'clock.
        assert_eq!(start_of(day("2022-09-11"), chrono_tz::America::Santiago), micros("2022-09-11T04:00:00Z"));
        // Samoa had no 30 December 2011.
        assert_eq!(start_of(day("2011-12-30"), chrono_tz::Pacific::Apia), micros("2011-12-30T10:00:00Z"));
    }

    #[test]
    fn what_is_read_late_at_night_is_of_the_day_of_the_shop() {
        let at = "2026-11-02T04:30:00Z".parse().unwrap();
        let read_on = ReadOn::new(at, chrono_tz::America::New_York);
        assert_eq!(read_on.day, day("2026-11-01"));
        assert_eq!(read_on.begins, At(micros("2026-11-01T04:00:00Z")));
    }
}
