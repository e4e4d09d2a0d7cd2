//! Dashboards: pages of widgets, in a workspace.
//!
//! A dashboard is one document with a revision, and is changed as a whole: whoever changes it says which revision is meant, and of two who
//! do so at once one is told that it is another by now. What it was is kept. Whoever sees a workspace sees its dashboards and its editors
//! change them; a private one is for its owner alone, whatever the role of others, and goes with their membership. A public one may be
//! shown by links to whoever has them.

mod built_in;
mod check;
mod document;
mod history;
mod kept;
mod resolve;
mod shared;
mod templates;
mod views;
mod widgets;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::built_in::{BuiltInTemplate, built_in_templates};
pub use self::check::Fault;
pub use self::document::{
    DashboardFilter, Document, Own, Section, Settings, Widget, WidgetFilters, WidgetKind, WidgetSize,
};
use self::history::Entry;
pub use self::history::{Revision, RevisionPage};
pub use self::resolve::{View, resolve};
pub use self::shared::SharedDashboard;
pub use self::templates::{OwnTemplate, TemplateChange};
pub use self::views::{SavedView, SavedViewChange};
pub use self::widgets::WidgetChange;
use crate::audit::{AuditAction, Done};
use crate::plans::Limit;
use crate::stores::checked_name;
use crate::{CatalogError, DashboardId, TemplateId, Tenant, UserId, WorkspaceId, WorkspacePermission};

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 2_000;

/// Who sees a dashboard: whoever made it, whoever sees its workspace, or these and whoever has one of its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its owner alone.
    Private,
    /// Whoever sees its workspace.
    Workspace,
    /// The same, and whoever has one of its links.
    Public,
}

impl Visibility {
    const ALL: [Self; 3] = [Self::Private, Self::Workspace, Self::Public];

    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Workspace => "workspace",
            Self::Public => "public",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, CatalogError> {
        let found = Self::ALL.into_iter().find(|visibility| visibility.as_str() == text);
        found.ok_or_else(|| CatalogError::corrupt("a dashboard", format!("visibility {text:?}")))
    }
}

/// Somebody who made or changed a thing, and is a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
}

impl Author {
    /// Of a row that joins those who are members; `None` for who is none any more.
    pub(crate) fn of(id: Uuid, name: Option<String>) -> Option<Self> {
        name.map(|name| Self { id: id.into(), name })
    }
}

/// What the actor may do with a dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    /// Change it, and its annotations and shared views.
    pub edit: bool,
    /// Delete it.
    pub delete: bool,
    /// Make links to it, where it is public.
    pub share: bool,
}

/// A dashboard, without what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardSummary {
    /// Which.
    pub id: DashboardId,
    /// Where it is.
    pub workspace: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// The key of the built-in template that it was made from.
    pub template: Option<String>,
    /// How many widgets it has.
    pub widgets: u32,
    /// Rises with every change.
    pub revision: i64,
    /// Who made it, while they are a member.
    pub created_by: Option<Author>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it last, while they are a member.
    pub updated_by: Option<Author>,
    /// What the actor may do with it.
    pub may: May,
}

/// A dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// What it is.
    pub summary: DashboardSummary,
    /// What it shows.
    pub document: Document,
}

/// A dashboard that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDashboard {
    /// Where.
    pub workspace: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it begins with.
    pub from: DashboardSource,
}

/// What a dashboard begins with.
#[derive(Clone, Debug, PartialEq)]
pub enum DashboardSource {
    /// Nothing.
    Nothing,
    /// A template that is built in, by its key.
    BuiltIn(String),
    /// A template of the organisation.
    Own(TemplateId),
    /// Another dashboard, which the actor sees.
    Copy(DashboardId),
    /// A document.
    Document(Document),
}

/// What a dashboard is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct DashboardChange {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it shows.
    pub document: Document,
}

impl DashboardChange {
    /// What it is already.
    fn none(Dashboard { summary, document }: &Dashboard) -> Self {
        Self {
            name: summary.name.clone(),
            description: summary.description.clone(),
            visibility: summary.visibility,
            document: document.clone(),
        }
    }
}

/// Which revision of a thing a change is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Whatever is there.
    Any,
    /// One of these.
    Revisions(Vec<i64>),
}

impl IfMatch {
    fn check(&self, revision: i64) -> Result<(), CatalogError> {
        match self {
            Self::Revisions(meant) if !meant.contains(&revision) => Err(CatalogError::Stale),
            Self::Any | Self::Revisions(_) => Ok(()),
        }
    }
}

