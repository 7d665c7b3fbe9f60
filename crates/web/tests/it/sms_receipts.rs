//! The address where SMS gateways tell what became of messages.

use std::time::Duration;

use axum::{body::Body, http::Request};
use clave::{Secret, delivery::signature};
use serde_json::{Value, json};
use sql::sql;
use web::{Site, site::SmsReceipts};

use crate::{
    app::{Client, Shown, TestApp},
    juana::wait,
};

const FIRST: &str = "first-secret-of-thirty-two-characters";
const SECOND: &str = "second-secret-of-thirty-two-characters";

async fn site() -> TestApp {
    let sms_receipts = SmsReceipts { first: Some(Secret::new(FIRST)), second: Some(Secret::new(SECOND)) };
    TestApp::with(Site { sms_receipts, ..Site::default() }).await
}

fn signed(app: &TestApp, secret: &str, body: &str) -> Client {
    let (timestamp, signature) = signature::sign(&Secret::new(secret), app.app.clave.clock.now(), body.as_bytes());
    let client = app.client().sending("content-type", "application/json");
    client.sending(signature::TIMESTAMP, &timestamp).sending(signature::SIGNATURE, &signature)
}

async fn tell(app: &TestApp, gateway: &str, secret: &str, body: &Value) -> Shown {
    let body = body.to_string();
    post(&signed(app, secret, &body), &format!("/api/sms/recibos/{gateway}"), body).await
}

async fn post(client: &Client, path: &str, body: String) -> Shown {
    client.send(Request::post(path), Body::from(body)).await
}

async fn kept(app: &TestApp) -> Vec<[String; 4]> {
    let mut tx = app.app.clave.db.read().await.unwrap();
    let rows = tx.all(sql!("SELECT gateway, reference, news, problem FROM receipt ORDER BY reference")).await.unwrap();
    let text = |row: &sql::Row, column: &str| row.get::<Option<String>>(column).unwrap().unwrap_or_default();
    rows.iter().map(|row| ["gateway", "reference", "news", "problem"].map(|column| text(row, column))).collect()
}

fn row(gateway: &str, reference: &str, news: &str, problem: &str) -> [String; 4] {
    [gateway, reference, news, problem].map(str::to_owned)
}

fn said(answer: &Shown) -> Value {
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn what_a_gateway_signs_is_kept() {
    let app = site().await;
    let one = json!({ "reference": "a-1", "state": "delivered", "carrier": "whatever else" });
    assert_eq!(said(tell(&app, "first", FIRST, &one).await.is(200)), json!({ "kept": 1 }));
    let many = json!([
        { "reference": "b-1", "state": "undelivered", "code": "absent.27" },
        { "reference": "b-2", "state": "undelivered", "code": "call +56912345678" },
        { "reference": "b-3", "state": "undelivered", "code": "56912345678" },
        { "reference": "b-4", "state": "queued" },
    ]);
    assert_eq!(said(tell(&app, "second", SECOND, &many).await.is(200)), json!({ "kept": 3 }));
    // Twice, and with the address in other capitals and a final slash.
    tell(&app, "second/", SECOND, &many).await.is(200);
    let undelivered = "http receipt: undelivered";
    assert_eq!(
        kept(&app).await,
        [
            row("sms.first", "a-1", "delivered", ""),
            row("sms.second", "b-1", "undelivered", &format!("{undelivered} absent.27")),
            row("sms.second", "b-2", "undelivered", undelivered),
            row("sms.second", "b-3", "undelivered", undelivered),
        ],
        "no number gets in by the code"
    );
}

#[tokio::test]
async fn what_is_not_signed_with_the_gateways_own_secret_lately_is_not_believed() {
    let app = site().await;
    let one = json!({ "reference": "a-1", "state": "delivered" });
    assert_eq!(said(tell(&app, "first", SECOND, &one).await.is(401)), json!({ "error": "signature" }));
    let path = "/api/sms/recibos/first";
    post(&app.client(), path, one.to_string()).await.is(401);
    // Signed, and changed since.
    post(&signed(&app, FIRST, &one.to_string()), path, one.to_string().replace("a-1", "a-2")).await.is(401);
    let early = signed(&app, FIRST, &one.to_string());
    wait(&app, Duration::from_secs(301));
    post(&early, path, one.to_string()).await.is(401);
    assert!(kept(&app).await.is_empty());
}

#[tokio::test]
async fn what_is_no_receipt_is_refused() {
    let app = site().await;
    let receipt = |reference: &str| json!({ "reference": reference, "state": "delivered" });
    for wrong in [
        json!({}),
        json!("x"),
        json!([1]),
        receipt(""),
        receipt("a b"),
        receipt(&"9".repeat(129)),
        json!(vec![receipt("a"); 501]),
    ] {
        assert_eq!(said(tell(&app, "first", FIRST, &wrong).await.is(400)), json!({ "error": "json" }));
    }
    tell(&app, "first", FIRST, &json!("x".repeat(65_536))).await.is(413);
    tell(&app, "third", FIRST, &receipt("a")).await.is(404);
    assert_eq!(app.get("/api/sms/recibos/first").await.is(405).header("allow"), "POST");
    assert!(kept(&app).await.is_empty());
    // Nobody has a gateway that speaks HTTP.
    let none = TestApp::new().await;
    tell(&none, "first", FIRST, &receipt("a")).await.is(404);
}

#[tokio::test]
async fn wrong_signatures_are_counted_by_address_and_right_ones_let_in() {
    let app = site().await;
    let one = json!({ "reference": "a-1", "state": "delivered" });
    let mut answers = Vec::new();
    for _ in 0..31 {
        answers.push(tell(&app, "first", SECOND, &one).await);
    }
    assert!(answers[..30].iter().all(|answer| answer.status == 401));
    assert!(answers[30].is(429).header("retry-after").parse::<u64>().unwrap() > 0);
    tell(&app, "first", FIRST, &one).await.is(200);
}
