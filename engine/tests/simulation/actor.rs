//! An actor: somebody who commits, reads and cleans up, one thing after the other, until there is nothing left to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::CommitId;
use aloftly_engine::clock::Clock as _;
use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::{Erasure, LakeError, ManifestError, Published, Reader, SegmentFault, StoreLake, Verdict};

use super::oracle::{Change, Given, Part, Row, State, TABLES, Table, Wish};
use super::plan::{Plan, Range};
use super::rows;
use super::world::World;
use crate::rng::Rng;

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = DAY / 24;

pub(crate) struct Actor {
    pub(crate) world: Arc<World>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) lake: StoreLake,
    pub(crate) number: usize,
    pub(crate) rng: Rng,
    /// Readers that are kept for later.
    pub(crate) pinned: Vec<Reader>,
}

impl Actor {
    pub(crate) async fn live(mut self) {
        while self.world.take_deed() {
            self.act().await;
        }
    }

    async fn act(&mut self) {
        match self.rng.below(100) {
            0..26 => self.upsert().await,
            26..41 => self.replace().await,
            41..45 => self.erase().await,
            45..51 => self.try_again().await,
            51..57 => self.fold().await,
            57..60 => self.fold_due().await,
            60..68 => self.tend().await,
            68..74 => self.tidy().await,
            74..77 => self.audit().await,
            77..80 => self.verify().await,
            80..87 => self.read(None).await,
            87..91 => self.read_older().await,
            91..96 => self.pin().await,
            _ => self.read_pinned().await,
        }
    }

    // Commits.

    async fn upsert(&mut self) {
        let few = self.rng.per_mille(700);
        let tables = 1 + self.rng.index(2);
        let mut given = Vec::new();
        for _ in 0..tables {
            let table = self.rng.pick(&TABLES);
            let most = if few { 4 } else { 40 };
            let states = 1 + self.rng.below(most);
            let states: Given = (0..states).map(|_| self.state_of_any(table)).collect();
            if !given.iter().any(|(other, _)| *other == table) {
                given.push((table, states));
            }
        }
        let receipt = self.rng.per_mille(250).then(|| format!("file {}", self.rng.below(6)));
        self.wish(Change::Upsert(given), receipt).await;
    }

    async fn replace(&mut self) {
        let table = self.rng.pick(&[Table::Events, Table::Events, Table::Items, Table::Customers]);
        let range = self.range();
        let tag = self.rng.per_mille(500).then(|| self.rng.pick(&["a", "b"]).to_owned());
        let part = Part { table, range, tag };
        let states = self.rng.pick(&[0, 1, 3, 6, 30]);
        let mut given: Given = (0..states).filter_map(|_| self.state_within(&part)).collect();
        if table == Table::Events && part.tag.is_none() && range == self.plan.all_months() {
            // What is always restated as a whole may change its month.
            for number in 0..self.rng.below(4) {
                let month = self.rng.pick(&self.plan.months);
                given.push((format!("m-{number}"), self.state(table, month, None)));
            }
        }
        let receipt = self.rng.per_mille(100).then(|| format!("file {}", self.rng.below(6)));
        self.wish(Change::Replace(part, given), receipt).await;
    }

    async fn erase(&mut self) {
        let change = if self.rng.per_mille(150) {
            Change::EraseEverything
        } else {
            let customers = 1 + self.rng.below(2);
            Change::EraseCustomers((0..customers).map(|_| self.customer()).collect())
        };
        self.wish(change, None).await;
    }

    async fn wish(&mut self, change: Change, receipt: Option<String>) {
        let wish = Arc::new(Wish { id: CommitId(self.world.clock.new_id()), change, receipt });
        self.world.wished(&wish);
        self.make(wish, true).await;
    }

    /// Somebody's commit, of which nobody knows whether it happened, is made under the same id.
    async fn try_again(&mut self) {
        let uncertain = self.world.take_uncertain(&mut self.rng);
        match uncertain {
            Some(wish) => self.make(wish, false).await,
            None => self.read(None).await,
        }
    }

    async fn make(&mut self, wish: Arc<Wish>, is_first_try: bool) {
        let mark = self.world.faults();
        self.world.begins(self.number, &wish);
        let made = self.commit(&wish).await;
        self.world.ends(self.number);
        match made {
            Ok(published) => {
                self.world.acknowledged(&wish, published);
                if self.rng.per_mille(600) {
                    self.read(None).await;
                }
            }
            Err(LakeError::Contended { .. }) if is_first_try => self.world.refused(&wish),
            Err(error) => {
                self.world.excuses(mark, "a commit", &error);
                let is_certain = !matches!(error, LakeError::Manifest(ManifestError::Ambiguous(_)));
                // An erasure can fail after its commit.
                if is_certain && is_first_try && !wish.is_erasure() {
                    self.world.refused(&wish);
                } else {
                    self.world.uncertain(wish);
                }
            }
        }
    }

