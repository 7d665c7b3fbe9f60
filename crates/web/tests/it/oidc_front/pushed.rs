//! Pushed requests (RFC 9126) and signed ones (RFC 9101): each serves once, for one client, for a short time.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clave::settings::Settings;
use oidc::{jwk::SigningKey, jwt};
use serde_json::{Value, json};

use super::*;
use crate::juana::wait;

const PAR: &str = "/openid/par";

fn pushing(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = asked(changes);
    all.push(("client_secret".to_owned(), SECRET.to_owned()));
    all
}

async fn push(app: &TestApp, fields: &[(String, String)]) -> Shown {
    post(&app.client(), PAR, fields).await
}

async fn pushed(app: &TestApp) -> String {
    let answer = push(app, &pushing(&[])).await;
    let answer: Value = serde_json::from_str(&answer.is(201).text).unwrap();
    assert_eq!(answer["expires_in"], 60);
    answer["request_uri"].as_str().unwrap().to_owned()
}

fn brought(client: &str, uri: &str) -> String {
    format!("/openid/authorize?{}", encoded(&[("client_id", client), ("request_uri", uri)]))
}

#[tokio::test]
async fn a_pushed_request_is_used_once() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let uri = pushed(&app).await;
    // What stands beside it in the address does not count (RFC 9126 4).
    back_with(&client.get(&(brought("cursos", &uri) + "&redirect_uri=https%3A%2F%2Fevil.example")).await, "code");
    refused(&client.get(&brought("cursos", &uri)).await, "invalid_request_uri");
    refused(&app.get(&brought("cursos", &uri)).await, "invalid_request_uri");
}

#[tokio::test]
async fn a_pushed_request_ends_after_a_minute() {
    let app = with(own()).await;
    let uri = pushed(&app).await;
    wait(&app, Duration::from_secs(61));
    refused(&app.get(&brought("cursos", &uri)).await, "invalid_request_uri");
}

#[tokio::test]
async fn a_pushed_request_is_its_clients_alone() {
    let app = with(own()).await;
    add(&app, "otros", own()).await;
    let uri = pushed(&app).await;
    refused(&app.get(&brought("otros", &uri)).await, "invalid_request_uri");
    refused(&app.get(&brought("nadie", &uri)).await, "invalid_request_uri");
    // The attempt of another one has not used it up.
    app.get(&brought("cursos", &uri)).await.is(303);
}

#[tokio::test]
async fn pushing_needs_the_client_itself_and_a_request_in_order() {
    let app = with(own()).await;
    add(&app, "otros", Registration { redirect_uris: vec!["https://otros.example/".to_owned()], ..own() }).await;
    let fault = async |fields: &[(String, String)]| {
        let answer = push(&app, fields).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        (answer.status.as_u16(), body["error"].as_str().unwrap().to_owned())
    };
    let is = |status, error: &str| (status, error.to_owned());
    assert_eq!(fault(&asked(&[])).await, is(401, "invalid_client"));
    assert_eq!(fault(&pushing(&[("client_id", "nadie")])).await, is(401, "invalid_client"));
    assert_eq!(fault(&pushing(&[("request_uri", "urn:ietf:params:oauth:request_uri:x")])).await, is(400, "invalid_request"));
    assert_eq!(fault(&pushing(&[("redirect_uri", "https://evil.example/")])).await, is(400, "invalid_request"));
    assert_eq!(fault(&pushing(&[("client_id", "otros")])).await, is(400, "invalid_request"));
    assert_eq!(fault(&pushing(&[("response_type", "token")])).await, is(400, "unsupported_response_type"));
    assert_eq!(fault(&pushing(&[("code_challenge_method", "plain")])).await, is(400, "invalid_request"));
    assert_eq!(app.get(PAR).await.status, 405);
}

#[tokio::test]
async fn a_client_that_must_push_cannot_ask_by_link_or_form() {
    let app = with(Registration { require_par: true, ..own() }).await;
    assert_eq!(back_with(&app.get(&link(&[])).await, "error"), "invalid_request");
    assert_eq!(back_with(&post(&app.client(), "/openid/authorize", &asked(&[])).await, "error"), "invalid_request");
    let uri = pushed(&app).await;
    app.get(&brought("cursos", &uri)).await.is(303);
}

/// RFC 9126 3: the client has shown itself in the header; the object says the rest.
#[tokio::test]
async fn a_signed_request_alone_is_pushed() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let jwks = oidc::jwk::set([&key]).to_string();
    let app = with(Registration { jwks: Some(jwks), authentication: Authentication::Basic, ..own() }).await;
    let shown = format!("Basic {}", BASE64_STANDARD.encode(format!("cursos:{SECRET}")));
    let push = async |object: String| {
        let request = Request::post(PAR).header("authorization", &shown);
        send(&app.client(), request, encoded(&[("request", &object)])).await
    };
    let answer = push(object(&app, &key, "uno", &json!({}))).await;
    let answer: Value = serde_json::from_str(&answer.is(201).text).unwrap();
    app.get(&brought("cursos", answer["request_uri"].as_str().unwrap())).await.is(303);
    push(object(&app, &key, "dos", &json!({ "client_id": "otros" }))).await.is(400);
}

