//! The page for a code that a device shows (RFC 8628 3.3): typed here, or in the address that the device shows as a picture. The person always sees
//! who asks and confirms: a code that somebody else sent must not let that somebody in (RFC 8628 5.4).

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    session::Session,
    verify_device::{self, Asked, Found},
};
use i18n_embed_fl::fl;
use oidc::{Scope, device::UserCode};

use super::{
    front::System,
    told::{self, Told},
};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show, show_as},
        visit::Visit,
    },
    paths,
    portal::interrupted,
};

/// Name of the code, in the form and in the address (RFC 8628 3.3.1).
const CODE: &str = "user_code";
const FIELDS: &[&str] = &[CODE];
/// The query's name for what it came to.
const DONE: &str = "resultado";

#[derive(Template)]
#[template(path = "oidc/device_code.html")]
struct Type {
    page: Page,
    fields: Fields,
}

#[derive(Template)]
#[template(path = "oidc/device_confirm.html")]
struct Confirm {
    page: Page,
    system: System,
    code: String,
    data: Vec<Told>,
    offline: bool,
}

#[derive(Template)]
#[template(path = "oidc/device_done.html")]
struct Done {
    page: Page,
    title: String,
    kind: &'static str,
    text: String,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::VerifyDevice::ROUTE, get(look).post(send))
}

fn at(code: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(CODE, code).finish();
    format!("{}?{query}", paths::VerifyDevice)
}

/// The login, and back here.
fn log_in(code: &str) -> Answer {
    let here = if code.is_empty() { paths::VerifyDevice.to_string() } else { at(code) };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("ir", &here).finish();
    see_other(format!("{}?{query}", paths::Login))
}

async fn look(mut visit: Visit) -> Answer {
    if let Some(done) = visit.query(DONE) {
        return done_page(&visit, &done);
    }
    let typed = visit.query(CODE).unwrap_or_default();
    let Some(session) = visit.session().await? else { return log_in(&typed) };
    if typed.is_empty() {
        return show(&Type { page: visit.form_page(&Fields::empty())?, fields: Fields::empty() });
    }
    let fields = Fields::filled(&[(CODE, typed)]).expecting(FIELDS);
    let (code, asked) = match waiting(&mut visit, &session, fields).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let page = Confirm {
        page: visit.form_page(&Fields::empty())?,
        system: System::of(&asked.client, None),
        code: code.to_string(),
        data: if asked.scopes.contains(Scope::Openid) { told::of(&visit, &asked.person, &asked.claims) } else { Vec::new() },
        offline: asked.scopes.contains(Scope::OfflineAccess),
    };
    show(&page)
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let action = form.action().map(str::to_owned);
    let fields = form.fields.expecting(FIELDS);
    let Some(session) = visit.session().await? else { return log_in(fields.text(CODE)) };
    let (code, asked) = match waiting(&mut visit, &session, fields).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let (answer, done) = match action.as_deref() {
        Some("conectar") => (verify_device::Answer::Connect, "conectado"),
        Some("rechazar") => (verify_device::Answer::Refuse, "rechazado"),
        _ => return see_other(at(&code.to_string())),
    };
    if !verify_device::decide(&mut visit.cx, &session, &code, &asked, answer).await? {
        return Err(Failure::Gone);
    }
    see_other(format!("{}?{DONE}={done}", paths::VerifyDevice))
}

/// Who waits with the code that was typed, or the page that says why nobody does.
async fn waiting(
    visit: &mut Visit,
    session: &Session,
    mut fields: Fields,
) -> Result<Result<(UserCode, Box<Asked>), axum::response::Response>, Failure> {
    let typed = fields.text(CODE);
    let error = match (typed.is_empty(), UserCode::parse(typed)) {
        (true, _) => fl!(visit.l, "device-code-empty"),
        (false, None) => fl!(visit.l, "device-code-shape"),
        (false, Some(code)) => match verify_device::look(&visit.cx, session, &code).await? {
            Found::Waiting(asked) => return Ok(Ok((code, asked))),
            Found::Nothing => fl!(visit.l, "device-code-unknown"),
            Found::Missing(missing) => {
                return interrupted::show_missing(visit, &missing, at(&code.to_string())).map(Err);
            }
            Found::TooMany { until } => return Err(Failure::TooMany { wait: visit.cx.now.until(until) }),
            Found::Ended => return log_in(&code.to_string()).map(Err),
        },
    };
    fields.set_error(CODE, error);
    let page = visit.form_page(&fields)?;
    show_as(fields.status(), &Type { page, fields }).map(Err)
}

fn done_page(visit: &Visit, done: &str) -> Answer {
    let l = &visit.l;
    let page = visit.page().with(Outcome::Success);
    show(&match done {
        "conectado" => Done { page, title: fl!(l, "device-done-title"), kind: "exito", text: fl!(l, "device-done-text") },
        _ => Done { page, title: fl!(l, "device-refused-title"), kind: "info", text: fl!(l, "device-refused-text") },
    })
}
