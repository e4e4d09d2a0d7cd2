//! A thing with everything below it, as lines of JSON: the thing, then what is below it, each with its parent's id. Bulk operations tell it
//! so; what is read by pages is brought into the same form, which is also the one that payloads are kept in.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::wire::{number_of, read};
use crate::contract::Failure;

/// The key by which a line names its parent.
const PARENT: &str = "__parentId";

/// A thing with everything below it. Its lines share the memory of what they were cut from.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    root: Bytes,
    below: Vec<Bytes>,
}

/// Something below a thing.
#[derive(Debug)]
pub(super) struct Child<'a> {
    /// Of the thing, or of something in it.
    parent: Cow<'a, str>,
    json: &'a [u8],
}

impl<'a> Child<'a> {
    /// The type of its parent, such as `Order`.
    pub(super) fn parent_kind(&self) -> &str {
        kind_of(&self.parent)
    }

    /// The number of its parent.
    pub(super) fn parent_number(&self) -> &str {
        number_of(&self.parent)
    }

    /// What is said of it.
    pub(super) fn json(&self) -> &'a [u8] {
        self.json
    }
}

/// The type in a global id.
pub(super) fn kind_of(gid: &str) -> &str {
    gid.strip_prefix("gid://shopify/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(default, borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(default, borrow, rename = "__parentId")]
    parent: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Embedded<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default, borrow)]
    children: Option<Nodes<'a>>,
    #[serde(default, borrow)]
    others: Option<Nodes<'a>>,
}

#[derive(Deserialize)]
struct Nodes<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
}

/// Where the children of a thing go on that did not come with it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Rest {
    #[serde(default)]
    children: Option<RestOf>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RestOf {
    page_info: PageInfo,
}

impl Tree {
    /// A thing as an answer tells it.
    pub(super) fn of(node: &RawValue) -> Result<Self, Failure> {
        Ok(Self { root: one_line(node.get())?, below: Vec::new() })
    }

    /// What is said of the thing itself.
    pub(super) fn root(&self) -> &[u8] {
        &self.root
    }

    /// The cursor behind which more of its children are.
    pub(super) fn rest(&self, what: &str) -> Result<Option<String>, Failure> {
        let rest: Rest = read(&self.root, what)?;
        let page_info = rest.children.map(|children| children.page_info).filter(|page_info| page_info.has_next_page);
        Ok(page_info.and_then(|page_info| page_info.end_cursor))
    }

    /// Adds something below the thing that has this global id, which is it or in it.
    pub(super) fn add(&mut self, parent: &str, node: &RawValue) -> Result<(), Failure> {
        let mut object: Map<String, Value> = read(node.get().as_bytes(), "something below a thing")?;
        object.insert(PARENT.to_owned(), Value::String(parent.to_owned()));
        self.below.push(Value::Object(object).to_string().into());
        Ok(())
    }

