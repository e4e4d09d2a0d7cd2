//! Accounts: how people make them, prove that an address is theirs, and get back in.
//!
//! Whoever asks for a mail learns nothing from the answer: what is to be done for an address is found out by the worker that sends
//! mail, after the answer. What a mail's link or a browser's cookie carries is a [`OneTimeToken`].

mod identities;
mod links;
mod one_time;
mod own;
pub(crate) mod second_factor;
mod sign_up;

pub use self::identities::{Identity, IdentityEntry, NewIdentity};
pub use self::links::Link;
pub use self::one_time::OneTimeToken;
pub(crate) use self::one_time::{Nothing, Purpose, forget_tokens};
pub use self::own::{Account, SecondFactorState};
pub use self::second_factor::{NewSecondFactor, RecoveryCode};
pub use self::sign_up::{FIRST_WORKSPACE, NewAccount, NewOwner, SignUpBegun};
