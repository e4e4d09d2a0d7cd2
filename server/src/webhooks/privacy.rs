//! What providers pass on for people: a customer wants to know, or to be forgotten; a shop has left.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_catalog::{
    CatalogError, ConnectionStatus, CustomerRequestId, ErasureId, Outcome, QueuedDelivery, SyncProblem,
};
use aloftly_connectors::contract::{Failure, Person};
use aloftly_engine::CommitId;
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{Erasure, LakeError, Matching};

use super::carry::Claimed;
use super::settle::Settling;

/// The column that says which order a row is of.
const ORDER: &str = "order_id";

impl Claimed<'_> {
    /// Writes down that a customer wants to know what is kept of them.
    pub(super) async fn pass_on(&self, delivery: &QueuedDelivery, person: &Person) -> Result<(), CatalogError> {
        let (store, provider) = (self.connection.store, &self.connection.provider);
        // Carried out once more, it is the same request.
        let id = CustomerRequestId(delivery.id.0);
        self.system().customer_asks(id, store, provider, person.id.as_deref(), person.email.as_deref()).await
    }

    /// Has a customer erased, by every name that the provider gives, and the orders that it names.
    pub(super) async fn erase_customer(&self, delivery: &QueuedDelivery, person: &Person) -> Result<(), Failure> {
        let mut ids: BTreeSet<String> = person.id.iter().cloned().collect();
        if let Some(email) = &person.email {
            ids.extend(self.lake.customers_with_email(email).await?);
        }
        if !ids.is_empty() {
            let ids: Vec<String> = ids.into_iter().collect();
            // Carried out once more, it is the same erasure.
            let id = ErasureId(delivery.id.0);
            let asked = self.system().erase_customers_once(id, self.connection.store, &ids).await;
            asked.map_err(|error| Failure::Taker(Box::new(error)))?;
            self.neighbours.privacy.wake();
        }
        if !person.orders.is_empty() {
            let values: BTreeSet<String> = person.orders.iter().cloned().collect();
            let of_orders = dataset::all().iter().filter(|dataset| dataset.column(ORDER).is_some());
            let matching = of_orders.map(|dataset| Matching {
                dataset: Arc::clone(dataset),
                column: ORDER,
                values: values.clone(),
            });
            self.erase(Erasure::Rows(matching.collect())).await?;
        }
        Ok(())
    }

    /// Erases everything that came from the account, and ends the connection. Not while the account still lets us in: this cannot be undone, and
    /// whoever has left does not.
    pub(super) async fn erase_account(&self, place: usize, settling: &mut Settling<'_>) -> Result<(), CatalogError> {
        let title = self.provider.connector.declaration().title;
        if self.connection.status == ConnectionStatus::Connected {
            let words = format!(
                "{title} asks for everything to be erased that came from this account, but the connection still works. \
                 Disconnect it and have the message carried out once more to erase it all; discard the message to keep it."
            );
            settling.left_to_people(place, SyncProblem { code: "still_connected".to_owned(), words });
            return Ok(());
        }
        self.system().account_erased(self.connection.id).await?;
        if self.tenant.is_being_read(self.connection.id).await? {
            // What it still commits must be there to be erased.
            let detail = "a reading of the account is being ended".to_owned();
            settling.failed(place, &Failure::Unavailable { detail, retry_after: None });
            return Ok(());
        }
        match self.erase_datasets().await {
            Ok(()) => settling.done(place, Outcome::CarriedOut),
            Err(failure) => settling.failed(place, &failure),
        }
        Ok(())
    }

    async fn erase_datasets(&self) -> Result<(), Failure> {
        let declaration = self.provider.connector.declaration();
        let names: BTreeSet<&str> = declaration.streams.iter().flat_map(|stream| stream.datasets).copied().collect();
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        for name in names {
            let dataset: &Arc<Dataset> =
                dataset::find(name).ok_or_else(|| LakeError::UnknownDataset(name.to_owned()))?;
            match dataset.origin {
                // What several sources bring.
                Some(column) => parts.push(Matching {
                    dataset: Arc::clone(dataset),
                    column,
                    values: BTreeSet::from([declaration.id.to_owned()]),
                }),
                None => whole.push(Arc::clone(dataset)),
            }
        }
        let values = BTreeSet::from([declaration.id.to_owned()]);
        parts.push(Matching { dataset: Arc::clone(dataset::payloads()), column: "source", values });
        self.erase(Erasure::Datasets(whole)).await?;
        self.erase(Erasure::Rows(parts)).await
    }

    async fn erase(&self, erasure: Erasure) -> Result<(), Failure> {
        let mark = self.fence.mark(&*self.backend.clock);
        let id = CommitId(self.backend.clock.new_id());
        self.lake.erase_marked(id, &erasure, vec![mark.clone()]).await?;
        self.fence.passed(mark);
        Ok(())
    }
}
