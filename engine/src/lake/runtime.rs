//! What plans run in: sessions over bounded memory and one spill folder.

use std::fmt;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryConsumer, MemoryReservation, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStore;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{LakeError, LakeOptions, cold_table};

/// Runs of a spilled sort that are merged at once.
const SPILL_FAN_IN: usize = 8;
/// Rows of a batch in sorts that are expected to spill.
const SPILL_BATCH_ROWS: usize = 2_048;

/// What plans run in: sessions over one bounded memory pool and spill folder.
#[derive(Clone)]
pub(super) struct Runtime {
    env: Arc<RuntimeEnv>,
    /// Everybody's session. Its functions and rules are made once: that takes longer than planning a commit.
    session: SessionContext,
    planner: Planner,
}

/// Makes plans and runs them, all from one state: to copy that, as a session does for each plan, takes as long as to make a small
/// plan. So there is one beginning for all plans too, and `now()` in them is not for it.
#[derive(Clone)]
pub(crate) struct Planner {
    state: Arc<SessionState>,
    task: Arc<TaskContext>,
}

impl Planner {
    fn new(mut state: SessionState) -> Self {
        state.mark_start_execution();
        Self { task: state.task_ctx(), state: Arc::new(state) }
    }

    /// What a plan is after it was optimised.
    pub(crate) fn optimized(&self, plan: &LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
        self.state.optimize(plan)
    }

    /// How a plan is run.
    pub(crate) async fn physical(&self, plan: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.state.create_physical_plan(plan).await
    }

    /// Begins to run a plan.
    pub(crate) fn run(&self, plan: Arc<dyn ExecutionPlan>) -> Result<SendableRecordBatchStream, DataFusionError> {
        execute_stream(plan, Arc::clone(&self.task))
    }

    /// An account for memory that is taken beside plans.
    pub(crate) fn reserve(&self, what: &str) -> MemoryReservation {
        MemoryConsumer::new(what).register(self.task.memory_pool())
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("env", &self.env).finish_non_exhaustive()
    }
}

impl Runtime {
    pub(super) fn new(
        store: &Arc<dyn ObjectStore>,
        options: &LakeOptions,
        memory: usize,
        parallelism: usize,
        spill_reservation: Option<usize>,
    ) -> Result<Self, LakeError> {
        let pool = TrackConsumersPool::new(FairSpillPool::new(memory), std::num::NonZeroUsize::MIN.saturating_add(4));
        let spill =
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![options.spool_dir.clone()]));
        let env = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(spill)
            .with_metadata_cache_limit(options.metadata_memory)
            .with_max_spill_merge_fan_in(SPILL_FAN_IN)
            .build_arc()?;
        env.register_object_store(cold_table::object_store_url().as_ref(), Arc::clone(store));
        let mut config = SessionConfig::new().with_target_partitions(parallelism).with_information_schema(false);
        config.options_mut().execution.collect_statistics = false;
        if let Some(bytes) = spill_reservation {
            // A merge of spilled runs holds a batch or two of each in memory that it cannot give back: small ones.
            config = config.with_batch_size(SPILL_BATCH_ROWS);
            config.options_mut().execution.sort_spill_reservation_bytes = bytes;
        }
        let state = SessionStateBuilder::new_with_default_features()
            .with_config(config)
            .with_runtime_env(Arc::clone(&env))
            .build();
        let session = SessionContext::new_with_state(state.clone());
        Ok(Self { env, session, planner: Planner::new(state) })
    }

    /// Bytes of cached Parquet metadata.
    pub(super) fn metadata_bytes(&self) -> u64 {
        let entries = self.env.cache_manager.get_file_metadata_cache().list_entries();
        entries.values().map(|entry| entry.size_bytes as u64).sum()
    }

    /// A session, in which plans are made and run. Its catalogue is everyone's: nothing is registered in it.
    pub(super) fn session(&self) -> SessionContext {
        self.session.clone()
    }

    /// What makes plans and runs them without a session.
    pub(super) fn planner(&self) -> &Planner {
        &self.planner
    }
}

/// A runtime for commits, with room for so many at once: more wait, so that each has the memory it needs to go on.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) runtime: Runtime,
    slots: Arc<Semaphore>,
}

impl Lane {
    pub(super) fn new(
        store: &Arc<dyn ObjectStore>,
        options: &LakeOptions,
        memory: usize,
        slots: usize,
    ) -> Result<Self, LakeError> {
        // A commit sorts what comes in beside what is held, and each sort sets its reservation aside: together half of the memory.
        let runtime = Runtime::new(store, options, memory, 1, Some(memory / slots / 4))?;
        Ok(Self { runtime, slots: Arc::new(Semaphore::new(slots)) })
    }

    /// A session, once there is room; the room is given back when the second part is dropped.
    pub(super) async fn session(&self) -> (SessionContext, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        (self.runtime.session(), slot)
    }
}
