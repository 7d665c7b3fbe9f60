//! Forgotten key (G-4): the RUT, then that RUT's question, then the provisional key. One address; `flujo` says how far.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    Moment,
    attempt::{Attempt, burn_unused},
    captcha_link,
    flow::{Kind, Token},
    outbox::Process,
    person::question::Question,
    recover::{self, Outcome as Recovered, Refused},
    settings::AskedQuestion,
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::{
    captcha_sent,
    delivery::{self, About, Deliveries},
    interrupted, outcome,
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
        visit::{Visit, with_query},
        way::Way,
    },
    paths,
};

const PROCESS: Process = Process::Recover;
const FIRST: &[&str] = &["rut", LINK];
const SECOND: &[&str] = &["flujo", "respuesta", "captcha", "captcha_id", "prueba", LINK];
/// Where the person selects the question.
const SECOND_SELECTED: &[&str] = &["flujo", "pregunta", "respuesta", "captcha", "captcha_id", "prueba", LINK];

#[derive(Template)]
#[template(path = "portal/recover_rut.html")]
struct FirstStep {
    page: Page,
    action: String,
    fields: Fields,
    intro: String,
    link: String,
}

#[derive(Template)]
#[template(path = "portal/recover_answer.html")]
struct SecondStep {
    page: Page,
    action: String,
    back: String,
    fields: Fields,
    flow: String,
    rut: String,
    /// The RUT's own, or none where the person selects it from…
    question: Option<String>,
    /// …these.
    questions: Vec<(String, String)>,
    /// What stands beside the answer.
    hint: String,
    guard: Guard,
}

#[derive(Template)]
#[template(path = "portal/recover_result.html")]
struct Result {
    page: Page,
    key: Option<String>,
    hours: u64,
    made_at: String,
    until: String,
    /// Until when the key goes to the former addresses.
    held_until: Option<String>,
    deliveries: Deliveries,
    change: String,
}

impl Result {
    /// Whether there is a key, and nobody has it.
    fn is_undelivered(&self) -> bool {
        self.key.is_none() && self.deliveries.all_failed
    }
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Recover::ROUTE, get(look).post(send))
}

fn step_address(way: &Way, token: &Token, link: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("flujo", token.as_str());
    if !link.is_empty() {
        query.append_pair(LINK, link);
    }
    way.by(&with_query(paths::Recover::ROUTE, &query.finish()))
}

async fn look(mut visit: Visit) -> Answer {
    let link = visit.query(LINK).unwrap_or_default();
    let Some(flow) = visit.query("flujo") else { return first_step(visit, Fields::empty(), link) };
    let token = Token::parse(&flow).ok_or(Failure::Gone)?;
    let browser = visit.browser();
    if let Some((rut, question)) = recover::asked(&visit.cx, browser, &token).await? {
        return second_step(visit, Fields::empty(), &token, (rut, question), &link, None).await;
    }
    let outcome: Option<Recovered> = outcome::of(&mut visit, Kind::Recover, &token).await?;
    match outcome {
        Some(Recovered::Made { key, made_at, until, messages, held_until }) => {
            let about = if key.is_some() { About::ShownKey } else { About::Key };
            let address = step_address(&Way::of(&visit), &token, "");
            let deliveries = delivery::of(&visit, &messages, about, address).await?;
            let shown = Result {
                page: visit.page().with(Outcome::Success),
                key: key.map(|key| key.expose().to_owned()),
                hours: made_at.until(until).as_secs() / 3600,
                made_at: made_at.in_chile(),
                until: until.in_chile(),
                held_until: held_until.map(Moment::in_chile),
                deliveries,
                change: Way::of(&visit).by(paths::Change::ROUTE),
            };
            shown.deliveries.renewed(show(&shown))
        }
        Some(Recovered::Interrupted { missing }) => {
            interrupted::show_missing(&visit, &missing, Way::of(&visit).by(paths::Recover::ROUTE))
        }
        None => Err(Failure::Gone),
    }
}

async fn send(visit: Visit, form: ProtectedForm) -> Answer {
    if form.fields.text("flujo").is_empty() { send_rut(visit, form).await } else { send_answer(visit, form).await }
}

async fn send_rut(mut visit: Visit, form: ProtectedForm) -> Answer {
    let submission = form.submission;
    let mut fields = form.fields.expecting(FIRST);
    let link = fields.text(LINK).to_owned();
    let rut = match Rut::parse(fields.text("rut")) {
        Ok(rut) => rut,
        Err(wrong) => {
            fields.set_error("rut", wording::rut(&visit.l, wrong));
            return first_step(visit, fields, link);
        }
    };
    if fields.has_errors() {
        return first_step(visit, fields, link);
    }
    let (browser, device) = (visit.browser(), visit.device());
    match recover::begin(&mut visit.cx, browser, device, submission, rut).await {
        Ok(token) => see_other(step_address(&Way::of(&visit), &token, &link)),
        Err(refused) => match refusal::explain(&visit, &mut fields, refused, "rut", None)? {
            Next::Result(token) => see_other(step_address(&Way::of(&visit), &token, &link)),
            Next::Again(wait) => refusal::with_wait(first_step(visit, fields, link), wait),
        },
    }
}

