//! Reading the audit log.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::AuditAction;
use crate::{ApiKeyId, CatalogError, Permission, Tenant, UserId};

/// The most events on one page.
const PAGE: u32 = 500;
/// How long a page may take, in milliseconds.
const PATIENCE: &str = "10000";

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditActor {
    /// A person.
    User {
        /// Who.
        id: UserId,
        /// Their address at the time.
        email: String,
    },
    /// A program, with an API key.
    Key {
        /// Which.
        id: ApiKeyId,
        /// What it was called at the time.
        name: String,
    },
    /// The program itself, for the reason given.
    System(String),
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvent {
    /// Its identity; what the same server wrote later has a greater one.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: AuditActor,
    /// What: one of [`AuditAction`], or what a newer version of this program calls it.
    pub action: String,
    /// What it was done to, and what that was called.
    pub target: Option<(Uuid, String)>,
    /// What tells more, as a JSON object.
    pub detail: Value,
    /// From which address.
    pub address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
}

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this action.
    pub action: Option<AuditAction>,
    /// By this person or key.
    pub actor: Option<Uuid>,
    /// From this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
    /// With this text in the name of who did it, of what it was done to, in the action, or in the address; whatever its case.
    pub search: Option<String>,
}

/// Some events, newest first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The events.
    pub events: Vec<AuditEvent>,
    /// Where the next page begins; nothing on the last one.
    pub next_cursor: Option<Uuid>,
}

impl Tenant {
    /// Events of the audit log, newest first: those before the cursor of an earlier page, and at most `limit` (1 to 500) of them.
    /// For admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn audit_events(
        &self,
        filter: &AuditFilter,
        cursor: Option<Uuid>,
        limit: u32,
    ) -> Result<AuditPage, CatalogError> {
        self.require(Permission::ReadAudit)?;
        // Postgres cannot be asked for such a text, and no event has it.
        if filter.search.as_ref().is_some_and(|text| text.contains('\0')) {
            return Ok(AuditPage { events: Vec::new(), next_cursor: None });
        }
        let limit = limit.clamp(1, PAGE);
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        // A search that finds nothing reads the whole log, on a connection that others wait for.
        sqlx::query!("SELECT set_config('statement_timeout', $1, true) AS a", PATIENCE)
            .fetch_one(&mut *transaction)
            .await?;
        let rows = sqlx::query!(
            "SELECT id, at, actor_kind, actor_id, actor_name, action, target_id, target_name, detail, address, user_agent
            FROM audit_events
            WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR action = $3)
                AND ($4::uuid IS NULL OR actor_id = $4) AND ($5::timestamptz IS NULL OR at >= $5)
                AND ($6::timestamptz IS NULL OR at < $6)
                AND ($7::text IS NULL
                    OR strpos(lower(concat_ws(' ', actor_name, action, target_name, address)), lower($7)) > 0)
            ORDER BY id DESC LIMIT $8",
            self.context().organization().0,
            cursor,
            filter.action.map(AuditAction::as_str),
            filter.actor,
            filter.from,
            filter.to,
            filter.search,
            i64::from(limit) + 1,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let events = rows.into_iter().map(|row| AuditEvent {
            id: row.id,
            at: row.at,
            actor: match (row.actor_kind.as_str(), row.actor_id) {
                ("user", Some(id)) => AuditActor::User { id: id.into(), email: row.actor_name },
                ("key", Some(id)) => AuditActor::Key { id: id.into(), name: row.actor_name },
                _ => AuditActor::System(row.actor_name),
            },
            action: row.action,
            target: row.target_id.zip(row.target_name),
            detail: row.detail,
            address: row.address,
            user_agent: row.user_agent,
        });
        let mut events: Vec<_> = events.collect();
        let more = u32::try_from(events.len()).is_ok_and(|count| count > limit);
        if more {
            events.pop();
        }
        let next_cursor = events.last().filter(|_| more).map(|event| event.id);
        Ok(AuditPage { events, next_cursor })
    }
}
