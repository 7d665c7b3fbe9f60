//! What a try brought is noted in the row, if the message is still ours. Tries that end at about the same time are noted in one transaction: while one
//! commits, the next ones gather. So nothing waits for company, and thousands of messages do not cost thousands of commits. What is sent and not yet
//! noted when the process is killed is sent again; hence as little time as possible between the two.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rand::{RngExt as _, rngs::StdRng};
use sql::{Tx, Value, sql};
use tokio::sync::oneshot;

use super::{
    Happening, Rank, Standing, State, Step,
    claim::{Claimed, LONGEST_WAIT},
};
use crate::{
    cx::Clave,
    delivery::{Handle, Taken},
    fault::{self, Fault},
    moment::Moment,
    receipt::{self, News},
};

/// The first wait after a failure; each next one is twice as long…
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// …up to this for what a person waits for: when a mail server comes back after two minutes, keys leave within seconds…
const LONGEST_WAIT_WAITED: Duration = Duration::from_secs(15);
/// …up to [`LONGEST_WAIT`] for notices, or up to this part of the time left to the deadline.
const PART_OF_REST: u32 = 4;
/// The first wait where the message may have left, since each of those tries may be an SMS; later ones are twice as long.
const FIRST_WAIT_IN_DOUBT: Duration = Duration::from_secs(45);
/// So many are noted in one statement: it has so many places.
const FEW: usize = 8;
/// So many are noted in one transaction.
const TOGETHER: usize = 128;
/// What could not be noted would leave again: worth more than one try, after so many milliseconds.
const PAUSES: [u64; 3] = [100, 1_000, 0];
/// Handed over later than this counts as late: by then a provisional key has been given up (`product.md`, Delivery).
const LATE: Duration = Duration::from_mins(10);

/// What a try brought.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A gateway took it.
    HandedOver(Taken),
    /// Another try may succeed.
    Passing(String),
    /// Another try may succeed, but this one may have, too.
    Unknown {
        problem: String,
        /// The gateway of each try of which nobody knows whether it left.
        doubts: Vec<String>,
    },
    /// No other try will.
    Final(String),
    /// Not finished at shutdown, or not begun in time.
    LetGo,
}

/// What was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Handed over; nothing more will be heard.
    Sent,
    /// Handed over; a receipt will come.
    Accepted,
    /// Its receipt had come already: it arrived.
    Delivered,
    /// Will be tried again.
    PutOff,
    /// Refused for good.
    Failed,
    /// Its deadline passed.
    GivenUp,
    /// Given back.
    LetGo,
    /// Noted by nobody here: the lease was lost or the database was away.
    Lost,
}

impl Settled {
    fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::PutOff => "put_off",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::LetGo => "let_go",
            Self::Lost => "lost",
        }
    }
}

/// A try that has ended.
pub(crate) struct Ended {
    pub message: Claimed,
    pub outcome: Outcome,
    /// When.
    pub at: Moment,
}

/// Notes what tries brought.
pub(crate) struct Settler {
    clave: Arc<Clave>,
    ended: Mutex<VecDeque<(Ended, oneshot::Sender<Settled>)>>,
    /// Whoever has it notes for all.
    turn: tokio::sync::Mutex<()>,
}

