//! Which columns an orders export has.

use crate::ImportError;
use crate::table::{Table, same_title};

macro_rules! columns {
    ($($column:ident $title:literal $required:literal,)*) => {
        /// A column that is read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Column {
            $(#[doc = $title] $column,)*
        }

        /// The columns' titles, and whether a file must have them, in the order of [`Column`].
        pub(super) const COLUMNS: &[(&str, bool)] = &[$(($title, $required),)*];
    };
}

columns! {
    Name "Name" true,
    CreatedAt "Created at" true,
    Currency "Currency" true,
    Total "Total" true,
    Quantity "Lineitem quantity" true,
    Product "Lineitem name" true,
    Price "Lineitem price" true,
    Id "Id" false,
    Email "Email" false,
    FinancialStatus "Financial Status" false,
    PaidAt "Paid at" false,
    FulfillmentStatus "Fulfillment Status" false,
    FulfilledAt "Fulfilled at" false,
    AcceptsMarketing "Accepts Marketing" false,
    Subtotal "Subtotal" false,
    Shipping "Shipping" false,
    Taxes "Taxes" false,
    DiscountCode "Discount Code" false,
    DiscountAmount "Discount Amount" false,
    ShippingMethod "Shipping Method" false,
    Sku "Lineitem sku" false,
    LineDiscount "Lineitem discount" false,
    BillingName "Billing Name" false,
    BillingCity "Billing City" false,
    BillingProvince "Billing Province" false,
    BillingCountry "Billing Country" false,
    ShippingName "Shipping Name" false,
    ShippingCity "Shipping City" false,
    ShippingProvince "Shipping Province" false,
    ShippingCountry "Shipping Country" false,
    CancelledAt "Cancelled at" false,
    PaymentMethod "Payment Method" false,
    RefundedAmount "Refunded Amount" false,
    RefundedAt "Refunded at" false,
    Vendor "Vendor" false,
    Outstanding "Outstanding Balance" false,
    Location "Location" false,
    Tags "Tags" false,
    RiskLevel "Risk Level" false,
    Source "Source" false,
}

/// What Shopify exports besides, which is not read.
const LEFT_ALONE: &[&str] = &[
    "Lineitem compare at price",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Street",
    "Billing Address1",
    "Billing Address2",
    "Billing Company",
    "Billing Zip",
    "Billing Phone",
    "Billing Province Name",
    "Shipping Street",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping Company",
    "Shipping Zip",
    "Shipping Phone",
    "Shipping Province Name",
    "Notes",
    "Note Attributes",
    "Payment Reference",
    "Payment References",
    "Payment ID",
    "Payment Terms Name",
    "Next Payment Due At",
    "Employee",
    "Device ID",
    "Phone",
    "Receipt Number",
    "Duties",
];

/// Where a file has its columns.
#[derive(Debug)]
pub(super) struct Header {
    places: Vec<Option<usize>>,
    titles: Vec<String>,
}

impl Header {
    pub(super) fn of(table: &Table<'_>) -> Result<Self, ImportError> {
        Ok(Self { places: table.find(COLUMNS)?, titles: table.titles().to_vec() })
    }

    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// The column's title as the file writes it.
    pub(super) fn title(&self, column: Column) -> &str {
        self.place(column).and_then(|place| self.titles.get(place)).map_or(COLUMNS[column as usize].0, String::as_str)
    }

    /// The columns that Shopify does not export.
    pub(super) fn unknown(&self) -> Vec<String> {
        let is_tax = |title: &str| title.to_lowercase().starts_with("tax ");
        let known = |title: &String| {
            let mut titles = COLUMNS.iter().map(|(title, _)| title).chain(LEFT_ALONE);
            titles.any(|known| same_title(known, title)) || is_tax(title)
        };
        self.titles.iter().filter(|title| !title.is_empty() && !known(title)).cloned().collect()
    }
}
