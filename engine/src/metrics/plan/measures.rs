//! Which aggregates a query's metrics need: each once, however many metrics share it.
//!
//! Metrics over rows of one dataset, and in a dataset of several sources of one of them, that happened by the same clock are one set
//! of **facts**, read once. Its aggregates are **slots**; a metric's **recipe** makes its figure of them.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::DataType;

use super::super::formula::{self, Operation};
use super::super::query::{Asked, Filter, What};
use super::super::registry::{
    Aggregate, Aggregation, Condition, DimensionKind, DimensionRef, Formula, Measure, Metric, Registry, Rows,
    Thousandths, Value,
};
use super::caveats::CaveatSlot;
use super::filter::CUSTOMER_TYPE;
use super::percentile::MORE_DECIMALS;
use crate::dataset::{self, Dataset};
use crate::metrics::rates::FACTOR_SCALE;
use crate::money;

/// An aggregate that some metric needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) aggregate: SlotAggregate,
    /// What must hold for a row to be taken, beyond what holds for all rows of the facts.
    pub(crate) only: Vec<Condition>,
    /// Which of these rows are taken, where what is asked for says so by itself.
    pub(crate) filter: Option<Filter>,
    /// Whether it is an amount of money.
    pub(crate) money: bool,
    /// Decimals of its values.
    pub(crate) scale: u32,
    /// Whether it tells how much there is, and not what happened.
    pub(crate) stands: bool,
    /// Whether it is of rows that say at which hour they happened.
    pub(crate) has_hours: bool,
    /// The source that it is of.
    pub(crate) source: &'static str,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotAggregate {
    /// What a measure says.
    Of(Aggregate),
    /// When the newest row with the value happened, in microseconds; the slot after it is that value.
    NewestAt(Value),
}

/// How the values that disjoint rows have in a slot become that of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merging {
    /// They are added up.
    Add,
    /// The least counts.
    Least,
    /// The greatest counts.
    Greatest,
    /// The value counts whose time, in the slot before, is the greatest.
    Newest,
    /// Of rows of different stores they are added up; within a store only the rows themselves tell.
    Distinct,
    /// Of rows of the same time, and of different stores, they are added up; of several times the last one tells.
    Standing,
    /// Only the rows themselves tell.
    Rows,
}

impl Slot {
    pub(crate) fn merging(&self) -> Merging {
        if self.stands {
            return Merging::Standing;
        }
        match self.aggregate {
            SlotAggregate::NewestAt(_) => Merging::Greatest,
            SlotAggregate::Of(aggregate) => match aggregate {
                Aggregate::Count | Aggregate::CountOf(_) | Aggregate::Sum(_) => Merging::Add,
                Aggregate::Min(_) => Merging::Least,
                Aggregate::Max(_) => Merging::Greatest,
                Aggregate::Latest(_) => Merging::Newest,
                Aggregate::CountDistinct { .. } => Merging::Distinct,
                Aggregate::Percentile { .. } => Merging::Rows,
            },
        }
    }

    /// Whether the values of disjoint rows of a store tell that of all of them.
    pub(crate) fn is_mergeable(&self) -> bool {
        !matches!(self.merging(), Merging::Distinct | Merging::Standing | Merging::Rows)
    }

    /// Whether it is the newest value: the slot before says when that was.
    pub(crate) fn is_newest(&self) -> bool {
        self.merging() == Merging::Newest
    }

    /// The number that it is about.
    pub(crate) fn value(&self) -> Option<Value> {
        match self.aggregate {
            SlotAggregate::Of(aggregate) => aggregate.value(),
            SlotAggregate::NewestAt(value) => Some(value),
        }
    }

    /// What it holds of no rows.
    pub(crate) fn of_nothing(&self) -> Option<i128> {
        matches!(self.merging(), Merging::Add | Merging::Distinct | Merging::Standing).then_some(0)
    }
}

/// Rows of one dataset that happened by one clock, and the aggregates over them.
#[derive(Clone, Debug)]
pub(crate) struct FactSet {
    pub(crate) dataset: &'static Arc<Dataset>,
    /// Whose rows they are, in a dataset of several sources.
    pub(crate) source: Option<&'static str>,
    /// When a row happened: the first of these columns that is not null.
    pub(crate) time: Vec<&'static str>,
    /// The same, of the day whose rate its amounts are converted at.
    pub(crate) rate_time: Vec<&'static str>,
    /// Where they say how much there was on a day: the column that tells apart what they are of.
    pub(crate) standing: Option<&'static str>,
    /// The rows that some metric is about: those for which one of these lists holds as a whole.
    pub(crate) taken: Vec<Vec<Condition>>,
    /// The position of its first slot among all of the query's.
    pub(crate) first: usize,
    pub(crate) slots: Vec<Slot>,
}

