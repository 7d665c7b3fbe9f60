//! The token side of OpenID Connect over HTTP: what is answered to whom, and what every endpoint says to bad input.

use std::{collections::BTreeSet, time::Duration};

use axum::http::Request;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use clave::{
    client::{Authentication, GrantType, Registration},
    device_grant::{self, Approval, Decision},
    grant::Acr,
};
use oidc::{claims_request::ClaimsRequest, device::UserCode, id_token::Hint, jwk::Algorithm, jwt};
use rut::Rut;
use serde_json::{Value, json};

use crate::{
    app::Shown,
    juana,
    provider::{
        BACK, BASE, Provider, Signer, System, VERIFIER, ath, body, claims, exchanging, fails, is_signed_by, part, registration,
    },
};

/// A system that may get tokens for codes alone.
fn only_codes(id: &str) -> Registration {
    Registration { grants: BTreeSet::from([GrantType::Code]), scopes: "openid email".to_owned(), ..registration(id) }
}

fn bearer(token: &Value) -> String {
    format!("Bearer {}", token.as_str().unwrap())
}

async fn userinfo(provider: &Provider, token: &Value) -> Shown {
    provider.get("/openid/userinfo", &[("authorization", &bearer(token))]).await
}

async fn refresh(provider: &Provider, system: &System, token: &Value) -> Shown {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
    provider.post("/openid/token", &[("authorization", &system.basic())], &fields).await
}

async fn introspect(provider: &Provider, system: &System, token: &Value) -> Value {
    let fields = [("token", token.as_str().unwrap())];
    body(provider.post("/openid/introspect", &[("authorization", &system.basic())], &fields).await.is(200))
}

#[tokio::test]
async fn a_code_becomes_tokens_that_tell_who_logged_in_and_how() {
    let provider = Provider::new().await;
    let mut sids = Vec::new();
    for (id, algorithm) in [("es", Algorithm::Es256), ("rs", Algorithm::Rs256)] {
        let system = provider.registered(id, Registration { id_token_alg: algorithm, ..registration(id) }).await;
        let code = provider.code(&system, "openid email").await;
        let answer = provider.exchange(&system, &code, &[]).await;
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let tokens = body(answer.is(200));
        assert_eq!(
            (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]),
            (&json!("Bearer"), &json!(600), &json!("openid email"))
        );
        let id_token = tokens["id_token"].as_str().unwrap();
        let key = provider.app.app.clave.signing.find(&jwt::kid(id_token).unwrap()).unwrap();
        let hint = Hint::verify(id_token, &key, BASE).unwrap();
        let sid = provider.sid.told_to(&provider.app.app.clave.vault, &system.client.id).unwrap();
        assert!(hint.is_for(id) && hint.sid.as_deref() == Some(&sid));
        // Two systems that compare what they were told learn nothing of each other.
        assert!(sid.len() == 32 && !sids.contains(&sid) && sid != provider.sid.hex());
        sids.push(sid);
        assert_eq!(part(id_token, 0)["alg"], algorithm.as_str());
        let told = claims(id_token);
        let now = provider.now();
        assert_eq!((&told["iss"], &told["aud"], &told["nonce"]), (&json!(BASE), &json!(id), &json!("n-0S6_WzA2Mj")));
        assert_eq!((&told["iat"], &told["exp"], &told["auth_time"]), (&json!(now), &json!(now + 600), &json!(now)));
        assert_eq!((&told["acr"], &told["amr"]), (&json!("urn:clavero:acr:key:declared"), &json!(["pwd"])));
        assert!(told["at_hash"].is_string() && told["email"].is_null(), "claims of scopes are told by userinfo: {told}");
        let info = body(userinfo(&provider, &tokens["access_token"]).await.is(200));
        assert_eq!((&info["sub"], &info["email"]), (&told["sub"], &json!("juana@example.org")));
        assert!(info["RolUnico"].is_null() && info["name"].is_null(), "only what its scopes stand for: {info}");
    }
}

