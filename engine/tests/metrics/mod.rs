#![allow(clippy::panic, clippy::cast_precision_loss, reason = "these are tests")]

mod by_hand;
mod explain;
mod funnels;
mod oracle;
mod random;
mod recency;
mod right;
mod rollups;
mod sales;
mod shaping;
mod support;
mod view;
mod ways;
