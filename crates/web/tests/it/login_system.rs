//! The login of a relying system: who asks is said, and every page on the way leads back to it.

use std::{collections::BTreeSet, sync::Arc};

use clave::{
    Cx,
    client::{self, Authentication, ClientId, GrantType, Registration},
    session, signing,
};
use rut::Rut;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{ANSWER, KEY, NEW_KEY, RUT, forget_the_address, provisional, reads, registered, wait},
    login::{log_in, send},
};

const CALLBACK: &str = "https://cursos.example/volver";

/// The site with Juana, and a system of the institution's.
async fn site() -> TestApp {
    with_home(Some("https://cursos.example/")).await
}

/// The same, with a first page of the system's or none.
async fn with_home(home: Option<&str>) -> TestApp {
    let app = TestApp::new().await;
    let mut cx = Cx::new(Arc::clone(&app.app.clave), None);
    signing::begin(&mut cx).await.unwrap();
    let courses = Registration {
        name: "Cursos Ñuble".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        home: home.map(str::to_owned),
        scopes: "openid profile".to_owned(),
        authentication: Authentication::None,
        grants: BTreeSet::from([GrantType::Code]),
        first_party: true,
        ..Registration::default()
    };
    client::add(&mut cx, &ClientId::parse("cursos").unwrap(), courses, None, None).await.unwrap();
    registered(&app).await;
    app
}

/// Arrives from the system; gives the address of the login page.
async fn arrives(client: &Client, more: &str) -> String {
    let asked = format!(
        "/openid/authorize?client_id=cursos&response_type=code&redirect_uri={CALLBACK}&scope=openid&state=s1&nonce=n1\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{more}"
    );
    let answer = client.get(&asked).await;
    let address = answer.is(303).header("location").to_owned();
    assert!(address.starts_with("/ingresar?solicitud="), "{address}");
    address
}

/// Goes on from an answer until the system has its code.
#[track_caller]
fn is_code(answer: &Shown) {
    let location = answer.is(303).header("location");
    assert!(
        location.starts_with(&format!("{CALLBACK}?")) && location.contains("code=") && location.contains("state=s1"),
        "{location}"
    );
}

async fn led_on(client: &Client, answer: Shown) -> Shown {
    let address = answer.is(303).header("location").to_owned();
    assert!(address.starts_with("/openid/continuar?solicitud="), "{address}");
    client.get(&address).await
}

