//! «Actividad»: what happened to the account, newest first.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    account,
    client::{self, ClientId},
    history::{Actor, PAGES, Past},
    rce::{Environment, attendance, otec},
};
use i18n_embed_fl::fl;

use super::{When, signed_in};
use crate::{
    App,
    kit::{
        errors::Failure,
        i18n::Words,
        page::{Answer, Page, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "account/activity.html")]
struct Activity {
    page: Page,
    lines: Vec<Line>,
    newer: Option<u32>,
    older: Option<u32>,
}

struct Line {
    at: When,
    what: String,
    network: Option<String>,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::AccountActivity::ROUTE, get(look))
}

async fn look(mut visit: Visit) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountActivity::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let page = visit.query("pagina").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, PAGES);
    let listed = account::activity(&visit.cx, &session, page).await?;
    let mut lines = Vec::with_capacity(listed.past.len());
    for past in listed.past {
        let system = system(&visit, &past).await?;
        lines.push(Line { at: past.at.into(), what: words(&visit.l, &past, system.as_deref()), network: past.network });
    }
    let (newer, older) = ((page > 1).then(|| page - 1), listed.more.then(|| page + 1));
    show(&Activity { page: visit.page(), lines, newer, older })
}

/// Events whose detail is a system.
const ABOUT_SYSTEMS: &[&str] =
    &["system_entered", "consent_given", "consent_withdrawn", "code_reused", "refresh_reused", "grant_revoked", "device_granted"];

/// Events whose detail names an OTEC.
const ABOUT_OTECS: &[&str] = &["attendance_started", "attendance_closed", "attendance_refused"];

/// The name of the system or OTEC that the line is about, also of one that is gone.
async fn system(visit: &Visit, past: &Past) -> Result<Option<String>, Failure> {
    if ABOUT_OTECS.contains(&past.event.as_str()) {
        let Some(rut) = past.detail.as_deref().and_then(attendance::otec_of) else { return Ok(None) };
        let found = otec::find(&mut visit.cx.clave.db.read().await?, rut).await?;
        return Ok(Some(found.map_or_else(|| rut.to_string(), |otec| otec.name)));
    }
    let about_system = ABOUT_SYSTEMS.contains(&past.event.as_str());
    let id = past.detail.as_deref().filter(|_| about_system).and_then(|id| ClientId::parse(id).ok());
    let Some(id) = id else { return Ok(None) };
    let mut tx = visit.cx.clave.db.read().await?;
    let found = client::ever(&mut tx, &id).await?;
    Ok(Some(found.map_or_else(|| id.to_string(), |client| client.name)))
}

/// One line in words. What a later version recorded is told in general.
fn words(l: &Words, past: &Past, system: Option<&str>) -> String {
    let (detail, by_desk) = (past.detail.as_deref(), past.actor == Actor::Operator);
    let system = system.unwrap_or_default();
    match past.event.as_str() {
        "registered" => fl!(l, "activity-registered"),
        "registration_of_taken_rut" => fl!(l, "activity-taken-rut"),
        "provisional_key_made" => fl!(l, "activity-provisional-key"),
        "recovery_refused" => fl!(l, "activity-recovery-refused"),
        "recovery_interrupted" => fl!(l, "activity-recovery-interrupted"),
        "key_changed" if detail == Some("with_provisional_key") => fl!(l, "activity-key-changed-provisional"),
        "key_changed" => fl!(l, "activity-key-changed"),
        "key_change_refused" if detail == Some("new_key") => fl!(l, "activity-key-change-new"),
        "key_change_refused" => fl!(l, "activity-key-change-refused"),
        "key_change_interrupted" => fl!(l, "activity-key-change-interrupted"),
        "update_refused" => fl!(l, "activity-update-refused"),
        "data_changed" => fl!(l, "activity-data-changed", what = changed(l, detail.unwrap_or_default())),
        "email_confirmed" => fl!(l, "activity-email-confirmed"),
        "credentials_frozen" if by_desk => fl!(l, "activity-frozen-desk"),
        "credentials_frozen" => fl!(l, "activity-frozen"),
        "credentials_unfrozen" => fl!(l, "activity-unfrozen"),
        "contact_change_undone" => fl!(l, "activity-contact-undone"),
        "captcha_link_sent" => fl!(l, "activity-captcha-link"),
        "person_shown" => fl!(l, "activity-shown"),
        "messages_listed" => fl!(l, "activity-messages-listed"),
        "messages_retried" => fl!(l, "activity-messages-retried"),
        "logged_in" => fl!(l, "activity-logged-in"),
        "login_refused" => fl!(l, "activity-login-refused"),
        "login_interrupted" if detail == Some("provisional_key") => fl!(l, "activity-login-provisional"),
        "login_interrupted" => fl!(l, "activity-login-interrupted"),
        "logged_out" => fl!(l, "activity-logged-out"),
        "session_ended" => session_ended(l, detail.unwrap_or_default()),
        "system_entered" => fl!(l, "activity-system-entered", system = system),
        "consent_given" => fl!(l, "activity-consent-given", system = system),
        "consent_withdrawn" => fl!(l, "activity-consent-withdrawn", system = system),
        "code_reused" | "refresh_reused" => fl!(l, "activity-token-reused", system = system),
        "grant_revoked" => fl!(l, "activity-grant-revoked", system = system),
        "device_granted" => fl!(l, "activity-device-granted", system = system),
        "device_forgotten" => fl!(l, "activity-device-forgotten"),
        event if ABOUT_OTECS.contains(&event) => attendance_words(l, event, detail.unwrap_or_default(), system),
        "language_changed" => fl!(l, "activity-language-changed"),
        _ => fl!(l, "activity-other"),
    }
}

