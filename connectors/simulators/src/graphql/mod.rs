//! The GraphQL Admin API: a schema that is the real one in part, and queries over a world.

pub(crate) mod args;
pub(crate) mod bulk_rules;
pub(crate) mod context;
pub(crate) mod cost;
pub(crate) mod error;
pub(crate) mod execute;
mod node;
mod page;
pub(crate) mod schema;
mod search;
mod types;

pub(crate) use self::types::level_gid;
