//! Use case: let a device in (RFC 8628 3.3). The person, logged in here, types the code that the device shows.

use std::{collections::BTreeSet, sync::Arc};

use oidc::{
    Scopes,
    claims::{self, Claim},
    claims_request::ClaimsRequest,
    device::UserCode,
};

use crate::{
    client::{self, Client},
    consent,
    cx::Cx,
    device_grant::{self, Approval, Decision},
    fault::Fault,
    grant::Acr,
    limits::{self, Subject},
    minimum::{self, Datum},
    moment::Moment,
    person::{self, Person},
    session::{self, Session},
};

/// What a typed code came to.
#[derive(Debug)]
pub enum Found {
    /// A device waits for the answer.
    Waiting(Box<Asked>),
    /// No device shows this code, or no more.
    Nothing,
    /// Minimum data are missing (G-7).
    Missing(Vec<Datum>),
    /// Too many codes were tried (RFC 8628 5.1).
    TooMany {
        /// When to try again.
        until: Moment,
    },
    /// The session ended meanwhile.
    Ended,
}

/// What the person is asked.
#[derive(Debug)]
pub struct Asked {
    /// Who.
    pub person: Person,
    /// Which system the device speaks for.
    pub client: Client,
    /// What it wants.
    pub scopes: Scopes,
    /// What it would know.
    pub claims: BTreeSet<Claim>,
}

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The device is theirs.
    Connect,
    /// It is not.
    Refuse,
}

/// Who asks with this code. Each code counts against the person and the address, the right ones as well: anybody has as many of those as they like.
pub async fn look(cx: &Cx, session: &Session, code: &UserCode) -> Result<Found, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let counted = limits::count(&mut tx, cx, Subject::DeviceCodes(session.rut), None).await?;
    tx.commit().await?;
    if let Err(until) = counted {
        return Ok(Found::TooMany { until });
    }
    let mut tx = cx.clave.db.read().await?;
    let Some(waiting) = device_grant::look(&mut tx, code, cx.now).await? else { return Ok(Found::Nothing) };
    let Some(client) = client::find(&mut tx, &waiting.client).await? else { return Ok(Found::Nothing) };
    let person = person::find(&mut tx, &cx.clave.vault, session.rut).await?;
    drop(tx);
    let Some(person) = person.filter(|person| person.frozen_at.is_none()) else { return Ok(Found::Ended) };
    let missing = minimum::missing(&person, &cx.clave.settings.minimum_data);
    if !missing.is_empty() {
        return Ok(Found::Missing(missing));
    }
    let claims = claims::told(&waiting.scopes, &ClaimsRequest::default());
    Ok(Found::Waiting(Box::new(Asked { person, client, scopes: waiting.scopes, claims })))
}

/// Tells the device. `false` when the code or the session ended meanwhile.
pub async fn decide(cx: &mut Cx, session: &Session, code: &UserCode, asked: &Asked, answer: Answer) -> Result<bool, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let decision = match answer {
        Answer::Refuse => Decision::Denied,
        Answer::Connect => {
            let person = person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
            let alive = session::find(&mut tx, session.rut, session.sid, cx.now).await?.is_some();
            let Some(person) = person.filter(|_| alive) else { return Ok(false) };
            if !asked.client.first_party {
                consent::give(&mut tx, cx, session.rut, &asked.client.id, &asked.scopes, &asked.claims).await?;
            }
            Decision::Granted(Approval {
                rut: session.rut,
                sid: session.sid,
                authenticated_at: session.authenticated_at,
                acr: Acr::of(person.identity),
            })
        }
    };
    let decided = device_grant::decide(&mut tx, cx, code, &decision).await?;
    if decided {
        tx.commit().await?;
    }
    Ok(decided)
}
