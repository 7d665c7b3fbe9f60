//! What a person is asked, and what is remembered of it.

use clave::consent;

use super::*;
use crate::{
    account::{PEDRO, pedro},
    juana::reads,
};

/// What Juana sees who comes from the system, after she has logged in if she was not.
async fn question(client: &Client, changes: &[(&str, &str)]) -> Shown {
    let page = open(client, &link(changes)).await;
    if page.text.contains("name=\"clave\"") { log_in(client, &page).await } else { page }
}

#[tokio::test]
async fn another_institutions_system_asks_with_the_real_values() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[("scope", "openid profile email phone address run")]).await;
    reads(
        page.is(200),
        &[
            "Cursos Ñuble le pide algunos datos",
            "https://cursos.example",
            "Juana O'Higgins",
            "01-12-1992",
            "juana@example.org",
            "+56 9 8765 4321",
            "Pasaje Los Copihues 1204, Viña del Mar, Región de Valparaíso",
            "12.345.678-5",
            "Aceptar y continuar",
            "No compartir",
        ],
    );
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://cursos.example;"), "{policy}");
    let answer = submit(&client, &page, &[("accion", "aceptar")]).await;
    back_with(&follow(&client, answer).await, "code");
    let events = events(&app).await;
    assert_eq!(events[events.len() - 2..], ["consent_given", "system_entered"]);
}

#[tokio::test]
async fn only_what_is_asked_for_is_shown() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[("scope", "openid email")]).await;
    page.shows("juana@example.org").hides("Copihues").hides("<dd>12.345.678-5").hides("8765 4321");
    let claims = r#"{"userinfo":{"given_name":null,"phone_number":{"essential":true}}}"#;
    let page = question(&client, &[("scope", "openid"), ("claims", claims)]).await;
    reads(&page, &["Nombres", "Juana", "+56 9 8765 4321"]);
    page.hides("juana@example.org").hides("Higgins");
}

#[tokio::test]
async fn a_yes_is_remembered_until_more_is_asked_for() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[("scope", "openid profile email")]).await;
    submit(&client, &page, &[("accion", "aceptar")]).await.is(303);
    back_with(&open(&client, &link(&[("scope", "openid profile email")])).await, "code");
    back_with(&open(&client, &link(&[("scope", "openid email")])).await, "code");
    let page = question(&client, &[("scope", "openid run")]).await;
    page.is(200).shows("12.345.678-5");
    // Looking at the question changes nothing.
    question(&client, &[("scope", "openid run")]).await.is(200);
    submit(&client, &page, &[("accion", "aceptar")]).await.is(303);
    back_with(&open(&client, &link(&[("scope", "openid run profile")])).await, "code");
    let again = open(&client, &link(&[("scope", "openid"), ("prompt", "consent")])).await;
    let answer = submit(&client, again.is(200), &[("accion", "aceptar")]).await;
    back_with(&follow(&client, answer).await, "code");
}

#[tokio::test]
async fn a_no_goes_back_as_access_denied_and_is_not_remembered() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    let answer = submit(&client, &page, &[("accion", "rechazar")]).await;
    assert_eq!((back_with(&answer, "error").as_str(), back_with(&answer, "state").as_str()), ("access_denied", "estado-1"));
    submit(&client, &page, &[("accion", "aceptar")]).await.is(410);
    question(&client, &[]).await.is(200).shows("No compartir");
}

#[tokio::test]
async fn a_double_click_on_accept_leads_in() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    let first = submit(&client, &page, &[("accion", "aceptar")]).await;
    let second = submit(&client, &page, &[("accion", "aceptar")]).await;
    back_with(&follow(&client, first).await, "code");
    back_with(&follow(&client, second).await, "code");
}

#[tokio::test]
async fn what_is_withdrawn_is_asked_again() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    submit(&client, &page, &[("accion", "aceptar")]).await.is(303);
    let (rut, id) = (Rut::parse(RUT).unwrap(), ClientId::parse("cursos").unwrap());
    let mut cx = operator(&app);
    let mut tx = app.app.clave.db.begin().await.unwrap();
    let all = consent::of_person(&mut tx, rut).await.unwrap();
    assert_eq!((all.len(), &all[0].0, all[0].1.scopes.to_string().as_str()), (1, &id, "openid profile email"));
    consent::withdraw(&mut tx, &mut cx, rut, &id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(events(&app).await.last().unwrap(), "consent_withdrawn");
    question(&client, &[]).await.is(200).shows("No compartir");
}

