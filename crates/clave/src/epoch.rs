//! A database that comes back from a backup is a little in the past: keys that were used since, processes that went on, captchas that were
//! solved would be as new. So what is short-lived is voided when it begins to run again, and captchas from before no longer count.
//!
//! `clavero backup` marks the **copy**; whoever starts from it, by `clavero restore` or by putting the file in place, is noticed. Where no mark can be
//! made (`pg_dump`, a copied disk), the operator says it: `clavero restore`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sql::{Db, Statement, sql};

use crate::{
    audit::{self, Event},
    cx::{Clave, Cx},
    fault::Fault,
    keys::Haste,
    moment::Moment,
    signing,
};

/// Since when the database runs without having been restored.
#[derive(Debug, Default)]
pub struct Epoch(AtomicI64);

impl Epoch {
    /// Whether something of such a lifetime, good until then, was made in this epoch.
    pub fn has(&self, until: Moment, lifetime: Duration, now: Moment) -> bool {
        let since = Moment::from_micros(self.0.load(Ordering::SeqCst));
        // The clock was set back since: nothing could be told apart, and refusing everything would close the site.
        since > now || until.minus(lifetime) >= since
    }

    fn set(&self, since: Moment) {
        self.0.store(since.micros(), Ordering::SeqCst);
    }
}

/// Reads it from the database: at the start, and now and then, because another node may have been told to restore.
pub async fn refresh(clave: &Clave) -> Result<(), Fault> {
    let row = clave.db.read().await?.one(sql!("SELECT since FROM epoch WHERE id = 1")).await?;
    let row = row.ok_or_else(|| Fault::new("reading the database's epoch"))?;
    clave.epoch.set(row.get("since")?);
    Ok(())
}

/// Marks a database as a copy, to be noticed at its first start.
pub async fn mark_as_copy(db: &Db, now: Moment) -> Result<(), Fault> {
    let mut tx = db.begin().await?;
    tx.run(sql!("UPDATE epoch SET copied_at = $1 WHERE id = 1", now)).await?;
    Ok(tx.commit().await?)
}

/// At the start: begins anew where the database is a copy. Gives how many rows were voided.
pub async fn begin_if_copy(cx: &mut Cx) -> Result<Option<u64>, Fault> {
    let row = cx.clave.db.read().await?.one(sql!("SELECT id FROM epoch WHERE id = 1 AND copied_at IS NOT NULL")).await?;
    if row.is_some() { begin(cx).await.map(Some) } else { Ok(None) }
}

/// Begins anew: voids everything short-lived, in one transaction. Gives how many rows that were.
///
/// Keys that sign may have been withdrawn since, because somebody had seen them, and nothing here knows of it: so they are withdrawn now. Before the
/// rest, so that a copy whose start was interrupted is still one.
pub async fn begin(cx: &mut Cx) -> Result<u64, Fault> {
    let clave = Arc::clone(&cx.clave);
    signing::refresh(&clave).await?;
    if !clave.signing.list(cx.now).is_empty() {
        // None: another node has just made the next ones, and these are made after them.
        while signing::rotate(cx, Haste::Now).await?.is_none() {}
    }
    let mut tx = clave.db.begin().await?;
    let mut voided = 0;
    for statement in short_lived(cx.now) {
        voided += tx.run(statement).await?;
    }
    tx.run(sql!("UPDATE epoch SET since = $1, copied_at = NULL WHERE id = 1", cx.now)).await?;
    audit::append(&mut tx, cx, None, Event::Restored, Some(&format!("{voided} rows voided"))).await?;
    tx.commit().await?;
    clave.epoch.set(cx.now);
    Ok(voided)
}

/// What must not come back to life. Add here whatever is used once or ends by itself. Budgets stay: forgetting them would open them. So do «no
/// fui yo» links: to freeze is the safe side.
fn short_lived(now: Moment) -> Vec<Statement> {
    vec![
        sql!("DELETE FROM provisional"),
        sql!("DELETE FROM flow"),
        sql!("DELETE FROM pending"),
        sql!("DELETE FROM submission"),
        // A person may have taken a consent back since: to be asked once more is the safe side.
        sql!("DELETE FROM consent"),
        sql!("DELETE FROM session"),
        // A person may have been told since that a device is no longer known.
        sql!("DELETE FROM device"),
        sql!("UPDATE link SET used_at = $1 WHERE used_at IS NULL AND purpose IN ('captcha', 'confirm_email')", now),
        // They may have been used, rotated or given back since. What was seen once stays seen.
        sql!("DELETE FROM code"),
        sql!("DELETE FROM token"),
        sql!("DELETE FROM device_grant"),
        // Its attendance may have been started since, and the LMS asks again.
        sql!("DELETE FROM rce_request"),
        sql!("UPDATE access_grant SET ended_at = $1, ended_by = 'restored' WHERE ended_at IS NULL", now),
        // They may have been sent or have arrived since; the keys in them are void in any case.
        sql!(
            "UPDATE outbox SET state = 'failed', body = NULL, ended_at = $1, lease = NULL, leased_until = NULL, problem = 'restored'
             WHERE state IN ('waiting', 'accepted')",
            now
        ),
        sql!("DELETE FROM receipt"),
    ]
}
