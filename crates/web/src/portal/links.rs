//! The pages behind the links in messages. Opening one changes nothing, since mail programs open links by themselves; the button does.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    Secret,
    freeze::{self, Followed},
    link::Purpose,
};
use i18n_embed_fl::fl;

use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show},
        visit::Visit,
    },
    paths,
    site::Contact,
};

#[derive(Template)]
#[template(path = "portal/link.html")]
struct Ask {
    page: Page,
    address: &'static str,
    title: String,
    texts: Vec<String>,
    button: String,
    token: String,
}

#[derive(Template)]
#[template(path = "portal/link_done.html")]
struct Done {
    page: Page,
    title: String,
    text: String,
    /// What else is to be known.
    rest: Vec<String>,
    next: String,
    next_address: &'static str,
    /// Whom to turn to, where the link may not be enough.
    help: Option<Help>,
}

/// Who helps, and when.
struct Help {
    text: String,
    contact: Contact,
}

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route(paths::NotMe::ROUTE, get(look_not_me).post(send_not_me))
        .route(paths::Confirm::ROUTE, get(look_confirm).post(send_confirm))
}

/// The query's name for «it is done».
const DONE: &str = "hecho";

async fn look_not_me(visit: Visit) -> Answer {
    if visit.query(DONE).is_some() {
        let l = &visit.l;
        let contact = visit.app.site.institution.contact.clone();
        return show(&Done {
            page: visit.page().with(Outcome::Success),
            title: fl!(l, "not-me-done-title"),
            text: fl!(l, "not-me-done-text"),
            rest: vec![fl!(l, "not-me-done-undone")],
            next: fl!(l, "not-me-done-next"),
            next_address: paths::Recover::ROUTE,
            help: Some(Help { text: fl!(l, "not-me-done-help"), contact }),
        });
    }
    let l = visit.l.clone();
    let texts = vec![fl!(l, "not-me-text"), fl!(l, "not-me-ends"), fl!(l, "not-me-undoes")];
    ask(visit, Purpose::NotMe, paths::NotMe::ROUTE, fl!(l, "not-me-title"), texts, fl!(l, "not-me-button")).await
}

async fn look_confirm(visit: Visit) -> Answer {
    if visit.query(DONE).is_some() {
        let l = &visit.l;
        let (title, text) = (fl!(l, "confirm-done-title"), fl!(l, "confirm-done-text"));
        let next = fl!(l, "error-home");
        let page = visit.page().with(Outcome::Success);
        return show(&Done { page, title, text, rest: Vec::new(), next, next_address: paths::Home::ROUTE, help: None });
    }
    let l = visit.l.clone();
    let (title, texts, button) = (fl!(l, "confirm-title"), vec![fl!(l, "confirm-text")], fl!(l, "confirm-button"));
    ask(visit, Purpose::ConfirmEmail, paths::Confirm::ROUTE, title, texts, button).await
}

async fn ask(
    mut visit: Visit,
    purpose: Purpose,
    address: &'static str,
    title: String,
    texts: Vec<String>,
    button: String,
) -> Answer {
    let token = visit.query("t").unwrap_or_default();
    if freeze::look(&visit.cx, purpose, &Secret::new(token.as_str())).await? == Followed::Gone {
        return Err(Failure::Gone);
    }
    let page = visit.form_page(&Fields::empty())?;
    show(&Ask { page, address, title, texts, button, token })
}

async fn send_not_me(mut visit: Visit, form: ProtectedForm) -> Answer {
    let browser = visit.browser();
    let followed = freeze::freeze(&mut visit.cx, browser, form.submission, &form.fields.secret("t")).await?;
    after(followed, paths::NotMe::ROUTE)
}

async fn send_confirm(mut visit: Visit, form: ProtectedForm) -> Answer {
    let browser = visit.browser();
    let followed = freeze::confirm_email(&mut visit.cx, browser, form.submission, &form.fields.secret("t")).await?;
    after(followed, paths::Confirm::ROUTE)
}

fn after(followed: Followed, address: &str) -> Answer {
    match followed {
        Followed::Done => see_other(format!("{address}?{DONE}=1")),
        Followed::Gone => Err(Failure::Gone),
    }
}
