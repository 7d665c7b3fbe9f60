//! When a gateway is left alone: a circuit breaker, as a pure state machine. A gateway that fails several times in a row is asked nothing for a
//! while; then one message tries it, and either all follow or the wait grows. So a gateway that hangs costs its time limit a few times and not
//! for every message.
//!
//! Breakers are a node's own and are forgotten with it: what one node cannot reach another may. They go by monotonic time.

use std::time::{Duration, Instant};

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// So many failures in a row open it.
    pub failures: u32,
    /// The first time it stays open so long; each failed probe doubles that…
    pub first: Duration,
    /// …up to this: so late, at most, a gateway that came back is noticed.
    pub longest: Duration,
    /// A probe of which nothing was heard for so long was cut short, and another may go.
    pub probe: Duration,
    /// A gateway that takes a message, but after longer than this, comes after the other one for as long as [`Rules::longest`]: it would
    /// hold up others until its time limit, and is not ill enough to be left alone.
    pub slow: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { failures: 5, first: seconds(5), longest: seconds(30), probe: seconds(40), slow: seconds(5) }
    }
}

/// Whether a message may go to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// As every other.
    Given,
    /// This one, and no other until it is known how it went.
    Probe,
    /// The gateway is left alone.
    Refused,
}

/// A change that operators should see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The gateway is left alone for so long.
    Opened(Duration),
    /// It is asked again.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, wait: Duration },
    Probing { since: Instant, wait: Duration },
}

/// One gateway's.
#[derive(Debug)]
pub struct Breaker {
    rules: Rules,
    state: State,
}

impl Breaker {
    /// Closed: everything goes through.
    pub fn new(rules: Rules) -> Self {
        Self { rules, state: State::Closed { failures: 0 } }
    }

    /// Whether a message may go now. Where the answer is [`Leave::Probe`], the next ones wait for how it went.
    pub fn ask(&mut self, now: Instant) -> Leave {
        match self.state {
            State::Closed { .. } => Leave::Given,
            State::Open { until, wait } if until <= now => self.probe(now, wait),
            State::Probing { since, wait } if since + self.rules.probe <= now => self.probe(now, wait),
            State::Open { .. } | State::Probing { .. } => Leave::Refused,
        }
    }

    fn probe(&mut self, now: Instant, wait: Duration) -> Leave {
        self.state = State::Probing { since: now, wait };
        Leave::Probe
    }

    /// The gateway answered. Also a late answer, to what was asked before it opened, shows that it lives.
    pub fn answered(&mut self) -> Option<Turn> {
        let was_closed = matches!(self.state, State::Closed { .. });
        self.state = State::Closed { failures: 0 };
        (!was_closed).then_some(Turn::Closed)
    }

    /// The gateway failed. `jitter` is about 1, and keeps the nodes from probing all at once.
    pub fn failed(&mut self, now: Instant, jitter: f64) -> Option<Turn> {
        match self.state {
            State::Closed { failures } if failures.saturating_add(1) < self.rules.failures => {
                self.state = State::Closed { failures: failures.saturating_add(1) };
                None
            }
            State::Closed { .. } => Some(self.open(now, self.rules.first, jitter)),
            State::Probing { wait, .. } => Some(self.open(now, (wait * 2).min(self.rules.longest), jitter)),
            // Others were on their way when it opened: nothing new.
            State::Open { .. } => None,
        }
    }

    /// The gateway asks for a pause: it is given at once, and the next one is not longer for it.
    pub fn pause(&mut self, now: Instant, span: Duration) -> Option<Turn> {
        let was_closed = matches!(self.state, State::Closed { .. });
        let span = span.min(self.rules.longest);
        self.state = State::Open { until: now + span, wait: self.rules.first };
        was_closed.then_some(Turn::Opened(span))
    }

