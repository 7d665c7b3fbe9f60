//! Takes messages out of the outbox and sends them.
//!
//! Every node runs one. A message is claimed by a lease, sent outside any transaction, and settled in a transaction of its own, only if the
//! lease is still the one it was claimed by. A node that dies leaves a lease that runs out, and another sends the message again: at least
//! once, and always the same words. E-mail, SMS and logouts told to systems have places of their own, so that a mail server that hangs holds up no
//! SMS.
//!
//! Wall clocks jump. A lease or a wait that lies further ahead than we ever set one was set by a clock that has since gone back, and
//! does not count.

use std::{sync::Arc, time::Duration};

use rand::{RngExt as _, rngs::StdRng};
use sql::sql;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    audit, backchannel,
    cx::{Clave, Cx},
    delivery::{Failure, Parcel, Taken, Transports, Words},
    epoch,
    fault::{self, Fault},
    housekeeping, keys,
    moment::Moment,
    outbox::{self, Channel, Lane, MessageId, State},
    person::decoy,
    session, signing,
};

/// A claimed message is this node's so long. Longer than a try and its settling.
const LEASE: Duration = Duration::from_secs(90);
/// A try takes at most so long, whatever its transport promises.
const ATTEMPT: Duration = Duration::from_secs(35);
/// The first wait after a failure; each next one is twice as long…
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// …up to this…
const LONGEST_WAIT: Duration = Duration::from_mins(30);
/// …or up to this part of the time left to the deadline: a key that has ten minutes is not tried for the last time after five.
const PART_OF_REST: u32 = 4;
/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often the gauges are set.
const MEASURE: Duration = Duration::from_secs(15);
/// How often old rows are swept out.
const SWEEP: Duration = Duration::from_mins(10);
/// How often the heads of the records are signed: what was recorded since is held by the chain alone.
const SIGN: Duration = Duration::from_mins(1);
/// How often the keys are looked at: so late, at most, this node changes over to a new one.
const KEYS: Duration = Duration::from_secs(3);
/// So many messages of one channel are on their way at once.
const PLACES: usize = 16;
/// So many are given up in one transaction.
const GIVE_UP_AT_ONCE: i64 = 100;
/// What is being sent when the worker is told to stop may take so long to finish.
const GRACE: Duration = Duration::from_secs(5);

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Left.
    pub sent: u64,
    /// Will be tried again.
    pub put_off: u64,
    /// Refused for good.
    pub failed: u64,
    /// Their deadline passed.
    pub given_up: u64,
    /// Settled by nobody here: the lease was lost or the database was away.
    pub lost: u64,
}

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    clave: Arc<Clave>,
    words: Arc<dyn Words>,
    transports: Arc<Transports>,
    phase: watch::Sender<Phase>,
}

/// How far a worker is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    Working,
    /// Claims nothing more.
    Stopping,
    /// Lets go of what is still being sent.
    LettingGo,
}

/// A worker that runs. Dropped, it goes on; see [`Running::stop`].
pub struct Running {
    worker: Worker,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Claims no more, finishes what is being sent within a few seconds, and gives the rest back so that another node takes it at once.
    pub async fn stop(self) {
        let _ = self.worker.phase.send(Phase::Stopping);
        if self.task.await.is_err() {
            tracing::error!("the worker had died");
        }
    }
}

type Lease = [u8; 16];

struct Claimed {
    id: MessageId,
    kind: String,
    lane: Lane,
    body: Vec<u8>,
    tries: i64,
    made_at: Moment,
    deadline: Moment,
    lease: Lease,
}

#[derive(Debug)]
enum Outcome {
    Sent,
    Passing(String),
    Final(String),
    /// Not finished at shutdown.
    LetGo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    Sent,
    PutOff,
    Failed,
    GivenUp,
    LetGo,
    Lost,
}

impl Worker {
    /// A worker for this product; `words` writes the messages.
    pub fn new(clave: Arc<Clave>, words: Arc<dyn Words>, transports: Transports) -> Self {
        let (phase, _) = watch::channel(Phase::Working);
        Self { clave, words, transports: Arc::new(transports), phase }
    }

