//! Use case: an operator looks at an account. Contact data come out masked, and the look is recorded where the person can see it.

use std::sync::Arc;

use rut::Rut;
use serde::Serialize;
use sql::sql;

use crate::{
    Cx, Fault, Moment,
    audit::{self, Event},
    minimum,
    person::{self, Identity, provisional, rut_value},
};

/// An account as operators see it. Times are Chilean, `dd-mm-yyyy HH:MM`.
#[derive(Debug, Serialize)]
pub struct Account {
    /// `12.345.678-5`
    pub rut: String,
    /// `active`, `frozen since …`, `incomplete`
    pub state: String,
    /// Since when.
    pub registered_at: String,
    /// `declared` or `registry`.
    pub identity: &'static str,
    /// Masked.
    pub email: Option<String>,
    /// Whether the e-mail was confirmed.
    pub email_confirmed: bool,
    /// Masked.
    pub mobile: Option<String>,
    /// Until when a provisional key lives, if one does.
    pub provisional_until: Option<String>,
    /// Names of the missing minimum data.
    pub missing: Vec<String>,
    /// The newest events first, at most 50.
    pub history: Vec<Past>,
}

/// One event.
#[derive(Debug, Serialize)]
pub struct Past {
    /// When.
    pub at: String,
    /// Stored name.
    pub event: String,
    /// Stored detail.
    pub detail: Option<String>,
}

/// Shows an account; `None` when nobody registered with that RUT.
pub async fn show(cx: &mut Cx, rut: Rut) -> Result<Option<Account>, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(person) = person::find(&mut tx, &clave.vault, rut).await? else { return Ok(None) };
    audit::append(&mut tx, cx, rut, Event::PersonShown, None).await?;
    let until = provisional::until(&mut tx, rut, cx.now, clave.settings.limits.provisional_tries).await?;
    let rows =
        tx.all(sql!("SELECT at, event, detail FROM audit WHERE rut = $1 ORDER BY at DESC, id LIMIT 50", rut_value(rut))).await?;
    let history = rows
        .iter()
        .map(|row| {
            let at: Moment = row.get("at")?;
            Ok(Past { at: at.in_chile(), event: row.get("event")?, detail: row.get("detail")? })
        })
        .collect::<sql::Result<_>>()?;
    tx.commit().await?;
    let missing = minimum::missing(&person, &clave.settings.minimum_data);
    let state = match person.frozen_at {
        Some(since) => format!("frozen since {}", since.in_chile()),
        None if missing.is_empty() => "active".to_owned(),
        None => "incomplete".to_owned(),
    };
    Ok(Some(Account {
        rut: rut.to_string(),
        state,
        registered_at: person.registered_at.in_chile(),
        identity: match person.identity {
            Identity::Declared => "declared",
            Identity::Registry => "registry",
        },
        email: person.details.email.as_ref().map(person::Email::masked),
        email_confirmed: person.email_confirmed_at.is_some(),
        mobile: person.details.phone.as_ref().map(person::Phone::masked),
        provisional_until: until.map(Moment::in_chile),
        missing: missing.iter().map(|datum| datum.name().to_owned()).collect(),
        history,
    }))
}
