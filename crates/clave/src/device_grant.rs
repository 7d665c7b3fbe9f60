//! Devices without a browser (RFC 8628): the device shows a short code, the person types it in a browser where they are logged in, and the device,
//! which asks again and again meanwhile, gets its tokens.

use oidc::{claims_request::ClaimsRequest, device::UserCode, scope::Scopes};
use rand::RngExt as _;
use rut::Rut;
use sql::{Tx, sql};

use crate::{
    audit::{self, Event},
    client::{self, Client, ClientId},
    cx::Cx,
    fault::Fault,
    grant::{
        Acr, Refused, is_offline,
        row::{self, Id},
        secret, stored,
    },
    moment::Moment,
    person,
    secret::Secret,
    session::Sid,
};

/// After each question that came too soon, so much longer (RFC 8628 3.5).
const LONGER: i64 = 5;

/// What the device is told.
#[derive(Debug)]
pub struct Started {
    /// For the device alone: 256 bits.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: UserCode,
}

/// A code that somebody may type.
#[derive(Debug)]
pub struct Waiting {
    /// Who asks.
    pub client: ClientId,
    /// What for.
    pub scopes: Scopes,
}

/// Who let a device in.
#[derive(Debug, Clone, Copy)]
pub struct Approval {
    /// Who.
    pub rut: Rut,
    /// In which session.
    pub sid: Sid,
    /// When the key was proved.
    pub authenticated_at: Moment,
    /// How.
    pub acr: Acr,
}

/// What the person said.
#[derive(Debug, Clone, Copy)]
pub enum Decision {
    /// The device may go on.
    Granted(Approval),
    /// It may not.
    Denied,
}

/// A device asks (RFC 8628 3.1).
pub async fn begin(tx: &mut Tx, cx: &mut Cx, client: &Client, scopes: &Scopes) -> Result<Started, Fault> {
    let oidc = cx.clave.settings.oidc;
    let device_code = secret(&mut cx.rng);
    // Among 25 thousand million codes one that is taken is as good as never drawn; twice in a row it is not chance.
    for _ in 0..3 {
        let user_code = UserCode::draw(|below| cx.rng.random_range(0..below));
        let row = tx
            .one(sql!(
                "INSERT INTO device_grant (id, user_code, client, scopes, state, pause_seconds, asked_at, until)
                 VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id",
                stored(device_code.expose()),
                stored(user_code.letters()),
                client.id.as_str(),
                scopes.to_string(),
                i64::try_from(oidc.device_interval.as_secs()).unwrap_or(i64::MAX),
                // The first question may come at once.
                cx.now.minus(oidc.device_interval),
                cx.now.plus(oidc.device)
            ))
            .await?;
        if row.is_some() {
            return Ok(Started { device_code, user_code });
        }
    }
    Err(Fault::new("drawing a code for a device"))
}

/// Who asks with this code, while nobody has decided.
pub async fn look(tx: &mut Tx, code: &UserCode, now: Moment) -> Result<Option<Waiting>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT client, scopes FROM device_grant WHERE user_code = $1 AND state = 'waiting' AND until > $2",
            stored(code.letters()),
            now
        ))
        .await?;
    row.map(|row| Ok(Waiting { client: row.get("client")?, scopes: Scopes::parse(&row.get::<String>("scopes")?) })).transpose()
}

/// Decides, once: `false` when the code ended, was decided before, or the person may let nobody in. Appends to the records: call it last.
pub async fn decide(tx: &mut Tx, cx: &mut Cx, code: &UserCode, decision: &Decision) -> Result<bool, Fault> {
    match decision {
        Decision::Granted(approval) => allow(tx, cx, code, approval).await,
        Decision::Denied => {
            let row = tx
                .one(sql!(
                    "UPDATE device_grant SET state = 'denied' WHERE user_code = $1 AND state = 'waiting' AND until > $2
                     RETURNING client",
                    stored(code.letters()),
                    cx.now
                ))
                .await?;
            let Some(row) = row else { return Ok(false) };
            audit::append(tx, cx, None, Event::DeviceDenied, Some(&row.get::<String>("client")?)).await?;
            Ok(true)
        }
    }
}

