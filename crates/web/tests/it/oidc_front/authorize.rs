//! The authorization request: `prompt`, `max_age`, `acr`, hints, languages, and the answer.

use std::time::Duration;

use oidc::jwk::{Algorithm, SigningKey};

use super::*;
use crate::juana::{forget_the_address, wait};

#[tokio::test]
async fn a_person_logs_in_and_the_system_gets_a_code() {
    let app = with(own()).await;
    let client = juana(&app).await;
    let login = open(&client, &link(&[])).await;
    login.is(200).shows("name=\"clave\"");
    let policy = login.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://cursos.example;"), "{policy}");
    let answer = log_in(&client, &login).await;
    assert_eq!(back_with(&answer, "state"), "estado-1");
    assert!(back_with(&answer, "code").len() >= 43);
    assert_eq!(events(&app).await.last().unwrap(), "system_entered");
}

#[tokio::test]
async fn who_is_logged_in_enters_without_a_page() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let answer = client.get(&link(&[("state", "otro")])).await;
    assert_eq!(back_with(&answer, "state"), "otro");
    back_with(&answer, "code");
}

#[tokio::test]
async fn the_query_of_the_registered_address_stays() {
    let address = "https://cursos.example/volver?sede=1&x=%2F";
    let app = with(Registration { redirect_uris: vec![address.to_owned()], ..own() }).await;
    let answer = app.get(&link(&[("redirect_uri", address), ("prompt", "none")])).await;
    let location = answer.is(303).header("location");
    assert!(location.starts_with("https://cursos.example/volver?sede=1&x=%2F&error=login_required&"), "{location}");
}

#[tokio::test]
async fn a_request_by_post_goes_on_with_the_cookies_that_did_not_come_with_it() {
    let app = with(own()).await;
    let client = inside(&app).await;
    // Another site's form: the browser sends no Lax cookie with it, and must not be given another one.
    let answer = post(&app.client().sending("sec-fetch-site", "cross-site"), "/openid/authorize", &asked(&[])).await;
    assert_eq!(answer.is(303).header("set-cookie"), "");
    let next = answer.header("location").to_owned();
    assert!(next.starts_with("/openid/authorize?client_id=cursos&request_uri=urn"), "{next}");
    back_with(&client.get(&next).await, "code");
    refused(&client.get(&next).await, "invalid_request_uri");
}

#[tokio::test]
async fn prompt_none_shows_nothing() {
    let app = with(courses()).await;
    let client = juana(&app).await;
    let silent = link(&[("prompt", "none")]);
    assert_eq!(back_with(&client.get(&silent).await, "error"), "login_required");
    let login = open(&client, &link(&[])).await;
    log_in(&client, &login).await.is(200);
    assert_eq!(back_with(&client.get(&silent).await, "error"), "consent_required");
    let question = open(&client, &link(&[])).await;
    submit(&client, &question, &[("accion", "aceptar")]).await.is(303);
    back_with(&client.get(&silent).await, "code");
    forget_the_address(&app).await;
    assert_eq!(back_with(&client.get(&silent).await, "error"), "interaction_required");
    let both = link(&[("prompt", "none login")]);
    assert_eq!(back_with(&client.get(&both).await, "error"), "invalid_request");
}

#[tokio::test]
async fn prompt_login_asks_for_the_key_again_once() {
    for prompt in ["login", "select_account"] {
        let app = with(own()).await;
        let client = inside(&app).await;
        wait(&app, Duration::from_secs(5));
        let login = open(&client, &link(&[("prompt", prompt)])).await;
        login.is(200).shows("name=\"clave\"");
        back_with(&log_in(&client, &login).await, "code");
    }
}

