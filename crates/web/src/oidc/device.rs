//! To be written.

use axum::Router;

use crate::App;

/// Its addresses.
pub fn routes() -> Router<App> {
    Router::new()
}