async fn allow(tx: &mut Tx, cx: &mut Cx, code: &UserCode, approval: &Approval) -> Result<bool, Fault> {
    let &Approval { rut, sid, authenticated_at, acr } = approval;
    let clave = std::sync::Arc::clone(&cx.clave);
    let person = person::take(tx, &clave.vault, rut, cx.now).await?;
    if person.is_none_or(|person| person.frozen_at.is_some()) {
        return Ok(false);
    }
    let Some(waiting) = look(tx, code, cx.now).await? else { return Ok(false) };
    let Some(client) = client::find(tx, &waiting.client).await? else { return Ok(false) };
    let claimed = tx
        .one(sql!(
            "UPDATE device_grant SET state = 'granted' WHERE user_code = $1 AND state = 'waiting' AND until > $2 RETURNING until",
            stored(code.letters()),
            cx.now
        ))
        .await?;
    let Some(claimed) = claimed else { return Ok(false) };
    let new = row::New {
        client: &client.id,
        person: Some(row::Person { rut, sid, authenticated_at, acr }),
        scopes: &waiting.scopes,
        wanted: &ClaimsRequest::default(),
        offline: is_offline(&client, &waiting.scopes),
        until: claimed.get("until")?,
    };
    let grant = row::insert(tx, cx, new).await?;
    tx.run(sql!("UPDATE device_grant SET grant_id = $2 WHERE user_code = $1", stored(code.letters()), grant.0)).await?;
    audit::append(tx, cx, rut, Event::DeviceGranted, Some(client.id.as_str())).await?;
    Ok(true)
}

/// What a device that asks is told.
pub(crate) enum Poll {
    /// Nothing to exchange; the answer is to be committed.
    Answer(Refused),
    /// The person let it in.
    Decided(Id),
}

/// A device asks. None when the code is not known, or another client's. Holds the row only where nobody has decided.
pub(crate) async fn poll(tx: &mut Tx, cx: &Cx, client: &Client, device_code: &str) -> Result<Option<Poll>, Fault> {
    let id = stored(device_code);
    let row = tx.one(sql!("SELECT client, state, grant_id, until FROM device_grant WHERE id = $1", id)).await?;
    let Some(row) = row else { return Ok(None) };
    if row.get::<String>("client")? != client.id.as_str() {
        return Ok(None);
    }
    // Used before: that must be found out however late it is shown again.
    let state: String = row.get("state")?;
    if let Some(grant) = row.get("grant_id")? {
        let in_time = row.get::<Moment>("until")? > cx.now || state == "done";
        return Ok(Some(if in_time { Poll::Decided(Id(grant)) } else { Poll::Answer(Refused::DeviceExpired) }));
    }
    if row.get::<Moment>("until")? <= cx.now {
        return Ok(Some(Poll::Answer(Refused::DeviceExpired)));
    }
    if state == "denied" {
        return Ok(Some(Poll::Answer(Refused::Denied)));
    }
    asked(tx, cx, id).await.map(|refused| Some(Poll::Answer(refused)))
}

/// Counts a question of a device that waits.
async fn asked(tx: &mut Tx, cx: &Cx, id: [u8; 32]) -> Result<Refused, Fault> {
    let in_time = tx
        .one(sql!(
            "UPDATE device_grant SET asked_at = $2 WHERE id = $1 AND asked_at + pause_seconds * 1000000 <= $2 RETURNING id",
            id,
            cx.now
        ))
        .await?;
    if in_time.is_some() {
        return Ok(Refused::Pending);
    }
    tx.run(sql!("UPDATE device_grant SET pause_seconds = pause_seconds + $2, asked_at = $3 WHERE id = $1", id, LONGER, cx.now))
        .await?;
    Ok(Refused::TooSoon)
}

/// Uses a device code up. Of two that try, one gets `true`.
pub(crate) async fn spend(tx: &mut Tx, device_code: &str) -> Result<bool, Fault> {
    let row = tx
        .one(sql!("UPDATE device_grant SET state = 'done' WHERE id = $1 AND state = 'granted' RETURNING id", stored(device_code)))
        .await?;
    Ok(row.is_some())
}
