//! `kill -9` of nodes that are sending: nothing is lost, hardly anything is sent twice, and what is sent twice has the same words (I6).

use std::{
    collections::BTreeMap,
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use clave::outbox::Channel;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::{
    outgoing,
    sink::Sink,
    support::{Installation, Server, env, runtime, wait_for},
    timing,
};

/// So many messages wait at least, so that a killed node is always in the middle of its work.
const LEAST: usize = 3_000;
/// So many are put at once when there are fewer.
const MORE: usize = 3_000;
/// Milliseconds for which a node works before it, or another one, is killed: a round of three hundred takes two seconds or so.
const WORK: Range<u64> = 800..2_000;
/// A dead node's leases last a minute and a half.
const LEASES: Duration = Duration::from_mins(3);

fn kills(count: usize) {
    let seed = env("CLAVERO_TEST_SEED").map_or_else(|| rand::make_rng::<StdRng>().random(), |seed| seed.parse::<u64>().unwrap());
    println!("CLAVERO_TEST_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let sink = Sink::smtp();
    let installation = Installation::new()
        .with("CLAVERO__MAIL__TRANSPORT", "smtp")
        .with("CLAVERO__MAIL__SMTP__HOST", "127.0.0.1")
        .with("CLAVERO__MAIL__SMTP__PORT", sink.port.to_string())
        .with("CLAVERO__MAIL__SMTP__SECURITY", "none")
        .with("CLAVERO__MAIL__SMTP__FROM", "Clave SENCE <no-responder@correo.example>")
        .with("CLAVERO__LOG__LEVEL", "error");
    // Several nodes share PostgreSQL; SQLite is one node's.
    let count_of_nodes = if installation.is_postgres() { 2 } else { 1 };
    let mut nodes: Vec<Server> = (0..count_of_nodes).map(|_| timing::serve(&installation, &[])).collect();
    let runtime = runtime();
    let clave = runtime.block_on(outgoing::product(&installation));
    let mut put = Vec::new();
    let began = Instant::now();
    for _ in 0..count {
        if put.len() < sink.count() + LEAST {
            put.extend(runtime.block_on(outgoing::put(&clave, Channel::Email, put.len(), MORE)));
        }
        let before = sink.count();
        wait_for(LEASES, "messages on their way", || (sink.count() > before).then_some(()));
        thread::sleep(Duration::from_millis(rng.random_range(WORK)));
        let node = rng.random_range(0..nodes.len());
        nodes.swap_remove(node).kill();
        nodes.push(timing::serve(&installation, &[]));
    }
    let killed = began.elapsed();
    let before = sink.count();
    // What the dead had claimed waits for its leases to run out.
    wait_for(Duration::from_mins(6), "an empty outbox", || {
        thread::sleep(Duration::from_millis(500));
        (runtime.block_on(outgoing::count(&clave, "waiting")) == 0).then_some(())
    });
    let taken = sink.taken();
    let number = |count: usize| f64::from(u32::try_from(count).unwrap());
    println!(
        "{}: killed {count} times in {killed:.0?}, {before} messages sent meanwhile; {} put, {} arrived, {} arrived twice or more ({:.2} %)",
        if installation.is_postgres() { "PostgreSQL, two nodes" } else { "SQLite, one node" },
        put.len(),
        taken.messages.len(),
        taken.repeated(),
        100.0 * number(taken.repeated()) / number(taken.messages.len())
    );
    let wanted: BTreeMap<_, _> = put.iter().cloned().collect();
    for (id, key) in &wanted {
        let message = taken.messages.get(id).unwrap_or_else(|| panic!("{id} was lost"));
        assert!(message.keys.iter().all(|sent| Some(sent) == key.as_ref()), "{id} was sent with other words");
        assert_eq!(message.keys.len(), if key.is_some() { message.times } else { 0 }, "{id}");
    }
    assert_eq!(taken.messages.len(), wanted.len(), "messages that nobody put");
    assert_eq!(runtime.block_on(outgoing::count(&clave, "sent")), put.len());
    assert!(taken.repeated() * 100 < taken.messages.len(), "more than one in a hundred was sent twice");
    runtime.block_on(clave.db.close());
}

#[test]
#[ignore = "./test --faults: a quarter of an hour"]
fn three_hundred_kills_of_nodes_that_send_lose_nothing_and_repeat_hardly_anything() {
    kills(env("CLAVERO_TEST_KILLS").map_or(300, |kills| kills.parse().unwrap()));
}
