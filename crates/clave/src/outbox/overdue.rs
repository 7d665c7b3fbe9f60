//! What did not happen in time: messages that nobody could send before their deadline, and receipts that did not come.

use sql::{Row, Statement, sql};

use super::{
    Happening, MessageId, Rank, Standing, State, Step,
    claim::{LEASE, beyond, take_turn},
    course::PATIENCE,
    settle::count,
};
use crate::{cx::Clave, fault::Fault, moment::Moment};

/// So many are ended in one transaction.
const AT_ONCE: i64 = 100;

/// Ends what nobody is sending and whose deadline has passed, tried or not. Gives how many those were.
pub(crate) async fn give_up(clave: &Clave, now: Moment) -> Result<u64, Fault> {
    let found = clave
        .db
        .read()
        .await?
        .one(sql!(
            "SELECT id FROM outbox WHERE state = 'waiting' AND deadline <= $1
                 AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2) LIMIT 1",
            now,
            beyond(now, LEASE)
        ))
        .await?;
    if found.is_none() {
        return Ok(0);
    }
    let mut tx = clave.db.begin().await?;
    take_turn(&mut tx, "give up", now).await?;
    let rows = tx
        .all(sql!(
            "UPDATE outbox SET state = 'failed', body = NULL, ended_at = $1, lease = NULL, leased_until = NULL
             WHERE COALESCE(state, '') = 'waiting' AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2)
                 AND id IN (SELECT id FROM outbox WHERE state = 'waiting' AND deadline <= $1
                     AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2) LIMIT $3)
             RETURNING id, kind, channel, rank, tries",
            now,
            beyond(now, LEASE),
            AT_ONCE
        ))
        .await?;
    tx.commit().await?;
    for row in &rows {
        let (kind, channel, rank): (String, String, i64) = (row.get("kind")?, row.get("channel")?, row.get("rank")?);
        let (id, tries): ([u8; 16], i64) = (row.get("id")?, row.get("tries")?);
        tracing::warn!(message = MessageId(id).hex(), kind, channel, tries, "message given up: its deadline passed");
        count(&channel, &kind, "given_up");
        let rank = Rank::from_number(rank).name();
        metrics::counter!("clavero_messages_late_total", "channel" => channel, "rank" => rank).increment(1);
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Notices gateways that told nothing in time: what a person waits for goes once more, the rest is taken for sent. Gives how many those were.
pub(crate) async fn hear_silence(clave: &Clave, now: Moment) -> Result<u64, Fault> {
    let rows = clave
        .db
        .read()
        .await?
        .all(sql!(
            "SELECT id, kind, channel, rank, returned, silent, deadline, next_at FROM outbox
             WHERE state = 'accepted' AND (next_at <= $1 OR next_at > $2) LIMIT $3",
            now,
            beyond(now, PATIENCE),
            AT_ONCE
        ))
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut tx = clave.db.begin().await?;
    take_turn(&mut tx, "hear silence", now).await?;
    let (mut heard, mut told) = (0, Vec::with_capacity(rows.len()));
    for row in &rows {
        let (statement, outcome) = after_silence(row, now)?;
        // Another node, or a receipt, may have been there first.
        if tx.run(statement).await? == 1 {
            heard += 1;
            told.push((row, outcome));
        }
    }
    tx.commit().await?;
    for (row, outcome) in told {
        let (kind, channel): (String, String) = (row.get("kind")?, row.get("channel")?);
        let id = MessageId(row.get("id")?).hex();
        tracing::warn!(message = id, kind, channel, "no receipt in time: message {outcome}");
        count(&channel, &kind, outcome);
    }
    Ok(heard)
}

/// What to change, and how that is counted.
fn after_silence(row: &Row, now: Moment) -> Result<(Statement, &'static str), Fault> {
    let standing = Standing {
        state: State::Accepted,
        rank: Rank::from_number(row.get("rank")?),
        returned: row.get("returned")?,
        silent: row.get("silent")?,
        deadline: row.get("deadline")?,
    };
    let (id, since): ([u8; 16], Moment) = (row.get("id")?, row.get("next_at")?);
    Ok(match standing.after(&Happening::Silence, now) {
        Step::Again => (
            sql!(
                "UPDATE outbox SET state = 'waiting', next_at = $3, silent = silent + 1, avoid = gateway
                 WHERE id = $1 AND state = 'accepted' AND next_at = $2",
                id,
                since,
                now
            ),
            "repeated",
        ),
        _ => (
            sql!(
                "UPDATE outbox SET state = 'sent', body = NULL, ended_at = $3
                 WHERE id = $1 AND state = 'accepted' AND next_at = $2",
                id,
                since,
                now
            ),
            "no_receipt",
        ),
    })
}
