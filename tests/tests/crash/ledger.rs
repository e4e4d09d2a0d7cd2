//! What was sent to a store, how far it is known to have come, and so which answers the store may give.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::sync::Arc;

use serde_json::Value;

use super::plan::File;
use crate::figures::View;
use crate::oracle::{Order, State};

/// How far a file is known to have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was sent, and no answer came.
    Unanswered,
    /// It was sent, no answer came, and the server that came after did not know of it.
    Unknown,
    /// The server said that it will import it.
    Acknowledged,
    /// It is imported, or its bytes had been imported before.
    Done { version: i64, already_imported: bool },
}

#[derive(Debug)]
struct Sent {
    file: Arc<File>,
    standing: Standing,
    /// When attempts at it began.
    attempts: BTreeSet<String>,
}

/// One store.
#[derive(Default)]
pub(super) struct Ledger {
    sent: Vec<Sent>,
    done: Arc<State>,
    /// The greatest version that the store was ever known to be at.
    version: i64,
    /// Every answer that was given, by the version of the store that it is of.
    answers: BTreeMap<(i64, View), Value>,
}

/// How many files of which kind there are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) imported: usize,
    /// Their bytes had been imported before.
    pub(super) repeated: usize,
    /// They were on their way when something was killed, and nobody knows of them.
    pub(super) never_taken: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.imported += other.imported;
        self.repeated += other.repeated;
        self.never_taken += other.never_taken;
    }
}

/// What was known before a question was asked.
pub(super) struct Before {
    done: Arc<State>,
    open: Vec<usize>,
    sent: usize,
    version: i64,
}

impl Ledger {
    /// A file is about to be sent.
    pub(super) fn sending(&mut self, file: Arc<File>) {
        self.sent.push(Sent { file, standing: Standing::Unanswered, attempts: BTreeSet::new() });
    }

    /// The server took it.
    pub(super) fn acknowledged(&mut self, name: &str) {
        let sent = self.named(name);
        if matches!(sent.standing, Standing::Unanswered | Standing::Unknown) {
            sent.standing = Standing::Acknowledged;
        }
    }

    fn named(&mut self, name: &str) -> &mut Sent {
        let sent = self.sent.iter_mut().rfind(|sent| sent.file.name == name);
        sent.unwrap_or_else(|| panic!("the server has an import of {name}, which was never sent"))
    }

    /// Takes note of the server's list of imports.
    pub(super) fn listed(&mut self, imports: &[Value]) {
        for import in imports {
            let name = import["file_name"].as_str().unwrap();
            self.acknowledged(name);
            let sent = self.named(name);
            sent.attempts.extend(import["started_at"].as_str().map(str::to_owned));
            match import["status"].as_str().unwrap() {
                "queued" | "running" => {
                    assert!(!matches!(sent.standing, Standing::Done { .. }), "{name} was done once: {import}");
                }
                "done" => {
                    let already_imported = import["already_imported"].as_bool().unwrap();
                    let standing = Standing::Done { version: import["version"].as_i64().unwrap(), already_imported };
                    if sent.standing != standing {
                        assert_eq!(sent.standing, Standing::Acknowledged, "{name} is done another way: {import}");
                        sent.standing = standing;
                        let file = Arc::clone(&sent.file);
                        Arc::make_mut(&mut self.done).import(&file.orders);
                        self.version = self.version.max(import["version"].as_i64().unwrap());
                    }
                }
                _ => panic!("{name} was not imported: {import}"),
            }
        }
    }

    /// Takes note of the server's list of imports, asked for when nobody sends any more: what is not in it is not there.
    pub(super) fn listed_at_rest(&mut self, imports: &[Value]) {
        self.listed(imports);
        for sent in &mut self.sent {
            let is_listed = || imports.iter().any(|import| import["file_name"] == sent.file.name);
            match sent.standing {
                Standing::Unanswered => sent.standing = Standing::Unknown,
                Standing::Unknown => {}
                _ => assert!(is_listed(), "{} was acknowledged, and the server does not know of it", sent.file.name),
            }
        }
    }

    /// The names of files that will be imported and are not yet, as far as is known.
    pub(super) fn open(&self) -> Vec<&str> {
        let open = self.sent.iter().filter(|sent| sent.standing == Standing::Acknowledged);
        open.map(|sent| sent.file.name.as_str()).collect()
    }

    /// How often the import was begun on which most attempts were made, of those that are not over.
    pub(super) fn most_attempts(&self) -> usize {
        let open = self.sent.iter().filter(|sent| sent.standing == Standing::Acknowledged);
        open.map(|sent| sent.attempts.len()).max().unwrap_or(0)
    }

