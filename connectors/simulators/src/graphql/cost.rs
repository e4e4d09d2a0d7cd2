//! What a query costs: scalars nothing, objects 1, connections 2 and their nodes, mutations 10.

use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

use super::args::Args;
use super::execute::is_mutation;
use super::schema::Query;
use crate::options::CostRule;

/// What an object costs.
pub(crate) const OBJECT: f64 = 1.0;
/// What a connection costs besides its nodes.
pub(crate) const CONNECTION: f64 = 2.0;
/// What a mutation costs.
pub(crate) const MUTATION: f64 = 10.0;

/// How nodes of a connection are weighed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weigh(pub(crate) CostRule);

impl Weigh {
    /// For how many nodes so many count.
    fn count(self, nodes: f64) -> f64 {
        match self.0 {
            CostRule::Multiplied => nodes,
            CostRule::Damped => (2.0 * nodes.max(1.0).ln()).round().max(1.0).min(nodes),
        }
    }

    /// What a page costs whose nodes, so many of them, cost so much together.
    pub(crate) fn page(self, nodes: f64, shown: usize) -> f64 {
        let shown = f64::from(u32::try_from(shown).unwrap_or(u32::MAX));
        CONNECTION + if shown > 0.0 { nodes * self.count(shown) / shown } else { 0.0 }
    }
}

/// What a query may cost at most, and what each field of it may.
pub(crate) struct Requested {
    pub(crate) cost: f64,
    /// As the debug header asks for it.
    pub(crate) fields: Vec<Value>,
}

struct Walk<'q> {
    schema: &'q Valid<Schema>,
    document: &'q Valid<ExecutableDocument>,
    variables: &'q Map<String, Value>,
    weigh: Weigh,
    path: Vec<String>,
    fields: Vec<Value>,
}

/// What a query may cost.
pub(crate) fn requested(schema: &Valid<Schema>, query: &Query, rule: CostRule) -> Requested {
    let mut walk = Walk {
        schema,
        document: &query.document,
        variables: &query.variables,
        weigh: Weigh(rule),
        path: Vec::new(),
        fields: Vec::new(),
    };
    let root = &query.operation.selection_set;
    let cost = if is_mutation(query) {
        MUTATION * f64::from(u32::try_from(root.fields().count()).unwrap_or(1))
    } else {
        walk.set(root)
    };
    Requested { cost: cost.ceil(), fields: walk.fields }
}

impl<'q> Walk<'q> {
    /// What the fields of a selection cost. Of the fragments of an interface or a union only the dearest counts.
    fn set(&mut self, set: &'q SelectionSet) -> f64 {
        let is_open = self.schema.types.get(&set.ty).is_some_and(|on| on.is_interface() || on.is_union());
        let (mut sum, mut dearest) = (0.0, 0.0_f64);
        for selection in &set.selections {
            let (inner, on) = match selection {
                Selection::Field(field) => {
                    sum += self.field(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => (&fragment.selection_set, fragment.type_condition.clone()),
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) => (&fragment.selection_set, Some(fragment.type_condition().clone())),
                    None => continue,
                },
            };
            let cost = self.set(inner);
            if is_open && on.is_some_and(|on| on != set.ty) { dearest = dearest.max(cost) } else { sum += cost }
        }
        sum + dearest
    }

    fn field(&mut self, field: &'q Field) -> f64 {
        let name = field.ty().inner_named_type();
        if field.selection_set.selections.is_empty() {
            self.note(field, 0.0, 0.0, None);
            return 0.0;
        }
        self.path.push(field.response_key().to_string());
        let args = Args::of(field, self.variables);
        let size = args.int("first").or_else(|| args.int("last"));
        let size = size.map(|size| f64::from(i32::try_from(size.clamp(0, 250)).unwrap_or(0)));
        let (own, inner) = if name.ends_with("Connection") {
            let mut node = 0.0_f64;
            for row in self.nodes(&field.selection_set) {
                node = node.max(OBJECT + self.set(row));
            }
            (CONNECTION, node * self.weigh.count(size.unwrap_or(1.0)))
        } else {
            let node = self.set(&field.selection_set);
            // A plain list that says how many it wants is weighed as so many.
            match size.filter(|_| field.ty().is_list()) {
                Some(size) => (size, node * size),
                None => (OBJECT, node),
            }
        };
        self.path.pop();
        self.note(field, own, own + inner, Some(inner));
        own + inner
    }

    /// The selections of a connection that are of its nodes.
    fn nodes(&self, set: &'q SelectionSet) -> Vec<&'q SelectionSet> {
        let mut found = Vec::new();
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => match field.name.as_str() {
                    "nodes" | "node" => found.push(&field.selection_set),
                    "edges" => found.extend(self.nodes(&field.selection_set)),
                    _ => {}
                },
                Selection::InlineFragment(fragment) => found.extend(self.nodes(&fragment.selection_set)),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        found.extend(self.nodes(&fragment.selection_set));
                    }
                }
            }
        }
        found
    }

    fn note(&mut self, field: &Field, own: f64, total: f64, inner: Option<f64>) {
        let mut path = self.path.clone();
        path.push(field.response_key().to_string());
        self.fields.push(json!({
            "path": path,
            "definedCost": own,
            "requestedTotalCost": total,
            "requestedChildrenCost": inner,
        }));
    }
}
