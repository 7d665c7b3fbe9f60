//! Sweeps out rows that have served: expired ones, and messages that ended long ago.
//!
//! Small batches, each its own transaction, so that nobody waits behind the broom. Every node sweeps; a row swept twice is no harm.

use std::time::Duration;

use sql::{Db, Statement, sql};

use crate::{fault::Fault, moment::Moment, rce::catalogue, receipt};

/// Rows in one transaction.
const BATCH: i64 = 500;
/// Batches of one table in one sweep: what is left waits for the next.
const BATCHES: u32 = 40;
/// Expired rows stay this much longer: a clock that jumps forward and back again must not make a used captcha or link new.
const MARGIN: Duration = Duration::from_hours(24);
/// Messages that ended stay so long, for the help desk.
const MESSAGES: Duration = Duration::from_hours(30 * 24);

/// So long after a key is published no more, ID tokens that it signed may come back as hints.
const HINTS: Duration = Duration::from_hours(30 * 24);

/// So long whoever sets an LMS up can look at what was tried.
const TEST_ATTENDANCE: Duration = Duration::from_hours(30 * 24);

/// How many rows went, by table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Processes.
    pub flows: u64,
    /// Authorization requests.
    pub pending: u64,
    /// Forms that were sent.
    pub submissions: u64,
    /// Captchas.
    pub captchas: u64,
    /// Links.
    pub links: u64,
    /// Changes of contact that can no longer be undone.
    pub contact_changes: u64,
    /// Windows of limits.
    pub lanes: u64,
    /// Devices that nobody came from for a year.
    pub devices: u64,
    /// Private halves of keys whose signatures nobody shows any more.
    pub signing_keys: u64,
    /// Messages.
    pub messages: u64,
    /// What gateways told of messages, known or not.
    pub receipts: u64,
    /// Authorization codes.
    pub codes: u64,
    /// Access and refresh tokens.
    pub tokens: u64,
    /// What people gave systems and has ended.
    pub grants: u64,
    /// Proofs that were seen.
    pub once: u64,
    /// Devices without a browser that asked.
    pub device_grants: u64,
    /// What LMS sent.
    pub rce_requests: u64,
    /// Attendance in the test environment.
    pub test_attendance: u64,
    /// Rows of courses, actions and enrolments that others replaced.
    pub catalogue_rows: u64,
}

