//! Mail that people are sent: links that prove that an address is theirs, and invitations.
//!
//! Whoever asks for a mail is answered before anything is looked up, so that the answer, and how long it takes, is the same whether
//! somebody has the address or not. [`Postbox`] takes what is to be done, `worker.rs` does it, `letters.rs` has the words.

mod letter;
mod letters;
mod links;
mod postbox;
mod transport;
mod worker;

pub use self::links::Links;
pub use self::postbox::{Errand, Postbox, Reserved};
pub use self::transport::Transport;
pub use self::worker::deliver;
