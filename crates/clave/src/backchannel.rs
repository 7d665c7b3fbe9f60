//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): when a session ends, each system that the person entered in it is told, server to
//! server.
//!
//! The message lies in the outbox from the moment the session ends: who, whom, which session. Its token is made and signed when it is sent, so that it
//! is fresh at each try (2.4: `iat`, `exp`), by the key of that moment, and goes to where the system wants it then.

use std::time::Duration;

use oidc::logout::LogoutToken;
use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::{Tx, sql};

use crate::{
    client::{self, Client, ClientId},
    cx::{Clave, Cx},
    delivery::{Failure, Systems},
    fault::Fault,
    moment::Moment,
    outbox::{self, About, Lane, MessageId, Rank},
    person::rut_value,
    session::Sid,
    subject,
};

/// The stored kind.
pub const KIND: &str = "logout";
/// A system that cannot be reached for so long is told no more: its own sessions end, too.
pub const DEADLINE: Duration = Duration::from_hours(1);

/// What is sealed in a row.
#[derive(Serialize, Deserialize)]
struct Logout {
    client: ClientId,
    /// The person, as the client knows them.
    subject: String,
    sid: Sid,
}

/// Puts one message into the outbox for each client with a `backchannel_logout_uri` that the person entered in the session.
pub async fn tell(tx: &mut Tx, cx: &mut Cx, rut: Rut, sid: Sid) -> Result<(), Fault> {
    for id in entered(tx, rut, sid).await? {
        let found = client::find(tx, &id).await?;
        if let Some(client) = found.filter(|client| client.backchannel_logout_uri.is_some()) {
            let logout = Logout { client: id, subject: subject::of(tx, cx, rut, &client).await?, sid };
            let deadline = cx.now.plus(DEADLINE);
            let about = About { rut: Some(rut), lane: Lane::Logout, rank: Rank::Notice, kind: KIND };
            outbox::post(tx, cx, about, &logout, deadline).await?;
        }
    }
    Ok(())
}

/// Whoever got something in the session. What they got may have ended long ago, yet they let the person in until they hear that the session has.
async fn entered(tx: &mut Tx, rut: Rut, sid: Sid) -> sql::Result<Vec<ClientId>> {
    let rows = tx
        .all(sql!("SELECT DISTINCT client FROM access_grant WHERE rut = $1 AND sid = $2 ORDER BY client", rut_value(rut), sid))
        .await?;
    rows.iter().map(|row| row.get("client")).collect()
}

/// Tries once. The message's id is the token's `jti`: a system that had it already knows it again.
pub(crate) async fn send(clave: &Clave, systems: &Systems, id: MessageId, body: &[u8], now: Moment) -> Result<(), Failure> {
    let logout: Logout = outbox::open(&clave.vault, id, body)?;
    let client = client::find(&mut clave.db.read().await.map_err(Fault::from)?, &logout.client).await?;
    let Some((client, address)) = client.and_then(|client| Some((client.clone(), client.backchannel_logout_uri?))) else {
        return Err(Failure::Final("backchannel: the system is gone, or wants to be told no more".to_owned()));
    };
    let token = token(clave, systems, &client, &logout, id, now)?;
    systems.http.post(&address, &[("logout_token", &token)]).await
}

fn token(
    clave: &Clave,
    systems: &Systems,
    client: &Client,
    logout: &Logout,
    id: MessageId,
    now: Moment,
) -> Result<String, Fault> {
    let key = clave.signing.current(client.id_token_alg, now)?;
    let (sid, jti) = (logout.sid.told_to(&clave.vault, &client.id)?, id.hex());
    LogoutToken::new(&systems.issuer, client.id.as_str(), &logout.subject, &sid, &jti, now.micros().div_euclid(1_000_000))
        .sign(&key)
        .map_err(Fault::at("signing a logout token"))
}
