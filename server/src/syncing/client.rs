//! Clients that ask providers within the budgets that all servers share.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_catalog::Catalog;
use aloftly_connectors::contract::{Account, Failure, Outgoing};
use aloftly_connectors::http::budget::{Budget, BudgetState, Ledger, LedgerError, MemoryLedger};
use aloftly_connectors::http::{Client, RandomJitter};
use async_trait::async_trait;
use serde_json::Value;

use super::connect::Provider;
use crate::service::backend::Backend;

/// Budgets, kept in the database.
#[derive(Clone, Debug)]
struct CatalogLedger(Catalog);

#[async_trait]
impl Ledger for CatalogLedger {
    async fn change(
        &self,
        name: &str,
        change: &mut (dyn for<'s> FnMut(&'s mut BudgetState) + Send),
    ) -> Result<(), LedgerError> {
        let mut wrong = None;
        let mut changed = |kept: &mut Value| {
            // A state that another version of this program wrote, and this one does not know, begins anew.
            let mut state: BudgetState = serde_json::from_value(kept.take()).unwrap_or_default();
            change(&mut state);
            match serde_json::to_value(&state) {
                Ok(state) => *kept = state,
                Err(error) => wrong = Some(error),
            }
        };
        self.0.change_budget(name, &mut changed).await.map_err(LedgerError::new)?;
        wrong.map_or(Ok(()), |error| Err(LedgerError::new(error)))
    }
}

/// A client that asks a provider on behalf of an account, or of whoever is about to choose one.
///
/// # Errors
/// [`Failure::Field`] when the form says something that no address can be made of; [`Failure::Unavailable`] when the machine cannot ask anybody.
pub fn client(
    backend: &Backend,
    provider: &Provider,
    fields: &BTreeMap<String, String>,
    account: Option<&Account>,
) -> Result<Client, Failure> {
    with_ledger(backend, provider, fields, account, Arc::new(CatalogLedger(backend.catalog.clone())))
}

/// A client that renews credentials. It shares its budget with nobody: it asks while a row of the database is held, and whoever waits for another
/// connection to the database meanwhile can wait for ever.
///
/// # Errors
/// Those of [`client`].
pub fn renewing_client(
    backend: &Backend,
    provider: &Provider,
    fields: &BTreeMap<String, String>,
    account: Option<&Account>,
) -> Result<Client, Failure> {
    with_ledger(backend, provider, fields, account, Arc::new(MemoryLedger::default()))
}

fn with_ledger(
    backend: &Backend,
    provider: &Provider,
    fields: &BTreeMap<String, String>,
    account: Option<&Account>,
    ledger: Arc<dyn Ledger>,
) -> Result<Client, Failure> {
    let Outgoing { options, budget, rules } = provider.connector.outgoing(provider.app.as_ref(), account, fields)?;
    let budget = Budget::new(budget, rules, ledger);
    let jitter = Arc::new(RandomJitter::new(&*backend.clock));
    Client::new(options, budget, Arc::clone(&backend.clock), jitter)
        .map_err(|error| Failure::Unavailable { detail: error.to_string(), retry_after: None })
}
