//! Rows of loads that count no more, and of loads that were given up before they counted.

use std::time::{Duration, Instant};

use sql::{Db, Statement, sql};

use super::{Kind, import::Loads};
use crate::{Fault, Moment, patient};

/// The bits of a load's number that say nothing of when it began: a second, about.
pub(super) const CHANCE: i64 = (1 << 20) - 1;
/// No import takes longer.
const OLD: Duration = Duration::from_hours(24);
/// Rows in one transaction.
const BATCH: i64 = 500;

/// Deletes what is left of loads that began a day ago or more, and do not count. Gives how many rows that were.
pub(crate) async fn sweep(db: &Db, now: Moment) -> Result<u64, Fault> {
    let counted = Loads::read(&mut db.read().await?).await?;
    let old = now.minus(OLD).micros() & !CHANCE;
    let mut gone = 0;
    for kind in Kind::ALL {
        let mut after = i64::MIN;
        while let Some(load) = next(db, kind, after).await?.filter(|load| *load < old) {
            if counted.of(kind) != Some(load) {
                gone += delete(db, kind, load).await?;
            }
            after = load;
        }
    }
    Ok(gone)
}

/// The first load after this one: found in the index, however many rows each has.
async fn next(db: &Db, kind: Kind, after: i64) -> Result<Option<i64>, Fault> {
    let statement = match kind {
        Kind::Courses => sql!("SELECT MIN(load) AS load FROM course WHERE load > $1", after),
        Kind::Actions => sql!("SELECT MIN(load) AS load FROM training_action WHERE load > $1", after),
        Kind::Enrolments => sql!("SELECT MIN(load) AS load FROM enrolment WHERE load > $1", after),
    };
    Ok(db.read().await?.only(statement).await?.get("load")?)
}

/// Deletes the load's rows, batch by batch; none where it counts after all.
pub(super) async fn delete(db: &Db, kind: Kind, load: i64) -> Result<u64, Fault> {
    let mut gone = 0;
    loop {
        let began = Instant::now();
        let batch = patient::write(db, &[some(kind, load)]).await?;
        gone += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(gone);
        }
        // As in an import, as long again is everybody else's.
        tokio::time::sleep(began.elapsed()).await;
    }
}

fn some(kind: Kind, load: i64) -> Statement {
    match kind {
        Kind::Courses => sql!(
            "DELETE FROM course WHERE load = $1 AND NOT EXISTS (SELECT 1 FROM catalogue WHERE kind = 'course' AND load = $1)
             AND code IN (SELECT code FROM course WHERE load = $1 ORDER BY code LIMIT $2)",
            load,
            BATCH
        ),
        Kind::Actions => sql!(
            "DELETE FROM training_action WHERE load = $1
             AND NOT EXISTS (SELECT 1 FROM catalogue WHERE kind = 'training_action' AND load = $1)
             AND code IN (SELECT code FROM training_action WHERE load = $1 ORDER BY code LIMIT $2)",
            load,
            BATCH
        ),
        Kind::Enrolments => sql!(
            "DELETE FROM enrolment WHERE load = $1
             AND NOT EXISTS (SELECT 1 FROM catalogue WHERE kind = 'enrolment' AND load = $1)
             AND (action, rut) IN (SELECT action, rut FROM enrolment WHERE load = $1 ORDER BY action, rut LIMIT $2)",
            load,
            BATCH
        ),
    }
}
