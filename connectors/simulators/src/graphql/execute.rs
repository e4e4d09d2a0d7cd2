//! Answers a query: every field of it, errors where they belong, and what it cost.

use std::sync::Arc;

use apollo_compiler::ast::{self, Type};
use apollo_compiler::executable::{DirectiveList, Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value, json};

use super::args::{Args, value};
use super::context::Context;
use super::cost::{self, Weigh};
use super::error::Fault;
use super::node::{Node, Out};
use super::page::Page;
use super::schema::Query;

/// A null that a field may not be: the object around it is null instead.
struct Bubble;

/// A line of a bulk operation's result.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) value: Map<String, Value>,
    /// Which line it belongs to.
    pub(crate) parent: Option<usize>,
}

/// What became of a query.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) data: Value,
    pub(crate) errors: Vec<Value>,
    /// Warnings of searches.
    pub(crate) search: Vec<Value>,
    pub(crate) cost: f64,
    /// The lines of a bulk operation.
    pub(crate) lines: Vec<Line>,
}

struct Run<'q, 'w> {
    schema: Arc<Valid<Schema>>,
    document: &'q Valid<ExecutableDocument>,
    variables: &'q Map<String, Value>,
    cx: &'q Context<'w>,
    weigh: Weigh,
    path: Vec<Value>,
    errors: Vec<Value>,
    search: Vec<Value>,
    lines: Vec<Line>,
    /// The line of a bulk operation that is being written.
    owner: Option<usize>,
}

/// Answers a query.
pub(crate) fn query(schema: Arc<Valid<Schema>>, query: &Query, cx: &Context<'_>) -> Answer {
    run(schema, query, cx, |run| run.object(&Node::Root, &[&query.operation.selection_set]))
}

/// Answers a mutation whose payloads are known: a payload for every field in its order.
pub(crate) fn mutation(schema: Arc<Valid<Schema>>, query: &Query, cx: &Context<'_>, payloads: &[Value]) -> Answer {
    run(schema, query, cx, |run| {
        let fields = run.fields("Mutation", &[&query.operation.selection_set]);
        let mut data = Map::new();
        let mut cost = 0.0;
        for ((key, same), payload) in fields.into_iter().zip(payloads) {
            let Some(field) = same.first() else { continue };
            run.path.push(json!(key));
            let sets: Vec<&SelectionSet> = same.iter().map(|field| &field.selection_set).collect();
            let done = run.complete(Out::Value(payload.clone()), field, field.ty(), &sets);
            run.path.pop();
            let (value, _) = done?;
            data.insert(key, value);
            cost += cost::MUTATION;
        }
        Ok((Value::Object(data), cost))
    })
}

/// The fields of a mutation in their order, with their arguments.
pub(crate) fn mutations(schema: Arc<Valid<Schema>>, query: &Query, cx: &Context<'_>) -> Vec<(String, Args)> {
    let run = Run::new(schema, query, cx);
    let fields = run.fields("Mutation", &[&query.operation.selection_set]);
    let first = |(_, same): (String, Vec<&Field>)| {
        same.first().map(|field| (field.name.to_string(), Args::of(field, &query.variables)))
    };
    fields.into_iter().filter_map(first).collect()
}

fn run<'q, 'w>(
    schema: Arc<Valid<Schema>>,
    query: &'q Query,
    cx: &'q Context<'w>,
    start: impl FnOnce(&mut Run<'q, 'w>) -> Result<(Value, f64), Bubble>,
) -> Answer {
    let mut run = Run::new(schema, query, cx);
    let (data, cost) = start(&mut run).unwrap_or((Value::Null, 1.0));
    Answer { data, errors: run.errors, search: run.search, cost: cost.ceil(), lines: run.lines }
}

