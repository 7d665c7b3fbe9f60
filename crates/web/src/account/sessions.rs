//! «Sesiones y dispositivos»: where the person is logged in, on which devices they are known, and how to end either.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    account::{self, KnownDevice},
    session::{Session, Sid},
};
use i18n_embed_fl::fl;

use super::{When, after, device_words, done, framed, signed_in};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Page, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct Sessions {
    page: Page,
    done: Option<String>,
    open: Vec<Open>,
    devices: Vec<Listed>,
}

impl Sessions {
    fn has_others(&self) -> bool {
        self.open.iter().any(|open| !open.is_this)
    }
}

/// A session.
struct Open {
    sid: String,
    device: String,
    network: Option<String>,
    since: When,
    last_used: When,
    is_this: bool,
}

/// A device.
struct Listed {
    name: String,
    device: String,
    since: When,
    last_used: When,
    is_this: bool,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::AccountSessions::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountSessions::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let sessions = account::sessions(&visit.cx, &session).await?;
    let devices = account::devices(&visit.cx, &session).await?;
    let done = done(&visit, |what| match what {
        "cerrada" => Some(fl!(visit.l, "sessions-ended")),
        "otras" => Some(fl!(visit.l, "sessions-others-ended")),
        "olvidado" => Some(fl!(visit.l, "sessions-forgotten")),
        _ => None,
    });
    let page = framed(visit.form_page(&Fields::empty())?, done.as_ref());
    show(&Sessions {
        page,
        done,
        open: sessions.into_iter().map(|open| shown(&visit, &session, open)).collect(),
        devices: devices.iter().map(|known| listed(&visit, known)).collect(),
    })
}

fn shown(visit: &Visit, here: &Session, open: Session) -> Open {
    Open {
        sid: open.sid.hex(),
        device: device_words(visit, &open.agent),
        since: open.made_at.into(),
        last_used: open.seen_at.into(),
        is_this: open.sid == here.sid,
        network: open.network,
    }
}

fn listed(visit: &Visit, known: &KnownDevice) -> Listed {
    Listed {
        name: known.device.name(),
        device: device_words(visit, &known.agent),
        since: known.since.into(),
        last_used: known.last_used.into(),
        is_this: known.device == visit.device(),
    }
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountSessions::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let browser = visit.browser();
    // Twice, or nothing to end: what the person wanted is so.
    let done = match form.action() {
        Some("cerrar") => {
            let sid = Sid::parse(form.fields.text("sesion")).ok_or(Failure::BadRequest)?;
            account::end_session(&mut visit.cx, &session, browser, sid).await?;
            "cerrada"
        }
        Some("cerrar_otras") => {
            account::end_others(&mut visit.cx, &session, browser).await?;
            "otras"
        }
        Some("olvidar") => {
            account::forget_device(&mut visit.cx, &session, browser, form.fields.text("dispositivo")).await?;
            "olvidado"
        }
        _ => return Err(Failure::BadRequest),
    };
    after(paths::AccountSessions::ROUTE, done)
}
