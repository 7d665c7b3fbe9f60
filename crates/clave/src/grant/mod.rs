//! What a person gave a system in one session, or for longer: codes, access and refresh tokens belong to a grant and end with it.
//!
//! A token is 256 random bits that only its holder has; the database has the SHA-256. Whoever shows one is judged by what the database says now, so
//! that what ends here ends everywhere at once.

mod exchange;
pub(crate) mod row;
mod token;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use oidc::{
    pkce::Challenge,
    request::Authorization,
    scope::{Scope, Scopes},
};
use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use sql::{Tx, sql};

pub use exchange::{Code, Issued, Login, Refused, client_credentials, code, device, refresh};
pub use token::{Bearer, Kind, Revoked, Shown, bearer, look, revoke};

use crate::{
    backchannel,
    client::{self, Client, ClientId, GrantType},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::{Identity, rut_value},
    secret::Secret,
    session::{EndedBy, Sid},
    vault::sha256,
};

/// How strong a login was, and how sure we are of the identity: the `acr` of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acr {
    /// Key; the person said who they are.
    KeyDeclared,
    /// Key; a civil registry answered for the identity.
    KeyRegistry,
}

impl Acr {
    /// All of them, the weakest first.
    pub const ALL: [Self; 2] = [Self::KeyDeclared, Self::KeyRegistry];

    /// Of a login by key.
    pub fn of(identity: Identity) -> Self {
        match identity {
            Identity::Declared => Self::KeyDeclared,
            Identity::Registry => Self::KeyRegistry,
        }
    }

    /// As relying systems write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyDeclared => "urn:clavero:acr:key:declared",
            Self::KeyRegistry => "urn:clavero:acr:key:registry",
        }
    }

    /// From [`Acr::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }
}

/// What a person just gave.
#[derive(Debug)]
pub struct NewGrant<'a> {
    /// To whom.
    pub client: &'a Client,
    /// Who.
    pub rut: Rut,
    /// In which session.
    pub sid: Sid,
    /// What was asked for.
    pub request: &'a Authorization,
    /// When the key was proved.
    pub authenticated_at: Moment,
    /// How.
    pub acr: Acr,
}

/// A system that a person entered, for «Mi cuenta».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The system.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// Since the first grant that lives.
    pub since: Moment,
    /// When a token was last made.
    pub last_used: Moment,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Whether it goes on without a session.
    pub offline: bool,
}

/// Why a grant ends: stored with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The session ended.
    Session(EndedBy),
    /// The key changed or was frozen.
    Person,
    /// The person disconnected the system.
    Disconnected,
    /// The client gave it back (RFC 7009).
    Client,
    /// The client was removed.
    ClientRemoved,
    /// A code was used twice (RFC 6749, 4.1.2).
    CodeReused,
    /// A refresh token was used twice (RFC 9700, 4.14.2).
    RefreshReused,
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Self::Session(by) => by.name(),
            Self::Person => "person",
            Self::Disconnected => "disconnected",
            Self::Client => "client",
            Self::ClientRemoved => "client_removed",
            Self::CodeReused => "code_reused",
            Self::RefreshReused => "refresh_reused",
        }
    }
}

/// Makes an authorization code: 60 seconds at most, once. The caller holds the person's row.
pub async fn issue_code(tx: &mut Tx, cx: &mut Cx, new: &NewGrant<'_>) -> Result<Secret, Fault> {
    let (request, until) = (new.request, cx.now.plus(cx.clave.settings.oidc.code));
    let grant = row::New {
        client: &new.client.id,
        person: Some(row::Person { rut: new.rut, sid: new.sid, authenticated_at: new.authenticated_at, acr: new.acr }),
        scopes: &request.scopes,
        wanted: &request.claims,
        offline: is_offline(new.client, &request.scopes),
        until,
    };
    let grant = row::insert(tx, cx, grant).await?;
    let code = secret(&mut cx.rng);
    tx.run(sql!(
        "INSERT INTO code (id, grant_id, redirect_uri, challenge, nonce, jkt, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        stored(code.expose()),
        grant.0,
        request.redirect_uri.as_str(),
        request.challenge.as_ref().map(Challenge::as_str),
        request.nonce.as_deref(),
        request.dpop_jkt.as_deref(),
        until
    ))
    .await?;
    Ok(code)
}

/// Whether it goes on when the session has ended: only where there is a way to use that.
pub(crate) fn is_offline(client: &Client, scopes: &Scopes) -> bool {
    scopes.contains(Scope::OfflineAccess) && client.may(GrantType::Refresh)
}

