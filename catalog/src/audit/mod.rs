//! The audit log: who did what to what, when, and from where.
//!
//! An event is written in the transaction that does what it tells of, so that there is neither without the other. Nobody changes or
//! deletes one. It names people and things as they were called then.

mod action;
mod read;

use serde_json::{Map, Value};
use sqlx::PgTransaction;
use uuid::Uuid;

pub use self::action::AuditAction;
pub use self::read::{AuditActor, AuditEvent, AuditFilter, AuditPage};
use crate::{Actor, CatalogError, Tenant};

/// What was done.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    action: AuditAction,
    target: Option<(Uuid, String)>,
    detail: Map<String, Value>,
}

impl Done {
    pub(crate) fn new(action: AuditAction) -> Self {
        Self { action, target: None, detail: Map::new() }
    }

    /// What it was done to, and what that is called.
    pub(crate) fn to(self, id: Uuid, name: impl Into<String>) -> Self {
        Self { target: Some((id, name.into())), ..self }
    }

    /// Something that tells more.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

impl Tenant {
    /// Writes down what the actor did, in the transaction that does it.
    pub(crate) async fn record(
        &self,
        transaction: &mut PgTransaction<'static>,
        done: Done,
    ) -> Result<(), CatalogError> {
        let clock = self.catalog().clock();
        let (kind, actor, reason) = match self.context().actor() {
            Actor::User { id, .. } => ("user", Some(id.0), None),
            Actor::Key { id, .. } => ("key", Some(id.0), None),
            Actor::System(reason) => ("system", None, Some(reason)),
        };
        let (target, target_name) = done.target.unzip();
        let origin = self.context().origin();
        sqlx::query!(
            "INSERT INTO audit_events (
                org_id, id, at, actor_kind, actor_id, actor_name, action, target_id, target_name, detail, address, user_agent
            ) VALUES (
                $1, $2, $3, $12, $4,
                coalesce(
                    $5,
                    CASE $12
                        WHEN 'user' THEN (SELECT email FROM users WHERE id = $4)
                        WHEN 'key' THEN (SELECT name FROM api_keys WHERE org_id = $1 AND id = $4)
                    END,
                    ''
                ),
                $6, $7, $8, $9, $10, $11
            )",
            self.context().organization().0,
            clock.new_id(),
            clock.now(),
            actor,
            reason,
            done.action.as_str(),
            target,
            target_name,
            Value::Object(done.detail),
            origin.address_text(),
            origin.user_agent_text(),
            kind,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
