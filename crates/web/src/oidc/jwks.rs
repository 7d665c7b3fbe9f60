//! The public keys by which systems verify what we sign (RFC 7517, 5). They may be kept for as long as a new key waits before it signs.

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::{Fault, fault, signing};

use super::api::{self, Problem};
use crate::{App, kit::visit::Visit, paths};

/// Its address.
pub fn routes() -> Router<App> {
    api::endpoint(paths::Jwks::ROUTE, get(keys), "GET")
}

async fn keys(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    let clave = &app.clave;
    // What is in memory may be seconds old; what is published must not be, since it is kept from now on. Without the database, what this node knows
    // is better than nothing, but nobody shall keep it.
    let kept = match signing::look(clave).await {
        Ok(()) => format!("public, max-age={}", clave.settings.oidc.jwks.as_secs()),
        Err(problem) => {
            tracing::warn!(
                id = visit.cx.request,
                problem = fault::chain(&problem),
                "publishing the keys as they were a moment ago"
            );
            "no-store".to_owned()
        }
    };
    let keys = clave.signing.published(visit.cx.now);
    if keys.is_empty() {
        return Err(Fault::busy("publishing keys that sign: there are none").into());
    }
    Ok(([(header::CACHE_CONTROL, kept)], Json(serde_json::json!({ "keys": keys }))).into_response())
}
