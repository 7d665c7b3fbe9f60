//! Use case: log in, with the key. A living provisional key leads to «Cambiar CS» instead, and missing data to «Actualizar datos».
//!
//! The browser gets a new cookie with its session, so that whoever planted or saw the former one is not logged in with it.

use std::sync::Arc;

use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::Tx;

use crate::{
    Cx, Fault, Secret,
    attempt::{Admitted, Attempt, Refused as AttemptRefused},
    audit::{self, Event},
    contact_change,
    device::{self, Device},
    flow::{self, Browser, Kind, Token},
    limits::{self, Subject},
    minimum::{self, Datum},
    notice::{self, Cause, Recipient},
    outbox::Message,
    pending,
    person::{self, Person, provisional},
    proof::{self, By},
    session::{self, Agent, Beginning, EndedBy},
};

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before anything was looked at.
    #[error(transparent)]
    Attempt(#[from] AttemptRefused),
    /// RUT and key do not belong together; one message for both.
    #[error("wrong RUT or key")]
    WrongKey,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Attempt(fault.into())
    }
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Attempt(error.into())
    }
}

/// What a right key came to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// There is a session.
    In,
    /// The key was a provisional one: it serves in «Cambiar CS» alone.
    Provisional,
    /// Minimum data are missing (G-7).
    Interrupted {
        /// Which.
        missing: Vec<Datum>,
    },
}

/// The browser that logs in, as it will be.
#[derive(Debug)]
pub struct Entrance {
    /// The hash of the cookie that it gets with the answer.
    pub browser: Browser,
    /// With which program.
    pub agent: Agent,
}

/// Logs in. Gives the flow of the [`outcome`], which the second of a double click finds as well.
pub async fn log_in(cx: &mut Cx, attempt: &Attempt, rut: Rut, key: &Secret, entrance: Entrance) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let (admitted, tried) = proof::reserve(cx, attempt, rut).await?;
    let Some(proved) = proof::prove(cx, rut, key, tried).await? else { return refuse(cx, attempt, admitted, rut).await };
    let missing = minimum::missing(&proved.person, &clave.settings.minimum_data);
    let outcome = match proved.by {
        _ if !missing.is_empty() => Outcome::Interrupted { missing },
        By::Provisional(_) => Outcome::Provisional,
        By::Current => Outcome::In,
    };
    let renewed = proved.renew(cx, key).await?;
    if outcome == Outcome::In {
        end_somebody_elses(cx, attempt.browser, rut).await?;
    }

    let mut tx = clave.db.begin().await?;
    let Some(person) = proved.take(&mut tx, cx).await? else {
        drop(tx);
        return refuse(cx, attempt, admitted, rut).await;
    };
    limits::forgive(&mut tx, cx, Subject::Keys(rut), admitted.device).await?;
    provisional::give_back_try(&mut tx, rut, proved.tried.as_ref()).await?;
    if let Some(renewed) = &renewed {
        renewed.save(&mut tx, rut).await?;
    }
    if outcome == Outcome::In {
        enter(&mut tx, cx, attempt, &person, admitted.device, entrance).await?;
    }
    let token = flow::conclude(&mut tx, cx, Kind::LogIn, attempt.browser, rut, &outcome).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    let (event, detail) = match &outcome {
        Outcome::In => (Event::LoggedIn, admitted.device.map_or("new_device", |_| "known_device")),
        Outcome::Provisional => (Event::LoginInterrupted, "provisional_key"),
        Outcome::Interrupted { .. } => (Event::LoginInterrupted, "minimum_data"),
    };
    audit::append(&mut tx, cx, rut, event, Some(detail)).await?;
    tx.commit().await?;
    Ok(token)
}

/// The session and what comes with it, for a person whose row is held.
async fn enter(
    tx: &mut Tx,
    cx: &mut Cx,
    attempt: &Attempt,
    person: &Person,
    known: Option<Device>,
    entrance: Entrance,
) -> Result<(), Fault> {
    let (rut, at, agent) = (person.rut, cx.now, entrance.agent.clone());
    let is_first = person::note_login(tx, rut, cx.now).await?;
    attempt.device.remember(tx, rut, cx.now, cx.now.plus(device::LIFETIME)).await?;
    attempt.device.describe(tx, rut, &agent).await?;
    let Entrance { browser: into, agent: with } = entrance;
    let new = Beginning { rut, from: attempt.browser, into, device: attempt.device, agent: with };
    session::begin(tx, cx, new).await?;
    pending::rebind(tx, attempt.browser, into).await?;
    if known.is_none() && !is_first {
        let to = contact_change::reach(tx, cx, rut, &person.details).await?.all();
        let recipient = Recipient { rut, to: &to, language: person.language, deadline: None, cause: Cause::Proof };
        notice::send(tx, cx, &recipient, |_, not_me| Message::NewDevice { at, agent: agent.clone(), not_me }).await?;
    }
    Ok(())
}

/// Ends the session of another person in the same browser. On its own, since nobody holds two people's rows at once.
async fn end_somebody_elses(cx: &mut Cx, browser: Browser, rut: Rut) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    let found = session::of_browser(&mut clave.db.read().await?, browser, cx.now).await?;
    let Some(other) = found.filter(|session| session.rut != rut) else { return Ok(()) };
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, other.rut, cx.now).await?;
    session::end(&mut tx, cx, other.rut, other.sid, EndedBy::SomebodyElse).await?;
    Ok(tx.commit().await?)
}

async fn refuse(cx: &mut Cx, attempt: &Attempt, admitted: Admitted, rut: Rut) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    audit::append(&mut tx, cx, rut, Event::LoginRefused, None).await?;
    attempt.fail(&mut tx).await?;
    tx.commit().await?;
    admitted.was_wrong(cx);
    Err(Refused::WrongKey)
}

/// What became of a login in this browser; `None` when it is not to be seen, or no more.
pub async fn outcome(cx: &Cx, browser: Browser, token: &Token) -> Result<Option<Outcome>, Fault> {
    flow::outcome(&mut cx.clave.db.read().await?, cx, Kind::LogIn, browser, token).await
}

/// Whether a login has to solve a captcha: after suspicious failures at the RUT, where one was typed, or from the address.
pub async fn asks_captcha(cx: &Cx, rut: Option<Rut>, device: Device) -> Result<bool, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let known = match rut {
        Some(rut) => device.known(&mut tx, rut, cx.now).await?,
        None => None,
    };
    limits::is_suspicious(&mut tx, cx, rut, known).await
}

/// Logs out in this browser.
pub async fn log_out(cx: &mut Cx, browser: Browser) -> Result<(), Fault> {
    let Some(session) = session::current(cx, browser).await? else { return Ok(()) };
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    session::end(&mut tx, cx, session.rut, session.sid, EndedBy::LoggedOut).await?;
    Ok(tx.commit().await?)
}
