//! Systems that get tokens, without the way through the browser: codes are made for them as if Juana had been there.

use std::{collections::BTreeSet, sync::Arc};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey},
};
use axum::{body::Body, http::Request};
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use clave::{
    Cx, Secret,
    client::{self, Client, ClientId, GrantType, Registration},
    grant::{self, Acr, NewGrant},
    session::Sid,
    signing,
    vault::sha256,
};
use oidc::{Scopes, claims_request::ClaimsRequest, pkce::Challenge, request::Authorization};
use rut::Rut;
use serde_json::{Value, json};

use crate::{
    app::{Shown, TestApp},
    juana,
};

pub const BACK: &str = "https://sistema.example/volver";
pub const BASE: &str = "http://127.0.0.1:8080";
/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The site, with Juana logged in.
pub struct Provider {
    pub app: TestApp,
    pub sid: Sid,
}

/// A system and its secret.
pub struct System {
    pub client: Client,
    pub secret: String,
}

pub fn registration(id: &str) -> Registration {
    Registration {
        name: id.to_owned(),
        redirect_uris: vec![BACK.to_owned()],
        scopes: "openid profile email run offline_access".to_owned(),
        grants: BTreeSet::from(GrantType::ALL),
        ..Registration::default()
    }
}

impl Provider {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        juana::registered(&app).await;
        let provider = Self { sid: Sid::random(&mut rand::make_rng()), app };
        signing::begin(&mut provider.cx()).await.unwrap();
        provider
    }

    pub fn cx(&self) -> Cx {
        Cx::new(Arc::clone(&self.app.app.clave), None)
    }

    pub fn now(&self) -> i64 {
        self.app.app.clave.clock.now().seconds()
    }

    pub async fn system(&self, id: &str) -> System {
        self.registered(id, registration(id)).await
    }

    pub async fn registered(&self, id: &str, registration: Registration) -> System {
        let id = ClientId::parse(id).unwrap();
        let added = client::add(&mut self.cx(), &id, registration, None, None).await.unwrap();
        let client = client::find(&mut self.app.app.clave.db.read().await.unwrap(), &id).await.unwrap().unwrap();
        System { client, secret: added.secret.map_or_else(String::new, |secret| secret.expose().to_owned()) }
    }

    /// A code, as the system gets it back.
    pub async fn code(&self, system: &System, scopes: &str) -> Secret {
        self.code_with(system, scopes, ClaimsRequest::default()).await
    }

    pub async fn code_with(&self, system: &System, scopes: &str, claims: ClaimsRequest) -> Secret {
        let request = Authorization {
            client_id: system.client.id.to_string(),
            redirect_uri: BACK.to_owned(),
            scopes: Scopes::parse(scopes),
            state: None,
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            challenge: Some(Challenge::parse(CHALLENGE, Some("S256")).unwrap()),
            prompt: BTreeSet::new(),
            max_age: None,
            acr_values: Vec::new(),
            claims,
            login_hint: None,
            ui_locales: Vec::new(),
            id_token_hint: None,
            dpop_jkt: None,
        };
        let mut cx = self.cx();
        let clave = Arc::clone(&cx.clave);
        let mut tx = clave.db.begin().await.unwrap();
        let (rut, authenticated_at, acr) = (Rut::parse(juana::RUT).unwrap(), cx.now, Acr::KeyDeclared);
        let new = NewGrant { client: &system.client, rut, sid: self.sid, request: &request, authenticated_at, acr };
        let code = grant::issue_code(&mut tx, &mut cx, &new).await.unwrap();
        tx.commit().await.unwrap();
        code
    }

    /// What the system gets for a code, with its secret in the header.
    pub async fn exchange(&self, system: &System, code: &Secret, headers: &[(&'static str, &str)]) -> Shown {
        let basic = system.basic();
        let headers = [&[("authorization", basic.as_str())][..], headers].concat();
        self.post("/openid/token", &headers, &exchanging(code)).await
    }

    pub async fn tokens(&self, system: &System, scopes: &str) -> Value {
        let code = self.code(system, scopes).await;
        body(self.exchange(system, &code, &[]).await.is(200))
    }

    pub async fn post(&self, path: &str, headers: &[(&'static str, &str)], fields: &[(&str, &str)]) -> Shown {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, headers, form).await
    }

    pub async fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Shown {
        self.send(Request::get(path), headers, String::new()).await
    }

    pub async fn send(
        &self,
        mut request: axum::http::request::Builder,
        headers: &[(&'static str, &str)],
        body: impl Into<Body>,
    ) -> Shown {
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.client().send(request, body.into()).await
    }
}

pub fn exchanging(code: &Secret) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]
}

impl System {
    pub fn basic(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", self.client.id, self.secret)))
    }
}

/// The JSON of an answer.
#[track_caller]
pub fn body(shown: &Shown) -> Value {
    serde_json::from_str(&shown.text).unwrap()
}

/// An error as RFC 6749 5.2 wants it: JSON that nobody keeps, with a code and a sentence.
#[track_caller]
pub fn fails(shown: &Shown, status: u16, code: &str) {
    shown.is(status);
    let told = body(shown);
    assert_eq!(told["error"], code, "{told}");
    assert!(told["error_description"].as_str().is_some_and(|text| text.len() > 10 && text.is_ascii()), "{told}");
    assert_eq!((shown.header("content-type"), shown.header("cache-control")), ("application/json", "no-store"));
}

/// The claims of a token, not verified.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

pub fn part(token: &str, number: usize) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(number).unwrap()).unwrap()).unwrap()
}

/// A key of somebody else's, who signs what they like with it.
pub struct Signer(EcdsaKeyPair);

impl Signer {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..]) })
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64.encode(signature))
    }

    /// A proof of possession (RFC 9449 4.2), with these claims besides or instead.
    pub fn proof(&self, at: i64, method: &str, path: &str, jti: &str, more: &Value) -> String {
        let mut claims = json!({ "htm": method, "htu": format!("{BASE}{path}"), "iat": at, "jti": jti });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.sign(&json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() }), &claims)
    }
}

/// Whether a token is signed with ES256 by the key of this JWK.
pub fn is_signed_by(token: &str, jwk: &Value) -> bool {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let coordinate = |name: &str| BASE64.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(signed.as_bytes(), &BASE64.decode(signature).unwrap()).is_ok()
}

/// `ath` (RFC 9449 4.2).
pub fn ath(token: &str) -> Value {
    json!({ "ath": BASE64.encode(sha256(token.as_bytes())) })
}
