//! What an OTEC's LMS shows: a UUID, shown once when it is issued. The database has the SHA-256 of its lower-case text.

use rut::Rut;
use sql::{Row, Tx, sql};

use super::rut;
use crate::{Fault, Moment, Secret, vault::sha256};

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The OTEC.
    pub otec: Rut,
    /// Whether the token was revoked or has ended.
    pub ended: bool,
}

/// Whose token this is; upper or lower case.
pub async fn of_token(tx: &mut Tx, token: &Secret, now: Moment) -> Result<Option<Holder>, Fault> {
    let row = tx.one(sql!("SELECT otec, until, revoked_at FROM otec_token WHERE id = $1", id(token))).await?;
    let holder = |row: &Row| {
        let (until, revoked_at): (Option<Moment>, Option<Moment>) = (row.get("until")?, row.get("revoked_at")?);
        let ended = revoked_at.is_some() || until.is_some_and(|until| until <= now);
        Ok(Holder { otec: rut(row, "otec")?, ended })
    };
    row.as_ref().map(holder).transpose()
}

/// Under which a token is stored.
fn id(token: &Secret) -> [u8; 32] {
    sha256(token.expose().to_ascii_lowercase().as_bytes())
}
