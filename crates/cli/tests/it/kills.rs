//! `kill -9` at any moment leaves whole accounts and loses nothing that was acknowledged (I1, I4, I5, I6).

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sql::sql;

use crate::{
    browser::Browser,
    people::{Someone, key, provisional_key},
    support::{Installation, Server, env, runtime, times},
};

const ROUNDS: u32 = 32;

/// What was sent and not answered yet.
#[derive(Debug, Clone, PartialEq)]
enum Sent {
    Nothing,
    Registration { key: String },
    Recovery,
    Change { new: String },
}

/// One person's life as the browser knows it.
#[derive(Debug, Clone)]
struct Life {
    someone: Someone,
    /// The key of the last step that was acknowledged.
    key: Option<String>,
    /// The one before it.
    former: Option<String>,
    /// Of acknowledged steps: recoveries, changes.
    recovered: usize,
    changed: usize,
    /// The result page of a recovery whose provisional key was not used.
    recovery: Option<String>,
    sent: Sent,
    /// When each step began.
    began: Vec<Instant>,
}

impl Life {
    fn new(someone: Someone) -> Self {
        Self {
            someone,
            key: None,
            former: None,
            recovered: 0,
            changed: 0,
            recovery: None,
            sent: Sent::Nothing,
            began: Vec::new(),
        }
    }

    fn begins(&mut self, sent: Sent) {
        self.sent = sent;
        self.began.push(Instant::now());
    }

    fn has_changed(&mut self, new: String) {
        self.former = self.key.replace(new);
        self.changed += 1;
        self.recovery = None;
        self.sent = Sent::Nothing;
    }
}

/// Registers, then recovers and changes the key again and again, until the server is gone.
fn live(life: &Mutex<Life>, browser: &mut Browser, rng: &mut StdRng, cycles: usize) -> Result<(), ureq::Error> {
    let someone = life.lock().unwrap().someone.clone();
    let note = |sent| life.lock().unwrap().begins(sent);
    let first = key(rng);
    note(Sent::Registration { key: first.clone() });
    someone.registers(browser, &first)?.is(303);
    life.lock().unwrap().key = Some(first);
    for _ in 0..cycles {
        note(Sent::Recovery);
        let result = someone.recovers(browser)?.is(303).location;
        {
            let mut life = life.lock().unwrap();
            (life.sent, life.recovered, life.recovery) = (Sent::Nothing, life.recovered + 1, Some(result.clone()));
        }
        let mut proof = provisional_key(&browser.get(&result)?.is(200));
        // Once with the provisional key, once with the current one.
        for _ in 0..2 {
            let new = key(rng);
            note(Sent::Change { new: new.clone() });
            someone.changes(browser, &proof, &new)?.is(303);
            life.lock().unwrap().has_changed(new.clone());
            proof = new;
        }
    }
    Ok(())
}

/// What the kill hit.
#[derive(Default, Debug)]
struct Hits {
    absent: [usize; 3],
    whole: [usize; 3],
    between: usize,
}

/// Looks at the account on the restarted server, and leaves it with a key that is known for certain.
fn judge(life: &mut Life, installation: &Installation, server: &Server, browser: &Browser, rng: &mut StdRng, hits: &mut Hits) {
    let someone = life.someone.clone();
    let mut browser = browser.moved_to(server.address);
    let account = installation.account(&someone.rut);

    if let Sent::Registration { key: sent } = life.sent.clone() {
        let key = if account.is_some() {
            hits.whole[0] += 1;
            sent
        } else {
            hits.absent[0] += 1;
            let another = key(rng);
            someone.registers(&mut browser, &another).unwrap().is(303);
            another
        };
        (life.key, life.sent) = (Some(key), Sent::Nothing);
    } else if life.sent == Sent::Nothing {
        hits.between += 1;
    }
    let account = account.or_else(|| installation.account(&someone.rut)).expect("an acknowledged registration is there");
    assert_eq!((&account["state"], &account["missing"]), (&"active".into(), &serde_json::json!([])), "a whole account");
    assert_eq!((times(&account, "registered"), times(&account, "registration_of_taken_rut")), (1, 0));

    let (made, changed) = (times(&account, "provisional_key_made"), times(&account, "key_changed"));
    match life.sent.clone() {
        Sent::Recovery => {
            assert!(made == life.recovered || made == life.recovered + 1, "{made} recoveries");
            let whole = made > life.recovered;
            if whole {
                hits.whole[1] += 1;
            } else {
                hits.absent[1] += 1;
            }
            assert_eq!(account["provisional_until"].is_string(), whole || life.recovery.is_some());
            // A newer provisional key, made before the answer was lost, replaced the older one.
            life.recovery = life.recovery.take().filter(|_| !whole);
        }
        Sent::Change { new } => {
            assert!(changed == life.changed || changed == life.changed + 1, "{changed} changes");
            if changed > life.changed {
                hits.whole[2] += 1;
                life.has_changed(new);
            } else {
                hits.absent[2] += 1;
                assert!(!someone.has_key(&mut browser, &new), "a change that was not made");
            }
            assert_eq!(made, life.recovered);
        }
        Sent::Nothing | Sent::Registration { .. } => assert_eq!((made, changed), (life.recovered, life.changed)),
    }
    life.sent = Sent::Nothing;

    assert!(someone.has_key(&mut browser, life.key.as_deref().unwrap()), "the key of the last step");
    if let Some(former) = &life.former {
        assert!(!someone.has_key(&mut browser, former), "a key that was changed");
    }
    let new = key(rng);
    let proof = if let Some(result) = life.recovery.take() {
        assert!(account["provisional_until"].is_string());
        provisional_key(&browser.get(&result).unwrap().is(200))
    } else {
        // Answer and messages work as well.
        let result = someone.recovers(&mut browser).unwrap().is(303).location;
        provisional_key(&browser.get(&result).unwrap())
    };
    someone.changes(&mut browser, &proof, &new).unwrap().is(303);
    life.has_changed(new);
}

