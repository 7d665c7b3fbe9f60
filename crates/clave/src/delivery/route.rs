//! The way of a channel: one gateway, or two of which the second stands in for the first. Each has a circuit breaker ([`super::breaker`]).
//!
//! A message goes to the first gateway that is not left alone; when that fails, at once to the other, within the same try of the worker. So
//! a gateway that hangs delays a message by [`TRY`], and the worker's repetitions are for the case that both fail.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rand::{RngExt as _, rngs::StdRng};

use super::{
    Failure, Parcel, Smpp, SmsHttp, Smtp, Taken,
    breaker::{Breaker, Leave, Rules, Turn},
};

/// One of two gateways may take so long for a message: twice that is within what the worker grants, and fail-over within half a minute.
pub const TRY: Duration = Duration::from_secs(12);
/// The only gateway may take so long.
pub const ONLY_TRY: Duration = Duration::from_secs(30);
/// A connection must stand within this time.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// What went wrong with one gateway, in codes: never an address, a text or a foreign server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The gateway is not well: it cannot be reached, hangs, does not let us in.
    Sick(String),
    /// It is well, and wants this message another time.
    Later(String),
    /// It has this message in hand at this moment: no other gateway is asked, which would send it twice.
    Working(String),
    /// Like [`Trouble::Sick`], but the message was on its way and may have left; and to try again would be another one, and cost money.
    Unknown(String),
    /// It is well, and will not have this message. Another gateway may think otherwise.
    Refused(String),
    /// It gets too much from us: none for so long.
    Busy(String, Duration),
    /// Whoever is written to cannot be, by any gateway.
    Final(String),
}

/// Somewhere to hand messages to.
#[derive(Debug)]
pub enum Gateway {
    /// A mail server.
    Smtp(Smtp),
    /// An SMSC.
    Smpp(Smpp),
    /// An SMS gateway that speaks HTTP.
    Http(SmsHttp),
}

impl Gateway {
    async fn send(&self, parcel: &Parcel) -> Result<Option<String>, Trouble> {
        match self {
            Self::Smtp(smtp) => smtp.send(parcel).await.map(|()| None),
            Self::Smpp(smpp) => smpp.send(parcel).await,
            Self::Http(http) => http.send(parcel).await,
        }
    }

    /// Whether it would take messages from us; sends none.
    ///
    /// # Errors
    /// What is wrong, for an operator.
    pub async fn probe(&self) -> Result<(), Failure> {
        let probed = match self {
            Self::Smtp(smtp) => smtp.probe().await,
            Self::Smpp(smpp) => smpp.probe().await,
            Self::Http(http) => http.probe().await,
        };
        probed.map_err(Failure::from)
    }
}

/// So many tries of a message may leave without an answer: then only a gateway that has not had it is asked.
const MOST_DOUBTS: usize = 3;

#[derive(Debug)]
struct Stop {
    name: String,
    gateway: Gateway,
    breaker: Mutex<Breaker>,
    rules: Rules,
    /// Until then it comes after the other one.
    slow_until: Mutex<Option<Instant>>,
}

/// A channel's gateways, in the order in which they are tried.
#[derive(Debug)]
pub struct Route {
    stops: Vec<Stop>,
}

impl Route {
    /// Through these gateways, each with its name in the configuration (`mail.first`).
    pub fn new(gateways: Vec<(String, Gateway)>) -> Self {
        Self::with_rules(gateways, Rules::default())
    }

    /// With other rules for when a gateway is left alone.
    pub fn with_rules(gateways: Vec<(String, Gateway)>, rules: Rules) -> Self {
        let stop = |(name, gateway)| {
            let breaker = Mutex::new(Breaker::new(rules));
            Stop { name, gateway, breaker, rules, slow_until: Mutex::default() }
        };
        Self { stops: gateways.into_iter().map(stop).collect() }
    }

    /// The gateways by name.
    pub fn gateways(&self) -> impl Iterator<Item = (&str, &Gateway)> {
        self.stops.iter().map(|stop| (stop.name.as_str(), &stop.gateway))
    }

    /// Tries each gateway that is not left alone, until one takes the message.
    pub async fn send(&self, parcel: &Parcel) -> Result<Taken, Failure> {
        let mut troubles = Vec::new();
        let mut doubts = parcel.doubts.clone();
        let mut all_refuse = true;
        for stop in self.order(parcel.avoid.as_deref()) {
            if is_spent(stop, &doubts) {
                all_refuse = false;
                continue;
            }
            let trouble = match self.try_one(stop, parcel).await {
                Ok(taken) => return Ok(taken),
                Err(Trouble::Final(problem)) => return Err(Failure::Final(problem)),
                Err(trouble) => trouble,
            };
            all_refuse &= matches!(trouble, Trouble::Refused(_));
            troubles.push(trouble.problem());
            match trouble {
                Trouble::Unknown(_) => doubts.push(stop.name.clone()),
                Trouble::Working(_) => break,
                _ => {}
            }
        }
        let problem = match () {
            () if self.stops.is_empty() => "no gateway is configured".to_owned(),
            () if troubles.is_empty() => "left several times, and no gateway answered".to_owned(),
            () => troubles.join("; "),
        };
        match () {
            () if all_refuse => Err(Failure::Final(problem)),
            () if self.stops.iter().all(|stop| is_spent(stop, &doubts)) => Ok(Taken::Unknown(problem)),
            () if doubts.len() > parcel.doubts.len() => Err(Failure::Unknown { problem, doubts }),
            () => Err(Failure::Passing(problem)),
        }
    }

