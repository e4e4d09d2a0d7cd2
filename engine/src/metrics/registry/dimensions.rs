//! What metrics can be cut by.

use super::{Dimension, DimensionKind};

const fn column(id: &'static str, title: &'static str, description: &'static str) -> Dimension {
    Dimension { id, title, description, has_few_values: false, kind: DimensionKind::Column(id) }
}

const fn few(id: &'static str, title: &'static str, description: &'static str) -> Dimension {
    Dimension { has_few_values: true, ..column(id, title, description) }
}

pub(super) static DIMENSIONS: &[Dimension] = &[
    Dimension {
        id: "store",
        title: "Store",
        description: "The store's id",
        has_few_values: true,
        kind: DimensionKind::Store,
    },
    few("channel", "Channel", "Where an order was placed or a ticket came in: web, point of sale, e-mail, chat"),
    few(
        "country",
        "Country",
        "Where an order was shipped to, else billed to; where a visitor was; where a customer's own address is",
    ),
    column("discount_code", "Discount code", "The code that the customer gave"),
    Dimension {
        id: "customer_type",
        title: "Customer type",
        description: "new for a customer's first order of all time in the store, else returning; none without a customer",
        has_few_values: true,
        kind: DimensionKind::CustomerType,
    },
    few("currency", "Currency", "The currency of amounts"),
    few("financial_status", "Payment status", "Whether the order was paid, refunded and so on"),
    column(
        "product",
        "Product",
        "What was sold or reviewed; of an order as the order names it, with its variant, such as \"Tea - Large\"",
    ),
    column(
        "variant",
        "Variant",
        "The stock keeping unit (SKU) of what was sold, which tells variants apart; of an experiment, its variation",
    ),
    column("sku", "SKU", "The stock keeping unit (SKU) of what is in stock"),
    few("location", "Location", "The place where stock is kept"),
    column("vendor", "Vendor", "Who makes the product"),
    few("device", "Device", "What the visitor used: desktop, mobile, tablet"),
    column("page", "Page", "The path of the page, without its query; of an order, the page that its visit landed on"),
    few(
        "traffic_source",
        "Source",
        "Where the session, or the visit that led to the order, came from: google, newsletter, (direct)",
    ),
    few("medium", "Medium", "How it came: organic, cpc, email"),
    column("campaign", "Campaign", "The campaign that brought it"),
    few("experiment", "Experiment", "The experiment's name"),
    few("survey", "Survey", "The survey's title"),
    few("question", "Question", "What was asked, in the newest wording"),
    column("answer", "Answer", "What was answered; each of several answers by itself"),
    few("status", "Status", "How far it is: open, closed, published"),
    few("priority", "Priority", "How urgent the ticket is"),
    few("language", "Language", "The language of the ticket"),
    few("sentiment", "Sentiment", "How the customer feels, as the help desk judges it"),
    few("contact_reason", "Contact reason", "What the customer wrote about, as the help desk judges it"),
    few("verified", "Verification", "Whether the reviewer is known to have bought the product"),
    Dimension {
        id: "rating",
        title: "Stars",
        description: "Stars, from 1 to 5",
        has_few_values: true,
        kind: DimensionKind::Number("rating"),
    },
];