impl<'q, 'w> Run<'q, 'w> {
    fn new(schema: Arc<Valid<Schema>>, query: &'q Query, cx: &'q Context<'w>) -> Self {
        Self {
            schema,
            document: &query.document,
            variables: &query.variables,
            cx,
            weigh: Weigh(cx.settings.cost_rule),
            path: Vec::new(),
            errors: Vec::new(),
            search: Vec::new(),
            lines: Vec::new(),
            owner: None,
        }
    }

    /// The fields of an object, fragments opened, by the name that each has in the answer.
    fn fields(&self, on: &str, sets: &[&'q SelectionSet]) -> Vec<(String, Vec<&'q Field>)> {
        let mut fields = Vec::new();
        for set in sets {
            self.gather(on, set, &mut fields);
        }
        fields
    }

    fn gather(&self, on: &str, set: &'q SelectionSet, fields: &mut Vec<(String, Vec<&'q Field>)>) {
        for selection in &set.selections {
            if !self.is_wanted(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match fields.iter_mut().find(|(known, _)| known == key) {
                        Some((_, same)) => same.push(field),
                        None => fields.push((key.to_owned(), vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|name| self.is_of(on, name)) {
                        self.gather(on, &fragment.selection_set, fields);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.is_of(on, fragment.type_condition())
                    {
                        self.gather(on, &fragment.selection_set, fields);
                    }
                }
            }
        }
    }

    fn is_of(&self, on: &str, condition: &str) -> bool {
        on == condition || self.schema.is_subtype(condition, on)
    }

    /// What `@skip` and `@include` say.
    fn is_wanted(&self, directives: &DirectiveList) -> bool {
        let says = |name: &str| {
            let directive = directives.get(name)?;
            value(directive.specified_argument_by_name("if")?, self.variables)?.as_bool()
        };
        says("skip") != Some(true) && says("include") != Some(false)
    }

    fn object(&mut self, node: &Node<'w>, sets: &[&'q SelectionSet]) -> Result<(Value, f64), Bubble> {
        let on = node.type_name().to_owned();
        let mut data = Map::new();
        let mut cost = 0.0;
        for (key, same) in self.fields(&on, sets) {
            let Some(field) = same.first() else { continue };
            if field.name == "__typename" {
                data.insert(key, json!(on));
                continue;
            }
            if self.cx.quirks.missing.iter().any(|name| *name == field.name.as_str()) {
                continue;
            }
            self.path.push(json!(key));
            let args = Args::of(field, self.variables);
            let inner = field.ty().inner_named_type();
            let checked = self.cx.check(&field.name, inner);
            let out = checked.and_then(|()| node.field(&field.name, &args, self.cx));
            let sets: Vec<&SelectionSet> = same.iter().map(|field| &field.selection_set).collect();
            let done = match out {
                Ok(Out::Page(page)) if self.cx.bulk => {
                    let done = self.lines_of(&page, &sets);
                    self.path.pop();
                    done?;
                    continue;
                }
                Ok(out) => self.complete(out, field, field.ty(), &sets),
                Err(fault) => {
                    self.fail(field, &fault);
                    if field.ty().is_non_null() { Err(Bubble) } else { Ok((Value::Null, 0.0)) }
                }
            };
            self.path.pop();
            let (value, more) = done?;
            data.insert(key, value);
            cost += more;
        }
        if self.cx.quirks.unknown && !matches!(node, Node::Root) {
            data.insert("somethingNew".to_owned(), json!({ "kind": "UNHEARD_OF" }));
        }
        Ok((Value::Object(data), cost))
    }

    /// Makes of what a field is what its type says, and of a null that it may not be an error.
    fn complete(
        &mut self,
        out: Out<'w>,
        field: &'q Field,
        ty: &Type,
        sets: &[&'q SelectionSet],
    ) -> Result<(Value, f64), Bubble> {
        let (value, cost) = match out {
            Out::Value(Value::Array(items)) if ty.is_list() => {
                let outs = items.into_iter().map(Out::Value).collect();
                self.list(outs, field, ty, sets)?
            }
            Out::List(nodes) => self.list(nodes.into_iter().map(Out::Node).collect(), field, ty, sets)?,
            Out::Value(Value::Object(object)) if sets.iter().any(|set| !set.selections.is_empty()) => {
                let named = object.get("__typename").and_then(Value::as_str);
                let name = named.unwrap_or(ty.inner_named_type()).to_owned();
                return self.complete(Out::Node(Node::Plain(name, Value::Object(object))), field, ty, sets);
            }
            Out::Node(Node::Plain(_, Value::Null)) => (Value::Null, 0.0),
            Out::Node(node) => match self.object(&node, sets) {
                Ok((value, cost)) => (value, cost + cost::OBJECT),
                Err(Bubble) if ty.is_non_null() => return Err(Bubble),
                Err(Bubble) => (Value::Null, 0.0),
            },
            Out::Page(page) => {
                self.connection(page, &Args::of(field, self.variables), field.ty().inner_named_type(), sets)?
            }
            Out::Value(value) => (value, 0.0),
        };
        if value.is_null() && ty.is_non_null() {
            // A field that the simulator forgot: loud, so that it is mended.
            if self.errors.is_empty() {
                let message = format!("Cannot return null for non-nullable field {}", field.name);
                self.fail(field, &Fault { message, extensions: json!({ "code": "INTERNAL_SERVER_ERROR" }) });
            }
            return Err(Bubble);
        }
        Ok((value, cost))
    }

    fn list(
        &mut self,
        outs: Vec<Out<'w>>,
        field: &'q Field,
        ty: &Type,
        sets: &[&'q SelectionSet],
    ) -> Result<(Value, f64), Bubble> {
        let item = ty.item_type();
        let mut values = Vec::with_capacity(outs.len());
        let (mut sum, mut most) = (0.0, 0.0_f64);
        for (at, out) in outs.into_iter().enumerate() {
            self.path.push(json!(at));
            let done = self.complete(out, field, item, sets);
            self.path.pop();
            match done {
                Ok((value, cost)) => {
                    values.push(value);
                    sum += cost;
                    most = most.max(cost);
                }
                Err(Bubble) if item.is_non_null() => {
                    return if ty.is_non_null() { Err(Bubble) } else { Ok((Value::Null, 0.0)) };
                }
                Err(Bubble) => values.push(Value::Null),
            }
        }
        // A list without a size is weighed as one of its objects.
        let sized = field.specified_argument_by_name("first").is_some();
        Ok((Value::Array(values), if sized { sum } else { most }))
    }

    fn connection(
        &mut self,
        page: Page<'w>,
        args: &Args,
        on: &str,
        sets: &[&'q SelectionSet],
    ) -> Result<(Value, f64), Bubble> {
        let quirks = &self.cx.quirks;
        let shown = page.rows.len();
        let start = page.rows.first().map(|(cursor, _)| cursor.clone());
        let kept = shown.saturating_sub(quirks.overlap.min(shown.saturating_sub(1)) + 1);
        let repeats = page.has_next && quirks.overlap > 0;
        let end = if repeats { page.rows.get(kept) } else { page.rows.last() };
        let end = end.map(|(cursor, _)| cursor.clone()).or_else(|| args.text("after").map(str::to_owned));
        let info = json!({
            "hasNextPage": page.has_next || quirks.endless,
            "hasPreviousPage": page.has_previous,
            "startCursor": start,
            "endCursor": if shown == 0 && !quirks.endless { None } else { end },
        });
        if let Some(mut warning) = page.warnings
            && let Some(object) = warning.as_object_mut()
        {
            object.insert("path".to_owned(), json!(self.path));
            self.search.push(warning);
        }
        let mut data = Map::new();
        let mut inner = 0.0_f64;
        for (key, same) in self.fields(on, sets) {
            let Some(field) = same.first() else { continue };
            let sub: Vec<&SelectionSet> = same.iter().map(|field| &field.selection_set).collect();
            self.path.push(json!(key));
            let done = match field.name.as_str() {
                "__typename" => Ok(json!(on)),
                "pageInfo" => self.complete(Out::Value(info.clone()), field, field.ty(), &sub).map(|(value, _)| value),
                "nodes" | "edges" => self.rows(field.name == "edges", &page.rows, &sub).map(|(values, cost)| {
                    inner = inner.max(cost);
                    values
                }),
                _ => Ok(Value::Null),
            };
            self.path.pop();
            data.insert(key, done?);
        }
        Ok((Value::Object(data), self.weigh.page(inner, shown)))
    }

    /// The nodes of a page, or its edges, and what they cost together.
    fn rows(
        &mut self,
        edges: bool,
        rows: &[(String, Node<'w>)],
        sets: &[&'q SelectionSet],
    ) -> Result<(Value, f64), Bubble> {
        let mut values = Vec::with_capacity(rows.len());
        let mut cost = 0.0;
        for (at, (cursor, node)) in rows.iter().enumerate() {
            self.path.push(json!(at));
            let done = if edges { self.edge(cursor, node, sets) } else { self.object(node, sets) };
            self.path.pop();
            let (value, more) = done?;
            values.push(value);
            cost += more + cost::OBJECT;
        }
        Ok((Value::Array(values), cost))
    }

    fn edge(&mut self, cursor: &str, node: &Node<'w>, sets: &[&'q SelectionSet]) -> Result<(Value, f64), Bubble> {
        let mut data = Map::new();
        let mut cost = 0.0;
        for (key, same) in self.fields(&format!("{}Edge", node.type_name()), sets) {
            let Some(field) = same.first() else { continue };
            let sub: Vec<&SelectionSet> = same.iter().map(|field| &field.selection_set).collect();
            match field.name.as_str() {
                "cursor" => {
                    data.insert(key, json!(cursor));
                }
                "node" => {
                    self.path.push(json!(key));
                    let done = self.object(node, &sub);
                    self.path.pop();
                    let (value, more) = done?;
                    data.insert(key, value);
                    cost += more;
                }
                _ => {
                    data.insert(key, json!(format!("{}Edge", node.type_name())));
                }
            }
        }
        Ok((Value::Object(data), cost))
    }

    /// Writes the nodes of a connection as lines of a bulk operation's result.
    fn lines_of(&mut self, page: &Page<'w>, sets: &[&'q SelectionSet]) -> Result<(), Bubble> {
        let mut inner: Vec<&'q SelectionSet> = Vec::new();
        // What an edge or a page has besides its nodes is not written.
        for set in sets {
            for field in set.fields() {
                match field.name.as_str() {
                    "nodes" => inner.push(&field.selection_set),
                    "edges" => inner.extend(
                        field
                            .selection_set
                            .fields()
                            .filter(|field| field.name == "node")
                            .map(|field| &field.selection_set),
                    ),
                    _ => {}
                }
            }
        }
        let owner = self.owner;
        for (_, node) in &page.rows {
            let own = self.lines.len();
            self.lines.push(Line { value: Map::new(), parent: owner });
            self.owner = Some(own);
            let done = self.object(node, &inner);
            self.owner = owner;
            let (value, _) = done?;
            if let (Some(line), Value::Object(value)) = (self.lines.get_mut(own), value) {
                line.value = value;
            }
        }
        Ok(())
    }

    fn fail(&mut self, field: &Field, fault: &Fault) {
        let place = field.name.location().and_then(|at| at.line_column_range(&self.document.sources));
        let places: Vec<Value> =
            place.iter().map(|range| json!({ "line": range.start.line, "column": range.start.column })).collect();
        self.errors.push(json!({
            "message": fault.message,
            "locations": places,
            "path": self.path,
            "extensions": fault.extensions,
        }));
    }
}

/// The kind of an operation.
pub(crate) fn is_mutation(query: &Query) -> bool {
    query.operation.operation_type == ast::OperationType::Mutation
}
