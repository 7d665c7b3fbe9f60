//! A grant's row.

use oidc::{
    claims::Claim,
    claims_request::{ClaimsRequest, Wishes},
    scope::Scopes,
};
use rand::RngExt as _;
use rut::Rut;
use serde_json::{Value, json};
use sql::{Row, Tx, sql};

use super::{Acr, Why};
use crate::{client::ClientId, cx::Cx, fault::Fault, moment::Moment, person::rut_value, session::Sid};

/// The name of a grant, inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub [u8; 16]);

/// Whose a grant is, and how they had logged in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub rut: Rut,
    pub sid: Sid,
    pub authenticated_at: Moment,
    pub acr: Acr,
}

/// A grant to be stored.
pub(crate) struct New<'a> {
    pub client: &'a ClientId,
    pub person: Option<Person>,
    pub scopes: &'a Scopes,
    pub wanted: &'a ClaimsRequest,
    pub offline: bool,
    pub until: Moment,
}

/// A stored grant.
#[derive(Debug)]
pub(crate) struct Grant {
    pub id: Id,
    pub client: ClientId,
    pub person: Option<Person>,
    pub scopes: Scopes,
    pub wanted: ClaimsRequest,
    pub offline: bool,
    pub made_at: Moment,
    pub until: Moment,
    pub ended_at: Option<Moment>,
}

impl Grant {
    /// Whether anything of it counts.
    pub fn lives(&self, now: Moment) -> bool {
        self.ended_at.is_none() && self.until > now
    }
}

/// Stores it.
pub(crate) async fn insert(tx: &mut Tx, cx: &mut Cx, new: New<'_>) -> Result<Id, Fault> {
    let id = Id(cx.rng.random());
    tx.run(sql!(
        "INSERT INTO access_grant (id, client, rut, sid, scopes, claims, authenticated_at, acr, offline, made_at, used_at, until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        id.0,
        new.client.as_str(),
        new.person.map(|person| rut_value(person.rut)),
        new.person.map_or(sql::Value::Bytes(None), |person| person.sid.into()),
        new.scopes.to_string(),
        names(new.wanted).to_string(),
        new.person.map(|person| person.authenticated_at),
        new.person.map(|person| person.acr.as_str()),
        new.offline,
        cx.now,
        new.until
    ))
    .await?;
    Ok(id)
}

/// Reads a grant without holding it.
pub(crate) async fn find(tx: &mut Tx, id: Id) -> Result<Option<Grant>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT id, client, rut, sid, scopes, claims, authenticated_at, acr, offline, made_at, until, ended_at
             FROM access_grant WHERE id = $1",
            id.0
        ))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Reads a grant and holds it until the transaction ends: whoever makes tokens or ends them begins with this, after the person.
pub(crate) async fn take(tx: &mut Tx, id: Id, now: Moment) -> Result<Option<Grant>, Fault> {
    let row = tx
        .one(sql!(
            "UPDATE access_grant SET used_at = $2 WHERE id = $1
             RETURNING id, client, rut, sid, scopes, claims, authenticated_at, acr, offline, made_at, until, ended_at",
            id.0,
            now
        ))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Something of it lives until then.
pub(crate) async fn prolong(tx: &mut Tx, id: Id, until: Moment) -> sql::Result<()> {
    tx.run(sql!("UPDATE access_grant SET until = $2 WHERE id = $1 AND until < $2", id.0, until)).await.map(drop)
}

/// Ends it. `false` when it had ended.
pub(crate) async fn end(tx: &mut Tx, id: Id, now: Moment, why: Why) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "UPDATE access_grant SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL RETURNING id",
            id.0,
            now,
            why.name()
        ))
        .await?;
    Ok(row.is_some())
}

/// Which claims were asked for one by one. What the request said about their values was judged when it came in, and may be personal data.
fn names(wanted: &ClaimsRequest) -> Value {
    let of =
        |wishes: &Wishes| Value::Object(wishes.claims().map(|claim: Claim| (claim.as_str().to_owned(), json!({}))).collect());
    json!({ "userinfo": of(&wanted.userinfo), "id_token": of(&wanted.id_token) })
}

fn read(row: &Row) -> Result<Grant, Fault> {
    let claims: String = row.get("claims")?;
    Ok(Grant {
        id: Id(row.get("id")?),
        client: row.get("client")?,
        person: person(row)?,
        scopes: Scopes::parse(&row.get::<String>("scopes")?),
        wanted: serde_json::from_str(&claims).map_err(Fault::at("reading a grant"))?,
        offline: row.get("offline")?,
        made_at: row.get("made_at")?,
        until: row.get("until")?,
        ended_at: row.get("ended_at")?,
    })
}

fn person(row: &Row) -> Result<Option<Person>, Fault> {
    let Some(rut) = row.get::<Option<i64>>("rut")? else { return Ok(None) };
    let wrong = || Fault::new("reading whose a grant is");
    Ok(Some(Person {
        rut: u32::try_from(rut).ok().and_then(Rut::from_number).ok_or_else(wrong)?,
        sid: row.get("sid")?,
        authenticated_at: row.get("authenticated_at")?,
        acr: Acr::parse(&row.get::<String>("acr")?).ok_or_else(wrong)?,
    }))
}