#[tokio::test]
async fn another_system_of_the_same_name_is_asked_about_anew() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    submit(&client, &page, &[("accion", "aceptar")]).await.is(303);
    client::remove(&mut operator(&app), &ClientId::parse("cursos").unwrap()).await.unwrap();
    add(&app, "cursos", courses()).await;
    question(&client, &[]).await.is(200).shows("No compartir");
}

#[tokio::test]
async fn the_question_needs_the_token_of_its_own_page_and_browser() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    let token = page.after("name=\"solicitud\" value=\"");
    let address = format!("/openid/consentimiento?solicitud={token}");
    post(&client, &address, &[("accion".to_owned(), "aceptar".to_owned())]).await.is(403);
    submit(&app.client(), &page, &[("accion", "aceptar")]).await.is(403);
    submit(&client, &page, &[("accion", "otra-cosa")]).await.is(200).shows("No compartir");
}

#[tokio::test]
async fn nobody_is_asked_after_logging_out() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let page = question(&client, &[]).await;
    let rut = Rut::parse(RUT).unwrap();
    let mut cx = operator(&app);
    let mut tx = app.app.clave.db.begin().await.unwrap();
    clave::session::end_all(&mut tx, &mut cx, rut, None, clave::session::EndedBy::Account).await.unwrap();
    tx.commit().await.unwrap();
    let answer = submit(&client, &page, &[("accion", "aceptar")]).await;
    follow(&client, answer).await.is(200).shows("name=\"clave\"");
}

#[tokio::test]
async fn what_one_person_agreed_to_lets_nobody_else_in() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    pedro(&app).await;
    // Juana says yes, the answer does not arrive, and her session ends elsewhere; Pedro goes on with what is open.
    let page = question(&client, &[("prompt", "consent")]).await;
    let resume = submit(&client, &page, &[("accion", "aceptar")]).await.is(303).header("location").to_owned();
    let mut cx = operator(&app);
    let mut tx = app.app.clave.db.begin().await.unwrap();
    clave::session::end_all(&mut tx, &mut cx, Rut::parse(RUT).unwrap(), None, clave::session::EndedBy::Account).await.unwrap();
    tx.commit().await.unwrap();
    let login = open(&client, &resume).await;
    let answer = submit(&client, login.is(200), &[("rut", PEDRO), ("clave", KEY)]).await;
    let page = follow(&client, answer).await;
    page.is(200).shows("No compartir").shows("pedro@example.org");
    let answer = submit(&client, &page, &[("accion", "aceptar")]).await;
    back_with(&follow(&client, answer).await, "code");
}

/// Whoever listens on the machine can call themselves so (RFC 8252 8.6).
#[tokio::test]
async fn a_program_on_the_machine_gets_nothing_without_a_click() {
    let redirect = "cl.example.app:/cb";
    let app = with(own()).await;
    let program = Registration {
        redirect_uris: vec![redirect.to_owned()],
        post_logout_uris: Vec::new(),
        authentication: Authentication::None,
        ..own()
    };
    add(&app, "programa", program).await;
    let client = inside(&app).await;
    let asks = |prompt: &'static str| link(&[("client_id", "programa"), ("redirect_uri", redirect), ("prompt", prompt)]);
    let silent = client.get(&asks("none")).await;
    assert!(silent.is(303).header("location").contains("error=consent_required"), "{redirect}");
    for _ in 0..2 {
        let page = open(&client, &asks("")).await;
        let answer = submit(&client, page.is(200).shows("No compartir"), &[("accion", "aceptar")]).await;
        assert!(follow(&client, answer).await.is(303).header("location").contains("code="), "{redirect}");
    }
}

#[tokio::test]
async fn the_names_of_systems_are_text() {
    let app = with(Registration { name: "<b>Cursos</b> & «Más»".to_owned(), ..courses() }).await;
    let client = juana(&app).await;
    question(&client, &[]).await.is(200).hides("<b>Cursos").shows("&#60;b&#62;Cursos");
}
