//! The pages to log in and out: new cookies, no forgery, the same words for everybody, and the way that goes on behind them.

use std::time::Duration;

use axum::{body::Body, http::Request};
use clave::{
    flow::Browser,
    session::{self, Session},
    settings::{Captcha, Limits, Settings, Waits},
    vault::sha256,
};

use crate::{
    app::{Client, Shown, TestApp},
    juana::{KEY, NEW_KEY, RUT, change, forget_the_address, provisional, read, reads, recovered, registered, wait},
};

const LOGIN: &str = "/ingresar";
const LOGOUT: &str = "/salir";

/// Sends the form on the page to where it wants to be sent.
pub async fn send(client: &Client, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for hidden in ["csrf", "captcha_id", "enlace"] {
        let value = page.after(&format!("name=\"{hidden}\" value=\""));
        if !value.is_empty() {
            body.append_pair(hidden, &value);
        }
    }
    body.extend_pairs(fields);
    let action = page.after("<form method=\"post\" action=\"").replace("&#38;", "&");
    let request = Request::post(action)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", "Firefox/132 (Android)");
    client.send(request, Body::from(body.finish())).await
}

/// Looks at the form at `address`, and sends it.
pub async fn log_in(client: &Client, address: &str, rut: &str, key: &str) -> Shown {
    let page = client.get(address).await;
    send(client, page.is(200), &[("rut", rut), ("clave", key)]).await
}

/// The cookie that an answer gives.
fn cookie(page: &Shown) -> Option<String> {
    let of =
        |value: &axum::http::HeaderValue| Some(value.to_str().ok()?.strip_prefix("cs_session=")?.split(';').next()?.to_owned());
    page.headers.get_all("set-cookie").iter().find_map(of)
}

async fn session(app: &TestApp, cookie: &str) -> Option<Session> {
    let mut cx = clave::Cx::new(std::sync::Arc::clone(&app.app.clave), None);
    session::current(&mut cx, Browser(sha256(cookie.as_bytes()))).await.unwrap()
}

#[tokio::test]
async fn the_key_leads_in_under_a_new_cookie() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let page = client.get(LOGIN).await;
    let planted = cookie(&page).unwrap();
    let answer = send(&client, &page, &[("rut", "12345678-5"), ("clave", KEY)]).await;
    assert_eq!(answer.is(303).header("location"), "/cuenta");
    let new = cookie(&answer).unwrap();
    assert!(session(&app, &planted).await.is_none(), "whoever planted the former cookie is not logged in with it");
    let session = session(&app, &new).await.unwrap();
    assert_eq!((session.rut.to_string().as_str(), session.agent.as_str()), (RUT, "Firefox · Android"));
    assert_eq!(client.get(LOGIN).await.is(303).header("location"), "/cuenta", "once is enough");
    client.get("/ingresar?otra_vez=1").await.is(200).shows("name=\"clave\"");
    assert!(!answer.text.contains(&new) && !answer.header("location").contains(&new));
}

#[tokio::test]
async fn the_page_says_where_the_key_belongs_and_keeps_everything_but_it() {
    let app = TestApp::new().await;
    let client = app.client();
    let page = client.get(LOGIN).await;
    reads(&page, &["Ingrese con su CS", "Escriba su clave solo en 127.0.0.1:8080", "Rut *", "Clave CS *", "¿Olvidó su CS?"]);
    page.hides("captcha").shows("autocomplete=\"username\"").shows("autocomplete=\"current-password\"");
    let empty = send(&client, &page, &[("rut", ""), ("clave", "")]).await;
    reads(empty.is(422), &["Hay un problema", "Ingrese su RUT", "Ingrese su Clave CS"]);
    let page = client.get(LOGIN).await;
    let wrong = send(&client, &page, &[("rut", RUT), ("clave", "se-creto-9")]).await;
    reads(wrong.is(422), &["El RUT y la clave no corresponden. Revise los dos.", "Vuelva a escribir su clave"]);
    wrong.shows("value=\"12.345.678-5\"").hides("se-creto-9").shows("data-resultado=\"error\"");
}

