//! The logo of a relying system, as pages show it. An SVG is a document of its own when it is opened by itself: what every answer with a picture says
//! (`kit::headers`) lets it run and load nothing.

use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::client::{self, ClientId};

use crate::{App, kit::errors::Failure, paths};

/// A changed picture has another address.
const KEPT: &str = "public, max-age=86400";

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::LOGO, get(logo))
}

async fn logo(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = ClientId::parse(&id).map_err(|_| Failure::NotFound)?;
    let logo = client::logo(&mut app.clave.db.read().await?, &id).await?.ok_or(Failure::NotFound)?;
    Ok(([(header::CONTENT_TYPE, logo.kind()), (header::CACHE_CONTROL, KEPT)], logo.into_bytes()).into_response())
}
