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
    hashing::Hash,
    limits::{self, Subject},
    minimum::{self, Datum},
    notice::{self, Cause, Recipient},
    outbox::Message,
    pending,
    person::{self, Person, provisional},
    proof::{self, By, Proved, Renewed},
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

/// A try of a key that is counted, and not looked at yet.
pub(crate) struct Reserved {
    admitted: Admitted,
    tried: Option<Hash>,
}

/// A right key, before anything is written.
pub(crate) struct Proven {
    /// What it comes to.
    pub outcome: Outcome,
    /// The device, where it was known to be the person's.
    pub device: Option<Device>,
    admitted: Admitted,
    proved: Proved,
    renewed: Option<Renewed>,
}

/// Logs in. Gives the flow of the [`outcome`], which the second of a double click finds as well.
pub async fn log_in(cx: &mut Cx, attempt: &Attempt, rut: Rut, key: &Secret, entrance: Entrance) -> Result<Token, Refused> {
    let reserved = reserve(cx, attempt, rut).await?;
    let proven = prove(cx, attempt, rut, key, reserved).await?;
    if proven.outcome == Outcome::In {
        end_somebody_elses(cx, attempt.browser, rut).await?;
    }
    let (mut tx, person) = proven.take(cx, attempt).await?;
    if proven.outcome == Outcome::In {
        enter(&mut tx, cx, attempt, &person, proven.device, entrance).await?;
    }
    let token = flow::conclude(&mut tx, cx, Kind::LogIn, attempt.browser, rut, &proven.outcome).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    let (event, detail) = proven.event().unwrap_or((Event::LoggedIn, proven.device.map_or("new_device", |_| "known_device")));
    audit::append(&mut tx, cx, rut, event, Some(detail)).await?;
    tx.commit().await?;
    Ok(token)
}

/// Counts a try, before anything is looked at.
pub(crate) async fn reserve(cx: &mut Cx, attempt: &Attempt, rut: Rut) -> Result<Reserved, Refused> {
    let (admitted, tried) = proof::reserve(cx, attempt, rut).await?;
    Ok(Reserved { admitted, tried })
}

/// Looks at the key, and at what the person lacks.
pub(crate) async fn prove(cx: &mut Cx, attempt: &Attempt, rut: Rut, key: &Secret, reserved: Reserved) -> Result<Proven, Refused> {
    let Reserved { admitted, tried } = reserved;
    let Some(proved) = proof::prove(cx, rut, key, tried).await? else { return Err(refuse(cx, attempt, admitted, rut).await) };
    let missing = minimum::missing(&proved.person, &cx.clave.settings.minimum_data);
    let outcome = match proved.by {
        _ if !missing.is_empty() => Outcome::Interrupted { missing },
        By::Provisional(_) => Outcome::Provisional,
        By::Current => Outcome::In,
    };
    let renewed = proved.renew(cx, key).await?;
    Ok(Proven { outcome, device: admitted.device, admitted, proved, renewed })
}

impl Proven {
    /// Holds the person's row, if what was proved still holds; their tries are forgiven.
    pub async fn take(&self, cx: &mut Cx, attempt: &Attempt) -> Result<(Tx, Person), Refused> {
        let (clave, rut) = (Arc::clone(&cx.clave), self.proved.person.rut);
        let mut tx = clave.db.begin().await?;
        let Some(person) = self.proved.take(&mut tx, cx).await? else {
            drop(tx);
            return Err(refuse(cx, attempt, self.admitted, rut).await);
        };
        limits::forgive(&mut tx, cx, Subject::Keys(rut), self.device).await?;
        provisional::give_back_try(&mut tx, rut, self.proved.tried.as_ref()).await?;
        if let Some(renewed) = &self.renewed {
            renewed.save(&mut tx, rut).await?;
        }
        Ok((tx, person))
    }

    /// What is recorded of a right key that did not lead in.
    pub fn event(&self) -> Option<(Event, &'static str)> {
        match &self.outcome {
            Outcome::In => None,
            Outcome::Provisional => Some((Event::LoginInterrupted, "provisional_key")),
            Outcome::Interrupted { .. } => Some((Event::LoginInterrupted, "minimum_data")),
        }
    }
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
    let Entrance { browser: into, agent } = entrance;
    let new = Beginning { rut: person.rut, from: attempt.browser, into, device: attempt.device, agent: agent.clone() };
    session::begin(tx, cx, new).await?;
    pending::rebind(tx, attempt.browser, into).await?;
    welcome(tx, cx, attempt.device, person, known, &agent).await
}

/// The device is the person's from now on; they hear of it where it was not, and was not the first.
pub(crate) async fn welcome(
    tx: &mut Tx,
    cx: &mut Cx,
    device: Device,
    person: &Person,
    known: Option<Device>,
    agent: &Agent,
) -> Result<(), Fault> {
    let (rut, at) = (person.rut, cx.now);
    let is_first = person::note_login(tx, rut, at).await?;
    device.remember(tx, rut, at, at.plus(device::LIFETIME)).await?;
    device.describe(tx, rut, agent).await?;
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

/// Records a wrong key.
async fn refuse(cx: &mut Cx, attempt: &Attempt, admitted: Admitted, rut: Rut) -> Refused {
    match record_wrong(cx, attempt, rut).await {
        Ok(()) => {
            admitted.was_wrong(cx);
            Refused::WrongKey
        }
        Err(fault) => fault.into(),
    }
}

async fn record_wrong(cx: &mut Cx, attempt: &Attempt, rut: Rut) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    audit::append(&mut tx, cx, rut, Event::LoginRefused, None).await?;
    attempt.fail(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// What became of a login in this browser; `None` when it is not to be seen, or no more.
pub async fn outcome(cx: &Cx, browser: Browser, token: &Token) -> Result<Option<Outcome>, Fault> {
    flow::outcome(&mut cx.clave.db.read().await?, cx, Kind::LogIn, browser, token).await
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