#[tokio::test]
async fn how_long_a_pushed_request_waits_is_configured() {
    let mut settings = Settings::default();
    settings.oidc.par = Duration::from_secs(10);
    let app = TestApp::ruled(settings).await;
    add(&app, "cursos", own()).await;
    let uris: Vec<String> = [push(&app, &pushing(&[])).await, push(&app, &pushing(&[])).await]
        .iter()
        .map(|answer| {
            let answer: Value = serde_json::from_str(&answer.is(201).text).unwrap();
            assert_eq!(answer["expires_in"], 10);
            answer["request_uri"].as_str().unwrap().to_owned()
        })
        .collect();
    wait(&app, Duration::from_secs(9));
    app.get(&brought("cursos", &uris[0])).await.is(303);
    wait(&app, Duration::from_secs(2));
    refused(&app.get(&brought("cursos", &uris[1])).await, "invalid_request_uri");
}

fn object(app: &TestApp, key: &SigningKey, jti: &str, changes: &Value) -> String {
    let now = app.app.clave.clock.now().seconds();
    let mut claims = json!({ "iss": "cursos", "aud": ISSUER, "exp": now + 60, "iat": now, "nbf": now, "jti": jti });
    for (name, value) in asked(&[("state", "de-adentro")]) {
        claims[name] = value.into();
    }
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    jwt::sign(key, "oauth-authz-req+jwt", &claims).unwrap()
}

#[tokio::test]
async fn a_signed_request_counts_once_and_alone() {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let jwks = oidc::jwk::set([&key]).to_string();
    let app = with(Registration { jwks: Some(jwks), ..own() }).await;
    let client = inside(&app).await;
    let outside = |object: &str| link(&[("request", object), ("state", "de-afuera"), ("scope", "openid run")]);

    let signed = object(&app, &key, "uno", &json!({}));
    assert_eq!(back_with(&client.get(&outside(&signed)).await, "state"), "de-adentro");
    assert_eq!(back_with(&client.get(&outside(&signed)).await, "error"), "invalid_request_object");
    assert_eq!(back_with(&app.get(&outside(&signed)).await, "error"), "invalid_request_object");

    let forger = SigningKey::generate(Algorithm::Es256).unwrap();
    let now = app.app.clave.clock.now().seconds();
    for (number, wrong) in [
        object(&app, &forger, "dos", &json!({})),
        object(&app, &key, "tres", &json!({ "aud": "https://otro.example" })),
        object(&app, &key, "cuatro", &json!({ "iss": "otros" })),
        object(&app, &key, "cinco", &json!({ "client_id": "otros" })),
        object(&app, &key, "seis", &json!({ "exp": now - 600 })),
        "nada".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(back_with(&client.get(&outside(wrong)).await, "error"), "invalid_request_object", "{number}");
    }
    // Without jti the object's own words are its name, however often they are signed: ES256 signs each time otherwise.
    let (one, other) = (object(&app, &key, "", &json!({ "jti": null })), object(&app, &key, "", &json!({ "jti": null })));
    assert!(one != other && one.rsplit_once('.').unwrap().0 == other.rsplit_once('.').unwrap().0);
    back_with(&client.get(&outside(&one)).await, "code");
    assert_eq!(back_with(&client.get(&outside(&other)).await, "error"), "invalid_request_object");

    // An address inside that is not registered leads nowhere.
    let evil = object(&app, &key, "siete", &json!({ "redirect_uri": "https://evil.example/" }));
    refused(&client.get(&outside(&evil)).await, "invalid_request");

    // What was shown before a restore may be shown once more: the restored database does not know.
    let unseen = object(&app, &key, "ocho", &json!({}));
    let undated = object(&app, &key, "nueve", &json!({ "iat": null }));
    wait(&app, Duration::from_secs(2));
    clave::epoch::begin(&mut clave::Cx::new(std::sync::Arc::clone(&app.app.clave), None)).await.unwrap();
    for old in [&unseen, &undated] {
        assert_eq!(back_with(&app.get(&outside(old)).await, "error"), "invalid_request_object");
    }
    wait(&app, Duration::from_secs(1));
    let new = app.get(&outside(&object(&app, &key, "diez", &json!({})))).await;
    assert!(new.is(303).header("location").starts_with("/ingresar"));
}