    /// Runs until [`Running::stop`].
    pub fn start(self) -> Running {
        let worker = self.clone();
        Running { worker: self, task: tokio::spawn(async move { worker.run().await }) }
    }

    /// Sends everything that is due at `now`, once, and waits for it: what tests step by.
    pub async fn work_once(&self, now: Moment) -> Result<Round, Fault> {
        let mut round = Round { given_up: self.give_up(now).await?, ..Round::default() };
        for lane in Lane::ALL {
            loop {
                let mut sending = JoinSet::new();
                for message in self.claim(lane, PLACES, now).await? {
                    sending.spawn(self.clone().deliver(message, now));
                }
                if sending.is_empty() {
                    break;
                }
                while let Some(settled) = sending.join_next().await {
                    match settled.unwrap_or(Settled::Lost) {
                        Settled::Sent => round.sent += 1,
                        Settled::PutOff => round.put_off += 1,
                        Settled::Failed => round.failed += 1,
                        Settled::GivenUp => round.given_up += 1,
                        Settled::LetGo | Settled::Lost => round.lost += 1,
                    }
                }
            }
        }
        Ok(round)
    }

    async fn run(self) {
        let mut phase = self.phase.subscribe();
        let mut lanes = Lane::ALL.map(|lane| (lane, JoinSet::new()));
        let (mut look, mut measure, mut sweep, mut sign, mut keys) =
            (every(LOOK), every(MEASURE), every(SWEEP), every(SIGN), every(KEYS));
        loop {
            let [(_, mails), (_, texts), (_, logouts)] = &mut lanes;
            tokio::select! {
                biased;
                _ = phase.changed() => break,
                _ = measure.tick() => noted("measuring the outbox", self.measure(self.clave.clock.now()).await),
                _ = keys.tick() => {
                    noted("looking at the keys", keys::refresh(&self.clave.db, &self.clave.vault).await);
                    noted("looking at the keys that sign", signing::refresh(&self.clave).await);
                    noted("looking at the database's epoch", epoch::refresh(&self.clave).await);
                }
                // In a task of its own: sweeping many rows does not hold up a key.
                _ = sweep.tick() => drop(tokio::spawn(sweep_out(Arc::clone(&self.clave)))),
                _ = sign.tick() => drop(tokio::spawn(keep_records(Arc::clone(&self.clave)))),
                Some(_) = mails.join_next() => noted("claiming messages", self.fill(&mut lanes, PLACES / 2).await),
                Some(_) = texts.join_next() => noted("claiming messages", self.fill(&mut lanes, PLACES / 2).await),
                Some(_) = logouts.join_next() => noted("claiming messages", self.fill(&mut lanes, PLACES / 2).await),
                _ = look.tick() => {
                    let given_up = self.give_up(self.clave.clock.now()).await.map(drop);
                    noted("giving messages up", given_up);
                    noted("claiming messages", self.fill(&mut lanes, 1).await);
                }
            }
        }
        for (_, lane) in &mut lanes {
            finish(lane, &self.phase).await;
        }
        keep_records(self.clave).await;
    }

    /// Claims what is due where at least so many places are free: a claim is a transaction, better for several messages than for one.
    async fn fill(&self, lanes: &mut [(Lane, JoinSet<Settled>); 3], least: usize) -> Result<(), Fault> {
        for (lane, places) in lanes {
            let free = PLACES.saturating_sub(places.len());
            let now = self.clave.clock.now();
            if free >= least && self.is_due(*lane, now).await? {
                for message in self.claim(*lane, free, now).await? {
                    places.spawn(self.clone().deliver(message, now));
                }
            }
        }
        Ok(())
    }

    /// Whether a claim would find anything. Reads only, so that an idle worker does not queue for SQLite's one writer.
    async fn is_due(&self, lane: Lane, now: Moment) -> Result<bool, Fault> {
        let found = self
            .clave
            .db
            .read()
            .await?
            .one(sql!(
                "SELECT id FROM outbox WHERE state = 'waiting' AND channel = $1 AND deadline > $2
                     AND (next_at <= $2 OR next_at > $3) AND (leased_until IS NULL OR leased_until <= $2 OR leased_until > $4) LIMIT 1",
                lane.name(),
                now,
                beyond(now, LONGEST_WAIT),
                beyond(now, LEASE)
            ))
            .await?;
        Ok(found.is_some())
    }

