//! `TestApp`: the site on a database of its own, with a clock to move; `Client`: a browser that keeps cookies.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, atomic::AtomicI64},
};

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
    routing::get,
};
use clave::{
    Clave, Clock, Moment, Tempo,
    epoch::Epoch,
    hashing::Cost,
    hashing::Hashing,
    outbox,
    rce::catalogue::Unchecked,
    schema,
    settings::{Captcha, Settings},
    signing::Signing,
    vault::Vault,
};
use http_body_util::BodyExt as _;
use i18n_embed_fl::fl;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sql::Db;
use tempfile::TempDir;
use tower::ServiceExt as _;
use web::{
    App, Site,
    kit::{
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Page, see_other, show_as},
        visit::Visit,
    },
    paths,
};

/// 2026-06-15 12:00 in Santiago.
const BEGINNING: i64 = 1_781_539_200_000_000;
const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

pub struct TestApp {
    router: Router,
    pub app: App,
    _folder: TempDir,
}

impl TestApp {
    /// The whole portal.
    pub async fn new() -> Self {
        Self::with(Site::default()).await
    }

    /// The whole portal of a site.
    pub async fn with(site: Site) -> Self {
        Self::build(site, web::router).await
    }

    /// The whole portal under other rules.
    pub async fn ruled(settings: Settings) -> Self {
        Self::start(Site::default(), settings, web::router).await
    }

    /// One demonstration page inside everything that surrounds pages.
    pub async fn demonstration(site: Site) -> Self {
        Self::build(site, |app| web::surround(app, demonstration())).await
    }

    async fn build(site: Site, router: impl FnOnce(App) -> Router) -> Self {
        Self::start(site, Settings::default(), router).await
    }

    async fn start(site: Site, settings: Settings, router: impl FnOnce(App) -> Router) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = database(&folder).await;
        let now = Moment::from_micros(BEGINNING);
        schema::migrate(&db, now).await.unwrap();
        let clave = Clave {
            db,
            vault: Vault::for_tests(&mut StdRng::seed_from_u64(7)),
            hashing: Hashing::start(1, 64, CHEAP).unwrap(),
            settings: Settings {
                hashing: CHEAP,
                captcha: Captcha { fixed_answer: Some("HOLA".to_owned()), ..settings.captcha },
                ..settings
            },
            clock: Clock::Set(Arc::new(AtomicI64::new(BEGINNING))),
            tempo: Tempo::default(),
            epoch: Epoch::default(),
            signing: Signing::default(),
            unchecked: Unchecked::default(),
        };
        let app = App::new(Arc::new(clave), site).unwrap();
        Self { router: router(app.clone()), app, _folder: folder }
    }

    /// A browser without cookies.
    pub fn client(&self) -> Client {
        Client { router: self.router.clone(), jar: Mutex::default(), headers: HeaderMap::new() }
    }

    /// The letters to this address that wait to be sent, as their facts, in the order in which they were written.
    pub async fn letters(&self, to: &str) -> Vec<serde_json::Value> {
        let clave = &self.app.clave;
        let mut tx = clave.db.read().await.unwrap();
        let rows =
            tx.all(sql::sql!("SELECT id, body FROM outbox WHERE body IS NOT NULL ORDER BY made_at, kind DESC")).await.unwrap();
        let letters = rows.iter().map(|row| {
            let id: [u8; 16] = row.get("id").unwrap();
            let id = serde_json::from_value(serde_json::json!(id)).unwrap();
            outbox::unseal(&clave.vault, id, &row.get::<Vec<u8>>("body").unwrap()).unwrap()
        });
        letters.filter(|letter| letter.to == to).map(|letter| serde_json::to_value(&letter.message).unwrap()).collect()
    }

    pub async fn get(&self, address: &str) -> Shown {
        self.client().get(address).await
    }
}

/// SQLite in the folder, or a schema of its own in the PostgreSQL of `CLAVERO_TEST_DATABASE`.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration file")]
async fn database(folder: &TempDir) -> Db {
    let Ok(url) = std::env::var("CLAVERO_TEST_DATABASE") else {
        return Db::open_sqlite(&folder.path().join("test.db")).await.unwrap();
    };
    let mut rng: StdRng = rand::make_rng();
    let schema = format!("web_{:016x}", rng.random::<u64>());
    let text = format!("CREATE SCHEMA {schema}").leak();
    let shared = Db::open_postgres(&url, None).await.unwrap();
    let mut tx = shared.begin().await.unwrap();
    tx.run(sql::Statement::new(text, Vec::new())).await.unwrap();
    tx.commit().await.unwrap();
    shared.close().await;
    Db::open_postgres(&url, Some(&schema)).await.unwrap()
}