    /// Everything below it: what came with it, then what came by itself. What was told twice, as at the border of two pages, is there once, as it
    /// was told last.
    pub(super) fn children(&self, what: &str) -> Result<Vec<Child<'_>>, Failure> {
        let embedded: Embedded<'_> = parse(&self.root, what)?;
        let nodes = [embedded.children, embedded.others].into_iter().flatten().flat_map(|nodes| nodes.nodes);
        let mut children: Vec<_> =
            nodes.map(|node| Child { parent: embedded.id.clone(), json: node.get().as_bytes() }).collect();
        for line in &self.below {
            let parent = parse::<Line<'_>>(line, what)?.parent;
            children.push(Child { parent: parent.unwrap_or_else(|| embedded.id.clone()), json: line });
        }
        let (mut places, mut once) = (HashMap::new(), Vec::with_capacity(children.len()));
        for child in children {
            let Some(id) = parse::<Line<'_>>(child.json, what)?.id else {
                once.push(child);
                continue;
            };
            let place = *places.entry(id).or_insert(once.len());
            match once.get_mut(place) {
                Some(before) => *before = child,
                None => once.push(child),
            }
        }
        Ok(once)
    }

    /// Its global id.
    pub(super) fn gid(&self) -> Result<String, Failure> {
        Ok(parse::<Embedded<'_>>(&self.root, "a thing")?.id.into_owned())
    }

    /// Writes its lines.
    pub(super) fn write(&self, lines: &mut Vec<u8>) {
        for line in std::iter::once(&self.root).chain(&self.below) {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
    }
}

/// Things and what is below them, put together from lines in any order: children may come before their parents, and between others'.
///
/// # Errors
/// [`Failure::Unexpected`] when a line is no JSON, or names a parent that no line is of.
pub(super) fn gather(lines: &Bytes) -> Result<Vec<Tree>, Failure> {
    let (mut trees, mut places, mut early) = (Vec::new(), HashMap::new(), Vec::new());
    for text in lines.split(|byte| *byte == b'\n') {
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let line: Line<'_> = parse(text, "a line of a bulk operation")?;
        let bytes = lines.slice_ref(text);
        match (line.parent, line.id) {
            (Some(parent), _) => match places.get(&*parent) {
                Some(place) => push(&mut trees, *place, bytes),
                None => early.push((parent.into_owned(), bytes)),
            },
            (None, Some(id)) => {
                places.insert(id.into_owned(), trees.len());
                trees.push(Tree { root: bytes, below: Vec::new() });
            }
            (None, None) => return Err(unexpected("a line with neither an id nor a parent")),
        }
    }
    // What is below something in a thing, such as a refund's lines, follows its thing in what we keep.
    for (parent, bytes) in early {
        let place = places.get(&parent).copied().ok_or_else(|| unexpected("a line whose parent is not there"))?;
        push(&mut trees, place, bytes);
    }
    Ok(trees)
}

/// Things whose lines follow one another, as they are kept.
pub(super) fn read_kept(lines: &Bytes) -> Result<Vec<Tree>, Failure> {
    let mut trees: Vec<Tree> = Vec::new();
    for text in lines.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
        let line: Line<'_> = parse(text, "a line that was kept")?;
        let bytes = lines.slice_ref(text);
        match (line.parent, trees.last_mut()) {
            (None, _) => trees.push(Tree { root: bytes, below: Vec::new() }),
            (Some(_), Some(tree)) => tree.below.push(bytes),
            (Some(_), None) => return Err(unexpected("a line before the thing that it is of")),
        }
    }
    Ok(trees)
}

fn push(trees: &mut [Tree], place: usize, line: Bytes) {
    if let Some(tree) = trees.get_mut(place) {
        tree.below.push(line);
    }
}

fn unexpected(what: &str) -> Failure {
    Failure::Unexpected { detail: format!("a bulk operation: {what}") }
}

/// Reads JSON that keeps parts of it as they are, which paths cannot be told of.
fn parse<'a, T: Deserialize<'a>>(json: &'a [u8], what: &str) -> Result<T, Failure> {
    serde_json::from_slice(json).map_err(|error| Failure::Unexpected {
        detail: format!("{what}: another shape than expected at column {}", error.column()),
    })
}

