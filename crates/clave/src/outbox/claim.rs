//! Messages that are due are claimed by a lease: whoever holds it sends, until it runs out. A node that dies leaves a lease that runs out, and
//! another one sends the message again: at least once, and always the same words.
//!
//! Wall clocks jump. A lease or a wait that lies further ahead than we ever set one was set by a clock that has since gone back, and
//! does not count.

use std::time::Duration;

use rand::{RngExt as _, rngs::StdRng};
use sql::{Db, Tx, sql};

use super::{Lane, MessageId, Rank};
use crate::{fault::Fault, moment::Moment};

/// A claimed message is this node's so long, or up to its deadline. Longer than a try and its settling.
pub(crate) const LEASE: Duration = Duration::from_mins(1);
/// The longest wait between two tries.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(30);

/// By what a message is claimed.
pub(crate) type Lease = [u8; 16];

/// A message that this node may send.
pub(crate) struct Claimed {
    pub id: MessageId,
    pub kind: String,
    pub lane: Lane,
    pub rank: Rank,
    pub body: Vec<u8>,
    /// Which try this is, from 1.
    pub tries: i64,
    pub returned: i64,
    pub silent: i64,
    pub made_at: Moment,
    pub deadline: Moment,
    /// The gateway that took it before and did not deliver it.
    pub avoid: Option<String>,
    /// The gateway of each try of which nobody knows whether it left.
    pub doubts: Vec<String>,
    pub lease: Lease,
}

/// Whether there is anything to send at all, now or later. Reads only, so that an idle worker does not queue for SQLite's one writer.
pub(crate) async fn is_any_waiting(db: &Db) -> Result<bool, Fault> {
    Ok(db.read().await?.one(sql!("SELECT id FROM outbox WHERE state = 'waiting' LIMIT 1")).await?.is_some())
}

/// Whether a claim would find anything. Reads only.
pub(crate) async fn is_due(db: &Db, lane: Lane, rank: Rank, now: Moment) -> Result<bool, Fault> {
    let found = db
        .read()
        .await?
        .one(sql!(
            "SELECT id FROM outbox WHERE state = 'waiting' AND channel = $1 AND rank = $2 AND deadline > $3
                 AND (next_at <= $3 OR next_at > $4) AND (leased_until IS NULL OR leased_until <= $3 OR leased_until > $5) LIMIT 1",
            lane.name(),
            rank.number(),
            now,
            beyond(now, LONGEST_WAIT),
            beyond(now, LEASE)
        ))
        .await?;
    Ok(found.is_some())
}

/// Takes up to `most` due messages for this node, those with the nearest deadline first.
pub(crate) async fn claim(db: &Db, lane: Lane, rank: Rank, most: usize, now: Moment) -> Result<Vec<Claimed>, Fault> {
    let lease: Lease = rand::make_rng::<StdRng>().random();
    let mut tx = db.begin().await?;
    take_turn(&mut tx, &format!("{} {}", lane.name(), rank.number()), now).await?;
    // Outside, the state is asked for in a way that no index knows: else all that waits is gone through, and not the few that were chosen.
    let rows = tx
        .all(sql!(
            "UPDATE outbox SET lease = $1, leased_until = CASE WHEN deadline < $2 THEN deadline ELSE $2 END, tries = tries + 1
             WHERE COALESCE(state, '') = 'waiting' AND (leased_until IS NULL OR leased_until <= $5 OR leased_until > $7)
                 AND id IN (SELECT id FROM outbox
                     WHERE state = 'waiting' AND channel = $3 AND rank = $4 AND deadline > $5 AND (next_at <= $5 OR next_at > $6)
                         AND (leased_until IS NULL OR leased_until <= $5 OR leased_until > $7)
                     ORDER BY deadline LIMIT $8)
             RETURNING id, kind, body, tries, returned, silent, made_at, deadline, avoid, doubts",
            lease,
            now.plus(LEASE),
            lane.name(),
            rank.number(),
            now,
            beyond(now, LONGEST_WAIT),
            beyond(now, LEASE),
            i64::try_from(most).unwrap_or(i64::MAX)
        ))
        .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let doubts: Option<String> = row.get("doubts")?;
        claimed.push(Claimed {
            id: MessageId(row.get("id")?),
            kind: row.get("kind")?,
            lane,
            rank,
            body: row.get("body")?,
            tries: row.get("tries")?,
            returned: row.get("returned")?,
            silent: row.get("silent")?,
            made_at: row.get("made_at")?,
            deadline: row.get("deadline")?,
            avoid: row.get("avoid")?,
            doubts: doubts.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            lease,
        });
    }
    tx.commit().await?;
    // Not one of them waits for another, but they leave in this order.
    claimed.sort_by_key(|message| message.deadline);
    Ok(claimed)
}

/// Until this transaction ends nobody else does `what`. PostgreSQL alone needs it: two nodes that claim at once choose the same rows, the second waits
/// for the first one and then gets none of them, or each waits for the other.
pub(super) async fn take_turn(tx: &mut Tx, what: &str, now: Moment) -> sql::Result<()> {
    tx.run(sql!(
        "INSERT INTO outbox_turn (what, at) VALUES ($1, $2) ON CONFLICT (what) DO UPDATE SET at = excluded.at",
        what,
        now
    ))
    .await
    .map(drop)
}

/// Further ahead than we ever set such a time, with room for nodes whose clocks differ a little.
pub(super) fn beyond(now: Moment, span: Duration) -> Moment {
    now.plus(span * 2)
}