/// A browser: keeps cookies, remembers nothing else.
pub struct Client {
    router: Router,
    jar: Mutex<Vec<(String, String)>>,
    headers: HeaderMap,
}

impl Client {
    /// Sends this header with everything from now on.
    pub fn sending(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// What it keeps under this name.
    pub fn cookie(&self, name: &str) -> String {
        let jar = self.jar.lock().unwrap();
        jar.iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.clone())
    }

    pub async fn get(&self, address: &str) -> Shown {
        self.send(Request::get(address), Body::empty()).await
    }

    /// Fills in a form that was shown: its token and these fields.
    pub async fn post(&self, form: &Shown, fields: &[(&str, &str)]) -> Shown {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &form.csrf()).extend_pairs(fields);
        self.post_raw(body.finish().into_bytes()).await
    }

    pub async fn post_raw(&self, body: Vec<u8>) -> Shown {
        let request = Request::post(paths::Register::ROUTE).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: Body) -> Shown {
        let mut request = request.body(body).unwrap();
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let cookies: Vec<String> = self.jar.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            let mut jar = self.jar.lock().unwrap();
            jar.retain(|(known, _)| known != name);
            jar.push((name.to_owned(), value.to_owned()));
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Shown { status: head.status, headers: head.headers, size: bytes.len(), text }
    }
}

/// An answer.
pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// Bytes as sent.
    pub size: usize,
}

impl Shown {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field or other attribute: what stands between `before` and the next quote.
    pub fn after(&self, before: &str) -> String {
        self.text.split_once(before).map_or("", |(_, rest)| rest.split('"').next().unwrap()).to_owned()
    }

    pub fn csrf(&self) -> String {
        self.after("name=\"csrf\" value=\"")
    }

    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "«{words}» is not in {}: {}", self.status, self.text);
        self
    }

    #[track_caller]
    pub fn hides(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "«{words}» is in {}", self.text);
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// A page with a form, in the shape of the real ones.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout.html" %}{% import "kit/form.html" as form %}
{% block title %}Demo{% endblock %}
{% block content %}{{ form::error_summary(self.fields.errors()) }}
<form method="post" action="{{ crate::paths::Register }}" novalidate>
<input type="hidden" name="csrf" value="{{ self.page.csrf }}">
{{ form::text("direccion", "Dirección", "", self.fields.value("direccion"), self.fields.error("direccion")) }}
{{ form::text("numero", "Número", "", self.fields.value("numero"), self.fields.error("numero")) }}
{{ form::key("clave", "Clave", "", self.fields.error("clave")) }}
</form><p id="desde">{{ self.from }}</p>{% endblock %}"#
)]
struct Demonstration {
    page: Page,
    fields: Fields,
    from: String,
}

fn demonstration() -> Router<App> {
    Router::new()
        .route(paths::Register::ROUTE, get(show_form).post(take_form))
        .route("/panico", get(async || -> &'static str { panic!("a secret of the code") }))
        .route("/falla", get(async || -> Answer { Err(clave::Fault::at("reading a table")("password=hunter2").into()) }))
        .route("/ocupado", get(async || -> Answer { Err(clave::Fault::busy("waiting").into()) }))
        .route(
            "/muchas",
            get(async || -> Answer { Err(web::kit::errors::Failure::TooMany { wait: std::time::Duration::from_secs(90) }) }),
        )
        .route("/termino", get(async || -> Answer { Err(web::kit::errors::Failure::Gone) }))
}

async fn show_form(visit: Visit) -> Answer {
    show(visit, Fields::empty())
}

async fn take_form(visit: Visit, form: ProtectedForm) -> Answer {
    let mut fields = form.fields.expecting(&["direccion", "numero", "clave"]);
    if form.submission.id == [0; 16] || fields.text("numero").is_empty() {
        fields.set_error("numero", "Ingrese el número".to_owned());
    }
    if fields.has_errors() { show(visit, fields) } else { see_other(paths::Help) }
}

fn show(mut visit: Visit, fields: Fields) -> Answer {
    let from = visit.cx.from.map_or_else(String::new, |from| from.to_string());
    show_as(fields.status(), &Demonstration { page: visit.form_page(&fields)?, from, fields })
}
