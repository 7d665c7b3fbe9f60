//! A walk through the stored records, shard by shard and batch by batch: what an export writes and a verification reads. No transaction is
//! open between two batches; what lies before a head does not change any more, or it is found.

use std::collections::VecDeque;

use sql::{Db, Row as Stored, Tx, sql};

use super::{
    chain::{GENESIS, Row, SHARDS},
    dump::{Line, Mark},
    entry,
    root::Root,
};
use crate::{fault::Fault, moment::Moment};

/// Rows that are read at once.
const BATCH: i64 = 1_000;

/// How far a long work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows that were read.
    pub done: u64,
    /// Rows that there were when it began.
    pub total: u64,
}

/// Where the walk is.
pub(super) struct Walk<'a> {
    db: &'a Db,
    since: Option<Moment>,
    next_shard: i64,
    within: Option<Within>,
    is_over: bool,
    progress: Progress,
}

/// Inside a shard.
struct Within {
    shard: i64,
    /// Rows up to here were read…
    after: i64,
    /// …and roots up to here.
    roots_after: i64,
    /// Where the chain ended when the shard was begun.
    head: Mark,
}

impl<'a> Walk<'a> {
    /// Through all rows, or in each shard from the first that is not older than `since`.
    pub(super) async fn begin(db: &'a Db, since: Option<Moment>) -> Result<Self, Fault> {
        let mut tx = db.read().await?;
        let row = match since {
            None => tx.only(sql!("SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) AS total FROM audit_head")).await?,
            Some(since) => tx.only(sql!("SELECT COUNT(*) AS total FROM audit WHERE at >= $1", since)).await?,
        };
        let total = u64::try_from(row.get::<i64>("total")?).unwrap_or(0);
        Ok(Self { db, since, next_shard: 0, within: None, is_over: false, progress: Progress { done: 0, total } })
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// The next lines, from the first `start` to the last `head`; none when the walk is over.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Line>>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let mut tx = self.db.read().await?;
        let Some(mut within) = self.within.take() else {
            return Ok(Some(if self.next_shard < SHARDS {
                let (within, start) = enter(&mut tx, self.next_shard, self.since).await?;
                (self.within, self.next_shard) = (Some(within), self.next_shard + 1);
                vec![Line::Start(start)]
            } else {
                self.is_over = true;
                strays(&mut tx).await?
            }));
        };
        let (lines, entries) = batch(&mut tx, &mut within).await?;
        self.progress.done += entries;
        if within.after < within.head.seq {
            self.within = Some(within);
        }
        Ok(Some(lines))
    }
}

async fn enter(tx: &mut Tx, shard: i64, since: Option<Moment>) -> Result<(Within, Mark), Fault> {
    let genesis = || Mark { shard, seq: 0, hash: GENESIS.to_vec() };
    let head = tx.one(sql!("SELECT shard, seq, hash FROM audit_head WHERE shard = $1", shard)).await?;
    let head = head.as_ref().map(mark).transpose()?.unwrap_or_else(genesis);
    let Some(since) = since else {
        // From before the first: who puts a row before it is found, too.
        return Ok((Within { shard, after: i64::MIN, roots_after: i64::MIN, head }, genesis()));
    };
    let first = tx
        .only(sql!("SELECT MIN(seq) AS first FROM audit WHERE shard = $1 AND at >= $2 AND seq <= $3", shard, since, head.seq))
        .await?;
    let start = match first.get::<Option<i64>>("first")? {
        None => head.clone(),
        Some(first) => tx
            .one(sql!("SELECT shard, seq, hash FROM audit WHERE shard = $1 AND seq = $2", shard, first.saturating_sub(1)))
            .await?
            .as_ref()
            .map(mark)
            .transpose()?
            .unwrap_or_else(genesis),
    };
    Ok((Within { shard, after: start.seq, roots_after: start.seq.saturating_sub(1), head }, start))
}

