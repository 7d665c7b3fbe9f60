//! The throttle against a plain model of it: random people, addresses, devices, nodes and waits; every verdict must be the model's, to the
//! microsecond.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clave::{
    Clave, Cx, Moment,
    device::Device,
    limits::{self, Subject},
    settings::{Budget, Limits, Settings, Waits},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rut::Rut;

use crate::{people::UNKNOWN, support::TestClave};

const PEOPLE: [u32; 3] = [10_000_001, 10_000_002, 10_000_003];
const ADDRESSES: [&str; 4] = ["192.0.2.1", "192.0.2.2", "198.51.100.1", "2001:db8::1"];
/// From it the first of the people was let in before.
const MINE: Device = Device([1; 32]);

fn numbers() -> Limits {
    let waits = |free, first_seconds, longest_minutes| Waits { free, first_seconds, longest_minutes, memory_hours: 1 };
    Limits {
        keys_person: waits(4, 60, 5),
        device: waits(2, 30, 2),
        pair: waits(6, 60, 4),
        address: Budget::new(9, 10),
        neighbourhood: Budget::new(13, 10),
        people_address: Budget::new(2, 20),
        people_neighbourhood: Budget::new(3, 20),
        global: Budget::new(25, 15),
        ..Limits::default()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Try { node: usize, address: usize, person: usize, mine: bool, right: bool },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let attempt = (0..2_usize, 0..ADDRESSES.len(), 0..PEOPLE.len(), prop::bool::weighted(0.15), prop::bool::weighted(0.1));
    prop_oneof![
        6 => attempt.prop_map(|(node, address, person, mine, right)| Step::Try { node, address, person, mine, right }),
        1 => (1..90_u64).prop_map(Step::Wait),
        1 => (60..700_u64).prop_map(Step::Wait),
        1 => Just(Step::Wait(3_600)),
    ]
}

/// One counter as a list of the moments that counted.
#[derive(Debug, Default, Clone)]
struct Counted(Vec<Moment>);

impl Counted {
    /// When the window is open again, if it is shut.
    fn shut_window(&mut self, budget: Budget, now: Moment) -> Option<Moment> {
        let end = self.0.first()?.plus(budget.window());
        if end <= now {
            self.0.clear();
        }
        (self.0.len() >= budget.tries as usize).then_some(end)
    }

    /// When the next one may be after growing waits.
    fn shut_waits(&mut self, waits: Waits, now: Moment) -> Option<Moment> {
        let last = *self.0.last()?;
        if last.plus(waits.memory()) <= now {
            self.0.clear();
            return None;
        }
        let beyond = self.0.len().checked_sub(waits.free as usize)?;
        let wait = (0..beyond).fold(Duration::from_secs(waits.first_seconds), |wait, _| (wait * 2).min(waits.longest()));
        Some(last.plus(wait.min(waits.longest()))).filter(|opens_at| *opens_at > now)
    }
}

/// Whether an address is new to a person, and what it was told.
#[derive(Debug, Default, Clone, Copy)]
struct Turn {
    tries: u32,
    told: Option<Moment>,
    at: Option<Moment>,
}

#[derive(Default)]
struct Model {
    counted: BTreeMap<String, Counted>,
    turns: BTreeMap<(usize, usize), Turn>,
}

impl Model {
    fn tries(&mut self, limits: &Limits, now: Moment, address: usize, person: usize, mine: bool) -> Result<(), Moment> {
        if mine && person == 0 {
            let device = self.counted.entry("device".to_owned()).or_default();
            if let Some(until) = device.shut_waits(limits.device, now) {
                return Err(until);
            }
            device.0.push(now);
            return Ok(());
        }
        let near = near(address);
        let turn = *self.turns.get(&(address, person)).unwrap_or(&Turn::default());
        let turn = if turn.at.is_some_and(|at| at.plus(limits.keys_person.memory()) > now) { turn } else { Turn::default() };
        let pair = format!("pair {address} {person}");
        // Looking makes what is over disappear.
        let shut_pair = self.counted.entry(pair.clone()).or_default().shut_waits(limits.pair, now);
        let asked_before = !self.counted[&pair].0.is_empty();
        let queue = if turn.tries < 3 { format!("new {person}") } else { format!("regular {person}") };
        let mut wanted: Vec<(String, Option<Budget>)> = vec![
            (format!("address {address}"), Some(limits.address)),
            (format!("near {near}"), Some(limits.neighbourhood)),
            ("global".to_owned(), Some(limits.global)),
            (queue, None),
        ];
        if !asked_before {
            wanted.push((format!("people {address}"), Some(limits.people_address)));
            wanted.push((format!("people near {near}"), Some(limits.people_neighbourhood)));
        }
        let shut = wanted.iter().filter_map(|(name, budget)| {
            let counted = self.counted.entry(name.clone()).or_default();
            match budget {
                Some(budget) => counted.shut_window(*budget, now),
                None => counted.shut_waits(limits.keys_person, now),
            }
        });
        if let Some(until) = shut.chain(shut_pair).max() {
            let early = turn.told.is_some_and(|told| told > now);
            let tries = if early { turn.tries.max(3) } else { turn.tries };
            self.turns.insert((address, person), Turn { tries, told: turn.told.max(Some(until)), at: Some(now) });
            return Err(until);
        }
        for (name, _) in wanted {
            self.counted.entry(name).or_default().0.push(now);
        }
        self.counted.entry(pair).or_default().0.push(now);
        self.turns.insert((address, person), Turn { tries: turn.tries + 1, told: None, at: Some(now) });
        Ok(())
    }

    fn succeeds(&mut self, address: usize, person: usize, mine: bool) {
        if mine && person == 0 {
            self.counted.remove("device");
            return;
        }
        for name in [format!("pair {address} {person}"), format!("new {person}"), format!("regular {person}")] {
            self.counted.remove(&name);
        }
        self.turns.remove(&(address, person));
        for name in [format!("people {address}"), format!("people near {}", near(address))] {
            self.counted.entry(name).or_default().0.pop();
        }
    }
}

fn near(address: usize) -> usize {
    if address < 2 { 0 } else { address }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let app = TestClave::with(Settings { limits: numbers(), ..Settings::default() }).await;
    let nodes: [Arc<Clave>; 2] = [Arc::clone(&app.clave), app.another_node().await];
    let rut = |person: usize| Rut::from_number(PEOPLE[person]).unwrap();
    let mut tx = app.clave.db.begin().await.unwrap();
    MINE.remember(&mut tx, rut(0), app.now(), app.now().plus(Duration::from_hours(9_999))).await.unwrap();
    tx.commit().await.unwrap();
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Wait(seconds) => app.wait(Duration::from_secs(seconds)),
            Step::Try { node, address, person, mine, right } => {
                let mut cx = Cx::new(Arc::clone(&nodes[node]), Some(ADDRESSES[address].parse().unwrap()));
                cx.now = app.now();
                let subject = Subject::Keys(rut(person));
                let mut tx = cx.clave.db.begin().await.unwrap();
                let device = if mine { MINE } else { UNKNOWN }.known(&mut tx, rut(person), cx.now).await.unwrap();
                let verdict = limits::count(&mut tx, &cx, subject, device).await.unwrap();
                if right && verdict.is_ok() {
                    limits::forgive(&mut tx, &cx, subject, device).await.unwrap();
                }
                tx.commit().await.unwrap();
                let expected = model.tries(&numbers(), cx.now, address, person, mine);
                prop_assert_eq!(verdict, expected);
                if right && verdict.is_ok() {
                    model.succeeds(address, person, mine);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn every_verdict_is_the_models() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    runner.run(&prop::collection::vec(step(), 30..120), |steps| runtime.block_on(run(steps))).unwrap();
}
