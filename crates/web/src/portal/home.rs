//! The front page (G-2): two cards with the ways into every process.

use askama::Template;
use axum::{Router, routing::get};
use i18n_embed_fl::fl;

use crate::{
    App,
    kit::{
        page::{Answer, Page, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    page: Page,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Home::ROUTE, get(async |visit: Visit| -> Answer { show(&Home { page: visit.page() }) }))
}