fn attendance_words(l: &Words, event: &str, detail: &str, otec: &str) -> String {
    match event {
        _ if detail.starts_with(Environment::Test.name()) => fl!(l, "activity-attendance-test", otec = otec),
        "attendance_started" => fl!(l, "activity-attendance-started", otec = otec),
        "attendance_closed" => fl!(l, "activity-attendance-closed", otec = otec),
        _ => fl!(l, "activity-attendance-refused", otec = otec),
    }
}

fn session_ended(l: &Words, by: &str) -> String {
    match by {
        "account" => fl!(l, "activity-session-account"),
        "system" => fl!(l, "activity-session-system"),
        "somebody_else" => fl!(l, "activity-session-somebody"),
        "key_changed" => fl!(l, "activity-session-key"),
        "frozen" => fl!(l, "activity-session-frozen"),
        _ => fl!(l, "activity-session-time"),
    }
}

/// The changed fields in words, from their stored names.
fn changed(l: &Words, fields: &str) -> String {
    let word = |field: &str| match field {
        "names" => Some(fl!(l, "datum-names")),
        "birth_date" => Some(fl!(l, "datum-birth")),
        "address" => Some(fl!(l, "datum-address")),
        "email" => Some(fl!(l, "datum-email")),
        "mobile" => Some(fl!(l, "datum-mobile")),
        "secret_question" => Some(fl!(l, "datum-question")),
        _ => None,
    };
    fields.split(',').filter_map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use clave::person::Language;

    use super::*;
    use crate::Texts;

    /// Of the installation, not of a person; or not told, because another line tells it.
    const NOBODYS: &[&str] = &[
        "key_rotated",
        "key_retired",
        "backup_made",
        "restored",
        "records_exported",
        "client_added",
        "client_declared",
        "client_secret_rotated",
        "client_removed",
        "otec_added",
        "otec_origins_changed",
        "otec_suspended",
        "otec_resumed",
        "otec_token_issued",
        "otec_token_revoked",
        "catalogue_loaded",
        "catalogue_removed",
        "attendance_exported",
        "signing_keys_made",
        "tokens_issued",
        "device_denied",
        "message_tested",
    ];

    /// The names under which events are stored, from where they are written.
    fn stored_names() -> Vec<String> {
        let source = include_str!("../../../clave/src/audit/mod.rs");
        let names = source.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \""));
        names.map(|(_, name)| name.trim_end_matches("\",").to_owned()).collect()
    }

    #[test]
    fn every_event_of_a_person_has_words_in_every_language() {
        let texts = Texts::load().unwrap();
        let past = |event: &str| Past {
            at: clave::Moment::MIN,
            event: event.to_owned(),
            detail: None,
            actor: Actor::Visitor,
            network: None,
        };
        let names = stored_names();
        assert!(names.len() > 30, "{names:?}");
        for language in Language::ALL {
            let l = texts.of(language);
            let other = words(l, &past("of a later version"), None);
            for name in names.iter().filter(|name| !NOBODYS.contains(&name.as_str())) {
                assert_ne!(words(l, &past(name), Some("Cursos")), other, "{name}");
            }
            let interrupted = past("login_interrupted");
            let provisional = Past { detail: Some("provisional_key".to_owned()), ..interrupted.clone() };
            assert_ne!(words(l, &provisional, None), words(l, &interrupted, None), "no data were missing");
        }
    }
}
