//! What a person let a system know. It is remembered, so that the question comes once, and again only when a system asks for more. The values are
//! never stored here: the page shows them as they are.

use std::collections::BTreeSet;

use oidc::{Scopes, claims::Claim};
use rut::Rut;
use sql::{Row, Tx, sql};

use crate::{
    audit::{self, Event},
    client::ClientId,
    cx::Cx,
    fault::Fault,
    grant,
    moment::Moment,
    person::rut_value,
};

/// What one person let one system know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Since when the system knows anything.
    pub since: Moment,
    /// Scopes.
    pub scopes: Scopes,
    /// What the scopes and the request stood for.
    pub claims: BTreeSet<Claim>,
}

impl Consent {
    /// Whether it holds everything that is asked for now.
    pub fn covers(&self, scopes: &Scopes, claims: &BTreeSet<Claim>) -> bool {
        scopes.is_subset(&self.scopes) && claims.is_subset(&self.claims)
    }
}

/// What the person let the system know before.
pub async fn given(tx: &mut Tx, rut: Rut, client: &ClientId) -> Result<Option<Consent>, Fault> {
    let row =
        tx.one(sql!("SELECT since, scopes, claims FROM consent WHERE rut = $1 AND client = $2", rut_value(rut), client)).await?;
    row.map(|row| read(&row)).transpose()
}

/// Adds to it. The caller holds the person's row and appends [`Event::ConsentGiven`] last.
pub async fn give(
    tx: &mut Tx,
    cx: &Cx,
    rut: Rut,
    client: &ClientId,
    scopes: &Scopes,
    claims: &BTreeSet<Claim>,
) -> Result<(), Fault> {
    let before = given(tx, rut, client).await?;
    let before = before.unwrap_or_else(|| Consent { since: cx.now, scopes: Scopes::none(), claims: BTreeSet::new() });
    let claims: Vec<&Claim> = before.claims.union(claims).collect();
    tx.run(sql!(
        "INSERT INTO consent (rut, client, since, scopes, claims) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (rut, client) DO UPDATE SET scopes = $4, claims = $5",
        rut_value(rut),
        client,
        before.since,
        before.scopes.union(scopes).to_string(),
        serde_json::to_string(&claims).map_err(Fault::at("writing a consent"))?
    ))
    .await?;
    Ok(())
}

/// Takes it back: the system is asked for again next time, and whatever it holds of this person ends. The caller holds the person's row.
pub async fn withdraw(tx: &mut Tx, cx: &mut Cx, rut: Rut, client: &ClientId) -> Result<(), Fault> {
    tx.run(sql!("DELETE FROM consent WHERE rut = $1 AND client = $2", rut_value(rut), client)).await?;
    grant::end_between(tx, cx, rut, client).await?;
    audit::append(tx, cx, rut, Event::ConsentWithdrawn, Some(client.as_str())).await?;
    Ok(())
}

/// Everything that a person let systems know, the oldest first.
pub async fn of_person(tx: &mut Tx, rut: Rut) -> Result<Vec<(ClientId, Consent)>, Fault> {
    let rows = tx
        .all(sql!("SELECT client, since, scopes, claims FROM consent WHERE rut = $1 ORDER BY since, client", rut_value(rut)))
        .await?;
    rows.iter().map(|row| Ok((row.get("client")?, read(row)?))).collect()
}

/// A client was removed: another one of the same name is asked for anew.
pub async fn forget_client(tx: &mut Tx, client: &ClientId) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM consent WHERE client = $1", client)).await.map(drop)
}

fn read(row: &Row) -> Result<Consent, Fault> {
    let (scopes, claims): (String, String) = (row.get("scopes")?, row.get("claims")?);
    Ok(Consent {
        since: row.get("since")?,
        scopes: Scopes::parse(&scopes),
        claims: serde_json::from_str(&claims).map_err(Fault::at("reading a consent"))?,
    })
}