/// Sweeps every table once.
pub async fn sweep(db: &Db, now: Moment) -> Result<Swept, Fault> {
    let expired = now.minus(MARGIN);
    Ok(Swept {
        flows: batches(db, || {
            sql!(
                "DELETE FROM flow WHERE until <= $1 AND id IN (SELECT id FROM flow WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        pending: batches(db, || {
            sql!(
                "DELETE FROM pending WHERE until <= $1
                 AND id IN (SELECT id FROM pending WHERE until <= $1 ORDER BY until LIMIT $2)",
                // What is gone cannot be brought again either.
                now,
                BATCH
            )
        })
        .await?,
        submissions: batches(db, || {
            sql!(
                "DELETE FROM submission WHERE until <= $1
                 AND id IN (SELECT id FROM submission WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        captchas: batches(db, || {
            sql!(
                "DELETE FROM captcha_burnt WHERE until <= $1
                 AND id IN (SELECT id FROM captcha_burnt WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        links: batches(db, || {
            sql!(
                "DELETE FROM link WHERE until <= $1 AND id IN (SELECT id FROM link WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        contact_changes: batches(db, || {
            sql!(
                "DELETE FROM contact_change WHERE until <= $1
                 AND id IN (SELECT id FROM contact_change WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        lanes: batches(db, || {
            sql!(
                "DELETE FROM lane WHERE until <= $1 AND id IN (SELECT id FROM lane WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        devices: batches(db, || {
            sql!(
                "DELETE FROM device WHERE until <= $1
                 AND (id, rut) IN (SELECT id, rut FROM device WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        signing_keys: batches(db, || {
            sql!(
                "UPDATE signing_key SET private = NULL WHERE private IS NOT NULL AND published_until <= $1
                 AND id IN (SELECT id FROM signing_key WHERE private IS NOT NULL AND published_until <= $1 LIMIT $2)",
                now.minus(HINTS),
                BATCH
            )
        })
        .await?,
        ..told(db, now).await?
    })
}

/// Messages that ended long ago, and what gateways told of them.
async fn told(db: &Db, now: Moment) -> Result<Swept, Fault> {
    Ok(Swept {
        messages: batches(db, || {
            sql!(
                "DELETE FROM outbox WHERE state NOT IN ('waiting', 'accepted') AND ended_at <= $1
                 AND id IN (SELECT id FROM outbox WHERE state NOT IN ('waiting', 'accepted') AND ended_at <= $1 LIMIT $2)",
                now.minus(MESSAGES),
                BATCH
            )
        })
        .await?,
        receipts: batches(db, || {
            sql!(
                "DELETE FROM receipt WHERE (at <= $1 OR (message IS NULL AND at <= $2))
                 AND (gateway, reference) IN (SELECT gateway, reference FROM receipt
                     WHERE at <= $1 OR (message IS NULL AND at <= $2) LIMIT $3)",
                now.minus(MESSAGES),
                now.minus(receipt::UNKNOWN),
                BATCH
            )
        })
        .await?,
        ..given(db, now).await?
    })
}

/// What people gave systems and has ended, and what was seen with it.
async fn given(db: &Db, now: Moment) -> Result<Swept, Fault> {
    let expired = now.minus(MARGIN);
    Ok(Swept {
        codes: batches(db, || {
            sql!(
                "DELETE FROM code WHERE until <= $1 AND id IN (SELECT id FROM code WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        tokens: batches(db, || {
            sql!(
                "DELETE FROM token WHERE until <= $1 AND id IN (SELECT id FROM token WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        grants: batches(db, || {
            sql!(
                "DELETE FROM access_grant WHERE until <= $1
                 AND id IN (SELECT id FROM access_grant WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        once: batches(db, || {
            sql!(
                "DELETE FROM once WHERE until <= $1 AND id IN (SELECT id FROM once WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        device_grants: batches(db, || {
            sql!(
                "DELETE FROM device_grant WHERE until <= $1
                 AND id IN (SELECT id FROM device_grant WHERE until <= $1 ORDER BY until LIMIT $2)",
                expired,
                BATCH
            )
        })
        .await?,
        ..attended(db, now).await?
    })
}

/// What came of RCE and serves no more. Attendance that counts is kept.
async fn attended(db: &Db, now: Moment) -> Result<Swept, Fault> {
    Ok(Swept {
        rce_requests: batches(db, || {
            sql!(
                "DELETE FROM rce_request WHERE until <= $1
                 AND id IN (SELECT id FROM rce_request WHERE until <= $1 ORDER BY until LIMIT $2)",
                now.minus(MARGIN),
                BATCH
            )
        })
        .await?,
        test_attendance: batches(db, || {
            sql!(
                "DELETE FROM attendance WHERE environment = 'test' AND started_at <= $1
                 AND id IN (SELECT id FROM attendance WHERE environment = 'test' AND started_at <= $1 ORDER BY started_at LIMIT $2)",
                now.minus(TEST_ATTENDANCE),
                BATCH
            )
        })
        .await?,
        catalogue_rows: catalogue::sweep(db, now).await?,
        ..Swept::default()
    })
}

/// Repeats the statement, a transaction each, until little is left.
async fn batches(db: &Db, statement: impl Fn() -> Statement) -> Result<u64, Fault> {
    let mut gone = 0;
    for _ in 0..BATCHES {
        let mut tx = db.begin().await?;
        let batch = tx.run(statement()).await?;
        tx.commit().await?;
        gone += batch;
        if batch < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(gone)
}
