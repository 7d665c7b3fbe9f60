//! What we say of ourselves, at the addresses where libraries look (OpenID Connect Discovery 1.0, 4; RFC 8414, 3).

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::{grant::Acr, person::Language};
use oidc::discovery::{Description, Metadata};

use super::api;
use crate::{App, paths};

/// Their addresses.
pub fn routes() -> Router<App> {
    let one = |path| api::endpoint(path, get(metadata), "GET");
    one(paths::OpenidConfiguration::ROUTE).merge(one(paths::AuthorizationServer::ROUTE))
}

async fn metadata(State(app): State<App>) -> Response {
    let issuer = app.site.base_url.as_str();
    let policy = format!("{issuer}{}", paths::Privacy);
    let metadata = Metadata::of(&Description {
        issuer,
        // The other needs an identity source that asks a civil registry; `identity_source` offers none yet.
        acr_values: &[Acr::KeyDeclared.as_str()],
        ui_locales: &Language::ALL.map(Language::tag),
        service_documentation: None,
        policy: Some(&policy),
    });
    let kept = format!("public, max-age={}", app.clave.settings.oidc.jwks.as_secs());
    ([(header::CACHE_CONTROL, kept)], Json(metadata)).into_response()
}