#[tokio::test]
async fn a_wrong_key_an_unknown_rut_and_a_frozen_account_read_the_same() {
    let app = TestApp::new().await;
    registered(&app).await;
    let known = log_in(&app.client(), LOGIN, RUT, "equivocada").await;
    let unknown = log_in(&app.client(), LOGIN, "11.111.111-1", KEY).await;
    let mut cx = clave::Cx::new(std::sync::Arc::clone(&app.app.clave), None);
    let rut = rut::Rut::parse(RUT).unwrap();
    clave::freeze::freeze_for_case(&mut cx, rut, None, clave::freeze::Contacts::Keep).await.unwrap();
    let frozen = log_in(&app.client(), LOGIN, RUT, KEY).await;
    let same = |page: &Shown| read(page).replace("11.111.111-1", RUT);
    assert_eq!(same(known.is(422)), same(unknown.is(422)));
    assert_eq!(same(known.is(422)), same(frozen.is(422)));
}

#[tokio::test]
async fn another_sites_form_logs_nobody_in() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let page = client.get(LOGIN).await;
    let (rut, key) = (("rut", RUT), ("clave", KEY));
    // Login CSRF: a form without our token, with another browser's, and one that says where it comes from.
    let body = |csrf: &str| format!("csrf={csrf}&rut=12345678-5&clave={KEY}");
    let post = || Request::post(LOGIN).header("content-type", "application/x-www-form-urlencoded");
    let foreign = app.client().get(LOGIN).await.csrf();
    for csrf in ["", &foreign] {
        client.send(post(), Body::from(body(csrf))).await.is(403);
    }
    client.send(post().header("origin", "https://evil.example"), Body::from(body(&page.csrf()))).await.is(403);
    client.send(post().header("sec-fetch-site", "cross-site"), Body::from(body(&page.csrf()))).await.is(403);
    client.get(LOGIN).await.is(200);
    send(&client, &page, &[rut, key]).await.is(303);
    // Nor does one log anybody out, and looking changes nothing.
    client
        .send(Request::post(LOGOUT).header("content-type", "application/x-www-form-urlencoded"), Body::from("csrf=x"))
        .await
        .is(403);
    client.get(LOGOUT).await.is(200).shows("Cerrar sesión");
    client.get(LOGIN).await.is(303);
}

#[tokio::test]
async fn both_of_a_double_click_lead_in_with_the_same_cookie_whichever_the_browser_hears() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let page = client.get(LOGIN).await;
    let old = cookie(&page).unwrap();
    let fields = [("rut", RUT), ("clave", KEY)];
    let first = send(&client, &page, &fields).await;
    // The second was on its way with the old cookie…
    let late = app.client().sending("cookie", &format!("cs_session={old}"));
    let second = send(&late, &page, &fields).await;
    assert_eq!(second.is(303).header("location"), "/cuenta");
    assert_eq!(cookie(&first), cookie(&second));
    let device = |page: &Shown| {
        page.headers.get_all("set-cookie").iter().find(|value| value.to_str().unwrap().starts_with("cs_device=")).cloned()
    };
    assert!(device(&first).is_some() && device(&first) == device(&second));
    // …or came with the new one.
    assert_eq!(send(&client, &page, &fields).await.is(303).header("location"), "/cuenta");
    client.get(LOGIN).await.is(303);
    let mut tx = app.app.clave.db.read().await.unwrap();
    let row = tx.one(sql::sql!("SELECT COUNT(*) AS n FROM session")).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 1);
    drop(tx);
    // Other contents are not the same click.
    let late = app.client().sending("cookie", &format!("cs_session={old}"));
    assert!(cookie(&send(&late, &page, &[("rut", RUT), ("clave", "otra-cosa9")]).await).is_none());
}

#[tokio::test]
async fn logging_out_asks_ends_the_session_and_changes_the_cookie() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let logged_in = cookie(&log_in(&client, LOGIN, RUT, KEY).await).unwrap();
    let ask = client.get(LOGOUT).await;
    let answer = send(&client, ask.is(200), &[]).await;
    assert_eq!(answer.is(303).header("location"), "/salir");
    let after = cookie(&answer).unwrap();
    assert_ne!(logged_in, after);
    assert!(session(&app, &logged_in).await.is_none() && session(&app, &after).await.is_none());
    reads(client.get(LOGOUT).await.is(200).shows("data-resultado=\"exito\""), &["Su sesión está cerrada"]);
    assert_eq!(send(&client, &ask, &[]).await.is(303).header("location"), "/salir", "the second of a double click");
    client.get(LOGIN).await.is(200);
}

