//! Reading things with everything below them, and handing them on as pages.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::graphql::{Api, AskError};
use super::payload::Payload;
use super::place::Place;
use super::resource::{CONNECTION, MORE, Resource};
use super::tree::{PageInfo, Tree};
use super::wire::{gid, read};
use crate::contract::{Cursor, Failure, Page, Pages, Removal, Stream};
use crate::http::HttpError;

/// Lines of refunds are read for so many refunds at once: 64 points for each.
const REFUNDS: usize = 12;
const REFUNDS_QUERY: &str =
    concat!(include_str!("queries/refunds.graphql"), include_str!("queries/refund_line.graphql"));
const REFUND_MORE: &str =
    concat!(include_str!("queries/refund_more.graphql"), include_str!("queries/refund_line.graphql"));
const COST_OF_REFUND: u32 = 1 + CONNECTION + 10 * COST_OF_REFUND_LINE;
const COST_OF_REFUND_LINE: u32 = 6;

/// A page of things.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) trees: Vec<Tree>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct PageData<'a> {
    #[serde(borrow)]
    page: Connection<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<'a> {
    page_info: PageInfo,
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct NodesData<'a> {
    #[serde(borrow)]
    nodes: Vec<Option<&'a RawValue>>,
}

#[derive(Deserialize)]
struct NodeData<'a> {
    #[serde(borrow)]
    node: Option<Below<'a>>,
}

#[derive(Deserialize)]
struct Below<'a> {
    #[serde(default, borrow)]
    children: Option<Connection<'a>>,
}

#[derive(Debug, Deserialize)]
struct WithRefunds {
    #[serde(default)]
    refunds: Vec<Refund>,
}

#[derive(Debug, Deserialize)]
struct Refund {
    id: String,
}

/// Reads for one stream.
pub(super) struct Reader<'a> {
    pub(super) api: Api<'a>,
    pub(super) stream: &'static Stream,
    pub(super) pages: &'a mut dyn Pages,
    /// How many things a page of a resource has, once Shopify found more too costly.
    first: Option<u32>,
}

impl<'a> Reader<'a> {
    /// Reads for that stream.
    pub(super) fn new(api: Api<'a>, stream: &'static Stream, pages: &'a mut dyn Pages) -> Self {
        Self { api, stream, pages, first: None }
    }

    /// Begins with another resource, whose pages may be larger.
    pub(super) fn reset(&mut self) {
        self.first = None;
    }

    /// Reads a page of what a search finds; of everything without one.
    ///
    /// # Errors
    /// See [`AskError`].
    pub(super) async fn page(
        &mut self,
        resource: &'static Resource,
        search: Option<&str>,
        after: Option<&str>,
    ) -> Result<Read, AskError> {
        let document = resource.page();
        let data = loop {
            let first = self.first.unwrap_or(resource.first);
            let variables = json!({ "q": search, "first": first, "after": after });
            match self.api.ask(&document, &variables, resource.cost_of(first)).await {
                Err(AskError::TooCostly) if first > 1 => self.first = Some(first / 2),
                other => break other?,
            }
        };
        let connection = data.read::<PageData<'_>>(resource.title)?.page;
        let trees = connection.nodes.into_iter().map(Tree::of).collect::<Result<Vec<_>, _>>()?;
        let next = next(connection.page_info, resource.title)?;
        Ok(Read { trees: self.completed(resource, trees).await?, next })
    }

    /// Reads things by their ids, and says which there are not.
    ///
    /// # Errors
    /// See [`AskError`].
    pub(super) async fn things(
        &mut self,
        resource: &'static Resource,
        ids: &[String],
    ) -> Result<(Vec<Tree>, Vec<String>), AskError> {
        let document = resource.things();
        let (mut trees, mut gone, mut rest) = (Vec::new(), Vec::new(), ids);
        while !rest.is_empty() {
            let first = self.first.unwrap_or(resource.first);
            let (some, later) = rest.split_at(rest.len().min(first as usize));
            let gids: Vec<String> = some.iter().map(|id| gid(resource.kind, id)).collect();
            let data = match self.api.ask(&document, &json!({ "ids": gids }), resource.cost_of(first)).await {
                Err(AskError::TooCostly) if first > 1 => {
                    self.first = Some(first / 2);
                    continue;
                }
                other => other?,
            };
            let nodes = data.read::<NodesData<'_>>(resource.title)?.nodes;
            if nodes.len() != some.len() {
                let detail = format!("{}: {} were asked for, and {} came", resource.title, some.len(), nodes.len());
                return Err(Failure::Unexpected { detail }.into());
            }
            for (id, node) in some.iter().zip(nodes) {
                match node {
                    Some(node) => trees.push(Tree::of(node)?),
                    None => gone.push(id.clone()),
                }
            }
            rest = later;
        }
        Ok((self.completed(resource, trees).await?, gone))
    }

    /// Things with what is below them that did not come with them.
    ///
    /// # Errors
    /// See [`AskError`].
    pub(super) async fn completed(
        &mut self,
        resource: &'static Resource,
        mut trees: Vec<Tree>,
    ) -> Result<Vec<Tree>, AskError> {
        if let Some(document) = resource.more() {
            for tree in &mut trees {
                if let Some(after) = tree.rest(resource.title)? {
                    let parent = tree.gid()?;
                    let cost = resource.cost_of_more();
                    self.rest(tree, &document, &parent, Some(after), cost).await?;
                }
            }
        }
        if resource.kind == "Order" {
            self.add_refund_lines(&mut trees).await?;
        }
        Ok(trees)
    }

