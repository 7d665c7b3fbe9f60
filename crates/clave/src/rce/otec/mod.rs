//! Training bodies (OTEC): who they are, where their participants are sent back to, what their LMS shows.

mod change;
pub mod token;

use rut::Rut;
use sql::{Row, Tx, sql};

pub use change::{Refused, add, resume, set_origins, suspend};
pub use token::{Holder, of_token};

use super::{Code, Origin};
use crate::{Fault, Moment, person::rut_value};

/// A training body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otec {
    /// Its RUT.
    pub rut: Rut,
    /// What people know it by.
    pub name: String,
    /// Where its participants are sent back to; with none, each return waits for the person.
    pub origins: Vec<Origin>,
    /// Since when it is registered.
    pub made_at: Moment,
    /// Since when nothing is registered for it (302).
    pub suspended_at: Option<Moment>,
}

/// The OTEC with this RUT.
pub async fn find(tx: &mut Tx, rut: Rut) -> Result<Option<Otec>, Fault> {
    let row = tx.one(sql!("SELECT rut, name, origins, made_at, suspended_at FROM otec WHERE rut = $1", rut_value(rut))).await?;
    row.as_ref().map(otec).transpose()
}

/// Every OTEC, by its RUT.
pub async fn list(tx: &mut Tx) -> Result<Vec<Otec>, Fault> {
    let rows = tx.all(sql!("SELECT rut, name, origins, made_at, suspended_at FROM otec ORDER BY rut")).await?;
    rows.iter().map(otec).collect()
}

/// Whether an LMS that shows a token of this holder may act for the OTEC: 303, 211, 212, and 302 where the OTEC is suspended.
pub(super) fn admits(otec: Option<&Otec>, holder: Option<Holder>, rut: Rut) -> Result<(), Code> {
    let holder = holder.ok_or(Code::UnknownToken)?;
    let otec = otec.filter(|otec| otec.rut == rut && holder.otec == rut).ok_or(Code::ForeignToken)?;
    if holder.ended {
        Err(Code::TokenEnded)
    } else if otec.suspended_at.is_some() {
        Err(Code::Otec)
    } else {
        Ok(())
    }
}

fn otec(row: &Row) -> Result<Otec, Fault> {
    Ok(Otec {
        rut: rut(row, "rut")?,
        name: row.get("name")?,
        origins: serde_json::from_str(&row.get::<String>("origins")?).map_err(Fault::at("reading an OTEC's origins"))?,
        made_at: row.get("made_at")?,
        suspended_at: row.get("suspended_at")?,
    })
}

/// A stored RUT.
pub(super) fn rut(row: &Row, column: &str) -> Result<Rut, Fault> {
    let number = u32::try_from(row.get::<i64>(column)?).ok();
    number.and_then(Rut::from_number).ok_or_else(|| Fault::new("reading a stored RUT"))
}
