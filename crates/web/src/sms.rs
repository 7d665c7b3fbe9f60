//! `POST /api/sms/recibos/{first|second}`: an SMS gateway tells what became of messages that it took, in the contract of docs/SMS-GATEWAY.md. It signs what it
//! says with the secret that both sides have; nothing else is believed. 200 means kept: only then may it forget.
//!
//! What is signed wrongly is counted by address, as wrong secrets of systems are; what is signed rightly is let in whatever was counted.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use clave::{
    Cx, Fault, Secret,
    delivery::{Handle, signature, sms_http::is_reference},
    fault,
    limits::{self, Subject},
    receipt::{News, Receipt, Receipts},
};
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;

use crate::{
    App,
    kit::{client_ip, visit::Scene},
    paths,
};

/// So long may be what a gateway says at once, in bytes…
const LONGEST: usize = 64 * 1024;
/// …and so many receipts may be in it.
const MOST: usize = 500;
/// A code has at most so many characters.
const LONGEST_CODE: usize = 32;
/// When to tell it again, where something failed here, in seconds.
const SOON: u64 = 5;

/// One receipt, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    One(Line),
    Many(Vec<Line>),
}

/// What is said of a message. Whatever else is said is passed over.
#[derive(Deserialize)]
struct Line {
    reference: String,
    state: String,
    #[serde(default)]
    code: Option<String>,
}

/// Why nothing is taken.
enum Refusal {
    NoSuchGateway,
    TooLarge,
    TooSlow,
    /// Unsigned, or signed otherwise.
    Unsigned,
    /// The same, too often; in so many seconds again.
    TooMany(u64),
    Unreadable,
    Fault(Fault),
}

/// Its address.
pub fn routes() -> Router<App> {
    let other = async || (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")], said("post")).into_response();
    Router::new().route(paths::SMS_RECEIPTS, post(take).fallback(other))
}

async fn take(State(app): State<App>, gateway: Result<Path<String>, PathRejection>, request: Request) -> Response {
    let gateway = gateway.map_or_else(|_| String::new(), |Path(gateway)| gateway);
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let from = peer.map(|peer| client_ip::client(&app.site, peer, &parts.headers));
    let mut cx = Cx::new(Arc::clone(&app.clave), from);
    cx.request = Scene::of(&parts).map(|scene| scene.reference.to_string()).unwrap_or_default();
    match keep(&app, &cx, &gateway, &parts.headers, body).await {
        Ok(kept) => (uncached(), Json(serde_json::json!({ "kept": kept }))).into_response(),
        Err(refusal) => refusal.answer(&cx),
    }
}

async fn keep(app: &App, cx: &Cx, gateway: &str, headers: &HeaderMap, body: Body) -> Result<usize, Refusal> {
    let known = &app.site.sms_receipts;
    let (name, secret) = match gateway {
        "first" => ("sms.first", &known.first),
        "second" => ("sms.second", &known.second),
        _ => return Err(Refusal::NoSuchGateway),
    };
    let secret = secret.as_ref().ok_or(Refusal::NoSuchGateway)?;
    let body = tokio::time::timeout(app.site.limits.body_time, read(body)).await.map_err(|_| Refusal::TooSlow)??;
    if !is_signed(secret, cx, headers, &body) {
        return Err(counted(cx).await);
    }
    let lines = match serde_json::from_slice(&body).map_err(|_| Refusal::Unreadable)? {
        Told::One(line) => vec![line],
        Told::Many(lines) => lines,
    };
    if lines.len() > MOST || !lines.iter().all(|line| is_reference(&line.reference)) {
        return Err(Refusal::Unreadable);
    }
    let receipts = Receipts::new(Arc::clone(&app.clave));
    let mut kept = 0;
    for receipt in lines.into_iter().filter_map(|line| line.receipt(name)) {
        receipts.receive(&receipt).await?;
        kept += 1;
    }
    Ok(kept)
}

async fn read(body: Body) -> Result<Bytes, Refusal> {
    Limited::new(body, LONGEST).collect().await.map(http_body_util::Collected::to_bytes).map_err(|_| Refusal::TooLarge)
}

fn is_signed(secret: &Secret, cx: &Cx, headers: &HeaderMap, body: &[u8]) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    signature::verify(secret, cx.now, value(signature::TIMESTAMP), value(signature::SIGNATURE), body).is_ok()
}

async fn counted(cx: &Cx) -> Refusal {
    let counting = async {
        let mut tx = cx.clave.db.begin().await?;
        let counted = limits::count(&mut tx, cx, Subject::ClientSecrets, None).await?;
        tx.commit().await?;
        Ok::<_, Fault>(counted)
    };
    match counting.await {
        Ok(Ok(())) => Refusal::Unsigned,
        Ok(Err(until)) => Refusal::TooMany(cx.now.until(until).as_secs().saturating_add(1)),
        Err(fault) => Refusal::Fault(fault),
    }
}

impl Line {
    /// None where it is on its way: nothing has ended.
    fn receipt(self, gateway: &str) -> Option<Receipt> {
        let news = match self.state.as_str() {
            "delivered" => News::Delivered,
            "undelivered" => News::Undelivered(problem(self.code)),
            _ => return None,
        };
        Some(Receipt { of: Handle { gateway: gateway.to_owned(), reference: self.reference }, news })
    }
}

/// A code, and nothing that could be an address or a text.
fn problem(code: Option<String>) -> String {
    let is_code = |code: &String| {
        let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        let digits = code.bytes().filter(u8::is_ascii_digit).count();
        (1..=LONGEST_CODE).contains(&code.len()) && plain && digits < 8
    };
    match code.filter(is_code) {
        Some(code) => format!("http receipt: undelivered {code}"),
        None => "http receipt: undelivered".to_owned(),
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Refusal {
    fn answer(self, cx: &Cx) -> Response {
        let (status, word, wait) = match self {
            Self::NoSuchGateway => (StatusCode::NOT_FOUND, "gateway", None),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", None),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow", None),
            Self::Unsigned => (StatusCode::UNAUTHORIZED, "signature", None),
            Self::TooMany(seconds) => (StatusCode::TOO_MANY_REQUESTS, "signature", Some(seconds)),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "json", None),
            Self::Fault(fault) => {
                let (cause, reference) = (fault::chain(&fault), cx.request.as_str());
                tracing::error!(id = reference, cause, "request {reference} failed: {cause}");
                (StatusCode::SERVICE_UNAVAILABLE, "later", Some(SOON))
            }
        };
        let mut answer = (status, uncached(), said(word)).into_response();
        let headers = answer.headers_mut();
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
            // What follows on the connection is no request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

fn said(word: &str) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "error": word }))
}

fn uncached() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}
