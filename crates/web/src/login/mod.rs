//! Log in and log out.

mod form;
mod leave;
pub(crate) mod system;

use axum::Router;

use crate::App;

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().merge(form::routes()).merge(leave::routes())
}
