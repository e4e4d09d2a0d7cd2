//! The server: command line, configuration, HTTP, imports and background work. It wires the engine, the catalog and the
//! connectors together and holds no business rule of its own.

pub mod annotating;
pub mod api;
pub mod cli;
pub mod config;
mod csv_line;
pub mod http;
pub mod identity;
pub mod importing;
pub mod mail;
pub mod sampling;
pub mod service;
pub mod syncing;
pub mod telemetry;
pub mod webhooks;
