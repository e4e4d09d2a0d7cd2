//! `aloftly org`

use aloftly_catalog::{CatalogError, FIRST_WORKSPACE, NewOrganization};
use anyhow::Context as _;

use super::args::{OrgChoice, OrgCreateArgs, OrgPlanArgs};
use super::output::say;
use super::{CliError, choose, password};
use crate::service::backend::Backend;

pub(super) async fn create(backend: &Backend, args: &OrgCreateArgs) -> Result<(), CliError> {
    let (secret, made_up) = match &args.password_file {
        Some(path) => (password::read(path)?, false),
        None => (password::make()?, true),
    };
    let name_of = |email: &str| email.split('@').next().unwrap_or(email).to_owned();
    let new = NewOrganization {
        name: args.name.clone(),
        plan: args.plan,
        workspace: FIRST_WORKSPACE.to_owned(),
        owner_email: args.owner_email.clone(),
        owner_name: args.owner_name.clone().unwrap_or_else(|| name_of(&args.owner_email)),
        owner_password: secret.clone(),
        stores: Vec::new(),
    };
    let made = backend.catalog.provision_organization(&new).await.map_err(refused)?;
    say(&format!("Made the organisation {} ({}).", args.name, made.organization));
    say(&format!("Its owner signs in as {}.", args.owner_email));
    if made_up {
        say(&format!("The password, shown this once: {secret}"));
    }
    Ok(())
}

/// Tells what the person typed wrong from what is wrong with the machine.
pub(super) fn refused(error: CatalogError) -> CliError {
    match error {
        CatalogError::Taken(_)
        | CatalogError::Invalid { .. }
        | CatalogError::NotFound(_)
        | CatalogError::PlanLimit { .. }
        | CatalogError::PlanRetention { .. } => CliError::Usage(error.to_string()),
        other => CliError::Failed(other.into()),
    }
}

pub(super) async fn list(backend: &Backend) -> Result<(), CliError> {
    for (organization, tenant) in choose::organizations(backend).await? {
        let stores = tenant.stores().await.context("cannot list the stores")?.len();
        let (id, name, plan) = (organization.id, organization.name, organization.plan_tier);
        say(&format!("{id}  {name}  ({plan}, {stores} stores)"));
    }
    Ok(())
}

pub(super) async fn plan(backend: &Backend, args: &OrgPlanArgs) -> Result<(), CliError> {
    let choice = OrgChoice { org: Some(args.org.clone()) };
    let (organization, tenant) = choose::organization(backend, &choice).await?;
    tenant.set_plan(args.plan).await.map_err(refused)?;
    say(&format!("{} is on the plan {}.", organization.name, args.plan));
    Ok(())
}