/// Every state change has its record and its messages, all or none.
async fn audit_the_books(installation: &Installation, people: usize) {
    let db = installation.database().await;
    let mut tx = db.read().await.unwrap();
    let mut count = async |statement| -> i64 { tx.one(statement).await.unwrap().unwrap().get("n").unwrap() };
    let persons = count(sql!("SELECT COUNT(*) AS n FROM person")).await;
    assert_eq!(persons, i64::try_from(people).unwrap());
    for (event, kind) in
        [("registered", "registered"), ("provisional_key_made", "provisional_key"), ("key_changed", "key_changed")]
    {
        let events = count(sql!("SELECT COUNT(*) AS n FROM audit WHERE event = $1", event)).await;
        let messages = count(sql!("SELECT COUNT(*) AS n FROM outbox WHERE kind = $1", kind)).await;
        assert_eq!(messages, 2 * events, "a mail and an SMS for each {event}");
    }
    assert_eq!(count(sql!("SELECT COUNT(*) AS n FROM audit WHERE event = 'registered'")).await, persons);
    drop(tx);
    db.close().await;
}

#[test]
fn kill_dash_nine_leaves_whole_accounts_and_loses_nothing_acknowledged() {
    let seed = env("CLAVERO_TEST_SEED").map_or_else(|| rand::make_rng::<StdRng>().random(), |seed| seed.parse::<u64>().unwrap());
    println!("CLAVERO_TEST_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let installation = Installation::new();
    let mut server = installation.serve();

    // How long each step takes on this machine, once it is warm: the kills are spread over it.
    let (mut lives, mut hits, mut steps) = (Vec::new(), Hits::default(), Vec::<Duration>::new());
    for number in [9_699_999, 9_700_000] {
        let life = Mutex::new(Life::new(Someone::number(number)));
        live(&life, &mut server.browser(), &mut rng, 1).unwrap();
        let mut life = life.into_inner().unwrap();
        life.began.push(Instant::now());
        steps = life.began.windows(2).map(|pair| pair[1] - pair[0]).collect();
        lives.push(life);
    }
    for round in 1..=ROUNDS {
        let life = Arc::new(Mutex::new(Life::new(Someone::number(9_700_000 + round))));
        let browser = server.browser();
        let living = {
            let (life, mut browser, mut rng) = (Arc::clone(&life), browser, StdRng::seed_from_u64(rng.random()));
            thread::spawn(move || {
                let ended = live(&life, &mut browser, &mut rng, usize::MAX);
                (browser, ended)
            })
        };
        let step = rng.random_range(0..steps.len());
        // More often towards the end of a step, where the transaction is that counts.
        let moment = steps[step].mul_f64(1.1 * rng.random_range(0.0_f64..1.0).sqrt());
        while life.lock().unwrap().began.len() <= step && !living.is_finished() {
            thread::sleep(Duration::from_micros(200));
        }
        thread::sleep(moment);
        server.kill();
        let (browser, ended) = living.join().expect("every answer before the kill was the right one");
        assert!(ended.is_err());
        server = installation.serve();
        let mut life = life.lock().unwrap().clone();
        judge(&mut life, &installation, &server, &browser, &mut rng, &mut hits);
        // Other tests run at the same time: a step measured while they were busy would put every later kill behind its end.
        for (step, pair) in steps.iter_mut().zip(life.began.windows(2)) {
            *step = (*step).min(pair[1] - pair[0]);
        }
        lives.push(life);
    }
    println!("killed {ROUNDS} times, steps of {steps:?}: {hits:?} (registration, recovery, change)");

    // What was acknowledged in the first round has outlived all the kills of the later ones.
    for life in &lives {
        assert!(life.someone.has_key(&mut server.browser(), life.key.as_deref().unwrap()), "{life:?}");
    }
    runtime().block_on(audit_the_books(&installation, lives.len()));
}