#[tokio::test]
async fn claims_by_name_are_told_where_they_were_asked_for() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let asked = ClaimsRequest::parse(r#"{"id_token":{"email":{"essential":true}},"userinfo":{"RolUnico":null}}"#).unwrap();
    let code = provider.code_with(&system, "openid", asked).await;
    let tokens = body(provider.exchange(&system, &code, &[]).await.is(200));
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["email"], "juana@example.org");
    let info = body(userinfo(&provider, &tokens["access_token"]).await.is(200));
    assert_eq!((&info["RolUnico"]["numero"], &info["RolUnico"]["DV"]), (&json!(12_345_678), &json!("5")));
    assert!(info["email"].is_null());
}

#[tokio::test]
async fn one_code_serves_once() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let code = provider.code(&system, "openid").await;
    let tokens = body(provider.exchange(&system, &code, &[]).await.is(200));
    fails(&provider.exchange(&system, &code, &[]).await, 400, "invalid_grant");
    fails(&userinfo(&provider, &tokens["access_token"]).await, 401, "invalid_token");
    fails(&refresh(&provider, &system, &tokens["refresh_token"]).await, 400, "invalid_grant");
    let late = provider.code(&system, "openid").await;
    juana::wait(&provider.app, Duration::from_mins(1));
    fails(&provider.exchange(&system, &late, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn the_token_endpoint_answers_bad_input_in_the_words_of_its_rfc() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let narrow = provider.registered("angosto", only_codes("angosto")).await;
    let code = provider.code(&system, "openid").await;
    let (basic, narrow_basic) = (system.basic(), narrow.basic());
    let right = exchanging(&code);
    let with = |name: &'static str, value: &'static str| {
        let mut fields = right.to_vec();
        fields.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
        fields
    };
    let token = async |authorization: &str, fields: &[(&str, &str)]| {
        provider.post("/openid/token", &[("authorization", authorization)], fields).await
    };
    fails(&token(&basic, &[]).await, 400, "invalid_request");
    fails(&token(&basic, &with("grant_type", "password")).await, 400, "unsupported_grant_type");
    fails(&token(&basic, &with("grant_type", "")).await, 400, "invalid_request");
    fails(&token(&basic, &with("code", "")).await, 400, "invalid_request");
    fails(&token(&basic, &[&right[..], &[("code", "otro")]].concat()).await, 400, "invalid_request");
    fails(&token(&basic, &with("code", "nada")).await, 400, "invalid_grant");
    fails(&token(&basic, &with("redirect_uri", "https://sistema.example/otra")).await, 400, "invalid_grant");
    fails(&token(&basic, &with("code_verifier", "")).await, 400, "invalid_grant");
    fails(&token(&basic, &with("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX")).await, 400, "invalid_grant");
    fails(&token(&narrow_basic, &right).await, 400, "invalid_grant");
    fails(&token(&narrow_basic, &[("grant_type", "client_credentials")]).await, 400, "unauthorized_client");
    fails(&token(&narrow_basic, &[("grant_type", "refresh_token"), ("refresh_token", "x")]).await, 400, "unauthorized_client");
    fails(&token(&basic, &[("grant_type", "client_credentials"), ("scope", "openid")]).await, 400, "invalid_scope");
    fails(&token(&basic, &[("grant_type", "refresh_token"), ("refresh_token", "x")]).await, 400, "invalid_grant");
    fails(&token(&basic, &with("client_id", "otro")).await, 400, "invalid_request");
    fails(&token(&basic, &with("client_secret", "otro")).await, 400, "invalid_request");
    let wrong = System { secret: "no es".to_owned(), client: system.client.clone() };
    let refused = token(&wrong.basic(), &right).await;
    fails(&refused, 401, "invalid_client");
    assert!(refused.header("www-authenticate").starts_with("Basic "));
    fails(&provider.post("/openid/token", &[], &right).await, 401, "invalid_client");
    fails(&provider.post("/openid/token", &[], &with("client_id", "nadie")).await, 401, "invalid_client");
    fails(&provider.post("/openid/token", &[], &with("client_id", "sistema")).await, 401, "invalid_client");

    let other_kind = Request::post("/openid/token").header("content-type", "application/json");
    fails(&provider.send(other_kind, &[("authorization", &basic)], r#"{"grant_type":"x"}"#).await, 400, "invalid_request");
    let form = || Request::post("/openid/token").header("content-type", "application/x-www-form-urlencoded");
    fails(&provider.send(form(), &[("authorization", &basic)], "grant_type=%ff").await, 400, "invalid_request");
    let long = format!("grant_type=authorization_code&code={}", "x".repeat(70_000));
    fails(&provider.send(form(), &[("authorization", &basic)], long).await, 400, "invalid_request");
    fails(&provider.send(form(), &[("authorization", &basic)], vec![b'x'; 3 * 1024 * 1024]).await, 413, "invalid_request");
    let got = provider.get("/openid/token", &[]).await;
    fails(&got, 405, "invalid_request");
    assert_eq!(got.header("allow"), "POST");
    provider.exchange(&system, &code, &[]).await.is(200);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_tell_who_uses_an_old_one() {
    let provider = Provider::new().await;
    let (system, other) = (provider.system("sistema").await, provider.system("otro").await);
    let first = provider.tokens(&system, "openid email offline_access").await;
    fails(&refresh(&provider, &other, &first["refresh_token"]).await, 400, "invalid_grant");
    let second = body(refresh(&provider, &system, &first["refresh_token"]).await.is(200));
    assert!(claims(second["id_token"].as_str().unwrap())["nonce"].is_null());
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", second["refresh_token"].as_str().unwrap()), ("scope", "openid run")];
    fails(&provider.post("/openid/token", &[("authorization", &system.basic())], &fields).await, 400, "invalid_scope");
    fails(&refresh(&provider, &system, &first["refresh_token"]).await, 400, "invalid_grant");
    fails(&refresh(&provider, &system, &second["refresh_token"]).await, 400, "invalid_grant");
    fails(&userinfo(&provider, &second["access_token"]).await, 401, "invalid_token");
}

#[tokio::test]
async fn userinfo_takes_a_token_in_three_ways_and_one_at_a_time() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let tokens = provider.tokens(&system, "openid email").await;
    let token = tokens["access_token"].as_str().unwrap();
    let header = bearer(&tokens["access_token"]);
    let by_get = body(userinfo(&provider, &tokens["access_token"]).await.is(200));
    let by_post = provider.post("/openid/userinfo", &[("authorization", &header)], &[]).await;
    let by_form = provider.post("/openid/userinfo", &[], &[("access_token", token)]).await;
    assert_eq!((&by_get, &by_get), (&body(by_post.is(200)), &body(by_form.is(200))));
    assert_eq!(by_form.header("cache-control"), "no-store");
    let nothing = provider.get("/openid/userinfo", &[]).await;
    nothing.is(401);
    let offered: Vec<&str> = nothing.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(
        offered[0].starts_with("Bearer ") && offered[1].starts_with("DPoP ") && !offered.concat().contains("error="),
        "{offered:?}"
    );
    fails(
        &provider.post("/openid/userinfo", &[("authorization", &header)], &[("access_token", token)]).await,
        400,
        "invalid_request",
    );
    for wrong in ["Bearer", "Bearer ", "Bearer a b", "Basic abc", "Bearer ñ"] {
        fails(&provider.get("/openid/userinfo", &[("authorization", wrong)]).await, 400, "invalid_request");
    }
    provider.get(&format!("/openid/userinfo?access_token={token}"), &[]).await.is(401);
    let unknown = userinfo(&provider, &json!("nada")).await;
    fails(&unknown, 401, "invalid_token");
    assert!(unknown.header("www-authenticate").contains("error=\"invalid_token\""));
    fails(&provider.send(Request::put("/openid/userinfo"), &[], "").await, 405, "invalid_request");
}

#[tokio::test]
async fn userinfo_is_signed_for_whom_it_was_registered_so() {
    let provider = Provider::new().await;
    let signed = Registration { userinfo_alg: Some(Algorithm::Es256), ..registration("firmado") };
    let system = provider.registered("firmado", signed).await;
    let tokens = provider.tokens(&system, "openid email").await;
    let answer = userinfo(&provider, &tokens["access_token"]).await;
    assert_eq!((answer.is(200).header("content-type"), answer.header("cache-control")), ("application/jwt", "no-store"));
    let key = provider.app.app.clave.signing.find(&jwt::kid(&answer.text).unwrap()).unwrap();
    assert!(is_signed_by(&answer.text, key.public()));
    assert!(Hint::verify(&answer.text, &key, BASE).is_none(), "it is no ID token");
    let told = claims(&answer.text);
    assert_eq!((&told["email"], &told["iss"], &told["aud"]), (&json!("juana@example.org"), &json!(BASE), &json!("firmado")));
}

#[tokio::test]
async fn only_access_tokens_open_userinfo() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let tokens = provider.tokens(&system, "openid offline_access").await;
    let id_token = tokens["id_token"].as_str().unwrap();
    let (head, rest) = id_token.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let none = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let hs256 = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let altered = BASE64.encode(claims(id_token).to_string().replace("pwd", "mfa"));
    let tried = [
        id_token.to_owned(),
        format!("{none}.{payload}."),
        format!("{hs256}.{payload}.{signature}"),
        format!("{head}.{altered}.{signature}"),
        tokens["refresh_token"].as_str().unwrap().to_owned(),
    ];
    for token in tried {
        fails(&userinfo(&provider, &json!(token)).await, 401, "invalid_token");
    }
    let fields = [("grant_type", "client_credentials")];
    let own = body(provider.post("/openid/token", &[("authorization", &system.basic())], &fields).await.is(200));
    assert!(own["refresh_token"].is_null() && own["id_token"].is_null() && own["scope"].is_null());
    let refused = userinfo(&provider, &own["access_token"]).await;
    fails(&refused, 403, "insufficient_scope");
    assert!(refused.header("www-authenticate").contains("scope=\"openid\""));
}

#[tokio::test]
async fn a_system_learns_of_its_own_tokens_only() {
    let provider = Provider::new().await;
    let (system, other) = (provider.system("sistema").await, provider.system("otro").await);
    let tokens = provider.tokens(&system, "openid email offline_access").await;
    let seen = introspect(&provider, &system, &tokens["access_token"]).await;
    let now = provider.now();
    assert_eq!(
        (&seen["active"], &seen["client_id"], &seen["scope"]),
        (&json!(true), &json!("sistema"), &json!("openid email offline_access"))
    );
    assert_eq!((&seen["iat"], &seen["exp"], &seen["token_type"]), (&json!(now), &json!(now + 600), &json!("Bearer")));
    assert_eq!(
        (&seen["iss"], &seen["aud"], &seen["acr"]),
        (&json!(BASE), &json!("sistema"), &json!("urn:clavero:acr:key:declared"))
    );
    assert_eq!(seen["sub"], claims(tokens["id_token"].as_str().unwrap())["sub"]);
    assert_eq!(introspect(&provider, &system, &tokens["refresh_token"]).await["active"], true);
    for token in [&tokens["access_token"], &tokens["refresh_token"], &tokens["id_token"], &json!("nada")] {
        assert_eq!(introspect(&provider, &other, token).await, json!({ "active": false }));
    }
    let token = tokens["access_token"].as_str().unwrap();
    fails(&provider.post("/openid/introspect", &[("authorization", &system.basic())], &[]).await, 400, "invalid_request");
    fails(&provider.post("/openid/introspect", &[], &[("token", token)]).await, 401, "invalid_client");
    let public = Registration { authentication: Authentication::None, ..only_codes("publico") };
    provider.registered("publico", public).await;
    fails(&provider.post("/openid/introspect", &[], &[("token", token), ("client_id", "publico")]).await, 401, "invalid_client");
    fails(&provider.get("/openid/introspect", &[]).await, 405, "invalid_request");
}

#[tokio::test]
async fn a_system_gives_its_own_tokens_back() {
    let provider = Provider::new().await;
    let (system, other) = (provider.system("sistema").await, provider.system("otro").await);
    let tokens = provider.tokens(&system, "openid offline_access").await;
    let give = async |system: &System, token: &Value| {
        let fields = [("token", token.as_str().unwrap()), ("token_type_hint", "refresh_token")];
        provider.post("/openid/revoke", &[("authorization", &system.basic())], &fields).await
    };
    fails(&give(&other, &tokens["access_token"]).await, 400, "invalid_grant");
    assert_eq!(give(&system, &json!("nada")).await.is(200).text, "");
    give(&system, &tokens["access_token"]).await.is(200);
    fails(&userinfo(&provider, &tokens["access_token"]).await, 401, "invalid_token");
    let next = body(refresh(&provider, &system, &tokens["refresh_token"]).await.is(200));
    give(&system, &next["refresh_token"]).await.is(200);
    give(&system, &next["refresh_token"]).await.is(200);
    assert_eq!(introspect(&provider, &system, &next["access_token"]).await["active"], false);
    fails(&refresh(&provider, &system, &next["refresh_token"]).await, 400, "invalid_grant");
    fails(&provider.post("/openid/revoke", &[("authorization", &system.basic())], &[]).await, 400, "invalid_request");
    fails(&provider.post("/openid/revoke", &[], &[("token", "x")]).await, 401, "invalid_client");
    fails(&provider.get("/openid/revoke", &[]).await, 405, "invalid_request");
}

#[tokio::test]
async fn a_bound_token_needs_its_key_and_each_proof_serves_once() {
    let provider = Provider::new().await;
    let system = provider.system("sistema").await;
    let (key, thief, now) = (Signer::new(), Signer::new(), provider.now());
    let code = provider.code(&system, "openid email").await;
    let nothing = json!({});
    let proof = key.proof(now, "POST", "/openid/token", "uno", &nothing);
    for wrong in [
        key.proof(now, "GET", "/openid/token", "a", &nothing),
        key.proof(now, "POST", "/openid/userinfo", "b", &nothing),
        key.proof(now - 61, "POST", "/openid/token", "c", &nothing),
        key.proof(now + 61, "POST", "/openid/token", "d", &nothing),
        format!("{proof}x"),
        "nada".to_owned(),
    ] {
        fails(&provider.exchange(&system, &code, &[("dpop", &wrong)]).await, 400, "invalid_dpop_proof");
    }
    fails(&provider.exchange(&system, &code, &[("dpop", &proof), ("dpop", &proof)]).await, 400, "invalid_dpop_proof");
    let tokens = body(provider.exchange(&system, &code, &[("dpop", &proof)]).await.is(200));
    assert_eq!(tokens["token_type"], "DPoP");
    let other = provider.code(&system, "openid").await;
    fails(&provider.exchange(&system, &other, &[("dpop", &proof)]).await, 400, "invalid_dpop_proof");
    provider.exchange(&system, &other, &[]).await.is(200);

    let token = tokens["access_token"].as_str().unwrap();
    let (shown, ath) = (format!("DPoP {token}"), ath(token));
    let show = async |proof: &str| provider.get("/openid/userinfo", &[("authorization", &shown), ("dpop", proof)]).await;
    let right = key.proof(now, "GET", "/openid/userinfo", "dos", &ath);
    show(&right).await.is(200);
    let replayed = show(&right).await;
    fails(&replayed, 401, "invalid_dpop_proof");
    assert!(replayed.header("www-authenticate").starts_with("DPoP ") && replayed.header("www-authenticate").contains("algs="));
    fails(&show(&key.proof(now, "GET", "/openid/userinfo", "tres", &nothing)).await, 401, "invalid_dpop_proof");
    fails(&show(&thief.proof(now, "GET", "/openid/userinfo", "cuatro", &ath)).await, 401, "invalid_token");
    fails(&provider.get("/openid/userinfo", &[("authorization", &shown)]).await, 401, "invalid_dpop_proof");
    let as_bearer = userinfo(&provider, &tokens["access_token"]).await;
    fails(&as_bearer, 401, "invalid_token");
    let ways: Vec<&str> = as_bearer.headers.get_all("www-authenticate").iter().map(|way| way.to_str().unwrap()).collect();
    assert!(ways.len() == 2 && ways[0].starts_with("Bearer ") && ways[1].starts_with("DPoP "), "{ways:?}");
    assert!(ways[1].contains("algs=\"ES256"), "{ways:?}");
    fails(&userinfo(&provider, &tokens["access_token"]).await, 401, "invalid_token");
    let free = provider.tokens(&system, "openid").await;
    let unbound = format!("DPoP {}", free["access_token"].as_str().unwrap());
    fails(&provider.get("/openid/userinfo", &[("authorization", &unbound)]).await, 401, "invalid_token");
    let seen = introspect(&provider, &system, &tokens["access_token"]).await;
    assert!(seen["token_type"] == "DPoP" && seen["cnf"]["jkt"].is_string());
}

#[tokio::test]
async fn a_system_registered_for_bound_tokens_gets_no_other() {
    let provider = Provider::new().await;
    let system = provider.registered("atado", Registration { require_dpop: true, ..registration("atado") }).await;
    let code = provider.code(&system, "openid").await;
    fails(&provider.exchange(&system, &code, &[]).await, 400, "invalid_dpop_proof");
    let proof = Signer::new().proof(provider.now(), "POST", "/openid/token", "uno", &json!({}));
    provider.exchange(&system, &code, &[("dpop", &proof)]).await.is(200);
}

#[tokio::test]
async fn an_assertion_of_a_client_serves_once() {
    let provider = Provider::new().await;
    let (key, thief) = (Signer::new(), Signer::new());
    let mut jwk = key.jwk();
    jwk["kid"] = json!("uno");
    let keys = json!({ "keys": [jwk] }).to_string();
    let signed = Registration { authentication: Authentication::PrivateKeyJwt, jwks: Some(keys), ..registration("firma") };
    let system = provider.registered("firma", signed).await;
    let now = provider.now();
    let header = json!({ "alg": "ES256", "kid": "uno" });
    let said = |aud: &str, jti: &str, exp: i64| json!({ "iss": "firma", "sub": "firma", "aud": aud, "jti": jti, "exp": exp, "iat": now });
    let token = async |assertion: &str| {
        let code = provider.code(&system, "openid").await;
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let fields = [&exchanging(&code)[..], &[("client_assertion_type", kind), ("client_assertion", assertion)]].concat();
        provider.post("/openid/token", &[], &fields).await
    };
    let right = key.sign(&header, &said(BASE, "a", now + 60));
    token(&right).await.is(200);
    fails(&token(&right).await, 401, "invalid_client");
    token(&key.sign(&header, &said(&format!("{BASE}/openid/token"), "b", now + 60))).await.is(200);
    for wrong in [
        key.sign(&header, &said("https://otro.example", "c", now + 60)),
        key.sign(&header, &said(BASE, "d", now - 60)),
        thief.sign(&header, &said(BASE, "e", now + 60)),
        key.sign(&json!({ "alg": "none" }), &said(BASE, "f", now + 60)),
    ] {
        fails(&token(&wrong).await, 401, "invalid_client");
    }
    // What was shown before a restore may be shown once more: the restored database does not know.
    let unseen = key.sign(&header, &said(BASE, "g", now + 60));
    juana::wait(&provider.app, Duration::from_secs(2));
    clave::epoch::begin(&mut provider.cx()).await.unwrap();
    fails(&token(&unseen).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_device_without_a_browser_gets_its_tokens() {
    let provider = Provider::new().await;
    let (system, narrow) = (provider.system("televisor").await, only_codes("angosto"));
    let narrow = provider.registered("angosto", narrow).await;
    let begin = async |system: &System, fields: &[(&str, &str)]| {
        provider.post("/openid/device_authorization", &[("authorization", &system.basic())], fields).await
    };
    fails(&begin(&system, &[]).await, 400, "invalid_scope");
    fails(&begin(&system, &[("scope", "openid phone")]).await, 400, "invalid_scope");
    fails(&begin(&narrow, &[("scope", "openid")]).await, 400, "unauthorized_client");
    fails(&provider.post("/openid/device_authorization", &[], &[("scope", "openid")]).await, 401, "invalid_client");
    fails(&provider.get("/openid/device_authorization", &[]).await, 405, "invalid_request");
    let started = body(begin(&system, &[("scope", "openid email")]).await.is(200));
    assert_eq!((&started["expires_in"], &started["interval"]), (&json!(600), &json!(5)));
    assert_eq!(started["verification_uri"], format!("{BASE}/dispositivo"));
    let user_code = started["user_code"].as_str().unwrap();
    assert!(started["verification_uri_complete"].as_str().unwrap().ends_with(&format!("/dispositivo?user_code={user_code}")));
    let poll = async || {
        let device_code = started["device_code"].as_str().unwrap();
        let fields = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device_code)];
        provider.post("/openid/token", &[("authorization", &system.basic())], &fields).await
    };
    fails(&poll().await, 400, "authorization_pending");
    fails(&poll().await, 400, "slow_down");
    let mut cx = provider.cx();
    let approval =
        Approval { rut: Rut::parse(juana::RUT).unwrap(), sid: provider.sid, authenticated_at: cx.now, acr: Acr::KeyDeclared };
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await.unwrap();
    let code = UserCode::parse(&user_code.to_lowercase()).unwrap();
    assert!(device_grant::decide(&mut tx, &mut cx, &code, &Decision::Granted(approval)).await.unwrap());
    tx.commit().await.unwrap();
    let tokens = body(poll().await.is(200));
    assert!(tokens["id_token"].is_string() && claims(tokens["id_token"].as_str().unwrap())["nonce"].is_null());
    assert_eq!(body(userinfo(&provider, &tokens["access_token"]).await.is(200))["email"], "juana@example.org");
    fails(&poll().await, 400, "invalid_grant");
    let late = body(begin(&system, &[("scope", "openid")]).await.is(200));
    juana::wait(&provider.app, Duration::from_mins(10));
    let fields =
        [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", late["device_code"].as_str().unwrap())];
    fails(&provider.post("/openid/token", &[("authorization", &system.basic())], &fields).await, 400, "expired_token");
}

#[tokio::test]
async fn pages_of_other_sites_may_call_without_cookies() {
    let provider = Provider::new().await;
    let ask = [
        ("origin", "https://sistema.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,dpop"),
    ];
    for path in ["/openid/token", "/openid/userinfo", "/openid/revoke", "/openid/device_authorization"] {
        let asked = provider.send(Request::options(path), &ask, "").await;
        assert_eq!(
            (asked.is(200).header("access-control-allow-origin"), asked.header("access-control-allow-credentials")),
            ("*", ""),
            "{path}"
        );
        assert!(asked.header("access-control-allow-headers").contains("dpop"), "{path}");
        let refused = provider.post(path, &[("origin", "https://sistema.example")], &[]).await;
        assert_eq!(refused.header("access-control-allow-origin"), "*", "errors are read, too: {path}");
    }
}

#[tokio::test]
async fn a_public_client_proves_itself_by_its_verifier_alone() {
    let provider = Provider::new().await;
    let public = Registration {
        authentication: Authentication::None,
        grants: BTreeSet::from([GrantType::Code, GrantType::Refresh]),
        ..registration("movil")
    };
    let system = provider.registered("movil", public).await;
    let code = provider.code(&system, "openid").await;
    let fields = |verifier: &'static str| {
        [
            ("grant_type", "authorization_code"),
            ("client_id", "movil"),
            ("code", code.expose()),
            ("redirect_uri", BACK),
            ("code_verifier", verifier),
        ]
    };
    fails(
        &provider.post("/openid/token", &[], &fields("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX")).await,
        400,
        "invalid_grant",
    );
    body(provider.post("/openid/token", &[], &fields(VERIFIER)).await.is(200));
}
