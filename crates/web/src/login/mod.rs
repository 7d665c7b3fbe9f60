//! Log in and log out.

use axum::Router;

use crate::App;

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
}