    /// The one that took it before and did not deliver it comes last; else one that is slow.
    fn order(&self, avoid: Option<&str>) -> Vec<&Stop> {
        let mut order: Vec<&Stop> = self.stops.iter().collect();
        let now = Instant::now();
        order.sort_by_key(|stop| (avoid == Some(stop.name.as_str()), stop.is_slow(now)));
        order
    }

    async fn try_one(&self, stop: &Stop, parcel: &Parcel) -> Result<Taken, Trouble> {
        if stop.breaker().ask(Instant::now()) == Leave::Refused {
            return Err(Trouble::Later(format!("{}: left alone for a while", stop.name)));
        }
        let limit = if self.stops.len() > 1 { TRY } else { ONLY_TRY };
        let began = Instant::now();
        let tried = match tokio::time::timeout(limit, stop.gateway.send(parcel)).await {
            Ok(tried) => tried,
            Err(_) => Err(Trouble::Sick("no answer in time".to_owned())),
        };
        stop.note(&tried, began.elapsed());
        match tried {
            Ok(Some(reference)) => Ok(Taken::Receipted(super::Handle { gateway: stop.name.clone(), reference })),
            Ok(None) => Ok(Taken::ForGood),
            // Which of the two it was: nothing to tell where there is one.
            Err(trouble) if self.stops.len() > 1 => Err(trouble.at(&stop.name)),
            Err(trouble) => Err(trouble),
        }
    }
}

/// Whether the gateway is not asked for this message any more.
fn is_spent(stop: &Stop, doubts: &[String]) -> bool {
    doubts.len() >= MOST_DOUBTS && doubts.contains(&stop.name)
}

impl Stop {
    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_slow(&self, now: Instant) -> bool {
        self.slow_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    fn note_pace(&self, now: Instant, took: Duration) {
        let until = (took > self.rules.slow).then(|| now + self.rules.longest);
        *self.slow_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    fn note(&self, tried: &Result<Option<String>, Trouble>, took: Duration) {
        let now = Instant::now();
        let jitter = rand::make_rng::<StdRng>().random_range(0.8..1.2);
        let (outcome, turn) = match tried {
            Ok(_) => {
                self.note_pace(now, took);
                ("taken", self.breaker().answered())
            }
            Err(Trouble::Final(_) | Trouble::Refused(_)) => ("refused", self.breaker().answered()),
            Err(Trouble::Later(_) | Trouble::Working(_)) => ("later", self.breaker().answered()),
            Err(Trouble::Busy(_, span)) => ("busy", self.breaker().pause(now, *span)),
            Err(Trouble::Sick(_)) => ("failed", self.breaker().failed(now, jitter)),
            Err(Trouble::Unknown(_)) => ("unknown", self.breaker().failed(now, jitter)),
        };
        let name = self.name.clone();
        metrics::counter!("clavero_gateway_tries_total", "gateway" => name.clone(), "outcome" => outcome).increment(1);
        metrics::histogram!("clavero_gateway_seconds", "gateway" => name.clone()).record(took.as_secs_f64());
        let problem = tried.as_ref().err().map(Trouble::problem).unwrap_or_default();
        let left_alone = metrics::gauge!("clavero_gateway_left_alone", "gateway" => name.clone());
        match turn {
            Some(Turn::Opened(span)) => {
                left_alone.set(1);
                tracing::warn!(
                    gateway = name,
                    problem,
                    seconds = span.as_secs(),
                    "a gateway is left alone for a while: {problem}"
                );
            }
            Some(Turn::Closed) => {
                left_alone.set(0);
                tracing::info!(gateway = name, "a gateway is well again");
            }
            None => {}
        }
    }
}

impl Trouble {
    /// What an operator reads.
    pub fn problem(&self) -> String {
        match self {
            Self::Sick(problem)
            | Self::Later(problem)
            | Self::Working(problem)
            | Self::Unknown(problem)
            | Self::Refused(problem)
            | Self::Busy(problem, _)
            | Self::Final(problem) => problem.clone(),
        }
    }

    fn at(self, name: &str) -> Self {
        let at = |problem: String| format!("{name}: {problem}");
        match self {
            Self::Sick(problem) => Self::Sick(at(problem)),
            Self::Later(problem) => Self::Later(at(problem)),
            Self::Working(problem) => Self::Working(at(problem)),
            Self::Unknown(problem) => Self::Unknown(at(problem)),
            Self::Refused(problem) => Self::Refused(at(problem)),
            Self::Busy(problem, span) => Self::Busy(at(problem), span),
            Self::Final(problem) => Self::Final(at(problem)),
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let problem = trouble.problem();
        match trouble {
            Trouble::Final(_) | Trouble::Refused(_) => Self::Final(problem),
            _ => Self::Passing(problem),
        }
    }
}
