//! Update data (G-6): identify, answer, edit, and a look at the changes before they are made. One address; `flujo` says whose process it
//! is, and the fields that were sent say which of its forms.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    Moment,
    attempt::{Attempt, Human, Refused as AttemptRefused},
    flow::{Kind, Token},
    person::{About as Facts, BirthDate, Details, Phone, question::Question},
    submission::Submission,
    update_data::{self, Changes, Claim, Panel, Refused, Review, Stage, Updated},
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::{
    delivery::{self, About, Deliveries},
    outcome, reading,
    refusal::{self, Next, Wait},
    wording::{self, ComunaGroup},
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
};

const FIRST: &[&str] = &[
    "rut",
    "fecha_nacimiento",
    "fecha_nacimiento_dia",
    "fecha_nacimiento_mes",
    "fecha_nacimiento_anio",
    "email",
    "clave_actual",
];
const SECOND: &[&str] = &["flujo", "pregunta", "respuesta"];
const THIRD: &[&str] = &[
    "flujo",
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "fecha_nacimiento",
    "fecha_nacimiento_dia",
    "fecha_nacimiento_mes",
    "fecha_nacimiento_anio",
    "pregunta",
    "respuesta",
    "direccion",
    "numero",
    "block",
    "departamento",
    "region",
    "comuna",
    "email",
    "celular",
];

#[derive(Template)]
#[template(path = "portal/update_identify.html")]
struct FirstStep {
    page: Page,
    fields: Fields,
    /// The key is asked in place of a datum that is not on record.
    with_key: bool,
}

#[derive(Template)]
#[template(path = "portal/update_answer.html")]
struct SecondStep {
    page: Page,
    fields: Fields,
    flow: String,
    questions: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "portal/update_edit.html")]
struct ThirdStep {
    page: Page,
    fields: Fields,
    flow: String,
    missing: Missing,
    phone_required: bool,
    phone_hint: String,
    questions: Vec<(String, String)>,
    regions: Vec<(&'static str, &'static str)>,
    comunas: Vec<ComunaGroup>,
}

/// What may be filled in because it is not on record; nobody changes who they are here.
#[derive(Clone, Copy)]
struct Missing {
    names: bool,
    birth: bool,
    question: bool,
}

#[derive(Template)]
#[template(path = "portal/update_review.html")]
struct LastStep {
    page: Page,
    flow: String,
    rows: Vec<Row>,
    edit: String,
}

/// What, before, after, where to change it.
type Row = (String, String, String, String);

#[derive(Template)]
#[template(path = "portal/update_result.html")]
struct Result {
    page: Page,
    at: String,
    /// Until when keys still go to the former addresses.
    held_until: Option<String>,
    deliveries: Deliveries,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Update::ROUTE, get(look).post(send))
}

/// The page of a process, whichever its step is.
pub(crate) fn step_address(token: &Token) -> String {
    format!("{}?flujo={}", paths::Update, token.as_str())
}

/// Step 3 once more, from the review.
fn edit_address(token: &Token) -> String {
    format!("{}&editar=1", step_address(token))
}

async fn look(mut visit: Visit) -> Answer {
    let Some(flow) = visit.query("flujo") else {
        let with_key = visit.query("con").as_deref() == Some("clave");
        return first_step(visit, Fields::empty(), with_key, None);
    };
    let token = Token::parse(&flow).ok_or(Failure::Gone)?;
    let browser = visit.browser();
    match update_data::stage(&visit.cx, browser, &token).await? {
        Some(Stage::Answer) => second_step(visit, Fields::empty(), &token, None),
        Some(Stage::Edit(panel)) => third_step(visit, recorded(&panel.details), &token, missing(&panel), None),
        Some(Stage::Review(review)) if visit.query("editar").is_some() => {
            let missing = Missing {
                names: review.old.names.is_none(),
                birth: review.old.birth.is_none(),
                question: review.question.is_some(),
            };
            third_step(visit, reviewed(&review), &token, missing, None)
        }
        Some(Stage::Review(review)) => last_step(visit, &review, &token),
        None => result(visit, &token).await,
    }
}

