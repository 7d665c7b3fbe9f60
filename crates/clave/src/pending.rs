//! Authorization requests on their way, from the system that asks until the code goes back to it.
//!
//! A request is judged when it comes in, kept sealed for half an hour, and belongs to the browser that brought it: another person's browser cannot go
//! on with it, so nobody can be made to log in to a request that is not theirs. It is answered once. What a system pushes (RFC 9126), and what comes
//! by POST from its page, where our cookies do not come along, waits a moment without a browser (`oidc.par_seconds`); the first one to bring it has it.

use std::{fmt, time::Duration};

use oidc::request::Authorization;
use rut::Rut;
use serde::{Serialize, de::DeserializeOwned};
use sql::{Row, Tx, sql};

pub use crate::flow::Token;
use crate::{
    client::{self, Client, ClientId},
    cx::Cx,
    fault::Fault,
    flow::Browser,
    moment::Moment,
    person::rut_value,
    vault::Place,
};

/// How long a person may take from the first page to the last. Every page of it gives a link back to the system.
pub const LIFETIME: Duration = Duration::from_mins(30);

/// A click that came twice gets its answer twice: the browser shows the second, and the first never arrives anywhere.
const DOUBLE_CLICK: Duration = Duration::from_secs(10);

/// What waits.
pub(crate) const AUTHORIZE: &str = "authorize";

/// A request that waits for its answer.
#[derive(Debug)]
pub struct Pending {
    /// Who asks.
    pub client: Client,
    /// What for: judged when it came in.
    pub request: Authorization,
    /// When this browser brought it. A login since then is a fresh one.
    pub made_at: Moment,
    /// Who was asked for this very request, and said yes. The next one to log in with the browser is somebody else, perhaps.
    pub agreed: Option<Rut>,
}

impl Pending {
    /// A request that came in now.
    pub fn new(client: Client, request: Authorization, now: Moment) -> Self {
        Self { client, request, made_at: now, agreed: None }
    }
}

/// What a system gets for a pushed request, and what a browser brings in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestUri(Token);

/// RFC 9126 2.2 leaves the form to us; this is the customary one.
const URN: &str = "urn:ietf:params:oauth:request_uri:";

impl RequestUri {
    /// Reads one that we made.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix(URN).and_then(Token::parse).map(Self)
    }
}

impl fmt::Display for RequestUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{URN}{}", self.0.as_str())
    }
}

/// Keeps a request until a browser brings its [`RequestUri`] (RFC 9126).
pub async fn push(cx: &mut Cx, client: &ClientId, request: &Authorization) -> Result<RequestUri, Fault> {
    let lifetime = cx.clave.settings.oidc.par;
    store(cx, AUTHORIZE, Some(client), None, lifetime, request).await.map(RequestUri)
}

/// The browser brings what the client pushed. Of all that try, one gets it; `None` when it ended, was brought before, or another client pushed it.
pub async fn open(cx: &Cx, browser: Browser, client: &ClientId, uri: &RequestUri) -> Result<Option<Token>, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let row = tx
        .one(sql!(
            "UPDATE pending SET browser = $3, made_at = $4, until = $5
             WHERE id = $1 AND kind = 'authorize' AND client = $2 AND browser IS NULL AND until > $4 RETURNING id",
            uri.0.stored(),
            client,
            browser.0,
            cx.now,
            cx.now.plus(LIFETIME)
        ))
        .await?;
    tx.commit().await?;
    Ok(row.map(|_| uri.0.clone()))
}

/// Keeps a request for the browser that brought it.
pub async fn begin(cx: &mut Cx, browser: Browser, pending: &Pending) -> Result<Token, Fault> {
    store(cx, AUTHORIZE, Some(&pending.client.id), Some(browser), LIFETIME, &pending.request).await
}