    /// Takes up to `most` due messages for this node, those with the nearest deadline first.
    async fn claim(&self, lane: Lane, most: usize, now: Moment) -> Result<Vec<Claimed>, Fault> {
        let lease: Lease = chance().random();
        let mut tx = self.clave.db.begin().await?;
        let rows = tx
            .all(sql!(
                "UPDATE outbox SET lease = $1, leased_until = $2, tries = tries + 1
                 WHERE state = 'waiting' AND channel = $3 AND deadline > $4 AND (next_at <= $4 OR next_at > $5)
                     AND (leased_until IS NULL OR leased_until <= $4 OR leased_until > $6)
                     AND id IN (SELECT id FROM outbox
                         WHERE state = 'waiting' AND channel = $3 AND deadline > $4 AND (next_at <= $4 OR next_at > $5)
                             AND (leased_until IS NULL OR leased_until <= $4 OR leased_until > $6)
                         ORDER BY deadline LIMIT $7)
                 RETURNING id, kind, body, tries, made_at, deadline",
                lease,
                now.plus(LEASE),
                lane.name(),
                now,
                beyond(now, LONGEST_WAIT),
                beyond(now, LEASE),
                i64::try_from(most).unwrap_or(i64::MAX)
            ))
            .await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            claimed.push(Claimed {
                id: MessageId(row.get("id")?),
                kind: row.get("kind")?,
                lane,
                body: row.get("body")?,
                tries: row.get("tries")?,
                made_at: row.get("made_at")?,
                deadline: row.get("deadline")?,
                lease,
            });
        }
        tx.commit().await?;
        // Not one of them waits for another, but they leave in this order.
        claimed.sort_by_key(|message| message.deadline);
        Ok(claimed)
    }

    /// Sends one message and notes what became of it.
    async fn deliver(self, message: Claimed, claimed_at: Moment) -> Settled {
        let mut phase = self.phase.subscribe();
        let outcome = tokio::select! {
            outcome = self.send(&message) => outcome,
            _ = phase.wait_for(|phase| *phase == Phase::LettingGo) => Outcome::LetGo,
        };
        // A message that left and is not noted would leave again: worth more than one try.
        for pause in [100, 1_000, 0] {
            let now = claimed_at.max(self.clave.clock.now());
            match self.settle(&message, &outcome, now).await {
                Ok(settled) => {
                    tell(&message, &outcome, settled);
                    return settled;
                }
                Err(problem) => {
                    tracing::error!(
                        message = message.id.hex(),
                        problem = fault::chain(&problem),
                        "a message could not be settled"
                    );
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        }
        Settled::Lost
    }

    async fn send(&self, message: &Claimed) -> Outcome {
        let sending = async {
            match message.lane {
                Lane::Message(channel) => self.send_letter(message, channel).await.map(drop),
                Lane::Logout => {
                    backchannel::send(&self.clave, &self.transports.systems, message.id, &message.body, self.clave.clock.now())
                        .await
                }
            }
        };
        match tokio::time::timeout(ATTEMPT, sending).await {
            Ok(Ok(())) => Outcome::Sent,
            Ok(Err(Failure::Passing(problem))) => Outcome::Passing(problem),
            Ok(Err(Failure::Final(problem))) => Outcome::Final(problem),
            Err(_) => Outcome::Passing("no answer in time".to_owned()),
        }
    }

    async fn send_letter(&self, message: &Claimed, channel: Channel) -> Result<Taken, Failure> {
        let letter = outbox::unseal(&self.clave.vault, message.id, &message.body)?;
        if letter.to == outbox::NOWHERE {
            return Ok(Taken::ForGood);
        }
        let words = self.words.render(&letter, channel);
        let parcel = Parcel {
            id: message.id,
            attempt: message.tries,
            channel,
            to: letter.to,
            made_at: message.made_at,
            avoid: None,
            words,
        };
        self.transports.of(channel).send(parcel).await
    }

    /// Notes the outcome, if the message is still ours.
    async fn settle(&self, message: &Claimed, outcome: &Outcome, now: Moment) -> Result<Settled, Fault> {
        let (settled, problem) = match outcome {
            Outcome::Sent => (Settled::Sent, None),
            Outcome::Final(problem) => (Settled::Failed, Some(problem.as_str())),
            Outcome::Passing(problem) if message.deadline <= now => (Settled::GivenUp, Some(problem.as_str())),
            Outcome::Passing(problem) => (Settled::PutOff, Some(problem.as_str())),
            Outcome::LetGo => (Settled::LetGo, None),
        };
        let mut tx = self.clave.db.begin().await?;
        let touched = match settled {
            Settled::Sent | Settled::Failed | Settled::GivenUp => {
                let state = if settled == Settled::Sent { State::Sent } else { State::Failed };
                tx.run(sql!(
                    "UPDATE outbox SET state = $3, body = NULL, ended_at = $4, lease = NULL, leased_until = NULL, problem = $5
                     WHERE id = $1 AND lease = $2 AND state = 'waiting'",
                    message.id.0,
                    message.lease,
                    state.name(),
                    now,
                    problem
                ))
                .await?
            }
            Settled::PutOff => {
                tx.run(sql!(
                    "UPDATE outbox SET next_at = $3, lease = NULL, leased_until = NULL, problem = $4
                     WHERE id = $1 AND lease = $2 AND state = 'waiting'",
                    message.id.0,
                    message.lease,
                    now.plus(wait(message.tries, now.until(message.deadline), &mut chance())),
                    problem
                ))
                .await?
            }
            Settled::LetGo | Settled::Lost => {
                tx.run(sql!(
                    "UPDATE outbox SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2 AND state = 'waiting'",
                    message.id.0,
                    message.lease
                ))
                .await?
            }
        };
        tx.commit().await?;
        Ok(if touched == 1 { settled } else { Settled::Lost })
    }

    /// Ends what nobody is sending and whose deadline has passed, tried or not.
    async fn give_up(&self, now: Moment) -> Result<u64, Fault> {
        let found = self
            .clave
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
        let mut tx = self.clave.db.begin().await?;
        let rows = tx
            .all(sql!(
                "UPDATE outbox SET state = 'failed', body = NULL, ended_at = $1, lease = NULL, leased_until = NULL
                 WHERE state = 'waiting' AND deadline <= $1 AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2)
                     AND id IN (SELECT id FROM outbox WHERE state = 'waiting' AND deadline <= $1
                         AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2) LIMIT $3)
                 RETURNING id, kind, channel, tries",
                now,
                beyond(now, LEASE),
                GIVE_UP_AT_ONCE
            ))
            .await?;
        tx.commit().await?;
        for row in &rows {
            let (kind, channel): (String, String) = (row.get("kind")?, row.get("channel")?);
            let (id, tries): ([u8; 16], i64) = (row.get("id")?, row.get("tries")?);
            tracing::warn!(message = MessageId(id).hex(), kind, channel, tries, "message given up: its deadline passed");
            metrics::counter!("clavero_messages_total", "channel" => channel, "kind" => kind, "outcome" => "given_up")
                .increment(1);
        }
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    /// Sets the gauges.
    async fn measure(&self, now: Moment) -> Result<(), Fault> {
        let row = self
            .clave
            .db
            .read()
            .await?
            .one(sql!("SELECT COUNT(*) AS waiting, MIN(made_at) AS oldest FROM outbox WHERE state = 'waiting'"))
            .await?
            .ok_or_else(|| Fault::new("counting the outbox"))?;
        let (waiting, oldest): (i64, Option<Moment>) = (row.get("waiting")?, row.get("oldest")?);
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        metrics::gauge!("clavero_messages_waiting").set(waiting);
        metrics::gauge!("clavero_messages_oldest_age").set(oldest.map_or(0.0, |oldest| oldest.until(now).as_secs_f64()));
        Ok(())
    }
}