async fn result(mut visit: Visit, token: &Token) -> Answer {
    let updated: Option<Updated> = outcome::of(&mut visit, Kind::UpdateData, token).await?;
    let updated = updated.ok_or(Failure::Gone)?;
    let deliveries = delivery::of(&visit, &updated.messages, About::Notice, step_address(token)).await?;
    let page = visit.page().with(Outcome::Success);
    let held_until = updated.held_until.map(Moment::in_chile);
    let shown = Result { page, at: updated.at.in_chile(), held_until, deliveries };
    shown.deliveries.renewed(show(&shown))
}

async fn send(visit: Visit, form: ProtectedForm) -> Answer {
    if form.fields.text("flujo").is_empty() {
        return send_claim(visit, form).await;
    }
    let token = Token::parse(form.fields.text("flujo")).ok_or(Failure::Gone)?;
    if form.action() == Some("confirmar") {
        confirm(visit, form.submission, &token).await
    } else if form.fields.has("direccion") {
        send_changes(visit, form, &token).await
    } else {
        send_answer(visit, form, &token).await
    }
}

async fn send_claim(mut visit: Visit, form: ProtectedForm) -> Answer {
    let submission = form.submission;
    let mut fields = form.fields.expecting(FIRST);
    let with_key = fields.has("clave_actual");
    let claim = read_claim(&visit, &mut fields, with_key);
    let Some(claim) = claim.filter(|_| !fields.has_errors()) else { return first_step(visit, fields, with_key, None) };
    let attempt = attempt(&mut visit, submission);
    let wrong = if with_key { fl!(visit.l, "update-no-match-key") } else { fl!(visit.l, "update-no-match") };
    match update_data::identify(&mut visit.cx, &attempt, &claim).await {
        Ok(token) => see_other(step_address(&token)),
        Err(Refused::Attempt(refused)) => match refusal::explain(&visit, &mut fields, refused, "rut", Some(wrong))? {
            Next::Result(token) => see_other(step_address(&token)),
            Next::Again(wait) => first_step(visit, fields, with_key, wait),
        },
        Err(_) => {
            fields.set_error("rut", wrong);
            first_step(visit, fields, with_key, None)
        }
    }
}

fn read_claim(visit: &Visit, fields: &mut Fields, with_key: bool) -> Option<Claim> {
    let l = &visit.l;
    let rut = Rut::parse(fields.text("rut")).map_err(|wrong| fields.set_error("rut", wording::rut(l, wrong))).ok();
    let dated = FIRST.iter().any(|name| name.starts_with("fecha") && !fields.text(name).is_empty());
    let birth = if with_key && !dated { None } else { reading::birth(visit, fields) };
    let email = if with_key && fields.text("email").trim().is_empty() { None } else { reading::email(visit, fields) };
    let key = with_key.then(|| fields.secret("clave_actual"));
    if key.as_ref().is_some_and(|key| key.expose().is_empty()) {
        fields.set_error("clave_actual", fl!(l, "error-current-key-empty"));
    }
    Some(Claim { rut: rut?, birth, email, key })
}

async fn send_answer(mut visit: Visit, form: ProtectedForm, token: &Token) -> Answer {
    let submission = form.submission;
    let mut fields = form.fields.expecting(SECOND);
    let question = Question::parse(fields.text("pregunta"));
    if question.is_none() {
        fields.set_error("pregunta", fl!(visit.l, "error-question-empty"));
    }
    if fields.text("respuesta").trim().is_empty() {
        fields.set_error("respuesta", fl!(visit.l, "error-answer-empty"));
    }
    let Some(question) = question.filter(|_| !fields.has_errors()) else { return second_step(visit, fields, token, None) };
    let attempt = attempt(&mut visit, submission);
    let typed = fields.secret("respuesta");
    let wrong = fl!(visit.l, "update-wrong-answer");
    match update_data::answer(&mut visit.cx, &attempt, token, question, &typed).await {
        Ok(token) => see_other(step_address(&token)),
        Err(Refused::Attempt(refused)) => match refusal::explain(&visit, &mut fields, refused, "respuesta", Some(wrong))? {
            Next::Result(token) => see_other(step_address(&token)),
            Next::Again(wait) => second_step(visit, fields, token, wait),
        },
        Err(Refused::Over) => Err(Failure::Gone),
        Err(_) => {
            fields.set_error("respuesta", wrong);
            second_step(visit, fields, token, None)
        }
    }
}

