//! Where budgets are kept, and a budget that is kept there.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Ask, BudgetState, Grant, Rules, Told, TooCostly, Turn};

/// Where the states of budgets are kept, for all servers.
#[async_trait]
pub trait Ledger: Send + Sync + Debug {
    /// Changes the state of the budget of that name, which is untouched when there is none yet: reads it, has it changed and
    /// keeps it, and nobody else does so in between. It may begin again from a newer state, so `change` may be called more
    /// than once; what the last call did is what is kept.
    ///
    /// # Errors
    /// When the state could not be read or kept. Then it is what it was.
    async fn change(
        &self,
        name: &str,
        change: &mut (dyn for<'s> FnMut(&'s mut BudgetState) + Send),
    ) -> Result<(), LedgerError>;
}

/// A ledger could not be used.
#[derive(Debug, thiserror::Error)]
#[error("what is left of the provider's limits could not be read or kept: try again")]
pub struct LedgerError(#[source] Box<dyn Error + Send + Sync>);

impl LedgerError {
    /// Because of that.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// What may be asked of a provider, under the name of what it counts as one.
#[derive(Clone, Debug)]
pub struct Budget {
    name: String,
    rules: Rules,
    ledger: Arc<dyn Ledger>,
}

impl Budget {
    /// The budget of that name, such as `shopify:{shop}`. All that share a name must have the same rules.
    pub fn new(name: impl Into<String>, rules: Rules, ledger: Arc<dyn Ledger>) -> Self {
        Self { name: name.into(), rules, ledger }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is allowed.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Reserves a turn.
    ///
    /// # Errors
    /// When the ledger cannot be used. The inner error is that no waiting would do.
    pub async fn reserve(&self, ask: &Ask) -> Result<Result<Turn, TooCostly>, LedgerError> {
        let mut turn = Ok(Turn::Busy(ask.patience));
        self.ledger.change(&self.name, &mut |state| turn = self.rules.reserve(state, ask)).await?;
        Ok(turn)
    }

    /// Whether a turn can be used that was waited for. When not, it is given back, to be asked for anew.
    ///
    /// # Errors
    /// When the ledger cannot be used.
    pub async fn confirm(&self, grant: &Grant, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let mut is_free = false;
        self.ledger.change(&self.name, &mut |state| is_free = self.rules.confirm(state, grant, now)).await?;
        Ok(is_free)
    }

    /// Gives a turn back that was not used.
    ///
    /// # Errors
    /// When the ledger cannot be used.
    pub async fn give_back(&self, grant: &Grant, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.ledger.change(&self.name, &mut |state| self.rules.give_back(state, grant, now)).await
    }

    /// Ends a turn that was used, and corrects the budget by what the provider told.
    ///
    /// # Errors
    /// When the ledger cannot be used.
    pub async fn settle(&self, grant: &Grant, told: &[Told], now: DateTime<Utc>) -> Result<(), LedgerError> {
        if told.is_empty() && self.rules.concurrency.is_none() {
            return Ok(());
        }
        let mut settle = |state: &mut BudgetState| {
            self.rules.release(state, grant);
            for told in told {
                self.rules.observe(state, grant, told, now);
            }
        };
        self.ledger.change(&self.name, &mut settle).await
    }
}
