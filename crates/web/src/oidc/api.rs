//! What endpoints for programs have in common: parameters in a form, answers and errors in JSON (RFC 6749 5), never kept by a cache, and open to
//! programs in other sites' pages, which bring no cookies here.

use std::net::SocketAddr;

use axum::{
    Json, Router,
    body::Body,
    extract::{ConnectInfo, FromRequest, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use clave::{Cx, Fault, client::Client, fault, limits};
use oidc::{Code, Error, Pairs};
use serde::Serialize;
use tower_http::cors::{Any, CorsLayer};

use super::client_auth::{self, Denied};
use crate::{
    App,
    kit::{
        body::{self, Pair},
        client_ip,
        errors::Failure,
        visit::Scene,
    },
};

/// The header of RFC 9449.
pub const DPOP: HeaderName = HeaderName::from_static("dpop");
/// When somebody may try again after what was too much at once, in seconds.
const SOON: u16 = 5;

/// A program's request.
#[derive(Debug)]
pub struct Call {
    /// The site.
    pub app: App,
    /// The product's side of it.
    pub cx: Cx,
    /// With which method.
    pub method: Method,
    /// Its headers.
    pub headers: HeaderMap,
    /// The parameters of its form; none where it has no form.
    pub pairs: Pairs,
}

impl Call {
    /// The client that calls this endpoint, proved.
    pub async fn client(&mut self, endpoint: &str) -> Result<Client, Problem> {
        Ok(client_auth::authenticate(&mut self.cx, &self.app.site, &self.headers, &self.pairs, endpoint).await?)
    }
}

/// Counts what a client asks that proved nothing, just before it is kept. One with a secret is not held up.
pub async fn count(call: &Call, client: &Client) -> Result<(), Problem> {
    if !client.is_public() {
        return Ok(());
    }
    let Err(until) = limits::count_request(&call.cx).await? else { return Ok(()) };
    let seconds = call.cx.now.until(until).as_secs().saturating_add(1);
    let error = Error::new(Code::TemporarilyUnavailable, "too many requests came from this address: wait as Retry-After says");
    Err(Problem::from(error).with_status(StatusCode::TOO_MANY_REQUESTS).with_header(header::RETRY_AFTER, seconds))
}

/// What a program is told instead of an answer.
#[derive(Debug)]
pub struct Problem {
    error: Error,
    status: StatusCode,
    /// `WWW-Authenticate`, `Allow`, `Retry-After`.
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Fault>,
}

impl Problem {
    /// With this status instead of the usual one of the code.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header, whose value must be fixed words; another one is left out.
    pub fn with_header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        self.headers.extend(value.try_into().ok().map(|value| (name, value)));
        self
    }

    /// What is wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self { error, status, headers: Vec::new(), cause: None }
    }
}

impl From<Fault> for Problem {
    fn from(cause: Fault) -> Self {
        let passing = cause.is_passing();
        let error = if passing {
            Error::new(Code::TemporarilyUnavailable, "too much is asked at once: try again in a few seconds")
        } else {
            Error::new(
                Code::ServerError,
                "something failed here: the header x-request-id names this request to whoever runs the service",
            )
        };
        let problem = Self { cause: Some(cause), ..Self::from(error) };
        if passing { problem.with_header(header::RETRY_AFTER, SOON) } else { problem }
    }
}

impl From<sql::Error> for Problem {
    fn from(error: sql::Error) -> Self {
        Fault::from(error).into()
    }
}

/// A client that is not let in.
impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused { error, challenge: Some(challenge) } => {
                Self::from(error).with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
            }
            Denied::Refused { error, challenge: None } => error.into(),
            Denied::TooMany { wait } => {
                let error =
                    Error::new(Code::InvalidClient, "too many wrong secrets came from this address: wait, and check the secret");
                let seconds = wait.as_secs().saturating_add(1);
                Self::from(error).with_status(StatusCode::TOO_MANY_REQUESTS).with_header(header::RETRY_AFTER, seconds)
            }
            Denied::Fault(fault) => fault.into(),
        }
    }
}

