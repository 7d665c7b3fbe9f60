//! What this installation does not offer yet, and whom to turn to: the keys of legal persons and of foreign facilitators.

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
    site::Contact,
};

#[derive(Template)]
#[template(path = "portal/legal.html")]
struct NotOffered {
    page: Page,
    title: String,
    explanation: String,
    contact: Contact,
}

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route(paths::LegalPersons::ROUTE, get(legal_persons))
        .route(paths::ForeignFacilitator::ROUTE, get(foreign_facilitator))
}

async fn legal_persons(visit: Visit) -> Answer {
    let (title, explanation) = (fl!(visit.l, "legal-title"), fl!(visit.l, "legal-explanation"));
    not_offered(&visit, title, explanation)
}

async fn foreign_facilitator(visit: Visit) -> Answer {
    let (title, explanation) = (fl!(visit.l, "facilitator-title"), fl!(visit.l, "facilitator-explanation"));
    not_offered(&visit, title, explanation)
}

fn not_offered(visit: &Visit, title: String, explanation: String) -> Answer {
    show(&NotOffered { page: visit.page(), title, explanation, contact: visit.app.site.legal_contact().clone() })
}
