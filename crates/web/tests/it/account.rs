//! «Mi cuenta»: each page, each action, and that they are one's own.

use std::{collections::BTreeSet, time::Duration};

use axum::{body::Body, http::Request};
use clave::{
    Cx,
    client::{self, ClientId, Registration},
    consent,
};
use oidc::Scopes;
use rut::Rut;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{BIRTH, HOME, KEY, NEW_KEY, REGISTER, RUT, UPDATE, change, fill, finish, in_chile, read, reads, registered, wait},
    login::log_in,
};

const DATA: &str = "/cuenta";
const SYSTEMS: &str = "/cuenta/sistemas";
const SESSIONS: &str = "/cuenta/sesiones";
const ACTIVITY: &str = "/cuenta/actividad";
const MESSAGES: &str = "/cuenta/mensajes";
const SECTIONS: [&str; 5] = [DATA, SYSTEMS, SESSIONS, MESSAGES, ACTIVITY];
pub const PEDRO: &str = "11.111.111-1";

/// Logs in with a browser of this name.
async fn inside(app: &TestApp, rut: &str, agent: &str) -> Client {
    let client = app.client();
    let page = client.get("/ingresar").await;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("csrf", &page.csrf())
        .extend_pairs([("rut", rut), ("clave", KEY)])
        .finish();
    let request =
        Request::post("/ingresar").header("content-type", "application/x-www-form-urlencoded").header("user-agent", agent);
    client.send(request, Body::from(body)).await.is(303);
    client
}

/// Juana, registered and logged in.
async fn juana(app: &TestApp) -> Client {
    registered(app).await;
    inside(app, RUT, "Firefox/132 (Android)").await
}

pub async fn pedro(app: &TestApp) -> Client {
    let client = app.client();
    let fields = [
        &[("rut", PEDRO), ("pregunta", "4"), ("respuesta", "Quebrada"), ("nombres", "Pedro"), ("apellido_paterno", "Soto")][..],
        &BIRTH,
        &HOME,
        &[("email", "pedro@example.org"), ("clave", KEY), ("clave_repetida", KEY), ("captcha", "HOLA")],
    ];
    finish(&client, REGISTER, &fields.concat()).await.shows("data-resultado=\"exito\"");
    inside(app, PEDRO, "Chrome/131 (Windows)").await
}

/// The person let a system know something.
async fn connected(app: &TestApp, rut: &str, id: &str, scopes: &str) {
    lets_know(app, rut, id, scopes, false).await;
}

