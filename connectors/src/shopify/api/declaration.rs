//! What the connector says of itself.

use std::time::Duration;

use super::shop::FIELD;
use crate::contract::{Auth, Declaration, Field, FieldKind, Restatement, Schedule, Stream};

const TEN_MINUTES: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(86_400);

pub(super) static STREAMS: [Stream; 5] = [
    Stream {
        id: "orders",
        title: "Orders",
        datasets: &["orders", "order_items", "refunds", "refund_items", "transactions"],
        lookback: TEN_MINUTES,
        restatement: Restatement::Upsert,
        reconciles: true,
    },
    Stream {
        id: "products",
        title: "Products",
        datasets: &["products", "variants", "collections"],
        lookback: TEN_MINUTES,
        restatement: Restatement::Upsert,
        reconciles: true,
    },
    Stream {
        id: "customers",
        title: "Customers",
        datasets: &["customers"],
        // Their changes are searched for by whole days.
        lookback: DAY,
        restatement: Restatement::Upsert,
        reconciles: true,
    },
    Stream {
        id: "inventory",
        title: "Stock",
        datasets: &["locations", "inventory_levels"],
        lookback: TEN_MINUTES,
        restatement: Restatement::Upsert,
        reconciles: false,
    },
    Stream {
        id: "checkouts",
        title: "Abandoned checkouts",
        datasets: &["checkouts"],
        lookback: TEN_MINUTES,
        restatement: Restatement::Upsert,
        reconciles: false,
    },
];

pub(super) static DECLARATION: Declaration = Declaration {
    id: "shopify",
    title: "Shopify",
    description: "Orders with their items, refunds and payments, products, customers, stock and abandoned checkouts of a shop",
    auth: Auth::OAuth {
        fields: &[Field {
            name: FIELD,
            title: "Shop",
            help: "The shop's own name at Shopify, or the address of its admin",
            placeholder: "my-shop.myshopify.com",
            kind: FieldKind::Text,
            optional: false,
        }],
    },
    streams: &STREAMS,
    schedule: Schedule { incremental: "0 */10 * * * *", reconcile: Some("0 0 3 * * *") },
};
