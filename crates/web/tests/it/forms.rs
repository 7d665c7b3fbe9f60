//! How forms are read: whose they are, how large, how damaged.

use axum::{body::Body, http::Request};
use web::Site;

use crate::app::{Client, TestApp};

const PAGE: &str = "/Account/Registrar";

async fn demonstration() -> Client {
    TestApp::demonstration(Site::default()).await.client()
}

#[tokio::test]
async fn a_form_from_its_page_is_taken() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    form.is(200).shows("data-resultado=\"formulario\"");
    let done = client.post(&form, &[("direccion", "Pasaje Uno"), ("numero", "7")]).await;
    assert_eq!((done.is(303).header("location"), done.text.as_str()), ("/ayuda", ""));
}

#[tokio::test]
async fn each_form_has_a_token_of_its_own_for_its_browser() {
    let client = demonstration().await;
    let (one, two) = (client.get(PAGE).await, client.get(PAGE).await);
    assert_ne!(one.csrf(), two.csrf());
    assert!(one.header("set-cookie").starts_with("cs_session="));
    assert_eq!(one.header("set-cookie").split_once(';').unwrap().1, " HttpOnly; SameSite=Lax; Path=/");
    assert_eq!(two.header("set-cookie"), "", "a known browser keeps its cookie");
}

#[tokio::test]
async fn on_https_the_cookie_is_secure_and_belongs_to_the_host() {
    let site = Site { base_url: "https://clave.example.cl".to_owned(), ..Site::default() };
    let shown = TestApp::demonstration(site).await.get(PAGE).await;
    assert!(shown.header("set-cookie").starts_with("__Host-cs_session="), "{}", shown.header("set-cookie"));
    assert!(shown.header("set-cookie").ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"));
}

#[tokio::test]
async fn a_form_without_token_or_with_anothers_is_refused_kindly() {
    let app = TestApp::demonstration(Site::default()).await;
    let (client, other) = (app.client(), app.client());
    let form = client.get(PAGE).await;
    let strange = other.get(PAGE).await;
    client.post_raw(b"direccion=Uno&numero=7".to_vec()).await.is(403);
    client.post_raw(format!("csrf={}&numero=7", strange.csrf()).into_bytes()).await.is(403);
    client
        .post_raw(format!("csrf={}&numero=7", form.csrf().replace(|c: char| c.is_ascii_digit(), "A")).into_bytes())
        .await
        .is(403);
    let without_cookies = app.client();
    without_cookies.post(&form, &[("numero", "7")]).await.is(403).shows("cookies").shows("href=\"/Account/Registrar\"");
}

#[tokio::test]
async fn a_form_sent_from_elsewhere_is_refused() {
    let app = TestApp::demonstration(Site::default()).await;
    let from = async |name: &'static str, value: &str| {
        let client = app.client().sending("host", "localhost:8080").sending(name, value);
        let form = client.get(PAGE).await;
        client.post(&form, &[("numero", "7")]).await.status.as_u16()
    };
    assert_eq!(from("origin", "https://evil.example").await, 403);
    assert_eq!(from("origin", "http://127.0.0.1:8080").await, 303, "the configured origin");
    assert_eq!(from("origin", "http://localhost:8080").await, 303, "on loopback any name of this machine");
    assert_eq!(from("origin", "null").await, 303, "what browsers send under no-referrer");
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)] {
        assert_eq!(from("sec-fetch-site", site).await, status, "{site}");
    }
}

#[tokio::test]
async fn the_host_header_opens_nothing_in_public() {
    let site = Site { base_url: "https://clave.example.cl".to_owned(), ..Site::default() };
    let client =
        TestApp::demonstration(site).await.client().sending("host", "evil.example").sending("origin", "http://evil.example");
    let form = client.get(PAGE).await;
    client.post(&form, &[("numero", "7")]).await.is(403);
}

#[tokio::test]
async fn a_megabyte_in_one_field_is_said_at_the_field_and_the_rest_is_kept() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    let shown = client.post(&form, &[("direccion", &"x".repeat(1_000_000)), ("numero", "77")]).await;
    shown.is(413).shows("<a href=\"#direccion\">El texto es demasiado largo").shows("value=\"77\"").hides("xxxx");
    shown.shows("<title>Error: Demo - Clave SENCE (CS)</title>").shows("data-resultado=\"error\"");
}

#[tokio::test]
async fn a_long_field_in_a_small_form_is_an_ordinary_mistake() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    client.post(&form, &[("direccion", &"x".repeat(9_000)), ("numero", "77")]).await.is(422).shows("demasiado largo");
}

#[tokio::test]
async fn beyond_two_mebibytes_nothing_is_read() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    let shown = client.post(&form, &[("direccion", &"x".repeat(2_100_000))]).await;
    assert_eq!(shown.is(413).header("connection"), "close");
    shown.shows("El formulario es demasiado grande");
}

#[tokio::test]
async fn garbled_text_and_control_characters_are_said_at_their_field() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    let send = async |rest: &str| client.post_raw(format!("csrf={}&numero=7&{rest}", form.csrf()).into_bytes()).await;
    send("direccion=Uno%FF").await.is(422).shows("#direccion").shows("no se pueden leer").hides("Uno");
    send("direccion=Uno%00").await.is(422).shows("#direccion").shows("una sola línea").hides("Uno");
    send("direccion=Uno%0D%0ADos").await.is(422).shows("una sola línea");
    send("direccion=%F0%9F%98%80+%C3%B1").await.is(303);
}

#[tokio::test]
async fn an_invented_field_cannot_spoil_a_form() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    client.post(&form, &[("numero", "7"), ("utm", "a\0b")]).await.is(303);
}

#[tokio::test]
async fn secrets_never_come_back() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    let shown = client.post(&form, &[("clave", "muy-secreta"), ("direccion", "<b>\"Uno\"</b>")]).await;
    shown.is(422).hides("muy-secreta").hides("<b>").shows("&#60;b&#62;&#34;Uno&#34;");
}

#[tokio::test]
async fn errors_stand_in_the_order_of_the_form() {
    let client = demonstration().await;
    let form = client.get(PAGE).await;
    let body = format!("clave=%00&direccion=%00&numero=&csrf={}", form.csrf());
    let shown = client.post_raw(body.into_bytes()).await;
    let places: Vec<usize> =
        ["#direccion", "#numero", "#clave"].iter().map(|id| shown.text.find(&format!("href=\"{id}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn only_forms_are_read() {
    let client = demonstration().await;
    let request = Request::post(PAGE).header("content-type", "application/json");
    client.send(request, Body::from("{}")).await.is(415).shows("No pudimos leer el formulario");
}

#[tokio::test]
async fn a_form_that_never_ends_is_given_up() {
    let client = demonstration().await;
    tokio::time::pause();
    let request = Request::post(PAGE).header("content-type", "application/x-www-form-urlencoded");
    let shown = client.send(request, Body::from_stream(Endless)).await;
    assert_eq!(shown.is(408).header("connection"), "close");
}

/// A body of which nothing ever comes.
struct Endless;

impl futures_util::Stream for Endless {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}