/// Ends what belongs to a session: every grant without `offline_access`; and tells the clients (back channel). For `session::end`, which appends
/// its own row to the records after this.
pub async fn end_of_session(tx: &mut Tx, cx: &mut Cx, rut: Rut, sid: Sid, by: EndedBy) -> Result<(), Fault> {
    backchannel::tell(tx, cx, rut, sid).await?;
    tx.run(sql!(
        "UPDATE access_grant SET ended_at = $3, ended_by = $4
         WHERE rut = $1 AND sid = $2 AND ended_at IS NULL AND offline = $5",
        rut_value(rut),
        sid,
        cx.now,
        Why::Session(by).name(),
        false
    ))
    .await?;
    Ok(())
}

/// The sessions, there still or not, of which a person's systems hold something that goes on.
pub(crate) async fn sessions_of(tx: &mut Tx, rut: Rut, now: Moment) -> Result<Vec<Sid>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT DISTINCT sid FROM access_grant
             WHERE rut = $1 AND until > $2 AND ended_at IS NULL AND offline = $3 ORDER BY sid",
            rut_value(rut),
            now,
            false
        ))
        .await?;
    Ok(rows.iter().map(|row| row.get("sid")).collect::<sql::Result<_>>()?)
}

/// Ends everything that a person gave, offline grants too: the key changed or was frozen. The caller holds the person's row.
pub async fn end_of_person(tx: &mut Tx, cx: &mut Cx, rut: Rut) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE access_grant SET ended_at = $2, ended_by = $3 WHERE rut = $1 AND ended_at IS NULL",
        rut_value(rut),
        cx.now,
        Why::Person.name()
    ))
    .await?;
    Ok(())
}

/// Ends every grant of a client that is removed, and the waiting of its devices.
pub async fn end_of_client(tx: &mut Tx, cx: &mut Cx, client: &ClientId) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE access_grant SET ended_at = $2, ended_by = $3 WHERE client = $1 AND ended_at IS NULL",
        client.as_str(),
        cx.now,
        Why::ClientRemoved.name()
    ))
    .await?;
    tx.run(sql!("UPDATE device_grant SET state = 'denied' WHERE client = $1 AND state = 'waiting'", client.as_str())).await?;
    Ok(())
}

/// Ends what one person gave one client. The caller holds the person's row, and says in the records what for.
pub async fn end_between(tx: &mut Tx, cx: &mut Cx, rut: Rut, client: &ClientId) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE access_grant SET ended_at = $3, ended_by = $4 WHERE rut = $1 AND client = $2 AND ended_at IS NULL",
        rut_value(rut),
        client.as_str(),
        cx.now,
        Why::Disconnected.name()
    ))
    .await?;
    Ok(())
}

/// The systems that a person entered and that may still ask for data, last used first.
pub async fn of_person(tx: &mut Tx, rut: Rut, now: Moment) -> Result<Vec<Entered>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT client, MIN(made_at) AS since, MAX(used_at) AS last_used, string_agg(scopes, ' ') AS scopes,
             CAST(MAX(CASE WHEN offline THEN 1 ELSE 0 END) AS BIGINT) AS offline
             FROM access_grant WHERE rut = $1 AND until > $2 AND ended_at IS NULL GROUP BY client ORDER BY last_used DESC, client",
            rut_value(rut),
            now
        ))
        .await?;
    let mut entered = Vec::with_capacity(rows.len());
    for row in rows {
        let client: ClientId = row.get("client")?;
        let Some(known) = client::find(tx, &client).await? else { continue };
        entered.push(Entered {
            client,
            name: known.name,
            since: row.get("since")?,
            last_used: row.get("last_used")?,
            scopes: Scopes::parse(&row.get::<String>("scopes")?),
            offline: row.get::<i64>("offline")? == 1,
        });
    }
    Ok(entered)
}

/// The clients that hold a living grant of a session.
pub async fn clients_of_session(tx: &mut Tx, rut: Rut, sid: Sid, now: Moment) -> Result<Vec<ClientId>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT DISTINCT client FROM access_grant
             WHERE rut = $1 AND sid = $2 AND until > $3 AND ended_at IS NULL ORDER BY client",
            rut_value(rut),
            sid,
            now
        ))
        .await?;
    Ok(rows.iter().map(|row| row.get("client")).collect::<sql::Result<_>>()?)
}

/// 256 random bits: a code or a token.
pub(crate) fn secret(rng: &mut StdRng) -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(rng.random::<[u8; 32]>()))
}

/// How it is stored.
pub(crate) fn stored(secret: &str) -> [u8; 32] {
    sha256(secret.as_bytes())
}