impl Settler {
    /// For one worker.
    pub fn new(clave: Arc<Clave>) -> Self {
        Self { clave, ended: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Notes one, together with those that ended meanwhile.
    pub async fn settle(&self, ended: Ended) -> Settled {
        let (tell, mut told) = oneshot::channel();
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push_back((ended, tell));
        loop {
            tokio::select! {
                biased;
                // Without an answer whoever was noting it was stopped.
                settled = &mut told => return settled.unwrap_or(Settled::Lost),
                _turn = self.turn.lock() => self.note_some().await,
            }
        }
    }

    async fn note_some(&self) {
        let (some, tells): (Vec<_>, Vec<_>) = {
            let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            let count = ended.len().min(TOGETHER);
            ended.drain(..count).unzip()
        };
        let mut settled = vec![Settled::Lost; some.len()];
        for pause in PAUSES {
            match self.note(&some).await {
                Ok(noted) => {
                    settled = noted;
                    break;
                }
                Err(problem) => {
                    let messages = some.len();
                    tracing::error!(messages, problem = fault::chain(&problem), "messages could not be settled");
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        }
        for ((ended, settled), tell) in some.iter().zip(settled).zip(tells) {
            say(ended, settled);
            let _ = tell.send(settled);
        }
    }

    async fn note(&self, some: &[Ended]) -> Result<Vec<Settled>, Fault> {
        let mut tx = self.clave.db.begin().await?;
        // Receipts before messages, as in `receipt.rs`, and both in one order: two that note never wait for each other.
        let mut news = Vec::with_capacity(some.len());
        for ended in some {
            news.push(match &ended.outcome {
                Outcome::HandedOver(Taken::Receipted(handle)) if receipt::is_usable(handle) => {
                    receipt::expect(&mut tx, handle, ended.message.id, ended.at).await?
                }
                _ => None,
            });
        }
        let mut settled = sent_for_good(&mut tx, some).await?;
        for ((ended, news), settled) in some.iter().zip(news).zip(&mut settled) {
            if !is_for_good(ended) {
                *settled = note(&mut tx, ended, news).await?;
            }
        }
        tx.commit().await?;
        Ok(settled)
    }
}

fn is_for_good(ended: &Ended) -> bool {
    match &ended.outcome {
        Outcome::HandedOver(Taken::ForGood) => true,
        Outcome::HandedOver(Taken::Receipted(handle)) => !receipt::is_usable(handle),
        Outcome::HandedOver(Taken::Unknown(_))
        | Outcome::Passing(_)
        | Outcome::Unknown { .. }
        | Outcome::Final(_)
        | Outcome::LetGo => false,
    }
}

/// Those that were handed over and of which nothing more will be heard, the usual case, in few statements. What was noted of each of `some`; of the
/// others, that nothing was.
async fn sent_for_good(tx: &mut Tx, some: &[Ended]) -> Result<Vec<Settled>, Fault> {
    let mut touched = HashSet::with_capacity(some.len());
    let mut good: Vec<&Ended> = some.iter().filter(|ended| is_for_good(ended)).collect();
    good.sort_by_key(|ended| ended.message.id.0);
    for few in good.chunks(FEW) {
        let now = few.iter().map(|ended| ended.at).max();
        let mut values = few.iter().flat_map(|ended| [Value::from(ended.message.id.0), Value::from(ended.message.lease)]);
        let mut next = || values.next().unwrap_or(Value::Bytes(None));
        let rows = tx
            .all(sql!(
                "UPDATE outbox SET state = 'sent', body = NULL, ended_at = $1, lease = NULL, leased_until = NULL, problem = NULL,
                     gateway = NULL, reference = NULL
                 WHERE COALESCE(state, '') = 'waiting' AND id IN ($2, $4, $6, $8, $10, $12, $14, $16) AND (id, lease) IN (
                     SELECT id, lease FROM outbox WHERE 1 = 0
                     UNION ALL SELECT $2, $3 UNION ALL SELECT $4, $5 UNION ALL SELECT $6, $7 UNION ALL SELECT $8, $9
                     UNION ALL SELECT $10, $11 UNION ALL SELECT $12, $13 UNION ALL SELECT $14, $15 UNION ALL SELECT $16, $17)
                 RETURNING id",
                now,
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next(),
                next()
            ))
            .await?;
        for row in &rows {
            touched.insert(row.get::<[u8; 16]>("id")?);
        }
    }
    Ok(some.iter().map(|ended| if touched.contains(&ended.message.id.0) { Settled::Sent } else { Settled::Lost }).collect())
}

/// Notes one try; `news` is what its gateway has told already.
async fn note(tx: &mut Tx, ended: &Ended, news: Option<News>) -> Result<Settled, Fault> {
    let Ended { message, outcome, at: now } = ended;
    let standing = Standing {
        state: State::Waiting,
        rank: message.rank,
        returned: message.returned,
        silent: message.silent,
        deadline: message.deadline,
    };
    let (happening, problem) = match outcome {
        Outcome::LetGo => return give_back(tx, message).await,
        Outcome::HandedOver(taken @ Taken::Unknown(problem)) => (Happening::HandedOver(taken.clone()), Some(problem.as_str())),
        Outcome::HandedOver(taken) => (Happening::HandedOver(taken.clone()), None),
        Outcome::Passing(problem) | Outcome::Unknown { problem, .. } => (Happening::Passing, Some(problem.as_str())),
        Outcome::Final(problem) => (Happening::Final, Some(problem.as_str())),
    };
    let handle = match &happening {
        Happening::HandedOver(Taken::Receipted(handle)) => Some(handle),
        _ => None,
    };
    match (standing.after(&happening, *now), news) {
        (Step::Await(_), Some(News::Delivered)) => end(tx, message, State::Delivered, handle, None, *now).await,
        (Step::Await(_), Some(News::Undelivered(problem))) => {
            let accepted = Standing { state: State::Accepted, ..standing };
            match accepted.after(&Happening::Returned, *now) {
                Step::Again => again(tx, message, handle, &problem, *now).await,
                _ => end(tx, message, State::Failed, handle, Some(&problem), *now).await,
            }
        }
        (Step::Await(until), None) => accept(tx, message, handle, until).await,
        (Step::End(State::Failed), _) if happening == Happening::Passing => {
            let settled = end(tx, message, State::Failed, None, problem, *now).await?;
            Ok(if settled == Settled::Failed { Settled::GivenUp } else { settled })
        }
        (Step::End(state), _) => end(tx, message, state, None, problem, *now).await,
        (Step::Later | Step::Again | Step::Stay, _) => put_off(tx, message, outcome, problem, *now).await,
    }
}

async fn end(
    tx: &mut Tx,
    message: &Claimed,
    state: State,
    handle: Option<&Handle>,
    problem: Option<&str>,
    now: Moment,
) -> Result<Settled, Fault> {
    let touched = tx
        .run(sql!(
            "UPDATE outbox SET state = $3, body = NULL, ended_at = $4, lease = NULL, leased_until = NULL, problem = $5,
                 gateway = $6, reference = $7
             WHERE id = $1 AND lease = $2 AND state = 'waiting'",
            message.id.0,
            message.lease,
            state.name(),
            now,
            problem,
            handle.map(|handle| handle.gateway.as_str()),
            handle.map(|handle| handle.reference.as_str())
        ))
        .await?;
    let settled = match state {
        State::Delivered => Settled::Delivered,
        State::Failed => Settled::Failed,
        State::Waiting | State::Accepted | State::Sent => Settled::Sent,
    };
    Ok(if touched == 1 { settled } else { Settled::Lost })
}

async fn accept(tx: &mut Tx, message: &Claimed, handle: Option<&Handle>, until: Moment) -> Result<Settled, Fault> {
    let touched = tx
        .run(sql!(
            "UPDATE outbox SET state = 'accepted', next_at = $3, lease = NULL, leased_until = NULL, problem = NULL,
                 gateway = $4, reference = $5
             WHERE id = $1 AND lease = $2 AND state = 'waiting'",
            message.id.0,
            message.lease,
            until,
            handle.map(|handle| handle.gateway.as_str()),
            handle.map(|handle| handle.reference.as_str())
        ))
        .await?;
    Ok(if touched == 1 { Settled::Accepted } else { Settled::Lost })
}

/// Its gateway told that it did not arrive before we had noted that the gateway took it.
async fn again(tx: &mut Tx, message: &Claimed, handle: Option<&Handle>, problem: &str, now: Moment) -> Result<Settled, Fault> {
    let touched = tx
        .run(sql!(
            "UPDATE outbox SET next_at = $3, lease = NULL, leased_until = NULL, problem = $4, avoid = $5, returned = returned + 1,
                 gateway = $5, reference = $6
             WHERE id = $1 AND lease = $2 AND state = 'waiting'",
            message.id.0,
            message.lease,
            now,
            problem,
            handle.map(|handle| handle.gateway.as_str()),
            handle.map(|handle| handle.reference.as_str())
        ))
        .await?;
    Ok(if touched == 1 { Settled::PutOff } else { Settled::Lost })
}

async fn put_off(
    tx: &mut Tx,
    message: &Claimed,
    outcome: &Outcome,
    problem: Option<&str>,
    now: Moment,
) -> Result<Settled, Fault> {
    let mut rng = rand::make_rng();
    let (wait, doubts) = match outcome {
        Outcome::Unknown { doubts, .. } => (wait_in_doubt(doubts.len(), now.until(message.deadline), &mut rng), doubts),
        _ => (wait(message.rank, message.tries, now.until(message.deadline), &mut rng), &message.doubts),
    };
    let touched = tx
        .run(sql!(
            "UPDATE outbox SET next_at = $3, lease = NULL, leased_until = NULL, problem = $4, doubts = $5
             WHERE id = $1 AND lease = $2 AND state = 'waiting'",
            message.id.0,
            message.lease,
            now.plus(wait),
            problem,
            (!doubts.is_empty()).then(|| doubts.join(" "))
        ))
        .await?;
    Ok(if touched == 1 { Settled::PutOff } else { Settled::Lost })
}

async fn give_back(tx: &mut Tx, message: &Claimed) -> Result<Settled, Fault> {
    let touched = tx
        .run(sql!(
            "UPDATE outbox SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2 AND state = 'waiting'",
            message.id.0,
            message.lease
        ))
        .await?;
    Ok(if touched == 1 { Settled::LetGo } else { Settled::Lost })
}

/// How long to wait after the `tries`th try.
fn wait(rank: Rank, tries: i64, left: Duration, rng: &mut StdRng) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    let longest = match rank {
        Rank::Key | Rank::Waited => LONGEST_WAIT_WAITED,
        Rank::Notice => LONGEST_WAIT,
    };
    let most = (left / PART_OF_REST).clamp(FIRST_WAIT, longest);
    // Not all at once when a server comes back.
    (FIRST_WAIT * 2_u32.pow(doublings)).min(most).mul_f64(rng.random_range(0.8..1.2))
}

/// How long to wait when nobody knows whether the message left, for so many tries by now. Three tries outlast an outage of two minutes.
fn wait_in_doubt(doubts: usize, left: Duration, rng: &mut StdRng) -> Duration {
    let wait = if doubts > 1 { FIRST_WAIT_IN_DOUBT * 2 } else { FIRST_WAIT_IN_DOUBT };
    wait.min(left / 2).max(FIRST_WAIT).mul_f64(rng.random_range(0.9..1.1))
}

fn say(ended: &Ended, settled: Settled) {
    let Ended { message, outcome, at } = ended;
    let (id, kind, channel, rank) = (message.id.hex(), message.kind.as_str(), message.lane.name(), message.rank.name());
    let problem = match outcome {
        Outcome::Passing(problem)
        | Outcome::Unknown { problem, .. }
        | Outcome::Final(problem)
        | Outcome::HandedOver(Taken::Unknown(problem)) => problem.as_str(),
        Outcome::HandedOver(_) | Outcome::LetGo => "",
    };
    let (tries, outcome) = (message.tries, settled.name());
    if problem.is_empty() && matches!(settled, Settled::Sent | Settled::Accepted | Settled::Delivered | Settled::LetGo) {
        tracing::info!(message = id, kind, channel, tries, "message {outcome}");
    } else if problem.is_empty() {
        tracing::warn!(message = id, kind, channel, tries, "message {outcome}, as a receipt had told before");
    } else {
        tracing::warn!(message = id, kind, channel, tries, problem, "message {outcome}: {problem}");
    }
    count(channel, kind, outcome);
    let age = message.made_at.until(*at);
    if matches!(settled, Settled::Sent | Settled::Accepted | Settled::Delivered) {
        metrics::histogram!("clavero_messages_handed_over_seconds", "channel" => channel, "rank" => rank)
            .record(age.as_secs_f64());
        if age > LATE {
            metrics::counter!("clavero_messages_late_total", "channel" => channel, "rank" => rank).increment(1);
        }
    }
}

/// Counts what became of a message.
pub(crate) fn count(channel: &str, kind: &str, outcome: &'static str) {
    metrics::counter!("clavero_messages_total", "channel" => channel.to_owned(), "kind" => kind.to_owned(), "outcome" => outcome)
        .increment(1);
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn waits_grow_and_never_pass_their_bounds() {
        let mut rng = StdRng::seed_from_u64(7);
        let days = Duration::from_hours(72);
        let waits: Vec<Duration> = (1..=9).map(|tries| wait(Rank::Notice, tries, days, &mut rng)).collect();
        assert!(waits.is_sorted(), "{waits:?}");
        for tries in [0, 1, 9, 10, 100, i64::MAX] {
            assert!(wait(Rank::Notice, tries, days, &mut rng) <= LONGEST_WAIT.mul_f64(1.2));
            assert!(wait(Rank::Notice, tries, Duration::ZERO, &mut rng) >= FIRST_WAIT.mul_f64(0.8));
        }
    }

    #[test]
    fn a_key_is_tried_until_the_last_half_minute_of_its_ten() {
        let mut rng = StdRng::seed_from_u64(7);
        let (mut left, mut tries) = (Duration::from_mins(10), 0);
        while left > Duration::from_secs(30) {
            tries += 1;
            left = left.saturating_sub(wait(Rank::Key, tries, left, &mut rng));
        }
        assert!(left > Duration::ZERO && tries < 60, "{tries} tries, {left:?} left");
    }

    #[test]
    fn two_minutes_without_a_mail_server_cost_a_key_seconds() {
        for seed in 0..100 {
            let mut rng = StdRng::seed_from_u64(seed);
            let (outage, mut at, mut tries) = (Duration::from_mins(2), Duration::ZERO, 0);
            while at < outage {
                tries += 1;
                at += wait(Rank::Key, tries, Duration::from_mins(10).saturating_sub(at), &mut rng);
            }
            let cost = at.saturating_sub(outage);
            assert!(cost <= Duration::from_secs(18), "{cost:?}");
        }
    }
}
