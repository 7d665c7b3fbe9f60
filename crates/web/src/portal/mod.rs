//! The portal of the guide, one file a page.

mod home;
mod legal;
mod texts;

use axum::Router;

use crate::App;

/// Every page's addresses.
pub fn routes() -> Router<App> {
    Router::new().merge(home::routes()).merge(legal::routes()).merge(texts::routes())
}
