//! For whoever watches over the process: does it run, can it serve.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use clave::schema;

use crate::{App, paths};

const PATIENCE: Duration = Duration::from_secs(2);

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Live::ROUTE, get(async || "ok\n")).route(paths::Ready::ROUTE, get(ready))
}

/// Ready when the database answers and has the schema of this program.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, schema::is_current(&app.clave.db)).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database cannot be read, or has not been migrated\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer\n"),
    }
}
