#![allow(clippy::panic, clippy::cast_precision_loss, reason = "these are tests")]

mod by_hand;
mod customers;
mod explain;
mod funnels;
mod oracle;
mod random;
mod recency;
mod right;
mod rollups;
mod sales;
mod shaping;
mod stock;
mod stock_at_random;
mod support;
mod view;
mod ways;
