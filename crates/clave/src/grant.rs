//! What a person gave a system in one session, or for longer: codes, access and refresh tokens belong to a grant and end with it.

use rut::Rut;
use sql::Tx;

use crate::{
    cx::Cx,
    fault::Fault,
    session::{EndedBy, Sid},
};

/// Ends what belongs to a session: every grant without `offline_access`; and tells the clients (back channel). For `session::end`, which appends
/// its own row to the records after this.
pub async fn end_of_session(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut, _sid: Sid, _by: EndedBy) -> Result<(), Fault> {
    Ok(())
}

/// Ends everything that a person gave, offline grants too: the key changed or was frozen.
pub async fn end_of_person(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut) -> Result<(), Fault> {
    Ok(())
}
