//! One counter, and what a try does to a handful of them. Pure: states in, states out; `limits/mod.rs` reads and writes them.

use std::time::Duration;

use super::numbers::{Budget, Waits};
use crate::moment::Moment;

/// How a lane fills and empties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many in a window that begins with the first.
    Window {
        /// This many.
        tries: u32,
        /// In so long.
        window: Duration,
    },
    /// So many at once, then growing waits.
    Growing(Waits),
}

impl From<Budget> for Pace {
    fn from(budget: Budget) -> Self {
        Self::Window { tries: budget.tries, window: budget.window() }
    }
}

impl From<Waits> for Pace {
    fn from(waits: Waits) -> Self {
        Self::Growing(waits)
    }
}

/// What a lane's row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Tries that were let through.
    pub tries: u32,
    /// Nothing is let through before.
    pub opens_at: Moment,
    /// Forgotten from then on.
    pub until: Moment,
}

impl State {
    /// Nothing was tried.
    pub const EMPTY: Self = Self { tries: 0, opens_at: Moment::MIN, until: Moment::MIN };
}

impl Pace {
    /// The state as it counts at `now`: forgotten when its time has passed; and when the clock was set back, ending no later than if it had begun
    /// now, so that nobody waits longer than the numbers say.
    fn at(self, state: State, now: Moment) -> State {
        if state.until <= now {
            return State::EMPTY;
        }
        let (opens_at, until) = (now.plus(self.longest()), now.plus(self.memory()));
        State { opens_at: state.opens_at.min(opens_at), until: state.until.min(until), ..state }
    }

    /// The state after one more try that counts `weight` times, or when the next one may be.
    fn admit(self, state: State, weight: u32, now: Moment) -> Result<State, Moment> {
        let state = self.at(state, now);
        if state.opens_at > now {
            return Err(state.opens_at);
        }
        let tries = state.tries.saturating_add(weight);
        match self {
            // A budget that was made smaller while its window ran.
            Self::Window { tries: most, .. } if state.tries >= most => Err(state.until),
            Self::Window { tries: most, window } => {
                let until = if state.tries == 0 { now.plus(window) } else { state.until };
                Ok(State { tries, opens_at: if tries >= most { until } else { Moment::MIN }, until })
            }
            Self::Growing(waits) => {
                let until = now.plus(self.memory());
                let wait = waits.after(tries);
                Ok(State { tries, opens_at: if wait.is_zero() { Moment::MIN } else { now.plus(wait) }, until })
            }
        }
    }
}

impl Pace {
    /// The address was refused and told `until`. If it had been told a time before and did not keep it, it is not new any more.
    fn knocked(self, state: State, until: Moment, now: Moment) -> State {
        let state = self.at(state, now);
        let early = state.opens_at > now;
        let tries = if early { state.tries.max(NEW) } else { state.tries };
        State { tries, opens_at: state.opens_at.max(until), until: now.plus(self.memory()).max(until) }
    }

    /// The address was let through.
    fn took_turn(self, state: State, now: Moment) -> State {
        let tries = self.at(state, now).tries.saturating_add(1);
        State { tries, opens_at: Moment::MIN, until: now.plus(self.memory()) }
    }

    fn memory(self) -> Duration {
        match self {
            Self::Window { window, .. } => window,
            Self::Growing(waits) => waits.memory().max(waits.longest()),
        }
    }

    fn longest(self) -> Duration {
        match self {
            Self::Window { window, .. } => window,
            Self::Growing(waits) => waits.longest(),
        }
    }
}

/// What a lane counts in a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Every try, by somebody who may be anybody: a success takes nothing back, or one good account would buy endless tries.
    Crowd,
    /// Every try at this person (or from this device): a success begins it anew.
    Person,
    /// One address at one person: like [`Role::Person`], and it tells whether the address asks for this person for the first time.
    Pair,
    /// How many different people an address asks for: counted when it first asks for one, and taken back by a success.
    People,
    /// Whether an address is new to a person. Refuses nothing; it chooses between the next two.
    Turn,
    /// Like [`Role::Person`], but only tries from addresses that are new to the person.
    Newcomers,
    /// Like [`Role::Person`], but only tries from addresses that are not new any more.
    Regulars,
}

