//! Use case: log in, with the key. A living provisional key leads to «Cambiar CS» instead.

use rut::Rut;
use serde::{Deserialize, Serialize};

use crate::{
    Cx, Fault, Secret,
    attempt::{Attempt, Refused as AttemptRefused},
    flow::{Browser, Token},
    minimum::Datum,
    session::Agent,
};

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before anything was looked at.
    #[error(transparent)]
    Attempt(#[from] AttemptRefused),
    /// RUT and key do not belong together; one message for both.
    #[error("wrong RUT or key")]
    WrongKey,
}

/// What a right key came to.
#[derive(Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// There is a session.
    In,
    /// The key was a provisional one: it serves in «Cambiar CS» alone.
    Provisional,
    /// Minimum data are missing (G-7).
    Interrupted {
        /// Which.
        missing: Vec<Datum>,
    },
}

/// Logs in. The session belongs to `into`, the hash of the cookie that the browser gets with the answer. Gives the flow of the outcome, which the second of a double click finds as well.
pub async fn log_in(
    _cx: &mut Cx,
    _attempt: &Attempt,
    _rut: Rut,
    _key: &Secret,
    _into: Browser,
    _agent: Agent,
) -> Result<Token, Refused> {
    todo!()
}

/// What became of a login in this browser; `None` when it is not to be seen, or no more.
pub async fn outcome(_cx: &Cx, _browser: Browser, _token: &Token) -> Result<Option<Outcome>, Fault> {
    todo!()
}

/// Whether a login has to solve a captcha: after suspicious failures at the RUT or from the address.
pub async fn asks_captcha(_cx: &Cx, _rut: Option<Rut>) -> Result<bool, Fault> {
    todo!()
}
