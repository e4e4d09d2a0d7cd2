//! The lake: how rows are committed, stored, read and folded.
//!
//! A **segment** is an immutable piece of one partition. Small commits become **hot** segments, Arrow IPC bytes that
//! live with the manifest; large ones become **cold** segments, sorted Parquet in an object store. The **manifest** says
//! which segments a store has at each **version**; every commit raises the version, and a read is pinned to one.
//!
//! Invariants that keep reads simple:
//! - an entity lives in one partition and is unique among that partition's cold segments;
//! - an entity that a partition already holds is marked as an update in the hot segment that restates it;
//! - among hot segments the later commit wins; a fold takes a partition's hot segments in commit order without gaps.
//!
//! So a read is `cold where entity not in (updated hot entities)` union `hot, last commit per entity`.

pub mod manifest;

pub use manifest::{Manifest, ManifestError};