/// A form that could not be read to its end. What follows on the connection is no request.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let (status, text) = match failure {
            Failure::Fault(_) => return Fault::new("reading a program's request").into(),
            Failure::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the request is too large"),
            Failure::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the request took too long to arrive"),
            _ => (StatusCode::BAD_REQUEST, "the request cannot be read"),
        };
        Self::from(Error::invalid_request(text))
            .with_status(status)
            .with_header(header::CONNECTION, HeaderValue::from_static("close"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, uncached(), Json(&self.error)).into_response();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// RFC 6749 5.1 wants both.
fn uncached() -> [(HeaderName, HeaderValue); 2] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), (header::PRAGMA, HeaderValue::from_static("no-cache"))]
}

/// A JSON answer.
pub fn json(answer: &impl Serialize) -> Response {
    (uncached(), Json(answer)).into_response()
}

/// Answers a call; what failed on our side is logged, once, under the request's number.
pub async fn answer<F>(mut call: Call, handle: impl FnOnce(Call) -> F) -> Response
where
    F: Future<Output = Result<Response, Problem>>,
{
    let reference = std::mem::take(&mut call.cx.request);
    call.cx.request.clone_from(&reference);
    handle(call).await.unwrap_or_else(|problem| problem.logged(&reference).into_response())
}

impl Problem {
    fn logged(self, reference: &str) -> Self {
        if let Some(cause) = &self.cause {
            let cause = fault::chain(cause);
            tracing::error!(id = reference, cause, "request {reference} failed: {cause}");
        }
        self
    }
}

impl FromRequest<App> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let pairs = if parts.method == Method::POST { form(body, &parts, app).await? } else { Pairs::default() };
        let scene = Scene::of(&parts)?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let from = peer.map(|peer| client_ip::client(&app.site, peer, &parts.headers));
        let mut cx = Cx::new(std::sync::Arc::clone(&app.clave), from);
        cx.request = scene.reference.to_string();
        Ok(Self { app: app.clone(), cx, method: parts.method, headers: parts.headers, pairs })
    }
}

/// The parameters of a form. A body of another kind has none, so that what is missing is said (RFC 6749 3.2).
async fn form(body: Body, parts: &Parts, app: &App) -> Result<Pairs, Problem> {
    let read = body::read(body, &parts.headers, &app.site.limits).await?;
    if !body::is_form(&parts.headers) {
        if read.pairs.is_empty() {
            return Ok(Pairs::default());
        }
        return Err(Error::invalid_request("send the parameters as application/x-www-form-urlencoded").into());
    }
    if read.oversize || read.pairs.iter().any(|pair| pair.cut) {
        return Err(Error::invalid_request("a parameter is too long").into());
    }
    let pairs = read.pairs.iter().map(Pair::decoded).collect::<Option<Vec<_>>>();
    let pairs = pairs.ok_or_else(|| Error::invalid_request("a parameter is not UTF-8"))?;
    Ok(Pairs::read(pairs)?)
}

/// The routes of one endpoint that programs in other sites' pages may call. `allow` names its methods.
pub fn endpoint(path: &'static str, methods: MethodRouter<App>, allow: &'static str) -> Router<App> {
    let other = async move || {
        Problem::from(Error::invalid_request("this address takes another method"))
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(header::ALLOW, HeaderValue::from_static(allow))
    };
    Router::new().route(path, methods.fallback(other).layer(cors()))
}

/// Pages of other sites may call, without cookies (there is no `Access-Control-Allow-Credentials`), and read every answer.
pub fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, DPOP])
        .expose_headers([header::WWW_AUTHENTICATE, header::RETRY_AFTER])
        .max_age(std::time::Duration::from_hours(1))
}