/// A request that is not answered yet; `None` when it ended, belongs to another browser, or its client is gone.
pub async fn find(cx: &Cx, browser: Browser, token: &Token) -> Result<Option<Pending>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let row = tx
        .one(sql!(
            "SELECT client, request, made_at, agreed_by FROM pending
             WHERE id = $1 AND kind = 'authorize' AND browser = $2 AND until > $3 AND (finished_at IS NULL OR finished_at > $4)",
            token.stored(),
            browser.0,
            cx.now,
            cx.now.minus(DOUBLE_CLICK)
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let Some(client) = client::find(&mut tx, &row.get("client")?).await? else { return Ok(None) };
    let agreed = row.get::<Option<i64>>("agreed_by")?.and_then(|number| u32::try_from(number).ok()).and_then(Rut::from_number);
    Ok(Some(Pending { client, request: unseal(cx, token, &row)?, made_at: row.get("made_at")?, agreed }))
}

/// The browser got a new cookie because somebody logged in: its requests, in whichever window, go with it. Nobody who knew the old cookie, perhaps
/// because they planted it, can go on with them.
pub async fn rebind(tx: &mut Tx, from: Browser, to: Browser) -> sql::Result<()> {
    tx.run(sql!("UPDATE pending SET browser = $2 WHERE browser = $1 AND finished_at IS NULL", from.0, to.0)).await.map(drop)
}

/// This person was asked and said yes. `false` when the request ended meanwhile.
pub async fn agree(tx: &mut Tx, cx: &Cx, browser: Browser, token: &Token, rut: Rut) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "UPDATE pending SET agreed_by = $4
             WHERE id = $1 AND kind = 'authorize' AND browser = $2 AND until > $3 AND finished_at IS NULL RETURNING id",
            token.stored(),
            browser.0,
            cx.now,
            rut_value(rut)
        ))
        .await?;
    Ok(row.is_some())
}

/// The request is answered now. Once it is, nobody gets `true` again, but for the second click of two.
pub async fn finish(tx: &mut Tx, cx: &Cx, browser: Browser, token: &Token) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "UPDATE pending SET finished_at = CASE WHEN finished_at IS NULL THEN $3 ELSE finished_at END
             WHERE id = $1 AND kind = 'authorize' AND browser = $2 AND until > $3
             AND (finished_at IS NULL OR finished_at > $4) RETURNING id",
            token.stored(),
            browser.0,
            cx.now,
            cx.now.minus(DOUBLE_CLICK)
        ))
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn store<T: Serialize>(
    cx: &mut Cx,
    kind: &'static str,
    client: Option<&ClientId>,
    browser: Option<Browser>,
    lifetime: Duration,
    request: &T,
) -> Result<Token, Fault> {
    let token = Token::random(&mut cx.rng);
    let json = zeroize::Zeroizing::new(serde_json::to_vec(request).map_err(Fault::at("writing a pending request"))?);
    let clave = std::sync::Arc::clone(&cx.clave);
    let sealed = clave.vault.seal(place(&token.stored()), &json, &mut cx.rng)?;
    let mut tx = clave.db.begin().await?;
    tx.run(sql!(
        "INSERT INTO pending (id, kind, client, browser, request, made_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        token.stored(),
        kind,
        client.map(ClientId::as_str),
        browser.map(|browser| browser.0),
        sealed,
        cx.now,
        cx.now.plus(lifetime)
    ))
    .await?;
    tx.commit().await?;
    Ok(token)
}

pub(crate) fn unseal<T: DeserializeOwned>(cx: &Cx, token: &Token, row: &Row) -> Result<T, Fault> {
    let sealed: Vec<u8> = row.get("request")?;
    let json = cx.clave.vault.unseal(place(&token.stored()), &sealed)?;
    serde_json::from_slice(&json).map_err(Fault::at("reading a pending request"))
}

fn place(row: &[u8]) -> Place<'_> {
    Place { column: "pending.request", row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_for_a_pushed_request_reads_back() {
        let token = Token::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let uri = RequestUri(token);
        assert_eq!(RequestUri::parse(&uri.to_string()), Some(uri));
        for foreign in
            ["", "https://evil.example/request", "urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:x"]
        {
            assert_eq!(RequestUri::parse(foreign), None, "{foreign}");
        }
    }
}
