//! What an organisation makes dashboards from, beside what is built in: dashboards that somebody kept as they were at a moment.
//!
//! Everybody in the organisation sees a template, so it names no stores.

use sqlx::PgTransaction;
use uuid::Uuid;

use super::{Document, LONGEST_DESCRIPTION, checked_text};
use crate::audit::{AuditAction, Done};
use crate::stores::checked_name;
use crate::{Actor, CatalogError, DashboardId, OrgRole, Permission, TemplateId, Tenant};

/// How many an organisation has at most.
const MOST: i64 = 100;

/// A template of an organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnTemplate {
    /// Which.
    pub id: TemplateId,
    /// What people call it.
    pub name: String,
    /// What it is good for.
    pub description: String,
    /// What dashboards that are made from it show.
    pub document: Document,
    /// Whether the actor may change and delete it.
    pub may_change: bool,
}

/// What a template is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateChange {
    /// What people call it.
    pub name: String,
    /// What it is good for.
    pub description: String,
    /// The dashboard that it is to be like; its document stays as it is without one.
    pub dashboard: Option<DashboardId>,
}

impl TemplateChange {
    fn check(&self) -> Result<&str, CatalogError> {
        checked_text("description", &self.description, LONGEST_DESCRIPTION)?;
        checked_name("name", &self.name)
    }
}

const fn no_template() -> CatalogError {
    CatalogError::NotFound("template")
}

impl Tenant {
    /// The organisation's own templates, by name.
    ///
    /// # Errors
    /// When the actor is no person, or the database is unavailable.
    pub async fn templates(&self) -> Result<Vec<OwnTemplate>, CatalogError> {
        self.acting_person()?;
        let mut transaction = self.begin().await?;
        let templates = self.select_templates(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(templates)
    }

    /// Keeps a dashboard that the actor sees as a template, as it is now; for members.
    ///
    /// # Errors
    /// When the actor may not, there is no such dashboard, there are too many templates, a value is wrong, or the database is unavailable.
    pub async fn create_template(
        &self,
        dashboard: DashboardId,
        name: &str,
        description: &str,
    ) -> Result<OwnTemplate, CatalogError> {
        self.require(Permission::ManageTemplates)?;
        let maker = self.acting_person()?;
        let name = checked_name("name", name)?;
        checked_text("description", description, LONGEST_DESCRIPTION)?;
        let (organization, clock) = (self.context().organization().0, self.catalog().clock());
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let document = self.read_dashboard(&mut transaction, dashboard).await?.document.of_any_stores();
        let there = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM dashboard_templates WHERE org_id = $1"#,
            organization,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if there >= MOST {
            return Err(CatalogError::TooManyTemplates { limit: MOST });
        }
        let id = TemplateId(clock.new_id());
        sqlx::query!(
            "INSERT INTO dashboard_templates (org_id, id, name, description, document, created_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)",
            organization,
            id.0,
            name,
            description,
            document.row()?,
            maker.0,
            clock.now(),
        )
        .execute(&mut *transaction)
        .await?;
        self.record(&mut transaction, Done::new(AuditAction::TemplateCreated).to(id.0, name)).await?;
        let template = self.select_templates(&mut transaction, Some(id)).await?.pop();
        transaction.commit().await?;
        template.ok_or_else(no_template)
    }

    /// Changes a template; for who made it, and for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such template or dashboard, a value is wrong, or the database is unavailable.
    pub async fn change_template(&self, id: TemplateId, to: &TemplateChange) -> Result<OwnTemplate, CatalogError> {
        let name = to.check()?;
        let mut transaction = self.begin().await?;
        self.template_to_change(&mut transaction, id).await?;
        let document = match to.dashboard {
            Some(dashboard) => Some(self.read_dashboard(&mut transaction, dashboard).await?.document.of_any_stores()),
            None => None,
        };
        sqlx::query!(
            "UPDATE dashboard_templates SET name = $3, description = $4, document = coalesce($5, document)
            WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
            name,
            to.description,
            document.map(|document| document.row()).transpose()?,
        )
        .execute(&mut *transaction)
        .await?;
        let template = self.select_templates(&mut transaction, Some(id)).await?.pop();
        transaction.commit().await?;
        template.ok_or_else(no_template)
    }

    /// Deletes a template; for who made it, and for admins. Dashboards that were made from it stay.
    ///
    /// # Errors
    /// When the actor may not, there is no such template, or the database is unavailable.
    pub async fn delete_template(&self, id: TemplateId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let template = self.template_to_change(&mut transaction, id).await?;
        sqlx::query!(
            "DELETE FROM dashboard_templates WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
        )
        .execute(&mut *transaction)
        .await?;
        self.record(&mut transaction, Done::new(AuditAction::TemplateDeleted).to(id.0, template.name)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What dashboards that are made from a template begin with: what they show, and what it is good for.
    pub(super) async fn read_template(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: TemplateId,
    ) -> Result<(Document, String), CatalogError> {
        let template = self.select_templates(transaction, Some(id)).await?.pop().ok_or_else(no_template)?;
        Ok((template.document, template.description))
    }

    async fn template_to_change(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: TemplateId,
    ) -> Result<OwnTemplate, CatalogError> {
        self.check_actor(transaction).await?;
        let template = self.select_templates(transaction, Some(id)).await?.pop().ok_or_else(no_template)?;
        self.require(Permission::ManageTemplates)?;
        if template.may_change { Ok(template) } else { Err(CatalogError::Forbidden(OrgRole::Admin.as_str())) }
    }

    async fn select_templates(
        &self,
        transaction: &mut PgTransaction<'static>,
        only: Option<TemplateId>,
    ) -> Result<Vec<OwnTemplate>, CatalogError> {
        let rows = sqlx::query!(
            "SELECT id, name, description, document, created_by FROM dashboard_templates
            WHERE org_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY name, id",
            self.context().organization().0,
            only.map(|id| id.0),
        )
        .fetch_all(&mut **transaction)
        .await?;
        let templates = rows.into_iter().map(|row| {
            Ok(OwnTemplate {
                id: row.id.into(),
                name: row.name,
                description: row.description,
                document: Document::of_row(row.document)?,
                may_change: self.may_change_template(row.created_by),
            })
        });
        templates.collect()
    }

    /// Whether the actor may change a template that that person made.
    fn may_change_template(&self, maker: Uuid) -> bool {
        self.context().may(Permission::ManageTemplates)
            && match self.context().actor() {
                Actor::User { id, role } => id.0 == maker || role.sees_all(),
                Actor::Key { .. } => false,
                Actor::System(_) => true,
            }
    }
}
