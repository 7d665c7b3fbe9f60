//! Change the key (G-5), with the current one or a provisional one.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    attempt::{Attempt, burn_unused},
    captcha_link,
    change_key::{self, NewKeyWrong, Outcome as Changed, Refused},
    flow::{Kind, Token},
    outbox::Process,
    person::{About as Person, key::NewKey},
    submission::Submission,
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::{
    captcha_sent,
    delivery::{self, About, Deliveries},
    interrupted, outcome, reading,
    refusal::{self, Next, Wait},
    wording,
};
use crate::{
    App,
    kit::{
        captcha::{self, Guard, LINK},
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show, show_as},
        visit::Visit,
        way::Way,
    },
    login::system::Waiting,
    paths,
};

const PROCESS: Process = Process::ChangeKey;
const FIELDS: &[&str] = &["rut", "clave_actual", "clave_nueva", "clave_nueva_repetida", "captcha", "captcha_id", "prueba", LINK];

#[derive(Template)]
#[template(path = "portal/change.html")]
struct Form {
    page: Page,
    /// Where the form is sent, with the way behind it.
    action: String,
    recover: String,
    fields: Fields,
    /// Said beside a key that has to be typed again.
    retype: String,
    rules: Vec<(&'static str, String)>,
    min: usize,
    max: usize,
    guard: Guard,
}

#[derive(Template)]
#[template(path = "portal/change_result.html")]
struct Result {
    page: Page,
    at: String,
    deliveries: Deliveries,
    /// The system that the person was on the way to, and where that goes on.
    next: Option<(String, String)>,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Change::ROUTE, get(look).post(send))
}

fn result_address(way: &Way, token: &Token) -> String {
    way.by(&format!("{}?flujo={}", paths::Change, token.as_str()))
}

async fn look(mut visit: Visit) -> Answer {
    let Some(flow) = visit.query("flujo") else {
        let link = visit.query(LINK).unwrap_or_default();
        return form_page(visit, Fields::empty(), &link, None).await;
    };
    let token = Token::parse(&flow).ok_or(Failure::Gone)?;
    let outcome: Option<Changed> = outcome::of(&mut visit, Kind::ChangeKey, &token).await?;
    match outcome {
        Some(Changed::Changed { at, messages }) => {
            let way = Way::of(&visit);
            let deliveries = delivery::of(&visit, &messages, About::Notice, result_address(&way, &token)).await?;
            let next = next(&mut visit, &way).await?;
            let page = visit.page().with(Outcome::Success);
            let shown = Result { page, at: at.in_chile(), deliveries, next };
            shown.deliveries.renewed(show(&shown))
        }
        Some(Changed::Interrupted { missing }) => {
            interrupted::show_missing(&visit, &missing, Way::of(&visit).by(paths::Change::ROUTE))
        }
        None => Err(Failure::Gone),
    }
}