impl FactSet {
    /// The positions of its slots among all of the query's.
    pub(crate) fn range(&self) -> Range<usize> {
        self.first..self.first + self.slots.len()
    }

    /// Whether it is of what happened, and of a dataset that is only read.
    pub(crate) fn is_only_read(&self) -> bool {
        self.standing.is_none() && self.dataset.is_only_read()
    }

    /// The source that it is of, by its number among those of all facts.
    pub(crate) fn source_among(&self, sources: &[&'static str]) -> usize {
        let own = self.slots.first().map(|slot| slot.source);
        sources.iter().position(|source| Some(*source) == own).unwrap_or_default()
    }

    /// Whether another set is of rows of the same kind that happened by the same clocks.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.dataset.name, self.source) == (other.dataset.name, other.source)
            && (&self.time, &self.rate_time, self.standing) == (&other.time, &other.rate_time, other.standing)
    }

    /// Whether some slots are amounts of money.
    pub(crate) fn has_money(&self) -> bool {
        self.slots.iter().any(|slot| slot.money)
    }

    /// The dimensions that its rows are told apart by, where they are also by these groups and this filter.
    pub(crate) fn dimensions(&self, group_by: &[DimensionRef], filter: Option<&Filter>) -> Vec<DimensionRef> {
        let filters = self.slots.iter().filter_map(|slot| slot.filter.as_ref()).chain(filter);
        let filtered = filters.flat_map(Filter::comparisons).map(|comparison| comparison.dimension);
        filtered.chain(group_by.iter().copied()).collect()
    }

    /// Whether it matters who is new.
    pub(crate) fn needs_customer_type(&self, group_by: &[DimensionRef], filter: Option<&Filter>) -> bool {
        let mut conditions = self.slots.iter().flat_map(|slot| &slot.only);
        conditions.any(|condition| condition.column() == CUSTOMER_TYPE)
            || self.dimensions(group_by, filter).iter().any(|dimension| dimension.kind == DimensionKind::CustomerType)
    }

    /// What holds for all of its rows.
    pub(crate) fn common(&self) -> Vec<Condition> {
        let mut lists = self.taken.iter();
        let first = lists.next().cloned().unwrap_or_default();
        lists.fold(first, |mut common, list| {
            common.retain(|condition| list.contains(condition));
            common
        })
    }
}

/// How a metric is made of slots, by their position among all of the query's.
pub(crate) type Recipe = formula::Formula<usize>;

/// What decides which rows metrics are about, besides the metrics.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// The dimensions that everything is grouped by or filtered by, without the store.
    pub(crate) dimensions: BTreeSet<&'static str>,
    /// Refunds stand on their own day, not on their order's.
    pub(crate) refunds_on_their_day: bool,
    /// Amounts are wanted in one currency, each at the rate of its own day: what was paid back not at that of its order.
    pub(crate) in_one_currency: bool,
    /// Some are in another, and converted.
    pub(crate) converts: bool,
    /// What is counted is customers.
    pub(crate) of_customers: bool,
}

/// Everything that a query's metrics need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    pub(crate) facts: Vec<FactSet>,
    /// One per metric of the query.
    pub(crate) recipes: Vec<Recipe>,
    /// The slots that count rows with a caveat.
    pub(crate) caveats: Vec<CaveatSlot>,
    /// Slots in all.
    pub(crate) width: usize,
    /// Whether amounts are converted.
    pub(crate) converts: bool,
}

