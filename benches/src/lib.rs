//! What the programs that measure share: the real binary at work in a folder of its own, and requests to it.

pub mod client;
pub mod server;