/// So many tries an address is new to a person: room for slips, and none for guessing.
pub const NEW: u32 = 3;

/// One counter of a try.
#[derive(Debug, Clone, Copy)]
pub struct Lane {
    /// Its row.
    pub id: [u8; 32],
    /// What it counts.
    pub role: Role,
    /// How it fills.
    pub pace: Pace,
    /// How many times a try counts in it.
    pub weight: u32,
    /// What is said to operators when it fills up; nothing for the lanes of one person or address.
    pub alarm: Option<&'static str>,
}

/// What becomes of a try.
#[derive(Debug, PartialEq, Eq)]
pub struct Decision {
    /// Let through, or when to come back.
    pub verdict: Result<(), Moment>,
    /// The lanes' states afterwards; those left out stay as they are.
    pub changed: Vec<([u8; 32], State)>,
    /// Lanes of the whole installation that this try filled up.
    pub alarms: Vec<&'static str>,
}

/// Counts one try in its lanes, or refuses it. A refused try costs nothing in any lane, with one exception: who knocks before the time they were told
/// is not new to the person any more. So a flood that hammers leaves the newcomers' lane to people who wait.
pub fn decide(lanes: &[(Lane, State)], now: Moment) -> Decision {
    let (asked_before, is_new) = (tries(lanes, Role::Pair, now) > 0, tries(lanes, Role::Turn, now) < NEW);
    let counts = |role| match role {
        Role::Crowd | Role::Person | Role::Pair => true,
        Role::People => !asked_before,
        Role::Turn => false,
        Role::Newcomers => is_new,
        Role::Regulars => !is_new,
    };
    let mut changed = Vec::with_capacity(lanes.len());
    let mut alarms = Vec::new();
    let mut refused: Option<Moment> = None;
    for (lane, state) in lanes.iter().filter(|(lane, _)| counts(lane.role)) {
        match lane.pace.admit(*state, lane.weight, now) {
            Ok(next) => {
                alarms.extend(lane.alarm.filter(|_| next.opens_at > now));
                changed.push((lane.id, next));
            }
            Err(opens_at) => refused = refused.max(Some(opens_at)),
        }
    }
    let turn = lanes.iter().find(|(lane, _)| lane.role == Role::Turn);
    if let Some(until) = refused {
        // What a clock set back has shortened stays short: else the end would move on with the clock.
        let shortened = lanes
            .iter()
            .filter(|(lane, state)| lane.role != Role::Turn && state.until > now && lane.pace.at(*state, now) != *state);
        let mut changed: Vec<_> = shortened.map(|(lane, state)| (lane.id, lane.pace.at(*state, now))).collect();
        changed.extend(turn.map(|(lane, state)| (lane.id, lane.pace.knocked(*state, until, now))));
        return Decision { verdict: Err(until), changed, alarms: Vec::new() };
    }
    changed.extend(turn.map(|(lane, state)| (lane.id, lane.pace.took_turn(*state, now))));
    Decision { verdict: Ok(()), changed, alarms }
}

impl Lane {
    /// Whether nothing more is let through now.
    pub fn is_full(&self, state: State, now: Moment) -> bool {
        self.pace.at(state, now).opens_at > now
    }

    /// How many tries it holds.
    pub fn count(&self, state: State, now: Moment) -> u32 {
        self.pace.at(state, now).tries
    }
}

/// How many tries the first lane of a role holds.
pub fn tries(lanes: &[(Lane, State)], role: Role, now: Moment) -> u32 {
    lanes.iter().find(|(lane, _)| lane.role == role).map_or(0, |(lane, state)| lane.pace.at(*state, now).tries)
}

/// What a success changes: the person's own lanes begin anew, and the address has asked for one stranger less.
pub fn forgive(lanes: &[(Lane, State)], now: Moment) -> Vec<([u8; 32], State)> {
    let changed = lanes.iter().filter_map(|(lane, state)| match lane.role {
        Role::Crowd => None,
        Role::Person | Role::Pair | Role::Turn | Role::Newcomers | Role::Regulars => Some((lane.id, State::EMPTY)),
        Role::People => {
            let state = lane.pace.at(*state, now);
            Some((lane.id, State { tries: state.tries.saturating_sub(1), opens_at: Moment::MIN, ..state }))
        }
    });
    changed.collect()
}
