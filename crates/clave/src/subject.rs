//! The names by which relying systems know people (OIDC Core 8): random, stored at first use, so that they tell nothing of the RUT and outlive every
//! key. Pairwise by default: two systems of different sectors cannot tell that they speak of the same person.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt as _;
use rut::Rut;
use sql::{Tx, sql};

use crate::{
    client::{Client, ClientId, SubjectType},
    cx::Cx,
    fault::Fault,
    person::rut_value,
    session::Sid,
    vault::{Purpose, Vault, hex},
};

/// The `sub` of this person for this client; made at its first use.
pub async fn of(tx: &mut Tx, cx: &mut Cx, rut: Rut, client: &Client) -> Result<String, Fault> {
    if let Some(known) = known(tx, rut, client).await? {
        return Ok(known);
    }
    // Somebody else may make the first one at the same moment: then it is that one.
    let row = tx
        .only(sql!(
            "INSERT INTO subject (rut, sector, sub, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (rut, sector) DO UPDATE SET sector = subject.sector RETURNING sub",
            rut_value(rut),
            sector(client),
            BASE64_URL_SAFE_NO_PAD.encode(cx.rng.random::<[u8; 16]>()),
            cx.now
        ))
        .await?;
    Ok(row.get("sub")?)
}

/// The `sub` of this person for this client, if it was ever used.
pub(crate) async fn known(tx: &mut Tx, rut: Rut, client: &Client) -> Result<Option<String>, Fault> {
    let known = sql!("SELECT sub FROM subject WHERE rut = $1 AND sector = $2", rut_value(rut), sector(client));
    Ok(tx.one(known).await?.map(|row| row.get("sub")).transpose()?)
}

/// Whose `sub` this is for this client.
pub async fn owner(tx: &mut Tx, client: &Client, sub: &str) -> Result<Option<Rut>, Fault> {
    let row = tx.one(sql!("SELECT rut FROM subject WHERE sector = $1 AND sub = $2", sector(client), sub)).await?;
    let number: Option<i64> = row.map(|row| row.get("rut")).transpose()?;
    Ok(number.and_then(|number| u32::try_from(number).ok()).and_then(Rut::from_number))
}

impl Sid {
    /// The `sid` of this session for this client (Back-Channel Logout 2.1): another one for each, as the same one everywhere would tell two systems that
    /// their `sub`s are one person.
    pub fn told_to(self, vault: &Vault, client: &ClientId) -> Result<String, Fault> {
        let whole = vault.mac(Purpose::Decoy, "sid", &[self.hex().as_bytes(), client.as_str().as_bytes()])?;
        let [told, _] = whole.as_chunks::<16>().0 else { return Err(Fault::new("naming a session")) };
        Ok(hex(told))
    }
}

/// No host is empty: the empty sector is that of public names.
fn sector(client: &Client) -> &str {
    match &client.subject {
        SubjectType::Pairwise { sector } => sector,
        SubjectType::Public => "",
    }
}
