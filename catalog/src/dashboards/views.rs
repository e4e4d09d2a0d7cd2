//! Ways to look at a dashboard that have a name: one's own, and those that are shared with whoever sees it.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::checked_text;
use crate::stores::checked_name;
use crate::{CatalogError, DashboardId, DashboardViewId, Tenant, UserId, WorkspacePermission};

/// How many a dashboard has at most.
const MOST: i64 = 100;
/// The longest part of an address, in characters.
const LONGEST_SEARCH: usize = 4_000;

/// A way to look at a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Which.
    pub id: DashboardViewId,
    /// What people call it.
    pub name: String,
    /// The part of the address behind `?`.
    pub search: String,
    /// Whether whoever sees the dashboard sees it.
    pub is_shared: bool,
    /// Whether the actor saved it.
    pub is_own: bool,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a saved view is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedViewChange {
    /// What people call it.
    pub name: String,
    /// The part of the address behind `?`.
    pub search: String,
    /// Whether whoever sees the dashboard sees it.
    pub is_shared: bool,
}

struct SavedViewRow {
    id: Uuid,
    owner_id: Uuid,
    name: String,
    search: String,
    is_shared: bool,
    created_at: DateTime<Utc>,
}

impl SavedViewRow {
    fn shown_to(self, person: UserId) -> SavedView {
        SavedView {
            id: self.id.into(),
            name: self.name,
            search: self.search,
            is_shared: self.is_shared,
            is_own: self.owner_id == person.0,
            created_at: self.created_at,
        }
    }
}

impl SavedViewChange {
    fn check(&self) -> Result<&str, CatalogError> {
        checked_text("search", &self.search, LONGEST_SEARCH)?;
        if self.search.contains(char::is_control) || self.search.starts_with('?') {
            let reason = "the part of an address behind the question mark".to_owned();
            return Err(CatalogError::Invalid { field: "search", reason });
        }
        checked_name("name", &self.name)
    }
}

impl Tenant {
    /// The saved views of a dashboard that the actor sees, by name: their own, and those that are shared.
    ///
    /// # Errors
    /// When the actor is no person, there is no dashboard that they see, or the database is unavailable.
    pub async fn saved_views(&self, dashboard: DashboardId) -> Result<Vec<SavedView>, CatalogError> {
        let person = self.acting_person()?;
        let mut transaction = self.begin().await?;
        self.read_dashboard(&mut transaction, dashboard).await?;
        let views = self.select_views(&mut transaction, dashboard, None).await?;
        transaction.commit().await?;
        Ok(views.into_iter().map(|row| row.shown_to(person)).collect())
    }

    /// Saves a view of a dashboard; for whoever sees it.
    ///
    /// # Errors
    /// When the actor is no person, there is no dashboard that they see, it has too many, a value is wrong, or the database is unavailable.
    pub async fn create_saved_view(
        &self,
        dashboard: DashboardId,
        new: &SavedViewChange,
    ) -> Result<SavedView, CatalogError> {
        let person = self.acting_person()?;
        let name = new.check()?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        // Of two who save the last one at once, one is too late.
        sqlx::query!(
            "SELECT id FROM dashboards WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE",
            organization,
            dashboard.0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        self.read_dashboard(&mut transaction, dashboard).await?;
        let there = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM dashboard_views WHERE org_id = $1 AND dashboard_id = $2"#,
            organization,
            dashboard.0,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if there >= MOST {
            return Err(CatalogError::TooManyViews { limit: MOST });
        }
        let id = DashboardViewId(self.catalog().clock().new_id());
        sqlx::query!(
            "INSERT INTO dashboard_views (org_id, id, dashboard_id, owner_id, name, search, is_shared, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            organization,
            id.0,
            dashboard.0,
            person.0,
            name,
            new.search,
            new.is_shared,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let made = self.select_views(&mut transaction, dashboard, Some(id)).await?.pop();
        transaction.commit().await?;
        Ok(made.ok_or(CatalogError::NotFound("saved view"))?.shown_to(person))
    }

    /// Changes a saved view: one's own, and where it is shared, also for editors of the dashboard's workspace.
    ///
    /// # Errors
    /// When the actor may not or is no person, there is no such view that they see, a value is wrong, or the database is unavailable.
    pub async fn change_saved_view(
        &self,
        dashboard: DashboardId,
        id: DashboardViewId,
        to: &SavedViewChange,
    ) -> Result<SavedView, CatalogError> {
        let person = self.acting_person()?;
        let name = to.check()?;
        let mut transaction = self.begin().await?;
        let before = self.view_to_change(&mut transaction, dashboard, id).await?;
        sqlx::query!(
            "UPDATE dashboard_views SET name = $3, search = $4, is_shared = $5 WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
            name,
            to.search,
            to.is_shared,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let (name, search) = (name.to_owned(), to.search.clone());
        Ok(SavedViewRow { name, search, is_shared: to.is_shared, ..before }.shown_to(person))
    }

    /// Deletes a saved view: one's own, and where it is shared, also for editors of the dashboard's workspace.
    ///
    /// # Errors
    /// When the actor may not or is no person, there is no such view that they see, or the database is unavailable.
    pub async fn delete_saved_view(&self, dashboard: DashboardId, id: DashboardViewId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.view_to_change(&mut transaction, dashboard, id).await?;
        sqlx::query!(
            "DELETE FROM dashboard_views WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A view that the actor may change.
    async fn view_to_change(
        &self,
        transaction: &mut PgTransaction<'static>,
        dashboard: DashboardId,
        id: DashboardViewId,
    ) -> Result<SavedViewRow, CatalogError> {
        let person = self.acting_person()?;
        self.check_actor(transaction).await?;
        let edits = self.read_dashboard(transaction, dashboard).await?.summary.may.edit;
        let found = self.select_views(transaction, dashboard, Some(id)).await?.pop();
        let view = found.ok_or(CatalogError::NotFound("saved view"))?;
        if view.owner_id != person.0 && !edits {
            let needed = WorkspacePermission::EditDashboards;
            return Err(self.lacks(needed.scope(), needed.least().as_str()));
        }
        Ok(view)
    }

    /// The views of a dashboard that the actor sees, or one of them.
    async fn select_views(
        &self,
        transaction: &mut PgTransaction<'static>,
        dashboard: DashboardId,
        only: Option<DashboardViewId>,
    ) -> Result<Vec<SavedViewRow>, CatalogError> {
        let rows = sqlx::query_as!(
            SavedViewRow,
            "SELECT id, owner_id, name, search, is_shared, created_at FROM dashboard_views
            WHERE org_id = $1 AND dashboard_id = $2 AND ($3::uuid IS NULL OR id = $3) AND (is_shared OR owner_id = $4)
            ORDER BY name, id",
            self.context().organization().0,
            dashboard.0,
            only.map(|id| id.0),
            self.acting_person()?.0,
        )
        .fetch_all(&mut **transaction)
        .await?;
        Ok(rows)
    }
}
