//! The kinds of things that are read, and how each is asked for: by pages, by ids, in bulk. One description makes all three, so that they
//! cannot tell different things.

use std::fmt::Write as _;

/// A connection below the things of a resource.
#[derive(Debug)]
pub(super) struct Below {
    /// Its field.
    pub(super) connection: &'static str,
    /// The fragment with what is read of each.
    pub(super) fragment: &'static str,
    /// How many come with the thing; the others are asked for by themselves.
    pub(super) first: u32,
    /// Points that one of them costs.
    pub(super) cost: u32,
}

/// A kind of thing.
#[derive(Debug)]
pub(super) struct Resource {
    /// Its name in cursors and payloads that are kept, which is also its field.
    pub(super) name: &'static str,
    /// Its type, as global ids have it.
    pub(super) kind: &'static str,
    /// For people, in the plural.
    pub(super) title: &'static str,
    /// The fragment with what is read of each.
    fragment: &'static str,
    /// In which order pages come, and what else they are asked with.
    arguments: &'static str,
    /// What is below it; of the first there may be many.
    below: &'static [Below],
    /// Points that one costs without what is below it.
    cost: u32,
    /// How many come with a page: a request may cost 1,000 points.
    pub(super) first: u32,
    /// What it is searched for by when it was made.
    pub(super) made: &'static str,
    /// Whether pages can be asked for by the time of the last change.
    pub(super) has_changes: bool,
    /// Whether it is read in bulk, and whether by ranges of when things were made.
    pub(super) bulk: Bulk,
}

/// Whether everything is read in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    /// There is little of it: page by page.
    Never,
    /// All at once.
    Whole,
    /// By ranges of when things were made, so that no operation's result is larger than is held at a time.
    Windows,
}

pub(super) static ORDERS: Resource = Resource {
    name: "orders",
    kind: "Order",
    title: "orders",
    fragment: include_str!("queries/order.graphql"),
    arguments: ", sortKey: UPDATED_AT",
    below: &[Below { connection: "lineItems", fragment: include_str!("queries/line.graphql"), first: 5, cost: 11 }],
    cost: 33,
    first: 10,
    made: "created_at",
    has_changes: true,
    bulk: Bulk::Windows,
};

pub(super) static PRODUCTS: Resource = Resource {
    name: "products",
    kind: "Product",
    title: "products",
    fragment: include_str!("queries/product.graphql"),
    arguments: ", sortKey: UPDATED_AT",
    below: &[Below { connection: "variants", fragment: include_str!("queries/variant.graphql"), first: 20, cost: 3 }],
    cost: 1,
    first: 15,
    made: "created_at",
    has_changes: true,
    bulk: Bulk::Windows,
};

pub(super) static COLLECTIONS: Resource = Resource {
    name: "collections",
    kind: "Collection",
    title: "collections",
    fragment: include_str!("queries/collection.graphql"),
    arguments: ", sortKey: UPDATED_AT",
    below: &[Below { connection: "products", fragment: include_str!("queries/member.graphql"), first: 50, cost: 1 }],
    cost: 1,
    first: 15,
    made: "created_at",
    has_changes: true,
    bulk: Bulk::Whole,
};

pub(super) static CUSTOMERS: Resource = Resource {
    name: "customers",
    kind: "Customer",
    title: "customers",
    fragment: include_str!("queries/customer.graphql"),
    arguments: ", sortKey: UPDATED_AT",
    below: &[],
    cost: 4,
    first: 200,
    made: "customer_date",
    has_changes: true,
    bulk: Bulk::Windows,
};

pub(super) static LOCATIONS: Resource = Resource {
    name: "locations",
    kind: "Location",
    title: "locations",
    fragment: include_str!("queries/location.graphql"),
    arguments: ", includeInactive: true",
    below: &[],
    cost: 2,
    first: 100,
    made: "created_at",
    has_changes: false,
    bulk: Bulk::Never,
};

pub(super) static INVENTORY: Resource = Resource {
    name: "inventoryItems",
    kind: "InventoryItem",
    title: "stock",
    fragment: include_str!("queries/inventory_item.graphql"),
    arguments: "",
    below: &[
        Below { connection: "inventoryLevels", fragment: include_str!("queries/level.graphql"), first: 10, cost: 3 },
        Below { connection: "variants", fragment: include_str!("queries/item_variant.graphql"), first: 1, cost: 2 },
    ],
    cost: 2,
    first: 20,
    made: "created_at",
    has_changes: true,
    bulk: Bulk::Windows,
};

pub(super) static CHECKOUTS: Resource = Resource {
    name: "abandonedCheckouts",
    kind: "AbandonedCheckout",
    title: "abandoned checkouts",
    fragment: include_str!("queries/checkout.graphql"),
    arguments: ", sortKey: CREATED_AT",
    below: &[Below {
        connection: "lineItems",
        fragment: include_str!("queries/checkout_line.graphql"),
        first: 20,
        cost: 1,
    }],
    cost: 5,
    first: 35,
    made: "created_at",
    has_changes: true,
    bulk: Bulk::Windows,
};

/// Every resource.
pub(super) static ALL: [&Resource; 7] =
    [&ORDERS, &PRODUCTS, &COLLECTIONS, &CUSTOMERS, &LOCATIONS, &INVENTORY, &CHECKOUTS];

/// Points that a connection costs beside what is in it, the place of the next page included.
pub(super) const CONNECTION: u32 = 3;
const PAGE_INFO: &str = "pageInfo { hasNextPage endCursor }";
/// How many of what is below a thing come with a page of their own.
pub(super) const MORE: u32 = 50;

