//! The TOML file.

use std::collections::BTreeMap;

use toml::Value;

use super::options::OPTIONS;

/// The options that a file gives, as text.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn parse(text: &str) -> Result<BTreeMap<&'static str, String>, Vec<String>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![not_toml(text, &error)])?;
    let mut given = BTreeMap::new();
    let mut problems = Vec::new();
    for (key, value) in &table {
        let Some(spec) = OPTIONS.iter().find(|spec| spec.key == key) else {
            problems.push(unknown(key));
            continue;
        };
        match scalar(value) {
            Some(text) => drop(given.insert(spec.key, text)),
            None => problems.push(format!("{key} must be a text, a number or a list of texts")),
        }
    }
    if problems.is_empty() { Ok(given) } else { Err(problems) }
}

/// The place and the reason, without the line itself: it may hold a secret.
fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    format!("line {line} is not TOML: {}", error.message())
}

fn unknown(key: &str) -> String {
    let nearest = OPTIONS
        .iter()
        .map(|spec| (strsim::jaro_winkler(key, spec.key), spec.key))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(similarity, _)| *similarity > 0.75);
    match nearest {
        Some((_, name)) => format!("unknown key `{key}`; did you mean `{name}`?"),
        None => format!("unknown key `{key}`"),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Array(items) => items.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        _ => None,
    }
}
