//! Queries over HTTP against the world that they are answered from.

use std::collections::BTreeSet;

use aloftly_simulators::faults::Fault;
use aloftly_simulators::options::{ProtectedData, Settings};
use aloftly_simulators::world::Action;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{ALL, Client, SHOP, cents, settings};
use crate::world::{now, options};

const MONEY: &str =
    "fragment M on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }";

/// What a connector asks of orders.
pub(crate) fn orders_query() -> String {
    format!(
        "query Orders($q: String!, $after: String) {{
  orders(first: 50, after: $after, query: $q, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id legacyResourceId name test confirmed edited createdAt processedAt updatedAt cancelledAt cancelReason closedAt
      currencyCode presentmentCurrencyCode taxesIncluded estimatedTaxes displayFinancialStatus displayFulfillmentStatus sourceName
      totalPriceSet {{ ...M }} currentTotalPriceSet {{ ...M }} subtotalPriceSet {{ ...M }} currentSubtotalPriceSet {{ ...M }}
      totalDiscountsSet {{ ...M }} currentTotalDiscountsSet {{ ...M }} totalTaxSet {{ ...M }} currentTotalTaxSet {{ ...M }}
      totalShippingPriceSet {{ ...M }} currentShippingPriceSet {{ ...M }} totalRefundedSet {{ ...M }} totalTipReceivedSet {{ ...M }} netPaymentSet {{ ...M }}
      discountCodes customer {{ id numberOfOrders }}
      customerJourneySummary {{ ready customerOrderIndex daysToConversion
        firstVisit {{ occurredAt landingPage referrerUrl source sourceType utmParameters {{ source medium campaign term content }} }}
        lastVisit {{ occurredAt landingPage referrerUrl source sourceType utmParameters {{ source medium campaign term content }} }} }}
      shippingAddress {{ countryCodeV2 provinceCode }}
      lineItems(first: 50) {{ pageInfo {{ hasNextPage endCursor }} nodes {{
        id title sku quantity currentQuantity isGiftCard product {{ id }} variant {{ id }}
        originalUnitPriceSet {{ ...M }} originalTotalSet {{ ...M }} discountedTotalSet {{ ...M }} discountedUnitPriceAfterAllDiscountsSet {{ ...M }}
        discountAllocations {{ allocatedAmountSet {{ ...M }} }} taxLines {{ title rate priceSet {{ ...M }} }} }} }}
    }} }} }}
{MONEY}"
    )
}

const LEDGER: &str = "query OrderLedger($q: String!, $after: String) {
  orders(first: 20, after: $after, query: $q, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt currentTotalPriceSet { ...M }
      refunds(first: 50) { id createdAt processedAt updatedAt totalRefundedSet { ...M }
        refundLineItems(first: 10) { pageInfo { hasNextPage endCursor } nodes { id quantity restockType lineItem { id } subtotalSet { ...M } totalTaxSet { ...M } } }
        refundShippingLines(first: 5) { nodes { id subtotalAmountSet { ...M } taxAmountSet { ...M } } }
        orderAdjustments(first: 10) { nodes { id reason amountSet { ...M } taxAmountSet { ...M } } }
        transactions(first: 5) { nodes { id kind status gateway test processedAt amountSet { ...M } } } }
      agreements(first: 10) { pageInfo { hasNextPage endCursor } nodes { id happenedAt reason
        sales(first: 20) { pageInfo { hasNextPage endCursor } nodes { id actionType lineType quantity
          totalAmount { ...M } totalDiscountAmountBeforeTaxes { ...M } totalTaxAmount { ...M } ... on ProductSale { lineItem { id } } } } } } } } }
fragment M on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }";

