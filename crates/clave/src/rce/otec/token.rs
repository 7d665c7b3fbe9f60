//! What an OTEC's LMS shows: a UUID, shown once when it is issued. The database has the SHA-256 of its lower-case text.

use std::{sync::Arc, time::Duration};

use rand::RngExt as _;
use rut::Rut;
use sql::{Row, Tx, sql};

use super::{
    change::{Refused, take},
    rut,
};
use crate::{
    Cx, Fault, Moment, Secret,
    audit::{self, Event},
    person::rut_value,
    vault::{hex, sha256},
};

/// So many digits of what is stored name a token among its OTEC's.
const NAME: usize = 8;

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The OTEC.
    pub otec: Rut,
    /// Whether the token was revoked or has ended.
    pub ended: bool,
}

/// A new token.
#[derive(Debug)]
pub struct Issued {
    /// To be shown once.
    pub token: Secret,
    /// As it is listed.
    pub name: String,
    /// When it ends by itself.
    pub until: Option<Moment>,
}

/// A token, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The first digits of what is stored: they name it, and tell nothing of it.
    pub name: String,
    /// Since when.
    pub made_at: Moment,
    /// When it ends by itself; most never do.
    pub until: Option<Moment>,
    /// Since when it serves no more.
    pub revoked_at: Option<Moment>,
}

impl Listed {
    /// Whether it serves.
    pub fn lives(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.until.is_none_or(|until| until > now)
    }
}

/// Whose token this is; upper or lower case.
pub async fn of_token(tx: &mut Tx, token: &Secret, now: Moment) -> Result<Option<Holder>, Fault> {
    of_stored(tx, &stored(token), now).await
}

/// Whose token it is that is stored so.
pub(in crate::rce) async fn of_stored(tx: &mut Tx, id: &[u8; 32], now: Moment) -> Result<Option<Holder>, Fault> {
    let row = tx.one(sql!("SELECT id, otec, made_at, until, revoked_at FROM otec_token WHERE id = $1", *id)).await?;
    row.map(|row| Ok(Holder { otec: rut(&row, "otec")?, ended: !listed(&row)?.lives(now) })).transpose()
}

/// Issues one more; those before go on.
pub async fn issue(cx: &mut Cx, otec: Rut, lifetime: Option<Duration>) -> Result<Issued, Refused> {
    let token = uuid(cx.rng.random());
    let until = lifetime.map(|lifetime| cx.now.plus(lifetime));
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    take(&mut tx, otec).await?;
    let id = stored(&token);
    tx.run(sql!("INSERT INTO otec_token (id, otec, made_at, until) VALUES ($1, $2, $3, $4)", id, rut_value(otec), cx.now, until))
        .await?;
    let name = name(&id);
    audit::append(&mut tx, cx, None, Event::OtecTokenIssued, Some(&format!("{} {name}", otec.plain()))).await?;
    tx.commit().await?;
    Ok(Issued { token, name, until })
}

/// The OTEC's tokens, the oldest first; also those that serve no more.
pub async fn list(tx: &mut Tx, otec: Rut) -> Result<Vec<Listed>, Fault> {
    let rows = tx
        .all(sql!("SELECT id, made_at, until, revoked_at FROM otec_token WHERE otec = $1 ORDER BY made_at, id", rut_value(otec)))
        .await?;
    rows.iter().map(listed).collect()
}

/// Revokes one, named by what is listed or by itself: it serves no more, at once. Gives how it is listed, and whether it was not revoked before.
pub async fn revoke(cx: &mut Cx, otec: Rut, named: &str) -> Result<(String, bool), Refused> {
    let named = named.trim().to_ascii_lowercase();
    let itself = stored(&Secret::new(named.as_str()));
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    take(&mut tx, otec).await?;
    let rows = tx.all(sql!("SELECT id FROM otec_token WHERE otec = $1 ORDER BY id", rut_value(otec))).await?;
    let ids = rows.iter().map(|row| row.get::<[u8; 32]>("id")).collect::<sql::Result<Vec<_>>>()?;
    let is_meant = |id: &&[u8; 32]| **id == itself || named.len() >= NAME && hex(*id).starts_with(&named);
    let mut meant = ids.iter().filter(is_meant);
    let stored = match (meant.next(), meant.next()) {
        (None, _) => return Err(Refused::NoToken),
        (Some(_), Some(_)) => return Err(Refused::Ambiguous),
        (Some(id), None) => id,
    };
    let revoked =
        tx.run(sql!("UPDATE otec_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", *stored, cx.now)).await?;
    let name = name(stored);
    if revoked > 0 {
        audit::append(&mut tx, cx, None, Event::OtecTokenRevoked, Some(&format!("{} {name}", otec.plain()))).await?;
    }
    tx.commit().await?;
    Ok((name, revoked > 0))
}

fn listed(row: &Row) -> Result<Listed, Fault> {
    Ok(Listed {
        name: name(&row.get("id")?),
        made_at: row.get("made_at")?,
        until: row.get("until")?,
        revoked_at: row.get("revoked_at")?,
    })
}

/// Under which a token is stored.
pub(in crate::rce) fn stored(token: &Secret) -> [u8; 32] {
    sha256(token.expose().to_ascii_lowercase().as_bytes())
}

fn name(id: &[u8; 32]) -> String {
    hex(id).chars().take(NAME).collect()
}

/// A random UUID (RFC 9562, 5.4): what the plugins' fields take.
fn uuid(chance: u128) -> Secret {
    let marked = chance & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{marked:032x}");
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)].map(|(from, to)| digits.get(from..to).unwrap_or_default());
    Secret::new(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_random_uuid_in_lower_case() {
        assert_eq!(uuid(0).expose(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX).expose(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef).expose(), "01234567-89ab-4def-8123-456789abcdef");
    }
}
