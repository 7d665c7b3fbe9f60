//! How systems show who they are, what they find at the well-known addresses, and their logos.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clave::{
    Cx,
    client::{self, Authentication, ClientId, GrantType, Logo, Registration},
    keys::Haste,
    signing,
};
use serde_json::Value;

use crate::{
    app::{Shown, TestApp},
    provider::{BASE, Provider, registration},
};

const ASKING: (&str, &str) = ("token", "nobodys");

fn header(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

fn fails(shown: &Shown, status: u16, code: &str) {
    let told: Value = serde_json::from_str(&shown.is(status).text).unwrap();
    assert_eq!(told["error"], code, "{}", shown.text);
    assert_eq!(shown.header("cache-control"), "no-store");
}

/// Asks something that only a client that proved itself may ask.
async fn asks(provider: &Provider, headers: &[(&'static str, &str)], fields: &[(&str, &str)]) -> Shown {
    provider.post("/openid/introspect", headers, &[&[ASKING][..], fields].concat()).await
}

#[tokio::test]
async fn a_secret_is_taken_from_the_header_or_the_form_but_not_from_both() {
    let provider = Provider::new().await;
    let system = provider.system("cursos").await;
    let right = header("cursos", &system.secret);
    let (in_header, id) = ([("authorization", right.as_str())], ("client_id", "cursos"));
    let secret = ("client_secret", system.secret.as_str());
    asks(&provider, &in_header, &[]).await.is(200);
    asks(&provider, &in_header, &[id]).await.is(200);
    asks(&provider, &[], &[id, secret]).await.is(200);
    fails(&asks(&provider, &in_header, &[id, secret]).await, 400, "invalid_request");
    fails(&asks(&provider, &in_header, &[("client_id", "otro")]).await, 400, "invalid_request");
    fails(&asks(&provider, &[], &[id, secret, secret]).await, 400, "invalid_request");
    fails(&asks(&provider, &[], &[]).await, 401, "invalid_client");
    fails(&asks(&provider, &[], &[id]).await, 401, "invalid_client");
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_are_answered_alike() {
    let provider = Provider::new().await;
    provider.system("cursos").await;
    let wrong = asks(&provider, &[("authorization", &header("cursos", "otro"))], &[]).await;
    let unknown = asks(&provider, &[("authorization", &header("nadie", "otro"))], &[]).await;
    fails(&wrong, 401, "invalid_client");
    assert_eq!(wrong.text, unknown.text);
    assert!(wrong.header("www-authenticate").starts_with("Basic realm="));
    assert_eq!(wrong.header("www-authenticate"), unknown.header("www-authenticate"));
    let posted = asks(&provider, &[], &[("client_id", "cursos"), ("client_secret", "otro")]).await;
    fails(&posted, 401, "invalid_client");
    assert_eq!(posted.header("www-authenticate"), "", "only who tried the header is challenged");
    for garbage in ["Basic", "Basic ", "Basic !!!", "Basic bm8=", "Bearer x", "Basic /w=="] {
        fails(&asks(&provider, &[("authorization", garbage)], &[]).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn names_and_secrets_in_the_header_may_be_encoded_like_a_form_or_not() {
    let provider = Provider::new().await;
    let secret = clave::Secret::new("a+b%2Fc=d&e:f0123456789abcdef0123456789");
    let id = ClientId::parse("mi~sistema").unwrap();
    client::add(&mut provider.cx(), &id, registration("x"), Some(secret.clone()), None).await.unwrap();
    let encoded: String = form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
    for (id, secret) in [("mi%7Esistema", encoded.as_str()), ("mi~sistema", secret.expose())] {
        asks(&provider, &[("authorization", &header(id, secret))], &[]).await.is(200);
    }
}

#[tokio::test]
async fn a_public_client_says_its_name_alone() {
    let provider = Provider::new().await;
    let public = Registration {
        authentication: Authentication::None,
        grants: [GrantType::Code, GrantType::Refresh].into(),
        ..registration("movil")
    };
    provider.registered("movil", public).await;
    let asks = async |fields: &[(&str, &str)]| provider.post("/openid/revoke", &[], &[&[ASKING][..], fields].concat()).await;
    asks(&[("client_id", "movil")]).await.is(200);
    fails(&asks(&[("client_id", "movil"), ("client_secret", "algo")]).await, 401, "invalid_client");
}

#[tokio::test]
async fn wrong_secrets_are_slowed_down_by_address_and_the_right_one_is_let_in() {
    let provider = Provider::new().await;
    let system = provider.system("cursos").await;
    let wrong = header("cursos", "otro");
    let most = provider.app.app.clave.settings.limits.client_secrets.tries;
    for _ in 0..most {
        fails(&asks(&provider, &[("authorization", &wrong)], &[]).await, 401, "invalid_client");
    }
    let late = asks(&provider, &[("authorization", &wrong)], &[]).await;
    fails(&late, 429, "invalid_client");
    assert!(late.header("retry-after").parse::<u64>().unwrap() > 0);
    asks(&provider, &[("authorization", &header("cursos", &system.secret))], &[]).await.is(200);
}

#[tokio::test]
async fn both_well_known_addresses_tell_the_same_and_any_page_may_read_it() {
    let provider = Provider::new().await;
    let other = ("origin", "https://sistema.example");
    let one = provider.get("/.well-known/openid-configuration", &[other]).await;
    let two = provider.get("/.well-known/oauth-authorization-server/", &[other]).await;
    assert_eq!(one.is(200).text, two.is(200).text);
    for shown in [&one, &two] {
        assert_eq!(shown.header("access-control-allow-origin"), "*");
        assert_eq!(shown.header("access-control-allow-credentials"), "");
        assert_eq!(shown.header("cache-control"), "public, max-age=600");
        assert!(shown.header("content-type").starts_with("application/json"));
    }
    let told: Value = serde_json::from_str(&one.text).unwrap();
    assert_eq!(told["issuer"], BASE);
    assert_eq!(told["acr_values_supported"], serde_json::json!(["urn:clavero:acr:key:declared"]), "what somebody can reach");
    // Every endpoint that is told is there: whatever it says to an empty request, it is not «no such address».
    for (name, address) in told.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri")
    {
        let path = address.as_str().unwrap().strip_prefix(BASE).unwrap();
        let (asked, sent) = (provider.get(path, &[]).await, provider.post(path, &[], &[]).await);
        assert!(asked.status != 404 && sent.status != 404, "{name}");
        assert!(asked.status != 405 || sent.status != 405, "{name}");
    }
}

#[tokio::test]
async fn the_keys_are_public_and_kept_as_long_as_a_new_one_waits() {
    let provider = Provider::new().await;
    let keys = async || {
        let shown = provider.get("/openid/jwks", &[("origin", "https://sistema.example")]).await;
        assert_eq!(shown.is(200).header("cache-control"), "public, max-age=600");
        assert_eq!(shown.header("access-control-allow-origin"), "*");
        let told: Value = serde_json::from_str(&shown.text).unwrap();
        told["keys"].as_array().unwrap().clone()
    };
    let before = keys().await;
    assert_eq!(before.iter().map(|key| key["alg"].as_str().unwrap()).collect::<Vec<_>>(), ["ES256", "RS256"]);
    signing::rotate(&mut provider.cx(), Haste::None).await.unwrap().unwrap();
    let after = keys().await;
    assert_eq!((after.len(), &after[..2]), (4, &before[..]), "those that sign come first");
    assert!(!after.iter().any(|key| key.get("d").is_some()));
}

#[tokio::test]
async fn without_keys_nothing_is_published() {
    let app = TestApp::new().await;
    let shown = app.get("/openid/jwks").await;
    shown.is(503);
    assert_eq!(shown.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_logo_is_shown_and_runs_nothing() {
    let app = TestApp::new().await;
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>";
    let id = ClientId::parse("Cursos").unwrap();
    let mut cx = Cx::new(Arc::clone(&app.app.clave), None);
    let logo = Logo::parse(svg.into()).unwrap();
    client::add(&mut cx, &id, registration("Cursos"), None, Some(logo)).await.unwrap();
    let shown = app.get("/Sistemas/Cursos/logo?v=1").await;
    assert_eq!((shown.is(200).text.as_str(), shown.header("content-type")), (svg, "image/svg+xml"));
    assert_eq!(shown.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    for missing in ["/sistemas/otro/logo", "/sistemas/%20/logo", "/sistemas/cursos/logo"] {
        app.get(missing).await.is(404);
    }
}