#[tokio::test]
async fn pages_of_orders_are_the_orders_of_the_world() {
    let client = Client::start(400).await;
    let nodes = client.all("orders", &orders_query(), json!({ "q": "" })).await;
    let expected: Vec<(String, String, i64, i64, usize)> = client
        .simulator
        .world(SHOP, |world| {
            let mut orders: Vec<_> = world.orders.iter().collect();
            orders.sort_by_key(|order| (order.updated_at, order.id));
            let row = |order: &&aloftly_simulators::world::Order| {
                let updated = order.updated_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                let id = format!("gid://shopify/Order/{}", order.id);
                (id, updated, order.total().shop, order.current_total().shop, order.lines.len())
            };
            orders.iter().map(row).collect()
        })
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let seen: Vec<_> = nodes
        .iter()
        .map(|node| {
            let money = |name: &str| cents(&node[name]["shopMoney"]["amount"]);
            let lines = node["lineItems"]["nodes"].as_array().unwrap().len();
            (text(&node["id"]), text(&node["updatedAt"]), money("totalPriceSet"), money("currentTotalPriceSet"), lines)
        })
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_ledger_of_every_order_adds_up_to_what_it_comes_to() {
    let client = Client::start(400).await;
    let nodes = client.all("orders", LEDGER, json!({ "q": "" })).await;
    assert!(nodes.len() >= 400);
    for order in &nodes {
        for money in ["shopMoney", "presentmentMoney"] {
            if order["currentTotalPriceSet"][money]["currencyCode"] == "JPY" {
                continue;
            }
            let sales = order["agreements"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|one| one["sales"]["nodes"].as_array().unwrap());
            let sum: i64 = sales.map(|sale| cents(&sale["totalAmount"][money]["amount"])).sum();
            assert_eq!(sum, cents(&order["currentTotalPriceSet"][money]["amount"]), "{order}");
        }
    }
    let refunds = nodes.iter().flat_map(|order| order["refunds"].as_array().unwrap());
    assert!(refunds.count() > 10);
}

#[tokio::test]
async fn the_other_queries_of_a_connector_are_answered() {
    let client = Client::start(100).await;
    let data = client
        .data(
            "{ shop { id name myshopifyDomain ianaTimezone timezoneOffset currencyCode enabledPresentmentCurrencies taxesIncluded
                plan { publicDisplayName shopifyPlus partnerDevelopment } }
              currentAppInstallation { accessScopes { handle } } }",
            json!({}),
        )
        .await;
    assert_eq!(data["shop"]["myshopifyDomain"], SHOP);
    assert_eq!(data["shop"]["timezoneOffset"], "-0500");
    assert_eq!(data["currentAppInstallation"]["accessScopes"].as_array().unwrap().len(), ALL.len());
    let products = client
        .all(
            "products",
            "query Products($q: String, $after: String) { products(first: 50, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes {
              id handle title vendor productType status isGiftCard tags createdAt updatedAt publishedAt totalInventory tracksInventory
              variants(first: 100) { pageInfo { hasNextPage endCursor } nodes { id title sku barcode price compareAtPrice position updatedAt inventoryQuantity inventoryItem { id tracked unitCost { amount currencyCode } } } } } } }",
            json!({}),
        )
        .await;
    let inventory = client
        .all(
            "inventoryItems",
            r#"query Inventory($q: String, $after: String) { inventoryItems(first: 50, after: $after, query: $q) { pageInfo { hasNextPage endCursor } nodes {
              id sku tracked updatedAt unitCost { amount currencyCode } variants(first: 5) { nodes { id } }
              inventoryLevels(first: 20, includeInactive: false) { pageInfo { hasNextPage endCursor } nodes { id isActive updatedAt location { id }
                quantities(names: ["available","on_hand","committed","incoming","reserved","damaged","safety_stock","quality_control"]) { name quantity updatedAt } } } } } }"#,
            json!({}),
        )
        .await;
    let locations = client
        .data(
            "query Locations { locations(first: 250, includeInactive: true) { pageInfo { hasNextPage endCursor } nodes { id name isActive fulfillsOnlineOrders shipsInventory address { countryCode } updatedAt } } }",
            json!({}),
        )
        .await;
    let customers = client
        .all(
            "customers",
            "query Customers($q: String, $after: String) { customers(first: 100, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes {
              id createdAt updatedAt state numberOfOrders amountSpent { amount currencyCode } defaultEmailAddress { emailAddress marketingState } tags } } }",
            json!({}),
        )
        .await;
    let checkouts = client
        .all(
            "abandonedCheckouts",
            "query Abandoned($q: String, $after: String) { abandonedCheckouts(first: 50, after: $after, query: $q, sortKey: CREATED_AT) { pageInfo { hasNextPage endCursor } nodes {
              id name createdAt updatedAt completedAt abandonedCheckoutUrl totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
              customer { id } lineItems(first: 20) { nodes { id title quantity sku variant { id } product { id } } } } } }",
            json!({ "q": "recovery_state:not_recovered" }),
        )
        .await;
    let expected = client
        .simulator
        .world(SHOP, |world| {
            let open = world.checkouts.iter().filter(|checkout| checkout.completed_at.is_none()).count();
            (world.products.len(), world.inventory.len(), world.customers.len(), open)
        })
        .unwrap();
    assert_eq!((products.len(), inventory.len(), customers.len(), checkouts.len()), expected);
    assert_eq!(locations["locations"]["nodes"].as_array().unwrap().len(), 3);
    let level = &inventory[0]["inventoryLevels"]["nodes"][0]["id"];
    assert!(level.as_str().unwrap().contains("?inventory_item_id="), "{level}");
    let levels = inventory.iter().flat_map(|item| item["inventoryLevels"]["nodes"].as_array().unwrap());
    assert!(levels.into_iter().all(|level| level["isActive"] == true));
}

