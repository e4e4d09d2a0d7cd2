//! The rows of dashboards: read as far as the actor sees them, and written with what they were.

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{Author, Dashboard, DashboardChange, DashboardSummary, Document, Entry, Fault, IfMatch, May, Visibility};
use crate::audit::{AuditAction, Done};
use crate::{Actor, CatalogError, DashboardId, Permission, Tenant, WorkspaceId, WorkspacePermission, WorkspaceRole};

pub(super) struct DashboardRow {
    id: Uuid,
    workspace_id: Uuid,
    name: String,
    description: String,
    visibility: String,
    template: Option<String>,
    widgets: i32,
    revision: i64,
    created_by: Uuid,
    maker: Option<String>,
    updated_at: DateTime<Utc>,
    updated_by: Uuid,
    changer: Option<String>,
    role: Option<String>,
    document: Option<Value>,
}

impl Tenant {
    /// A dashboard that the actor may change, or delete where that is what they are about to do, and that stays as it is until the transaction ends. Who it is that acts is made sure of before:
    /// whoever removes a member has their row when they come to that of a private dashboard.
    pub(super) async fn lock_dashboard(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: DashboardId,
        if_match: &IfMatch,
        may: fn(&May) -> bool,
    ) -> Result<Dashboard, CatalogError> {
        self.check_actor(transaction).await?;
        let organization = self.context().organization().0;
        sqlx::query!("SELECT id FROM dashboards WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE", organization, id.0)
            .fetch_optional(&mut **transaction)
            .await?;
        let dashboard = self.read_dashboard(transaction, id).await?;
        if !may(&dashboard.summary.may) {
            let needed = WorkspacePermission::EditDashboards;
            return Err(self.lacks(needed.scope(), needed.least().as_str()));
        }
        if_match.check(dashboard.summary.revision)?;
        Ok(dashboard)
    }

    /// A dashboard that the actor sees.
    pub(super) async fn read_dashboard(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: DashboardId,
    ) -> Result<Dashboard, CatalogError> {
        let found = self.select_dashboards(transaction, Some(id), None).await?.pop();
        let mut row = found.ok_or(CatalogError::NotFound("dashboard"))?;
        let document = Document::of_row(row.document.take().unwrap_or_default())?;
        Ok(Dashboard { summary: self.summary(row)?, document })
    }

    /// Writes what a dashboard that was locked becomes, and what it was.
    pub(super) async fn write_dashboard(
        &self,
        transaction: &mut PgTransaction<'static>,
        before: Dashboard,
        to: &DashboardChange,
        entry: Entry,
    ) -> Result<Dashboard, CatalogError> {
        if *to == DashboardChange::none(&before) {
            return Ok(before);
        }
        let Dashboard { summary, .. } = before;
        let actor = self.acting_person()?;
        let is_private = to.visibility == Visibility::Private;
        let is_maker = summary.created_by.as_ref().is_some_and(|maker| maker.id == actor);
        if is_private && summary.visibility != Visibility::Private && !is_maker {
            return Err(CatalogError::NotTheMaker("dashboard"));
        }
        let row = to.document.row()?;
        let revision = summary.revision + 1;
        sqlx::query!(
            "UPDATE dashboards SET name = $3, description = $4, visibility = $5, owner_id = $6, document = $7, revision = $8,
                updated_at = $9, updated_by = $10
            WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            summary.id.0,
            to.name,
            to.description,
            to.visibility.as_str(),
            is_private.then_some(actor.0),
            row,
            revision,
            self.catalog().clock().now(),
            actor.0,
        )
        .execute(&mut **transaction)
        .await?;
        let is_told_to_others = summary.visibility == Visibility::Private && !is_private;
        if is_told_to_others {
            // What somebody tried for themselves stays theirs: others are shown what it is from now on.
            sqlx::query!(
                "DELETE FROM dashboard_revisions WHERE org_id = $1 AND dashboard_id = $2",
                self.context().organization().0,
                summary.id.0,
            )
            .execute(&mut **transaction)
            .await?;
        }
        let entry = if is_told_to_others { Entry::Begins } else { entry };
        self.keep_revision(transaction, summary.id, (revision, &to.name, &row), entry).await?;
        if to.visibility != summary.visibility {
            let done = Done::new(AuditAction::DashboardVisibilityChanged).to(summary.id.0, &*to.name);
            let done = done.with("from", summary.visibility.as_str()).with("to", to.visibility.as_str());
            self.record(transaction, done).await?;
        }
        self.read_dashboard(transaction, summary.id).await
    }

    /// Refuses a document that is wrong, or that names stores that the workspace does not have. `at` is where in it stands what the caller
    /// gave.
    pub(super) async fn check_document(
        &self,
        transaction: &mut PgTransaction<'static>,
        workspace: WorkspaceId,
        document: &Document,
        at: &str,
    ) -> Result<(), CatalogError> {
        let mut faults = document.check().err().unwrap_or_default();
        let named: Vec<(String, StoreId)> = document.stores().collect();
        if !named.is_empty() {
            let there = sqlx::query_scalar!(
                "SELECT id FROM stores WHERE org_id = $1 AND workspace_id = $2",
                self.context().organization().0,
                workspace.0,
            )
            .fetch_all(&mut **transaction)
            .await?;
            let others = named.into_iter().filter(|(_, store)| !there.contains(&store.0));
            faults.extend(others.map(|(pointer, _)| {
                let detail = "must be a store of the dashboard's workspace".to_owned();
                Fault { pointer, detail, code: Some("unknown_store") }
            }));
        }
        if faults.is_empty() { Ok(()) } else { Err(CatalogError::WrongDocument { faults, at: at.to_owned() }) }
    }

    pub(super) async fn select_dashboards(
        &self,
        transaction: &mut PgTransaction<'static>,
        only: Option<DashboardId>,
        workspace: Option<WorkspaceId>,
    ) -> Result<Vec<DashboardRow>, CatalogError> {
        let person = match self.context().actor() {
            Actor::User { id, .. } => Some(id.0),
            Actor::Key { .. } | Actor::System(_) => None,
        };
        let rows = sqlx::query_file_as!(
            DashboardRow,
            "src/sql/dashboards.sql",
            self.context().organization().0,
            only.map(|id| id.0),
            workspace.map(|workspace| workspace.0),
            self.bounded_by(),
            self.bounded_to(),
            person,
        )
        .fetch_all(&mut **transaction)
        .await?;
        Ok(rows)
    }

    pub(super) fn summary(&self, row: DashboardRow) -> Result<DashboardSummary, CatalogError> {
        let needed = WorkspacePermission::EditDashboards;
        let role = row.role.as_deref().map(WorkspaceRole::parse).transpose()?;
        let is_enough = self.bounded_by().is_none() || role.is_some_and(|role| role >= needed.least());
        let edits = is_enough && self.context().may_somewhere(needed);
        let visibility = Visibility::parse(&row.visibility)?;
        Ok(DashboardSummary {
            id: row.id.into(),
            workspace: row.workspace_id.into(),
            name: row.name,
            description: row.description,
            visibility,
            template: row.template,
            widgets: u32::try_from(row.widgets).unwrap_or(0),
            revision: row.revision,
            created_by: Author::of(row.created_by, row.maker),
            updated_at: row.updated_at,
            updated_by: Author::of(row.updated_by, row.changer),
            may: May {
                edit: edits,
                // One's own can be cleared away, whatever one may do for others.
                delete: edits || visibility == Visibility::Private,
                share: self.context().may(Permission::Share),
            },
        })
    }
}