#[tokio::test]
async fn who_goes_back_to_a_system_without_a_first_page_brings_its_answer() {
    let app = with_home(None).await;
    let client = app.client();
    let page = client.get(&arrives(&client, "").await).await;
    let link = page.is(200).text.split("<a href=\"").find(|rest| rest.contains("Volver a Cursos")).unwrap();
    let address = link.split('"').next().unwrap();
    assert!(address.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{address}");
    assert!(address.contains("state=s1") && address.contains("iss=") && !address.contains("code="), "{address}");
}

#[tokio::test]
async fn the_page_says_who_asks_and_lets_forms_lead_there_alone() {
    let app = site().await;
    let client = app.client();
    let page = client.get(&arrives(&client, "").await).await;
    reads(page.is(200), &["Cursos Ñuble", "https://cursos.example", "Ingrese con su CS", "Volver a Cursos Ñuble"]);
    page.shows("<a href=\"https://cursos.example/\">").hides("/captcha/");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://cursos.example;"), "{policy}");
    let plain = app.client().get("/ingresar").await;
    assert!(plain.header("content-security-policy").contains("form-action 'self';"));
    // A form shown again may lead there, too.
    let wrong = log_in(&client, &arrives(&client, "").await, RUT, "equivocada").await;
    assert!(wrong.is(422).header("content-security-policy").contains("https://cursos.example;"));
    wrong.shows("Cursos Ñuble");
}

#[tokio::test]
async fn a_hint_that_is_a_rut_stands_in_its_field_and_nothing_else_does() {
    let app = site().await;
    let client = app.client();
    client.get(&arrives(&client, "&login_hint=12345678-5").await).await.shows("value=\"12.345.678-5\"");
    for other in ["12345678-9", "juana%40example.org", "%3Cscript%3E"] {
        let page = client.get(&arrives(&client, &format!("&login_hint={other}")).await).await;
        assert_eq!(page.is(200).after("id=\"rut\" name=\"rut\" value=\""), "", "{other}");
    }
}

#[tokio::test]
async fn the_login_leads_back_and_whoever_planted_the_cookie_goes_nowhere() {
    let app = site().await;
    let client = app.client();
    let address = arrives(&client, "").await;
    let page = client.get(&address).await;
    let planted = client.cookie("cs_session");
    is_code(&led_on(&client, send(&client, &page, &[("rut", RUT), ("clave", KEY)]).await).await);
    let thief = app.client().sending("cookie", &format!("cs_session={planted}"));
    thief.get(&address).await.is(410);
    thief.get(&address.replace("/ingresar", "/openid/continuar")).await.is(410);
    // Single sign-on: no page at all the next time.
    let again = client.get(&arrives_silently()).await;
    is_code(&again);
}

fn arrives_silently() -> String {
    format!(
        "/openid/authorize?client_id=cursos&response_type=code&redirect_uri={CALLBACK}&scope=openid&state=s1&nonce=n2\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    )
}

#[tokio::test]
async fn a_request_of_another_browser_is_not_shown() {
    let app = site().await;
    let address = arrives(&app.client(), "").await;
    app.client().get(&address).await.is(410).hides("Cursos");
}

#[tokio::test]
async fn proving_the_key_once_more_keeps_the_session() {
    let app = site().await;
    let client = app.client();
    let address = arrives(&client, "").await;
    is_code(&led_on(&client, log_in(&client, &address, RUT, KEY).await).await);
    let before = sessions(&app).await;
    wait(&app, std::time::Duration::from_secs(1));
    let address = arrives(&client, "&prompt=login").await;
    is_code(&led_on(&client, log_in(&client, &address, RUT, KEY).await).await);
    let after = sessions(&app).await;
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_eq!(before[0].sid, after[0].sid);
}

#[tokio::test]
async fn a_page_from_before_somebody_elses_login_leads_nobody_in_as_them() {
    let app = site().await;
    let client = app.client();
    let old = client.get(&arrives(&client, "&prompt=login").await).await;
    send(&client, &client.get("/ingresar").await, &[("rut", RUT), ("clave", KEY)]).await.is(303);
    wait(&app, std::time::Duration::from_secs(10));
    let other = [("rut", "11.111.111-1"), ("clave", "otra-cosa9")];
    let again = send(&client, &old, &other).await;
    reads(again.is(422), &["estaba abierta desde antes de otro ingreso", "Cursos Ñuble"]);
    again.hides("otra-cosa9");
    assert_eq!(sessions(&app).await.len(), 1);
    // The fresh page judges what is typed.
    let wrong = send(&client, &again, &other).await;
    reads(wrong.is(422), &["El RUT y la clave no corresponden"]);
    is_code(&led_on(&client, send(&client, &wrong, &[("rut", RUT), ("clave", KEY)]).await).await);
}

async fn sessions(app: &TestApp) -> Vec<session::Session> {
    let clave = &app.app.clave;
    session::of_person(&mut clave.db.read().await.unwrap(), Rut::parse(RUT).unwrap(), clave.clock.now()).await.unwrap()
}

#[tokio::test]
async fn from_the_forgotten_key_over_the_new_one_back_to_the_system() {
    let app = site().await;
    let client = app.client();
    let login = client.get(&arrives(&client, "").await).await;
    let forgot = login.after("<ul class=\"salidas\">\n<li><a href=\"");
    assert!(forgot.starts_with("/Account/RecuperarClave?solicitud="), "{forgot}");
    let step = send(&client, &client.get(&forgot).await, &[("rut", RUT)]).await;
    let step = client.get(step.is(303).header("location")).await;
    let flow = step.after("name=\"flujo\" value=\"");
    let made = send(&client, &step, &[("flujo", &flow), ("respuesta", ANSWER), ("captcha", "HOLA")]).await;
    let made = client.get(made.is(303).header("location")).await;
    let key = provisional(&made);

    // Whoever goes back and tries it at the login is led to «Cambiar CS», too.
    let login = client.get(&format!("/ingresar?{}", forgot.split_once('?').unwrap().1)).await;
    let answer = send(&client, &login, &[("rut", RUT), ("clave", &key)]).await;
    let page = client.get(answer.is(303).header("location")).await;
    reads(page.is(200), &["Cambie su clave provisoria", "Después podrá seguir a Cursos Ñuble."]);
    let change = page.after("class=\"boton\" href=\"");
    assert!(made.text.contains(&format!("href=\"{change}\"")), "both lead to {change}");

    let form = client.get(&change).await;
    let keys = [("clave_actual", key.as_str()), ("clave_nueva", NEW_KEY), ("clave_nueva_repetida", NEW_KEY)];
    let changed = send(&client, &form, &[&keys[..], &[("rut", RUT), ("captcha", "HOLA")]].concat()).await;
    let done = client.get(changed.is(303).header("location")).await;
    reads(&done, &["Su CS fue cambiada", "Continuar a Cursos Ñuble"]);
    let next = done.after("class=\"boton\" href=\"");
    is_code(&led_on(&client, log_in(&client, &next, RUT, NEW_KEY).await).await);
}

#[tokio::test]
async fn missing_data_interrupt_with_the_way_back_to_the_systems_login() {
    let app = site().await;
    forget_the_address(&app).await;
    let client = app.client();
    let address = arrives(&client, "").await;
    let answer = log_in(&client, &address, RUT, KEY).await;
    let page = client.get(answer.is(303).header("location")).await;
    reads(page.is(200), &["Faltan datos para continuar"]);
    page.shows(&format!("href=\"{address}\""));
}
