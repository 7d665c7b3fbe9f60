//! What gateways tell of a message after they took it: it arrived, or it never will.
//!
//! A receipt may come to any node, more than once, and before the row of its message says that it was handed over. So a row of `receipt` has two
//! halves: which message a gateway took under this reference, and what it told of it. Whoever writes the second half, the worker or the receipt, finds
//! the first one and does what follows: both write the same row, so neither can miss the other.

use std::{sync::Arc, time::Duration};

use sql::{Tx, sql};

use crate::{
    cx::Clave,
    delivery::Handle,
    fault::Fault,
    moment::Moment,
    outbox::{self, Happening, MessageId, Rank, Standing, State, Step},
};

/// Receipts of no message that we know are kept so long: the worker of another node may be about to say which one it was.
pub(crate) const UNKNOWN: Duration = Duration::from_hours(24);
/// So many of them are kept: whoever invents references must not fill the disk.
const MOST_UNKNOWN: i64 = 10_000;
/// The longest name of a gateway and the longest reference, in bytes. SMPP 3.4 (5.2.23) has 65.
const LONGEST: usize = 200;
/// The longest problem that is kept, in characters.
const LONGEST_PROBLEM: usize = 200;

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which message of which gateway.
    pub of: Handle,
    /// What became of it.
    pub news: News,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It arrived.
    Delivered,
    /// It did not, and the gateway tries no more. Why, in a code of the gateway's: never an address or a text.
    Undelivered(String),
}

/// Takes receipts in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Receipts(Arc<Clave>);

impl Receipts {
    /// Of this product.
    pub fn new(clave: Arc<Clave>) -> Self {
        Self(clave)
    }

    /// Notes one. When this returns the gateway may forget it.
    ///
    /// # Errors
    /// It is not noted: the gateway should tell it again.
    pub async fn receive(&self, receipt: &Receipt) -> Result<(), Fault> {
        if !is_usable(&receipt.of) {
            return Ok(());
        }
        let now = self.0.clock.now();
        let (news, problem) = match &receipt.news {
            News::Delivered => (DELIVERED, None),
            News::Undelivered(problem) => (UNDELIVERED, Some(problem.chars().take(LONGEST_PROBLEM).collect::<String>())),
        };
        let mut tx = self.0.db.begin().await?;
        let row = tx
            .one(sql!(
                "INSERT INTO receipt (gateway, reference, news, problem, at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (gateway, reference) DO UPDATE SET news = excluded.news, problem = excluded.problem, at = excluded.at
                     WHERE receipt.news IS NULL OR (receipt.news <> 'delivered' AND receipt.news <> excluded.news)
                 RETURNING message",
                receipt.of.gateway.as_str(),
                receipt.of.reference.as_str(),
                news,
                problem.as_deref(),
                now
            ))
            .await?;
        // None: told before, or the contrary of an arrival.
        let Some(row) = row else { return Ok(()) };
        let outcome = match row.get::<Option<[u8; 16]>>("message")? {
            Some(id) => apply(&mut tx, MessageId(id), receipt, problem.as_deref(), now).await?,
            None if is_full(&mut tx).await? => {
                metrics::counter!("clavero_receipts_dropped_total").increment(1);
                return Ok(());
            }
            None => None,
        };
        tx.commit().await?;
        if let Some((channel, kind, outcome)) = outcome {
            outbox::count(&channel, &kind, outcome);
        }
        metrics::counter!("clavero_receipts_total", "gateway" => receipt.of.gateway.clone(), "news" => news).increment(1);
        Ok(())
    }
}

const DELIVERED: &str = "delivered";
const UNDELIVERED: &str = "undelivered";

/// Whether so much may be stored of what a gateway says.
pub(crate) fn is_usable(handle: &Handle) -> bool {
    [&handle.gateway, &handle.reference].into_iter().all(|name| (1..=LONGEST).contains(&name.len()) && !name.contains('\0'))
}

/// The worker's half: the gateway took this message. Gives what it has told already, but not what it told of another message to which it gave the same
/// reference: some begin to count anew when they are restarted.
pub(crate) async fn expect(tx: &mut Tx, handle: &Handle, message: MessageId, now: Moment) -> Result<Option<News>, Fault> {
    let row = tx
        .only(sql!(
            "INSERT INTO receipt (gateway, reference, message, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (gateway, reference) DO UPDATE SET message = excluded.message, at = excluded.at,
                 news = CASE WHEN receipt.message IS NULL OR receipt.message = excluded.message THEN receipt.news END,
                 problem = CASE WHEN receipt.message IS NULL OR receipt.message = excluded.message THEN receipt.problem END
             RETURNING news, problem",
            handle.gateway.as_str(),
            handle.reference.as_str(),
            message.0,
            now
        ))
        .await?;
    let (news, problem): (Option<String>, Option<String>) = (row.get("news")?, row.get("problem")?);
    Ok(news.map(|news| if news == DELIVERED { News::Delivered } else { News::Undelivered(problem.unwrap_or_default()) }))
}

/// Does to the message what follows. Gives its channel and kind, and how the receipt is counted.
async fn apply(
    tx: &mut Tx,
    id: MessageId,
    receipt: &Receipt,
    problem: Option<&str>,
    now: Moment,
) -> Result<Option<(String, String, &'static str)>, Fault> {
    // Written to be held: a worker may be about to note something else.
    let row = tx
        .one(sql!(
            "UPDATE outbox SET rank = rank WHERE id = $1
             RETURNING channel, kind, state, rank, returned, silent, deadline, gateway, reference",
            id.0
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let standing = Standing {
        state: State::from_name(&row.get::<String>("state")?).unwrap_or(State::Failed),
        rank: Rank::from_number(row.get("rank")?),
        returned: row.get("returned")?,
        silent: row.get("silent")?,
        deadline: row.get("deadline")?,
    };
    let (gateway, reference): (Option<String>, Option<String>) = (row.get("gateway")?, row.get("reference")?);
    let is_latest = gateway.as_ref() == Some(&receipt.of.gateway) && reference.as_ref() == Some(&receipt.of.reference);
    let happening = match &receipt.news {
        News::Delivered => Happening::Arrived,
        News::Undelivered(_) if is_latest => Happening::Returned,
        News::Undelivered(_) => return Ok(None),
    };
    let (statement, outcome) = match standing.after(&happening, now) {
        Step::End(state) => {
            let outcome = if state == State::Delivered { DELIVERED } else { "failed" };
            let statement = sql!(
                "UPDATE outbox SET state = $2, body = NULL, ended_at = $3, lease = NULL, leased_until = NULL, problem = $4 WHERE id = $1",
                id.0,
                state.name(),
                now,
                problem
            );
            (statement, outcome)
        }
        Step::Again => {
            let statement = sql!(
                "UPDATE outbox SET state = 'waiting', next_at = $2, avoid = gateway, returned = returned + 1, problem = $3 WHERE id = $1",
                id.0,
                now,
                problem
            );
            (statement, UNDELIVERED)
        }
        Step::Stay | Step::Later | Step::Await(_) => return Ok(None),
    };
    tx.run(statement).await?;
    Ok(Some((row.get("channel")?, row.get("kind")?, outcome)))
}

/// Whether as many unknown ones are kept as may be, this one included.
async fn is_full(tx: &mut Tx) -> Result<bool, Fault> {
    let row = tx
        .only(sql!(
            "SELECT COUNT(*) AS n FROM (SELECT at FROM receipt WHERE message IS NULL LIMIT $1) AS unknown",
            MOST_UNKNOWN + 1
        ))
        .await?;
    Ok(row.get::<i64>("n")? > MOST_UNKNOWN)
}
