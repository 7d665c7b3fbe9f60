//! Brings what is stored over to the keys in use, while the service runs: sealed values are sealed anew, blind indexes computed anew. Hashes
//! follow at their next use, when their secret is known.
//!
//! A row is changed only if it is still as it was read, so nothing that happens meanwhile is lost; rows that carry an older key's number are
//! what is left to do, so an interrupted run goes on where it stopped.

use std::{collections::BTreeMap, sync::Arc};

use sql::{Db, Statement, Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    patient, person,
    vault::{KeyId, KeyName, Place, Purpose},
};

/// Rows that are read at once: the LIMIT of the statements.
const BATCH: usize = 100;

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows looked at.
    pub done: u64,
    /// Rows there were at the beginning.
    pub of: u64,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Rows brought over.
    pub rows: u64,
    /// Rows that no key opens: altered, swapped, or sealed with a key that is gone. They stay as they are.
    pub unreadable: u64,
}

/// A column of sealed values. To have another one brought over, add it to [`SEALED`].
struct Sealed {
    /// As in [`Place::column`]; the row is `id`.
    column: &'static str,
    /// How many rows each key number has.
    count: fn() -> Statement,
    /// `id` and `sealed` of the next rows after an id whose key number is not this one.
    stale: fn(current: [u8; 4], after: &[u8]) -> Statement,
    /// So many rows are changed in one transaction. More than one only where nobody else takes several rows of that table at once, or both could
    /// wait for each other.
    together: usize,
    /// Changes a row that is still as it was read.
    replace: fn(id: &[u8], old: &[u8], new: &[u8]) -> Statement,
}