#[tokio::test]
async fn max_age_asks_for_the_key_again_when_it_was_proved_too_long_ago() {
    let app = with(own()).await;
    let client = inside(&app).await;
    wait(&app, Duration::from_mins(5));
    back_with(&client.get(&link(&[("max_age", "600")])).await, "code");
    open(&client, &link(&[("max_age", "240")])).await.is(200).shows("name=\"clave\"");
    let login = open(&client, &link(&[("max_age", "0")])).await;
    back_with(&log_in(&client, &login).await, "code");
    wait(&app, Duration::from_secs(1));
    assert_eq!(back_with(&client.get(&link(&[("max_age", "0"), ("prompt", "none")])).await, "error"), "login_required");
}

#[tokio::test]
async fn a_hint_lets_only_that_person_in() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let hint = id_token(&app).await;
    back_with(&client.get(&link(&[("id_token_hint", &hint)])).await, "code");

    let other = signed(&app, "cursos", "11.111.111-1", None).await;
    let silent = link(&[("id_token_hint", &other), ("prompt", "none")]);
    assert_eq!(back_with(&client.get(&silent).await, "error"), "login_required");
    wait(&app, Duration::from_secs(1));
    let login = open(&client, &link(&[("id_token_hint", &other)])).await;
    login.is(200).shows("name=\"clave\"");
    // Juana logs in again, and is still not the one who was hinted at.
    assert_eq!(back_with(&log_in(&client, &login).await, "error"), "login_required");
}

#[tokio::test]
async fn a_hint_of_somebody_elses_making_is_refused() {
    let app = with(own()).await;
    add(&app, "otros", own()).await;
    let client = inside(&app).await;
    let forger = SigningKey::generate(Algorithm::Es256).unwrap();
    let good = id_token(&app).await;
    let (head, rest) = good.split_once('.').unwrap();
    let altered = format!("{head}.{}A{}", &rest[..10], &rest[11..]);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split('.').next().unwrap());
    for hint in [
        "nada".to_owned(),
        signed(&app, "cursos", RUT, Some(&forger)).await,
        signed(&app, "otros", RUT, None).await,
        altered,
        unsigned,
    ] {
        assert_eq!(back_with(&client.get(&link(&[("id_token_hint", &hint)])).await, "error"), "invalid_request", "{hint}");
    }
}

#[tokio::test]
async fn an_essential_acr_that_nobody_reaches_is_an_error_and_a_wish_is_not() {
    let app = with(own()).await;
    let client = inside(&app).await;
    back_with(&client.get(&link(&[("acr_values", "urn:clavero:acr:key:registry")])).await, "code");
    let demand = |value: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{value}"]}}}}}}"#);
    let registry = link(&[("claims", &demand("urn:clavero:acr:key:registry"))]);
    assert_eq!(back_with(&client.get(&registry).await, "error"), "unmet_authentication_requirements");
    back_with(&client.get(&link(&[("claims", &demand("urn:clavero:acr:key:declared"))])).await, "code");
}

