//! The way back to the LMS: a form that the browser posts, by itself where the address is one of the OTEC's, and else when the person says so. Where
//! there is no address to post to, a page says what is wrong.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use clave::rce::{Act, Code, Environment, Leave, Reply};
use i18n_embed_fl::fl;

use super::words;
use crate::kit::{
    headers,
    page::{Answer, Outcome, Page, show_as},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "rce/back.html")]
struct Back<'a> {
    page: Page,
    reply: &'a Reply,
    problem: Option<Problem>,
    js: Arc<str>,
}

/// Why not, as the person is told.
struct Problem {
    code: Code,
    what: String,
    todo: String,
    /// By what it is found in the log.
    reference: Option<String>,
}

#[derive(Template)]
#[template(path = "rce/here.html")]
struct Here {
    page: Page,
    code: Code,
    what: String,
    reference: String,
}

/// The way back, at an address of its own.
pub fn show(visit: &Visit, reply: &Reply) -> Answer {
    page(visit, visit.page(), reply)
}

/// The way back, as the answer to what the LMS sent.
pub fn at_once(visit: &Visit, reply: &Reply) -> Answer {
    page(visit, without_languages(visit.page()), reply)
}

fn page(visit: &Visit, page: Page, reply: &Reply) -> Answer {
    let problem = reply.code.map(|code| Problem {
        code,
        what: words::code(&visit.l, code),
        todo: words::todo(&visit.l, code),
        reference: reply.reference.clone(),
    });
    let outcome = if problem.is_some() { Outcome::Error } else { Outcome::Success };
    let page = Page { error: problem.is_some(), ..page.with(outcome) };
    let shown = Back { page, reply, problem, js: visit.app.assets.address("rce.js") };
    headers::form_leads_to(show_as(StatusCode::OK, &shown), reply.to.origin().as_str())
}

/// A page of ours, where there is no address to which the browser could be sent.
pub fn here(visit: &Visit, code: Code) -> Answer {
    let page = Page { error: true, ..without_languages(visit.page().with(Outcome::Error)) };
    let shown = Here { page, code, what: words::code(&visit.l, code), reference: visit.cx.request.clone() };
    show_as(StatusCode::BAD_REQUEST, &shown)
}

/// The answer to a form is not at the address that the switch of languages would lead to.
fn without_languages(page: Page) -> Page {
    Page { alternates: Vec::new(), ..page }
}
