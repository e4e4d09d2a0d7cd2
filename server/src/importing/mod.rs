//! Imports: from a file to one commit of a store's lake. The terminal, the API and the demo all import through [`run()`].
//!
//! Promises: a file is imported as a whole or not at all; the same file (with the same mapping) into the same store is
//! imported once, whoever asks how often, and whatever is killed in between, because its commit carries a receipt made
//! of its contents. What was acknowledged is kept until it is imported or its contents are refused, whatever fails meanwhile.

mod attempt;
mod kind;
mod line;
mod run;
mod trouble;
pub mod upload;
pub mod uploads;
pub mod worker;

pub use kind::{Content, ImportKind};
pub use run::{Imported, Rejection, RunError, Source, Watch, run};