/// Where a system's request goes on with the new key; nowhere when it has ended meanwhile.
async fn next(visit: &mut Visit, way: &Way) -> std::result::Result<Option<(String, String)>, Failure> {
    match Waiting::of(visit, way).await {
        Ok(waiting) => Ok(waiting.map(|waiting| (waiting.system.name, way.by(paths::Login::ROUTE)))),
        Err(Failure::Gone) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let (submission, action) = (form.submission, form.action().unwrap_or_default().to_owned());
    let mut fields = form.fields.expecting(FIELDS);
    let link = fields.text(LINK).to_owned();
    let human = captcha::human(&mut visit, &fields, PROCESS)?;
    match action.as_str() {
        "refrescar" => {
            burn_unused(&visit.cx, &human).await?;
            return form_page(visit, fields.without_errors(), &link, None).await;
        }
        "sin_captcha" => {
            burn_unused(&visit.cx, &human).await?;
            return send_link(visit, fields.without_errors(), submission).await;
        }
        _ => {}
    }
    let rut = check(&visit, &mut fields);
    let (Some(rut), false) = (rut, fields.has_errors()) else {
        burn_unused(&visit.cx, &human).await?;
        return form_page(visit, fields, &link, None).await;
    };

    let browser = visit.browser();
    let attempt = Attempt { browser, device: visit.device(), submission, human };
    let (current, new) = (fields.secret("clave_actual"), fields.secret("clave_nueva"));
    let refused = match change_key::change_key(&mut visit.cx, &attempt, rut, &current, &new).await {
        Ok(token) => {
            visit.keep_device();
            return see_other(result_address(&Way::of(&visit), &token));
        }
        Err(refused) => refused,
    };
    let wrong = fl!(visit.l, "error-key-wrong");
    let wait = match refused {
        Refused::WrongKey => {
            fields.set_error("clave_actual", wrong);
            None
        }
        Refused::NewKey(wrong) => {
            let message = match wrong {
                NewKeyWrong::Same => fl!(visit.l, "error-key-same"),
                NewKeyWrong::Rule(wrong) => wording::key(&visit.l, wrong),
            };
            fields.set_error("clave_nueva", message);
            None
        }
        Refused::Attempt(refused) => match refusal::explain(&visit, &mut fields, refused, "clave_actual", Some(wrong))? {
            Next::Result(token) => return see_other(result_address(&Way::of(&visit), &token)),
            Next::Again(wait) => wait,
        },
    };
    form_page(visit, fields, &link, wait).await
}

/// What can be judged without knowing the person.
fn check(visit: &Visit, fields: &mut Fields) -> Option<Rut> {
    let l = &visit.l;
    let rut = Rut::parse(fields.text("rut")).map_err(|wrong| fields.set_error("rut", wording::rut(l, wrong))).ok();
    if fields.text("clave_actual").is_empty() {
        fields.set_error("clave_actual", fl!(l, "error-key-current-empty"));
    }
    let new = fields.secret("clave_nueva");
    let about = Person { rut, ..Person::default() };
    if let Err(wrong) = NewKey::parse(&new, visit.cx.clave.settings.key, &about) {
        fields.set_error("clave_nueva", wording::key(l, wrong));
    }
    reading::repeated(visit, fields, &new, "clave_nueva_repetida");
    if captcha::is_missing(visit, fields, PROCESS) {
        fields.set_error("captcha", fl!(l, "error-captcha-empty"));
    }
    rut
}

async fn send_link(mut visit: Visit, mut fields: Fields, submission: Submission) -> Answer {
    let rut = match Rut::parse(fields.text("rut")) {
        Ok(rut) => rut,
        Err(wrong) => {
            fields.set_error("rut", wording::rut(&visit.l, wrong));
            return form_page(visit, fields, "", None).await;
        }
    };
    let (browser, device) = (visit.browser(), visit.device());
    match captcha_link::send(&mut visit.cx, browser, device, submission, rut, PROCESS).await {
        Ok(()) => see_other(Way::of(&visit).by(&captcha_sent::address(PROCESS))),
        Err(refused) => match refusal::explain(&visit, &mut fields, refused, "captcha", None)? {
            Next::Result(token) => see_other(result_address(&Way::of(&visit), &token)),
            Next::Again(wait) => form_page(visit, fields, "", wait).await,
        },
    }
}

async fn form_page(mut visit: Visit, fields: Fields, link: &str, wait: Option<Wait>) -> Answer {
    let rut = Rut::parse(fields.text("rut")).ok();
    let guard = Guard::new(&mut visit, PROCESS, &fields, rut, link).await?;
    let page = visit.form_page(&fields)?;
    let rules = visit.cx.clave.settings.key;
    let status = fields.status();
    let typed = !fields.secret("clave_nueva").expose().is_empty();
    let way = Way::of(&visit);
    let form = Form {
        action: way.by(paths::Change::ROUTE),
        recover: way.by(paths::Recover::ROUTE),
        retype: if typed { fl!(visit.l, "retype-key") } else { String::new() },
        rules: wording::key_rules(&visit.l, rules),
        min: rules.min_length,
        max: rules.max_length,
        page,
        fields,
        guard,
    };
    refusal::with_wait(show_as(status, &form), wait)
}
