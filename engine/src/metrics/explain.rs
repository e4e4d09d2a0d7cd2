//! What was done for an answer: its plans, with rows, bytes and times, for those who look after the service.
//!
//! Nothing of it names a place: files are counted, and told by no path.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::{MetricValue, MetricsSet};
use serde::Serialize;
use utoipa::ToSchema;

use super::rollup::Origins;

/// What was done for an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Explanation {
    /// How long each part of the work took, one after the other.
    pub stages: Vec<Stage>,
    /// The plans that were run, in the order in which they ended; several run at once.
    pub plans: Vec<ExplainedPlan>,
    /// Files of cold segments that were opened.
    pub segments: u64,
    /// Rows that were read, before they were filtered.
    pub rows: u64,
    /// Bytes of these that were read.
    pub bytes: u64,
}

/// A part of the work.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Stage {
    /// Which: `resolve`, `rates`, `first orders`, `read`, `shape`.
    pub name: &'static str,
    /// How long it took.
    pub ms: f64,
}

/// A plan that was run.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExplainedPlan {
    /// Whose rows it is about.
    pub store: String,
    /// The dataset.
    pub dataset: &'static str,
    /// How long it took to plan.
    pub planning_ms: f64,
    /// How long it took to run.
    pub ms: f64,
    /// The optimised logical plan.
    pub logical: String,
    /// What ran, each operator before those that it reads from.
    pub operators: Vec<Operator>,
}

/// One operator of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Operator {
    /// What it is.
    pub name: String,
    /// How many operators are between it and the result.
    pub depth: usize,
    /// Rows that it gave.
    pub rows: Option<u64>,
    /// Time that it took, over all threads, without those that it reads from.
    pub ms: Option<f64>,
    /// Files that it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<u64>,
    /// Bytes that it read from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Watches how an answer comes about.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) origins: Origins,
    /// `None` when nobody wants to know.
    explanation: Option<Mutex<Explanation>>,
}

impl Watch {
    pub(crate) fn new(explains: bool) -> Self {
        Self { origins: Origins::default(), explanation: explains.then(Mutex::default) }
    }

    pub(crate) fn explains(&self) -> bool {
        self.explanation.is_some()
    }

    /// Notes that a stage that began then is over. What is done several times is added up.
    pub(crate) fn end_of(&self, name: &'static str, began: Instant) {
        let ms = ms(began.elapsed());
        self.note(|explanation| match explanation.stages.iter_mut().find(|stage| stage.name == name) {
            Some(stage) => stage.ms += ms,
            None => explanation.stages.push(Stage { name, ms }),
        });
    }

    /// Notes a plan that was run.
    pub(super) fn ran(&self, plan: ExplainedPlan) {
        self.note(|explanation| {
            let sum = |of: fn(&Operator) -> Option<u64>| plan.operators.iter().filter_map(of).sum::<u64>();
            explanation.segments += sum(|operator| operator.segments);
            explanation.bytes += sum(|operator| operator.bytes);
            explanation.rows += sum(|operator| operator.rows.filter(|_| operator.segments.is_some()));
            explanation.plans.push(plan);
        });
    }

    fn note(&self, note: impl FnOnce(&mut Explanation)) {
        if let Some(explanation) = &self.explanation {
            note(&mut explanation.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    pub(crate) fn explanation(&self) -> Option<Explanation> {
        let explanation = self.explanation.as_ref()?;
        Some(explanation.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

pub(super) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// The operators of a plan that was run.
pub(super) fn operators(plan: &dyn ExecutionPlan) -> Vec<Operator> {
    let mut found = Vec::new();
    add_operators(plan, 0, &mut found);
    found
}

fn add_operators(plan: &dyn ExecutionPlan, depth: usize, found: &mut Vec<Operator>) {
    let metrics = plan.metrics();
    let count = |of: fn(&MetricsSet) -> Option<usize>| metrics.as_ref().and_then(of).map(|count| count as u64);
    let scanned = plan.downcast_ref::<DataSourceExec>().and_then(|source| {
        let files = source.data_source().downcast_ref::<FileScanConfig>()?;
        Some(files.file_groups.iter().map(|group| group.len() as u64).sum())
    });
    let bytes = |metrics: &MetricsSet| metrics.sum_by_name("bytes_scanned").map(|bytes| MetricValue::as_usize(&bytes));
    found.push(Operator {
        name: plan.name().to_owned(),
        depth,
        rows: count(MetricsSet::output_rows),
        ms: count(MetricsSet::elapsed_compute).map(|nanos| ms(Duration::from_nanos(nanos))),
        segments: scanned,
        bytes: scanned.and_then(|_| count(bytes)),
    });
    for input in plan.children() {
        add_operators(&**input, depth + 1, found);
    }
}
