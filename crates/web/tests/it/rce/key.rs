//! The page that asks for the key.

use std::time::Duration;

use axum::{body::Body, http::Request};

use super::{Back, CLOSE, ERROR, RETOMA, START, TEST_START, asked, enters, send, site, started, tries};
use crate::{
    juana::{self, KEY, RUT, provisional, reads, recovered, wait},
    login::log_in,
};

const WRONG: &str = "otra-cosa9";

#[tokio::test]
async fn the_page_says_who_asks_and_whom() {
    let app = site().await;
    let page = app.client().get(&asked(&app, START, &[]).await).await;
    reads(
        page.is(200),
        &[
            "Capacita &#60;Sur&#62;",
            "lms.example",
            "Curso 6512345",
            "Ingrese su CS para iniciar la sesión",
            "127.0.0.1:8080",
            "hasta las 12:03:00, hora de Chile.",
            "Solicitar una nueva CS",
            "Regístrese",
        ],
    );
    page.shows(&format!("name=\"rut\" value=\"{RUT}\" class=\"medio\" readonly")).hides("ambiente de prueba");
    page.shows("data-resultado=\"formulario\"").hides("captcha").hides("rce.js").shows("/assets/rce.");
    assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
    assert!(page.header("content-security-policy").contains("form-action 'self';"));
    let page = app.client().get(&asked(&app, TEST_START, &[]).await).await;
    reads(&page, &["Este es un ambiente de prueba"]);
    let page = app.client().get(&asked(&app, CLOSE, &[("IdSesionSence", Some("0123"))]).await).await;
    reads(&page, &["Ingrese su CS para cerrar la sesión", "Cerrar sesión"]);
}

#[tokio::test]
async fn the_right_key_starts_and_closes() {
    let app = site().await;
    let client = app.client();
    let page = asked(&app, START, &[]).await;
    let shown = enters(&client, &page).await;
    reads(&shown, &["Su sesión está iniciada", "lms.example", "Continuar"]);
    shown.shows("data-resultado=\"exito\"").shows("data-vuelve-solo").shows("/assets/rce.");
    let back = Back::of(&shown);
    assert_eq!(back.to, RETOMA);
    assert_eq!(
        back.names(),
        [
            "CodSence",
            "CodigoCurso",
            "IdSesionAlumno",
            "IdSesionSence",
            "RunAlumno",
            "FechaHora",
            "ZonaHoraria",
            "LineaCapacitacion"
        ]
    );
    assert_eq!(back.field("FechaHora"), "2026-06-15 12:00:00");
    // Loading it again says the same, and starts nothing.
    assert_eq!(Back::of(&client.get(&page).await).field("IdSesionSence"), back.field("IdSesionSence"));

    wait(&app, Duration::from_mins(50));
    let page = asked(&app, CLOSE, &[("IdSesionSence", Some(back.field("IdSesionSence")))]).await;
    let shown = enters(&client, &page).await;
    reads(&shown, &["Su sesión está cerrada"]);
    let closed = Back::of(&shown);
    assert_eq!(closed.field("FechaHora"), "2026-06-15 12:50:00");
    assert!(!closed.names().contains(&"IdSesionSence") && !closed.names().contains(&"GlosaError"));

    // It is no login: «Mi cuenta» asks for the key, and tells of the attendance.
    assert!(client.get("/cuenta").await.is(303).header("location").starts_with("/ingresar"));
    log_in(&client, "/ingresar", RUT, KEY).await.is(303);
    let past = client.get("/cuenta/actividad").await;
    reads(&past, &["Cerró una sesión en un curso de Capacita", "Inició una sesión en un curso de Capacita"]);
    past.hides("6512345").hides("production");
}

