//! The largest groups, and all others as one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::facts::Fact;
use super::figures::Asked;
use super::{Gathered, Group, OracleStore, grouped_by};

/// The figures of facts, which are zero of none where it is said so.
type Figures<'f, 'a> = &'f dyn Fn(&[Fact<'a>], bool) -> Vec<Option<i128>>;

/// All that is not listed.
#[derive(Clone)]
pub(super) struct Others {
    /// The group that stands for it.
    pub(super) group: Group,
    /// The groups that are listed.
    pub(super) listed: Vec<Group>,
}

/// Puts everything that is not of the largest groups into one, and says which that is; there is none when nothing is left over, or
/// nobody wants it.
pub(super) fn take<'a>(
    query: &Value,
    asked: &[Asked],
    stores: &[OracleStore],
    gathered: &mut Gathered<'a>,
    figures: Figures<'_, 'a>,
) -> Option<Others> {
    let top = query.get("top")?;
    let plain = asked.iter().position(|one| one.shape.is_none());
    let by = top["by"].as_str().map_or(plain, |by| asked.iter().position(|one| one.key == by)).unwrap();
    let group_by = grouped_by(query);
    let group_of =
        |fact: &Fact<'a>| -> Group { group_by.iter().map(|name| fact.dimension(&stores[fact.store], name)).collect() };
    let mut by_group: BTreeMap<Group, Vec<Fact<'a>>> = BTreeMap::new();
    for fact in &gathered.current {
        by_group.entry(group_of(fact)).or_default().push(*fact);
    }
    for fact in &gathered.previous {
        by_group.entry(group_of(fact)).or_default();
    }
    let of_store = group_by.iter().position(|name| *name == "store");
    let is_told = |group: &Group| match of_store {
        Some(at) => gathered.of_ranges[group[at].as_ref().unwrap()],
        None => gathered.has_begun,
    };
    let ranked = by_group.into_iter().map(|(group, facts)| (figures(&facts, is_told(&group))[by], group));
    let mut ranked: Vec<_> = ranked.collect();
    // Without a figure after those with one, without a value after those with one.
    ranked.sort_by_key(|(figure, group)| {
        let group: Vec<_> = group.iter().map(|value| (value.is_none(), value.clone())).collect();
        (figure.is_none(), figure.map(|figure| -figure), group)
    });
    let groups = usize::try_from(top["groups"].as_u64().unwrap()).unwrap();
    if ranked.len() <= groups {
        return None;
    }
    let largest: Vec<Group> = ranked.into_iter().take(groups).map(|(_, group)| group).collect();
    let others: Group = vec![Some("\u{10ffff} all others".to_owned())];
    let wants_others = top["other"].as_bool() != Some(false);
    for cells in [&mut gathered.cells, &mut gathered.ahead.cells] {
        for ((step, group), cell) in std::mem::take(cells) {
            let group = if largest.contains(&group) {
                group
            } else if wants_others {
                others.clone()
            } else {
                continue;
            };
            let into = cells.entry((step, group)).or_default();
            into.current.extend(cell.current);
            into.previous.extend(cell.previous);
        }
    }
    wants_others.then_some(Others { group: others, listed: largest })
}
