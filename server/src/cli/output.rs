//! What a command says: results on standard output, everything else on standard error.
//!
//! A reader that went away (`aloftly openapi | head`) is no failure.

use std::io::Write as _;

/// Writes a line of a result.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes a line about what is going on.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
