//! What a store's lake tells of single customers.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, Like, LogicalPlan, LogicalPlanBuilder, lit};

use super::read::{Reader, all_columns};
use super::{LakeError, StoreLake};
use crate::dataset::{self, Dataset};

/// The column that says whose a row is.
pub(super) const CUSTOMER: &str = "customer_id";
/// The most rows of a dataset that are told of customers at once: a customer has dozens.
const MOST: usize = 100_000;

impl StoreLake {
    /// Everything that is told of these customers in the newest version, by dataset; datasets that tell nothing of them are left out.
    ///
    /// # Errors
    /// When there is more than can be told at once, or the lake cannot be read.
    pub async fn rows_of_customers(
        &self,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<(Arc<Dataset>, Vec<RecordBatch>)>, LakeError> {
        let reader = self.reader(None).await?;
        let mut told = Vec::new();
        for dataset in dataset::all().iter().filter(|dataset| dataset.column(CUSTOMER).is_some()) {
            let any_of = column(CUSTOMER).in_list(ids.iter().map(|id| lit(id.clone())).collect(), false);
            let rows = reader.scan(dataset, &all_columns(dataset), None).await?;
            let batches = collect(&reader, rows, any_of).await?;
            let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
            if count > MOST {
                let detail = format!("more than {MOST} rows are told of these customers");
                return Err(LakeError::Shape { dataset: dataset.name, detail });
            }
            if count > 0 {
                told.push((Arc::clone(dataset), batches));
            }
        }
        Ok(told)
    }

    /// The customers with that address, however it is written; and those whom a source knows by the address itself.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn customers_with_email(&self, email: &str) -> Result<BTreeSet<String>, LakeError> {
        const CUSTOMERS: &str = "customers";
        let reader = self.reader(None).await?;
        let dataset = dataset::find(CUSTOMERS).ok_or_else(|| LakeError::UnknownDataset(CUSTOMERS.to_owned()))?;
        let rows = reader.scan(dataset, &[CUSTOMER, "email"], None).await?;
        let batches = collect(&reader, rows, same_text("email", email.trim())).await?;
        let mut ids = texts(&batches);
        for dataset in dataset::all().iter().filter(|dataset| dataset.column(CUSTOMER).is_some()) {
            let rows = reader.scan(dataset, &[CUSTOMER], None).await?;
            let of_them =
                LogicalPlanBuilder::from(rows).filter(same_text(CUSTOMER, email.trim()))?.distinct()?.build()?;
            ids.extend(texts(&DataFrame::new(reader.session().state(), of_them).collect().await?));
        }
        Ok(ids)
    }
}

/// The texts of the first column.
fn texts(batches: &[RecordBatch]) -> BTreeSet<String> {
    batches.iter().flat_map(|batch| batch.column(0).as_string_view().iter().flatten().map(str::to_owned)).collect()
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

/// Whether a column is that text, in capitals or not.
fn same_text(name: &str, text: &str) -> Expr {
    let escape = |c: char| if matches!(c, '\\' | '%' | '_') { format!("\\{c}") } else { c.to_string() };
    let pattern: String = text.chars().map(escape).collect();
    Expr::Like(Like::new(false, Box::new(column(name)), Box::new(lit(pattern)), Some('\\'), true))
}

async fn collect(reader: &Reader, rows: LogicalPlan, predicate: Expr) -> Result<Vec<RecordBatch>, LakeError> {
    let some = LogicalPlanBuilder::from(rows).filter(predicate)?.limit(0, Some(MOST + 1))?.build()?;
    Ok(DataFrame::new(reader.session().state(), some).collect().await?)
}
