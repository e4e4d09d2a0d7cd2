//! The arguments of a field as plain values.

use apollo_compiler::ast;
use apollo_compiler::executable::Field;
use serde_json::{Map, Value, json};

/// The arguments of a field: those that were given, variables filled in, and the defaults of the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args(Map<String, Value>);

impl Args {
    /// Reads those of a field.
    pub(crate) fn of(field: &Field, variables: &Map<String, Value>) -> Self {
        let mut args = Map::new();
        for definition in &field.definition.arguments {
            let given = field.arguments.iter().find(|argument| argument.name == definition.name);
            let value = given.and_then(|argument| value(&argument.value, variables));
            let value =
                value.or_else(|| definition.default_value.as_ref().and_then(|default| self::value(default, variables)));
            if let Some(value) = value {
                args.insert(definition.name.to_string(), value);
            }
        }
        Self(args)
    }

    /// A text, an id or the name of an enum's value.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// A truth; false when it is not there.
    pub(crate) fn truth(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Texts; `None` when it is not there.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            Value::String(only) => Some(vec![only]),
            _ => None,
        }
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name).and_then(Value::as_object)
    }

    /// The number that a gid ends in; what follows a question mark is no part of it.
    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        gid(self.text(name)?).map(|(_, id)| id)
    }
}

/// A gid's type and number.
pub(crate) fn gid(gid: &str) -> Option<(&str, u64)> {
    let (kind, id) = gid.strip_prefix("gid://shopify/")?.split_once('/')?;
    Some((kind, id.split('?').next()?.parse().ok()?))
}

/// A value with its variables filled in; `None` for a variable that was not given.
pub(crate) fn value(value: &ast::Value, variables: &Map<String, Value>) -> Option<Value> {
    Some(match value {
        ast::Value::Null => Value::Null,
        ast::Value::Variable(name) => variables.get(name.as_str())?.clone(),
        ast::Value::Enum(name) => json!(name.as_str()),
        ast::Value::String(text) => json!(text),
        ast::Value::Float(float) => json!(float.try_to_f64().ok()?),
        ast::Value::Int(int) => json!(int.as_str().parse::<i64>().ok()?),
        ast::Value::Boolean(truth) => json!(truth),
        ast::Value::List(items) => Value::Array(items.iter().filter_map(|item| self::value(item, variables)).collect()),
        ast::Value::Object(fields) => Value::Object(
            fields.iter().filter_map(|(name, item)| Some((name.to_string(), self::value(item, variables)?))).collect(),
        ),
    })
}
