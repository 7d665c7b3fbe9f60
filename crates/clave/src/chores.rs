//! What every node does now and then beside sending messages: looks at the keys, sweeps out what has served, signs the records. It outlives what goes
//! wrong: it says so and does it again at its next time.

use std::{future::Future, sync::Arc, time::Duration};

use crate::{
    audit,
    cx::{Clave, Cx},
    epoch,
    fault::{self, Fault},
    housekeeping, keys,
    person::decoy,
    session, signing,
};

/// How often the keys are looked at: so late, at most, this node changes over to a new one.
const KEYS: Duration = Duration::from_secs(3);
/// How often old rows are swept out.
const SWEEP: Duration = Duration::from_mins(10);
/// How often the heads of the records are signed: what was recorded since is held by the chain alone.
const SIGN: Duration = Duration::from_mins(1);

/// Does them until `stopped`, and signs the records at last.
pub(crate) async fn run(clave: Arc<Clave>, stopped: impl Future<Output = ()>) {
    let (mut sweep, mut sign, mut keys) = (every(SWEEP), every(SIGN), every(KEYS));
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            biased;
            () = &mut stopped => break,
            _ = keys.tick() => look_at_keys(&clave).await,
            // In tasks of their own: sweeping many rows does not hold up a key.
            _ = sweep.tick() => drop(tokio::spawn(sweep_out(Arc::clone(&clave)))),
            _ = sign.tick() => drop(tokio::spawn(keep_records(Arc::clone(&clave)))),
        }
    }
    keep_records(clave).await;
}

async fn look_at_keys(clave: &Arc<Clave>) {
    noted("looking at the keys", keys::refresh(&clave.db, &clave.vault).await);
    noted("looking at the keys that sign", signing::refresh(clave).await);
    noted("looking at the database's epoch", epoch::refresh(clave).await);
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

/// A beat that does not hurry after a delay.
pub(crate) fn every(span: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(span);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    interval
}

/// What went wrong is said, and nothing else: the next time it may not.
pub(crate) fn noted(doing: &str, done: Result<(), Fault>) {
    if let Err(problem) = done {
        tracing::error!(problem = fault::chain(&problem), "{doing} failed");
    }
}