/// Everything that the schema has, asked for at once. It fails when a field that may not be null is forgotten.
#[tokio::test]
async fn every_field_of_every_type_is_answered() {
    let source = include_str!("../src/graphql/schema.graphql");
    let schema = Types::read(source);
    let client = Client::start(300).await;
    let mut asked = 0;
    for (root, arguments) in [
        ("shop", ""),
        ("currentAppInstallation", ""),
        ("orders", "(first: 250)"),
        ("products", "(first: 250)"),
        ("productVariants", "(first: 250)"),
        ("customers", "(first: 250)"),
        ("collections", "(first: 20)"),
        ("inventoryItems", "(first: 250)"),
        ("locations", "(first: 20)"),
        ("abandonedCheckouts", "(first: 250)"),
        ("publicApiVersions", ""),
        ("ordersCount", ""),
    ] {
        let field = schema.field("QueryRoot", root);
        let selection = schema.select(&field, 2);
        let answer = client.ask(&format!("{{ {root}{arguments} {selection} }}"), json!({})).await;
        assert_eq!(answer.get("errors"), None, "{root}: {}", answer["errors"]);
        asked += selection.split_whitespace().count();
    }
    assert!(asked > 1_000, "{asked}");
}

/// Just enough of a reader of schemas to write queries from one.
struct Types(std::collections::BTreeMap<String, Vec<(String, String, String)>>);

impl Types {
    fn read(source: &str) -> Self {
        let mut types = std::collections::BTreeMap::new();
        let mut on = None;
        for line in source.lines() {
            if let Some(rest) = line.strip_prefix("type ").or_else(|| line.strip_prefix("interface ")) {
                on = rest.split_whitespace().next().map(str::to_owned);
            } else if line == "}" {
                on = None;
            } else if let (Some(on), Some(field)) = (&on, line.strip_prefix("  ")) {
                let field = field.trim_end_matches(" @deprecated");
                let (head, of) = field.rsplit_once(": ").unwrap();
                let (name, arguments) = head.split_once('(').unwrap_or((head, ""));
                let of = of.trim_matches(|c| "[]!".contains(c)).to_owned();
                types.entry(on.clone()).or_insert_with(Vec::new).push((name.to_owned(), of, arguments.to_owned()));
            }
        }
        Self(types)
    }

    fn field(&self, on: &str, name: &str) -> String {
        self.0[on].iter().find(|field| field.0 == name).unwrap().1.clone()
    }

    fn select(&self, on: &str, depth: usize) -> String {
        let mut selection = String::from("{ __typename");
        for (name, of, arguments) in &self.0[on] {
            let arguments = match name.as_str() {
                _ if arguments.contains("first:") => "(first: 5)",
                "quantities" => "(names: [\"available\", \"on_hand\"])",
                _ if arguments.contains('!') => continue,
                _ => "",
            };
            if self.0.contains_key(of) {
                let deeper =
                    if of.ends_with("Connection") || of.ends_with("Edge") { depth } else { depth.saturating_sub(1) };
                if depth > 0 {
                    selection += &format!(" {name}{arguments} {}", self.select(of, deeper));
                }
            } else if !matches!(of.as_str(), "PricingValue") {
                selection += &format!(" {name}{arguments}");
            }
        }
        selection + " }"
    }
}

