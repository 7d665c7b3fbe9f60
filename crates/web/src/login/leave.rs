//! Log out. Looking asks; the button does it, so that no link logs anybody out.

use askama::Template;
use axum::{Router, routing::get};
use clave::login;
use i18n_embed_fl::fl;

use crate::{
    App,
    kit::{
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "login/leave.html")]
struct Leave {
    page: Page,
}

#[derive(Template)]
#[template(path = "login/left.html")]
struct Left {
    page: Page,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Logout::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    if visit.session().await?.is_none() {
        return show(&Left { page: visit.page().with(Outcome::Success) });
    }
    let page = visit.form_page(&Fields::empty())?;
    show(&Leave { page })
}

async fn send(mut visit: Visit, form: Result<ProtectedForm, crate::kit::errors::Failure>) -> Answer {
    if let Err(failure) = form {
        // The second of a double click: its cookie is worth nothing any more, and the first has logged out.
        return if visit.session().await?.is_none() { see_other(paths::Logout) } else { Err(failure) };
    }
    let browser = visit.browser();
    login::log_out(&mut visit.cx, browser).await?;
    visit.renew_browser();
    see_other(paths::Logout)
}
