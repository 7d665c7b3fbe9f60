//! RCE as browsers meet it: an LMS on another site, a participant's browser between it and us, and the server of an OTEC.

mod alike;
mod back;
mod clients;
mod codes;
mod confirm;
mod endpoint;
mod key;

use axum::{body::Body, http::Request};
use rut::Rut;
use sql::sql;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{self, RUT},
};

pub const START: &str = "/rce/Registro/IniciarSesion";
pub const CLOSE: &str = "/rce/Registro/CerrarSesion";
pub const TEST_START: &str = "/rcetest/Registro/IniciarSesion";
pub const TEST_CLOSE: &str = "/rcetest/Registro/CerrarSesion";
pub const ADDRESSES: [&str; 4] = [START, CLOSE, TEST_START, TEST_CLOSE];

pub const OTEC: &str = "76543210-3";
pub const OTHER_OTEC: &str = "77777777-7";
pub const TOKEN: &str = "3f2b8c1e-9d4a-4e6f-8a7b-0c1d2e3f4a5b";
pub const LMS: &str = "https://lms.example";
pub const RETOMA: &str = "https://lms.example/volver?curso=7&ok=1";
pub const ERROR: &str = "https://lms.example/volver?curso=7&ok=0";

/// The site with Juana and one OTEC, whose participants are sent back to [`LMS`] by themselves.
pub async fn site() -> TestApp {
    with(&[LMS]).await
}

/// The same with this list of origins.
pub async fn with(origins: &[&str]) -> TestApp {
    let app = TestApp::new().await;
    juana::registered(&app).await;
    has_otec(&app, OTEC, origins, TOKEN).await;
    app
}

/// An OTEC with one token, as `clavero otec` makes it.
pub async fn has_otec(app: &TestApp, otec: &str, origins: &[&str], token: &str) {
    let clave = &app.app.clave;
    let (number, now) = (i64::from(Rut::parse(otec).unwrap().number()), clave.clock.now());
    let origins = serde_json::to_string(origins).unwrap();
    let mut tx = clave.db.begin().await.unwrap();
    tx.run(sql!("INSERT INTO otec (rut, name, origins, made_at) VALUES ($1, 'Capacita <Sur>', $2, $3)", number, origins, now))
        .await
        .unwrap();
    let hash = clave::vault::sha256(token.as_bytes());
    tx.run(sql!("INSERT INTO otec_token (id, otec, made_at) VALUES ($1, $2, $3)", hash, number, now)).await.unwrap();
    tx.commit().await.unwrap();
}

/// What an LMS sends, with some fields different; a name with no value is left out.
pub fn sent(changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let usual = [
        ("RutOtec", OTEC),
        ("Token", TOKEN),
        ("CodSence", "1237941234"),
        ("CodigoCurso", "6512345"),
        ("LineaCapacitacion", "3"),
        ("RunAlumno", "12345678-5"),
        ("IdSesionAlumno", "block-v1:org+x@sence+block@0f"),
        ("UrlRetoma", RETOMA),
        ("UrlError", ERROR),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    let all = kept.chain(changes.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The form of the LMS, as a browser brings it: from another site, so that none of our cookies comes with it.
pub async fn arrives(app: &TestApp, address: &str, fields: &[(String, String)]) -> Shown {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    raw(app, address, body.into_bytes()).await
}

pub async fn raw(app: &TestApp, address: &str, body: Vec<u8>) -> Shown {
    let client = app.client().sending("origin", LMS).sending("sec-fetch-site", "cross-site");
    client.send(Request::post(address).header("content-type", "application/x-www-form-urlencoded"), Body::from(body)).await
}

/// To the page that asks for the key; gives its address.
pub async fn asked(app: &TestApp, address: &str, changes: &[(&str, Option<&str>)]) -> String {
    let answer = arrives(app, address, &sent(changes)).await;
    let page = answer.is(303).header("location").to_owned();
    assert!(page.starts_with("/rce/ingresar?solicitud="), "{page}");
    page
}

/// Writes a key into the form at this address, and sends it.
pub async fn tries(client: &Client, address: &str, key: &str) -> Shown {
    let page = client.get(address).await;
    send(client, address, page.is(200), key).await
}

/// Sends a form that was shown.
pub async fn send(client: &Client, address: &str, form: &Shown, key: &str) -> Shown {
    assert_eq!(form.after("<form method=\"post\" action=\""), address);
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("csrf", form.csrf().as_str()), ("rut", RUT), ("clave", key)])
        .finish();
    client.send(Request::post(address).header("content-type", "application/x-www-form-urlencoded"), Body::from(body)).await
}

/// The same with the right key, and the way back to the LMS.
pub async fn enters(client: &Client, address: &str) -> Shown {
    let answer = tries(client, address, juana::KEY).await;
    assert_eq!(answer.is(303).header("location"), address);
    client.get(address).await
}

/// A form that goes back to an LMS: where to, and its fields as a browser will send them.
#[derive(Debug)]
pub struct Back {
    pub to: String,
    pub fields: Vec<(String, String)>,
}

impl Back {
    #[track_caller]
    pub fn of(page: &Shown) -> Self {
        let main = page.is(200).text.split_once("<main").unwrap().1;
        let form = main.split_once("<form method=\"post\" action=\"").unwrap().1.split_once("</form>").unwrap().0;
        let to = unescaped(form.split('"').next().unwrap());
        let fields = form.split("<input type=\"hidden\" name=\"").skip(1).map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            (name.to_owned(), unescaped(rest.split_once("\">").unwrap().0))
        });
        Self { to, fields: fields.collect() }
    }

    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[track_caller]
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or_else(|| panic!("no {name} in {self:?}"), |(_, value)| value)
    }
}

/// An attribute's value as a browser reads it.
fn unescaped(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// The participant's way through a start, with a browser of their own; gives the attendance's id.
pub async fn started(app: &TestApp, client: &Client, address: &str, changes: &[(&str, Option<&str>)]) -> String {
    let page = asked(app, address, changes).await;
    Back::of(&enters(client, &page).await).field("IdSesionSence").to_owned()
}
