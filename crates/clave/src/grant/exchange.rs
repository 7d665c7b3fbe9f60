//! The ways to tokens: a code, a refresh token, a device that was let in, a client in its own name.
//!
//! Each is one transaction that begins with the person's row: of two that show the same code or refresh token, on whichever nodes, one is first, and
//! the other finds it used and ends what the first one got (RFC 6749 4.1.2; RFC 9700 4.14.2).

use std::{sync::Arc, time::Duration};

use oidc::{claims::Holder, claims_request::ClaimsRequest, pkce::Challenge, scope::Scopes};
use rut::Rut;
use sql::{Row, Tx, sql};

use super::{
    Acr, Why,
    row::{self, Grant, Id},
    secret, stored,
};
use crate::{
    audit::{self, Event},
    client::{Client, GrantType},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::{self, Person},
    secret::Secret,
    session::{self, Sid},
    subject,
};

/// Why there are no tokens. The texts go to the client.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// `invalid_grant`: it is not good, or not good any more.
    #[error("{0}")]
    Grant(&'static str),
    /// `invalid_scope`: more than was granted.
    #[error("the scope is more than was granted")]
    Scope,
    /// `authorization_pending`: nobody has decided about the device.
    #[error("nobody has typed the code yet")]
    Pending,
    /// `slow_down`: the device asks too often.
    #[error("asked too soon: wait five seconds more between two requests")]
    TooSoon,
    /// `expired_token`: nobody decided in time.
    #[error("the device code has expired: ask for another one")]
    DeviceExpired,
    /// `access_denied`: the person said no.
    #[error("the person said no")]
    Denied,
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

const UNKNOWN_CODE: Refused = Refused::Grant("the code is not known, or was made for another client");
const UNKNOWN_TOKEN: Refused = Refused::Grant("the refresh token is not known, has ended, or was made for another client");

/// A code as a client shows it (RFC 6749 4.1.3).
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// The code.
    pub code: &'a str,
    /// Where it was sent to.
    pub redirect_uri: &'a str,
    /// RFC 7636 4.5.
    pub verifier: Option<&'a str>,
}

/// Tokens that were made.
#[derive(Debug)]
pub struct Issued {
    /// The access token.
    pub access: Secret,
    /// How long it is good.
    pub lifetime: Duration,
    /// The refresh token.
    pub refresh: Option<Secret>,
    /// What the access token is good for.
    pub scopes: Scopes,
    /// About whom; none where the client asked for itself.
    pub login: Option<Login>,
}

/// What an ID token tells.
#[derive(Debug)]
pub struct Login {
    /// The person, for this client.
    pub sub: String,
    /// The session.
    pub sid: Sid,
    /// When the key was proved.
    pub authenticated_at: Moment,
    /// How.
    pub acr: Acr,
    /// What the client sent with its request; only at the first exchange (OIDC Core 12.2).
    pub nonce: Option<String>,
    /// Which claims were asked for one by one.
    pub wanted: ClaimsRequest,
    /// Everything that may be told.
    pub holder: Holder,
}

/// Exchanges a code. `jkt` is the thumbprint of the key whose possession was shown with the request (RFC 9449).
pub async fn code(cx: &mut Cx, client: &Client, shown: &Code<'_>, jkt: Option<&str>) -> Result<Issued, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let id = stored(shown.code);
    let owner = tx.one(sql!("SELECT grant_id FROM code WHERE id = $1", id)).await?;
    let Some((grant, person)) = take(&mut tx, cx, client, owner).await? else { return Err(UNKNOWN_CODE) };
    let row = tx.only(sql!("SELECT redirect_uri, challenge, nonce, jkt, until, used_at FROM code WHERE id = $1", id)).await?;
    if row.get::<Option<Moment>>("used_at")?.is_some() {
        let reused = "the code was used before: everything it gave has ended";
        return Err(end(tx, cx, &grant, Why::CodeReused, Event::CodeReused, reused).await?);
    }
    if row.get::<Moment>("until")? <= cx.now || !grant.lives(cx.now) {
        return Err(Refused::Grant("the code has expired: it is good for a minute at most"));
    }
    bound(&row, shown, jkt)?;
    let Some(person) = person else { return Err(Refused::Grant("the person's access has ended")) };
    let claimed = tx.one(sql!("UPDATE code SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id", id, cx.now)).await?;
    if claimed.is_none() {
        return Err(UNKNOWN_CODE);
    }
    first(tx, cx, client, &grant, &person, jkt, row.get("nonce")?).await
}

