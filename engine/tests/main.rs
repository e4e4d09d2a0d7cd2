//! The engine's tests across files: the lake against a model, the manifest suite.

#![allow(clippy::unwrap_used, clippy::unused_async, reason = "these are tests")]

mod lake;
