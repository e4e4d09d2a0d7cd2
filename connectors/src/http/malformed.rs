//! JSON that is not what was expected: where, and what, without a word of what is there.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// The longest key that is shown in a place: longer ones are data rather than names.
const SHOWN_KEY: usize = 40;
/// The most of a place or an expectation that is shown, in characters.
const SHOWN: usize = 200;

/// What is wrong with an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It ends too early. Asked again, it may be whole.
    CutOff,
    /// It is no JSON, or not unpacked.
    Garbled,
    /// It is JSON of another shape.
    Unexpected,
}

/// A body that cannot be read. Nothing of it is repeated here: it may hold credentials and what customers wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer {flaw} at {place}{}", expectation(.expected.as_deref()))]
pub struct Malformed {
    /// What is wrong.
    pub flaw: Flaw,
    /// Where: the path of keys and indexes, then line and column.
    pub place: String,
    /// What should be there, if that is known.
    pub expected: Option<String>,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CutOff => "ends too early",
            Self::Garbled => "cannot be read",
            Self::Unexpected => "has another shape than expected",
        })
    }
}

fn expectation(expected: Option<&str>) -> String {
    expected.map(|expected| format!(": {expected}")).unwrap_or_default()
}

/// Reads JSON.
pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| malformed(&place_of(error.path()), error.inner()))?;
    json.end().map_err(|error| malformed("the end", &error))?;
    Ok(value)
}

/// A body that cannot be unpacked, or whose end did not come.
pub(super) fn unreadable(flaw: Flaw, place: &str) -> Malformed {
    Malformed { flaw, place: place.to_owned(), expected: None }
}

fn malformed(place: &str, error: &serde_json::Error) -> Malformed {
    let flaw = match error.classify() {
        Category::Eof => Flaw::CutOff,
        Category::Data => Flaw::Unexpected,
        Category::Syntax | Category::Io => Flaw::Garbled,
    };
    let expected = if flaw == Flaw::Unexpected { expected(&error.to_string()) } else { None };
    let place = format!("{place} (line {}, column {})", error.line(), error.column());
    Malformed { flaw, place, expected }
}

/// The path, without keys that may be data.
fn place_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut place = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => format!("[{index}]"),
            Segment::Map { key } | Segment::Enum { variant: key } if is_name(key) => format!(".{key}"),
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => ".?".to_owned(),
        };
        if place.len() + part.len() > SHOWN {
            place.push('…');
            break;
        }
        place.push_str(&part);
    }
    let place = place.trim_start_matches('.');
    if place.is_empty() { "the top".to_owned() } else { place.to_owned() }
}

fn is_name(key: &str) -> bool {
    key.len() <= SHOWN_KEY && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// What of serde's message comes from our own types: the rest may quote the body.
fn expected(message: &str) -> Option<String> {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if message.starts_with("missing field `") {
        return Some(shorten(message));
    }
    let is_serdes = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `", "unknown field `"]
        .iter()
        .any(|start| message.starts_with(start));
    // What is there is quoted before what should be: only what comes after the last such words is ours.
    let (_, expected) = message.rsplit_once(", expected ").filter(|_| is_serdes)?;
    Some(format!("expected {}", shorten(expected)))
}

fn shorten(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is wrong with them counts")]
    struct Order {
        id: u64,
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is wrong with them counts")]
    struct Item {
        state: State,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum State {
        Open,
    }

    fn wrong(json: &str) -> Malformed {
        from_json::<Order>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn the_place_is_told_and_never_what_is_there() {
        let found = wrong(r#"{"id": "shpat_secret, expected nothing", "items": []}"#);
        let text = found.to_string();
        assert_eq!(text, "the answer has another shape than expected at id (line 1, column 39): expected u64");
        let found = wrong(r#"{"id": 1, "items": [{"state": "open"}, {"state": "shpat_secret"}]}"#);
        assert_eq!((found.flaw, found.expected.as_deref()), (Flaw::Unexpected, Some("expected `open`")));
        assert!(found.place.starts_with("items[1].state (line 1"), "{}", found.place);
        let found = wrong(r#"{"items": []}"#);
        assert_eq!(found.expected.as_deref(), Some("missing field `id`"));
    }

    #[test]
    fn keys_that_look_like_data_are_not_shown() {
        type Map = std::collections::BTreeMap<String, u64>;
        let found = from_json::<Map>(br#"{"ada@example.com": "x"}"#).unwrap_err();
        assert!(found.place.starts_with("? (line"), "{}", found.place);
    }

    #[test]
    fn what_is_cut_off_is_told_from_what_is_no_json() {
        assert_eq!(wrong(r#"{"id": 1, "items": [{"st"#).flaw, Flaw::CutOff);
        assert_eq!(wrong("").flaw, Flaw::CutOff);
        assert_eq!(wrong("<html>").flaw, Flaw::Garbled);
        assert_eq!(wrong(r#"{"id": 1, "items": []} more"#).flaw, Flaw::Garbled);
    }
}