async fn send_changes(mut visit: Visit, form: ProtectedForm, token: &Token) -> Answer {
    let submission = form.submission;
    let mut fields = form.fields.expecting(THIRD);
    let browser = visit.browser();
    let (rut, details, missing) = match update_data::stage(&visit.cx, browser, token).await? {
        Some(Stage::Edit(panel)) => (panel.rut, panel.details.clone(), missing(&panel)),
        Some(Stage::Review(review)) => {
            let missing = Missing {
                names: review.old.names.is_none(),
                birth: review.old.birth.is_none(),
                question: fields.has("pregunta"),
            };
            (review.rut, review.old.clone(), missing)
        }
        Some(Stage::Answer) => return Err(Failure::Gone),
        // Finished meanwhile: a double click sees the result, anyone else that it is over.
        None => return result(visit, token).await,
    };
    let names = if missing.names { reading::names(&visit, &mut fields) } else { None };
    let birth = if missing.birth { reading::birth(&visit, &mut fields) } else { None };
    let (address, email) = (reading::address(&visit, &mut fields), reading::email(&visit, &mut fields));
    let phone = reading::phone(&visit, &mut fields);
    let answer = if missing.question {
        let facts = Facts {
            rut: Some(rut),
            names: names.as_ref().or(details.names.as_ref()),
            email: email.as_ref(),
            birth: birth.or(details.birth),
        };
        reading::new_answer(&visit, &mut fields, &facts)
    } else {
        None
    };
    let (Some(address), Some(email), false) = (address, email, fields.has_errors()) else {
        return third_step(visit, fields, token, missing, None);
    };
    let changes = Changes { address, email, phone, names, birth };
    let attempt = attempt(&mut visit, submission);
    match update_data::edit(&mut visit.cx, &attempt, token, changes, answer).await {
        Ok(token) => see_other(step_address(&token)),
        Err(Refused::Attempt(refused)) => match refusal::explain(&visit, &mut fields, refused, "email", None)? {
            Next::Result(token) => see_other(step_address(&token)),
            Next::Again(wait) => third_step(visit, fields, token, missing, wait),
        },
        Err(_) => Err(Failure::Gone),
    }
}

async fn confirm(mut visit: Visit, submission: Submission, token: &Token) -> Answer {
    let attempt = attempt(&mut visit, submission);
    match update_data::confirm(&mut visit.cx, &attempt, token).await {
        Ok(token) | Err(Refused::Attempt(AttemptRefused::Repeated(token))) => see_other(step_address(&token)),
        Err(Refused::Attempt(AttemptRefused::TooManyTries { until })) => {
            Err(Failure::TooMany { wait: visit.cx.now.until(until) })
        }
        Err(Refused::Attempt(AttemptRefused::Fault(fault))) => Err(fault.into()),
        Err(_) => Err(Failure::Gone),
    }
}

/// The guide has no captcha here: the budgets of `limits` are the defence.
fn attempt(visit: &mut Visit, submission: Submission) -> Attempt {
    Attempt { browser: visit.browser(), device: visit.device(), submission, human: Human::NotAsked }
}

fn missing(panel: &Panel) -> Missing {
    Missing { names: panel.details.names.is_none(), birth: panel.details.birth.is_none(), question: panel.question.is_none() }
}

/// The form filled in with what is on record.
fn recorded(details: &Details) -> Fields {
    Fields::filled(&values(details))
}