impl Measures {
    /// The steps that customers are followed through: each has facts and one slot of its own, even where two count the same.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) fn of_followed<'q>(
        steps: impl IntoIterator<Item = &'q Asked>,
        setting: &Setting,
    ) -> Result<Self, (usize, String)> {
        let setting = Setting { of_customers: true, refunds_on_their_day: true, ..setting.clone() };
        let mut measures = Self::default();
        for (at, step) in steps.into_iter().enumerate() {
            let of_step = Self::of([step], &setting).map_err(|(_, detail)| (at, detail))?;
            measures.facts.extend(of_step.facts.into_iter().map(|facts| FactSet { first: at, ..facts }));
            measures.recipes.push(formula::Formula::Leaf(at));
            measures.width += of_step.width;
        }
        Ok(measures)
    }

    /// All slots, in their order.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.facts.iter().flat_map(|facts| &facts.slots)
    }

    /// The facts that stand.
    pub(crate) fn standing(&self) -> impl Iterator<Item = &FactSet> {
        self.facts.iter().filter(|facts| facts.standing.is_some())
    }

    /// The facts of which what else is there of their source tells nothing: see [`Dataset::is_only_read`].
    pub(crate) fn only_read(&self) -> impl Iterator<Item = &FactSet> {
        self.facts.iter().filter(|facts| facts.is_only_read())
    }

    /// How many tell when something is known: the sources, after them each of the facts that are only read, which are known where
    /// somebody reads them, and after those each of the facts that stand, which are known on the days on which they were read, whatever
    /// else the source tells.
    pub(crate) fn tellers(&self) -> usize {
        self.sources().len() + self.only_read().count() + self.standing().count()
    }

    /// The sources that slots are of, each once.
    pub(crate) fn sources(&self) -> Vec<&'static str> {
        let mut sources = Vec::new();
        for slot in self.slots() {
            if !sources.contains(&slot.source) {
                sources.push(slot.source);
            }
        }
        sources
    }
}

/// The column that says whose a row is.
pub(crate) const CUSTOMER: &str = "customer_id";

/// A slot by its facts and its position among theirs: where each facts begin is known when all slots are.
type Place = (usize, usize);

