//! For whoever watches over the process: does it run, can it serve.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use clave::{keys, schema};

use crate::{App, paths};

const PATIENCE: Duration = Duration::from_secs(2);

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Live::ROUTE, get(async || "ok\n")).route(paths::Ready::ROUTE, get(ready))
}

/// Ready when the database answers and has the schema of this program, and this node has every key that the others use.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    let clave = &app.clave;
    let look = async { (schema::is_current(&clave.db).await, keys::refresh(&clave.db, &clave.vault).await) };
    match tokio::time::timeout(PATIENCE, look).await {
        Ok((true, Ok(()))) => (StatusCode::OK, "ready\n"),
        Ok((true, Err(_))) => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the secrets folder lacks a key that is in use; see the log\n")
        }
        Ok((false, _)) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database cannot be read, or has not been migrated\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer\n"),
    }
}
