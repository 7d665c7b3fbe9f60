//! The front channel as browsers and systems meet it: what a system may ask, what a person is asked, where nobody is ever sent.

mod authorize;
mod bad_input;
mod consent;
mod devices;
mod logout;
mod pushed;
mod requests;

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Body,
    http::{Request, request},
};
use clave::{
    Cx, Moment, Secret,
    client::{self, Authentication, ClientId, GrantType, Registration},
    session,
    settings::Settings,
    signing, subject,
};
use oidc::{
    id_token::IdToken,
    jwk::{Algorithm, SigningKey},
};
use rut::Rut;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{KEY, RUT, registered},
};

pub const ISSUER: &str = "http://127.0.0.1:8080";
pub const CALLBACK: &str = "https://cursos.example/volver";
pub const SECRET: &str = "Soy-un-secreto-de-prueba-de-40-caracteres";
/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A system of somebody else, which asks for the person's name and e-mail.
pub fn courses() -> Registration {
    Registration {
        name: "Cursos Ñuble".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        post_logout_uris: vec!["https://cursos.example/adios".to_owned()],
        home: Some("https://cursos.example/".to_owned()),
        scopes: "openid profile email phone address run offline_access".to_owned(),
        authentication: Authentication::Post,
        grants: BTreeSet::from([GrantType::Code, GrantType::Refresh, GrantType::Device]),
        ..Registration::default()
    }
}

/// The institution's own system.
pub fn own() -> Registration {
    Registration { first_party: true, name: "Sistema Propio".to_owned(), ..courses() }
}

/// The site with one system, `cursos`.
pub async fn with(registration: Registration) -> TestApp {
    ruled(Settings::default(), registration).await
}

/// The same under other rules.
pub async fn ruled(settings: Settings, registration: Registration) -> TestApp {
    let app = TestApp::ruled(settings).await;
    signing::begin(&mut operator(&app)).await.unwrap();
    add(&app, "cursos", registration).await;
    app
}

pub async fn add(app: &TestApp, id: &str, registration: Registration) {
    let secret = registration.authentication.has_secret().then(|| Secret::new(SECRET));
    client::add(&mut operator(app), &ClientId::parse(id).unwrap(), registration, secret, None).await.unwrap();
}

pub fn operator(app: &TestApp) -> Cx {
    Cx::new(Arc::clone(&app.app.clave), None)
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What `cursos` usually asks, with some parameters different; an empty one is left out.
pub fn asked(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("client_id", "cursos"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email"),
        ("state", "estado-1"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    let all = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty());
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub fn link(changes: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked(changes)).finish();
    format!("/openid/authorize?{query}")
}

/// A form from another site, or a program's: no token of ours.
pub async fn post(client: &Client, address: &str, fields: &[(String, String)]) -> Shown {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    send(client, Request::post(address), body).await
}

pub async fn send(client: &Client, request: request::Builder, body: String) -> Shown {
    client.send(request.header("content-type", "application/x-www-form-urlencoded"), Body::from(body)).await
}

/// Sends the form of a page as a browser without script does: every hidden field, to the form's own address.
pub async fn submit(client: &Client, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let main = page.text.split_once("<main").unwrap().1;
    let action = main.split_once("<form method=\"post\" action=\"").unwrap().1.split('"').next().unwrap();
    let action = action.replace("&#38;", "&").replace("&amp;", "&");
    let mut all: Vec<(String, String)> = main
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        })
        .collect();
    all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    post(client, &action, &all).await
}

/// Juana, registered and not logged in.
pub async fn juana(app: &TestApp) -> Client {
    registered(app).await
}

/// Follows our own redirects, as a browser does, up to the first page or the first address that is not ours.
pub async fn follow(client: &Client, mut shown: Shown) -> Shown {
    while shown.status == 303 && shown.header("location").starts_with('/') {
        shown = client.get(shown.header("location")).await;
    }
    shown
}

pub async fn open(client: &Client, address: &str) -> Shown {
    let shown = client.get(address).await;
    follow(client, shown).await
}

/// On the login page: writes RUT and key, and goes where that leads.
pub async fn log_in(client: &Client, page: &Shown) -> Shown {
    let answer = submit(client, page.is(200), &[("rut", RUT), ("clave", KEY)]).await;
    follow(client, answer).await
}

/// Where the system gets its answer: the parameters of the redirect back to it.
#[track_caller]
pub fn back(shown: &Shown) -> Vec<(String, String)> {
    let (address, query) = shown.is(303).header("location").split_once('?').unwrap();
    assert_eq!(address, CALLBACK);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[track_caller]
pub fn back_with(shown: &Shown, name: &str) -> String {
    let all = back(shown);
    let found = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    // RFC 9207: whoever speaks to several providers must see whose answer it is, of errors as well.
    assert_eq!(found("iss").as_deref(), Some(ISSUER), "{all:?}");
    found(name).unwrap_or_else(|| panic!("no {name} in {all:?}"))
}

#[track_caller]
pub fn refused(shown: &Shown, error: &str) {
    assert_eq!(shown.header("location"), "", "nobody is sent anywhere");
    shown.is(400).shows(error).shows("data-resultado=\"error\"").shows("error_description");
}

/// Juana, logged in and back at the system, which is the institution's own.
pub async fn inside(app: &TestApp) -> Client {
    let client = juana(app).await;
    let login = open(&client, &link(&[])).await;
    back_with(&log_in(&client, &login).await, "code");
    client
}

/// An ID token of ours for Juana at `cursos`, of her session if she has one.
pub async fn id_token(app: &TestApp) -> String {
    signed(app, "cursos", RUT, None).await
}

pub async fn signed(app: &TestApp, client: &str, rut: &str, with: Option<&SigningKey>) -> String {
    let clave = &app.app.clave;
    let (rut, now): (Rut, Moment) = (Rut::parse(rut).unwrap(), clave.clock.now());
    let mut cx = operator(app);
    let mut tx = clave.db.begin().await.unwrap();
    let registered = client::find(&mut tx, &ClientId::parse(client).unwrap()).await.unwrap().unwrap();
    let sub = subject::of(&mut tx, &mut cx, rut, &registered).await.unwrap();
    let sid = session::of_person(&mut tx, rut, now)
        .await
        .unwrap()
        .first()
        .map(|session| session.sid.told_to(&clave.vault, &registered.id).unwrap());
    tx.commit().await.unwrap();
    let own = clave.signing.current(Algorithm::Es256, now).unwrap();
    let token = IdToken {
        iss: ISSUER,
        sub: &sub,
        aud: client,
        exp: now.seconds() - 3_600,
        iat: now.seconds() - 4_000,
        auth_time: now.seconds() - 4_000,
        nonce: None,
        acr: "urn:clavero:acr:key:declared",
        amr: &["pwd"],
        sid: sid.as_deref(),
        at_hash: None,
        claims: serde_json::Map::new(),
    };
    token.sign(with.unwrap_or(&own)).unwrap()
}

/// What the records say of Juana, in order.
pub async fn events(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.clave.db.read().await.unwrap();
    let rut = i64::from(Rut::parse(RUT).unwrap().number());
    let rows = tx.all(sql::sql!("SELECT event FROM audit WHERE rut = $1 ORDER BY seq", rut)).await.unwrap();
    rows.iter().map(|row| row.get("event").unwrap()).collect()
}