    /// Adds what is below a thing, or something in it, from a place on.
    async fn rest(
        &mut self,
        tree: &mut Tree,
        document: &str,
        parent: &str,
        mut after: Option<String>,
        cost: u32,
    ) -> Result<(), AskError> {
        let mut pages = self.api.session.calls.http.pages();
        loop {
            let variables = json!({ "id": parent, "first": MORE, "after": after });
            let data = self.api.ask(document, &variables, cost).await?;
            let node = data.read::<NodeData<'_>>("what is below a thing")?.node;
            // It was taken away meanwhile: what came with it is the last that there was.
            let Some(children) = node.and_then(|node| node.children) else { return Ok(()) };
            for child in &children.nodes {
                tree.add(parent, child)?;
            }
            let rows = children.nodes.len();
            after = next(children.page_info, "what is below a thing")?;
            if !pages.turn(rows, after.as_deref()).map_err(endless)? {
                return Ok(());
            }
        }
    }

    /// Lines of refunds are in no answer about orders: bulk operations cannot tell them, and there are few.
    async fn add_refund_lines(&mut self, trees: &mut [Tree]) -> Result<(), AskError> {
        let mut refunds: Vec<(usize, String)> = Vec::new();
        for (place, tree) in trees.iter().enumerate() {
            let order: WithRefunds = read(tree.root(), "an order")?;
            refunds.extend(order.refunds.into_iter().map(|refund| (place, refund.id)));
        }
        for some in refunds.chunks(REFUNDS) {
            let ids: Vec<&str> = some.iter().map(|(_, id)| id.as_str()).collect();
            let cost = 1 + COST_OF_REFUND * u32::try_from(ids.len()).unwrap_or(u32::MAX / COST_OF_REFUND);
            let data = self.api.ask(REFUNDS_QUERY, &json!({ "ids": ids }), cost).await?;
            let nodes = data.read::<NodesData<'_>>("refunds")?.nodes;
            if nodes.len() != some.len() {
                return Err(
                    Failure::Unexpected { detail: "refunds: not as many came as were asked for".to_owned() }.into()
                );
            }
            for ((place, id), node) in some.iter().zip(nodes) {
                let (Some(node), Some(tree)) = (node, trees.get_mut(*place)) else { continue };
                let refund = Tree::of(node)?;
                for line in refund.children("a refund")? {
                    tree.add(id, raw(line.json())?)?;
                }
                if let Some(after) = refund.rest("a refund")? {
                    let cost = 1 + CONNECTION + MORE * COST_OF_REFUND_LINE;
                    self.rest(tree, REFUND_MORE, id, Some(after), cost).await?;
                }
            }
        }
        Ok(())
    }

    /// Hands a page on.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when things are not what they should be, or what the taker says.
    pub(super) async fn take(
        &mut self,
        payload: &Payload<'_>,
        place: &Place,
        expected: Option<u64>,
    ) -> Result<(), Failure> {
        let made = payload.rows(self.api.session.account)?;
        let mut page = Page::at(Cursor::of(place)?);
        page.batches = made.batches;
        page.removals = made.removals;
        page.kept = payload.kept(self.stream.id, self.api.session.account)?;
        page.records = payload.trees.len() as u64;
        page.expected = expected;
        page.warnings = self.api.take_warnings();
        self.pages.take(page).await
    }

    /// Hands on a place alone.
    ///
    /// # Errors
    /// What the taker says.
    pub(super) async fn mark(&mut self, place: &Place) -> Result<(), Failure> {
        let mut page = Page::at(Cursor::of(place)?);
        page.warnings = self.api.take_warnings();
        self.pages.take(page).await
    }

    /// Hands on what is gone.
    ///
    /// # Errors
    /// What the taker says.
    pub(super) async fn remove(&mut self, ids: &[String], place: &Place) -> Result<(), Failure> {
        let ids: BTreeSet<String> = ids.iter().map(|id| super::wire::number_of(id).to_owned()).collect();
        let mut page = Page::at(Cursor::of(place)?);
        page.removals = removals(self.stream, &ids.into_iter().collect::<Vec<_>>());
        self.pages.take(page).await
    }
}

/// The removals of things of a stream from every dataset that has them as entities.
pub(super) fn removals(stream: &Stream, ids: &[String]) -> Vec<Removal> {
    let datasets: &[&'static str] = match stream.id {
        "orders" => &["orders", "order_items", "refunds", "refund_items", "transactions"],
        "products" => &["products", "variants"],
        "customers" => &["customers"],
        "checkouts" => &["checkouts"],
        // Stock that was there on a day was there.
        _ => &[],
    };
    datasets.iter().map(|dataset| Removal { dataset, entities: ids.to_vec() }).collect()
}

/// Where the next page begins.
fn next(page_info: PageInfo, what: &str) -> Result<Option<String>, Failure> {
    match (page_info.has_next_page, page_info.end_cursor) {
        (false, _) => Ok(None),
        (true, Some(cursor)) => Ok(Some(cursor)),
        (true, None) => Err(Failure::Unexpected { detail: format!("{what}: there is more, and no place where") }),
    }
}

fn raw(json: &[u8]) -> Result<&RawValue, Failure> {
    serde_json::from_slice(json)
        .map_err(|_| Failure::Unexpected { detail: "a refund: a line that is no JSON".to_owned() })
}

/// Pages that do not end.
pub(super) fn endless(error: crate::http::PagesError) -> Failure {
    Failure::from(HttpError { provider: "shopify", tries: 0, kind: crate::http::HttpErrorKind::Paging(error) })
}
