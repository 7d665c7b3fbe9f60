//! What a finished process came to, for its result page.

use clave::flow::{self, Kind, Token};
use serde::de::DeserializeOwned;

use crate::kit::{errors::Failure, visit::Visit};

/// The outcome of this browser's process; `None` when there is none to be seen, or no more.
pub async fn of<O: DeserializeOwned>(visit: &mut Visit, kind: Kind, token: &Token) -> Result<Option<O>, Failure> {
    let browser = visit.browser();
    let mut tx = visit.cx.clave.db.read().await?;
    Ok(flow::outcome(&mut tx, &visit.cx, kind, browser, token).await?)
}