/// Every column of sealed values.
const SEALED: &[Sealed] = &[
    Sealed {
        column: "person.details",
        count: || sql!("SELECT substr(details, 1, 4) AS number, COUNT(*) AS n FROM person GROUP BY substr(details, 1, 4)"),
        stale: |current, after| {
            sql!(
                "SELECT id, details AS sealed FROM person WHERE substr(details, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: BATCH,
        replace: |id, old, new| sql!("UPDATE person SET details = $3 WHERE id = $1 AND details = $2", id, old, new),
    },
    Sealed {
        column: "outbox.body",
        count: || {
            sql!(
                "SELECT substr(body, 1, 4) AS number, COUNT(*) AS n FROM outbox WHERE body IS NOT NULL
                 GROUP BY substr(body, 1, 4)"
            )
        },
        stale: |current, after| {
            sql!(
                "SELECT id, body AS sealed FROM outbox WHERE substr(body, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE outbox SET body = $3 WHERE id = $1 AND body = $2", id, old, new),
    },
    Sealed {
        column: "flow.state",
        count: || {
            sql!(
                "SELECT substr(state, 1, 4) AS number, COUNT(*) AS n FROM flow WHERE state IS NOT NULL
                 GROUP BY substr(state, 1, 4)"
            )
        },
        stale: |current, after| {
            sql!(
                "SELECT id, state AS sealed FROM flow WHERE substr(state, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE flow SET state = $3 WHERE id = $1 AND state = $2", id, old, new),
    },
    Sealed {
        column: "flow.outcome",
        count: || {
            sql!(
                "SELECT substr(outcome, 1, 4) AS number, COUNT(*) AS n FROM flow WHERE outcome IS NOT NULL
                 GROUP BY substr(outcome, 1, 4)"
            )
        },
        stale: |current, after| {
            sql!(
                "SELECT id, outcome AS sealed FROM flow WHERE substr(outcome, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE flow SET outcome = $3 WHERE id = $1 AND outcome = $2", id, old, new),
    },
    Sealed {
        column: "pending.request",
        count: || sql!("SELECT substr(request, 1, 4) AS number, COUNT(*) AS n FROM pending GROUP BY substr(request, 1, 4)"),
        stale: |current, after| {
            sql!(
                "SELECT id, request AS sealed FROM pending WHERE substr(request, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE pending SET request = $3 WHERE id = $1 AND request = $2", id, old, new),
    },
    Sealed {
        column: "rce_request.request",
        count: || sql!("SELECT substr(request, 1, 4) AS number, COUNT(*) AS n FROM rce_request GROUP BY substr(request, 1, 4)"),
        stale: |current, after| {
            sql!(
                "SELECT id, request AS sealed FROM rce_request WHERE substr(request, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE rce_request SET request = $3 WHERE id = $1 AND request = $2", id, old, new),
    },
    Sealed {
        column: "attendance.lms_session",
        count: || {
            sql!("SELECT substr(lms_session, 1, 4) AS number, COUNT(*) AS n FROM attendance GROUP BY substr(lms_session, 1, 4)")
        },
        stale: |current, after| {
            sql!(
                "SELECT id, lms_session AS sealed FROM attendance WHERE substr(lms_session, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE attendance SET lms_session = $3 WHERE id = $1 AND lms_session = $2", id, old, new),
    },
    Sealed {
        column: "contact_change.before",
        count: || sql!("SELECT substr(before, 1, 4) AS number, COUNT(*) AS n FROM contact_change GROUP BY substr(before, 1, 4)"),
        stale: |current, after| {
            sql!(
                "SELECT id, before AS sealed FROM contact_change WHERE substr(before, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE contact_change SET before = $3 WHERE id = $1 AND before = $2", id, old, new),
    },
    Sealed {
        column: "signing_key.private",
        count: || {
            sql!(
                "SELECT substr(private, 1, 4) AS number, COUNT(*) AS n FROM signing_key WHERE private IS NOT NULL
                 GROUP BY substr(private, 1, 4)"
            )
        },
        stale: |current, after| {
            sql!(
                "SELECT id, private AS sealed FROM signing_key WHERE substr(private, 1, 4) <> $1 AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            )
        },
        together: 1,
        replace: |id, old, new| sql!("UPDATE signing_key SET private = $3 WHERE id = $1 AND private = $2", id, old, new),
    },
];

/// How many rows need each key that something is stored with.
#[derive(Debug, Clone, Default)]
pub struct Needs(BTreeMap<KeyName, u64>);

impl Needs {
    /// Of one key; none where nothing is stored with keys of that purpose.
    pub fn of(&self, name: KeyName) -> Option<u64> {
        let stored = matches!(name.purpose, Purpose::Pepper | Purpose::Sealing | Purpose::Index);
        stored.then(|| self.0.get(&name).copied().unwrap_or(0))
    }

    fn add(&mut self, purpose: Purpose, id: KeyId, rows: i64) {
        *self.0.entry(KeyName { purpose, id }).or_default() += rows.unsigned_abs();
    }
}

/// Counts the rows that need each key.
pub async fn needs(tx: &mut Tx) -> Result<Needs, Fault> {
    let mut needs = Needs::default();
    for column in SEALED {
        for row in tx.all((column.count)()).await? {
            needs.add(Purpose::Sealing, number(&row.get::<Vec<u8>>("number")?), row.get("n")?);
        }
    }
    // An index of 32 bytes was made before they carried their key's number: that key is the first.
    let indexes = [
        sql!(
            "SELECT substr(email_index, 1, length(email_index) - 32) AS number, COUNT(*) AS n FROM person
             WHERE email_index IS NOT NULL GROUP BY substr(email_index, 1, length(email_index) - 32)"
        ),
        sql!(
            "SELECT substr(phone_index, 1, length(phone_index) - 32) AS number, COUNT(*) AS n FROM person
             WHERE phone_index IS NOT NULL GROUP BY substr(phone_index, 1, length(phone_index) - 32)"
        ),
    ];
    for statement in indexes {
        for row in tx.all(statement).await? {
            needs.add(Purpose::Index, number(&row.get::<Vec<u8>>("number")?).max(1), row.get("n")?);
        }
    }
    // The number stands before the hash's first `$`, which is always followed by the algorithm.
    let hashes = [
        sql!(
            "SELECT replace(substr(key_hash, 1, 10), '$', ' ') AS start, COUNT(*) AS n FROM person WHERE key_hash IS NOT NULL GROUP BY start"
        ),
        sql!(
            "SELECT replace(substr(answer_hash, 1, 10), '$', ' ') AS start, COUNT(*) AS n FROM person WHERE answer_hash IS NOT NULL GROUP BY start"
        ),
        sql!("SELECT replace(substr(hash, 1, 10), '$', ' ') AS start, COUNT(*) AS n FROM provisional GROUP BY start"),
    ];
    for statement in hashes {
        for row in tx.all(statement).await? {
            let start: String = row.get("start")?;
            let id = start.split(' ').next().and_then(|id| id.parse().ok()).unwrap_or_default();
            needs.add(Purpose::Pepper, id, row.get("n")?);
        }
    }
    Ok(needs)
}

/// The number at the front of a value.
fn number(bytes: &[u8]) -> KeyId {
    bytes.first_chunk().map_or(0, |number| KeyId::from_be_bytes(*number))
}

/// Brings everything stored with older keys of `purpose` over to the one in use, telling how far it is after every batch. Purposes with which nothing
/// is stored, and the pepper, whose hashes follow at their next use, have nothing to do.
pub async fn renew(cx: &mut Cx, purpose: Purpose, mut tell: impl FnMut(Progress)) -> Result<Renewed, Fault> {
    let current = cx.clave.vault.current_id(purpose)?;
    let mut progress = Progress { done: 0, of: left(&cx.clave.db, purpose, current).await? };
    let mut renewed = Renewed::default();
    let mut step = |looked_at: usize| {
        progress.done += looked_at as u64;
        progress.of = progress.of.max(progress.done);
        tell(progress);
    };
    step(0);
    match purpose {
        Purpose::Sealing => {
            for column in SEALED {
                let (rows, unreadable) = rounds(cx, &Work::Seal(column), current, &mut step).await?;
                renewed = Renewed { rows: renewed.rows + rows, unreadable: renewed.unreadable + unreadable };
            }
        }
        Purpose::Index => {
            let (rows, unreadable) = rounds(cx, &Work::Index, current, &mut step).await?;
            renewed = Renewed { rows, unreadable };
        }
        Purpose::Pepper | Purpose::Web | Purpose::Decoy | Purpose::Audit => {}
    }
    Ok(renewed)
}

/// How many rows a run has before it.
async fn left(db: &Db, purpose: Purpose, current: KeyId) -> Result<u64, Fault> {
    let mut tx = db.read().await?;
    if purpose == Purpose::Index {
        let count = sql!(
            "SELECT COUNT(*) AS n FROM person WHERE length(email_index) = 32 OR substr(email_index, 1, 4) <> $1
                 OR length(phone_index) = 32 OR substr(phone_index, 1, 4) <> $1",
            current.to_be_bytes().as_slice()
        );
        let row = tx.one(count).await?;
        return Ok(row.map(|row| row.get::<i64>("n")).transpose()?.unwrap_or(0).unsigned_abs());
    }
    let needs = needs(&mut tx).await?;
    Ok(needs.0.iter().filter(|(name, _)| name.purpose == purpose && name.id != current).map(|(_, rows)| rows).sum())
}

/// What is done to each row.
enum Work {
    Seal(&'static Sealed),
    Index,
}

/// Rounds over the rows that are left, until one finds none that somebody else changed between its reading and its writing. Gives how many were
/// brought over, and how many no key opens.
async fn rounds(cx: &mut Cx, work: &Work, current: KeyId, step: &mut impl FnMut(usize)) -> Result<(u64, u64), Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut renewed = 0;
    loop {
        let (mut after, mut unreadable, mut overtaken) = (Vec::new(), 0, 0);
        loop {
            let rows = clave.db.read().await?.all(work.left_after(current, &after)).await?;
            let mut changes = Vec::with_capacity(rows.len());
            for row in &rows {
                let (id, sealed): (Vec<u8>, Vec<u8>) = (row.get("id")?, row.get("sealed")?);
                match work.change(cx, &id, sealed) {
                    Some(change) => changes.push(change),
                    None => unreadable += 1,
                }
                after = id;
            }
            for together in changes.chunks(work.together()) {
                let touched = patient::write(&clave.db, together).await?;
                renewed += touched;
                overtaken += together.len() as u64 - touched;
            }
            step(rows.len());
            if rows.len() < BATCH {
                break;
            }
        }
        if overtaken == 0 {
            return Ok((renewed, unreadable));
        }
    }
}

impl Work {
    fn left_after(&self, current: KeyId, after: &[u8]) -> Statement {
        let current = current.to_be_bytes();
        match self {
            Self::Seal(column) => (column.stale)(current, after),
            Self::Index => sql!(
                "SELECT id, details AS sealed FROM person
                 WHERE (length(email_index) = 32 OR substr(email_index, 1, 4) <> $1
                     OR length(phone_index) = 32 OR substr(phone_index, 1, 4) <> $1) AND id > $2 ORDER BY id LIMIT 100",
                current.as_slice(),
                after
            ),
        }
    }

    fn together(&self) -> usize {
        match self {
            Self::Seal(column) => column.together,
            Self::Index => BATCH,
        }
    }

    /// The statement that changes the row, if it is still as it was read; none when no key opens it.
    fn change(&self, cx: &mut Cx, id: &[u8], sealed: Vec<u8>) -> Option<Statement> {
        let clave = Arc::clone(&cx.clave);
        match self {
            Self::Seal(column) => {
                let place = Place { column: column.column, row: id };
                let plain = clave.vault.unseal(place, &sealed).ok()?;
                let anew = clave.vault.seal(place, &plain, &mut cx.rng).ok()?;
                Some((column.replace)(id, &sealed, &anew))
            }
            Self::Index => {
                let details = person::open_details(&clave.vault, id, &sealed).ok()?;
                Some(sql!(
                    "UPDATE person SET email_index = $3, phone_index = $4 WHERE id = $1 AND details = $2",
                    id,
                    sealed,
                    person::email_index(&clave.vault, &details).ok()?,
                    person::phone_index(&clave.vault, &details).ok()?
                ))
            }
        }
    }
}
