//! Tokens as they are shown: at userinfo, to be introspected, to be given back.

use oidc::{claims_request::ClaimsRequest, scope::Scopes};
use rut::Rut;
use sql::{Row, Tx, sql};

use super::{
    Why,
    row::{self, Id, Person},
    stored,
};
use crate::{
    audit::{self, Event},
    client::{self, Client, ClientId},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person, subject,
};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Opens what its scopes say.
    Access,
    /// Gets the next tokens.
    Refresh,
}

/// A token that is good now.
#[derive(Debug)]
struct Living {
    kind: Kind,
    client: ClientId,
    person: Option<Person>,
    scopes: Scopes,
    wanted: ClaimsRequest,
    jkt: Option<String>,
    made_at: Moment,
    until: Moment,
}

/// Who may be told what, with an access token.
#[derive(Debug)]
pub struct Bearer {
    /// Whom the token was made for.
    pub client: Client,
    /// What it is good for.
    pub scopes: Scopes,
    /// The thumbprint of the key that must be shown with it (RFC 9449).
    pub jkt: Option<String>,
    /// About whom; none where the client asked for itself.
    pub about: Option<About>,
}

/// The person that an access token is about.
#[derive(Debug)]
pub struct About {
    /// The person, for this client.
    pub sub: String,
    /// Which claims were asked for one by one.
    pub wanted: ClaimsRequest,
    /// Everything that may be told.
    pub holder: oidc::claims::Holder,
}

/// What an access token is good for; none when it is unknown, over, or its person has nothing to say now.
pub async fn bearer(cx: &mut Cx, token: &str) -> Result<Option<Bearer>, Fault> {
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.read().await?;
    let Some(found) = living(&mut tx, token, cx.now).await?.filter(|found| found.kind == Kind::Access) else { return Ok(None) };
    let Some(client) = client::find(&mut tx, &found.client).await? else { return Ok(None) };
    let about = match found.person {
        None => None,
        Some(whose) => {
            let person = person::find(&mut tx, &clave.vault, whose.rut).await?.filter(|person| person.frozen_at.is_none());
            let Some(person) = person else { return Ok(None) };
            let sub = sub(tx, cx, whose.rut, &client).await?;
            // What the client may no longer ask for, it no longer gets.
            Some(About { sub, wanted: found.wanted.within(&client.scopes), holder: person.holder() })
        }
    };
    let scopes = found.scopes.intersection(&client.scopes);
    Ok(Some(Bearer { client, scopes, jkt: found.jkt, about }))
}

/// The person, for this client. Reads, as anybody may ask at any time; only where the client never knew the person, a name is made.
async fn sub(mut tx: Tx, cx: &mut Cx, rut: Rut, client: &Client) -> Result<String, Fault> {
    if let Some(known) = subject::known(&mut tx, rut, client).await? {
        return Ok(known);
    }
    drop(tx);
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let sub = subject::of(&mut tx, cx, rut, client).await?;
    tx.commit().await?;
    Ok(sub)
}

/// What introspection tells of a token (RFC 7662 2.2).
#[derive(Debug)]
pub struct Shown {
    /// Access or refresh.
    pub kind: Kind,
    /// What for.
    pub scopes: Scopes,
    /// The key it is bound to.
    pub jkt: Option<String>,
    /// When it was made.
    pub made_at: Moment,
    /// When it expires.
    pub until: Moment,
    /// The person, for this client, when the key was proved and how.
    pub login: Option<(String, Moment, super::Acr)>,
}

/// Looks at a client's own token; none when it is not good, or another client's (RFC 7662 4).
pub async fn look(cx: &mut Cx, client: &Client, token: &str) -> Result<Option<Shown>, Fault> {
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.read().await?;
    let found = living(&mut tx, token, cx.now).await?.filter(|found| found.client == client.id);
    let Some(found) = found else { return Ok(None) };
    let login = match found.person {
        None => None,
        Some(whose) => {
            let person = person::find(&mut tx, &clave.vault, whose.rut).await?.filter(|person| person.frozen_at.is_none());
            if person.is_none() {
                return Ok(None);
            }
            Some((sub(tx, cx, whose.rut, client).await?, whose.authenticated_at, whose.acr))
        }
    };
    Ok(Some(Shown { kind: found.kind, scopes: found.scopes, jkt: found.jkt, made_at: found.made_at, until: found.until, login }))
}

/// What came of giving a token back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It is good no more, or never was: the client has what it wants (RFC 7009 2.2).
    Done,
    /// It was made for another client (RFC 7009 2.1).
    Foreign,
}

/// A client gives a token back (RFC 7009). With a refresh token the whole grant ends; an access token ends alone.
pub async fn revoke(cx: &mut Cx, client: &Client, token: &str) -> Result<Revoked, Fault> {
    let clave = std::sync::Arc::clone(&cx.clave);
    let (id, mut tx) = (stored(token), clave.db.read().await?);
    let row = tx.one(sql!("SELECT kind, grant_id FROM token WHERE id = $1", id)).await?;
    let Some(row) = row else { return Ok(Revoked::Done) };
    let Some(grant) = row::find(&mut tx, Id(row.get("grant_id")?)).await? else { return Ok(Revoked::Done) };
    if grant.client != client.id {
        return Ok(Revoked::Foreign);
    }
    drop(tx);
    let mut tx = clave.db.begin().await?;
    let changed = if kind(&row)? == Kind::Refresh {
        row::end(&mut tx, grant.id, cx.now, Why::Client).await?
    } else {
        let revoked =
            tx.one(sql!("UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id", id, cx.now));
        revoked.await?.is_some()
    };
    if changed && grant.lives(cx.now) {
        audit::append(&mut tx, cx, grant.person.map(|whose| whose.rut), Event::GrantRevoked, Some(client.id.as_str())).await?;
    }
    tx.commit().await?;
    Ok(Revoked::Done)
}

async fn living(tx: &mut Tx, token: &str, now: Moment) -> Result<Option<Living>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT kind, grant_id, scopes, jkt, made_at, until FROM token
             WHERE id = $1 AND until > $2 AND revoked_at IS NULL AND used_at IS NULL",
            stored(token),
            now
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let grant = row::find(tx, Id(row.get("grant_id")?)).await?;
    let Some(grant) = grant.filter(|grant| grant.lives(now)) else { return Ok(None) };
    Ok(Some(Living {
        kind: kind(&row)?,
        client: grant.client,
        person: grant.person,
        scopes: Scopes::parse(&row.get::<String>("scopes")?),
        wanted: grant.wanted,
        jkt: row.get("jkt")?,
        made_at: row.get("made_at")?,
        until: row.get("until")?,
    }))
}

fn kind(row: &Row) -> Result<Kind, Fault> {
    match row.get::<String>("kind")?.as_str() {
        "access" => Ok(Kind::Access),
        "refresh" => Ok(Kind::Refresh),
        _ => Err(Fault::new("reading what a token is for")),
    }
}
