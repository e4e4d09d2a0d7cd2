//! The connector against a simulated Shopify, over a made-up shop.

pub(crate) mod conformance;
mod oracle;
mod reading;
mod webhooks;