async fn sweep_out(clave: Arc<Clave>) {
    noted("ending sessions whose time is over", session::end_overdue(&mut Cx::of_system(Arc::clone(&clave))).await.map(drop));
    noted("sweeping old rows out", housekeeping::sweep(&clave.db, clave.clock.now()).await.map(drop));
    noted("counting questions", decoy::recount(&clave.db, clave.clock.now()).await);
}

/// Chains what a node of an earlier version recorded beside this one, and signs the heads.
async fn keep_records(clave: Arc<Clave>) {
    noted("taking earlier records into the chain", audit::adopt(&clave).await.map(drop));
    noted("signing the records", audit::sign_heads(&clave, clave.clock.now()).await.map(drop));
}

/// Lets what is being sent end, for a while; then tells it to let go.
async fn finish(lane: &mut JoinSet<Settled>, phase: &watch::Sender<Phase>) {
    let all_done = async { while lane.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_done).await.is_err() {
        let _ = phase.send(Phase::LettingGo);
        while lane.join_next().await.is_some() {}
    }
}

fn every(span: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(span);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    interval
}

/// Further ahead than we ever set such a time, with room for nodes whose clocks differ a little.
fn beyond(now: Moment, span: Duration) -> Moment {
    now.plus(span * 2)
}

/// How long to wait after the `tries`th try.
fn wait(tries: i64, left: Duration, rng: &mut StdRng) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    let most = (left / PART_OF_REST).clamp(FIRST_WAIT, LONGEST_WAIT);
    // Not all at once when a server comes back.
    (FIRST_WAIT * 2_u32.pow(doublings)).min(most).mul_f64(rng.random_range(0.8..1.2))
}