/// Whether whoever shows the code is who asked for it (RFC 6749 4.1.3; RFC 7636 4.6; RFC 9449 10).
fn bound(row: &Row, shown: &Code<'_>, jkt: Option<&str>) -> Result<(), Refused> {
    if row.get::<String>("redirect_uri")? != shown.redirect_uri {
        return Err(Refused::Grant("redirect_uri is not the one of the authorization request"));
    }
    let challenge: Option<String> = row.get("challenge")?;
    match (challenge, shown.verifier) {
        (Some(challenge), Some(verifier)) => {
            let challenge = Challenge::parse(&challenge, Some("S256")).map_err(Fault::at("reading a stored challenge"))?;
            if !challenge.verify(verifier) {
                return Err(Refused::Grant("code_verifier does not belong to the code_challenge of the authorization request"));
            }
        }
        (Some(_), None) => {
            return Err(Refused::Grant("code_verifier is missing: the authorization request had a code_challenge"));
        }
        // Else an attacker could take the challenge out of the request (RFC 9700 2.1.1).
        (None, Some(_)) => return Err(Refused::Grant("code_verifier came, but the authorization request had no code_challenge")),
        (None, None) => {}
    }
    let promised: Option<String> = row.get("jkt")?;
    if promised.is_some() && promised.as_deref() != jkt {
        return Err(Refused::Grant("the DPoP proof is not of the key that the authorization request named"));
    }
    Ok(())
}

/// The first tokens of a grant: from here on it lives as long as what belongs to it.
async fn first(
    mut tx: Tx,
    cx: &mut Cx,
    client: &Client,
    grant: &Grant,
    person: &Person,
    jkt: Option<&str>,
    nonce: Option<String>,
) -> Result<Issued, Refused> {
    row::prolong(&mut tx, grant.id, end_of(cx, grant)).await?;
    let refresh = client.may(GrantType::Refresh).then_some(&grant.scopes);
    let issued = issue(&mut tx, cx, client, grant, &grant.scopes, jkt, refresh).await?;
    let login = login(&mut tx, cx, client, grant, person, nonce).await?;
    audit::append(&mut tx, cx, person.rut, Event::TokensIssued, Some(client.id.as_str())).await?;
    tx.commit().await?;
    Ok(Issued { login, ..issued })
}

