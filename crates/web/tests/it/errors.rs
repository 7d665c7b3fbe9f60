//! Pages for when there is no page.

use axum::{body::Body, http::Request};
use web::{
    Site,
    site::{Contact, Institution},
};

use crate::app::TestApp;

fn site() -> Site {
    let contact = Contact {
        name: "Mesa de ayuda".to_owned(),
        email: Some("ayuda@example.cl".to_owned()),
        phone: Some("+56 2 2345 6789".to_owned()),
        hours: None,
    };
    Site { institution: Institution { contact, ..Site::default().institution }, ..Site::default() }
}

#[tokio::test]
async fn every_error_says_what_to_do_and_has_a_number_and_a_contact() {
    let app = TestApp::demonstration(site()).await;
    for (address, status) in
        [("/nada", 404), ("/panico", 500), ("/falla", 500), ("/ocupado", 503), ("/muchas", 429), ("/termino", 410)]
    {
        let shown = app.get(address).await;
        shown.is(status).shows("<html lang=\"es-CL\">").shows("<title>Error: ").shows("data-resultado=\"error\"");
        shown.shows(&format!("<strong>{}</strong>", shown.header("x-request-id")));
        shown.shows("href=\"mailto:ayuda@example.cl\"").shows("href=\"tel:+56223456789\"").shows("href=\"/\"");
        assert_eq!(shown.text.matches("<h1>").count(), 1);
        assert_eq!(shown.header("content-type"), "text/html; charset=utf-8");
    }
}

#[tokio::test]
async fn no_error_tells_what_happened_inside() {
    let app = TestApp::demonstration(site()).await;
    for address in ["/panico", "/falla", "/ocupado"] {
        app.get(address).await.hides("hunter2").hides("a secret of the code").hides("reading").hides("waiting");
    }
}

#[tokio::test]
async fn who_must_wait_is_told_how_long() {
    let app = TestApp::demonstration(site()).await;
    assert_eq!(app.get("/muchas").await.shows("Espere 2 minutos").header("retry-after"), "90");
    assert_eq!(app.get("/ocupado").await.shows("Espere unos segundos").header("retry-after"), "5");
}

#[tokio::test]
async fn an_address_used_wrongly_says_so() {
    let app = TestApp::new().await;
    let shown = app.client().send(Request::post("/ayuda"), Body::empty()).await;
    shown.is(405).shows("Esta dirección no se puede usar así").shows("href=\"/ayuda\"");
    assert_eq!(shown.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn an_unknown_address_is_never_repeated_as_a_link() {
    let app = TestApp::new().await;
    for address in ["//evil.example/x", "/\\evil.example", "/%22%3E%3Cscript%3E"] {
        app.get(address).await.is(404).hides("evil.example").hides("<script>");
    }
}

#[tokio::test]
async fn errors_speak_the_persons_language() {
    let app = TestApp::new().await;
    let shown = app.client().sending("accept-language", "ht").get("/nada").await;
    shown.is(404).shows("<html lang=\"ht\">").shows("Nou pa jwenn paj sa a");
}
