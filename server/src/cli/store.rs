//! `aloftly store`

use aloftly_catalog::NewStore;
use anyhow::Context as _;

use super::args::{OrgChoice, StoreCreateArgs};
use super::org::refused;
use super::output::say;
use super::{CliError, choose};
use crate::service::backend::Backend;

pub(super) async fn create(backend: &Backend, args: &StoreCreateArgs) -> Result<(), CliError> {
    let (_, tenant) = choose::organization(backend, &args.org).await?;
    let workspaces = tenant.workspaces().await.context("cannot list the workspaces")?;
    let workspace = match workspaces.into_iter().find(|workspace| workspace.name == args.workspace) {
        Some(workspace) => workspace.id,
        None => tenant.create_workspace(&args.workspace).await.map_err(refused)?,
    };
    let new = NewStore {
        name: args.name.clone(),
        currency: args.currency.clone(),
        timezone: args.timezone,
        week_start: args.week_start,
    };
    let id = tenant.create_store(workspace, &new).await.map_err(refused)?;
    say(&format!("Made the store {} ({id}).", args.name));
    Ok(())
}

pub(super) async fn list(backend: &Backend, choice: &OrgChoice) -> Result<(), CliError> {
    let (_, tenant) = choose::organization(backend, choice).await?;
    for store in tenant.stores().await.context("cannot list the stores")? {
        let data = match store.data_bounds {
            Some((first, last)) => {
                let day = |instant: chrono::DateTime<chrono::Utc>| instant.with_timezone(&store.timezone).date_naive();
                format!("data from {} to {}", day(first), day(last))
            }
            None => "no data yet".to_owned(),
        };
        let (id, name, currency, zone) = (store.id, store.name, store.currency, store.timezone);
        say(&format!("{id}  {name}  ({}, {currency}, {zone}, {data})", store.workspace.name));
    }
    Ok(())
}
