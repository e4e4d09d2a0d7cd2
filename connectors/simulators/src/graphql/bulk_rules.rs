//! What a query has to be to be run in bulk.

use apollo_compiler::executable::{Selection, SelectionSet};

use super::schema::Query;

/// The most connections that it may have.
const MOST: usize = 5;
/// How deep they may be in one another.
const DEPTH: usize = 2;

#[derive(Default)]
struct Seen {
    connections: usize,
    top: usize,
    problem: Option<String>,
}

/// Why a query cannot be run in bulk; `None` when it can.
pub(crate) fn refusal(query: &Query) -> Option<String> {
    if super::execute::is_mutation(query) {
        return Some("Invalid bulk query: it must be a query, not a mutation.".to_owned());
    }
    let mut seen = Seen::default();
    walk(query, &query.operation.selection_set, (0, false), &mut seen);
    if let Some(problem) = seen.problem {
        return Some(problem);
    }
    match seen.connections {
        0 => Some("Bulk queries must contain at least one connection.".to_owned()),
        1..=MOST if seen.top == 1 => None,
        1..=MOST => Some("Bulk queries cannot contain more than one connection at the top.".to_owned()),
        _ => Some(format!("Bulk queries cannot contain more than {MOST} connections.")),
    }
}

fn walk(query: &Query, set: &SelectionSet, (depth, in_list): (usize, bool), seen: &mut Seen) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let is_connection = field.ty().inner_named_type().ends_with("Connection");
                let is_rows = matches!(field.name.as_str(), "edges" | "nodes") && set.ty.ends_with("Connection");
                if is_connection {
                    seen.connections += 1;
                    seen.top += usize::from(depth == 0);
                    if in_list {
                        seen.problem = Some(
                            "Queries that contain a connection field within a list field are not currently supported."
                                .to_owned(),
                        );
                    }
                    if depth >= DEPTH {
                        seen.problem = Some(
                            "Bulk queries cannot contain connections with a nesting depth greater than 2.".to_owned(),
                        );
                    }
                }
                let is_node = field.name == "nodes" && set.ty.ends_with("Connection")
                    || field.name == "node" && set.ty.ends_with("Edge");
                if is_node && !has_id(query, &field.selection_set) {
                    seen.problem = Some("The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type.".to_owned());
                }
                if matches!(field.name.as_str(), "node" | "nodes") && set.ty == "QueryRoot" {
                    seen.problem = Some("Bulk queries cannot contain top-level `node` or `nodes` fields.".to_owned());
                }
                let list = in_list && !is_connection || field.ty().is_list() && !is_rows;
                walk(query, &field.selection_set, (depth + usize::from(is_connection), list), seen);
            }
            Selection::InlineFragment(fragment) => walk(query, &fragment.selection_set, (depth, in_list), seen),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = query.document.fragments.get(&spread.fragment_name) {
                    walk(query, &fragment.selection_set, (depth, in_list), seen);
                }
            }
        }
    }
}

fn has_id(query: &Query, set: &SelectionSet) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => field.name == "id" && field.alias.is_none(),
        Selection::InlineFragment(fragment) => has_id(query, &fragment.selection_set),
        Selection::FragmentSpread(spread) => {
            let fragment = query.document.fragments.get(&spread.fragment_name);
            fragment.is_some_and(|fragment| has_id(query, &fragment.selection_set))
        }
    })
}
