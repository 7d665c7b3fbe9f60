//! Log in: for a relying system, or for «Mi cuenta».

use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    http::{HeaderMap, header},
    routing::get,
};
use clave::{
    attempt::{Attempt, burn_unused},
    captcha_link,
    flow::Token,
    login::{self, Entrance, Outcome as LoggedIn, Refused},
    outbox::Process,
    session::Agent,
    submission::Submission,
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::system::Waiting;
use crate::{
    App,
    kit::{
        captcha::{self, Guard, LINK},
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        headers,
        page::{Answer, Outcome, Page, see_other, show, show_as},
        visit::Visit,
        way::Way,
    },
    paths,
    portal::{
        captcha_sent, interrupted,
        refusal::{self, Next, Wait},
        wording,
    },
};

const PROCESS: Process = Process::LogIn;
const FIELDS: &[&str] = &["rut", "clave", "captcha", "captcha_id", "prueba", LINK];
/// The second of a double click comes so soon.
const DOUBLE_CLICK: Duration = Duration::from_secs(10);
/// In the address: the form is shown to somebody who is logged in, to prove the key once more.
const AGAIN: &str = "otra_vez";

#[derive(Template)]
#[template(path = "login/login.html")]
struct Form {
    page: Page,
    fields: Fields,
    /// Where the form is sent, with the way behind it.
    action: String,
    waiting: Option<Waiting>,
    /// Where the key belongs, so that nobody types it anywhere else.
    domain: String,
    retype: String,
    guard: Guard,
    recover: String,
}

#[derive(Template)]
#[template(path = "login/provisional.html")]
struct Provisional {
    page: Page,
    change: String,
    /// The system that the person was on the way to.
    system: Option<String>,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Login::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    let way = Way::of(&visit);
    if let Some(flow) = visit.query("flujo") {
        let token = Token::parse(&flow).ok_or(Failure::Gone)?;
        return result(visit, &way, &token).await;
    }
    // Whether a session is enough for a system, its request decides.
    if way.request().is_none() && visit.query(AGAIN).is_none() && visit.session().await?.is_some() {
        return see_other(way.end());
    }
    let link = visit.query(LINK).unwrap_or_default();
    form_page(visit, &way, Fields::empty(), &link, None).await
}

/// Why a right key did not lead in.
async fn result(mut visit: Visit, way: &Way, token: &Token) -> Answer {
    let browser = visit.browser();
    match login::outcome(&visit.cx, browser, token).await? {
        Some(LoggedIn::Provisional) => {
            let system = Waiting::of(&mut visit, way).await?.map(|waiting| waiting.system.name);
            let page = visit.page().with(Outcome::Interrupted);
            show(&Provisional { page, change: way.by(paths::Change::ROUTE), system })
        }
        Some(LoggedIn::Interrupted { missing }) => interrupted::show_missing(&visit, &missing, way.by(paths::Login::ROUTE)),
        Some(LoggedIn::In) | None => Err(Failure::Gone),
    }
}

async fn send(mut visit: Visit, headers: HeaderMap, form: Result<ProtectedForm, Failure>) -> Answer {
    let way = Way::of(&visit);
    let form = match form {
        Ok(form) => form,
        Err(Failure::Forged) => return of_another_cookie(visit, &way).await,
        Err(failure) => return Err(failure),
    };
    let (submission, action) = (form.submission, form.action().unwrap_or_default().to_owned());
    let mut fields = form.fields.expecting(FIELDS);
    let link = fields.text(LINK).to_owned();
    let human = captcha::human(&mut visit, &fields, PROCESS)?;
    match action.as_str() {
        "refrescar" => {
            burn_unused(&visit.cx, &human).await?;
            return form_page(visit, &way, fields.without_errors(), &link, None).await;
        }
        "sin_captcha" => {
            burn_unused(&visit.cx, &human).await?;
            return send_link(visit, &way, fields.without_errors(), submission).await;
        }
        _ => {}
    }
    let rut = check(&visit, &mut fields);
    let (Some(rut), false) = (rut, fields.has_errors()) else {
        burn_unused(&visit.cx, &human).await?;
        return form_page(visit, &way, fields, &link, None).await;
    };

    let next = visit.next_browser(submission)?;
    let attempt = Attempt { browser: visit.browser(), device: visit.device(), submission, human };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let entrance = Entrance { browser: next.browser(), agent: Agent::read(agent) };
    let refused = match login::log_in(&mut visit.cx, &attempt, rut, &fields.secret("clave"), entrance).await {
        Ok(token) => return lead_on(&mut visit, &way, &attempt, &token, next).await,
        Err(refused) => refused,
    };
    let wrong = fl!(visit.l, "error-key-wrong");
    let wait = match refused {
        Refused::WrongKey => {
            fields.set_error("clave", wrong);
            None
        }
        Refused::Attempt(refused) => match refusal::explain(&visit, &mut fields, refused, "clave", Some(wrong))? {
            Next::Result(token) => return lead_on(&mut visit, &way, &attempt, &token, next).await,
            Next::Again(wait) => wait,
        },
    };
    form_page(visit, &way, fields, &link, wait).await
}

/// The form was not made for the browser's cookie. The second of a double click may come with the new one already: nothing is done but to lead on.
/// Later it is a page from before somebody's login, and whoever typed there need not be who is logged in.
async fn of_another_cookie(mut visit: Visit, way: &Way) -> Answer {
    let Some(authenticated_at) = visit.session().await?.map(|session| session.authenticated_at) else {
        return Err(Failure::Forged);
    };
    if authenticated_at.plus(DOUBLE_CLICK) > visit.cx.now {
        return see_other(way.end());
    }
    let mut fields = Fields::empty();
    fields.set_error("rut", fl!(visit.l, "login-old-page"));
    form_page(visit, way, fields, "", None).await
}

/// Leads in, or to the page that says why not: the first and the second of a double click alike.
async fn lead_on(visit: &mut Visit, way: &Way, attempt: &Attempt, token: &Token, next: crate::kit::browser::Next) -> Answer {
    match login::outcome(&visit.cx, attempt.browser, token).await? {
        Some(LoggedIn::In) => {
            visit.keep_device();
            visit.become_browser(next);
            see_other(way.end())
        }
        Some(_) => see_other(way.by(&format!("{}?flujo={}", paths::Login, token.as_str()))),
        None => Err(Failure::Gone),
    }
}

/// What can be judged without knowing the person.
fn check(visit: &Visit, fields: &mut Fields) -> Option<Rut> {
    let rut = Rut::parse(fields.text("rut")).map_err(|wrong| fields.set_error("rut", wording::rut(&visit.l, wrong))).ok();
    if fields.text("clave").is_empty() {
        fields.set_error("clave", fl!(visit.l, "login-key-empty"));
    }
    if captcha::is_missing(visit, fields, PROCESS) {
        fields.set_error("captcha", fl!(visit.l, "error-captcha-empty"));
    }
    rut
}

async fn send_link(mut visit: Visit, way: &Way, mut fields: Fields, submission: Submission) -> Answer {
    let rut = match Rut::parse(fields.text("rut")) {
        Ok(rut) => rut,
        Err(wrong) => {
            fields.set_error("rut", wording::rut(&visit.l, wrong));
            return form_page(visit, way, fields, "", None).await;
        }
    };
    let (browser, device) = (visit.browser(), visit.device());
    match captcha_link::send(&mut visit.cx, browser, device, submission, rut, PROCESS).await {
        Ok(()) => see_other(way.by(&captcha_sent::address(PROCESS))),
        Err(refused) => match refusal::explain(&visit, &mut fields, refused, "captcha", None)? {
            Next::Result(_) => see_other(way.by(paths::Login::ROUTE)),
            Next::Again(wait) => form_page(visit, way, fields, "", wait).await,
        },
    }
}

async fn form_page(mut visit: Visit, way: &Way, fields: Fields, link: &str, wait: Option<Wait>) -> Answer {
    let waiting = Waiting::of(&mut visit, way).await?;
    let fields = match waiting.as_ref().and_then(|waiting| waiting.hint.clone()) {
        Some(hint) if !fields.has("rut") && !fields.has_errors() => Fields::filled(&[("rut", hint)]),
        _ => fields,
    };
    let rut = Rut::parse(fields.text("rut")).ok();
    let guard = Guard::new(&mut visit, PROCESS, &fields, rut, link).await?;
    let page = visit.form_page(&fields)?;
    let typed = !fields.secret("clave").expose().is_empty();
    let leads_to = waiting.as_ref().map(|waiting| waiting.system.leads_to.clone()).unwrap_or_default();
    let again = visit.query(AGAIN).map_or(paths::Login::ROUTE.to_owned(), |_| format!("{}?{AGAIN}=1", paths::Login));
    let status = fields.status();
    let form = Form {
        action: way.by(&again),
        domain: visit.app.site.domain().to_owned(),
        retype: if typed { fl!(visit.l, "retype-key") } else { String::new() },
        recover: way.by(paths::Recover::ROUTE),
        page,
        fields,
        waiting,
        guard,
    };
    refusal::with_wait(headers::forms_may_lead_to(show_as(status, &form), &leads_to), wait)
}