    fn open(&mut self, now: Instant, wait: Duration, jitter: f64) -> Turn {
        let span = wait.mul_f64(jitter.clamp(0.5, 1.5));
        self.state = State::Open { until: now + span, wait };
        Turn::Opened(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// Seconds since the beginning, and the answer.
        Ask(u64, Leave),
        Fails(u64, Option<Turn>),
        Answers(Option<Turn>),
        Pauses(u64, u64, Option<Turn>),
    }
    use Step::{Answers, Ask, Fails, Pauses};

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    const fn opened(n: u64) -> Turn {
        Turn::Opened(seconds(n))
    }

    fn play(steps: &[Step]) {
        let rules = Rules { failures: 3, first: seconds(5), longest: seconds(20), probe: seconds(40), slow: seconds(5) };
        let (mut breaker, zero) = (Breaker::new(rules), Instant::now());
        for (n, step) in steps.iter().enumerate() {
            match *step {
                Ask(at, wanted) => assert_eq!(breaker.ask(zero + seconds(at)), wanted, "step {n}"),
                Fails(at, wanted) => assert_eq!(breaker.failed(zero + seconds(at), 1.0), wanted, "step {n}"),
                Answers(wanted) => assert_eq!(breaker.answered(), wanted, "step {n}"),
                Pauses(at, span, wanted) => assert_eq!(breaker.pause(zero + seconds(at), seconds(span)), wanted, "step {n}"),
            }
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_between_does_not() {
        play(&[
            Fails(0, None),
            Fails(0, None),
            Answers(None),
            Fails(0, None),
            Fails(0, None),
            Ask(0, Leave::Given),
            Fails(0, Some(opened(5))),
            Ask(0, Leave::Refused),
            Ask(4, Leave::Refused),
        ]);
    }

    #[test]
    fn one_probe_goes_and_the_rest_waits_for_it() {
        play(&[
            Fails(0, None),
            Fails(0, None),
            Fails(0, Some(opened(5))),
            Ask(5, Leave::Probe),
            Ask(5, Leave::Refused),
            Answers(Some(Turn::Closed)),
            Ask(5, Leave::Given),
            Fails(6, None),
        ]);
    }

    #[test]
    fn waits_grow_up_to_the_longest() {
        play(&[
            Fails(0, None),
            Fails(0, None),
            Fails(0, Some(opened(5))),
            Ask(5, Leave::Probe),
            Fails(5, Some(opened(10))),
            Ask(14, Leave::Refused),
            Ask(15, Leave::Probe),
            Fails(15, Some(opened(20))),
            Ask(35, Leave::Probe),
            Fails(35, Some(opened(20))),
        ]);
    }

    #[test]
    fn what_was_on_its_way_when_it_opened_changes_nothing_unless_it_went_well() {
        play(&[Fails(0, None), Fails(0, None), Fails(0, Some(opened(5))), Fails(1, None), Ask(5, Leave::Probe)]);
        play(&[Fails(0, None), Fails(0, None), Fails(0, Some(opened(5))), Answers(Some(Turn::Closed)), Ask(1, Leave::Given)]);
    }

    #[test]
    fn a_probe_that_was_cut_short_does_not_keep_it_shut() {
        play(&[
            Fails(0, None),
            Fails(0, None),
            Fails(0, Some(opened(5))),
            Ask(5, Leave::Probe),
            Ask(44, Leave::Refused),
            Ask(45, Leave::Probe),
        ]);
    }

    #[test]
    fn a_pause_that_is_asked_for_is_given_at_once_and_is_bounded() {
        play(&[Pauses(0, 2, Some(opened(2))), Ask(1, Leave::Refused), Ask(2, Leave::Probe), Answers(Some(Turn::Closed))]);
        play(&[
            Pauses(0, 3600, Some(opened(20))),
            Ask(20, Leave::Probe),
            Pauses(20, 2, None),
            Ask(22, Leave::Probe),
            Fails(22, Some(opened(10))),
        ]);
    }

    #[test]
    fn nodes_do_not_probe_all_at_once() {
        let now = Instant::now();
        let wait = |jitter| match Breaker::new(Rules { failures: 1, ..Rules::default() }).failed(now, jitter) {
            Some(Turn::Opened(span)) => span,
            other => panic!("{other:?}"),
        };
        assert_eq!((wait(0.8), wait(1.2), wait(90.0)), (seconds(4), seconds(6), Duration::from_millis(7500)));
    }
}
