//! The names by which relying systems know people (OIDC Core 8): random, stored at first use, so that they tell nothing of the RUT and outlive every
//! key. Pairwise by default: two systems of different sectors cannot tell that they speak of the same person.

use rut::Rut;
use sql::Tx;

use crate::{client::Client, cx::Cx, fault::Fault};

/// The `sub` of this person for this client; made at its first use.
pub async fn of(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut, _client: &Client) -> Result<String, Fault> {
    todo!()
}

/// Whose `sub` this is for this client.
pub async fn owner(_tx: &mut Tx, _client: &Client, _sub: &str) -> Result<Option<Rut>, Fault> {
    todo!()
}
