//! The largest groups, and all others as one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::facts::Fact;
use super::figures::Asked;
use super::{Gathered, Group};

/// Puts everything that is not of the largest groups into one, and says which that is; there is none when nothing is left over, or
/// nobody wants it.
pub(super) fn take<'a>(
    query: &Value,
    asked: &[Asked],
    gathered: &mut Gathered<'a>,
    figures: &dyn Fn(&[Fact<'a>]) -> Vec<Option<i128>>,
) -> Option<Group> {
    let top = query.get("top")?;
    let by = top["by"].as_str().map_or(0, |by| asked.iter().position(|one| one.key == by).unwrap());
    let mut by_group: BTreeMap<Group, Vec<Fact<'a>>> = BTreeMap::new();
    for ((_, group), cell) in &gathered.cells {
        if !cell.current.is_empty() {
            by_group.entry(group.clone()).or_default().extend(&cell.current);
        }
    }
    let mut ranked: Vec<_> = by_group.into_iter().map(|(group, facts)| (figures(&facts)[by], group)).collect();
    // Without a figure after those with one, without a value after those with one.
    ranked.sort_by_key(|(figure, group)| {
        let group: Vec<_> = group.iter().map(|value| (value.is_none(), value.clone())).collect();
        (figure.is_none(), figure.map(|figure| -figure), group)
    });
    let groups = usize::try_from(top["groups"].as_u64().unwrap()).unwrap();
    if ranked.len() <= groups {
        return None;
    }
    let largest: Vec<&Group> = ranked[..groups].iter().map(|(_, group)| group).collect();
    let others: Group = vec![Some("\u{10ffff} all others".to_owned())];
    let wants_others = top["other"].as_bool() != Some(false);
    for ((step, group), cell) in std::mem::take(&mut gathered.cells) {
        let group = if largest.contains(&&group) {
            group
        } else if wants_others {
            others.clone()
        } else {
            continue;
        };
        let into = gathered.cells.entry((step, group)).or_default();
        into.current.extend(cell.current);
        into.previous.extend(cell.previous);
    }
    wants_others.then_some(others)
}