#[tokio::test]
async fn a_session_ends_by_itself_and_with_a_change_of_the_key() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    log_in(&client, LOGIN, RUT, KEY).await.is(303);
    wait(&app, Duration::from_mins(29));
    client.get(LOGIN).await.is(303);
    wait(&app, Duration::from_mins(31));
    log_in(&client, LOGIN, RUT, KEY).await.is(303);
    change(&app.client(), KEY, NEW_KEY).await.is(303);
    client.get(LOGIN).await.is(200);
    log_in(&client, LOGIN, RUT, NEW_KEY).await.is(303);
}

#[tokio::test]
async fn pages_of_ours_are_led_to_and_others_are_not() {
    let app = TestApp::new().await;
    registered(&app).await;
    for (asked, led) in [
        ("/ingresar?ir=/cuenta/sesiones?p%3D2", "/cuenta/sesiones?p=2"),
        ("/ingresar?ir=//evil.example/", "/cuenta"),
        ("/ingresar?ir=https://evil.example/", "/cuenta"),
        ("/ingresar?ir=/%5Cevil.example/", "/cuenta"),
        ("/ingresar?ir=/%09/evil.example/", "/cuenta"),
        ("/ingresar?ir=/a%0d%0aset-cookie:x", "/cuenta"),
    ] {
        assert_eq!(log_in(&app.client(), asked, RUT, KEY).await.is(303).header("location"), led, "{asked}");
    }
    app.client().get("/ingresar?solicitud=AAAAAAAAAAAAAAAAAAAAAA").await.is(410);
}

#[tokio::test]
async fn a_provisional_key_leads_to_a_new_one() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let key = provisional(&recovered(&client).await);
    let answer = log_in(&client, "/ingresar?ir=/cuenta/sistemas", RUT, &key).await;
    assert!(cookie(&answer).is_none());
    let page = client.get(answer.is(303).header("location")).await;
    reads(page.is(200).shows("data-resultado=\"interrumpido\""), &["Cambie su clave provisoria", "Cambie Su CS Aquí"]);
    let address = page.after("class=\"boton\" href=\"");
    assert_eq!(address, "/Account/CambiarClave?ir=%2Fcuenta%2Fsistemas");
    let form = client.get(&address).await;
    let fields = [("rut", RUT), ("clave_actual", key.as_str()), ("clave_nueva", NEW_KEY), ("clave_nueva_repetida", NEW_KEY)];
    let changed = send(&client, &form, &[&fields[..], &[("captcha", "HOLA")]].concat()).await;
    let done = client.get(changed.is(303).header("location")).await;
    done.is(200).shows("data-resultado=\"exito\"");
    log_in(&client, LOGIN, RUT, NEW_KEY).await.is(303);
}

#[tokio::test]
async fn missing_data_interrupt_and_the_way_back_to_the_start_is_kept() {
    let app = TestApp::new().await;
    registered(&app).await;
    forget_the_address(&app).await;
    let client = app.client();
    log_in(&client, LOGIN, RUT, "equivocada").await.is(422).hides("Faltan datos");
    let answer = log_in(&client, "/ingresar?ir=/cuenta/sistemas", RUT, KEY).await;
    let page = client.get(answer.is(303).header("location")).await;
    reads(page.shows("data-resultado=\"interrumpido\""), &["Faltan datos para continuar", "Dirección con región y comuna"]);
    page.shows("href=\"/ingresar?ir=%2Fcuenta%2Fsistemas\"");
    assert!(cookie(&answer).is_none());
}

#[tokio::test]
async fn a_captcha_comes_after_failures_with_its_ways_around() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    for rut in [RUT, "11.111.111-1"] {
        for _ in 0..2 {
            log_in(&client, LOGIN, rut, "equivocada").await.is(422).hides("/captcha/");
        }
        log_in(&client, LOGIN, rut, "equivocada").await.is(422).shows("/captcha/").shows("No puedo usar el captcha");
    }
    // Whoever comes with a fresh form is asked before anybody looks at the key.
    let asked = log_in(&client, LOGIN, RUT, KEY).await;
    reads(asked.is(422).shows("/captcha/"), &["ingrese las letras de la imagen"]);
    let wrong = send(&client, &asked, &[("rut", RUT), ("clave", KEY), ("captcha", "NADA")]).await;
    reads(wrong.is(422), &["Las letras no corresponden a la imagen"]);
    let other = send(&client, &wrong, &[("rut", RUT), ("clave", KEY), ("accion", "refrescar")]).await;
    other.is(200).shows("/captcha/").hides("Hay un problema");
    let link = send(&client, &other, &[("rut", RUT), ("accion", "sin_captcha")]).await;
    assert_eq!(link.is(303).header("location"), "/enlace/enviado?para=ingresar");
    client.get(link.header("location")).await.shows("href=\"/ingresar\"");
    let letters = app.letters("juana@example.org").await;
    let letter = letters.iter().find(|letter| letter["kind"] == "captcha_link").unwrap();
    let address = format!("/ingresar?enlace={}", letter["link"].as_str().unwrap());
    let by_link = client.get(&address).await;
    by_link.is(200).hides("/captcha/").shows("no necesita el captcha");
    send(&client, &by_link, &[("rut", RUT), ("clave", KEY)]).await.is(303);
    // A success ends it.
    log_in(&app.client(), LOGIN, RUT, "equivocada").await.is(422).hides("/captcha/");
}