impl Measures {
    /// # Errors
    /// When something that is asked for cannot be computed like that: a sentence, and which it is.
    pub(crate) fn of<'q>(
        asked: impl IntoIterator<Item = &'q Asked>,
        setting: &Setting,
    ) -> Result<Self, (usize, String)> {
        let asked: Vec<_> = asked.into_iter().collect();
        let of = |at: usize| {
            let key = &asked[at].key;
            move |detail: String| (at, format!("{key:?} {detail}"))
        };
        let formulas = asked.iter().enumerate().map(|(at, asked)| expand(asked, setting).map_err(of(at)));
        let formulas: Vec<_> = formulas.collect::<Result<_, _>>()?;
        let mut measures = Self { converts: setting.converts, ..Self::default() };
        for (at, formula) in formulas.iter().enumerate() {
            for measured in formula.leaves() {
                measures.take(measured, setting).map_err(of(at))?;
            }
        }
        let mut places = Vec::with_capacity(formulas.len());
        for (at, formula) in formulas.into_iter().enumerate() {
            let mut place = |measured| measures.place(measured, setting).map(formula::Formula::Leaf);
            places.push(formula.try_map(&mut place).map_err(of(at))?);
        }
        for facts in &mut measures.facts {
            facts.first = measures.width;
            measures.width += facts.slots.len();
        }
        let firsts: Vec<usize> = measures.facts.iter().map(|facts| facts.first).collect();
        let recipes = places.into_iter().map(|formula| {
            let global = &mut |(facts, slot): Place| Ok::<_, Infallible>(formula::Formula::Leaf(firsts[facts] + slot));
            formula.try_map(global).unwrap_or_else(|never| match never {})
        });
        measures.recipes = recipes.collect();
        Ok(measures)
    }

    /// Whether something that is asked for is made of amounts of money.
    pub(crate) fn takes_money(&self, asked: usize) -> bool {
        let money: Vec<_> = self.slots().map(|slot| slot.money).collect();
        self.recipes[asked].leaves().into_iter().any(|slot| money[*slot])
    }

    /// Whether the figures of something that is asked for are whole numbers.
    pub(crate) fn is_whole(&self, asked: usize) -> bool {
        let scales: Vec<_> = self.slots().map(|slot| slot.scale).collect();
        self.recipes[asked].is_whole(&|slot| scales[*slot] == 0)
    }

    /// Sees to it that the rows of a measure are read.
    fn take(&mut self, measured: &Measured<'_>, setting: &Setting) -> Result<(), String> {
        let conditions = measured.conditions(setting)?;
        let facts = self.facts(measured.measure.rows, measured.source, setting)?;
        let facts = &mut self.facts[facts];
        if !facts.taken.contains(&conditions) {
            facts.taken.push(conditions);
        }
        Ok(())
    }

    /// The facts of some rows, made when there are none. Those of a dataset of several sources are a source's own, so that rows of
    /// one do not stand for what another has told.
    fn facts(&mut self, rows: &Rows, source: &'static str, setting: &Setting) -> Result<usize, String> {
        let dataset = dataset::find(rows.dataset)
            .ok_or_else(|| format!("needs the dataset {}, which there is not", rows.dataset))?;
        let follows = rows.is_refund && !setting.refunds_on_their_day;
        let time = if follows { vec![dataset.time] } else { rows.time.to_vec() };
        let rate_time = rows.time.to_vec();
        let source = dataset.origin.map(|_| source);
        let known = self.facts.iter().position(|facts| {
            (facts.dataset.name, facts.source) == (dataset.name, source)
                && facts.time == time
                && facts.rate_time == rate_time
                && facts.standing == rows.standing
        });
        Ok(known.unwrap_or_else(|| {
            let (standing, taken, slots) = (rows.standing, Vec::new(), Vec::new());
            self.facts.push(FactSet { dataset, source, time, rate_time, standing, taken, first: 0, slots });
            self.facts.len() - 1
        }))
    }

    fn place(&mut self, measured: Measured<'_>, setting: &Setting) -> Result<Place, String> {
        let Measured { measure, source, filter } = measured;
        let index = self.facts(measure.rows, source, setting)?;
        let facts = &mut self.facts[index];
        let common = facts.common();
        let conditions = measured.conditions(setting)?.into_iter().chain(measure.only.iter().copied());
        let only: Vec<_> = conditions.filter(|condition| !common.contains(condition)).collect();
        let value = match measure.aggregate {
            Aggregate::CountOf(_) => None,
            aggregate => aggregate.value(),
        };
        let data_type = value.and_then(|value| facts.dataset.schema.field_with_name(value.column).ok());
        let data_type = data_type.map(arrow::datatypes::Field::data_type);
        let stands = facts.standing.is_some();
        let money = data_type.is_some_and(|kind| *kind == money::DATA_TYPE || measure.rows.is_money);
        let of_column = match data_type {
            Some(DataType::Decimal128(_, scale)) => u32::from(scale.unsigned_abs()),
            _ => 0,
        };
        let scale = if money && setting.converts { of_column + FACTOR_SCALE } else { of_column };
        let is_percentile = matches!(measure.aggregate, Aggregate::Percentile { .. });
        let scale = if is_percentile { scale + u32::from(MORE_DECIMALS.unsigned_abs()) } else { scale };
        let aggregate = SlotAggregate::Of(measure.aggregate);
        let has_hours = facts.dataset.has_hours();
        let slot = Slot { aggregate, only, filter: filter.cloned(), money, scale, stands, has_hours, source };
        if let Some(known) = facts.slots.iter().position(|known| *known == slot) {
            return Ok((index, known));
        }
        if let Aggregate::Latest(value) = measure.aggregate {
            facts.slots.push(Slot { aggregate: SlotAggregate::NewestAt(value), scale: 0, ..slot.clone() });
        }
        facts.slots.push(slot);
        Ok((index, facts.slots.len() - 1))
    }
}

/// A measure of a metric.
#[derive(Clone, Copy, Debug)]
struct Measured<'q> {
    measure: Measure,
    source: &'static str,
    filter: Option<&'q Filter>,
}

impl Measured<'_> {
    /// What holds for the rows that it is about.
    fn conditions(&self, setting: &Setting) -> Result<Vec<Condition>, String> {
        let rows = self.measure.rows;
        let mut conditions = rows.only.to_vec();
        if !rows.grains.is_empty() {
            let own = self.filter.into_iter().flat_map(Filter::dimensions);
            let needed: BTreeSet<_> = setting.dimensions.iter().copied().chain(own).collect();
            let grain = rows.grains.iter().find(|grain| needed.iter().all(|one| grain.dimensions.contains(one)));
            let grain = grain.ok_or_else(|| {
                let asked: Vec<_> = needed.iter().copied().collect();
                let reported = rows.grains.iter().map(|grain| grain.dimensions.join(" and "));
                let reported: Vec<_> = reported.filter(|of| !of.is_empty()).collect();
                let (asked, reported) = (asked.join(" and "), reported.join(", or by "));
                format!("cannot be cut by {asked} at once; it is reported by {reported}")
            })?;
            conditions.push(Condition::Text { column: "metric_name", equals: grain.metric_name });
        }
        Ok(conditions)
    }
}

