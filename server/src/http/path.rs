//! Ids in addresses.

use uuid::Uuid;

use super::problem::Problem;

/// An id as an address has it. What is none names nothing: 404, as an unknown one.
///
/// # Errors
/// It is no id.
pub fn id<T: From<Uuid>>(text: &str) -> Result<T, Problem> {
    text.parse::<Uuid>().map(T::from).map_err(|_| Problem::not_found())
}