fn values(details: &Details) -> Vec<(&'static str, String)> {
    let mut values = Vec::new();
    if let Some(address) = &details.address {
        values.extend([
            ("direccion", address.street()),
            ("numero", address.number()),
            ("block", address.block().unwrap_or_default()),
            ("departamento", address.flat().unwrap_or_default()),
            ("region", address.comuna().region_code()),
            ("comuna", address.comuna().code()),
        ]);
    }
    values.extend(details.email.as_ref().map(|email| ("email", email.as_str())));
    values.extend(details.phone.as_ref().map(|phone| ("celular", phone.as_str())));
    values.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// The form filled in with what waits to be confirmed, also what was missing before.
fn reviewed(review: &Review) -> Fields {
    let mut values = values(&review.new);
    if let Some(names) = &review.new.names {
        values.extend([
            ("nombres", names.given().to_owned()),
            ("apellido_paterno", names.first_surname().to_owned()),
            ("apellido_materno", names.second_surname().unwrap_or_default().to_owned()),
        ]);
    }
    if let Some(birth) = review.new.birth {
        let (day, month, year) = birth.parts();
        values.extend([
            ("fecha_nacimiento_dia", day.to_string()),
            ("fecha_nacimiento_mes", month.to_string()),
            ("fecha_nacimiento_anio", year.to_string()),
        ]);
    }
    values.extend(review.question.map(|question| ("pregunta", question.number().to_string())));
    Fields::filled(&values)
}

fn first_step(mut visit: Visit, fields: Fields, with_key: bool, wait: Option<Wait>) -> Answer {
    let page = visit.form_page(&fields)?;
    let status = fields.status();
    refusal::with_wait(show_as(status, &FirstStep { page, fields, with_key }), wait)
}

fn second_step(mut visit: Visit, fields: Fields, token: &Token, wait: Option<Wait>) -> Answer {
    let page = visit.form_page(&fields)?;
    let (status, questions) = (fields.status(), wording::questions(&visit.l));
    let step = SecondStep { page, fields, flow: token.as_str().to_owned(), questions };
    refusal::with_wait(show_as(status, &step), wait)
}

fn third_step(mut visit: Visit, fields: Fields, token: &Token, missing: Missing, wait: Option<Wait>) -> Answer {
    let page = visit.form_page(&fields)?;
    let status = fields.status();
    let step = ThirdStep {
        page,
        fields,
        flow: token.as_str().to_owned(),
        missing,
        phone_required: reading::is_phone_required(&visit),
        phone_hint: reading::phone_hint(&visit),
        questions: wording::questions(&visit.l),
        regions: wording::regions(),
        comunas: wording::comunas(),
    };
    refusal::with_wait(show_as(status, &step), wait)
}

fn last_step(mut visit: Visit, review: &Review, token: &Token) -> Answer {
    let page = visit.form_page(&Fields::empty())?;
    let rows = rows(&visit, review, &edit_address(token));
    show(&LastStep { page, flow: token.as_str().to_owned(), rows, edit: edit_address(token) })
}

/// The data that will change, each with its old and new value.
fn rows(visit: &Visit, Review { old, new, question, .. }: &Review, edit: &str) -> Vec<Row> {
    let l = &visit.l;
    let none = || fl!(l, "update-none");
    let row = |what: String, before: Option<String>, after: Option<String>, field: &str| {
        (before != after).then(|| (what, before.unwrap_or_else(none), after.unwrap_or_else(none), format!("{edit}#{field}")))
    };
    let names = |details: &Details| {
        let names = details.names.as_ref()?;
        let all = [names.given(), names.first_surname(), names.second_surname().unwrap_or_default()];
        Some(all.join(" ").trim_end().to_owned())
    };
    let question = question.map(|question| wording::question(l, question));
    [
        row(fl!(l, "datum-names"), names(old), names(new), "nombres"),
        row(fl!(l, "birth-label"), old.birth.map(BirthDate::written), new.birth.map(BirthDate::written), "fecha_nacimiento_dia"),
        row(fl!(l, "question-label"), None, question, "pregunta"),
        row(
            fl!(l, "address-legend"),
            old.address.as_ref().map(|address| wording::home(l, address)),
            new.address.as_ref().map(|address| wording::home(l, address)),
            "direccion",
        ),
        row(
            fl!(l, "email-label"),
            old.email.as_ref().map(|email| email.as_str().to_owned()),
            new.email.as_ref().map(|email| email.as_str().to_owned()),
            "email",
        ),
        row(fl!(l, "phone-label"), old.phone.as_ref().map(Phone::written), new.phone.as_ref().map(Phone::written), "celular"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