/// What is asked for as a formula over measures.
fn expand<'q>(asked: &'q Asked, setting: &Setting) -> Result<formula::Formula<Measured<'q>>, String> {
    let filter = asked.filters.as_ref();
    match &asked.what {
        What::Metric { metric, aggregation } => of_metric(metric.0, *aggregation, filter, setting),
        What::Formula(expression) => {
            expression.formula.clone().try_map(&mut |metric| of_metric(metric.0, None, filter, setting))
        }
    }
}

fn of_metric<'q>(
    metric: &'static Metric,
    aggregation: Option<Aggregation>,
    filter: Option<&'q Filter>,
    setting: &Setting,
) -> Result<formula::Formula<Measured<'q>>, String> {
    let by_refund = metric.by_refund.filter(|_| setting.refunds_on_their_day || setting.in_one_currency);
    let formula = by_refund.unwrap_or(metric.formula);
    let leaf = |measure| formula::Formula::Leaf(Measured { measure, source: metric.source, filter });
    let binary =
        |operation, left, right| formula::Formula::Binary(operation, Box::new(leaf(left)), Box::new(leaf(right)));
    if let Some(how) = aggregation.filter(|how| *how != metric.aggregation) {
        let refused = || format!("cannot be {:?} here", how.name());
        let (measure, value) = measured(formula).ok_or_else(refused)?;
        let with = |aggregate| Measure { aggregate, ..measure };
        let percentile = |at| leaf(with(Aggregate::Percentile { of: value, at: Thousandths(at) }));
        return Ok(match how {
            Aggregation::Sum => leaf(with(Aggregate::Sum(value))),
            Aggregation::Avg => binary(Operation::Divide, with(Aggregate::Sum(value)), with(Aggregate::CountOf(value))),
            Aggregation::Min => leaf(with(Aggregate::Min(value))),
            Aggregation::Max => leaf(with(Aggregate::Max(value))),
            Aggregation::Median => percentile(500),
            Aggregation::P90 => percentile(900),
            Aggregation::P95 => percentile(950),
            Aggregation::P99 => percentile(990),
            Aggregation::Latest => leaf(with(Aggregate::Latest(value))),
            Aggregation::Count | Aggregation::CountDistinct | Aggregation::Ratio => return Err(refused()),
        });
    }
    if setting.of_customers {
        return Ok(leaf(customers(formula)?));
    }
    Ok(match formula {
        Formula::Measure(measure) => leaf(measure),
        Formula::Difference { of, less } => binary(Operation::Subtract, of, less),
        Formula::Ratio { numerator, denominator } => binary(Operation::Divide, numerator, denominator),
        Formula::Computed(text) => {
            let names = formula::Formula::parse(text).map_err(|error| error.to_string())?;
            return names.try_map(&mut |name| {
                let metric = Registry::get().metric(&name).ok_or_else(|| format!("there is no metric {name}"))?;
                of_metric(metric, None, filter, setting)
            });
        }
    })
}

/// How many customers the rows are of that a metric counts.
fn customers(formula: Formula) -> Result<Measure, String> {
    let refused = |why: &str| format!("cannot be a step that customers are followed through: {why}");
    let Formula::Measure(measure) = formula else { return Err(refused("it is computed of several counts")) };
    let dataset = dataset::find(measure.rows.dataset);
    match measure.aggregate {
        Aggregate::Count | Aggregate::CountDistinct { column: CUSTOMER }
            if dataset.is_some_and(|dataset| dataset.column(CUSTOMER).is_some()) =>
        {
            Ok(Measure { aggregate: Aggregate::CountDistinct { column: CUSTOMER }, ..measure })
        }
        _ => Err(refused("it does not tell of single customers")),
    }
}

/// The measure of a metric whose rows have a number, and that number.
fn measured(formula: Formula) -> Option<(Measure, Value)> {
    let measure = match formula {
        Formula::Measure(measure) => measure,
        Formula::Ratio { numerator, denominator } if matches!(denominator.aggregate, Aggregate::CountOf(_)) => {
            numerator
        }
        _ => return None,
    };
    Some((measure, measure.aggregate.value()?))
}