    async fn commit(&mut self, wish: &Wish) -> Result<Published, LakeError> {
        let at_a_time = self.rng.pick(&[1, 3, 100]);
        match &wish.change {
            Change::Upsert(tables) => {
                let mut spool = self.lake.spool()?;
                for (table, given) in tables {
                    rows::push(&mut spool, *table, given, at_a_time)?;
                }
                self.lake.upsert_if(wish.id, spool, wish.receipt.clone(), &|_| Ok(())).await
            }
            Change::Replace(part, given) => {
                let mut spool = self.lake.spool()?;
                rows::push(&mut spool, part.table, given, at_a_time)?;
                self.lake.replace(wish.id, &part.slice(), spool, wish.receipt.clone()).await
            }
            Change::EraseCustomers(ids) => self.lake.erase(wish.id, &Erasure::customers(ids)).await,
            Change::EraseEverything => self.lake.erase(wish.id, &Erasure::Everything).await,
        }
    }

    // What is put into commits.

    fn customer(&mut self) -> String {
        format!("c-{}", self.rng.below(self.plan.customers))
    }

    fn state_of_any(&mut self, table: Table) -> (String, State) {
        let (number, month) = self.entity(table);
        let state = self.state(table, month, None);
        named(table, number, state)
    }

    fn state_within(&mut self, part: &Part) -> Option<(String, State)> {
        let (number, month) = self.entity(part.table);
        let range = (month.0.max(part.range.0), month.1.min(part.range.1));
        if range.0 >= range.1 {
            return None;
        }
        let state = self.state(part.table, range, part.tag.as_deref());
        Some(named(part.table, number, state))
    }

    /// An entity's number, and the month in which it is for ever.
    fn entity(&mut self, table: Table) -> (u64, Range) {
        if table == Table::Customers {
            return (self.rng.below(self.plan.customers), self.rng.pick(&self.plan.months));
        }
        let number = self.rng.below(self.plan.entities);
        let months = self.plan.months.len() as u64;
        (number, self.plan.months[usize::try_from(number % months).unwrap()])
    }

    fn state(&mut self, table: Table, within: Range, tag: Option<&str>) -> State {
        let count = if table == Table::Items { self.rng.between(1, 4) } else { 1 };
        let customer = self.rng.per_mille(800).then(|| self.customer());
        let base = self.time(within);
        let rows = (0..count).map(|line| Row {
            key: if table == Table::Items { line + 1 } else { 0 },
            time: if self.rng.per_mille(700) { base } else { self.time(within) },
            tag: tag.or_else(|| self.rng.pick(&[None, Some("a"), Some("b")])).map(str::to_owned),
            customer: if self.rng.per_mille(850) { customer.clone() } else { Some(self.customer()) },
            value: self.rng.between(0, 2),
        });
        let rows = rows.collect();
        State { version: self.rng.between(0, 3), rows }
    }

    fn time(&mut self, (from, to): Range) -> i64 {
        match self.rng.below(10) {
            0 => from,
            1 => to - 1,
            _ => (from + self.rng.between(0, 27) * DAY + self.rng.between(0, 23) * HOUR).min(to - 1),
        }
    }

    fn range(&mut self) -> Range {
        let all = self.plan.all_months();
        let month = self.rng.pick(&self.plan.months);
        match self.rng.below(5) {
            0 | 1 => all,
            2 => month,
            3 => {
                let from = self.time(month);
                (from, from + DAY)
            }
            _ => {
                let (from, to) = (self.time(all), self.time(all));
                (from.min(to), from.max(to) + 1)
            }
        }
    }

    // Upkeep.

    async fn fold(&mut self) {
        let table = self.rng.pick(&TABLES);
        let partition = match table {
            Table::Customers => Partition::ALL_TIME,
            _ => Partition::month_of(self.rng.pick(&self.plan.months).0),
        };
        let mark = self.world.faults();
        if let Err(error) = self.lake.fold(table.dataset().name, partition).await {
            self.world.excuses(mark, "a fold", &error);
        }
    }

