//! «Mi cuenta»: what a person sees and ends of their own account.

use axum::Router;

use crate::App;

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
}