impl Resource {
    /// How far behind the end of a range it is searched for, in microseconds. `customer_date` is of whole days: what was made on the day of the end
    /// would be left out, at whatever time of it.
    pub(super) fn beyond(&self) -> i64 {
        const DAY: i64 = 86_400_000_000;
        if self.made == "customer_date" { DAY } else { 0 }
    }

    /// Points that a request for so many things is reserved with.
    pub(super) fn cost_of(&self, things: u32) -> u32 {
        let below: u32 = self.below.iter().map(|below| CONNECTION + below.first * below.cost).sum();
        CONNECTION + things * (self.cost + below)
    }

    /// Points that a page of what is below a thing is reserved with.
    pub(super) fn cost_of_more(&self) -> u32 {
        1 + CONNECTION + self.below.first().map_or(0, |below| MORE * below.cost)
    }

    /// Asks for a page (`$q`, `$first`, `$after`), which is called `page`.
    pub(super) fn page(&self) -> String {
        let Self { name, arguments, .. } = self;
        format!(
            "query Page($q: String, $first: Int!, $after: String) {{ page: {name}(first: $first, after: $after, query: $q{arguments}) \
             {{ {PAGE_INFO} nodes {{ {} }} }} }} {}",
            self.spread(),
            self.fragments()
        )
    }

    /// Asks for things by their ids (`$ids`).
    pub(super) fn things(&self) -> String {
        format!(
            "query Things($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {} {{ {} }} }} }} {}",
            self.kind,
            self.spread(),
            self.fragments()
        )
    }

    /// Asks for what is below one thing, from a place on (`$id`, `$first`, `$after`). `None` where nothing is.
    pub(super) fn more(&self) -> Option<String> {
        let below = self.below.first()?;
        let (connection, name, kind) = (below.connection, name_of(below.fragment), self.kind);
        Some(format!(
            "query More($id: ID!, $first: Int!, $after: String) {{ node(id: $id) {{ ... on {kind} {{ children: {connection}(first: \
             $first, after: $after) {{ {PAGE_INFO} nodes {{ ...{name} }} }} }} }} }} {}",
            below.fragment
        ))
    }

    /// The query of a bulk operation over what a search finds: everything when it is empty. It knows no variables.
    pub(super) fn bulk(&self, search: &str) -> String {
        let mut below = String::new();
        for Below { connection, fragment, .. } in self.below {
            // Writing to a String does not fail.
            let _ = write!(below, " {connection} {{ edges {{ node {{ {} }} }} }}", selection_of(fragment));
        }
        let arguments = match search {
            "" => String::new(),
            search => format!("(query: \"{search}\")"),
        };
        format!("{{ {}{arguments} {{ edges {{ node {{ {}{below} }} }} }} }}", self.name, selection_of(self.fragment))
    }

    /// Asks for what there is with its version alone, a page at a time (`$q`, `$after`).
    pub(super) fn listing(&self) -> String {
        format!(
            "query Listing($q: String, $after: String) {{ page: {}(first: 250, after: $after, query: $q) {{ {PAGE_INFO} nodes {{ id \
             updatedAt }} }} }}",
            self.name
        )
    }

    /// Asks when the first of them was made.
    pub(super) fn oldest(&self) -> String {
        let sort = if self.kind == "InventoryItem" { "" } else { ", sortKey: CREATED_AT" };
        format!("query Oldest {{ page: {}(first: 1{sort}) {{ {PAGE_INFO} nodes {{ createdAt }} }} }}", self.name)
    }

    /// What is read of each thing: the fragment of its own, and the connections below it, the first as `children`.
    fn spread(&self) -> String {
        let mut spread = format!("...{}", name_of(self.fragment));
        for (below, alias) in self.below.iter().zip(["children", "others"]) {
            let (connection, first, name) = (below.connection, below.first, name_of(below.fragment));
            let _ = write!(spread, " {alias}: {connection}(first: {first}) {{ {PAGE_INFO} nodes {{ ...{name} }} }}");
        }
        spread
    }

    fn fragments(&self) -> String {
        let below = self.below.iter().map(|below| below.fragment);
        std::iter::once(self.fragment).chain(below).collect::<Vec<_>>().join("\n")
    }
}

/// The name of a fragment.
fn name_of(fragment: &str) -> &str {
    fragment.split_whitespace().nth(1).unwrap_or_default()
}

/// What a fragment is about, without its braces. Bulk operations are not known to take fragments.
fn selection_of(fragment: &str) -> &str {
    let inside = fragment.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
    inside.map_or(fragment, |(selection, _)| selection.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_request_costs_more_than_one_may() {
        for resource in ALL {
            assert!(resource.cost_of(resource.first) <= 1_000, "{}", resource.name);
            assert!(resource.cost_of_more() <= 1_000, "{}", resource.name);
        }
    }

    #[test]
    fn a_bulk_operation_reads_what_pages_do() {
        for resource in ALL {
            let bulk = resource.bulk("");
            for fragment in std::iter::once(resource.fragment).chain(resource.below.iter().map(|below| below.fragment))
            {
                assert!(bulk.contains(selection_of(fragment)), "{}", resource.name);
                assert!(resource.page().contains(fragment), "{}", resource.name);
            }
        }
        assert!(ORDERS.bulk("created_at:<'x'").starts_with("{ orders(query: \"created_at:<'x'\") { edges { node { id"));
    }

    #[test]
    fn documents_have_as_many_braces_open_as_closed() {
        for resource in ALL {
            let documents = [Some(resource.page()), Some(resource.things()), resource.more(), Some(resource.bulk("a"))];
            for document in documents.into_iter().flatten() {
                assert_eq!(document.matches('{').count(), document.matches('}').count(), "{document}");
            }
        }
    }
}
