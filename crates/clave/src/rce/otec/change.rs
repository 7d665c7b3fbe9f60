//! What operators do with OTECs. Records name the OTEC in their detail: they are the installation's, not a person's.

use std::sync::Arc;

use rut::Rut;
use sql::{Tx, sql};

use crate::{
    Cx, Fault,
    audit::{self, Event},
    person::rut_value,
    rce::Origin,
};

const LONGEST_NAME: usize = 100;
/// More than any OTEC has platforms.
const MOST_ORIGINS: usize = 50;

/// Why an OTEC is not changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Its name cannot be shown.
    #[error("its name is shown to participants: write 1 to {LONGEST_NAME} characters on one line")]
    Name,
    /// Too many origins.
    #[error("it has too many callback origins: write at most {MOST_ORIGINS}")]
    Origins,
    /// It is registered.
    #[error(
        "an OTEC with this RUT is registered: `clavero otec list` shows it, `clavero otec origins` changes where it may send people"
    )]
    Taken,
    /// It is not.
    #[error("no OTEC with this RUT is registered: `clavero otec list` shows them, `clavero otec add` registers one")]
    Unknown,
    /// It has no such token.
    #[error(
        "the OTEC has no such token: `clavero otec token list` shows them; write the first 8 digits that it prints, or the whole token"
    )]
    NoToken,
    /// Several begin so.
    #[error("several of the OTEC's tokens begin so: write the whole token")]
    Ambiguous,
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Registers an OTEC.
pub async fn add(cx: &mut Cx, rut: Rut, name: &str, origins: &[Origin]) -> Result<(), Refused> {
    let name = name.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Refused::Name);
    }
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let stored = tx
        .one(sql!(
            "INSERT INTO otec (rut, name, origins, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING rut",
            rut_value(rut),
            name,
            text(origins)?,
            cx.now
        ))
        .await?;
    if stored.is_none() {
        return Err(Refused::Taken);
    }
    audit::append(&mut tx, cx, None, Event::OtecAdded, Some(&rut.plain())).await?;
    Ok(tx.commit().await?)
}

/// Says where its participants may be sent back to; with none, each return waits for the person. Counts at once. Gives whether that was not so already.
pub async fn set_origins(cx: &mut Cx, rut: Rut, origins: &[Origin]) -> Result<bool, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    take(&mut tx, rut).await?;
    let changed =
        tx.run(sql!("UPDATE otec SET origins = $2 WHERE rut = $1 AND origins <> $2", rut_value(rut), text(origins)?)).await?;
    end(tx, cx, rut, changed, Event::OtecOriginsChanged).await
}

/// Nothing is registered for it from now on (302). Gives whether that was not so already.
pub async fn suspend(cx: &mut Cx, rut: Rut) -> Result<bool, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    take(&mut tx, rut).await?;
    let statement = sql!("UPDATE otec SET suspended_at = $2 WHERE rut = $1 AND suspended_at IS NULL", rut_value(rut), cx.now);
    let changed = tx.run(statement).await?;
    end(tx, cx, rut, changed, Event::OtecSuspended).await
}

/// Takes a suspension back. Gives whether there was one.
pub async fn resume(cx: &mut Cx, rut: Rut) -> Result<bool, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    take(&mut tx, rut).await?;
    let statement = sql!("UPDATE otec SET suspended_at = NULL WHERE rut = $1 AND suspended_at IS NOT NULL", rut_value(rut));
    let changed = tx.run(statement).await?;
    end(tx, cx, rut, changed, Event::OtecResumed).await
}

/// Holds the row of a registered OTEC.
pub(super) async fn take(tx: &mut Tx, rut: Rut) -> Result<(), Refused> {
    let row = tx.one(sql!("UPDATE otec SET rut = rut WHERE rut = $1 RETURNING rut", rut_value(rut))).await?;
    row.map(drop).ok_or(Refused::Unknown)
}

/// Records what was changed, if anything was.
async fn end(mut tx: Tx, cx: &mut Cx, rut: Rut, changed: u64, event: Event) -> Result<bool, Refused> {
    if changed > 0 {
        audit::append(&mut tx, cx, None, event, Some(&rut.plain())).await?;
    }
    tx.commit().await?;
    Ok(changed > 0)
}

/// In one order and each once, so that the same origins are the same text.
fn text(origins: &[Origin]) -> Result<String, Refused> {
    let mut origins = origins.to_vec();
    origins.sort();
    origins.dedup();
    if origins.len() > MOST_ORIGINS {
        return Err(Refused::Origins);
    }
    serde_json::to_string(&origins).map_err(|error| Fault::at("writing an OTEC's origins")(error).into())
}
