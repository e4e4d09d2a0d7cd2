//! By what a product is known where Shopify's id of it is not.

/// What it begins with, and what follows: by its stock keeping unit, else by its name.
pub(super) fn product_key_parts<'a>(sku: &'a str, name: &'a str) -> (&'static str, &'a str) {
    if sku.is_empty() { ("name:", name) } else { ("sku:", sku) }
}

/// The same in one.
pub(super) fn product_key(sku: &str, name: &str) -> String {
    let (kind, key) = product_key_parts(sku, name);
    format!("{kind}{key}")
}