    async fn fold_due(&mut self) {
        let mark = self.world.faults();
        if let Err(error) = self.lake.fold_due().await {
            self.world.excuses(mark, "folds", &error);
        }
    }

    async fn tend(&mut self) {
        let mark = self.world.faults();
        for _ in 0..3 {
            match self.lake.tend().await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => self.world.excuses(mark, "tending", &error),
            }
        }
    }

    async fn tidy(&mut self) {
        let mark = self.world.faults();
        if let Err(error) = self.lake.tidy().await {
            self.world.excuses(mark, "tidying", &error);
        }
    }

    async fn audit(&mut self) {
        let mark = self.world.faults();
        match self.lake.audit().await {
            Ok(audited) => assert_eq!(audited.foreign, 0),
            Err(error) => self.world.excuses(mark, "an audit", &error),
        }
    }

    async fn verify(&mut self) {
        let mark = self.world.faults();
        match self.lake.verify(&|_| ()).await {
            Ok(verified) => {
                let faults = verified.faults.iter().map(|fault| fault.segment);
                self.world.are_suspects(&faults.collect());
            }
            Err(error) => self.world.excuses(mark, "a verification", &error),
        }
    }

    // Reads.

    async fn read(&mut self, at: Option<i64>) {
        let (mark, floor) = (self.world.faults(), self.world.newest());
        for _ in 0..3 {
            let reader = match self.lake.reader(at).await {
                Ok(reader) => reader,
                Err(LakeError::Manifest(ManifestError::UnknownVersion(version))) if at == Some(version) => {
                    assert!(!self.world.is_readable(version), "version {version} can be read and was refused");
                    return;
                }
                Err(error) => return self.world.excuses(mark, "a reader", &error),
            };
            assert!(at.is_some() || reader.version() >= floor, "an old version is read as the newest");
            if self.look(&reader, mark).await {
                return;
            }
            // Outdated: planned again.
        }
    }

    async fn read_older(&mut self) {
        let newest = self.world.newest();
        let at = newest - self.rng.between(0, newest.min(6));
        self.read(Some(at)).await;
    }

    async fn pin(&mut self) {
        let mark = self.world.faults();
        match self.lake.reader(None).await {
            Ok(reader) => self.pinned.push(reader),
            Err(error) => self.world.excuses(mark, "a reader", &error),
        }
    }

    async fn read_pinned(&mut self) {
        if self.pinned.is_empty() {
            return self.pin().await;
        }
        let reader = self.pinned.swap_remove(self.rng.index(self.pinned.len()));
        let mark = self.world.faults();
        if !self.look(&reader, mark).await {
            self.read(None).await;
        } else if self.rng.per_mille(500) {
            self.pinned.push(reader);
        }
    }

    /// Compares what a reader shows with what its version holds. False when that version is no longer there.
    async fn look(&mut self, reader: &Reader, mark: u64) -> bool {
        let range = self.rng.per_mille(400).then(|| self.range());
        let error = match self.world.compare(reader, range).await {
            Ok(()) => return true,
            Err(error) => error,
        };
        let verdict = match self.lake.examine(&error).await {
            Ok(verdict) => verdict,
            Err(failed) => {
                self.world.excuses(mark, "an examination", &failed);
                return true;
            }
        };
        let version = reader.version();
        self.world.note(|| format!("  a read of version {version} failed, {verdict:?}: {error}"));
        match verdict {
            Verdict::Outdated => {
                // Or one of its segments, which is live no more, is damaged.
                let segment = SegmentFault::find(&error).map(|fault| fault.segment);
                let is_suspect = segment.is_some_and(|segment| self.world.lock().suspects.contains(&segment));
                let is_readable = self.world.is_readable(version);
                assert!(is_suspect || !is_readable, "version {version} can be read, and is said to be outdated");
                return false;
            }
            Verdict::Quarantined => {
                let fault = SegmentFault::find(&error).unwrap();
                self.world.are_suspects(&BTreeSet::from([fault.segment]));
            }
            Verdict::Other => self.world.excuses(mark, "a read", &error),
        }
        true
    }
}

fn named(table: Table, number: u64, mut state: State) -> (String, State) {
    let entity = match table {
        Table::Items => format!("i-{number}"),
        Table::Events => format!("e-{number}"),
        Table::Customers => format!("c-{number}"),
    };
    if table == Table::Customers {
        // A customer is its own customer.
        for row in &mut state.rows {
            row.customer = Some(entity.clone());
        }
    }
    (entity, state)
}
