//! What a shop tells by itself: who sent it, and what is to be done about it.

use aloftly_connectors::contract::{Connector as _, Delivered, Delivery, Effect, NotAuthentic, Person};
use aloftly_connectors::shopify::api::Shopify;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::told::{SHOP, account};

/// The signature of `{"id":820982911946154508}` under `hush`, worked out with openssl.
const SIGNATURE: &str = "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=";
const BODY: &[u8] = br#"{"id":820982911946154508}"#;

fn headers(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut headers = vec![
        ("x-shopify-topic", "orders/delete"),
        ("x-shopify-hmac-sha256", SIGNATURE),
        ("x-shopify-shop-domain", SHOP),
        ("x-shopify-webhook-id", "delivery-1"),
        ("x-shopify-event-id", "event-1"),
        ("x-shopify-triggered-at", "2026-11-02T12:00:00.123456789Z"),
    ];
    for (name, value) in changes {
        headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            headers.push((name, value));
        }
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn authenticate(headers: &[(String, String)], body: &[u8], secrets: &[&str]) -> Result<Delivery, NotAuthentic> {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    Shopify.webhooks().unwrap().authenticate(&secrets, &Delivered { headers, body })
}

#[test]
fn a_delivery_is_known_by_its_signature_under_any_of_the_secrets() {
    let delivery = authenticate(&headers(&[]), BODY, &["hush"]).unwrap();
    assert_eq!(delivery, authenticate(&headers(&[]), BODY, &["new", "hush"]).unwrap());
    assert_eq!((delivery.account.as_str(), delivery.topic.as_str()), (SHOP, "orders/delete"));
    assert_eq!(delivery.object.as_deref(), Some("order:820982911946154508"));
    assert_eq!(delivery.id, "orders/delete:event-1");
    assert_eq!(delivery.happened_at.unwrap().timestamp(), 1_793_620_800);

    assert_eq!(authenticate(&headers(&[]), BODY, &["other"]), Err(NotAuthentic::Signature));
    assert_eq!(authenticate(&headers(&[]), BODY, &[]), Err(NotAuthentic::Signature));
    assert_eq!(authenticate(&headers(&[]), b"{\"id\":1}", &["hush"]), Err(NotAuthentic::Signature));
    let unsigned = headers(&[("x-shopify-hmac-sha256", "")]);
    assert_eq!(authenticate(&unsigned, BODY, &["hush"]), Err(NotAuthentic::Header("x-shopify-hmac-sha256")));
    for domain in ["evil.example.com", "Some-Shop.myshopify.com"] {
        let other = headers(&[("x-shopify-shop-domain", domain)]);
        assert_eq!(authenticate(&other, BODY, &["hush"]), Err(NotAuthentic::Header("x-shopify-shop-domain")));
    }
}

#[test]
fn the_same_event_has_one_id_however_often_it_is_told() {
    let again = authenticate(&headers(&[("x-shopify-webhook-id", "delivery-2")]), BODY, &["hush"]).unwrap();
    assert_eq!(again.id, "orders/delete:event-1");
    let old = authenticate(&headers(&[("x-shopify-event-id", "")]), BODY, &["hush"]).unwrap();
    assert_eq!(old.id, "orders/delete:delivery-1");
}

#[test]
fn names_of_headers_in_their_newer_form_are_known() {
    let newer: Vec<_> =
        headers(&[]).into_iter().map(|(name, value)| (name.trim_start_matches("x-").to_owned(), value)).collect();
    assert_eq!(authenticate(&newer, BODY, &["hush"]).unwrap().topic, "orders/delete");
}

fn effects(topic: &str, body: &Value) -> Vec<Effect> {
    let delivery = Delivery {
        id: "x".to_owned(),
        account: SHOP.to_owned(),
        topic: topic.to_owned(),
        object: None,
        happened_at: None,
    };
    Shopify.webhooks().unwrap().effects(&account(), &delivery, body.to_string().as_bytes()).unwrap()
}

#[test]
fn what_is_told_without_enough_is_read() {
    for (topic, body, stream, id) in [
        ("orders/edited", json!({"order_edit": {"id": 1, "order_id": 7}}), "orders", "7"),
        ("refunds/create", json!({"id": 1, "order_id": 8}), "orders", "8"),
        ("products/update", json!({"id": 9, "title": "Mug"}), "products", "9"),
        ("customers/create", json!({"id": 10}), "customers", "10"),
        (
            "inventory_levels/update",
            json!({"inventory_item_id": 11, "location_id": 1, "available": null}),
            "inventory",
            "11",
        ),
    ] {
        let effects = effects(topic, &body);
        assert!(
            matches!(&effects[..], [Effect::Read { stream: of, ids }] if *of == stream && ids == &[id]),
            "{topic}: {effects:?}"
        );
    }
}

#[test]
fn what_is_deleted_goes_from_every_dataset_of_it() {
    let removed = |topic: &str| -> Vec<&'static str> {
        let effects = effects(topic, &json!({"id": 7}));
        let removed = effects.iter().map(|effect| match effect {
            Effect::Remove(removal) => {
                assert_eq!(removal.entities, ["7"]);
                removal.dataset
            }
            other => panic!("{other:?}"),
        });
        removed.collect()
    };
    assert_eq!(removed("orders/delete"), ["orders", "order_items", "refunds", "refund_items", "transactions"]);
    assert_eq!(removed("products/delete"), ["products", "variants"]);
    assert_eq!(removed("customers/delete"), ["customers"]);
    assert_eq!(removed("checkouts/delete"), ["checkouts"]);
}

