//! Takes messages out of the outbox and sends them.
//!
//! Every node runs one. A message is claimed by a lease (`outbox/claim.rs`), sent outside any transaction, and settled afterwards
//! (`outbox/settle.rs`), only if the lease is still the one it was claimed by. E-mail, SMS and logouts told to systems have places of their own, and so
//! have provisional keys, what else a person waits for, and notices: a mail server that hangs holds up no SMS, and notices hold up no key.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use crate::{
    backchannel,
    chores::{self, every, noted},
    cx::Clave,
    delivery::{Failure, Parcel, Taken, Transports, Words},
    fault::Fault,
    limits,
    moment::Moment,
    outbox::{self, Channel, Claimed, Ended, Lane, Outcome, Rank, Settled, Settler},
};

/// A try takes at most so long, whatever its transport promises.
const ATTEMPT: Duration = Duration::from_secs(35);
/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often the gauges are set.
const MEASURE: Duration = Duration::from_secs(15);
/// So many messages of one lane and rank are on their way at once.
const PLACES: usize = 16;
/// What is being sent when the worker is told to stop may take so long to finish.
const GRACE: Duration = Duration::from_secs(5);

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Left, and nothing more will be heard.
    pub sent: u64,
    /// Left, and a receipt will come or has come.
    pub accepted: u64,
    /// Will be tried again.
    pub put_off: u64,
    /// Refused for good.
    pub failed: u64,
    /// Their deadline passed.
    pub given_up: u64,
    /// Settled by nobody here: the lease was lost or the database was away.
    pub lost: u64,
}

impl Round {
    fn count(&mut self, settled: Settled) {
        let counter = match settled {
            Settled::Sent => &mut self.sent,
            Settled::Accepted | Settled::Delivered => &mut self.accepted,
            Settled::PutOff => &mut self.put_off,
            Settled::Failed => &mut self.failed,
            Settled::GivenUp => &mut self.given_up,
            Settled::LetGo | Settled::Lost => &mut self.lost,
        };
        *counter += 1;
    }
}

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    clave: Arc<Clave>,
    words: Arc<dyn Words>,
    transports: Arc<Transports>,
    settler: Arc<Settler>,
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

impl Worker {
    /// A worker for this product; `words` writes the messages.
    pub fn new(clave: Arc<Clave>, words: Arc<dyn Words>, transports: Transports) -> Self {
        let (phase, _) = watch::channel(Phase::Working);
        let settler = Arc::new(Settler::new(Arc::clone(&clave)));
        Self { clave, words, transports: Arc::new(transports), settler, phase }
    }

    /// Runs until [`Running::stop`].
    pub fn start(self) -> Running {
        let worker = self.clone();
        Running { worker: self, task: tokio::spawn(async move { worker.run().await }) }
    }

    /// Sends everything that is due at `now`, once, and waits for it: what tests step by.
    pub async fn work_once(&self, now: Moment) -> Result<Round, Fault> {
        outbox::hear_silence(&self.clave, now).await?;
        let mut round = Round { given_up: outbox::give_up(&self.clave, now).await?, ..Round::default() };
        for (lane, rank) in Lane::WAYS {
            loop {
                let mut sending = JoinSet::new();
                for message in outbox::claim(&self.clave.db, lane, rank, PLACES, now).await? {
                    sending.spawn(self.clone().deliver(message, now));
                }
                if sending.is_empty() {
                    break;
                }
                while let Some(settled) = sending.join_next().await {
                    round.count(settled.unwrap_or(Settled::Lost));
                }
            }
        }
        Ok(round)
    }

    async fn run(self) {
        outbox::begin();
        let mut ways = JoinSet::new();
        let work = Arc::new(Notify::new());
        for (lane, rank) in Lane::WAYS {
            ways.spawn(self.clone().work(lane, rank, Arc::clone(&work)));
        }
        let mut stopping = self.phase.subscribe();
        ways.spawn(chores::run(Arc::clone(&self.clave), async move {
            let _ = stopping.wait_for(|phase| *phase != Phase::Working).await;
        }));
        let mut phase = self.phase.subscribe();
        let (mut look, mut measure) = (every(LOOK), every(MEASURE));
        loop {
            tokio::select! {
                biased;
                _ = phase.changed() => break,
                _ = measure.tick() => {
                    let now = self.clave.clock.now();
                    noted("measuring the outbox", outbox::measure(&self.clave.db, now).await);
                    noted("measuring the budgets of SMS", limits::measure(&self.clave, now).await);
                }
                _ = look.tick() => self.look(&work).await,
            }
        }
        while ways.join_next().await.is_some() {}
    }

