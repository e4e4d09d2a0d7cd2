//! What every end-to-end test needs: a place of its own, a server in it, and a signed-in client.

mod client;
mod disk;
mod place;
mod server;

pub(crate) use client::{Client, Refusal, Socket};
pub(crate) use disk::Disk;
pub(crate) use place::retail;
pub(crate) use server::{Place, Server, is_database_session};