#[tokio::test]
async fn zero_failures_configured_is_a_captcha_from_the_first() {
    let app = TestApp::ruled(Settings { captcha: Captcha { after: 0, ..Captcha::default() }, ..Settings::default() }).await;
    registered(&app).await;
    let client = app.client();
    let page = client.get(LOGIN).await;
    page.shows("/captcha/");
    send(&client, &page, &[("rut", RUT), ("clave", KEY), ("captcha", "HOLA")]).await.is(303);
}

#[tokio::test]
async fn a_used_up_budget_reads_as_a_wrong_key_and_says_when_to_come_back() {
    let waits = Waits { free: 1, ..Limits::default().keys_person };
    let limits = Limits { keys_person: waits, ..Limits::default() };
    let app = TestApp::ruled(Settings { limits, ..Settings::default() }).await;
    registered(&app).await;
    let mine = app.client();
    log_in(&mine, LOGIN, RUT, KEY).await.is(303);
    log_in(&app.client(), LOGIN, RUT, "equivocada").await.is(422);
    let refused = log_in(&app.client(), LOGIN, RUT, KEY).await;
    reads(refused.is(429), &["El RUT y la clave no corresponden.", "Espere 1 minuto"]);
    assert_eq!(refused.header("retry-after"), "61");
    log_in(&mine, "/ingresar?otra_vez=1", RUT, KEY).await.is(303);
}

#[tokio::test]
async fn a_new_device_is_told_with_its_browser() {
    let app = TestApp::new().await;
    registered(&app).await;
    log_in(&app.client(), LOGIN, RUT, KEY).await.is(303);
    log_in(&app.client(), LOGIN, RUT, KEY).await.is(303);
    let letters = app.letters("juana@example.org").await;
    let told: Vec<_> = letters.iter().filter(|letter| letter["kind"] == "new_device").collect();
    assert_eq!(told.len(), 1, "not of the first login of all");
    assert_eq!(told[0]["agent"], "Firefox · Android");
}

#[tokio::test]
async fn the_forgotten_key_keeps_the_way() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    let login = client.get("/ingresar?ir=/cuenta/sistemas").await;
    let forgot = login.after("<ul class=\"salidas\">\n<li><a href=\"");
    assert_eq!(forgot, "/Account/RecuperarClave?ir=%2Fcuenta%2Fsistemas");
    let first = client.get(&forgot).await;
    let step = send(&client, &first, &[("rut", RUT)]).await;
    let step = client.get(step.is(303).header("location")).await;
    let flow = step.after("name=\"flujo\" value=\"");
    let answer = [("flujo", flow.as_str()), ("respuesta", crate::juana::ANSWER), ("captcha", "HOLA")];
    let made = send(&client, &step, &answer).await;
    let made = client.get(made.is(303).header("location")).await;
    made.shows("href=\"/Account/CambiarClave?ir=%2Fcuenta%2Fsistemas\"");
}

#[tokio::test]
async fn on_https_the_cookie_of_a_session_is_secure_and_the_hosts_own() {
    let site = web::Site { base_url: "https://clave.example.cl".to_owned(), ..web::Site::default() };
    let app = TestApp::with(site).await;
    registered(&app).await;
    let answer = log_in(&app.client(), LOGIN, RUT, KEY).await;
    let cookies: Vec<&str> = answer.is(303).headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-cs_session=")).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(attribute), "{session}");
    }
    assert!(!session.contains("Max-Age"), "it ends with the browser");
}
