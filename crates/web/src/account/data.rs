//! «Mis datos»: who I am, masked, since screens are looked at by others; the ways to change it; the language of messages.
//!
//! Contact data are changed in «Actualizar datos», at its third step, which shows everything. A login of the last ten minutes opens it; after that the
//! key has to be typed once more (docs/DECISIONS/0019-my-account-and-contact-data.md).

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    account,
    attempt::{Attempt, Human, Refused as AttemptRefused},
    person::{Details, Email, Language, Names, Person, Phone},
    session::Session,
    update_data::{self, Refused},
};
use i18n_embed_fl::fl;
use rut::Rut;

use super::{after, done, framed, signed_in};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        i18n,
        page::{Answer, Page, see_other, show_as},
        visit::Visit,
    },
    paths,
    portal::{
        refusal::{self, Next, Wait},
        step_of_update,
    },
};

const FIELDS: &[&str] = &["clave_actual", "idioma"];
const LANGUAGE: &str = "idioma";

#[derive(Template)]
#[template(path = "account/data.html")]
struct Data {
    page: Page,
    fields: Fields,
    done: Option<String>,
    rows: Vec<(String, String)>,
    /// Whether the key has to be typed before data are changed.
    asks_key: bool,
    languages: Vec<(&'static str, &'static str)>,
    language: &'static str,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Account::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    match signed_in(&mut visit, paths::Account::ROUTE).await? {
        Ok(session) => page(visit, &session, Fields::empty(), None).await,
        Err(login) => Ok(login),
    }
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let session = match signed_in(&mut visit, paths::Account::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    match form.action() {
        Some("idioma") => set_language(visit, &session, form.fields.expecting(FIELDS)).await,
        Some("actualizar") => update(visit, &session, form).await,
        _ => Err(Failure::BadRequest),
    }
}

async fn set_language(mut visit: Visit, session: &Session, mut fields: Fields) -> Answer {
    let Some(language) = Language::from_tag(fields.text(LANGUAGE)) else {
        fields.set_error(LANGUAGE, fl!(visit.l, "account-language-choose"));
        return page(visit, session, fields, None).await;
    };
    account::set_language(&mut visit.cx, session, language).await?;
    after(paths::Account::ROUTE, LANGUAGE)
}

/// Opens the third step of «Actualizar datos».
async fn update(mut visit: Visit, session: &Session, form: ProtectedForm) -> Answer {
    let submission = form.submission;
    let mut fields = form.fields.expecting(FIELDS);
    let typed = fields.secret("clave_actual");
    if !update_data::is_fresh(session, visit.cx.now) && typed.expose().is_empty() {
        fields.set_error("clave_actual", fl!(visit.l, "error-current-key-empty"));
    }
    if fields.has_errors() {
        return page(visit, session, fields, None).await;
    }
    let attempt = Attempt { browser: visit.browser(), device: visit.device(), submission, human: Human::NotAsked };
    let wrong = fl!(visit.l, "account-key-wrong");
    match update_data::identify_by_session(&mut visit.cx, &attempt, session, Some(&typed)).await {
        Ok(token) | Err(Refused::Attempt(AttemptRefused::Repeated(token))) => see_other(step_of_update(&token)),
        Err(Refused::Attempt(refused)) => match refusal::explain(&visit, &mut fields, refused, "clave_actual", Some(wrong))? {
            Next::Result(token) => see_other(step_of_update(&token)),
            Next::Again(wait) => page(visit, session, fields, wait).await,
        },
        Err(Refused::Over) => see_other(paths::Account),
        Err(Refused::NoMatch | Refused::WrongAnswer) => {
            fields.set_error("clave_actual", wrong);
            page(visit, session, fields, None).await
        }
    }
}

async fn page(mut visit: Visit, session: &Session, fields: Fields, wait: Option<Wait>) -> Answer {
    let person = account::person(&visit.cx, session).await?.ok_or(Failure::Gone)?;
    let done = done(&visit, |what| (what == LANGUAGE).then(|| fl!(visit.l, "account-language-done")));
    let page = visit.form_page(&fields)?;
    let page = if fields.has_errors() { page } else { framed(page, done.as_ref()) };
    let status = fields.status();
    let data = Data {
        page,
        done: done.filter(|_| !fields.has_errors()),
        rows: rows(&visit, &person),
        asks_key: !update_data::is_fresh(session, visit.cx.now),
        languages: Language::ALL.into_iter().map(|language| (language.tag(), i18n::name(language))).collect(),
        language: person.language.tag(),
        fields,
    };
    refusal::with_wait(show_as(status, &data), wait)
}

/// What is on record, enough for its owner to recognise and for nobody to copy.
fn rows(visit: &Visit, person: &Person) -> Vec<(String, String)> {
    let (l, Details { names, birth, address, email, phone }) = (&visit.l, &person.details);
    let none = || fl!(l, "update-none");
    let email = match (email, person.email_confirmed_at) {
        (Some(email), Some(_)) => Email::masked(email),
        (Some(email), None) => format!("{} ({})", email.masked(), fl!(l, "account-not-confirmed")),
        (None, _) => none(),
    };
    vec![
        (fl!(l, "rut-label"), masked_rut(person.rut)),
        (fl!(l, "datum-names"), names.as_ref().map_or_else(none, masked_names)),
        (fl!(l, "birth-label"), birth.map_or_else(none, |birth| format!("••-••-{}", birth.parts().2))),
        (fl!(l, "address-legend"), address.as_ref().map_or_else(none, |address| format!("••••, {}", address.comuna().name()))),
        (fl!(l, "email-label"), email),
        (fl!(l, "phone-label"), phone.as_ref().map_or_else(none, Phone::masked)),
        (fl!(l, "account-since"), person.registered_at.in_chile()),
    ]
}

/// `••.•••.678-5`
fn masked_rut(rut: Rut) -> String {
    let written = rut.to_string();
    let shown = written.chars().filter(char::is_ascii_alphanumeric).count().saturating_sub(4);
    let mut digits = 0;
    let hide = |c: char| {
        if !c.is_ascii_alphanumeric() {
            return c;
        }
        digits += 1;
        if digits <= shown { '•' } else { c }
    };
    written.chars().map(hide).collect()
}

/// «Juana P. S.»
fn masked_names(names: &Names) -> String {
    let first = names.given().split(' ').next().unwrap_or_default().to_owned();
    let initial = |name: &str| name.chars().next().map(|letter| format!(" {letter}."));
    let surnames = [Some(names.first_surname()), names.second_surname()].into_iter().flatten().filter_map(initial);
    surnames.fold(first, |all, initial| all + &initial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rut_shows_its_last_four_signs() {
        let masked = |number| masked_rut(Rut::from_number(number).unwrap());
        assert_eq!(masked(12_345_678), "••.•••.678-5");
        assert_eq!(masked(7_654_321), "•.•••.321-6");
    }

    #[test]
    fn names_show_the_first_one() {
        let names = |given, first, second: &str| Names::parse(given, first, second).map(|names| masked_names(&names)).unwrap();
        assert_eq!(names("Juana María", "Pérez", "Soto"), "Juana P. S.");
        assert_eq!(names("Ana", "Ñancupil", ""), "Ana Ñ.");
    }
}