/// The next rows with the roots that sign them, how many rows those were; and the head when the shard ends with them.
async fn batch(tx: &mut Tx, within: &mut Within) -> Result<(Vec<Line>, u64), Fault> {
    let rows = tx
        .all(sql!(
            "SELECT shard, seq, id, at, rut, actor, event, detail, address, request, hash FROM audit
             WHERE shard = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4",
            within.shard,
            within.after,
            within.head.seq,
            BATCH
        ))
        .await?;
    let entries = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let count = entries.len() as u64;
    let is_full = i64::try_from(count).unwrap_or(0) == BATCH;
    let upto = entries.last().filter(|_| is_full).map_or(within.head.seq, |row| row.seq);
    let roots = tx
        .all(sql!(
            "SELECT shard, seq, hash, at, key, signature FROM audit_root WHERE shard = $1 AND seq > $2 AND seq <= $3
             ORDER BY seq, key",
            within.shard,
            within.roots_after,
            upto
        ))
        .await?;
    let mut roots = roots.iter().map(root).collect::<Result<VecDeque<_>, _>>()?;
    let mut lines = Vec::with_capacity(entries.len() + roots.len() + 1);
    for entry in entries {
        while let Some(root) = roots.pop_front_if(|root| root.seq < entry.seq) {
            lines.push(Line::Root(root));
        }
        lines.push(Line::Entry(entry));
    }
    lines.extend(roots.into_iter().map(Line::Root));
    (within.after, within.roots_after) = (upto, upto);
    if upto >= within.head.seq {
        end(tx, within, &mut lines).await?;
    }
    Ok((lines, count))
}

/// The head; with what lies beyond it, where nothing may: the first row, or the first root, each asked for together with the head of that moment.
async fn end(tx: &mut Tx, within: &Within, lines: &mut Vec<Line>) -> Result<(), Fault> {
    let stray = tx
        .one(sql!(
            "SELECT shard, seq, id, at, rut, actor, event, detail, address, request, hash FROM audit
             WHERE shard = $1 AND seq > COALESCE((SELECT seq FROM audit_head WHERE shard = $1), 0) ORDER BY seq LIMIT 1",
            within.shard
        ))
        .await?;
    let signed = tx
        .one(sql!(
            "SELECT shard, seq, hash, at, key, signature FROM audit_root
             WHERE shard = $1 AND seq > COALESCE((SELECT seq FROM audit_head WHERE shard = $1), 0) ORDER BY seq LIMIT 1",
            within.shard
        ))
        .await?;
    let head = Line::Head(within.head.clone());
    match (stray, signed) {
        (Some(stray), _) => lines.extend([head, Line::Entry(row(&stray)?)]),
        (None, Some(signed)) => lines.extend([Line::Root(root(&signed)?), head]),
        (None, None) => lines.push(head),
    }
    Ok(())
}

/// A row in a shard that there is not.
async fn strays(tx: &mut Tx) -> Result<Vec<Line>, Fault> {
    let stray = tx
        .one(sql!(
            "SELECT shard, seq, id, at, rut, actor, event, detail, address, request, hash FROM audit
             WHERE shard < 0 OR shard >= $1 ORDER BY shard, seq LIMIT 1",
            SHARDS
        ))
        .await?;
    Ok(stray.as_ref().map(row).transpose()?.map(Line::Entry).into_iter().collect())
}

fn mark(stored: &Stored) -> sql::Result<Mark> {
    Ok(Mark { shard: stored.get("shard")?, seq: stored.get("seq")?, hash: stored.get("hash")? })
}

/// A row that cannot be read was altered, and is named like one.
fn row(stored: &Stored) -> Result<Row, Fault> {
    let (shard, seq): (i64, i64) = (stored.get("shard")?, stored.get("seq")?);
    let read = || Ok(Row { shard, seq, entry: entry(stored)?, hash: stored.get("hash")? });
    read().map_err(unreadable(shard, seq))
}

fn root(stored: &Stored) -> Result<Root, Fault> {
    let (shard, seq): (i64, i64) = (stored.get("shard")?, stored.get("seq")?);
    let read = || {
        Ok(Root {
            shard,
            seq,
            hash: stored.get("hash")?,
            at: stored.get("at")?,
            key: stored.get("key")?,
            signature: stored.get("signature")?,
        })
    };
    read().map_err(unreadable(shard, seq))
}

fn unreadable(shard: i64, seq: i64) -> impl FnOnce(sql::Error) -> Fault {
    move |error| {
        Fault::at("reading the records")(format!(
            "shard {shard}, row {seq} was altered: it cannot even be read: {}",
            crate::fault::chain(&error)
        ))
    }
}