/// Exchanges a refresh token for the next one (RFC 6749 6). `scopes` are fewer than were granted, or the same.
pub async fn refresh(
    cx: &mut Cx,
    client: &Client,
    token: &str,
    scopes: Option<&Scopes>,
    jkt: Option<&str>,
) -> Result<Issued, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let id = stored(token);
    let owner = tx.one(sql!("SELECT grant_id FROM token WHERE id = $1 AND kind = 'refresh'", id)).await?;
    let Some((grant, person)) = take(&mut tx, cx, client, owner).await? else { return Err(UNKNOWN_TOKEN) };
    let row = tx.only(sql!("SELECT scopes, jkt, until, used_at FROM token WHERE id = $1", id)).await?;
    if row.get::<Option<Moment>>("used_at")?.is_some() && grant.lives(cx.now) {
        let reused = "the refresh token was used before: everything of its family has ended";
        return Err(end(tx, cx, &grant, Why::RefreshReused, Event::RefreshReused, reused).await?);
    }
    if row.get::<Moment>("until")? <= cx.now || !grant.lives(cx.now) {
        return Err(UNKNOWN_TOKEN);
    }
    let key: Option<String> = row.get("jkt")?;
    if key.is_some() && key.as_deref() != jkt {
        return Err(Refused::Grant("the refresh token is bound to another key: show a DPoP proof of that key"));
    }
    let granted = Scopes::parse(&row.get::<String>("scopes")?);
    if scopes.is_some_and(|asked| !asked.is_subset(&granted)) {
        return Err(Refused::Scope);
    }
    let Some(person) = person else { return Err(UNKNOWN_TOKEN) };
    let claimed =
        tx.one(sql!("UPDATE token SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id", id, cx.now)).await?;
    if claimed.is_none() {
        return Err(UNKNOWN_TOKEN);
    }
    // What the client may no longer ask for, it no longer gets.
    let wanted = scopes.unwrap_or(&granted).intersection(&client.scopes);
    let issued = issue(&mut tx, cx, client, &grant, &wanted, jkt, Some(&granted)).await?;
    if let Some(whose) = grant.person.filter(|_| !grant.offline) {
        session::prolong(&mut tx, cx, whose.rut, whose.sid).await?;
    }
    let login = login(&mut tx, cx, client, &grant, &person, None).await?;
    tx.commit().await?;
    Ok(Issued { login, ..issued })
}

/// A device asks whether the person has decided (RFC 8628 3.4).
pub async fn device(cx: &mut Cx, client: &Client, device_code: &str, jkt: Option<&str>) -> Result<Issued, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let unknown = Refused::Grant("the device code is not known, or was made for another client");
    let grant_id = match crate::device_grant::poll(&mut tx, cx, client, device_code).await? {
        None => return Err(unknown),
        Some(crate::device_grant::Poll::Answer(refused)) => {
            tx.commit().await?;
            return Err(refused);
        }
        Some(crate::device_grant::Poll::Decided(id)) => id,
    };
    let Some(grant) = row::find(&mut tx, grant_id).await? else { return Err(unknown) };
    let Some(whose) = grant.person else { return Err(unknown) };
    let person = living(&mut tx, cx, whose.rut).await?;
    let Some(grant) = row::take(&mut tx, grant.id, cx.now).await? else { return Err(unknown) };
    if !crate::device_grant::spend(&mut tx, device_code).await? {
        let reused = "the device code was used before: everything it gave has ended";
        return Err(end(tx, cx, &grant, Why::CodeReused, Event::CodeReused, reused).await?);
    }
    let Some(person) = person.filter(|_| grant.lives(cx.now)) else {
        return Err(Refused::Grant("the person's access has ended"));
    };
    first(tx, cx, client, &grant, &person, jkt, None).await
}

/// A token for the client itself (RFC 6749 4.4). Every scope here is about a person, so it has none.
pub async fn client_credentials(
    cx: &mut Cx,
    client: &Client,
    scopes: Option<&Scopes>,
    jkt: Option<&str>,
) -> Result<Issued, Refused> {
    if scopes.is_some_and(|scopes| !scopes.is_empty()) {
        return Err(Refused::Scope);
    }
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let (scopes, wanted) = (Scopes::none(), ClaimsRequest::default());
    let until = cx.now.plus(clave.settings.oidc.access);
    let new = row::New { client: &client.id, person: None, scopes: &scopes, wanted: &wanted, offline: false, until };
    let id = row::insert(&mut tx, cx, new).await?;
    let grant = row::find(&mut tx, id).await?.ok_or_else(|| Fault::new("reading a new grant"))?;
    let issued = issue(&mut tx, cx, client, &grant, &scopes, jkt, None).await?;
    audit::append(&mut tx, cx, None, Event::TokensIssued, Some(client.id.as_str())).await?;
    tx.commit().await?;
    Ok(issued)
}