async fn send_answer(mut visit: Visit, form: ProtectedForm) -> Answer {
    let (submission, action) = (form.submission, form.action().unwrap_or_default().to_owned());
    let selected = is_selected(&visit);
    let mut fields = form.fields.expecting(if selected { SECOND_SELECTED } else { SECOND });
    let token = Token::parse(fields.text("flujo")).ok_or(Failure::Gone)?;
    let link = fields.text(LINK).to_owned();
    let browser = visit.browser();
    let human = captcha::human(&mut visit, &fields, PROCESS)?;
    let asked = recover::asked(&visit.cx, browser, &token).await?;

    if let (Some((rut, question)), "refrescar" | "sin_captcha") = (asked, action.as_str()) {
        burn_unused(&visit.cx, &human).await?;
        fields = fields.without_errors();
        if action == "sin_captcha" {
            let device = visit.device();
            return match captcha_link::send(&mut visit.cx, browser, device, submission, rut, PROCESS).await {
                Ok(()) => see_other(Way::of(&visit).by(&captcha_sent::address(PROCESS))),
                Err(refused) => match refusal::explain(&visit, &mut fields, refused, "captcha", None)? {
                    Next::Result(token) => see_other(step_address(&Way::of(&visit), &token, &link)),
                    Next::Again(wait) => second_step(visit, fields, &token, (rut, question), &link, wait).await,
                },
            };
        }
        return second_step(visit, fields, &token, (rut, question), &link, None).await;
    }

    let chosen = Question::parse(fields.text("pregunta")).filter(|_| selected);
    if selected && chosen.is_none() {
        fields.set_error("pregunta", fl!(visit.l, "error-question-empty"));
    }
    if fields.text("respuesta").trim().is_empty() {
        fields.set_error("respuesta", fl!(visit.l, "error-answer-empty"));
    }
    if captcha::is_missing(&visit, &fields, PROCESS) {
        fields.set_error("captcha", fl!(visit.l, "error-captcha-empty"));
    }
    if let (Some(asked), true) = (asked, fields.has_errors()) {
        burn_unused(&visit.cx, &human).await?;
        return second_step(visit, fields, &token, asked, &link, None).await;
    }

    let attempt = Attempt { browser, device: visit.device(), submission, human };
    let typed = fields.secret("respuesta");
    let refused = match recover::answer(&mut visit.cx, &attempt, &token, chosen, &typed).await {
        Ok(token) => {
            visit.keep_device();
            return see_other(step_address(&Way::of(&visit), &token, ""));
        }
        Err(refused) => refused,
    };
    let asked = asked.ok_or(Failure::Gone);
    let wrong = if selected { fl!(visit.l, "update-wrong-answer") } else { fl!(visit.l, "error-answer-wrong") };
    match refused {
        Refused::Over => Err(Failure::Gone),
        Refused::WrongAnswer => {
            fields.set_error("respuesta", wrong);
            second_step(visit, fields, &token, asked?, &link, None).await
        }
        Refused::Attempt(refused) => match refusal::explain(&visit, &mut fields, refused, "respuesta", Some(wrong))? {
            Next::Result(token) => see_other(step_address(&Way::of(&visit), &token, "")),
            Next::Again(wait) => second_step(visit, fields, &token, asked?, &link, wait).await,
        },
    }
}

/// Whether the person says which question it is.
fn is_selected(visit: &Visit) -> bool {
    visit.cx.clave.settings.recovery.question == AskedQuestion::Selected
}

fn first_step(mut visit: Visit, fields: Fields, link: String) -> Answer {
    let page = visit.form_page(&fields)?;
    let intro = if is_selected(&visit) { fl!(visit.l, "recover-intro-selected") } else { fl!(visit.l, "recover-intro") };
    let action = Way::of(&visit).by(paths::Recover::ROUTE);
    show_as(fields.status(), &FirstStep { page, action, fields, intro, link })
}

async fn second_step(
    mut visit: Visit,
    fields: Fields,
    token: &Token,
    (rut, question): (Rut, Option<Question>),
    link: &str,
    wait: Option<Wait>,
) -> Answer {
    let guard = Guard::new(&mut visit, PROCESS, &fields, Some(rut), link).await?;
    let page = visit.form_page(&fields)?;
    let questions = if question.is_none() { wording::questions(&visit.l) } else { Vec::new() };
    let question = question.map(|question| wording::question(&visit.l, question));
    let status = fields.status();
    let typed = !fields.secret("respuesta").expose().is_empty();
    let hint = if typed { fl!(visit.l, "retype-answer") } else { fl!(visit.l, "answer-hint") };
    let (flow, rut) = (token.as_str().to_owned(), rut.to_string());
    let way = Way::of(&visit);
    let (action, back) = (step_address(&way, token, ""), way.by(paths::Recover::ROUTE));
    let step = SecondStep { page, action, back, fields, flow, rut, question, questions, hint, guard };
    refusal::with_wait(show_as(status, &step), wait)
}
