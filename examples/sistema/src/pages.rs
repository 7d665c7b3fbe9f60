//! The pages of the system: who it is that is in, and how to get in and out.

use crate::clave::{Answer, Clave, Ended, Entry};
use crate::sessions::Sessions;
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use cookie::{Cookie, SameSite};
use std::sync::Arc;
use std::time::Instant;

/// The cookie of a person who is in, and that of a login on its way.
const SESSION: &str = "sistema_sesion";
const LOGIN: &str = "sistema_ingreso";

/// What every page needs.
pub struct System {
    /// Clave SENCE.
    pub clave: Clave,
    /// Who is in.
    pub sessions: Sessions,
    /// Scheme and host of Clave SENCE: forms may lead there.
    pub issuer: String,
    /// Whether people reach this system by https.
    pub secure: bool,
}

type Shared = State<Arc<System>>;

#[derive(Template)]
#[template(path = "home.html")]
struct Home;

#[derive(Template)]
#[template(path = "mine.html")]
struct Mine<'a> {
    entry: &'a Entry,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "said.html")]
struct Said {
    heading: &'static str,
    text: &'static str,
    failed: bool,
}

/// All addresses.
pub fn router(system: Arc<System>) -> Router {
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
        system.issuer
    );
    let headers = move |mut answer: Response| {
        let policy = policy.clone();
        async move {
            if let Ok(policy) = policy.parse() {
                answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
            // The address at the end of a login has a code in it.
            answer.headers_mut().insert(REFERRER_POLICY, axum::http::HeaderValue::from_static("no-referrer"));
            answer.headers_mut().entry(CACHE_CONTROL).or_insert(axum::http::HeaderValue::from_static("no-store"));
            answer
        }
    };
    Router::new()
        .route("/", get(home))
        .route("/ingresar", get(log_in))
        .route("/vuelta", get(back))
        .route("/renovar", post(renew))
        .route("/salir", post(log_out))
        .route("/adios", get(gone))
        .route("/aviso-de-salida", post(logout_notice))
        .route("/estilo.css", get(style))
        .layer(middleware::map_response(headers))
        .with_state(system)
}

async fn home(State(system): Shared, headers: HeaderMap) -> Response {
    let Some(entry) = cookie(&headers, SESSION).and_then(|cookie| system.sessions.find(&cookie)) else { return page(&Home) };
    let left = entry.fresh_until.saturating_duration_since(Instant::now());
    page(&Mine { entry: &entry, minutes: left.as_secs().div_ceil(60) })
}

async fn log_in(State(system): Shared) -> Response {
    let (address, attempt) = system.clave.login().await;
    let kept = system.sessions.begins(attempt);
    (AppendHeaders([(SET_COOKIE, system.gives(LOGIN, &kept))]), Redirect::to(address.as_str())).into_response()
}

async fn back(State(system): Shared, headers: HeaderMap, Query(answer): Query<Answer>) -> Response {
    let Some(attempt) = cookie(&headers, LOGIN).and_then(|cookie| system.sessions.attempt(&cookie)) else {
        return said(
            StatusCode::BAD_REQUEST,
            "Empiece de nuevo",
            "Este ingreso ya se usó, o empezó en otro navegador o hace demasiado tiempo.",
        );
    };
    match system.clave.enters(attempt, answer).await {
        Ok(Ended::In(entry)) => {
            // Whoever was in before in this browser is not any more.
            if let Some(old) = cookie(&headers, SESSION) {
                system.sessions.leaves(&old);
            }
            let session = system.sessions.enters(*entry);
            let cookies = AppendHeaders([(SET_COOKIE, system.gives(SESSION, &session)), (SET_COOKIE, system.takes(LOGIN))]);
            (cookies, Redirect::to("/")).into_response()
        }
        Ok(Ended::Declined) => said(
            StatusCode::OK,
            "Usted no ingresó",
            "No compartió sus datos con este sistema. Puede volver a intentarlo cuando quiera.",
        ),
        Err(error) => {
            eprintln!("login: {error:#}");
            said(StatusCode::BAD_GATEWAY, "No pudo ingresar", "Algo falló entre este sistema y Clave SENCE. Vuelva a intentarlo.")
        }
    }
}

async fn renew(State(system): Shared, headers: HeaderMap) -> Response {
    if let Some(cookie) = cookie(&headers, SESSION).filter(|_| own(&headers))
        && let Some(entry) = system.sessions.find(&cookie)
    {
        match system.clave.renews(&entry).await {
            Ok(Some(renewed)) => system.sessions.renews(&cookie, renewed),
            Ok(None) => {}
            // What Clave SENCE does not renew has ended there.
            Err(error) => {
                eprintln!("renewal: {error:#}");
                system.sessions.leaves(&cookie);
            }
        }
    }
    Redirect::to("/").into_response()
}

async fn log_out(State(system): Shared, headers: HeaderMap) -> Response {
    let Some(cookie) = cookie(&headers, SESSION).filter(|_| own(&headers)) else { return Redirect::to("/").into_response() };
    let Some(entry) = system.sessions.find(&cookie) else { return Redirect::to("/").into_response() };
    // Out here first: whatever happens at Clave SENCE, this system has let go.
    system.sessions.leaves(&cookie);
    let address = system.clave.logout(&entry).await;
    (AppendHeaders([(SET_COOKIE, system.takes(SESSION))]), Redirect::to(address.as_str())).into_response()
}

async fn gone() -> Response {
    said(StatusCode::OK, "Usted salió", "Cerró su sesión en este sistema y en Clave SENCE.")
}

#[derive(serde::Deserialize)]
struct LogoutNotice {
    logout_token: String,
}

/// Clave SENCE itself calls here when the person left elsewhere.
async fn logout_notice(State(system): Shared, Form(notice): Form<LogoutNotice>) -> Response {
    match system.clave.hears(&notice.logout_token).await {
        Ok(who) => {
            system.sessions.end(&who);
            StatusCode::OK.into_response()
        }
        Err(error) => {
            eprintln!("logout notice: {error:#}");
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], include_str!("../assets/estilo.css"))
        .into_response()
}

impl System {
    fn gives(&self, name: &'static str, value: &str) -> String {
        Cookie::build((name, value)).path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).build().to_string()
    }

    fn takes(&self, name: &'static str) -> String {
        Cookie::build((name, ""))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .max_age(cookie::time::Duration::ZERO)
            .build()
            .to_string()
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let given = headers.get(axum::http::header::COOKIE)?.to_str().ok()?;
    Cookie::split_parse(given).flatten().find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// Whether a form was sent from a page of this system. Lax cookies say so across sites; this also says it between hosts of one site.
fn own(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

fn said(status: StatusCode, heading: &'static str, text: &'static str) -> Response {
    (status, page(&Said { heading, text, failed: status != StatusCode::OK })).into_response()
}

fn page(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