    /// How many files are imported.
    pub(super) fn count(&self) -> Count {
        let is_done = |sent: &Sent, wanted| matches!(sent.standing, Standing::Done { already_imported, .. } if already_imported == wanted);
        let count = |wanted: &dyn Fn(&Sent) -> bool| self.sent.iter().filter(|sent| wanted(sent)).count();
        Count {
            imported: count(&|sent| is_done(sent, false)),
            repeated: count(&|sent| is_done(sent, true)),
            never_taken: count(&|sent| sent.standing == Standing::Unknown),
        }
    }

    /// What is known now, for [`Ledger::judge`].
    pub(super) fn before(&self) -> Before {
        let is_open = |sent: &Sent| matches!(sent.standing, Standing::Unanswered | Standing::Acknowledged);
        let open = (0..self.sent.len()).filter(|place| is_open(&self.sent[*place])).collect();
        Before { done: Arc::clone(&self.done), open, sent: self.sent.len(), version: self.version }
    }

    /// Checks an answer to a question that was asked after `before`: it is of everything that was imported then, and of some of the
    /// files, each as a whole, that were on their way or were sent until now.
    ///
    /// # Errors
    /// It is of no such state.
    pub(super) fn judge(&mut self, before: &Before, view: View, answer: &Value) -> Result<(), String> {
        let versions = answer["meta"]["versions"].as_object().unwrap();
        assert_eq!(versions.len(), 1, "{versions:?}");
        let version = versions.values().next().unwrap().as_i64().unwrap();
        if version < before.version {
            return Err(format!("version {version} was answered after version {} was", before.version));
        }
        self.version = self.version.max(version);
        self.remember(version, view, answer)?;

        let places = before.open.iter().copied().chain(before.sent..self.sent.len());
        let files: Vec<_> = places.map(|place| &self.sent[place].file).collect();
        let orders: Vec<&[Arc<Order>]> = files.iter().map(|file| file.orders.as_slice()).collect();
        let sums = before.done.sums_with(&orders);
        let mut difference = None;
        for (choice, _) in sums.iter().enumerate().filter(|(_, sums)| view.sums_fit(answer, sums)) {
            let mut state = (*before.done).clone();
            let chosen = orders.iter().enumerate().filter(|(file, _)| choice >> file & 1 == 1);
            chosen.for_each(|(_, orders)| state.import(orders));
            match view.compare(answer, &state.shop()) {
                Ok(()) => return Ok(()),
                Err(found) => difference = Some(found),
            }
        }
        let names: Vec<_> = files.iter().map(|file| &file.name).collect();
        Err(format!(
            "version {version} is no state of the store: {} instead of {:?} with some of {names:?}: {}",
            answer["totals"],
            before.done.sums(),
            difference.as_deref().unwrap_or("no choice of them has these sums")
        ))
    }

    /// Two answers of one version are the same.
    fn remember(&mut self, version: i64, view: View, answer: &Value) -> Result<(), String> {
        let told = serde_json::json!({ "rows": answer["rows"], "totals": answer["totals"], "total_rows": answer["total_rows"] });
        let first = self.answers.entry((version, view)).or_insert_with(|| told.clone());
        if *first == told {
            return Ok(());
        }
        Err(format!("version {version} was answered in two ways, as {view:?}: {first} and {told}"))
    }

    /// When every import is over: each answer that was ever given is exactly of the imports up to its version, and of the imports of
    /// the same bytes one alone did anything.
    ///
    /// # Errors
    /// What is not so.
    pub(super) fn audit(&self) -> Result<usize, String> {
        assert_eq!(self.open(), Vec::<&str>::new());
        // An import that changes nothing has the version that it found, so that several may have one.
        let mut imports: BTreeMap<i64, Vec<&File>> = BTreeMap::new();
        let mut first: BTreeMap<&str, u32> = BTreeMap::new();
        for sent in &self.sent {
            if let Standing::Done { version, already_imported } = sent.standing {
                let times = first.entry(&sent.file.text).or_default();
                if !already_imported {
                    *times += 1;
                    imports.entry(version).or_default().push(&sent.file);
                }
            }
        }
        if let Some((text, times)) = first.iter().find(|(_, times)| **times != 1) {
            let file = self.sent.iter().find(|sent| sent.file.text == **text).unwrap();
            return Err(format!("{} was imported {times} times", file.file.name));
        }
        let (mut state, mut imports) = (State::default(), imports.into_iter().peekable());
        let mut shop = state.shop();
        for ((version, view), answer) in &self.answers {
            while let Some((_, files)) = imports.next_if(|(made, _)| made <= version) {
                files.iter().for_each(|file| state.import(&file.orders));
                shop = state.shop();
            }
            view.compare(answer, &shop)
                .map_err(|difference| format!("version {version} was answered wrong, as {view:?}: {difference}"))?;
        }
        Ok(self.answers.len())
    }
}