impl Tenant {
    /// The dashboards that the actor sees, by name: of one workspace, or of all.
    ///
    /// # Errors
    /// When there is no such workspace, the actor may see none, or the database is unavailable.
    pub async fn dashboards(&self, workspace: Option<WorkspaceId>) -> Result<Vec<DashboardSummary>, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let mut transaction = self.begin().await?;
        if let Some(workspace) = workspace {
            self.check_workspace(&mut transaction, workspace, WorkspacePermission::Read).await?;
        }
        let rows = self.select_dashboards(&mut transaction, None, workspace).await?;
        transaction.commit().await?;
        rows.into_iter().map(|row| self.summary(row)).collect()
    }

    /// A dashboard.
    ///
    /// # Errors
    /// When there is none that the actor sees, or the database is unavailable.
    pub async fn dashboard(&self, id: DashboardId) -> Result<Dashboard, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let mut transaction = self.begin().await?;
        let dashboard = self.read_dashboard(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(dashboard)
    }

    /// Makes a dashboard; for editors of its workspace.
    ///
    /// # Errors
    /// When the actor may not or is no person, there is no such workspace, template or dashboard, the plan has no room for it, a value or the
    /// document is wrong, or the database is unavailable.
    pub async fn create_dashboard(&self, new: &NewDashboard) -> Result<Dashboard, CatalogError> {
        let maker = self.acting_person()?;
        let name = checked_name("name", &new.name)?;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_workspace(&mut transaction, new.workspace, WorkspacePermission::EditDashboards).await?;
        let Beginning { document, description, template } = self.beginning(&mut transaction, new).await?;
        self.check_room(&mut transaction, Limit::Dashboards).await?;
        let (organization, now) = (self.context().organization().0, self.catalog().clock().now());
        let id = DashboardId(self.catalog().clock().new_id());
        let row = document.row()?;
        sqlx::query!(
            "INSERT INTO dashboards (
                org_id, id, workspace_id, name, description, visibility, owner_id, created_by, template, document, revision, created_at,
                updated_at, updated_by
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $8)",
            organization,
            id.0,
            new.workspace.0,
            name,
            description,
            new.visibility.as_str(),
            (new.visibility == Visibility::Private).then_some(maker.0),
            maker.0,
            template,
            row,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        self.keep_revision(&mut transaction, id, (1, name, &row), Entry::Begins).await?;
        let done = Done::new(AuditAction::DashboardCreated).to(id.0, name);
        self.record(&mut transaction, done.with("visibility", new.visibility.as_str())).await?;
        let dashboard = self.read_dashboard(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(dashboard)
    }

    /// Changes a dashboard; for editors of its workspace. To their own alone only whoever made it can keep it. Where nothing is changed, it
    /// stays at its revision.
    ///
    /// # Errors
    /// [`CatalogError::Stale`] when it is at no revision that is meant; [`CatalogError::WrongDocument`]; [`CatalogError::NotTheMaker`];
    /// otherwise when the actor may not, there is no such dashboard, a value is wrong, or the database is unavailable.
    pub async fn save_dashboard(
        &self,
        id: DashboardId,
        if_match: &IfMatch,
        to: &DashboardChange,
    ) -> Result<Dashboard, CatalogError> {
        let mut transaction = self.begin().await?;
        let before = self.lock_dashboard(&mut transaction, id, if_match, |may| may.edit).await?;
        let name = checked_name("name", &to.name)?.to_owned();
        check_description(&to.description)?;
        self.check_document(&mut transaction, before.summary.workspace, &to.document, "").await?;
        // What is saved over without a look at it must be there to go back to.
        let entry = if *if_match == IfMatch::Any { Entry::Begins } else { Entry::MayGoOn };
        let to = DashboardChange { name, ..to.clone() };
        let dashboard = self.write_dashboard(&mut transaction, before, &to, entry).await?;
        transaction.commit().await?;
        Ok(dashboard)
    }

    /// Deletes a dashboard, with its history and its views; for editors of its workspace.
    ///
    /// # Errors
    /// [`CatalogError::Stale`] when it is at no revision that is meant; otherwise when the actor may not, there is no such dashboard, or the
    /// database is unavailable.
    pub async fn delete_dashboard(&self, id: DashboardId, if_match: &IfMatch) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let before = self.lock_dashboard(&mut transaction, id, if_match, |may| may.delete).await?;
        sqlx::query!("DELETE FROM dashboards WHERE org_id = $1 AND id = $2", self.context().organization().0, id.0)
            .execute(&mut *transaction)
            .await?;
        let done = Done::new(AuditAction::DashboardDeleted).to(id.0, before.summary.name);
        self.record(&mut transaction, done.with("visibility", before.summary.visibility.as_str())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What a new dashboard begins with.
    async fn beginning(
        &self,
        transaction: &mut PgTransaction<'static>,
        new: &NewDashboard,
    ) -> Result<Beginning, CatalogError> {
        let of = |document| Beginning { document, description: String::new(), template: None };
        Ok(match &new.from {
            DashboardSource::Nothing => of(Document::empty()),
            DashboardSource::Document(document) => {
                self.check_document(transaction, new.workspace, document, "").await?;
                of(document.clone())
            }
            DashboardSource::BuiltIn(key) => {
                let found = built_in_templates().iter().find(|template| template.key == key);
                let reason = "the key of a template that is built in".to_owned();
                let template = found.ok_or(CatalogError::Invalid { field: "template", reason })?;
                let (document, description) = (template.document.clone(), template.description.to_owned());
                Beginning { document, description, template: Some(template.key.to_owned()) }
            }
            DashboardSource::Own(id) => {
                let (document, description) = self.read_template(transaction, *id).await?;
                Beginning { document, description, template: None }
            }
            DashboardSource::Copy(id) => {
                let Dashboard { summary, document } = self.read_dashboard(transaction, *id).await?;
                let is_there = summary.workspace == new.workspace;
                let document = if is_there { document } else { document.of_any_stores() };
                Beginning { document, description: summary.description, template: summary.template }
            }
        })
    }
}

/// What a new dashboard begins with.
struct Beginning {
    document: Document,
    description: String,
    template: Option<String>,
}

fn check_description(description: &str) -> Result<(), CatalogError> {
    checked_text("description", description, LONGEST_DESCRIPTION)
}

/// Refuses a text that is longer, or that cannot be kept.
pub(crate) fn checked_text(field: &'static str, text: &str, longest: usize) -> Result<(), CatalogError> {
    if text.chars().count() > longest || text.contains('\0') {
        return Err(CatalogError::Invalid { field, reason: format!("no more than {longest} characters") });
    }
    Ok(())
}
