//! The messages of the last weeks, for the person they were sent to: what about, by which way, and how far each one is. Not where to and not the
//! words: those are erased when a message has left.

use rut::Rut;
use sql::{Row, Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    history::{PAGE, PAGES},
    moment::Moment,
    outbox::{Channel, State},
    person::rut_value,
    session::Session,
};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When it was made.
    pub at: Moment,
    /// Its kind's stored name ([`crate::outbox::Message::kind`]).
    pub kind: String,
    /// By mail or by SMS.
    pub channel: Channel,
    /// How far it is.
    pub state: State,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Newest first.
    pub past: Vec<Past>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A page of the messages to whoever is logged in, from 1. Times before the registration belong to whoever used the RUT before it was an account.
pub async fn of(cx: &Cx, session: &Session, page: u32) -> Result<Listed, Fault> {
    of_person(&mut cx.clave.db.read().await?, session.rut, page).await
}

async fn of_person(tx: &mut Tx, rut: Rut, page: u32) -> Result<Listed, Fault> {
    let before = page.clamp(1, PAGES).saturating_sub(1).saturating_mul(PAGE);
    let rows = tx
        .all(sql!(
            "SELECT made_at, kind, channel, state FROM outbox
             WHERE rut = $1 AND channel IN ('email', 'sms') AND made_at >= (SELECT registered_at FROM person WHERE rut = $1)
             ORDER BY made_at DESC, channel, id LIMIT $2 OFFSET $3",
            rut_value(rut),
            i64::from(PAGE) + 1,
            i64::from(before)
        ))
        .await?;
    let past = rows.iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX)).map(read).collect::<sql::Result<Vec<_>>>()?;
    Ok(Listed { more: rows.len() > past.len() && page < PAGES, past })
}

fn read(row: &Row) -> sql::Result<Past> {
    let (channel, state): (String, String) = (row.get("channel")?, row.get("state")?);
    Ok(Past {
        at: row.get("made_at")?,
        kind: row.get("kind")?,
        channel: Channel::from_name(&channel).unwrap_or(Channel::Email),
        state: State::from_name(&state).unwrap_or(State::Failed),
    })
}
