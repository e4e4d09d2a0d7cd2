//! What runs behind the addresses: the services that handlers call, and the work that nobody waits for.

pub mod backend;
mod cloud;
pub mod folders;
pub mod freshness;
pub mod lake_folder;
pub mod live;
pub mod master_key;
pub mod objects;
pub mod privacy;
pub mod queries;
pub mod readiness;
pub mod scratch;
pub mod serving;
pub mod turns;
pub mod upkeep;
