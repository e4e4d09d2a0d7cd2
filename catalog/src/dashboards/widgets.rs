//! Changing one widget of a document, for those who do not hold all of it.

use super::document::{Document, Section, Widget};
use super::history::Entry;
use super::{Dashboard, DashboardChange, IfMatch};
use crate::{CatalogError, DashboardId, Tenant};

/// What is to become of a widget.
#[derive(Clone, Debug, PartialEq)]
pub enum WidgetChange {
    /// It is new.
    Add {
        /// The section that it goes to; the last one unless it is said.
        section: Option<String>,
        /// Behind so many of the section's widgets; behind all unless it is said.
        position: Option<usize>,
        /// It.
        widget: Widget,
    },
    /// The one of that id becomes this.
    Replace {
        /// Its id.
        id: String,
        /// What it is to be, with the same id.
        widget: Widget,
    },
    /// The one of that id goes.
    Remove {
        /// Its id.
        id: String,
    },
}

impl Tenant {
    /// Changes one widget of a dashboard, and leaves the others as they are at that moment.
    ///
    /// # Errors
    /// [`CatalogError::Stale`] when the dashboard is at no revision that is meant; [`CatalogError::WrongDocument`] with the widget's place;
    /// otherwise when the actor may not, there is no such dashboard or widget, or the database is unavailable.
    pub async fn change_widget(
        &self,
        id: DashboardId,
        if_match: &IfMatch,
        change: WidgetChange,
    ) -> Result<Dashboard, CatalogError> {
        let mut transaction = self.begin().await?;
        let before = self.lock_dashboard(&mut transaction, id, if_match, |may| may.edit).await?;
        let mut to = DashboardChange::none(&before);
        let at = to.document.change(change)?;
        self.check_document(&mut transaction, before.summary.workspace, &to.document, &at).await?;
        let dashboard = self.write_dashboard(&mut transaction, before, &to, Entry::MayGoOn).await?;
        transaction.commit().await?;
        Ok(dashboard)
    }
}

impl Document {
    /// Changes a widget; where what was given stands then, as a JSON pointer.
    fn change(&mut self, change: WidgetChange) -> Result<String, CatalogError> {
        match change {
            WidgetChange::Add { section, position, widget } => self.add(section.as_deref(), position, widget),
            WidgetChange::Replace { id, widget } => {
                if widget.id != id {
                    let reason = "the id that the address has".to_owned();
                    return Err(CatalogError::Invalid { field: "id", reason });
                }
                let (section, index) = self.place_of(&id).ok_or_else(no_widget)?;
                self.sections[section].widgets[index] = widget;
                Ok(format!("/sections/{section}/widgets/{index}"))
            }
            WidgetChange::Remove { id } => {
                let (section, index) = self.place_of(&id).ok_or_else(no_widget)?;
                self.sections[section].widgets.remove(index);
                Ok(String::new())
            }
        }
    }

    fn add(&mut self, section: Option<&str>, position: Option<usize>, widget: Widget) -> Result<String, CatalogError> {
        if self.sections.is_empty() {
            self.sections.push(Section::empty());
        }
        let found = match section {
            None => self.sections.len().checked_sub(1),
            Some(id) => self.sections.iter().position(|section| section.id == id),
        };
        let wrong = |field, reason: &str| CatalogError::Invalid { field, reason: reason.to_owned() };
        let at = found.ok_or_else(|| wrong("section_id", "the id of a section of the dashboard"))?;
        let widgets = &mut self.sections[at].widgets;
        let index = position.unwrap_or(widgets.len());
        if index > widgets.len() {
            return Err(wrong("position", "no more than there are widgets in the section"));
        }
        widgets.insert(index, widget);
        Ok(format!("/sections/{at}/widgets/{index}"))
    }

    /// The numbers of a widget's section and of its place there.
    fn place_of(&self, id: &str) -> Option<(usize, usize)> {
        let in_section = |section: &Section| section.widgets.iter().position(|widget| widget.id == id);
        self.sections.iter().enumerate().find_map(|(number, section)| Some((number, in_section(section)?)))
    }
}

fn no_widget() -> CatalogError {
    CatalogError::NotFound("widget")
}