#[tokio::test]
async fn a_demanded_subject_is_the_person_or_nobody() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let demand = link(&[("claims", r#"{"id_token":{"sub":{"value":"nadie"}}}"#), ("prompt", "none")]);
    assert_eq!(back_with(&client.get(&demand).await, "error"), "login_required");
}

#[tokio::test]
async fn missing_data_interrupt_whoever_is_logged_in_already() {
    let app = with(own()).await;
    let client = inside(&app).await;
    forget_the_address(&app).await;
    let page = open(&client, &link(&[])).await;
    page.is(200)
        .shows("data-resultado=\"interrumpido\"")
        .shows("Faltan datos para continuar")
        .shows("/openid/continuar?solicitud=");
}

#[tokio::test]
async fn the_page_speaks_the_language_that_the_system_wishes_unless_the_person_chose_one() {
    let app = with(own()).await;
    let wish = link(&[("ui_locales", "fr-CA ht en")]);
    open(&app.client(), &wish).await.is(200).shows("<html lang=\"ht\">");
    let client = app.client();
    client.get("/?lang=en").await.is(303);
    open(&client, &wish).await.is(200).shows("<html lang=\"en\">");
}

/// Chromium holds what the system's own page redirects to against the policy, too.
#[tokio::test]
async fn forms_may_lead_on_to_every_origin_of_the_system() {
    let registration = Registration {
        redirect_uris: [
            CALLBACK,
            "https://cursos.example/otra",
            "https://portal.example:8443/",
            "http://[::1]/cb",
            "cl.example.app:/cb",
        ]
        .map(str::to_owned)
        .to_vec(),
        home: Some("https://www.example/inicio".to_owned()),
        sector: Some("cursos.example".to_owned()),
        ..own()
    };
    let app = with(registration).await;
    let policy = async |redirect: &str| {
        let page = open(&app.client(), &link(&[("redirect_uri", redirect)])).await;
        let policy = page.is(200).header("content-security-policy").to_owned();
        policy.split_once("form-action ").unwrap().1.split(';').next().unwrap().to_owned()
    };
    assert_eq!(policy(CALLBACK).await, "'self' https://cursos.example https://portal.example:8443 https://www.example");
    // A whole scheme is open only for whoever goes there.
    let app_first = "'self' cl.example.app: https://cursos.example https://portal.example:8443 https://www.example";
    assert_eq!(policy("cl.example.app:/cb").await, app_first);
}

#[tokio::test]
async fn what_one_system_wishes_is_not_the_persons_choice() {
    let app = with(own()).await;
    let client = app.client();
    open(&client, &link(&[("ui_locales", "en")])).await.is(200).shows("<html lang=\"en\">");
    assert_eq!(client.cookie("cs_lang"), "sistema.en");
    open(&client, &link(&[("ui_locales", "es-CL")])).await.is(200).shows("<html lang=\"es-CL\">");
    // The switch is the person's own.
    client.get("/?lang=ht").await.is(303);
    open(&client, &link(&[("ui_locales", "en")])).await.is(200).shows("<html lang=\"ht\">");
}

#[tokio::test]
async fn another_browser_cannot_go_on_with_a_request() {
    let app = with(own()).await;
    // Login CSRF: the attacker's request must not become the victim's login.
    let attacker = app.client();
    let login = attacker.get(&link(&[])).await.is(303).header("location").to_owned();
    let token = login.split_once("solicitud=").unwrap().1;
    let victim = inside(&app).await;
    for page in ["/openid/continuar", "/openid/consentimiento"] {
        victim.get(&format!("{page}?solicitud={token}")).await.is(410);
    }
}

#[tokio::test]
async fn a_request_is_answered_once_but_for_a_double_click() {
    let app = with(own()).await;
    let client = juana(&app).await;
    let login = client.get(&link(&[])).await.is(303).header("location").to_owned();
    let page = client.get(&login).await;
    let resume = submit(&client, &page, &[("rut", RUT), ("clave", KEY)]).await.is(303).header("location").to_owned();
    let first = back_with(&client.get(&resume).await, "code");
    assert_ne!(back_with(&client.get(&resume).await, "code"), first);
    wait(&app, Duration::from_secs(11));
    client.get(&resume).await.is(410);
}

#[tokio::test]
async fn a_request_ends_after_half_an_hour() {
    let app = with(own()).await;
    let client = juana(&app).await;
    let login = client.get(&link(&[])).await.is(303).header("location").to_owned();
    let token = login.split_once("solicitud=").unwrap().1.to_owned();
    wait(&app, Duration::from_mins(29));
    client.get(&format!("/openid/continuar?solicitud={token}")).await.is(303);
    wait(&app, Duration::from_mins(2));
    client.get(&format!("/openid/continuar?solicitud={token}")).await.is(410);
}

#[tokio::test]
async fn nothing_of_a_request_is_readable_in_the_database() {
    let app = with(own()).await;
    app.get(&link(&[("login_hint", RUT), ("state", "muy-privado")])).await.is(303);
    let mut tx = app.app.clave.db.read().await.unwrap();
    let rows = tx.all(sql::sql!("SELECT id, request FROM pending")).await.unwrap();
    assert_eq!(rows.len(), 1);
    let request: Vec<u8> = rows[0].get("request").unwrap();
    assert!(!request.windows(11).any(|part| part == b"muy-privado"));
}
