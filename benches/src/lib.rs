//! What the programs that measure share: the real binary at work in a folder of its own.

pub mod server;