#[tokio::test]
async fn three_wrong_keys_lead_back_and_the_device_stays_unknown() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    for (left, words) in [(2, "Le quedan 2 intentos."), (1, "Le queda 1 intento.")] {
        let shown = tries(&client, &page, WRONG).await;
        reads(shown.is(422), &["La CS no es correcta", words, "Hay un problema"]);
        shown.hides(WRONG).shows("aria-invalid=\"true\"");
        assert_eq!(shown.header("refresh"), format!("181; url={page}"), "{left}");
    }
    let shown = tries(&client, &page, WRONG).await;
    assert_eq!(shown.is(303).header("location"), page);
    let shown = client.get(&page).await;
    reads(&shown, &["No se inició la sesión", "Contraseña incorrecta o el usuario no tiene Clave SENCE.", "Código 100"]);
    let back = Back::of(&shown);
    assert_eq!((back.to.as_str(), back.field("GlosaError")), (ERROR, "100"));
    assert_eq!(client.cookie("cs_device"), "");
    // The course may send them again at once, and the key is not locked.
    started(&app, &client, START, &[]).await;
    assert_ne!(client.cookie("cs_device"), "");
    // A right key is one also where nothing comes of it.
    let other = app.client();
    let page = asked(&app, CLOSE, &[("IdSesionSence", Some("0123456789abcdef0123456789abcdef"))]).await;
    assert_eq!(Back::of(&enters(&other, &page).await).field("GlosaError"), "304");
    assert_ne!(other.cookie("cs_device"), "");
}

#[tokio::test]
async fn an_empty_key_is_no_try() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    for _ in 0..4 {
        reads(tries(&client, &page, "").await.is(422), &["Ingrese su Clave CS"]);
    }
    enters(&client, &page).await.shows("data-resultado=\"exito\"");
}

#[tokio::test]
async fn after_three_minutes_the_page_finds_the_way_back_by_itself() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    wait(&app, Duration::from_millis(60_500));
    let form = client.get(&page).await;
    assert_eq!(form.is(200).header("refresh"), format!("120; url={page}"));
    form.hides("http-equiv");
    wait(&app, Duration::from_mins(2));
    let shown = client.get(&page).await;
    reads(&shown, &["El tiempo disponible es de tres minutos.", "Código 210"]);
    assert_eq!((shown.header("refresh"), Back::of(&shown).field("GlosaError")), ("", "210"));
    // The form that is still open somewhere comes too late, with the right key.
    assert_eq!(send(&client, &page, &form, KEY).await.is(303).header("location"), page);
    assert_eq!(Back::of(&client.get(&page).await).field("GlosaError"), "210");
}

#[tokio::test]
async fn both_of_a_double_click_see_the_one_attendance() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    let form = client.get(&page).await;
    let (one, two) = tokio::join!(send(&client, &page, &form, KEY), send(&client, &page, &form, KEY));
    for answer in [one, two] {
        assert_eq!(answer.is(303).header("location"), page);
    }
    let id = Back::of(&client.get(&page).await).field("IdSesionSence").to_owned();
    send(&client, &page, &form, KEY).await.is(303);
    assert_eq!(Back::of(&client.get(&page).await).field("IdSesionSence"), id);
}

#[tokio::test]
async fn what_is_over_or_was_never_asked_says_where_to_begin() {
    let app = site().await;
    for address in ["/rce/ingresar", "/rce/ingresar?solicitud=AAAAAAAAAAAAAAAAAAAAAA", "/rce/ingresar?solicitud=%ff"] {
        let shown = app.client().get(address).await;
        reads(shown.is(410), &["Empiece de nuevo desde su curso"]);
        shown.hides("lms.example").hides("<form").shows("data-resultado=\"error\"");
    }
}

#[tokio::test]
async fn no_cookie_is_needed_and_none_is_changed() {
    let app = site().await;
    // Each request from a browser that keeps nothing: two windows that open at once, or cookies that are switched off.
    let page = asked(&app, START, &[]).await;
    let other = asked(&app, START, &[]).await;
    for page in [&page, &other] {
        let form = app.client().get(page).await;
        assert_eq!(form.header("set-cookie"), "");
        let answer = send(&app.client(), page, &form, KEY).await;
        assert_eq!(answer.is(303).header("location"), *page);
        app.client().get(page).await.shows("data-resultado=\"exito\"");
    }
    // The form of one request is no form of another.
    let (mine, theirs) = (asked(&app, START, &[]).await, asked(&app, START, &[]).await);
    let form = app.client().get(&mine).await;
    let body =
        form_urlencoded::Serializer::new(String::new()).extend_pairs([("csrf", form.csrf().as_str()), ("clave", KEY)]).finish();
    let request = Request::post(&theirs).header("content-type", "application/x-www-form-urlencoded");
    app.client().send(request, Body::from(body)).await.is(403);
}