async fn lets_know(app: &TestApp, rut: &str, id: &str, scopes: &str, first_party: bool) {
    let (mut cx, id) = (Cx::new(std::sync::Arc::clone(&app.app.clave), None), ClientId::parse(id).unwrap());
    let registration = Registration {
        name: "Cursos <b>& Becas".to_owned(),
        redirect_uris: vec!["https://cursos.example/volver".to_owned()],
        scopes: scopes.to_owned(),
        first_party,
        ..Registration::default()
    };
    client::add(&mut cx, &id, registration, None, None).await.unwrap();
    let mut tx = app.app.clave.db.begin().await.unwrap();
    consent::give(&mut tx, &cx, Rut::parse(rut).unwrap(), &id, &Scopes::parse(scopes), &BTreeSet::new()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The values of a hidden field on a page.
fn values(page: &Shown, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    page.text.split(&mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Sends a form that a section may not show at the moment, with the token of one that does.
async fn post(client: &Client, section: &str, fields: &[(&str, &str)]) -> Shown {
    let token = client.get(DATA).await.is(200).csrf();
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("csrf", &token).extend_pairs(fields).finish();
    let request = Request::post(section).header("content-type", "application/x-www-form-urlencoded");
    client.send(request, Body::from(body)).await
}

async fn is_inside(client: &Client) -> bool {
    client.get(DATA).await.status == 200
}

#[tokio::test]
async fn who_is_not_logged_in_is_led_to_the_login_and_back() {
    let app = TestApp::new().await;
    registered(&app).await;
    for section in SECTIONS {
        let client = app.client();
        let login = client.get(section).await.is(303).header("location").to_owned();
        assert_eq!(login, format!("/ingresar?ir={section}"));
        let back = log_in(&client, &login, RUT, KEY).await;
        assert_eq!(back.is(303).header("location"), section);
        reads(client.get(section).await.is(200), &["Mi cuenta", "Mis datos", "Sistemas conectados", "Actividad"]);
    }
}

#[tokio::test]
async fn a_form_without_our_token_or_of_a_session_that_ended_does_nothing() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    let other = inside(&app, RUT, "Chrome/131 (Windows)").await;
    let sid = values(&client.get(SESSIONS).await, "sesion").pop().unwrap();
    for (section, body) in [
        (DATA, "accion=idioma&idioma=en".to_owned()),
        (SYSTEMS, "accion=desconectar&sistema=cursos".to_owned()),
        (SESSIONS, format!("accion=cerrar&sesion={sid}")),
        (SESSIONS, "accion=cerrar_otras".to_owned()),
    ] {
        for token in ["", "&csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let request = Request::post(section).header("content-type", "application/x-www-form-urlencoded");
            client.send(request, Body::from(format!("{body}{token}"))).await.is(403);
        }
        // Another browser's token is not this one's.
        let theirs = other.get(SESSIONS).await.csrf();
        let request = Request::post(section).header("content-type", "application/x-www-form-urlencoded");
        client.send(request, Body::from(format!("{body}&csrf={theirs}"))).await.is(403);
    }
    assert!(is_inside(&client).await && is_inside(&other).await);
    change(&app.client(), KEY, NEW_KEY).await.is(303);
    let page = client.get(DATA).await;
    assert_eq!(page.is(303).header("location"), "/ingresar?ir=/cuenta", "the key is another: every session ended");
    let before = client.get("/ingresar").await.csrf();
    let body = format!("csrf={before}&accion=idioma&idioma=en");
    let request = Request::post(DATA).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(client.send(request, Body::from(body)).await.is(303).header("location"), "/ingresar?ir=/cuenta");
}

#[tokio::test]
async fn my_data_are_masked() {
    let app = TestApp::new().await;
    let page = juana(&app).await.get(DATA).await;
    reads(
        page.is(200),
        &["••.•••.678-5", "Juana O.", "••-••-1992", "••••, Viña del Mar", "j••••@example.org (sin confirmar)", "Cambiar su CS"],
    );
    let text = read(&page);
    for secret in ["12.345", "12345678", "Higgins", "Copihues", "juana@", "8765"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    page.shows("name=\"csrf\"").hides("name=\"clave_actual\"");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_language_of_messages_is_chosen_here() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    assert_eq!(fill(&client, DATA, &[("accion", "idioma"), ("idioma", "xx")]).await.status, 422);
    let chosen = fill(&client, DATA, &[("accion", "idioma"), ("idioma", "ht")]).await;
    let page = client.get(chosen.is(303).header("location")).await;
    page.shows("<option value=\"ht\" selected>").shows("data-resultado=\"exito\"");
    reads(&page, &["Desde ahora le escribiremos en este idioma."]);
    page.shows("<html lang=\"es-CL\">");
}

#[tokio::test]
async fn a_young_login_opens_the_data_and_an_older_one_asks_the_key() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    let step = fill(&client, DATA, &[("accion", "actualizar")]).await.is(303).header("location").to_owned();
    assert!(step.starts_with(&format!("{UPDATE}?flujo=")), "{step}");
    client.get(&step).await.is(200).shows("value=\"juana@example.org\"").shows("value=\"Pasaje Los Copihues\"");
    app.client().get(&step).await.is(410);

    wait(&app, Duration::from_mins(10));
    client.get(DATA).await.is(200).shows("name=\"clave_actual\"");
    let empty = fill(&client, DATA, &[("accion", "actualizar"), ("clave_actual", "")]).await;
    reads(empty.is(422), &["Hay un problema", "Ingrese su CS actual"]);
    let wrong = fill(&client, DATA, &[("accion", "actualizar"), ("clave_actual", "se-creto-9")]).await;
    reads(wrong.is(422).hides("se-creto-9"), &["La CS no es correcta"]);
    let step =
        fill(&client, DATA, &[("accion", "actualizar"), ("clave_actual", KEY)]).await.is(303).header("location").to_owned();
    let changed = [&HOME[..], &[("email", "otra@example.org"), ("celular", "")]].concat();
    let review = finish(&client, &step, &changed).await;
    reads(review.is(200), &["Revise sus cambios", "otra@example.org"]);
    finish(&client, &step, &[("accion", "confirmar")]).await.is(200).shows("data-resultado=\"exito\"");
    reads(&client.get(ACTIVITY).await, &["Se actualizaron sus datos: Correo electrónico, Teléfono celular"]);
}

#[tokio::test]
async fn guesses_of_the_key_are_counted_here_as_everywhere() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    wait(&app, Duration::from_mins(11));
    let mut last = 200;
    for _ in 0..20 {
        let answer = fill(&client, DATA, &[("accion", "actualizar"), ("clave_actual", "se-creto-9")]).await;
        last = answer.status.as_u16();
        if last == 429 {
            assert!(!answer.header("retry-after").is_empty());
            break;
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn systems_are_shown_with_what_they_know_and_disconnected() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    reads(client.get(SYSTEMS).await.is(200), &["Todavía no hay sistemas conectados."]);
    connected(&app, RUT, "cursos", "openid profile email run offline_access").await;
    let page = client.get(SYSTEMS).await;
    let since = in_chile(&app);
    reads(
        &page,
        &[
            "Cursos",
            "Conectado desde",
            &since,
            "Nombres, fecha de nacimiento e idioma",
            "Correo electrónico",
            "RUN",
            "Desconectar",
        ],
    );
    page.shows("Cursos &#60;b&#62;&#38; Becas").hides("<b>& Becas");
    let done = finish(&client, SYSTEMS, &[("accion", "desconectar"), ("sistema", "cursos")]).await;
    reads(&done, &["El sistema está desconectado.", "le volveremos a preguntar", "Todavía no hay sistemas conectados."]);
    post(&client, SYSTEMS, &[("accion", "desconectar"), ("sistema", "cursos")]).await.is(303);
    post(&client, SYSTEMS, &[("accion", "desconectar"), ("sistema", "a b")]).await.is(400);
    post(&client, SYSTEMS, &[("accion", "otra")]).await.is(400);
    let activity = client.get(ACTIVITY).await;
    assert_eq!(read(&activity).matches("Desconectó Cursos").count(), 1);
}

#[tokio::test]
async fn of_a_system_that_never_asks_nobody_says_that_it_will() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    lets_know(&app, RUT, "cursos", "openid email", true).await;
    let done = finish(&client, SYSTEMS, &[("accion", "desconectar"), ("sistema", "cursos")]).await;
    let text = read(&done);
    assert!(text.contains("volverá a quedar conectado") && !text.contains("volveremos a preguntar"), "{text}");
}

#[tokio::test]
async fn sessions_and_devices_are_told_apart_and_ended() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    client.get(SESSIONS).await.hides("value=\"cerrar_otras\"");
    let (work, phone) = (inside(&app, RUT, "Chrome/131 (Windows)").await, inside(&app, RUT, "iPhone Safari/605").await);
    let page = client.get(SESSIONS).await;
    reads(&page, &["Firefox · Android", "Chrome · Windows", "Safari · iPhone", "Esta sesión", "127.0.0.x", "Este dispositivo"]);
    assert_eq!(read(&page).matches("Esta sesión").count(), 1);
    let sids = values(&page, "sesion");
    assert_eq!(sids.len(), 2, "this one is not ended here");

    let own = values(&work.get(SESSIONS).await, "sesion");
    let work_sid = sids.iter().find(|sid| !own.contains(sid)).unwrap();
    let done = finish(&client, SESSIONS, &[("accion", "cerrar"), ("sesion", work_sid)]).await;
    reads(&done, &["La sesión está cerrada."]);
    assert!(!is_inside(&work).await && is_inside(&phone).await && is_inside(&client).await);
    fill(&client, SESSIONS, &[("accion", "cerrar"), ("sesion", work_sid)]).await.is(303);
    fill(&client, SESSIONS, &[("accion", "cerrar"), ("sesion", "otra")]).await.is(400);

    inside(&app, RUT, "Chrome/131 (Windows)").await;
    reads(&finish(&client, SESSIONS, &[("accion", "cerrar_otras")]).await, &["Todas las demás sesiones están cerradas."]);
    assert!(!is_inside(&phone).await && is_inside(&client).await);

    let page = client.get(SESSIONS).await;
    let devices = values(&page, "dispositivo");
    assert_eq!(devices.len(), 4);
    let done = finish(&client, SESSIONS, &[("accion", "olvidar"), ("dispositivo", &devices[3])]).await;
    reads(&done, &["Olvidamos el dispositivo"]);
    assert_eq!(values(&done, "dispositivo").len(), 3);
}

#[tokio::test]
async fn nobody_sees_or_ends_what_is_anothers() {
    let app = TestApp::new().await;
    let (juana, pedro) = (juana(&app).await, pedro(&app).await);
    let work = inside(&app, PEDRO, "Edg/131 (Macintosh)").await;
    connected(&app, PEDRO, "cursos", "openid").await;
    for section in SECTIONS {
        let page = juana.get(section).await;
        for foreign in ["Chrome", "Edge", "Pedro", "pedro", "Cursos", "11.111"] {
            page.hides(foreign);
        }
    }
    let theirs = pedro.get(SESSIONS).await;
    let (sids, devices) = (values(&theirs, "sesion"), values(&theirs, "dispositivo"));
    assert!(!sids.is_empty() && !devices.is_empty());
    for sid in &sids {
        post(&juana, SESSIONS, &[("accion", "cerrar"), ("sesion", sid)]).await.is(303);
    }
    for device in &devices {
        post(&juana, SESSIONS, &[("accion", "olvidar"), ("dispositivo", device)]).await.is(303);
    }
    post(&juana, SESSIONS, &[("accion", "cerrar_otras")]).await.is(303);
    post(&juana, SYSTEMS, &[("accion", "desconectar"), ("sistema", "cursos")]).await.is(303);
    assert!(is_inside(&pedro).await && is_inside(&work).await);
    let theirs = pedro.get(SESSIONS).await;
    assert_eq!((values(&theirs, "sesion"), values(&theirs, "dispositivo")), (sids, devices));
    reads(&pedro.get(SYSTEMS).await, &["Cursos"]);
    for told in ["Se cerró una sesión", "Desconectó", "Se olvidó un dispositivo"] {
        assert!(!read(&pedro.get(ACTIVITY).await).contains(told) && !read(&juana.get(ACTIVITY).await).contains(told), "{told}");
    }
}

#[tokio::test]
async fn the_activity_is_readable_and_comes_in_pages() {
    let app = TestApp::new().await;
    registered(&app).await;
    wait(&app, Duration::from_mins(1));
    log_in(&app.client(), "/ingresar", RUT, "se-creto-9").await.is(422);
    let at = in_chile(&app);
    wait(&app, Duration::from_mins(1));
    let client = inside(&app, RUT, "Firefox/132 (Android)").await;
    let text = read(client.get(ACTIVITY).await.is(200));
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} is not in {text}"));
    assert!(place("Ingreso con su CS") < place("Intento de ingreso con una clave incorrecta"));
    assert!(place("Intento de ingreso con una clave incorrecta") < place("Se registró su CS"));
    assert!(text.contains(&at) && text.contains("desde 127.0.0.x") && !text.contains("127.0.0.1,"));
    assert!(!text.contains("Anteriores") && !text.contains("Hubo un movimiento"));

    for turn in 0..25 {
        wait(&app, Duration::from_secs(1));
        let language = ["en", "ht"][turn % 2];
        fill(&client, DATA, &[("accion", "idioma"), ("idioma", language)]).await.is(303);
    }
    let first = client.get(ACTIVITY).await;
    first.shows("/cuenta/actividad?pagina=2").hides("rel=\"prev\"");
    let second = client.get("/cuenta/actividad?pagina=2").await;
    reads(second.shows("rel=\"prev\"").hides("rel=\"next\""), &["Se registró su CS", "Más recientes"]);
    for odd in ["0", "-1", "x", "99999999999"] {
        client.get(&format!("{ACTIVITY}?pagina={odd}")).await.is(200);
    }
}

#[tokio::test]
async fn every_section_is_whole_in_every_language() {
    let app = TestApp::new().await;
    let client = juana(&app).await;
    inside(&app, RUT, "Chrome/131 (Windows)").await;
    connected(&app, RUT, "cursos", "openid email").await;
    for (language, title) in [("en", "My account"), ("ht", "Kont mwen"), ("es-CL", "Mi cuenta")] {
        client.get(&format!("/?lang={language}")).await.is(303);
        for section in SECTIONS {
            let page = client.get(section).await;
            page.is(200).shows(&format!("<html lang=\"{language}\">"));
            reads(&page, &[title]);
            assert_eq!(page.text.matches("<h1>").count(), 1, "{section}");
            let (_, sections) = page.text.split_once("class=\"secciones\"").unwrap();
            let (sections, _) = sections.split_once("</nav>").unwrap();
            assert_eq!(sections.matches("aria-current=\"page\"").count(), 1, "{section}");
        }
    }
}