    /// Ends what is overdue, and wakes the ways where anything waits.
    async fn look(&self, work: &Notify) {
        let now = self.clave.clock.now();
        noted("giving messages up", outbox::give_up(&self.clave, now).await.map(drop));
        noted("waiting for receipts", outbox::hear_silence(&self.clave, now).await.map(drop));
        match outbox::is_any_waiting(&self.clave.db).await {
            Ok(true) => work.notify_waiters(),
            Ok(false) => {}
            Err(problem) => noted("looking into the outbox", Err(problem)),
        }
    }

    /// Sends what travels one way, until the worker stops.
    async fn work(self, lane: Lane, rank: Rank, work: Arc<Notify>) {
        let mut phase = self.phase.subscribe();
        let mut places = JoinSet::new();
        // Whether the last claim left anything.
        let mut more = false;
        loop {
            tokio::select! {
                biased;
                _ = phase.changed() => break,
                // A claim is a transaction, better for several messages than for one.
                Some(_) = places.join_next() => {
                    if more && places.len() <= PLACES / 2 {
                        more = self.fill(lane, rank, &mut places).await;
                    }
                }
                () = work.notified() => {
                    let due = outbox::is_due(&self.clave.db, lane, rank, self.clave.clock.now()).await;
                    match due {
                        Ok(true) => more = self.fill(lane, rank, &mut places).await,
                        Ok(false) => {}
                        Err(problem) => noted("looking into the outbox", Err(problem)),
                    }
                }
            }
        }
        finish(&mut places, &self.phase).await;
    }

    /// Claims as many as there are free places, and begins to send them. Whether more may be due.
    async fn fill(&self, lane: Lane, rank: Rank, places: &mut JoinSet<Settled>) -> bool {
        let free = PLACES.saturating_sub(places.len());
        let now = self.clave.clock.now();
        if free == 0 {
            return true;
        }
        match outbox::claim(&self.clave.db, lane, rank, free, now).await {
            Ok(claimed) => {
                let more = claimed.len() == free;
                for message in claimed {
                    places.spawn(self.clone().deliver(message, now));
                }
                more
            }
            Err(problem) => {
                noted("claiming messages", Err(problem));
                false
            }
        }
    }

    /// Sends one message and notes what became of it.
    async fn deliver(self, message: Claimed, claimed_at: Moment) -> Settled {
        let mut phase = self.phase.subscribe();
        let outcome = tokio::select! {
            outcome = self.send(&message) => outcome,
            _ = phase.wait_for(|phase| *phase == Phase::LettingGo) => Outcome::LetGo,
        };
        let at = claimed_at.max(self.clave.clock.now());
        self.settler.settle(Ended { message, outcome, at }).await
    }

    async fn send(&self, message: &Claimed) -> Outcome {
        let sending = async {
            match message.lane {
                Lane::Message(channel) => self.send_letter(message, channel).await,
                Lane::Logout => {
                    let (clave, systems) = (&self.clave, &self.transports.systems);
                    let sent = backchannel::send(clave, systems, message.id, &message.body, clave.clock.now()).await;
                    sent.map(|()| Taken::ForGood)
                }
            }
        };
        // At its deadline the person is told that it did not arrive: then it must not arrive.
        let left = self.clave.clock.now().until(message.deadline);
        match tokio::time::timeout(ATTEMPT.min(left), sending).await {
            Ok(Ok(taken)) => Outcome::HandedOver(taken),
            Ok(Err(Failure::Passing(problem))) => Outcome::Passing(problem),
            Ok(Err(Failure::Unknown { problem, doubts })) => Outcome::Unknown { problem, doubts },
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
            avoid: message.avoid.clone(),
            doubts: message.doubts.clone(),
            words,
        };
        self.transports.of(channel).send(parcel).await
    }
}

/// Lets what is being sent end, for a while; then tells it to let go.
async fn finish(places: &mut JoinSet<Settled>, phase: &watch::Sender<Phase>) {
    let all_done = async { while places.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_done).await.is_err() {
        let _ = phase.send(Phase::LettingGo);
        while places.join_next().await.is_some() {}
    }
}
