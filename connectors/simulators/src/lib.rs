//! Providers that are not there: servers on a port of this machine that answer as the real ones do, over made-up worlds.
//!
//! They share no code with the product, so that the two cannot be wrong in the same way. What they answer follows what the providers
//! document and what was seen of them; where neither says enough they are the stricter or the more awkward of what they may be, see
//! [`options::Settings`]. They are for tests and for the demo, keep everything in memory unless they are given a folder, and are not made to be reached from another machine.
//!
//! [`ShopifySimulator`] is Shopify: OAuth, the GraphQL Admin API with its costs, bulk operations and webhooks, for several shops at once. A
//! shop is named by the `Host` header or by the path, `/shops/{domain}/admin/...`. What is behind it is a [`world::World`] per shop, which
//! tests can look at to work out what should be seen; what goes wrong is said by [`faults::Faults`].
//!
//! [`google::GoogleSimulator`] is Google as far as Google Analytics 4 needs it. It counts the visits of such a world.

pub mod clock;
pub mod faults;
pub mod google;
mod graphql;
mod http;
pub mod keep;
pub mod life;
pub mod log;
pub mod money;
pub mod options;
mod page;
mod shop;
mod signing;
mod simulator;
mod state;
mod webhooks;
pub mod world;

pub use self::signing::query_hmac;
pub use self::simulator::{ShopifySimulator, SimulatorError};
