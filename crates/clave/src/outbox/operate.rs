//! What operators see of messages and do with them: never an address, a key or a text.

use std::{sync::Arc, time::Duration};

use rut::Rut;
use sql::{Row, sql};

use super::{About, Channel, Lane, Letter, Message, MessageId, State, post};
use crate::{
    audit::{self, Event},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::{Email, Language, Phone, rut_value},
};

/// Which messages are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this state.
    pub state: Option<State>,
    /// About this person.
    pub rut: Option<Rut>,
    /// That travel this way.
    pub lane: Option<Lane>,
    /// Made at this moment or later.
    pub since: Option<Moment>,
    /// The newest so many.
    pub most: u32,
}

/// A message, as operators see it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its id.
    pub id: MessageId,
    /// What it is.
    pub kind: String,
    /// The stored name of its way.
    pub channel: String,
    /// Where it is.
    pub state: State,
    /// How often it was tried.
    pub tries: i64,
    /// When it was made.
    pub made_at: Moment,
    /// When it is given up.
    pub deadline: Moment,
    /// While it waits: when it is tried next. While it is accepted: until when its receipt is waited for.
    pub next_at: Option<Moment>,
    /// When it came to its end.
    pub ended_at: Option<Moment>,
    /// The gateway that took it, where gateways tell what becomes of messages.
    pub gateway: Option<String>,
    /// What went wrong the last time.
    pub problem: Option<String>,
}

/// Lists messages, the newest first. A look at one person's is recorded in that person's history.
pub async fn list(cx: &mut Cx, wanted: &Wanted) -> Result<Vec<Listed>, Fault> {
    let clave = Arc::clone(&cx.clave);
    // Going through everybody's takes long, and must not hold up who writes.
    let mut tx = if wanted.rut.is_some() { clave.db.begin().await? } else { clave.db.read().await? };
    let rows = tx
        .all(sql!(
            "SELECT id, kind, channel, state, tries, made_at, deadline, next_at, ended_at, gateway, problem FROM outbox
             WHERE state = COALESCE($1, state) AND COALESCE(rut, 0) = COALESCE($2, rut, 0) AND channel = COALESCE($3, channel)
                 AND made_at >= $4
             ORDER BY made_at DESC, id LIMIT $5",
            wanted.state.map(State::name),
            wanted.rut.map(rut_value),
            wanted.lane.map(Lane::name),
            wanted.since.unwrap_or(Moment::from_micros(0)),
            i64::from(wanted.most)
        ))
        .await?;
    if let Some(rut) = wanted.rut {
        audit::append(&mut tx, cx, rut, Event::MessagesListed, None).await?;
        tx.commit().await?;
    }
    rows.iter().map(listed).collect()
}

fn listed(row: &Row) -> Result<Listed, Fault> {
    let state = State::from_name(&row.get::<String>("state")?).unwrap_or(State::Failed);
    let is_open = matches!(state, State::Waiting | State::Accepted);
    Ok(Listed {
        id: MessageId(row.get("id")?),
        kind: row.get("kind")?,
        channel: row.get("channel")?,
        state,
        tries: row.get("tries")?,
        made_at: row.get("made_at")?,
        deadline: row.get("deadline")?,
        next_at: if is_open { Some(row.get("next_at")?) } else { None },
        ended_at: row.get("ended_at")?,
        gateway: row.get("gateway")?,
        problem: row.get("problem")?,
    })
}

/// What a repetition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// It is tried at once.
    AtOnce,
    /// A gateway had it and had not told what became of it: it is sent once more, rather by another gateway.
    OnceMore,
    /// A node is trying it at this moment.
    BeingTried,
    /// It has ended in this state, and what it said was erased then: nobody can send it again.
    Erased(State),
    /// There is no such message.
    Unknown,
}

