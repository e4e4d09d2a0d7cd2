//! A ledger in memory, for one process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{BudgetState, Ledger, LedgerError};

/// A ledger in memory, for one process. Budgets are there for as long as it is.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    budgets: Mutex<HashMap<String, BudgetState>>,
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn change(
        &self,
        name: &str,
        change: &mut (dyn for<'s> FnMut(&'s mut BudgetState) + Send),
    ) -> Result<(), LedgerError> {
        // A change that panicked has left a state that is as good as another: points are corrected by what providers tell.
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        change(budgets.entry(name.to_owned()).or_default());
        Ok(())
    }
}

impl MemoryLedger {
    /// The state of the budget of that name.
    #[must_use]
    pub fn state(&self, name: &str) -> BudgetState {
        let budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        budgets.get(name).cloned().unwrap_or_default()
    }
}
