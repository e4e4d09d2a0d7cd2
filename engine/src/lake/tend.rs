//! Tending: background work on a store, claimed so that one worker does it.

use chrono::TimeDelta;

use super::fold::Folded;
use super::fold_policy::Decision;
use super::manifest::Chore;
use super::tidy::Tidied;
use super::{LakeError, StoreLake};
use crate::dataset;

/// How long a claim lasts: longer than the largest fold. A worker that dies leaves its work undone for that long.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// When work that failed is tried again.
const AFTER_FAILURE: TimeDelta = TimeDelta::minutes(1);

/// What was done of the work that was due.
#[derive(Debug)]
pub enum Tended {
    /// A partition was looked at, and perhaps folded.
    Fold {
        /// Which, `dataset partition`.
        partition: String,
        /// What was done; `None` when nothing was to be folded, or the inputs had changed.
        folded: Option<Folded>,
    },
    /// What nobody needs any more was looked for.
    Tidy(Tidied),
}

impl StoreLake {
    /// Does one piece of the store's background work that is due; `None` when none is, or others have it.
    ///
    /// # Errors
    /// When it failed. It is tried again after a minute.
    pub async fn tend(&self) -> Result<Option<Tended>, LakeError> {
        let clock = &self.shared().clock;
        let worker = clock.new_id();
        let Some(chore) = self.manifest.claim(self.store, worker, LEASE).await? else { return Ok(None) };
        let done = self.do_chore(&chore).await;
        let again = match &done {
            Ok((_, again)) => *again,
            Err(_) => Some(clock.now() + AFTER_FAILURE),
        };
        self.manifest.settle(self.store, worker, &chore, again).await?;
        done.map(|(tended, _)| Some(tended))
    }

    async fn do_chore(&self, chore: &Chore) -> Result<(Tended, Option<chrono::DateTime<chrono::Utc>>), LakeError> {
        let now = self.shared().clock.now();
        let Chore::Fold { dataset, partition } = chore else {
            let tidied = self.tidy().await?;
            let grace = TimeDelta::from_std(self.shared().options.grace).ok();
            let again = grace.and_then(|grace| now.checked_add_signed(grace.max(TimeDelta::seconds(1))));
            let again = again.filter(|_| tidied.expired.pending);
            return Ok((Tended::Tidy(tidied), again));
        };
        let name = format!("{dataset} {partition}");
        let declared = dataset::find(dataset).ok_or_else(|| LakeError::UnknownDataset(dataset.clone()))?;
        let snapshot = self.snapshot(None).await?;
        let (folded, again) = match self.decide(&snapshot, declared, *partition) {
            Decision::Nothing => (None, None),
            Decision::Later(at) => (None, Some(at)),
            Decision::Fold(inputs) => {
                let folded = self.fold_segments(&snapshot, declared, *partition, inputs).await?;
                // A fold makes its partition due again by itself; one that came to nothing must ask for it.
                (folded, folded.is_none().then_some(now))
            }
        };
        Ok((Tended::Fold { partition: name, folded }, again))
    }
}
