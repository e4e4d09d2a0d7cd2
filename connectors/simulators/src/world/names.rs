//! What made-up things are called.

use crate::money::Currency;

/// A country that buyers live in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) currency: Currency,
    /// Hundredths of a percent.
    pub(crate) tax: i64,
    pub(crate) tax_title: &'static str,
    pub(crate) cities: &'static [&'static str],
    pub(crate) province: Option<(&'static str, &'static str)>,
}

/// The countries; the first is where somebody lives who is not said to live elsewhere.
pub(crate) const COUNTRIES: &[Country] = &[
    Country {
        code: "US",
        name: "United States",
        currency: Currency::USD,
        tax: 825,
        tax_title: "State Tax",
        cities: &["Portland", "Austin", "Boston", "Chicago"],
        province: Some(("NY", "New York")),
    },
    Country {
        code: "DE",
        name: "Germany",
        currency: Currency::EUR,
        tax: 1_900,
        tax_title: "DE MwSt",
        cities: &["Berlin", "Köln", "München"],
        province: None,
    },
    Country {
        code: "FR",
        name: "France",
        currency: Currency::EUR,
        tax: 2_000,
        tax_title: "FR TVA",
        cities: &["Paris", "Lyon", "Nîmes"],
        province: None,
    },
    Country {
        code: "GB",
        name: "United Kingdom",
        currency: Currency::GBP,
        tax: 2_000,
        tax_title: "GB VAT",
        cities: &["London", "Leeds", "Bristol"],
        province: Some(("ENG", "England")),
    },
    Country {
        code: "JP",
        name: "Japan",
        currency: Currency::JPY,
        tax: 1_000,
        tax_title: "JP CT",
        cities: &["東京", "大阪"],
        province: Some(("JP-13", "Tōkyō")),
    },
    Country {
        code: "KW",
        name: "Kuwait",
        currency: Currency::KWD,
        tax: 0,
        tax_title: "KW VAT",
        cities: &["Kuwait City", "Hawalli"],
        province: None,
    },
];

/// Where a shop with that currency is at home.
pub(crate) fn home_of(currency: Currency) -> Country {
    let home = COUNTRIES.iter().find(|country| country.currency == currency);
    // The list is a constant with a first element.
    *home.unwrap_or(&COUNTRIES[0])
}

pub(crate) const FIRST: &[&str] = &[
    "Ada", "Bruno", "Chloé", "Dalia", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun", "Katja", "Leon", "Mira", "Noor",
    "Olga", "Pavel", "Quinn", "Rosa", "Søren", "Tariq", "Uma", "Vera", "Wim", "Xenia", "Yusuf", "Zoë",
];

pub(crate) const LAST: &[&str] = &[
    "Abe", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen", "Kowalski", "Lind",
    "Moreau", "Novak", "O'Neil", "Petrov", "Quist", "Rossi", "Sato", "Tanaka", "Usman", "Vogel", "Weber", "Young",
];

pub(crate) const STREETS: &[&str] = &["Mill Lane", "Harbour Street", "Elm Road", "Station Square", "Orchard Way"];

pub(crate) const LOOKS: &[&str] = &[
    "Speckled", "Plain", "Tall", "Little", "Woven", "Smoked", "Copper", "Linen", "Oak", "Midnight", "Glazed", "Heavy",
];

/// Things with their type and their price in dollars, about.
pub(crate) const THINGS: &[(&str, &str, i64)] = &[
    ("Mug", "Tableware", 19),
    ("Teapot", "Tableware", 64),
    ("Kettle", "Kitchen", 89),
    ("Tray", "Kitchen", 34),
    ("Apron", "Textiles", 39),
    ("Tea Towel", "Textiles", 14),
    ("Blanket", "Textiles", 120),
    ("Planter", "Garden", 45),
    ("Lamp", "Lighting", 149),
    ("Candle", "Lighting", 24),
    ("Vase", "Decor", 58),
    ("Notebook", "Paper", 12),
];

pub(crate) const VENDORS: &[&str] = &["Fern & Kettle", "North Kiln", "Atelier Brun", "Okada"];

pub(crate) const FORMS: &[&str] = &["Small", "Medium", "Large", "Extra Large"];

pub(crate) const COLLECTIONS: &[&str] = &["New arrivals", "Tea time", "For the garden", "Last pieces"];

pub(crate) const LOCATIONS: &[&str] =
    &["Warehouse", "Shop on Mill Lane", "Second warehouse", "Market stall", "Old depot"];

pub(crate) const CODES: &[(&str, i64)] = &[("WELCOME10", 1_000), ("SPRING15", 1_500), ("FRIENDS20", 2_000)];

/// Where visits come from: Shopify's source, its means, the referrer, UTM source and medium.
#[allow(clippy::type_complexity, reason = "a table of constants, each column named above")]
pub(crate) const SOURCES: &[(&str, Option<&str>, Option<&str>, Option<(&str, &str)>)] = &[
    ("direct", None, None, None),
    ("google", Some("SEARCH"), Some("https://www.google.com/"), None),
    ("google", Some("AD"), Some("https://www.google.com/"), Some(("google", "cpc"))),
    ("Facebook", Some("AD"), Some("https://l.facebook.com/"), Some(("facebook", "paid_social"))),
    ("Instagram", Some("POST"), Some("https://l.instagram.com/"), Some(("instagram", "social"))),
    ("email", Some("NEWSLETTER"), None, Some(("newsletter", "email"))),
    ("an unknown source", Some("LINK"), Some("https://blog.example/gifts"), None),
];

pub(crate) const CAMPAIGNS: &[&str] = &["autumn-sale", "brand", "gift-guide", "new-kettles"];

pub(crate) const PAGES: &[&str] = &["", "collections/tea-time", "products/speckled-mug", "pages/about", "blogs/news"];
