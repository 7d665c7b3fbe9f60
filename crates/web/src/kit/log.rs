//! One line and two metrics a request. The route's template stands for the address: paths and queries may hold what no log may.

use std::{fmt, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};
use rand::{RngExt as _, rngs::StdRng};

/// The number by which a request is found again: on its error page, in the log, in the audit.
#[derive(Debug, Clone)]
pub struct Reference(Arc<str>);

impl Reference {
    /// A new one.
    pub fn random() -> Self {
        let mut rng: StdRng = rand::make_rng();
        Self(clave::vault::hex(&rng.random::<[u8; 6]>()).into())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Numbers each request, and writes about it when it is answered.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let reference = Reference::random();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(reference.clone());
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(id = %reference, method, route, status, ms, "{method} {route} answered {status} in {ms} ms");
    metrics::counter!("clavero_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("clavero_http_request_seconds", "route" => route).record(took);
    response
}

/// Anyone may invent a method; a metric's labels must stay few.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}
