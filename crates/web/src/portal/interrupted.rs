//! Minimum data are missing (G-7): what, why, and how to go on.

use askama::Template;
use clave::{minimum::Datum, rce::Origin};
use i18n_embed_fl::fl;

use super::wording;
use crate::kit::{
    page::{Answer, Outcome, Page, show},
    visit::Visit,
};
use crate::paths;

#[derive(Template)]
#[template(path = "portal/interrupted.html")]
struct Interrupted {
    page: Page,
    missing: Vec<String>,
    update: String,
    again: Again,
}

/// Where the process begins anew.
enum Again {
    /// At an address of ours.
    Here(String),
    /// At a course: the site of its LMS.
    AtCourse(Origin),
}

/// Shows it; `again` is the address of the process that was interrupted.
pub fn show_missing(visit: &Visit, missing: &[Datum], again: impl Into<String>) -> Answer {
    page(visit, missing, Again::Here(again.into()))
}

/// Shows it to a participant of a course.
pub fn show_missing_for_course(visit: &Visit, missing: &[Datum], course: Origin) -> Answer {
    page(visit, missing, Again::AtCourse(course))
}

fn page(visit: &Visit, missing: &[Datum], again: Again) -> Answer {
    // Whoever lacks what the first step of «Actualizar datos» asks for proves the key in its place.
    let needs_key = missing.iter().any(|datum| matches!(datum, Datum::Email | Datum::BirthDate | Datum::SecretQuestion));
    let update = if needs_key { format!("{}?con=clave", paths::Update) } else { paths::Update.to_string() };
    let missing = missing.iter().map(|datum| wording::datum(&visit.l, *datum)).collect();
    show(&Interrupted { page: visit.page().with(Outcome::Interrupted), missing, update, again })
}