fn chance() -> StdRng {
    rand::make_rng()
}

fn tell(message: &Claimed, outcome: &Outcome, settled: Settled) {
    let (id, kind, channel) = (message.id.hex(), message.kind.as_str(), message.lane.name());
    let problem = match outcome {
        Outcome::Passing(problem) | Outcome::Final(problem) => problem.as_str(),
        Outcome::Sent | Outcome::LetGo => "",
    };
    let tries = message.tries;
    let outcome = match settled {
        Settled::Sent => "sent",
        Settled::PutOff => "put_off",
        Settled::Failed => "failed",
        Settled::GivenUp => "given_up",
        Settled::LetGo => "let_go",
        Settled::Lost => "lost",
    };
    if matches!(settled, Settled::Sent | Settled::LetGo) {
        tracing::info!(message = id, kind, channel, tries, "message {outcome}");
    } else {
        tracing::warn!(message = id, kind, channel, tries, problem, "message {outcome}: {problem}");
    }
    metrics::counter!("clavero_messages_total", "channel" => channel, "kind" => message.kind.clone(), "outcome" => outcome)
        .increment(1);
}

/// The worker outlives what goes wrong: it says so and looks again.
fn noted(doing: &str, done: Result<(), Fault>) {
    if let Err(problem) = done {
        tracing::error!(problem = fault::chain(&problem), "{doing} failed");
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn waits_grow_and_never_pass_their_bounds() {
        let mut rng = StdRng::seed_from_u64(7);
        let days = Duration::from_hours(72);
        let waits: Vec<Duration> = (1..=9).map(|tries| wait(tries, days, &mut rng)).collect();
        assert!(waits.is_sorted(), "{waits:?}");
        for tries in [0, 1, 9, 10, 100, i64::MAX] {
            assert!(wait(tries, days, &mut rng) <= LONGEST_WAIT.mul_f64(1.2));
            assert!(wait(tries, Duration::ZERO, &mut rng) >= FIRST_WAIT.mul_f64(0.8));
        }
    }

    #[test]
    fn a_key_is_tried_until_the_last_half_minute_of_its_ten() {
        let mut rng = StdRng::seed_from_u64(7);
        let (mut left, mut tries) = (Duration::from_mins(10), 0);
        while left > Duration::from_secs(30) {
            tries += 1;
            left = left.saturating_sub(wait(tries, left, &mut rng));
        }
        assert!(left > Duration::ZERO && tries < 30, "{tries} tries, {left:?} left");
    }
}