#[tokio::test]
async fn searches_and_sorts_find_what_they_say() {
    let client = Client::start(300).await;
    let ids = |nodes: &[Value]| nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let query = "query($q: String, $after: String) { orders(first: 7, after: $after, query: $q, sortKey: CREATED_AT, reverse: true) { pageInfo { hasNextPage endCursor } nodes { id } } }";
    let (from, to) = (now() - TimeDelta::days(90), now() - TimeDelta::days(10));
    let search = format!(
        "updated_at:>='{}' updated_at:<'{}' test:false",
        from.format("%Y-%m-%dT%H:%M:%SZ"),
        to.format("%Y-%m-%dT%H:%M:%SZ")
    );
    let seen = ids(&client.all("orders", query, json!({ "q": search })).await);
    let expected = client
        .simulator
        .world(SHOP, |world| {
            let mut found: Vec<_> = world
                .orders
                .iter()
                .filter(|order| from <= order.updated_at && order.updated_at < to && !order.test)
                .collect();
            found.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
            found.iter().map(|order| format!("gid://shopify/Order/{}", order.id)).collect::<Vec<_>>()
        })
        .unwrap();
    assert!(expected.len() > 20);
    assert_eq!(seen, expected);

    // Customers are searched by whole days: an hour of a day finds all of it.
    let day = (now() - TimeDelta::days(3)).date_naive();
    let query = "query($q: String, $after: String) { customers(first: 50, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id } } }";
    let found = client.all("customers", query, json!({ "q": format!("updated_at:>='{day}T18:00:00Z'") })).await;
    let expected = client
        .simulator
        .world(SHOP, |world| world.customers.iter().filter(|one| one.updated_at.date_naive() >= day).count())
        .unwrap();
    assert_eq!(found.len(), expected);

    // What is not known is left out with a warning.
    let answer = client.ask("{ orders(first: 250, query: \"colour:red\") { nodes { id } } }", json!({})).await;
    assert_eq!(answer["extensions"]["search"][0]["warnings"][0]["field"], "colour");
    assert_eq!(answer["data"]["orders"]["nodes"].as_array().unwrap().len(), 250);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_query_and_sort_alone() {
    let client = Client::start(60).await;
    let page = |sort: &str, after: &str| {
        format!(
            "{{ orders(first: 5, sortKey: {sort}, after: {after}) {{ pageInfo {{ endCursor hasNextPage }} nodes {{ id }} }} }}"
        )
    };
    let first = client.data(&page("UPDATED_AT", "null"), json!({})).await;
    let cursor = first["orders"]["pageInfo"]["endCursor"].to_string();
    let second = client.data(&page("UPDATED_AT", &cursor), json!({})).await;
    assert_ne!(first["orders"]["nodes"], second["orders"]["nodes"]);
    let refused = client.ask(&page("CREATED_AT", &cursor), json!({})).await;
    assert_eq!(refused["data"], Value::Null);
    assert_eq!(refused["errors"][0]["message"], "Invalid cursor for current pagination sort.");
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused_in_shopifys_words() {
    let client = Client::start(10).await;
    let answer = client.ask("query Q { orders(first: 1) { nodes { id colour } } }", json!({})).await;
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "Field 'colour' doesn't exist on type 'Order'");
    assert_eq!(error["path"], json!(["query Q", "orders", "nodes", "colour"]));
    assert_eq!(error["extensions"], json!({ "code": "undefinedField", "typeName": "Order", "fieldName": "colour" }));
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 41 }]));
    assert_eq!(answer.get("data"), None);
    let answer = client.ask("{ orders(first: 1, colour: 1) { nodes { id } } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "undefinedArgument");
    let answer = client.ask("query($q: String!) { orders(first: 1, query: $q) { nodes { id } } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_VARIABLE");
    for (first, message) in [
        ("first: 251", "first must be between 1 and 250, and is 251"),
        ("reverse: true", "you must provide one of first or last"),
    ] {
        let answer = client.ask(&format!("{{ orders({first}) {{ nodes {{ id }} }} }}"), json!({})).await;
        assert_eq!(answer["errors"][0]["message"], message);
    }
}

#[tokio::test]
async fn an_older_version_lacks_what_came_later_and_an_unknown_one_is_answered_by_the_oldest() {
    let client = Client::start(10).await;
    let query = "{ inventoryItems(first: 1) { nodes { inventoryLevels(first: 1) { nodes { isActive } } } } }";
    let answer = client.send("2026-04", query, json!({})).await;
    assert_eq!(answer.headers()["x-shopify-api-version"], "2026-04");
    assert_eq!(answer.json::<Value>().await.unwrap().get("errors"), None);
    let answer = client.send("2024-01", query, json!({})).await;
    assert_eq!(answer.headers()["x-shopify-api-version"], "2026-01");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["fieldName"], "isActive");
}

