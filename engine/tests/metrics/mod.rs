#![allow(clippy::panic, clippy::cast_precision_loss, reason = "these are tests")]

mod by_hand;
mod oracle;
mod random;
mod support;
mod ways;
