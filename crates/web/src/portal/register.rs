//! Register (G-3): one form, everything wrong said at once, and the same result page for a new and a taken RUT.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    attempt::{self, Attempt},
    flow::{Kind, Token},
    outbox::Process,
    person::{About, key::NewKey, question::NewAnswer},
    register::{self, Received, Registration},
    settings::LegalRuts,
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::{
    outcome, reading,
    refusal::{self, Next, Wait},
    wording::{self, ComunaGroup},
};
use crate::{
    App,
    kit::{
        captcha::{self, Guard},
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show, show_as},
        visit::Visit,
    },
    paths,
};

const PROCESS: Process = Process::Register;

/// In their order on the page; `fecha_nacimiento` is the date in one field, as other systems send it.
const FIELDS: &[&str] = &[
    "rut",
    "pregunta",
    "respuesta",
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "fecha_nacimiento",
    "fecha_nacimiento_dia",
    "fecha_nacimiento_mes",
    "fecha_nacimiento_anio",
    "direccion",
    "numero",
    "block",
    "departamento",
    "region",
    "comuna",
    "email",
    "celular",
    "clave",
    "clave_repetida",
    "captcha_id",
    "captcha",
    "prueba",
];

#[derive(Template)]
#[template(path = "portal/register.html")]
struct Form {
    page: Page,
    fields: Fields,
    questions: Vec<(String, String)>,
    regions: Vec<(&'static str, &'static str)>,
    comunas: Vec<ComunaGroup>,
    rules: Vec<(&'static str, String)>,
    min: usize,
    max: usize,
    phone_required: bool,
    phone_hint: String,
    /// What is said at the secrets, which came back empty.
    retype_key: String,
    retype_answer: String,
    guard: Guard,
}

#[derive(Template)]
#[template(path = "portal/registered.html")]
struct Registered {
    page: Page,
    received: Received,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Register::ROUTE, get(open).post(send))
}

async fn open(visit: Visit) -> Answer {
    match visit.query("flujo") {
        Some(token) => result(visit, &token).await,
        None => show_form(visit, Fields::empty(), None).await,
    }
}

async fn result(mut visit: Visit, token: &str) -> Answer {
    let token = Token::parse(token).ok_or(Failure::Gone)?;
    let received: Option<Received> = outcome::of(&mut visit, Kind::Register, &token).await?;
    show(&Registered { page: visit.page().with(Outcome::Success), received: received.ok_or(Failure::Gone)? })
}

fn result_address(token: &Token) -> String {
    format!("{}?flujo={}", paths::Register, token.as_str())
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let refresh = form.action() == Some("refrescar");
    let mut fields = form.fields.expecting(FIELDS);
    let human = captcha::human(&mut visit, &fields, PROCESS)?;
    let new = read(&visit, &mut fields);
    let Some(new) = new.filter(|_| !refresh && !fields.has_errors()) else {
        attempt::burn_unused(&visit.cx, &human).await?;
        return show_form(visit, if refresh { fields.without_errors() } else { fields }, None).await;
    };
    let attempt = Attempt { browser: visit.browser(), device: visit.device(), submission: form.submission, human };
    let refused = match register::register(&mut visit.cx, &attempt, new).await {
        Ok(token) => return see_other(result_address(&token)),
        Err(refused) => refused,
    };
    match refusal::explain(&visit, &mut fields, refused, "rut", None)? {
        Next::Result(token) => see_other(result_address(&token)),
        Next::Again(wait) => show_form(visit, fields, wait).await,
    }
}

async fn show_form(mut visit: Visit, fields: Fields, wait: Option<Wait>) -> Answer {
    // Who registers has no registered address yet: no link can stand in for the captcha.
    let rut = Rut::parse(fields.text("rut")).ok();
    let guard = Guard::new(&mut visit, PROCESS, &fields, rut, "").await?;
    let page = visit.form_page(&fields)?;
    let (l, rules) = (&visit.l, visit.cx.clave.settings.key);
    let again = |name: &str| !fields.text(name).is_empty();
    let form = Form {
        questions: wording::questions(l),
        regions: wording::regions(),
        comunas: wording::comunas(),
        rules: wording::key_rules(l, rules),
        min: rules.min_length,
        max: rules.max_length,
        phone_required: reading::is_phone_required(&visit),
        phone_hint: reading::phone_hint(&visit),
        retype_key: if again("clave") { fl!(l, "retype-key") } else { String::new() },
        retype_answer: if again("respuesta") { fl!(l, "retype-answer") } else { fl!(l, "answer-hint") },
        page,
        fields,
        guard,
    };
    refusal::with_wait(show_as(form.fields.status(), &form), wait)
}

/// From form to domain. Everything wrong is said at its field; the registration is whole only where nothing was.
fn read(visit: &Visit, fields: &mut Fields) -> Option<Registration> {
    let l = &visit.l;
    let rut = read_rut(visit, fields);
    let details = reading::details(visit, fields);
    let about = About { rut, names: details.names.as_ref(), email: details.email.as_ref(), birth: details.birth };
    let secret = reading::new_answer(visit, fields, &about);
    let typed = fields.secret("clave");
    let key = NewKey::parse(&typed, visit.cx.clave.settings.key, &about)
        .map_err(|wrong| fields.set_error("clave", wording::key(l, wrong)));
    reading::repeated(visit, fields, &typed, "clave_repetida");
    if captcha::is_missing(visit, fields, PROCESS) {
        fields.set_error("captcha", fl!(l, "error-captcha-empty"));
    }
    let NewAnswer { question, answer } = secret?;
    Some(Registration { rut: rut?, question, answer, key: key.ok()?, language: visit.lang, details })
}

fn read_rut(visit: &Visit, fields: &mut Fields) -> Option<Rut> {
    let rut = Rut::parse(fields.text("rut")).map_err(|wrong| fields.set_error("rut", wording::rut(&visit.l, wrong))).ok()?;
    if rut.kind() == rut::Kind::Legal && visit.cx.clave.settings.legal_ruts == LegalRuts::Refused {
        fields.set_error("rut", fl!(visit.l, "error-rut-legal"));
    }
    Some(rut)
}