#[test]
fn customers_that_became_one_are_read_and_forgotten() {
    let body = json!({"admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2", "status": "completed", "errors": []});
    let effects = effects("customers/merge", &body);
    assert!(
        matches!(&effects[..], [Effect::Read { stream: "customers", ids }, Effect::Remove(removal)]
            if ids == &["1"] && removal.dataset == "customers" && removal.entities == ["2"]),
        "{effects:?}"
    );
}

#[test]
fn what_is_told_of_the_app_and_by_law_is_carried_out() {
    assert!(matches!(&effects("app/uninstalled", &json!({"id": 1}))[..], [Effect::Disconnected]));
    assert!(matches!(&effects("shop/redact", &json!({"shop_id": 1, "shop_domain": SHOP}))[..], [Effect::EraseAccount]));
    let scopes = effects("app/scopes_update", &json!({"previous": ["read_orders"], "current": ["read_products"]}));
    assert!(matches!(&scopes[..], [Effect::Regranted { scopes }] if scopes == &["read_products"]), "{scopes:?}");
    let person = |orders: &[&str]| Person {
        id: Some("700".to_owned()),
        email: Some("ann@example.com".to_owned()),
        orders: orders.iter().map(|&order| order.to_owned()).collect(),
    };
    let customer = json!({"id": 700, "email": "ann@example.com", "phone": null});
    let body = json!({"shop_id": 1, "shop_domain": SHOP, "customer": customer, "orders_requested": [1, 2], "data_request": {"id": 9}});
    let export = effects("customers/data_request", &body);
    assert!(matches!(&export[..], [Effect::ExportCustomer(asked)] if *asked == person(&["1", "2"])), "{export:?}");
    let body = json!({"shop_id": 1, "shop_domain": SHOP, "customer": customer, "orders_to_redact": [3]});
    let erase = effects("customers/redact", &body);
    assert!(matches!(&erase[..], [Effect::EraseCustomer(asked)] if *asked == person(&["3"])), "{erase:?}");
    let nobody = effects("customers/redact", &json!({"shop_id": 1, "customer": null}));
    assert!(matches!(&nobody[..], [Effect::EraseCustomer(asked)] if *asked == Person::default()), "{nobody:?}");
}

#[test]
fn topics_that_tell_nothing_of_ours_do_nothing() {
    for topic in ["checkouts/update", "shop/update", "bulk_operations/finish", "themes/publish"] {
        assert!(effects(topic, &json!({"id": 1})).is_empty(), "{topic}");
    }
}
