//! Whatever is sent to the endpoints of the front channel: the error of its RFC, back to the system where that is safe, else on a page.

use axum::http::Method;

use super::*;

#[tokio::test]
async fn an_address_that_is_not_registered_is_never_followed() {
    let app = with(courses()).await;
    for foreign in [
        "https://evil.example/volver",
        "https://cursos.example/volver/",
        "https://cursos.example/volver?x=1",
        "https://cursos.example/VOLVER",
        "https://cursos.example:444/volver",
        "https://cursos.example@evil.example/volver",
        "https://cursos.example.evil.example/volver",
        "https://cursos.example/volver#x",
        "http://cursos.example/volver",
        "//cursos.example/volver",
        "/volver",
        "javascript:alert(1)",
        "https://cursos.example/volver\r\nLocation: https://evil.example",
        "",
    ] {
        // With one address registered RFC 6749 would let it be left out; OpenID Connect does not.
        for more in [("prompt", ""), ("prompt", "none"), ("response_type", "token"), ("scope", "nada")] {
            let page = app.get(&link(&[("redirect_uri", foreign), more])).await;
            refused(&page, "invalid_request");
            page.hides("href=\"https://evil");
        }
        refused(&post(&app.client(), "/openid/authorize", &asked(&[("redirect_uri", foreign)])).await, "invalid_request");
    }
}

#[tokio::test]
async fn without_a_client_there_is_a_page() {
    let app = with(courses()).await;
    refused(&app.get("/openid/authorize").await, "invalid_request");
    refused(&app.get(&link(&[("client_id", "")])).await, "invalid_request");
    for unknown in ["nadie", "cursos ", "CURSOS", "' OR 1=1", "<script>", "\u{0}", &"x".repeat(5_000)] {
        let page = app.get(&link(&[("client_id", unknown)])).await;
        refused(&page, "invalid_client");
        page.hides("<script>");
    }
    refused(&post(&app.client(), "/openid/authorize", &[]).await, "invalid_request");
}

#[tokio::test]
async fn a_removed_client_is_unknown() {
    let app = with(courses()).await;
    client::remove(&mut operator(&app), &ClientId::parse("cursos").unwrap()).await.unwrap();
    refused(&app.get(&link(&[])).await, "invalid_client");
}

#[tokio::test]
async fn a_parameter_twice_is_refused() {
    let app = with(courses()).await;
    for twice in ["&state=x", "&redirect_uri=https%3A%2F%2Fcursos.example%2Fvolver", "&client_id=cursos", "&scope=openid"] {
        refused(&app.get(&(link(&[]) + twice)).await, "invalid_request");
    }
}

#[tokio::test]
async fn what_is_wrong_goes_back_to_the_system_by_its_rfc() {
    let app = with(courses()).await;
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_mode", "nada", "invalid_request"),
        ("scope", "email", "invalid_scope"),
        ("scope", "", "invalid_scope"),
        ("prompt", "baila", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "pronto", "invalid_request"),
        ("claims", "{", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "corto", "invalid_request"),
        ("request", "nada", "request_not_supported"),
    ] {
        let answer = app.get(&link(&[(name, value)])).await;
        assert_eq!(back_with(&answer, "error"), error, "{name}={value}");
        assert_eq!(back_with(&answer, "state"), "estado-1", "{name}={value}");
        let description = back_with(&answer, "error_description");
        assert!(description.is_ascii() && !description.contains("::"), "{description}");
    }
}

#[tokio::test]
async fn a_public_client_needs_a_challenge() {
    let app = with(Registration { authentication: Authentication::None, ..courses() }).await;
    let answer = app.get(&link(&[("code_challenge", ""), ("code_challenge_method", "")])).await;
    assert_eq!(back_with(&answer, "error"), "invalid_request");
}

#[tokio::test]
async fn a_client_without_the_code_grant_is_told_so() {
    let grants = BTreeSet::from([GrantType::Device]);
    let app = with(Registration { grants, scopes: "openid profile email".to_owned(), ..courses() }).await;
    assert_eq!(back_with(&app.get(&link(&[])).await, "error"), "unauthorized_client");
}

#[tokio::test]
async fn a_foreign_request_uri_is_not_fetched() {
    let app = with(courses()).await;
    for uri in ["https://evil.example/solicitud", "http://127.0.0.1:1/", "file:///etc/passwd", "urn:otra:cosa"] {
        refused(&app.get(&link(&[("request_uri", uri)])).await, "request_uri_not_supported");
    }
    let unknown = "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAA";
    refused(&app.get(&link(&[("request_uri", unknown)])).await, "invalid_request_uri");
}

#[tokio::test]
async fn a_loopback_address_may_have_any_port() {
    let app = with(Registration { redirect_uris: vec!["http://127.0.0.1/volver".to_owned()], ..courses() }).await;
    let answer = app.get(&link(&[("redirect_uri", "http://127.0.0.1:50123/volver"), ("prompt", "none")])).await;
    assert!(answer.is(303).header("location").starts_with("http://127.0.0.1:50123/volver?error=login_required"));
    refused(&app.get(&link(&[("redirect_uri", "http://127.0.0.2:50123/volver")])).await, "invalid_request");
    refused(&app.get(&link(&[("redirect_uri", "http://localhost:50123/volver")])).await, "invalid_request");
}

#[tokio::test]
async fn what_is_no_form_or_too_large_is_refused() {
    let app = with(courses()).await;
    let client = app.client();
    let json = Request::post("/openid/authorize").header("content-type", "application/json");
    refused(&client.send(json, Body::from("{}")).await, "invalid_request");
    let large = asked(&[("nonce", &"n".repeat(70_000))]);
    refused(&post(&client, "/openid/authorize", &large).await, "invalid_request");
    refused(&send(&client, Request::post("/openid/authorize"), "client_id=%FF&=&&&%".to_owned()).await, "invalid_client");
    for address in
        ["/openid/authorize", "/openid/logout", "/openid/continuar", "/openid/consentimiento", "/openid/salir", "/dispositivo"]
    {
        client.send(Request::builder().method(Method::PUT).uri(address), Body::empty()).await.is(405);
        // With or without a final slash, in any case, as everywhere.
        let upper = format!("{}/", address.to_uppercase());
        assert_ne!(client.get(&upper).await.status, 404, "{upper}");
    }
}

#[tokio::test]
async fn tokens_that_are_none_are_gone() {
    let app = with(courses()).await;
    for address in ["/openid/continuar", "/openid/consentimiento", "/openid/salir"] {
        for token in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "%00", "../..", "%F0%9F%98%80"] {
            app.get(&format!("{address}?solicitud={token}")).await.is(410);
        }
    }
}
