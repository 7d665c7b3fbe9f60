//! The question what a system may know, with the values as they are (`ux.md` D7). It comes once, and again when a system asks for more.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    enter::{self, Question, Step},
    pending::{Pending, Token},
};
use i18n_embed_fl::fl;
use oidc::{Code, Error, Scope};

use super::{
    front::System,
    resume,
    told::{self, Told},
};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        headers,
        page::{Answer, Page, see_other, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "oidc/consent.html")]
struct Ask {
    page: Page,
    system: System,
    data: Vec<Told>,
    offline: bool,
    token: String,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Consent::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    let (token, pending) = resume::kept(&mut visit).await?;
    match resume::next(&mut visit, &pending).await? {
        Step::Ask(question) => ask(visit, &token, &pending, &question),
        _ => see_other(resume::at(paths::Resume, &token)),
    }
}

fn ask(mut visit: Visit, token: &Token, pending: &Pending, question: &Question) -> Answer {
    let request = &pending.request;
    let system = System::of(&pending.client, Some(&request.redirect_uri));
    let leads_to = system.leads_to.clone();
    let page = Ask {
        page: visit.form_page(&Fields::empty())?,
        system,
        data: told::of(&visit, &question.person, &question.claims),
        offline: request.scopes.contains(Scope::OfflineAccess),
        token: token.as_str().to_owned(),
    };
    headers::forms_may_lead_to(show(&page), &leads_to)
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let (token, pending) = resume::kept(&mut visit).await?;
    let Step::Ask(question) = resume::next(&mut visit, &pending).await? else {
        // The second click of two, or something changed meanwhile: what comes next is decided there.
        return see_other(resume::at(paths::Resume, &token));
    };
    let browser = visit.browser();
    match form.action() {
        Some("aceptar") if enter::agree(&mut visit.cx, browser, &token, &pending, &question).await? => {
            see_other(resume::at(paths::Resume, &token))
        }
        Some("aceptar") => Err(Failure::Gone),
        Some("rechazar") => {
            let denied = Error::new(Code::AccessDenied, "the person does not want to share these data");
            resume::with_error(visit, &pending, Some(&token), &denied).await
        }
        _ => ask(visit, &token, &pending, &question),
    }
}
