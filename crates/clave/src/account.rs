//! «Mi cuenta»: what a person sees and ends of their own account. Whoever is logged in acts; every look and every act is bound to their RUT, so that
//! names of sessions, devices and systems that are another person's do nothing.

use std::{collections::BTreeSet, sync::Arc};

use oidc::{claims::Claim, scope::Scopes};
use sql::sql;

use crate::{
    audit::{self, Event},
    client::{self, ClientId},
    consent,
    cx::Cx,
    device::{self, Device},
    fault::Fault,
    flow::Browser,
    grant,
    history::{self, Listed},
    moment::Moment,
    person::{self, Language, Person, rut_value},
    session::{self, Agent, EndedBy, Session, Sid},
};

/// A system that knows something of the person, or may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The system.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Moment,
    /// When it last got something.
    pub last_used: Option<Moment>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Single claims that were let out besides.
    pub claims: BTreeSet<Claim>,
    /// Whether it goes on without a session.
    pub offline: bool,
}

/// A device from which the person was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Which.
    pub device: Device,
    /// With which program it was last seen.
    pub agent: Agent,
    /// Since when.
    pub since: Moment,
    /// When the person was last let in from it.
    pub last_used: Moment,
}

/// The person. `None` when the account is gone.
pub async fn person(cx: &Cx, session: &Session) -> Result<Option<Person>, Fault> {
    person::find(&mut cx.clave.db.read().await?, &cx.clave.vault, session.rut).await
}

/// The systems that the person entered or let know something, the last used first.
pub async fn systems(cx: &Cx, session: &Session) -> Result<Vec<Connected>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let mut all: Vec<Connected> =
        grant::of_person(&mut tx, session.rut, cx.now).await?.into_iter().map(Connected::from).collect();
    for (client, consent) in consent::of_person(&mut tx, session.rut).await? {
        if let Some(known) = all.iter_mut().find(|known| known.client == client) {
            known.since = known.since.min(consent.since);
            known.scopes = known.scopes.union(&consent.scopes);
            known.claims.extend(consent.claims);
        } else if let Some(found) = client::find(&mut tx, &client).await? {
            all.push(Connected {
                client,
                name: found.name,
                since: consent.since,
                last_used: None,
                scopes: consent.scopes,
                claims: consent.claims,
                offline: false,
            });
        }
    }
    Ok(all)
}

impl From<grant::Entered> for Connected {
    fn from(entered: grant::Entered) -> Self {
        Self {
            client: entered.client,
            name: entered.name,
            since: entered.since,
            last_used: Some(entered.last_used),
            scopes: entered.scopes,
            claims: BTreeSet::new(),
            offline: entered.offline,
        }
    }
}

/// Takes back whatever the system holds of this person. `false` when it holds nothing: then nothing happens.
pub async fn disconnect(cx: &mut Cx, session: &Session, client: &ClientId) -> Result<bool, Fault> {
    let connected = systems(cx, session).await?.iter().any(|known| known.client == *client);
    if !connected {
        return Ok(false);
    }
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    consent::withdraw(&mut tx, cx, session.rut, client).await?;
    tx.commit().await?;
    Ok(true)
}

/// Every living session, the last used first.
pub async fn sessions(cx: &Cx, session: &Session) -> Result<Vec<Session>, Fault> {
    session::of_person(&mut cx.clave.db.read().await?, session.rut, cx.now).await
}

/// Ends one of the person's other sessions, with what somebody may have under way elsewhere in the person's name. `false` when there is no such one.
pub async fn end_session(cx: &mut Cx, session: &Session, browser: Browser, sid: Sid) -> Result<bool, Fault> {
    if sid == session.sid {
        return Ok(false);
    }
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    if session::find(&mut tx, session.rut, sid, cx.now).await?.is_none() {
        return Ok(false);
    }
    end_steps_elsewhere(&mut tx, session, browser).await?;
    let ended = session::end(&mut tx, cx, session.rut, sid, EndedBy::Account).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session but this one. Gives how many.
pub async fn end_others(cx: &mut Cx, session: &Session, browser: Browser) -> Result<usize, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    end_steps_elsewhere(&mut tx, session, browser).await?;
    let ended = session::end_all(&mut tx, cx, session.rut, Some(session.sid), EndedBy::Account).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Whoever holds a session that has to go may have begun a change of data with it.
async fn end_steps_elsewhere(tx: &mut sql::Tx, session: &Session, browser: Browser) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM flow WHERE rut = $1 AND browser <> $2 AND outcome IS NULL", rut_value(session.rut), browser.0))
        .await
        .map(drop)
}

/// The devices from which the person was let in, the last used first.
pub async fn devices(cx: &Cx, session: &Session) -> Result<Vec<KnownDevice>, Fault> {
    device::of_person(&mut cx.clave.db.read().await?, session.rut, cx.now).await.map_err(Fault::from)
}

/// Forgets a device, by the name that [`Device::name`] gives it, and ends the sessions on it but this one. `false` when the person has no such device.
pub async fn forget_device(cx: &mut Cx, session: &Session, browser: Browser, name: &str) -> Result<bool, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    let known = device::of_person(&mut tx, session.rut, cx.now).await?;
    let Some(known) = known.into_iter().find(|known| known.device.name() == name) else { return Ok(false) };
    known.device.forget(&mut tx, session.rut).await?;
    end_steps_elsewhere(&mut tx, session, browser).await?;
    let mut on_it = session::of_person(&mut tx, session.rut, cx.now).await?;
    on_it.retain(|other| other.device == known.device && other.sid != session.sid);
    for other in on_it {
        session::end(&mut tx, cx, session.rut, other.sid, EndedBy::Account).await?;
    }
    audit::append(&mut tx, cx, session.rut, Event::DeviceForgotten, None).await?;
    tx.commit().await?;
    Ok(true)
}

/// A page of what happened, from 1.
pub async fn activity(cx: &Cx, session: &Session, page: u32) -> Result<Listed, Fault> {
    history::of_person(&mut cx.clave.db.read().await?, session.rut, page).await
}

/// From now on messages come in this language.
pub async fn set_language(cx: &mut Cx, session: &Session, language: Language) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let held = person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    if held.is_some_and(|person| person.language != language) {
        person::save_language(&mut tx, session.rut, language).await?;
        audit::append(&mut tx, cx, session.rut, Event::LanguageChanged, Some(language.tag())).await?;
        tx.commit().await?;
    }
    Ok(())
}
