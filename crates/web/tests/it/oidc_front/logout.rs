//! Logging out at a system's wish: who is asked, and where nobody is sent.

use super::*;

const BYE: &str = "https://cursos.example/adios";

fn bye(fields: &[(&str, &str)]) -> String {
    format!("/openid/logout?{}", encoded(fields))
}

/// Whether Juana is still logged in, seen from the system.
async fn is_in(client: &Client) -> bool {
    client.get(&link(&[("prompt", "none")])).await.header("location").contains("code=")
}

#[tokio::test]
async fn with_a_hint_about_her_nobody_is_asked() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let hint = id_token(&app).await;
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "e 1")];
    let kept = client.get(&bye(&fields)).await;
    // The token stays in the first address alone.
    assert!(!kept.is(303).header("location").contains(&hint[..20]));
    assert_eq!(follow(&client, kept).await.is(303).header("location"), "https://cursos.example/adios?state=e+1");
    assert!(!is_in(&client).await);
    assert!(events(&app).await.iter().any(|event| event == "session_ended"));
    // Once more, from another window: nothing is left to end, and the system gets its answer.
    assert_eq!(open(&client, &bye(&fields)).await.is(303).header("location"), "https://cursos.example/adios?state=e+1");
}

#[tokio::test]
async fn by_post_the_session_is_found_with_the_next_request() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let hint = id_token(&app).await;
    let fields = [("id_token_hint".to_owned(), hint), ("post_logout_redirect_uri".to_owned(), BYE.to_owned())];
    let answer = post(&app.client().sending("sec-fetch-site", "cross-site"), "/openid/logout", &fields).await;
    assert_eq!(answer.is(303).header("set-cookie"), "");
    assert_eq!(follow(&client, answer).await.is(303).header("location"), BYE);
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked_and_sent_nowhere() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let page = open(&client, &bye(&[("client_id", "cursos"), ("post_logout_redirect_uri", BYE)])).await;
    page.is(200).shows("Sistema Propio pide cerrar la sesión").shows("Seguir conectado");
    assert!(is_in(&client).await, "asking ends nothing");
    let answer = submit(&client, &page, &[]).await;
    let page = follow(&client, answer).await;
    page.is(200).shows("data-resultado=\"exito\"").shows("Su sesión está cerrada").shows("href=\"https://cursos.example/\"");
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn a_hint_about_somebody_else_is_asked_about() {
    let app = with(Registration { home: Some("https://www.example/".to_owned()), ..own() }).await;
    let client = inside(&app).await;
    let other = signed(&app, "cursos", "11.111.111-1", None).await;
    let page = open(&client, &bye(&[("id_token_hint", &other), ("post_logout_redirect_uri", BYE)])).await;
    page.is(200).shows("Cerrar sesión");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://cursos.example https://www.example;"), "{policy}");
    assert!(is_in(&client).await);
    let answer = submit(&client, &page, &[]).await;
    assert_eq!(follow(&client, answer).await.is(303).header("location"), BYE);
}

#[tokio::test]
async fn a_forged_hint_is_no_hint() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let thief = SigningKey::generate(Algorithm::Es256).unwrap();
    let forged = signed(&app, "cursos", RUT, Some(&thief)).await;
    for hint in [forged.as_str(), "nada", "a.b.c"] {
        let fields = [("id_token_hint", hint), ("client_id", "cursos"), ("post_logout_redirect_uri", BYE)];
        let page = open(&client, &bye(&fields)).await;
        page.is(200).shows("Seguir conectado");
        assert!(is_in(&client).await);
    }
}

/// After `keys rotate oidc --now` no hint is believed, and most systems send nothing else that says who they are.
#[tokio::test]
async fn where_nothing_says_who_asks_the_person_is_asked_and_sent_nowhere() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let gone = SigningKey::generate(Algorithm::Es256).unwrap();
    let hint = signed(&app, "cursos", RUT, Some(&gone)).await;
    for fields in
        [&[("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)][..], &[("post_logout_redirect_uri", BYE)]]
    {
        open(&client, &bye(fields)).await.is(200).shows("Seguir conectado");
    }
    assert!(is_in(&client).await);
    let page = open(&client, &bye(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)])).await;
    let answer = submit(&client, &page, &[]).await;
    follow(&client, answer).await.is(200).shows("Su sesión está cerrada").hides(BYE);
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn coming_back_to_the_page_ends_no_other_session_unasked() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let hint = id_token(&app).await;
    let page = client.get(&bye(&[("id_token_hint", &hint)])).await.is(303).header("location").to_owned();
    client.get(&page).await.is(200).shows("Su sesión está cerrada");
    assert!(!is_in(&client).await);
    let login = open(&client, &link(&[])).await;
    back_with(&log_in(&client, &login).await, "code");
    let asked = client.get(&page).await;
    asked.is(200).shows("Seguir conectado");
    assert!(is_in(&client).await);
    let answer = submit(&client, &asked, &[]).await;
    follow(&client, answer).await.is(200).shows("Su sesión está cerrada");
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn an_address_that_is_not_registered_leads_nowhere() {
    let app = with(own()).await;
    add(&app, "otros", Registration { post_logout_uris: vec!["https://otros.example/".to_owned()], ..own() }).await;
    let client = inside(&app).await;
    let hint = id_token(&app).await;
    for foreign in [
        "https://evil.example/",
        "https://cursos.example/adios/",
        "https://cursos.example/adios?x=1",
        "https://cursos.example/ADIOS",
        "https://otros.example/",
        "//cursos.example/adios",
        "javascript:alert(1)",
        CALLBACK,
    ] {
        let page = open(&client, &bye(&[("id_token_hint", &hint), ("post_logout_redirect_uri", foreign)])).await;
        refused(&page, "invalid_request");
        page.shows("href=\"/salir\"").hides("href=\"https://evil").hides("javascript:alert(1)\"");
    }
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let app = with(own()).await;
    add(&app, "otros", own()).await;
    let hint = id_token(&app).await;
    refused(&app.get(&bye(&[("client_id", "nadie")])).await, "invalid_request");
    refused(&app.get(&bye(&[("client_id", "otros"), ("id_token_hint", &hint)])).await, "invalid_request");
    refused(&app.get(&bye(&[("state", "1"), ("state", "2")])).await, "invalid_request");
    app.get("/openid/salir?solicitud=AAAAAAAAAAAAAAAAAAAAAA").await.is(410);
    app.get("/openid/salir").await.is(410);
}

#[tokio::test]
async fn another_site_cannot_press_the_button() {
    let app = with(own()).await;
    let client = inside(&app).await;
    let page = open(&client, "/openid/logout").await;
    let token = page.is(200).after("name=\"solicitud\" value=\"");
    post(&client, &format!("/openid/salir?solicitud={token}"), &[]).await.is(403);
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn who_is_not_logged_in_is_told_so() {
    let app = with(own()).await;
    open(&app.client(), "/openid/logout").await.is(200).shows("Su sesión está cerrada");
}
