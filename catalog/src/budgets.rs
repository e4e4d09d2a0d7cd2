//! What providers let us ask, as far as it is used up: kept where all servers see it.

use serde_json::Value;

use crate::catalog::Scope;
use crate::{Catalog, CatalogError};

/// Budgets that nobody used for so long are forgotten: they are full by then.
const FORGOTTEN_AFTER: chrono::TimeDelta = chrono::TimeDelta::days(3);

impl Catalog {
    /// Changes the state of a budget, one after the other however many servers do. A budget that is new is `null` to `change`; what it then is,
    /// is a JSON object.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn change_budget(
        &self,
        name: &str,
        change: &mut (dyn FnMut(&mut Value) + Send),
    ) -> Result<(), CatalogError> {
        let now = self.clock().now();
        let mut transaction = self.begin(Scope::Queue).await?;
        // So that there is a row to lock, also for two who come first at once.
        sqlx::query!(
            "INSERT INTO rate_budgets (name, state, used_at) VALUES ($1, '{}', $2) ON CONFLICT (name) DO NOTHING",
            name,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let kept = sqlx::query_scalar!("SELECT state FROM rate_budgets WHERE name = $1 FOR UPDATE", name)
            .fetch_one(&mut *transaction)
            .await?;
        let is_new = kept.as_object().is_some_and(serde_json::Map::is_empty);
        let mut state = if is_new { Value::Null } else { kept };
        change(&mut state);
        sqlx::query!("UPDATE rate_budgets SET state = $2, used_at = $3 WHERE name = $1", name, state, now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets budgets that nobody used for days.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn sweep_budgets(&self) -> Result<u64, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let swept = sqlx::query!("DELETE FROM rate_budgets WHERE used_at < $1", self.clock().now() - FORGOTTEN_AFTER)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(swept.rows_affected())
    }
}
