//! The four addresses.

use axum::{body::Body, http::Request};

use super::{ADDRESSES, CLOSE, ERROR, LMS, START, TEST_START, arrives, asked, has_otec, raw, sent, site, with};
use crate::{
    app::TestApp,
    juana::reads,
    rce::{Back, OTHER_OTEC},
};

#[tokio::test]
async fn whoever_opens_an_address_is_told_what_it_is() {
    let app = TestApp::new().await;
    for address in ADDRESSES {
        let page = app.get(address).await;
        reads(page.is(200), &["Registro de asistencia e-learning (RCE)", &format!("http://127.0.0.1:8080{address}")]);
        assert_eq!(page.text.contains("Prueba: la asistencia no cuenta"), address.starts_with("/rcetest/"), "{address}");
        assert_eq!(page.text.contains("Inicia una sesión"), address.ends_with("IniciarSesion"), "{address}");
        // Plugins probe with HEAD, and write addresses as they like.
        let probe = app.client().send(Request::head(format!("{}/", address.to_uppercase())), Body::empty()).await;
        assert_eq!((probe.is(200).header("content-type"), probe.size), ("text/html; charset=utf-8", 0));
    }
}

#[tokio::test]
async fn a_form_of_another_site_leads_to_the_key_without_a_cookie() {
    let app = site().await;
    for address in ADDRESSES {
        let answer = arrives(&app, address, &sent(&[("IdSesionSence", Some("0123"))])).await;
        assert!(answer.is(303).header("location").starts_with("/rce/ingresar?solicitud="));
        assert_eq!(answer.header("set-cookie"), "");
        assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none");
    }
    let written_otherwise = arrives(&app, "/RCE/registro/iniciarsesion/", &sent(&[])).await;
    written_otherwise.is(303);
}

#[tokio::test]
async fn fields_that_nobody_asked_for_do_no_harm() {
    let app = site().await;
    let more = [
        ("sesskey", Some("Kd83jsDk2")),
        ("_qf__formulario_sence", Some("1")),
        ("submitbutton", Some("")),
        ("ñandú", Some("sí")),
        ("IdSesionSence", Some("")),
    ];
    asked(&app, START, &more).await;
    // What comes twice counts as it came first, and a name without a value is one.
    let mut twice = sent(&[]);
    twice.push(("RunAlumno".to_owned(), "1-9".to_owned()));
    let mut body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&twice).finish();
    body.push_str("&&=x&suelto&%zz=%");
    raw(&app, START, body.into_bytes()).await.is(303);
}

#[tokio::test]
async fn a_mistake_goes_straight_back_to_the_lms() {
    let app = site().await;
    let page = arrives(&app, START, &sent(&[("RunAlumno", Some("12345678-4"))])).await;
    reads(page.is(200), &["No se inició la sesión", "El Run Alumno tiene formato incorrecto", "Código 207"]);
    page.shows("data-resultado=\"error\"").shows("<title>Error: No se inició la sesión").hides("csrf").hides("hreflang");
    let back = Back::of(&page);
    assert_eq!((back.to.as_str(), back.field("GlosaError"), back.field("RunAlumno")), (ERROR, "207", "12345678-4"));
    let page = arrives(&app, CLOSE, &sent(&[])).await;
    reads(page.is(200), &["No se cerró la sesión", "Código 200"]);
    assert!(!Back::of(&page).names().contains(&"IdSesionSence"));
}

#[tokio::test]
async fn without_an_address_to_go_back_to_a_page_of_ours_says_why() {
    let app = site().await;
    for (changes, code, text) in [
        (&[("UrlError", None)][..], "201", "La URL de Retoma y/o URL de Error no tienen información."),
        (&[("UrlRetoma", Some("https://otro.example/"))], "202", "La URL de Retoma tiene formato incorrecto."),
        (&[("UrlError", Some("javascript:alert(1)"))], "203", "La URL de Error tiene formato incorrecto."),
        (&[("UrlError", Some("https://lms.example.evil.example/"))], "203", "La URL de Error tiene formato incorrecto."),
    ] {
        let page = arrives(&app, START, &sent(changes)).await;
        reads(page.is(400), &["No podemos volver a su curso", &format!("Código {code}"), text, "Número de referencia:"]);
        page.shows("data-resultado=\"error\"")
            .shows(page.header("x-request-id"))
            .hides("<form")
            .hides("otro.example")
            .hides("evil");
        assert!(page.header("content-security-policy").contains("form-action 'self'"));
    }
}

#[tokio::test]
async fn nobody_becomes_a_way_out_by_naming_another_otec() {
    let app = site().await;
    has_otec(&app, OTHER_OTEC, &[], "9b2b8c1e-9d4a-4e6f-8a7b-0c1d2e3f4a5b").await;
    let page = arrives(&app, START, &sent(&[("RutOtec", Some(OTHER_OTEC)), ("UrlError", Some("https://otro.example/"))])).await;
    page.is(400).hides("<form").shows("Código 203");
}

#[tokio::test]
async fn what_is_no_form_has_no_fields() {
    let app = site().await;
    for (kind, body) in
        [("application/json", "{\"UrlError\":\"https://lms.example/\"}"), ("multipart/form-data; boundary=x", "--x--"), ("", "")]
    {
        let request = Request::post(START).header("content-type", kind);
        let page = app.client().send(request, Body::from(body)).await;
        reads(page.is(400), &["Código 201"]);
    }
}

#[tokio::test]
async fn what_is_no_text_was_not_sent_and_too_much_is_not_read() {
    let app = site().await;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent(&[("RunAlumno", None)])).finish();
    let page = raw(&app, START, format!("{body}&RunAlumno=%ff%fe").into_bytes()).await;
    assert!(!Back::of(&page).names().contains(&"RunAlumno"));
    reads(&page, &["Código 200"]);
    // Longer than any field: one of ours was not sent, one that nobody asked for does no harm.
    let long = "x".repeat(9 * 1024);
    let page = arrives(&app, START, &sent(&[("IdSesionAlumno", Some(&long))])).await;
    assert!(!Back::of(&page).names().contains(&"IdSesionAlumno"));
    reads(page.hides("xxxx"), &["Código 200"]);
    arrives(&app, START, &sent(&[("otro", Some(&long))])).await.is(303);

    // The page of an error leads to the course, since what the course sent is not at the address.
    let page = arrives(&app, START, &sent(&[("otro", Some(&long.repeat(8)))])).await;
    reads(page.is(413), &["El formulario es demasiado grande", "Vuelva a su curso y elija otra vez iniciar o cerrar la sesión."]);
    page.hides("xxxx").hides("<form").hides("hreflang").hides("Volver a empezar en esta página");
}

#[tokio::test]
async fn pages_speak_the_language_of_the_browser() {
    let app = with(&[LMS]).await;
    let client = app.client().sending("accept-language", "ht");
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent(&[("LineaCapacitacion", Some("2"))])).finish();
    let request = Request::post(TEST_START).header("content-type", "application/x-www-form-urlencoded");
    let page = client.send(request, Body::from(body)).await;
    reads(page.is(200), &["Sesyon an pa kòmanse", "Kòd 206", "Kontinye"]);
}