/// The grant of a code or token, if it is this client's, with its row and its person's held, the person's first. Whoever cannot have tokens any more is
/// none.
async fn take(tx: &mut Tx, cx: &Cx, client: &Client, owner: Option<Row>) -> Result<Option<(Grant, Option<Person>)>, Fault> {
    let Some(owner) = owner else { return Ok(None) };
    let grant = row::find(tx, Id(owner.get("grant_id")?)).await?;
    let Some(grant) = grant.filter(|grant| grant.client == client.id) else { return Ok(None) };
    let person = match grant.person {
        Some(whose) => living(tx, cx, whose.rut).await?,
        None => None,
    };
    Ok(row::take(tx, grant.id, cx.now).await?.map(|grant| (grant, person)))
}

/// The person, held, unless their credentials are frozen.
async fn living(tx: &mut Tx, cx: &Cx, rut: Rut) -> Result<Option<Person>, Fault> {
    Ok(person::take(tx, &cx.clave.vault, rut, cx.now).await?.filter(|person| person.frozen_at.is_none()))
}

/// Ends a grant of which something was used twice: somebody else has it. Whether one or the other came first does not matter.
async fn end(mut tx: Tx, cx: &mut Cx, grant: &Grant, why: Why, event: Event, text: &'static str) -> Result<Refused, Fault> {
    if row::end(&mut tx, grant.id, cx.now, why).await? {
        audit::append(&mut tx, cx, grant.person.map(|whose| whose.rut), event, Some(grant.client.as_str())).await?;
        tx.commit().await?;
    }
    Ok(Refused::Grant(text))
}

/// When a grant ends by itself: with the longest session it can have been given in, whether that is there or not.
fn end_of(cx: &Cx, grant: &Grant) -> Moment {
    let settings = &cx.clave.settings;
    match grant.person {
        Some(whose) if !grant.offline => whose.authenticated_at.plus(settings.session.absolute),
        _ => grant.made_at.plus(settings.oidc.refresh_absolute),
    }
}

/// Makes an access token, and a refresh token where one is due: with which scopes.
async fn issue(
    tx: &mut Tx,
    cx: &mut Cx,
    client: &Client,
    grant: &Grant,
    scopes: &Scopes,
    jkt: Option<&str>,
    refresh: Option<&Scopes>,
) -> Result<Issued, Fault> {
    let (oidc, end) = (cx.clave.settings.oidc, end_of(cx, grant));
    let until = cx.now.plus(oidc.access).min(end);
    row::prolong(tx, grant.id, until).await?;
    let access = keep(tx, cx, "access", grant.id, scopes, jkt, until).await?;
    let refresh = match refresh {
        Some(scopes) => {
            // Confidential clients prove themselves anyway (RFC 9449 5).
            let key = jkt.filter(|_| client.is_public());
            Some(keep(tx, cx, "refresh", grant.id, scopes, key, cx.now.plus(oidc.refresh).min(end)).await?)
        }
        None => None,
    };
    Ok(Issued { access, lifetime: cx.now.until(until), refresh, scopes: scopes.clone(), login: None })
}

async fn keep(
    tx: &mut Tx,
    cx: &mut Cx,
    kind: &'static str,
    grant: Id,
    scopes: &Scopes,
    jkt: Option<&str>,
    until: Moment,
) -> Result<Secret, Fault> {
    let token = secret(&mut cx.rng);
    tx.run(sql!(
        "INSERT INTO token (id, kind, grant_id, scopes, jkt, made_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        stored(token.expose()),
        kind,
        grant.0,
        scopes.to_string(),
        jkt,
        cx.now,
        until
    ))
    .await?;
    Ok(token)
}

async fn login(
    tx: &mut Tx,
    cx: &mut Cx,
    client: &Client,
    grant: &Grant,
    person: &Person,
    nonce: Option<String>,
) -> Result<Option<Login>, Fault> {
    let Some(whose) = grant.person else { return Ok(None) };
    Ok(Some(Login {
        sub: subject::of(tx, cx, whose.rut, client).await?,
        sid: whose.sid,
        authenticated_at: whose.authenticated_at,
        acr: whose.acr,
        nonce,
        wanted: grant.wanted.clone().within(&client.scopes),
        holder: person.holder(),
    }))
}
