//! How an organisation's pages look.

use aloftly_catalog::plans::Tier;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{World, answer};

fn picture(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}

fn whole() -> Value {
    let svg = picture("image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let png = picture("image/png", b"\x89PNG\r\n\x1a\nand so on");
    json!({ "name": "Northwind", "accent": "#0f766e", "logo_light": svg, "logo_dark": svg, "favicon": png })
}

#[tokio::test]
async fn everybody_in_the_organisation_sees_how_its_pages_look_and_nobody_else_does() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    world.organization("b").await;
    world.database.member(made.organization, "viewer@a.test", aloftly_catalog::OrgRole::Viewer).await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    assert_eq!(owner.read("/api/branding").await, json!({}));
    assert_eq!(answer(owner.put("/api/branding").json(&whole())).await, (200, whole()));
    assert_eq!(server.person("viewer@a.test").await.read("/api/branding").await, whole());
    assert_eq!(server.owner_of("b").await.read("/api/branding").await, json!({}));
    // What is left out is as the program's own.
    assert_eq!(
        answer(owner.put("/api/branding").json(&json!({ "name": " Other " }))).await.1,
        json!({ "name": "Other" })
    );
    assert_eq!(owner.read("/api/branding").await, json!({ "name": "Other" }));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_at_its_place() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let large = picture("image/png", &[&b"\x89PNG\r\n\x1a\n"[..], &[0; 48 * 1024][..]].concat());
    for (field, wrong) in [
        ("name", json!("")),
        ("name", json!("two\nlines")),
        ("accent", json!("teal")),
        ("accent", json!("#0f766e;}")),
        ("logo_light", json!("https://example.com/logo.png")),
        ("logo_light", json!("javascript:alert(1)")),
        ("logo_dark", json!(picture("text/html", b"<script>alert(1)</script>"))),
        ("logo_dark", json!(picture("image/svg+xml", b"<script>alert(1)</script>"))),
        ("favicon", json!(large)),
        ("favicon", json!(7)),
    ] {
        let (status, body) = answer(owner.put("/api/branding").json(&json!({ field: wrong }))).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(format!("/{field}"))), "{body}");
    }
    assert_eq!(answer(owner.put("/api/branding").json(&json!({ "background": "#ffffff" }))).await.0, 422);
    assert_eq!(owner.read("/api/branding").await, json!({}));
    server.stop().await;
}

#[tokio::test]
async fn a_brand_of_ones_own_is_for_the_plans_that_include_it_and_is_taken_off_in_each() {
    let world = World::new().await;
    let (tenant, _) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let named = json!({ "name": "Northwind" });
    for (tier, expected) in
        [(Tier::Free, 402), (Tier::Starter, 402), (Tier::Growth, 200), (Tier::Scale, 200), (Tier::Enterprise, 200)]
    {
        tenant.set_plan(tier).await.unwrap();
        let (status, body) = answer(owner.put("/api/branding").json(&named)).await;
        assert_eq!(status, expected, "{tier}: {body}");
        if expected == 402 {
            assert_eq!(body["code"], "plan_limit");
            assert!(body["detail"].as_str().unwrap().contains("the plan growth does"), "{body}");
        }
    }
    tenant.set_plan(Tier::Free).await.unwrap();
    assert_eq!(owner.read("/api/branding").await, named);
    assert_eq!(answer(owner.put("/api/branding").json(&json!({}))).await, (200, json!({})));
    server.stop().await;
}
