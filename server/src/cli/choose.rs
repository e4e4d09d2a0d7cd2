//! From what a person calls an organisation or a store to the one that is meant.

use aloftly_catalog::{Organization, Store, SystemContext, Tenant};
use anyhow::Context as _;

use super::CliError;
use super::args::{OrgChoice, StoreChoice, StoresChoice};
use crate::service::backend::Backend;

const REASON: &str = "a command at the terminal";

/// The organisation that is meant: by id, by name, or the only one.
pub(super) async fn organization(backend: &Backend, choice: &OrgChoice) -> Result<(Organization, Tenant), CliError> {
    let mut found = organizations(backend).await?;
    let wanted = choice.org.as_deref();
    if let Some(wanted) = wanted {
        found.retain(|(organization, _)| organization.name == wanted || organization.id.to_string() == wanted);
    }
    let names = || found.iter().map(|(org, _)| format!("\n  {}  {}", org.id, org.name)).collect::<String>();
    match (found.len(), wanted) {
        (1, _) => found.pop().ok_or_else(|| CliError::Usage("there is no organisation".to_owned())),
        (0, None) => Err(CliError::Usage(
            "there is no organisation yet: make one with `aloftly org create --name NAME --owner-email EMAIL`"
                .to_owned(),
        )),
        (0, Some(wanted)) => Err(CliError::Usage(format!(
            "there is no organisation {wanted:?}; `aloftly org list` shows those there are"
        ))),
        (_, None) => Err(CliError::Usage(format!("say which organisation is meant with --org:{}", names()))),
        (_, Some(wanted)) => {
            Err(CliError::Usage(format!("several organisations are called {wanted:?}; use an id:{}", names())))
        }
    }
}

/// Every organisation.
pub(super) async fn organizations(backend: &Backend) -> Result<Vec<(Organization, Tenant)>, CliError> {
    let contexts: Vec<SystemContext> =
        backend.catalog.organizations(REASON).await.context("cannot list the organisations")?;
    let mut found = Vec::with_capacity(contexts.len());
    for context in contexts {
        let tenant = backend.catalog.tenant(context);
        found.push((tenant.organization().await.context("cannot read an organisation")?, tenant));
    }
    Ok(found)
}

/// The store that is meant: by id, or by a name that only one has.
pub(super) async fn store(backend: &Backend, choice: &StoreChoice) -> Result<(Store, Tenant), CliError> {
    let (_, tenant) = organization(backend, &choice.org).await?;
    let mut stores = tenant.stores().await.context("cannot list the stores")?;
    let names = stores.iter().map(|store| store.name.clone()).collect::<Vec<_>>().join(", ");
    stores.retain(|store| store.name == choice.store || store.id.to_string() == choice.store);
    match stores.len() {
        1 => stores.pop().map(|store| (store, tenant)).ok_or_else(|| CliError::Usage("there is no store".to_owned())),
        0 if names.is_empty() => Err(CliError::Usage(
            "there is no store yet: make one with `aloftly store create --name NAME --currency USD --timezone ZONE`"
                .to_owned(),
        )),
        0 => Err(CliError::Usage(format!("there is no store {:?}; there are: {names}", choice.store))),
        _ => {
            let ids: String =
                stores.iter().map(|store| format!("\n  {}  in {}", store.id, store.workspace.name)).collect();
            Err(CliError::Usage(format!("several stores are called {:?}; use an id:{ids}", choice.store)))
        }
    }
}

/// The store that is meant, or all of the organisation's when none is named.
pub(super) async fn stores(backend: &Backend, choice: &StoresChoice) -> Result<Vec<(Store, Tenant)>, CliError> {
    if let Some(named) = &choice.store {
        let choice = StoreChoice { store: named.clone(), org: choice.org.clone() };
        return Ok(vec![store(backend, &choice).await?]);
    }
    let (_, tenant) = organization(backend, &choice.org).await?;
    let stores = tenant.stores().await.context("cannot list the stores")?;
    Ok(stores.into_iter().map(|store| (store, tenant.clone())).collect())
}
