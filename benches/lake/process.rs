//! Time on processors, of this process and of others; from `/proc`, so Linux only.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context as _;

/// Clock ticks of `/proc` in a second: the same on every Linux that is built today.
const TICKS: u64 = 100;

struct Times {
    parent: u32,
    /// Its own, and those of children that ended and were waited for.
    own: u64,
    ended: u64,
}

/// Of this process.
pub(crate) fn own() -> anyhow::Result<Duration> {
    Ok(ticks(times(std::process::id()).context("/proc does not tell processor times")?.own))
}

/// Of a process with everything that it started and that lives, or ended and was waited for.
pub(crate) fn tree(root: u32) -> anyhow::Result<Duration> {
    let ids = std::fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: HashMap<u32, Times> = ids.filter_map(|id| Some((id, times(id)?))).collect();
    let belongs = |mut id: u32| {
        while id != root {
            match all.get(&id) {
                Some(times) => id = times.parent,
                None => return false,
            }
        }
        true
    };
    anyhow::ensure!(all.contains_key(&root), "process {root} has gone");
    Ok(ticks(all.iter().filter(|(id, _)| belongs(**id)).map(|(_, times)| times.own + times.ended).sum()))
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1_000 / TICKS)
}

/// `None` for a process that has gone.
fn times(id: u32) -> Option<Times> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold anything; after it come state, parent and, as fields 14 to 17, the times.
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 2..)?.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Times {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}
