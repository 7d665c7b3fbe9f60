//! A device's code, typed by the person who is logged in.

use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::juana::{forget_the_address, wait};

const PAGE: &str = "/dispositivo";

/// A device asks: its own code, and the one that it shows.
async fn device(app: &TestApp, scope: &str) -> (String, String) {
    let fields = [("client_id", "cursos"), ("client_secret", SECRET), ("scope", scope)];
    let answer = send(&app.client(), Request::post("/openid/device_authorization"), encoded(&fields)).await;
    let answer: Value = serde_json::from_str(&answer.is(200).text).unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    assert_eq!(text("verification_uri_complete"), format!("{ISSUER}{PAGE}?user_code={}", text("user_code")));
    (text("device_code"), text("user_code"))
}

/// What the device hears.
async fn asks(app: &TestApp, device_code: &str) -> String {
    wait(app, Duration::from_secs(10));
    let fields = [
        ("client_id", "cursos"),
        ("client_secret", SECRET),
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", device_code),
    ];
    let answer = send(&app.client(), Request::post("/openid/token"), encoded(&fields)).await;
    let answer: Value = serde_json::from_str(&answer.text).unwrap();
    answer["error"].as_str().unwrap_or("tokens").to_owned()
}

#[tokio::test]
async fn a_person_types_the_code_and_lets_the_device_in() {
    let app = with(courses()).await;
    let client = logged_in(&app).await;
    let (device_code, user_code) = device(&app, "openid email").await;
    assert_eq!(asks(&app, &device_code).await, "authorization_pending");
    let form = client.get(PAGE).await;
    let typed = user_code.to_lowercase().replace('-', " ");
    let answer = submit(&client, form.is(200), &[("user_code", &typed)]).await;
    let page = follow(&client, answer).await;
    page.is(200).shows("Cursos Ñuble").shows(&user_code).shows("juana@example.org").shows("Acepte solo si usted mismo");
    assert_eq!(asks(&app, &device_code).await, "authorization_pending", "looking decides nothing");
    let answer = submit(&client, &page, &[("accion", "conectar")]).await;
    follow(&client, answer).await.is(200).shows("Su dispositivo está conectado");
    assert_eq!(asks(&app, &device_code).await, "tokens");
    // The code has served.
    client.get(&format!("{PAGE}?user_code={user_code}")).await.is(422).shows("ya venció");
}

#[tokio::test]
async fn a_person_refuses_a_device() {
    let app = with(own()).await;
    let client = logged_in(&app).await;
    let (device_code, user_code) = device(&app, "openid").await;
    // The institution's own system asks, too: the danger is somebody else's device.
    let page = client.get(&format!("{PAGE}?user_code={user_code}")).await;
    let answer = submit(&client, page.is(200), &[("accion", "rechazar")]).await;
    follow(&client, answer).await.is(200).shows("No conectamos el dispositivo");
    assert_eq!(asks(&app, &device_code).await, "access_denied");
    submit(&client, &page, &[("accion", "conectar")]).await.is(422);
}

#[tokio::test]
async fn who_is_not_logged_in_logs_in_first_and_comes_back() {
    let app = with(own()).await;
    let login = app.get("/dispositivo?user_code=BCDF-GHJK").await;
    assert_eq!(login.is(303).header("location"), "/ingresar?ir=%2Fdispositivo%3Fuser_code%3DBCDF-GHJK");
    assert_eq!(app.get(PAGE).await.is(303).header("location"), "/ingresar?ir=%2Fdispositivo");
}

#[tokio::test]
async fn what_is_no_code_is_said_at_the_field() {
    let app = with(own()).await;
    let client = logged_in(&app).await;
    let form = client.get(PAGE).await;
    submit(&client, &form, &[("user_code", "")]).await.is(422).shows("Ingrese el código que muestra su dispositivo");
    let page = submit(&client, &form, &[("user_code", "AEIOU <b>")]).await;
    page.is(422).shows("El código tiene ocho letras").hides("<b>").shows("aria-invalid=\"true\"");
    submit(&client, &form, &[("user_code", "BCDF-GHJK")]).await.is(422).shows("ya venció");
    post(&client, PAGE, &[("user_code".to_owned(), "BCDF-GHJK".to_owned())]).await.is(403);
}

#[tokio::test]
async fn a_code_of_ones_own_buys_no_guesses() {
    let app = with(own()).await;
    let client = logged_in(&app).await;
    let (_, user_code) = device(&app, "openid").await;
    let mut last = 0;
    for _ in 0..10 {
        for _ in 0..4 {
            last = client.get("/dispositivo?user_code=BCDF-GHJK").await.status.as_u16();
        }
        client.get(&format!("{PAGE}?user_code={user_code}")).await;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let app = with(own()).await;
    let client = logged_in(&app).await;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(client.get("/dispositivo?user_code=BCDF-GHJK").await.status.as_u16());
    }
    assert_eq!((answers[0], answers[39]), (422, 429));
    // Not even a right one is looked at.
    let (_, user_code) = device(&app, "openid").await;
    client.get(&format!("{PAGE}?user_code={user_code}")).await.is(429);
}

#[tokio::test]
async fn missing_data_interrupt_here_too() {
    let app = with(own()).await;
    let client = logged_in(&app).await;
    let (_, user_code) = device(&app, "openid").await;
    forget_the_address(&app).await;
    client.get(&format!("{PAGE}?user_code={user_code}")).await.is(200).shows("data-resultado=\"interrumpido\"");
}

/// Juana, logged in.
async fn logged_in(app: &TestApp) -> Client {
    let client = juana(app).await;
    let login = open(&client, &link(&[])).await;
    log_in(&client, &login).await;
    client
}
