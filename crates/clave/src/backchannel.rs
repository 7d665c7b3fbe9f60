//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): when a session ends, each system that the person entered in it is told, server to
//! server.
//!
//! The message lies in the outbox from the moment the session ends, as who, whom and about which session. Its token is made and signed when it is
//! sent, so that it is fresh at each try (2.4: `iat`, `exp`), by the key of that moment.

use rut::Rut;
use sql::Tx;

use crate::{cx::Cx, fault::Fault, session::Sid};

/// Puts one message into the outbox for each client with a `backchannel_logout_uri` that holds a living grant of the session. Call it before those grants
/// end.
pub async fn tell(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut, _sid: Sid) -> Result<(), Fault> {
    todo!()
}
