//! Use case: a system asks to log a person out (OpenID Connect RP-Initiated Logout 1.0).
//!
//! The request is judged when it comes in and kept, since what another site sends by POST comes without our cookies and goes on with a GET. Nobody
//! is sent anywhere but to an address that the system registered, and only with an ID token of ours that shows that the system knows the person.

use oidc::{Error, id_token::Hint, logout::Logout};
use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::sql;

use crate::{
    client::{self, Client, ClientId},
    cx::{Clave, Cx},
    fault::Fault,
    moment::Moment,
    pending::{self, Token},
    person,
    session::{self, EndedBy, Session},
    signing, subject,
};

const LEAVE: &str = "leave";

/// A request to log out that may be carried out.
#[derive(Serialize, Deserialize)]
pub struct Leaving {
    /// Who asks, as far as known.
    pub client: Option<ClientId>,
    /// Where to go afterwards, `state` included: registered, and asked for with a valid hint.
    pub back: Option<String>,
    /// The session that the hint tells.
    sid: Option<String>,
    /// The person that the hint tells, as the client knows them.
    sub: Option<String>,
    /// Whether it was carried out: whoever comes back to its page has logged in since, and is asked.
    #[serde(skip)]
    pub done: bool,
}

/// Why it is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The system asks wrongly.
    #[error(transparent)]
    Wrong(#[from] Error),
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// An ID token of ours, if it is one: expired or not, whoever it was for.
pub async fn hint(clave: &Clave, token: &str, issuer: &str) -> Result<Option<Hint>, Fault> {
    let Some(kid) = oidc::jwt::kid(token) else { return Ok(None) };
    let key = signing::find(clave, &kid).await?;
    Ok(key.and_then(|key| Hint::verify(token, &key, issuer)))
}

/// Judges a request and keeps it.
///
/// # Errors
/// An unknown client, a hint for another client, or an address that is not registered. A hint that is none of ours, or by a key that is gone, is as good
/// as no hint; where nothing else says who asks, the person is asked and sent nowhere.
pub async fn begin(cx: &mut Cx, asked: &Logout, issuer: &str) -> Result<Token, Refused> {
    let hint = match &asked.id_token_hint {
        Some(token) => hint(&cx.clave, token, issuer).await?,
        None => None,
    };
    let client = who(cx, asked, hint.as_ref()).await?;
    let back = match (&asked.redirect_uri, &client) {
        (None, _) | (_, None) => None,
        (Some(uri), Some(client)) => {
            if !client.post_logout_uris.iter().any(|known| known.matches(uri)) {
                return Err(Error::invalid_request(
                    "post_logout_redirect_uri is not registered for this client: register it, or leave it out",
                )
                .into());
            }
            hint.as_ref().map(|_| oidc::logout::back(uri, asked.state.as_deref()))
        }
    };
    let (sid, sub) = hint.map_or((None, None), |hint| (hint.sid, Some(hint.sub)));
    let leaving = Leaving { client: client.map(|client| client.id), back, sid, sub, done: false };
    Ok(pending::store(cx, LEAVE, None, None, pending::LIFETIME, &leaving).await?)
}

/// The client that asks: by its name, or by the hint.
async fn who(cx: &Cx, asked: &Logout, hint: Option<&Hint>) -> Result<Option<Client>, Refused> {
    let named = asked.client_id.as_deref();
    if let (Some(named), Some(hint)) = (named, hint)
        && !hint.is_for(named)
    {
        return Err(Error::invalid_request("id_token_hint was issued to another client than client_id").into());
    }
    let Some(id) = named.or_else(|| hint?.aud.first().map(String::as_str)) else { return Ok(None) };
    let mut tx = cx.clave.db.read().await?;
    let client = match ClientId::parse(id) {
        Ok(id) => client::find(&mut tx, &id).await?,
        Err(_) => None,
    };
    if client.is_none() && named.is_some() {
        return Err(Error::invalid_request("client_id is not registered here").into());
    }
    Ok(client)
}

/// The request, while it is there. It is no browser's secret: whoever has the token may be asked whether to log out.
pub async fn find(cx: &Cx, token: &Token) -> Result<Option<Leaving>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let row = tx
        .one(sql!(
            "SELECT request, finished_at FROM pending WHERE id = $1 AND kind = 'leave' AND until > $2",
            token.stored(),
            cx.now
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let done = row.get::<Option<Moment>>("finished_at")?.is_some();
    Ok(Some(Leaving { done, ..pending::unseal(cx, token, &row)? }))
}

impl Leaving {
    /// Who asks.
    pub async fn client(&self, cx: &Cx) -> Result<Option<Client>, Fault> {
        match &self.client {
            Some(id) => client::find(&mut cx.clave.db.read().await?, id).await,
            None => Ok(None),
        }
    }

    /// Whether the hint is about the person who is logged in: then nobody needs to be asked (RP-Initiated Logout 2).
    pub async fn is_about(&self, cx: &Cx, session: &Session) -> Result<bool, Fault> {
        let Some(client) = self.client(cx).await? else { return Ok(false) };
        if self.sid.as_deref() == Some(session.sid.told_to(&cx.clave.vault, &client.id)?.as_str()) {
            return Ok(true);
        }
        let Some(sub) = &self.sub else { return Ok(false) };
        let owner: Option<Rut> = subject::owner(&mut cx.clave.db.read().await?, &client, sub).await?;
        Ok(owner == Some(session.rut))
    }
}

/// Ends the session, and with it what its systems hold. The request has done its work: another login is not ended by it unasked.
pub async fn leave(cx: &mut Cx, token: &Token, session: &Session) -> Result<(), Fault> {
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, session.rut, cx.now).await?;
    session::end(&mut tx, cx, session.rut, session.sid, EndedBy::System).await?;
    tx.run(sql!("UPDATE pending SET finished_at = $2 WHERE id = $1 AND kind = 'leave'", token.stored(), cx.now)).await?;
    Ok(tx.commit().await?)
}