#[tokio::test]
async fn a_login_in_another_window_takes_nothing_away() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    let form = client.get(&page).await;
    log_in(&client, "/ingresar", RUT, KEY).await.is(303);
    send(&client, &page, &form, KEY).await.is(303);
    client.get(&page).await.shows("data-resultado=\"exito\"");
    client.get("/cuenta").await.is(200);
}

#[tokio::test]
async fn a_form_of_another_site_types_no_key() {
    let app = site().await;
    let (client, page) = (app.client(), asked(&app, START, &[]).await);
    let form = client.get(&page).await;
    let stranger = app.client();
    let evil = client.sending("origin", "https://evil.example").sending("sec-fetch-site", "cross-site");
    // Nor does it get a cookie, which would take the place of the person's own.
    for (browser, address) in [(&evil, page.as_str()), (&stranger, "/rce/ingresar?solicitud=AAAAAAAAAAAAAAAAAAAAAA")] {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("csrf", form.csrf().as_str()), ("clave", KEY)])
            .finish();
        let request = Request::post(address).header("content-type", "application/x-www-form-urlencoded");
        let answer = browser.send(request, Body::from(body)).await;
        answer.is(403).hides("lms.example").shows(&format!("<a href=\"{address}\">Volver a empezar en esta página</a>"));
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_provisional_key_and_missing_data_lead_to_what_mends_them() {
    let app = site().await;
    let client = app.client();
    let key = provisional(&recovered(&client).await);
    let page = asked(&app, START, &[]).await;
    let form = client.get(&page).await;
    let way = send(&client, &page, &form, &key).await.is(303).header("location").to_owned();
    // Both of a double click lead there, and it is no answer that loading it again would send.
    assert_eq!(send(&client, &page, &form, &key).await.is(303).header("location"), way);
    let shown = client.get(&way).await;
    reads(shown.is(200), &["Cambie su clave provisoria", "Después empiece de nuevo desde su curso: lms.example"]);
    shown.shows("data-resultado=\"interrumpido\"").shows("class=\"boton\" href=\"/Account/CambiarClave\"");
    shown.shows("<a href=\"https://lms.example/\">lms.example</a>");

    juana::forget_the_address(&app).await;
    let way = tries(&client, &page, KEY).await;
    let shown = client.get(way.is(303).header("location")).await;
    reads(shown.is(200), &["Faltan datos para continuar", "Dirección", "Después empiece de nuevo desde su curso: lms.example"]);
    shown.shows("data-resultado=\"interrumpido\"").shows("class=\"boton\" href=\"/Account/ActualizarDatos\"");
    // Its three minutes go on, and neither was a wrong key.
    client.get(&page).await.is(200).hides("Le queda");
}

#[tokio::test]
async fn a_throttled_try_counts_as_a_wrong_one() {
    let app = site().await;
    let client = app.client();
    let mut throttled = 0;
    for _ in 0..40 {
        let page = asked(&app, START, &[]).await;
        let mut shown = tries(&client, &page, WRONG).await;
        while shown.status != 303 {
            if shown.status == 429 {
                throttled += 1;
                reads(&shown, &["La CS no es correcta", "Le queda"]);
                assert_ne!(shown.header("retry-after"), "");
            }
            shown = tries(&client, &page, WRONG).await;
        }
        assert_eq!(Back::of(&client.get(&page).await).field("GlosaError"), "100");
        if throttled > 0 {
            return;
        }
    }
    panic!("nothing was throttled");
}
