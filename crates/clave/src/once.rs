//! Things that serve once, on all nodes: DPoP proofs, client assertions, request objects. Each names itself by a `jti` of its maker's choice; the
//! database has the SHA-256 of kind, maker and `jti` until the thing itself has expired.

use sql::{Tx, sql};

use crate::{fault::Fault, moment::Moment, vault::sha256};

/// Claims it. Of two that try, one gets `true`; `until` is when the thing expires by itself.
///
/// `kind` keeps the names of different things apart; `issuer` is whose choice the `jti` was: a client, or the thumbprint of a key.
pub async fn claim(tx: &mut Tx, kind: &str, issuer: &str, jti: &str, until: Moment) -> Result<bool, Fault> {
    // Each part with its length before it: `ab`+`c` and `a`+`bc` are two things.
    let mut named = Vec::with_capacity(kind.len() + issuer.len() + jti.len() + 24);
    for part in [kind, issuer, jti] {
        named.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        named.extend_from_slice(part.as_bytes());
    }
    let row = tx
        .one(sql!("INSERT INTO once (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id", sha256(&named), until))
        .await?;
    Ok(row.is_some())
}
