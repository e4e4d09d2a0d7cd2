//! Customers.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::table::Row;

/// An address of a customer or an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Its number.
    pub id: u64,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Street and number.
    pub street: String,
    /// Place.
    pub city: &'static str,
    /// Postal code.
    pub zip: String,
    /// ISO 3166-1 code.
    pub country_code: &'static str,
    /// The country's name.
    pub country: &'static str,
    /// ISO 3166-2 code without the country.
    pub province_code: Option<&'static str>,
    /// The province's name.
    pub province: Option<&'static str>,
}

/// Somebody who buys.
#[derive(Clone, Debug, Serialize)]
pub struct Customer {
    /// Its number.
    pub id: u64,
    /// When they were first known.
    pub created_at: DateTime<Utc>,
    /// When anything about them changed last.
    pub updated_at: DateTime<Utc>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Where they live.
    pub address: Address,
    /// Whether they have an account.
    pub enabled: bool,
    /// Whether they want mail.
    pub subscribed: bool,
    /// Their tags.
    pub tags: Vec<String>,
    /// What the staff wrote.
    pub note: Option<String>,
}

impl Row for Customer {
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

impl Customer {
    /// Both names.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}