#[tokio::test]
async fn a_scope_that_is_missing_makes_its_field_null_with_an_error() {
    let client = Client::with(options(200), settings(), &["read_orders", "write_products"]).await;
    let answer = client.ask("{ orders(first: 250) { nodes { id createdAt customer { id } } } }", json!({})).await;
    let error = answer["errors"].as_array().unwrap().iter().find(|error| error["path"][3] == "customer").unwrap();
    assert_eq!(error["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(error["message"], "Access denied for customer field. Required access: `read_customers` access scope.");
    let orders = answer["data"]["orders"]["nodes"].as_array().unwrap();
    assert!(orders.iter().all(|order| order["customer"].is_null()));
    // Without read_all_orders there are those of 60 days, wherever one looks.
    let since = (now() - TimeDelta::days(60)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert!(!orders.is_empty() && orders.iter().all(|order| order["createdAt"].as_str().unwrap() >= since.as_str()));
    let old = client.simulator.world(SHOP, |world| world.orders.iter().next().unwrap().id).unwrap();
    let node = client.data(&format!("{{ order(id: \"gid://shopify/Order/{old}\") {{ id }} }}"), json!({})).await;
    assert_eq!(node["order"], Value::Null);
    // Who may write may read; a field that may not be null takes its object with it.
    client.data("{ products(first: 1) { nodes { id } } }", json!({})).await;
    let answer = client.ask("{ shop { id } customers(first: 1) { nodes { id } } }", json!({})).await;
    assert_eq!(answer["data"], Value::Null);
    let answer =
        client.ask("{ shopifyqlQuery(query: \"FROM sessions SHOW sessions\") { parseErrors } }", json!({})).await;
    assert_eq!(answer["data"]["shopifyqlQuery"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
}

#[tokio::test]
async fn names_are_null_for_an_app_that_was_not_approved_for_them() {
    let settings = Settings { protected_data: ProtectedData::Level1, ..settings() };
    let client = Client::with(options(50), settings, ALL).await;
    let data = client
        .data("{ customers(first: 50) { nodes { id firstName defaultEmailAddress { emailAddress } } } }", json!({}))
        .await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    assert!(nodes.iter().all(|one| one["firstName"].is_null() && one["defaultEmailAddress"].is_null()));
    client.simulator.change_settings(|settings| settings.protected_data = ProtectedData::None);
    let answer = client.ask("{ customers(first: 1) { nodes { id } } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
}

#[tokio::test]
async fn nodes_are_found_by_their_gids() {
    let client = Client::start(300).await;
    let (refund, line, level) = client
        .simulator
        .world(SHOP, |world| {
            let order =
                world.orders.iter().find(|order| order.refunds.iter().any(|one| !one.lines.is_empty())).unwrap();
            let refund = order.refunds.iter().find(|one| !one.lines.is_empty()).unwrap();
            let item = world.inventory.iter().next().unwrap();
            let level = format!("gid://shopify/InventoryLevel/{}?inventory_item_id={}", item.levels[0].id, item.id);
            (refund.id, order.lines[0].id, level)
        })
        .unwrap();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Refund { refundLineItems(first: 250) { nodes { quantity } } } } }";
    let ids = json!([
        format!("gid://shopify/Refund/{refund}"),
        format!("gid://shopify/LineItem/{line}"),
        level,
        "gid://shopify/Order/1"
    ]);
    let data = client.data(query, json!({ "ids": ids })).await;
    assert_eq!(data["nodes"][0]["__typename"], "Refund");
    assert!(!data["nodes"][0]["refundLineItems"]["nodes"].as_array().unwrap().is_empty());
    assert_eq!(data["nodes"][1]["__typename"], "LineItem");
    assert_eq!(data["nodes"][2]["__typename"], "InventoryLevel");
    assert_eq!(data["nodes"][3], Value::Null);
}

#[tokio::test]
async fn what_happens_moves_the_time_of_an_order_and_nothing_is_seen_twice_or_missed_unless_it_is_to_be() {
    let client = Client::start(100).await;
    let ids: Vec<u64> =
        client.simulator.world(SHOP, |world| world.orders.iter().map(|order| order.id).take(30).collect()).unwrap();
    client.simulator.clock().advance(std::time::Duration::from_secs(60));
    let since = now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    client.simulator.act(SHOP, Action::TagOrders { orders: ids.clone(), tag: "seen".to_owned() }).unwrap();
    let query = "query($q: String, $after: String) { orders(first: 7, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id tags updatedAt } } }";
    let search = json!({ "q": format!("updated_at:>'{since}'") });
    let seen = client.all("orders", query, search.clone()).await;
    // All have the same second, over five pages.
    let distinct: BTreeSet<&str> = seen.iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!((seen.len(), distinct.len()), (30, 30));
    client.simulator.faults(SHOP, |faults| faults.add(&Fault::Overlap { rows: 2 }, 10)).unwrap();
    let seen = client.all("orders", query, search).await;
    let distinct: BTreeSet<&str> = seen.iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(distinct.len(), 30);
    assert!(seen.len() > 34, "{}", seen.len());
}