/// JSON on one line.
fn one_line(json: &str) -> Result<Bytes, Failure> {
    if !json.contains(['\n', '\r']) {
        return Ok(Bytes::copy_from_slice(json.as_bytes()));
    }
    let value: Value = parse(json.as_bytes(), "a thing")?;
    Ok(value.to_string().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(json: &str) -> Tree {
        Tree::of(&RawValue::from_string(json.to_owned()).unwrap()).unwrap()
    }

    fn texts(tree: &Tree) -> Vec<String> {
        let children = tree.children("a test").unwrap();
        children.iter().map(|child| String::from_utf8(child.json().to_vec()).unwrap()).collect()
    }

    #[test]
    fn children_are_put_below_their_parents_in_any_order() {
        let lines = concat!(
            "{\"id\":\"gid:\\/\\/shopify\\/LineItem\\/9\",\"__parentId\":\"gid:\\/\\/shopify\\/Order\\/2\"}\n",
            "{\"id\":\"gid:\\/\\/shopify\\/Order\\/1\"}\n",
            "{\"id\":\"gid:\\/\\/shopify\\/Order\\/2\"}\n",
            "\n",
            "{\"id\":\"gid:\\/\\/shopify\\/LineItem\\/7\",\"__parentId\":\"gid:\\/\\/shopify\\/Order\\/1\"}\n",
            "{\"id\":\"gid:\\/\\/shopify\\/LineItem\\/8\",\"__parentId\":\"gid:\\/\\/shopify\\/Order\\/2\"}",
        );
        let trees = gather(&Bytes::from_static(lines.as_bytes())).unwrap();
        assert_eq!(trees.len(), 2);
        assert_eq!((texts(&trees[0]).len(), texts(&trees[1]).len()), (1, 2));
        let children = trees[1].children("a test").unwrap();
        assert_eq!((children[0].parent_kind(), children[0].parent_number()), ("Order", "2"));
    }

    #[test]
    fn a_line_of_nobody_is_refused() {
        let orphan = Bytes::from_static(br#"{"id":"gid://shopify/LineItem/7","__parentId":"gid://shopify/Order/1"}"#);
        assert!(matches!(gather(&orphan), Err(Failure::Unexpected { .. })));
        assert!(matches!(gather(&Bytes::from_static(b"{\"id\":")), Err(Failure::Unexpected { .. })));
        assert_eq!(gather(&Bytes::new()).unwrap().len(), 0);
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let mut first = tree(
            "{\"id\":\"gid://shopify/Order/1\",\n \"children\":{\"nodes\":[{\"id\":\"gid://shopify/LineItem/5\"}]}}",
        );
        let line = RawValue::from_string("{\"id\":\"gid://shopify/RefundLineItem/6\"}".to_owned()).unwrap();
        first.add("gid://shopify/Refund/3", &line).unwrap();
        let mut lines = Vec::new();
        first.write(&mut lines);
        tree("{\"id\":\"gid://shopify/Order/2\"}").write(&mut lines);
        let kept = read_kept(&lines.into()).unwrap();
        assert_eq!(kept.len(), 2);
        assert_eq!(texts(&kept[0]), texts(&first));
        let children = kept[0].children("a test").unwrap();
        assert_eq!((children[0].parent_kind(), children[1].parent_kind()), ("Order", "Refund"));
        assert_eq!(children[1].parent_number(), "3");
    }

    #[test]
    fn children_that_are_told_twice_are_there_once_as_they_were_told_last() {
        let mut order = tree(
            r#"{"id":"gid://shopify/Order/1","children":{"nodes":[{"id":"gid://shopify/LineItem/5","quantity":1},{"id":"gid://shopify/LineItem/6"}]}}"#,
        );
        for line in [r#"{"id":"gid://shopify/LineItem/5","quantity":2}"#, "{}", "{}"] {
            order.add("gid://shopify/Order/1", &RawValue::from_string(line.to_owned()).unwrap()).unwrap();
        }
        let texts = texts(&order);
        // What has no id is not known again.
        assert_eq!(texts.len(), 4);
        assert!(texts[0].contains(r#""quantity":2"#) && texts[1].contains("LineItem/6"), "{texts:?}");
    }

    #[test]
    fn more_children_are_behind_a_cursor() {
        let info = |next: bool| {
            format!(
                "{{\"id\":\"a\",\"children\":{{\"pageInfo\":{{\"hasNextPage\":{next},\"endCursor\":\"c\"}},\"nodes\":[]}}}}"
            )
        };
        assert_eq!(tree(&info(true)).rest("a test").unwrap().as_deref(), Some("c"));
        assert_eq!(tree(&info(false)).rest("a test").unwrap(), None);
        assert_eq!(tree("{\"id\":\"a\"}").rest("a test").unwrap(), None);
    }

    proptest! {
        #[test]
        fn no_order_of_lines_makes_a_difference(
            children in prop::collection::vec(0..6_usize, 0..12),
            seed in prop::collection::vec(any::<u32>(), 100),
        ) {
            let mut lines = Vec::new();
            for (order, count) in children.iter().enumerate() {
                lines.push(format!("{{\"id\":\"gid://shopify/Order/{order}\"}}"));
                for line in 0..*count {
                    lines.push(format!("{{\"id\":\"{order}-{line}\",\"__parentId\":\"gid://shopify/Order/{order}\"}}"));
                }
            }
            let mut shuffled: Vec<_> = lines.iter().zip(&seed).collect();
            shuffled.sort_by_key(|(_, at)| **at);
            let text: String = shuffled.iter().map(|(line, _)| format!("{line}\n")).collect();
            let trees = gather(&text.into()).unwrap();
            prop_assert_eq!(trees.len(), children.len());
            for tree in &trees {
                let gid = tree.gid().unwrap();
                let count = children[number_of(&gid).parse::<usize>().unwrap()];
                let below = tree.children("a test").unwrap();
                prop_assert_eq!(below.len(), count);
                prop_assert!(below.iter().all(|child| child.parent_number() == number_of(&gid)));
            }
        }
    }
}
