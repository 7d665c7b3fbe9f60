//! Use case: the participant proves with the key, and the attendance is started or closed.

use std::time::Duration;

use rut::Rut;

use super::{Endpoint, Reply};
use crate::{
    Cx, Fault, Moment, Secret,
    attempt::Attempt,
    flow::{Browser, Token},
    login::Refused,
    minimum::Datum,
    session::Agent,
};

/// So long the participant has (210).
pub const TIME: Duration = Duration::from_mins(3);
/// So many keys may be wrong (100).
pub const TRIES: u32 = 3;

/// What waits for the key.
#[derive(Debug)]
pub struct Asked {
    /// Which of the four addresses was called.
    pub endpoint: Endpoint,
    /// The OTEC's name.
    pub otec: String,
    /// The LMS's host.
    pub host: String,
    /// Who has to prove it: read-only on the page.
    pub rut: Rut,
    /// Which action.
    pub codigo_curso: String,
    /// When time is up.
    pub until: Moment,
    /// Wrong keys that are left.
    pub tries_left: u32,
}

/// Where it stands.
#[derive(Debug)]
pub enum Standing {
    /// The person is asked for the key.
    Asks(Asked),
    /// It is answered: well or not, in time or not.
    Answered(Reply),
}

/// What a right key came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered ([`standing`] has the reply): registered, or refused by a last wrong key, or too late.
    Answered,
    /// The key was a provisional one: it serves in «Cambiar CS» alone.
    Provisional,
    /// Minimum data are missing (G-7).
    Interrupted {
        /// Which.
        missing: Vec<Datum>,
    },
}

/// What the browser's page shows. The first browser that brings the token has it; for another one, or when it is long over, `None`. Time that is up is answered here.
pub async fn standing(_cx: &mut Cx, _browser: Browser, _token: &Token) -> Result<Option<Standing>, Fault> {
    todo!()
}

/// Checks the key. `Ok(None)` where nothing waits for this browser.
///
/// # Errors
/// [`Refused`] while tries are left: the form is shown again. A try that the throttle refuses counts as a wrong one.
pub async fn attend(
    _cx: &mut Cx,
    _attempt: &Attempt,
    _token: &Token,
    _key: &Secret,
    _agent: &Agent,
) -> Result<Option<Outcome>, Refused> {
    todo!()
}
