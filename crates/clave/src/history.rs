//! What happened to a person's account, for its owner: the records about this RUT since it was registered, newest first. What strangers tried is there as
//! well, from about where; who they were nobody knows.

use std::net::IpAddr;

use rut::Rut;
use sql::{Row, Tx, sql};

use crate::{fault::Fault, moment::Moment, person::rut_value, session::approximate};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub at: Moment,
    /// The event's stored name.
    pub event: String,
    /// Its detail, as stored.
    pub detail: Option<String>,
    /// By whom.
    pub actor: Actor,
    /// From about where: `203.0.113.x`.
    pub network: Option<String>,
}

/// By whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at a page: the person, or whoever pretended to be.
    Visitor,
    /// The help desk.
    Operator,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Newest first.
    pub past: Vec<Past>,
    /// Whether there are older ones.
    pub more: bool,
}

/// So many lines are a page.
pub const PAGE: u32 = 25;
/// So far back the pages go: what is older is for the help desk.
pub const PAGES: u32 = 400;

/// A page of the history, from 1. Times before the registration belong to whoever tried the RUT before it was an account.
pub async fn of_person(tx: &mut Tx, rut: Rut, page: u32) -> Result<Listed, Fault> {
    let before = page.clamp(1, PAGES).saturating_sub(1).saturating_mul(PAGE);
    // Tokens follow an entrance or a device that was let in: those are told.
    let rows = tx
        .all(sql!(
            "SELECT at, actor, event, detail, address FROM audit
             WHERE rut = $1 AND event <> 'tokens_issued' AND at >= (SELECT registered_at FROM person WHERE rut = $1)
             ORDER BY at DESC, seq DESC LIMIT $2 OFFSET $3",
            rut_value(rut),
            i64::from(PAGE) + 1,
            i64::from(before)
        ))
        .await?;
    let past = rows.iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX)).map(read).collect::<sql::Result<Vec<_>>>()?;
    Ok(Listed { more: rows.len() > past.len() && page < PAGES, past })
}

fn read(row: &Row) -> sql::Result<Past> {
    let (actor, address): (String, Option<Vec<u8>>) = (row.get("actor")?, row.get("address")?);
    Ok(Past {
        at: row.get("at")?,
        event: row.get("event")?,
        detail: row.get("detail")?,
        actor: if actor == "operator" { Actor::Operator } else { Actor::Visitor },
        network: address.and_then(|bytes| ip(&bytes)).map(approximate),
    })
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    v4.or_else(|| <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok())
}