/// Has one message tried at once, whatever it waits for.
pub async fn retry(cx: &mut Cx, id: MessageId) -> Result<Retried, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let row =
        tx.one(sql!("UPDATE outbox SET rank = rank WHERE id = $1 RETURNING rut, state, deadline, leased_until", id.0)).await?;
    let Some(row) = row else { return Ok(Retried::Unknown) };
    let (deadline, leased): (Moment, Option<Moment>) = (row.get("deadline")?, row.get("leased_until")?);
    let state = State::from_name(&row.get::<String>("state")?).unwrap_or(State::Failed);
    let done = match state {
        State::Waiting if leased.is_some_and(|until| until > cx.now) => return Ok(Retried::BeingTried),
        State::Waiting => Retried::AtOnce,
        State::Accepted if deadline > cx.now => Retried::OnceMore,
        ended => return Ok(Retried::Erased(ended)),
    };
    tx.run(sql!(
        "UPDATE outbox SET state = 'waiting', next_at = $2, avoid = CASE WHEN state = 'accepted' THEN gateway ELSE avoid END WHERE id = $1",
        id.0,
        cx.now
    ))
    .await?;
    let rut = row.get::<Option<i64>>("rut")?.and_then(|number| u32::try_from(number).ok()).and_then(Rut::from_number);
    audit::append(&mut tx, cx, rut, Event::MessagesRetried, Some(&id.hex())).await?;
    tx.commit().await?;
    Ok(done)
}

/// What a repetition of many came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetriedAll {
    /// So many are tried at once.
    pub at_once: u64,
    /// So many had failed for good by then, and cannot be repeated.
    pub erased: u64,
}

/// Has every message that was made since then, whose last try failed and that waits for its next one, tried at once: after an outage.
pub async fn retry_failed_since(cx: &mut Cx, since: Moment) -> Result<RetriedAll, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let at_once = tx
        .run(sql!(
            "UPDATE outbox SET next_at = $2
             WHERE state = 'waiting' AND problem IS NOT NULL AND made_at >= $1 AND next_at > $2
                 AND (leased_until IS NULL OR leased_until <= $2)",
            since,
            cx.now
        ))
        .await?;
    let failed = tx.only(sql!("SELECT COUNT(*) AS n FROM outbox WHERE state = 'failed' AND made_at >= $1", since)).await?;
    let erased = failed.get::<i64>("n")?.unsigned_abs();
    audit::append(&mut tx, cx, None, Event::MessagesRetried, Some(&format!("{at_once} since {}", since.iso()))).await?;
    tx.commit().await?;
    Ok(RetriedAll { at_once, erased })
}

/// Where a test message goes.
#[derive(Clone)]
pub enum Target {
    /// By mail.
    Email(Email),
    /// By SMS.
    Sms(Phone),
}

/// A test message is given up after this.
const TEST_DEADLINE: Duration = Duration::from_mins(10);

/// Puts a test message into the outbox: the running service sends it.
pub async fn test(cx: &mut Cx, target: &Target) -> Result<MessageId, Fault> {
    let (channel, to) = match target {
        Target::Email(email) => (Channel::Email, email.as_str()),
        Target::Sms(phone) => (Channel::Sms, phone.as_str()),
    };
    let letter = Letter { to: to.to_owned(), language: Language::Spanish, message: Message::Test { at: cx.now } };
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let about = About { rut: None, lane: Lane::Message(channel), rank: letter.message.rank(), kind: letter.message.kind() };
    let deadline = cx.now.plus(TEST_DEADLINE);
    let id = post(&mut tx, cx, about, &letter, deadline).await?;
    audit::append(&mut tx, cx, None, Event::MessageTested, Some(channel.name())).await?;
    tx.commit().await?;
    Ok(id)
}

/// One message as it is now.
pub async fn look(cx: &Cx, id: MessageId) -> Result<Option<Listed>, Fault> {
    let row = cx
        .clave
        .db
        .read()
        .await?
        .one(sql!(
            "SELECT id, kind, channel, state, tries, made_at, deadline, next_at, ended_at, gateway, problem FROM outbox WHERE id = $1",
            id.0
        ))
        .await?;
    row.as_ref().map(listed).transpose()
}
