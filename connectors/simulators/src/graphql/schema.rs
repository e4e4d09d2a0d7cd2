//! The schema, and whether a query is one of it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use apollo_compiler::ast::{self, Definition};
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema};
use serde_json::{Map, Value, json};

const SOURCE: &str = include_str!("schema.graphql");

type Parsed = Option<Arc<Valid<Schema>>>;

/// The newest version and 2026-01, which lacks what later ones brought.
static SCHEMAS: LazyLock<(Parsed, Parsed)> = LazyLock::new(|| {
    let parse = |source: &str| Schema::parse_and_validate(source, "schema.graphql").ok().map(Arc::new);
    let older: String = SOURCE.lines().filter(|line| !line.starts_with("  isActive: Boolean!") && !line.starts_with("  attribution:")).fold(
        String::new(),
        |mut older, line| {
            older.push_str(&line.replace("includeInactive: Boolean = false, last: Int, query: String, reverse: Boolean = false): InventoryLevelConnection!", "last: Int, query: String, reverse: Boolean = false): InventoryLevelConnection!"));
            older.push('\n');
            older
        },
    );
    (parse(SOURCE), parse(&older))
});

/// The schema of a version; `None` when the file of this crate is no schema, which its tests would show.
pub(crate) fn of(version: &str) -> Parsed {
    if version == "2026-01" { SCHEMAS.1.clone() } else { SCHEMAS.0.clone() }
}

/// A query that is one of the schema.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) document: Arc<Valid<ExecutableDocument>>,
    pub(crate) operation: Node<Operation>,
    pub(crate) variables: Map<String, Value>,
}

type Known = HashMap<(bool, String), Arc<Valid<ExecutableDocument>>>;

/// Queries that were found right before: clients send few different ones, many times.
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// Reads a query and its variables.
///
/// The errors are those of the answer when it is not one of the schema.
pub(crate) fn read(
    version: &str,
    text: &str,
    name: Option<&str>,
    variables: &Map<String, Value>,
) -> Result<Query, Vec<Value>> {
    let schema = of(version).ok_or_else(|| vec![json!({ "message": "the schema of the simulator is broken" })])?;
    let key = (version == "2026-01", text.to_owned());
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let document = match known {
        Some(document) => document,
        None => {
            let document = Arc::new(validated(&schema, text)?);
            let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() > 500 {
                known.clear();
            }
            known.insert(key, Arc::clone(&document));
            document
        }
    };
    let operation =
        document.operations.get(name).map_err(|error| vec![told(&error.message().to_string(), "missingOperation")])?;
    let operation = operation.clone();
    let given = serde_json::from_value(Value::Object(variables.clone())).unwrap_or_default();
    let coerced = apollo_compiler::request::coerce_variable_values(&schema, &operation, &given)
        .map_err(|error| vec![told(&error.message().to_string(), "INVALID_VARIABLE")])?;
    let coerced = serde_json::to_value(&*coerced).ok();
    let Some(Value::Object(variables)) = coerced else {
        return Err(vec![told("variables are no object", "INVALID_VARIABLE")]);
    };
    Ok(Query { document, operation, variables })
}

fn told(message: &str, code: &str) -> Value {
    json!({ "message": message, "extensions": { "code": code } })
}

fn validated(schema: &Valid<Schema>, text: &str) -> Result<Valid<ExecutableDocument>, Vec<Value>> {
    if let Ok(document) = ast::Document::parse(text, "query.graphql") {
        let undefined = undefined_fields(schema, &document);
        if !undefined.is_empty() {
            return Err(undefined);
        }
    }
    ExecutableDocument::parse_and_validate(schema, text, "query.graphql").map_err(|invalid| {
        let error = |one: apollo_compiler::diagnostic::Diagnostic<'_, _>| {
            let mut error = serde_json::to_value(one.to_json()).unwrap_or_default();
            let name = diagnostic_name(&one);
            if let Some(error) = error.as_object_mut() {
                error.insert("extensions".to_owned(), json!({ "code": name }));
            }
            error
        };
        invalid.errors.iter().map(error).collect()
    })
}

/// A code such as `undefinedArgument` for what is wrong.
fn diagnostic_name(
    one: &apollo_compiler::diagnostic::Diagnostic<'_, apollo_compiler::validation::DiagnosticData>,
) -> String {
    let name = one.error.unstable_error_name().unwrap_or("ParseError");
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The fields that the schema does not have, as the API tells them.
fn undefined_fields(schema: &Valid<Schema>, document: &ast::Document) -> Vec<Value> {
    let mut found = Vec::new();
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let kind = operation.operation_type.name();
                let root = schema.root_operation(operation.operation_type).map(ToString::to_string);
                let start = operation.name.as_ref().map_or(kind.to_owned(), |name| format!("{kind} {name}"));
                if let Some(root) = root {
                    walk((schema, &document.sources), &root, &operation.selection_set, &mut vec![start], &mut found);
                }
            }
            Definition::FragmentDefinition(fragment) => {
                let start = format!("fragment {}", fragment.name);
                walk(
                    (schema, &document.sources),
                    &fragment.type_condition,
                    &fragment.selection_set,
                    &mut vec![start],
                    &mut found,
                );
            }
            _ => {}
        }
    }
    found
}

fn walk(
    place: (&Valid<Schema>, &SourceMap),
    on: &str,
    selections: &[ast::Selection],
    path: &mut Vec<String>,
    found: &mut Vec<Value>,
) {
    let (schema, sources) = place;
    for selection in selections {
        match selection {
            ast::Selection::Field(field) => {
                let is_composite = schema.types.get(on).is_some_and(|on| on.is_object() || on.is_interface());
                path.push(field.name.to_string());
                match schema.type_field(on, &field.name) {
                    Ok(definition) => {
                        let inner = definition.ty.inner_named_type().to_string();
                        walk(place, &inner, &field.selection_set, path, found);
                    }
                    Err(_) if is_composite && !field.name.starts_with("__") => {
                        let at = field.location().and_then(|at| at.line_column_range(sources));
                        let mut error = json!({
                            "message": format!("Field '{}' doesn't exist on type '{on}'", field.name),
                            "path": path,
                            "extensions": { "code": "undefinedField", "typeName": on, "fieldName": field.name.as_str() },
                        });
                        if let (Some(at), Some(error)) = (at, error.as_object_mut()) {
                            let at = json!([{ "line": at.start.line, "column": at.start.column }]);
                            error.insert("locations".to_owned(), at);
                        }
                        found.push(error);
                    }
                    Err(_) => {}
                }
                path.pop();
            }
            ast::Selection::InlineFragment(fragment) => {
                let on = fragment.type_condition.as_ref().map_or(on, |name| name.as_str());
                path.push(format!("... on {on}"));
                walk(place, on, &fragment.selection_set, path, found);
                path.pop();
            }
            ast::Selection::FragmentSpread(_) => {}
        }
    }
}
