//! Amounts: whole minor units of a currency, never floats. An order has each of them twice, in the currency of the shop's books and in
//! the one that the buyer saw.

use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// What is wrong with a currency's name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no currency: give three capital letters, such as EUR")]
pub struct NoCurrency(String);

impl TryFrom<String> for Currency {
    type Error = NoCurrency;

    fn try_from(code: String) -> Result<Self, NoCurrency> {
        let bytes = <[u8; 3]>::try_from(code.as_bytes()).map_err(|_| NoCurrency(code.clone()))?;
        if bytes.iter().all(u8::is_ascii_uppercase) { Ok(Self(bytes)) } else { Err(NoCurrency(code)) }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Yen, which has no minor unit.
    pub const JPY: Self = Self(*b"JPY");
    /// Kuwaiti dinar, which has three decimals.
    pub const KWD: Self = Self(*b"KWD");

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        // The type is only made of ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals its minor unit has (ISO 4217).
    #[must_use]
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// What one of it is worth in millionths of a dollar: made up, and never moves.
    fn worth(self) -> i128 {
        match &self.0 {
            b"EUR" => 1_080_000,
            b"GBP" => 1_270_000,
            b"JPY" => 6_600,
            b"KWD" => 3_250_000,
            b"CAD" => 730_000,
            b"AUD" => 650_000,
            b"CHF" => 1_120_000,
            b"SEK" => 95_000,
            _ => 1_000_000,
        }
    }

    /// An amount of minor units in another currency, to the nearest minor unit of it.
    #[must_use]
    pub fn exchange(self, minor: i64, to: Self) -> i64 {
        if self == to {
            return minor;
        }
        let above = i128::from(minor) * self.worth() * 10_i128.pow(to.decimals());
        let below = to.worth() * 10_i128.pow(self.decimals());
        rounded(above, below)
    }

    /// An amount as GraphQL writes it: a decimal point always, and no more places than are needed ("55.0", "604.25").
    #[must_use]
    pub fn graphql(self, minor: i64) -> String {
        let places = self.decimals() as usize;
        let (sign, whole, part) = self.cut(minor);
        let part = format!("{part:0places$}");
        let part = part.trim_end_matches('0');
        format!("{sign}{whole}.{}", if part.is_empty() { "0" } else { part })
    }

    /// An amount as webhooks write it: all places of the currency ("199.60").
    #[must_use]
    pub fn rest(self, minor: i64) -> String {
        let places = self.decimals() as usize;
        let (sign, whole, part) = self.cut(minor);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0places$}") }
    }

    fn cut(self, minor: i64) -> (&'static str, u64, u64) {
        let unit = 10_u64.pow(self.decimals());
        let size = minor.unsigned_abs();
        (if minor < 0 { "-" } else { "" }, size / unit, size % unit)
    }
}

/// The quotient to the nearest whole number, halves away from zero, 0 for a divisor of 0.
fn rounded(above: i128, below: i128) -> i64 {
    if below == 0 {
        return 0;
    }
    let half = below.abs() / 2 * above.signum();
    i64::try_from((above + half) / below).unwrap_or(i64::MAX)
}

/// Which of two currencies an amount is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currencies {
    /// Of the shop's books.
    pub shop: Currency,
    /// That the buyer saw.
    pub presentment: Currency,
}

impl Currencies {
    /// An amount of the shop's minor units in both.
    #[must_use]
    pub fn bag(self, shop: i64) -> Bag {
        Bag { shop, presentment: self.shop.exchange(shop, self.presentment) }
    }

    /// A `MoneyBag` of GraphQL.
    #[must_use]
    pub fn graphql(self, bag: Bag) -> Value {
        let money =
            |currency: Currency, minor| json!({ "amount": currency.graphql(minor), "currencyCode": currency.code() });
        json!({ "shopMoney": money(self.shop, bag.shop), "presentmentMoney": money(self.presentment, bag.presentment) })
    }

    /// A `_set` of a webhook.
    #[must_use]
    pub fn rest(self, bag: Bag) -> Value {
        let money =
            |currency: Currency, minor| json!({ "amount": currency.rest(minor), "currency_code": currency.code() });
        json!({ "shop_money": money(self.shop, bag.shop), "presentment_money": money(self.presentment, bag.presentment) })
    }
}

/// An amount in minor units of both currencies of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bag {
    /// In the shop's currency.
    pub shop: i64,
    /// In the buyer's.
    pub presentment: i64,
}

impl Bag {
    /// Nothing.
    pub const ZERO: Self = Self { shop: 0, presentment: 0 };

    /// The same done to both amounts.
    #[must_use]
    pub fn map(self, change: impl Fn(i64) -> i64) -> Self {
        Self { shop: change(self.shop), presentment: change(self.presentment) }
    }

    /// So many of it.
    #[must_use]
    pub fn times(self, count: i64) -> Self {
        self.map(|minor| minor * count)
    }

    /// That part of it, to the nearest minor unit.
    #[must_use]
    pub fn part(self, above: i64, below: i64) -> Self {
        self.map(|minor| rounded(i128::from(minor) * i128::from(above), i128::from(below)))
    }

    /// What units `from..to` of `count` come to. The parts of all units add up to the whole.
    #[must_use]
    pub fn units(self, from: i64, to: i64, count: i64) -> Self {
        self.part(to, count) - self.part(from, count)
    }

    /// Whether both amounts are 0.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// At least nothing.
    #[must_use]
    pub fn or_nothing(self) -> Self {
        self.map(|minor| minor.max(0))
    }
}

impl Add for Bag {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { shop: self.shop + other.shop, presentment: self.presentment + other.presentment }
    }
}

impl AddAssign for Bag {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Bag {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Bag {
    type Output = Self;

    fn neg(self) -> Self {
        self.map(|minor| -minor)
    }
}

impl std::iter::Sum for Bag {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
