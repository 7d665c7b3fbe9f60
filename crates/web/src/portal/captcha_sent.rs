//! «No puedo usar el captcha»: a link is on its way to whoever owns the RUT. The same page for every RUT.

use askama::Template;
use axum::{Router, routing::get};
use clave::outbox::Process;
use i18n_embed_fl::fl;

use crate::{
    App,
    kit::{
        page::{Answer, Outcome, Page, show},
        visit::Visit,
        way::Way,
    },
    paths,
};

#[derive(Template)]
#[template(path = "portal/captcha_sent.html")]
struct CaptchaSent {
    page: Page,
    again: String,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::CaptchaSent::ROUTE, get(look))
}

/// Where the browser goes after asking.
pub fn address(process: Process) -> String {
    let name = match process {
        Process::ChangeKey => "cambiar",
        Process::LogIn => "ingresar",
        Process::Recover | Process::Register => "recuperar",
    };
    format!("{}?para={name}", paths::CaptchaSent)
}

async fn look(visit: Visit) -> Answer {
    let again = match visit.query("para").as_deref() {
        Some("cambiar") => paths::Change::ROUTE,
        Some("ingresar") => paths::Login::ROUTE,
        _ => paths::Recover::ROUTE,
    };
    show(&CaptchaSent { page: visit.page().with(Outcome::Success), again: Way::of(&visit).by(again) })
}
