//! «Mi cuenta»: what a person sees and ends of their own account, one address a section. Whoever is not logged in is sent to do so first, and comes
//! back.

mod activity;
mod data;
mod messages;
mod sessions;
mod systems;

use axum::{Router, response::Response};
use clave::{Moment, session::Session};
use i18n_embed_fl::fl;

use crate::{
    App,
    kit::{
        errors::Failure,
        page::{Answer, Outcome, Page, see_other},
        visit::Visit,
    },
    paths,
};

/// Their addresses.
pub fn routes() -> Router<App> {
    let sections = [data::routes(), systems::routes(), sessions::routes(), messages::routes(), activity::routes()];
    sections.into_iter().fold(Router::new(), Router::merge)
}

/// The query's name for what was just done.
const DONE: &str = "hecho";

/// Who is logged in; or the way to the login that leads back to this section.
async fn signed_in(visit: &mut Visit, section: &'static str) -> Result<Result<Session, Response>, Failure> {
    match visit.session().await? {
        Some(session) => Ok(Ok(session)),
        None => see_other(format!("{}?ir={section}", paths::Login)).map(Err),
    }
}

/// What stands above a section of its last deed; `words` knows what may be said.
fn done(visit: &Visit, words: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    words(visit.query(DONE)?.as_str())
}

/// The page of a section: a result where something was just done.
fn framed(page: Page, done: Option<&String>) -> Page {
    page.with(if done.is_some() { Outcome::Success } else { Outcome::Form })
}

/// Back to the section, with what was done.
fn after(section: &str, done: &str) -> Answer {
    see_other(format!("{section}?{DONE}={done}"))
}

/// «Firefox · Android», or that we do not know.
fn device_words(visit: &Visit, agent: &clave::session::Agent) -> String {
    if agent.as_str().is_empty() { fl!(visit.l, "account-unknown-device") } else { agent.as_str().to_owned() }
}

/// An instant for people and for programs (`datetime`).
struct When {
    shown: String,
    iso: String,
}

impl From<Moment> for When {
    fn from(at: Moment) -> Self {
        Self { shown: at.in_chile(), iso: at.iso() }
    }
}
