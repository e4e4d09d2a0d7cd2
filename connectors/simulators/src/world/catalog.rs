//! What a shop sells and where it lies.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::table::Row;

/// Whether a product is for sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProductStatus {
    /// For sale.
    Active,
    /// No longer.
    Archived,
    /// Not yet.
    Draft,
    /// For whoever has the link.
    Unlisted,
}

impl ProductStatus {
    /// Its name in GraphQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Archived => "ARCHIVED",
            Self::Draft => "DRAFT",
            Self::Unlisted => "UNLISTED",
        }
    }
}

/// A form of a product that is bought by itself.
#[derive(Clone, Debug, Serialize)]
pub struct Variant {
    /// Its number.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Minor units of the shop's currency.
    pub price: i64,
    /// What it cost before, in the same.
    pub compare_at: Option<i64>,
    /// From 1.
    pub position: i64,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Its inventory item.
    pub inventory_item: u64,
}

/// A product.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// Its number.
    pub id: u64,
    /// Its name in addresses.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// The maker.
    pub vendor: String,
    /// What kind of thing it is.
    pub product_type: String,
    /// Whether it is for sale.
    pub status: ProductStatus,
    /// Whether it is a gift card.
    pub is_gift_card: bool,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Since when it is for sale.
    pub published_at: Option<DateTime<Utc>>,
    /// Its forms, at least one.
    pub variants: Vec<Variant>,
}

impl Row for Product {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// Products under one name.
#[derive(Clone, Debug, Serialize)]
pub struct Collection {
    /// Its number.
    pub id: u64,
    /// Its name in addresses.
    pub handle: String,
    /// Its title.
    pub title: String,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Its products.
    pub products: Vec<u64>,
}

impl Row for Collection {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// How much of an item is at a location.
#[derive(Clone, Debug, Serialize)]
pub struct Level {
    /// Its number, the first part of its gid.
    pub id: u64,
    /// Where.
    pub location: u64,
    /// Whether the item is kept there.
    pub active: bool,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// For sale; below 0 when more was sold than there was.
    pub available: i64,
    /// Sold and not sent yet.
    pub committed: i64,
    /// On its way here.
    pub incoming: i64,
    /// Put aside.
    pub reserved: i64,
    /// Broken.
    pub damaged: i64,
}

impl Level {
    /// A quantity by its name in GraphQL; `None` for a name that it does not have.
    #[must_use]
    pub fn quantity(&self, name: &str) -> Option<i64> {
        Some(match name {
            "available" => self.available,
            "committed" => self.committed,
            "incoming" => self.incoming,
            "reserved" => self.reserved,
            "damaged" => self.damaged,
            "on_hand" => self.available + self.committed + self.reserved + self.damaged,
            "safety_stock" | "quality_control" => 0,
            _ => return None,
        })
    }
}

/// What is counted of a variant.
#[derive(Clone, Debug, Serialize)]
pub struct InventoryItem {
    /// Its number.
    pub id: u64,
    /// Its product.
    pub product: u64,
    /// Its variant.
    pub variant: u64,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Whether it is counted.
    pub tracked: bool,
    /// What one costs the shop, in minor units of its currency.
    pub unit_cost: Option<i64>,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last; its levels have times of their own.
    pub updated_at: DateTime<Utc>,
    /// How much is where.
    pub levels: Vec<Level>,
}

impl Row for InventoryItem {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl InventoryItem {
    /// What is for sale at all places where it is kept.
    #[must_use]
    pub fn available(&self) -> i64 {
        self.levels.iter().filter(|level| level.active).map(|level| level.available).sum()
    }
}

/// A place where stock lies.
#[derive(Clone, Debug, Serialize)]
pub struct Location {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
    /// ISO 3166-1 code.
    pub country_code: &'static str,
    /// Whether orders of the web are sent from it.
    pub fulfils_online: bool,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl Row for Location {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
