//! What a shop tells by itself, and what comes of it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_connectors::conformance::{Facts, Job, Lake, Subject as _};
use aloftly_connectors::contract::{Connector as _, Delivered, Effect};
use aloftly_connectors::shopify::api::Shopify;
use aloftly_simulators::faults::WebhookFaults;
use aloftly_simulators::world::{Action, CancelReason, LineCount};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use tokio::net::TcpListener;
use url::Url;

use super::conformance::{SECRET, SHOP, ShopSubject};

type Came = (Vec<(String, String)>, Bytes);

/// Takes webhooks on a port of this machine.
struct Endpoint {
    came: Arc<Mutex<Vec<Came>>>,
    address: Url,
}

impl Endpoint {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Url::parse(&format!("http://{}/webhooks", listener.local_addr().unwrap())).unwrap();
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                let service = service_fn(move |request| take(request, Arc::clone(&kept)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { came, address }
    }

    /// Those that came since the last time, when no more are on their way.
    async fn all(&self, shop: &ShopSubject) -> Vec<Came> {
        assert!(shop.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
        std::mem::take(&mut *self.came.lock().unwrap())
    }
}

async fn take(request: Request<Incoming>, kept: Arc<Mutex<Vec<Came>>>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned())).collect();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    kept.lock().unwrap().push((headers, body));
    Ok(Response::new(Empty::new()))
}

/// Carries out what deliveries say, as a server does.
async fn carry_out(job: &Job<'_, ShopSubject>, deliveries: &[Came], lake: &mut Lake) {
    let (webhooks, secrets) = (Shopify.webhooks().unwrap(), [SecretString::from(SECRET)]);
    for (headers, body) in deliveries {
        let delivery = webhooks.authenticate(&secrets, &Delivered { headers, body }).unwrap();
        assert_eq!(delivery.account, SHOP);
        for effect in webhooks.effects(job.session().account, &delivery, body).unwrap() {
            match effect {
                Effect::Rows { page, .. } => lake.apply(&page),
                Effect::Remove(removal) => lake.remove(&removal),
                Effect::Read { stream, ids } => {
                    job.things(Shopify.declaration().stream(stream).unwrap(), &ids, lake).await.unwrap();
                }
                other => panic!("nobody asked for {other:?}"),
            }
        }
    }
}

/// What is told of orders: payments are not in what a webhook says, nor is every figure of customers.
fn told(facts: Facts) -> Facts {
    let of = ["orders/", "order_items/", "refunds/", "refund_items/", "products/", "variants/", "customers/"];
    facts.into_iter().filter(|(name, _)| of.iter().any(|start| name.starts_with(start))).collect()
}

/// A shop that was read and connected.
async fn connected(endpoint: &Endpoint) -> (ShopSubject, Lake) {
    let shop = ShopSubject::over(|_| {}, Some(endpoint.address.clone())).await;
    let mut lake = Lake::default();
    {
        let job = Job::new(&shop).await;
        Shopify.connect(&job.session()).await.unwrap();
        job.read(&mut lake).await.unwrap();
        job.agrees(&lake);
    }
    (shop, lake)
}

/// A day of a shop.
fn things_happen(shop: &ShopSubject) {
    let (orders, product, other, customer) = shop.world(|world| {
        let whole = world.orders.iter().filter(|order| order.cancelled_at.is_none() && order.refunds.is_empty());
        let orders: Vec<(u64, u64)> =
            whole.filter_map(|order| Some((order.id, order.goods().next()?.id))).take(4).collect();
        let mut products = world.products.iter().map(|product| product.id);
        (orders, products.next().unwrap(), products.next_back().unwrap(), world.customers.iter().next().unwrap().id)
    });
    let clock = shop.simulator.clock();
    shop.act(Action::PlaceOrder { items: Vec::new(), customer: Some(customer), guest: false, test: false });
    clock.advance(Duration::from_secs(5));
    let lines = vec![LineCount { line: orders[0].1, quantity: 1, restock: None }];
    shop.act(Action::RefundOrder { order: orders[0].0, lines, shipping: 0, goodwill: 0 });
    clock.advance(Duration::from_secs(5));
    shop.act(Action::CancelOrder { order: orders[1].0, reason: CancelReason::Customer, refund: true });
    shop.act(Action::TagOrders { orders: vec![orders[2].0], tag: "vip".to_owned() });
    shop.act(Action::DeleteOrder { order: orders[3].0 });
    clock.advance(Duration::from_secs(5));
    shop.act(Action::UpdateProduct {
        product,
        title: Some("A taller mug".to_owned()),
        status: None,
        price: Some(2_350),
    });
    shop.act(Action::DeleteProduct { product: other });
    shop.act(Action::CreateCustomer {});
    shop.act(Action::UpdateCustomer { customer, tag: Some("regular".to_owned()), subscribed: Some(true) });
}

#[tokio::test]
async fn what_happens_is_known_as_soon_as_it_is_told() {
    let endpoint = Endpoint::start().await;
    let (shop, mut lake) = connected(&endpoint).await;
    things_happen(&shop);
    let deliveries = endpoint.all(&shop).await;
    assert!(deliveries.len() >= 9, "{} came", deliveries.len());
    let job = Job::new(&shop).await;
    carry_out(&job, &deliveries, &mut lake).await;
    assert_eq!(told(shop.held(&lake)), told(shop.expected()));
    // The same again changes nothing, in whichever order it comes.
    let again: Vec<Came> = deliveries.into_iter().rev().collect();
    carry_out(&job, &again, &mut lake).await;
    assert_eq!(told(shop.held(&lake)), told(shop.expected()));
    // What webhooks do not say comes with the next reading, and what is gone does not come back.
    job.pass(Duration::from_secs(86_400)).await;
    job.read(&mut lake).await.unwrap();
    assert_eq!(told(shop.held(&lake)), told(shop.expected()));
}

#[tokio::test]
async fn webhooks_that_are_lost_or_late_are_made_up_for_by_the_next_reading() {
    let endpoint = Endpoint::start().await;
    let (shop, mut lake) = connected(&endpoint).await;
    let faults = WebhookFaults { lose: 2, twice: 2, late: 2 };
    shop.simulator.faults(SHOP, |all| all.webhooks = faults).unwrap();
    shop.change();
    shop.change();
    let deliveries = endpoint.all(&shop).await;
    assert!(!deliveries.is_empty());
    let job = Job::new(&shop).await;
    carry_out(&job, &deliveries, &mut lake).await;
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}
