//! What the suite is run over: a connector and a provider of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::Clock;
use async_trait::async_trait;

use super::Lake;
use crate::contract::{Account, App, Connector, Credentials};

/// What is so, as texts by name, such as `orders/17/total` and `1250000`. A name is of one thing alone.
pub type Facts = BTreeMap<String, String>;

/// What the provider holds when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Something of every stream, more than a page of one of them.
    Some,
    /// Nothing.
    Empty,
}

/// What goes wrong with the next requests of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The provider says that too much was asked, in its own way.
    Throttled,
    /// It fails in a way that may pass.
    Failing,
    /// The answer ends in the middle and is said to be whole.
    Truncated,
    /// There is always another page.
    Endless,
    /// Some of what a page tells is told again on the next.
    Twice,
    /// Objects have fields that nobody knows.
    Unknown,
    /// Objects lack a field that they must have: [`Subject::MISSING`].
    Missing,
}

/// A connector with a provider that it is tried against.
#[async_trait]
pub trait Subject: Send + Sync + Sized {
    /// The least that the provider asks to wait when it throttles.
    const WAIT: Duration;
    /// The field that objects lack in [`Trouble::Missing`].
    const MISSING: &'static str;

    /// A provider of its own that holds that.
    async fn start(scene: Scene) -> Self;

    /// The connector.
    fn connector(&self) -> &'static dyn Connector;

    /// Our registration at the provider.
    fn app(&self) -> Option<App>;

    /// Signs in anew, and connects the account.
    async fn connect(&self) -> (Credentials, Account);

    /// The provider's clock. Waiting by it moves it.
    fn clock(&self) -> Arc<dyn Clock>;

    /// What a complete reading yields now, worked out of what the provider holds.
    fn expected(&self) -> Facts;

    /// The same, of what was read.
    fn held(&self, lake: &Lake) -> Facts;

    /// Something of what is read changes at the provider, now.
    fn change(&self);

    /// More than a page of things changes at the provider, all in one instant.
    fn change_many(&self);

    /// That goes wrong with so many requests of data, behind so many others.
    fn trouble(&self, trouble: Trouble, times: usize, after: usize);

    /// Nothing goes wrong any more.
    fn calm(&self);

    /// Lets the tokens that are in use end, or the keys where there are no others.
    fn expire_tokens(&self);

    /// Somebody takes our access back at the provider.
    fn revoke(&self);

    /// How many requests of data came so far.
    fn requests(&self) -> usize;

    /// Texts of people that the provider holds: names, addresses.
    fn people(&self) -> Vec<String>;
}
