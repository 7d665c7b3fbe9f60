//! Pages that only explain: help, privacy, accessibility.

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
#[template(path = "portal/help.html")]
struct Help {
    page: Page,
    min_length: usize,
    max_length: usize,
    provisional_hours: u64,
}

#[derive(Template)]
#[template(path = "portal/privacy.html")]
struct Privacy {
    page: Page,
}

#[derive(Template)]
#[template(path = "portal/accessibility.html")]
struct Accessibility {
    page: Page,
}

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route(paths::Help::ROUTE, get(help))
        .route(paths::Privacy::ROUTE, get(async |visit: Visit| -> Answer { show(&Privacy { page: visit.page() }) }))
        .route(paths::Accessibility::ROUTE, get(async |visit: Visit| -> Answer { show(&Accessibility { page: visit.page() }) }))
}

async fn help(visit: Visit) -> Answer {
    let settings = &visit.cx.clave.settings;
    show(&Help {
        page: visit.page(),
        min_length: settings.key.min_length,
        max_length: settings.key.max_length,
        provisional_hours: settings.recovery.lifetime.as_secs() / 3600,
    })
}
