//! Numbered migrations: forward only, each once, in one transaction.

use crate::{Db, Kind, Result, Tx, sql};

/// One file of `migrations/`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The number at the front of its name.
    pub number: i64,
    /// The rest of its name.
    pub name: &'static str,
    /// Written for PostgreSQL.
    pub text: &'static str,
    /// What SQLite runs instead, where the word rules are not enough.
    pub sqlite: Option<&'static str>,
}

/// What [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Numbers run now.
    pub now: Vec<i64>,
    /// How many had been run before.
    pub before: usize,
}

/// An arbitrary number that all nodes lock on while they migrate.
const LOCK: i64 = 0x00c1_a7e0;

/// Runs every migration not yet run. Several nodes may start at once: one works, the others wait and find it done. Where all have run, nothing
/// is written, so that a role which may only serve can start.
///
/// `now` is UTC microseconds.
pub async fn migrate(db: &Db, migrations: &[Migration], now: i64) -> Result<Applied> {
    if let Ok(done) = applied(db).await
        && migrations.iter().all(|migration| done.contains(&migration.number))
    {
        return Ok(Applied { now: Vec::new(), before: done.len() });
    }
    let mut tx = db.begin().await?;
    if tx.kind() == Kind::Postgres {
        // As a script, since those are waited for as long as another node's migration takes.
        tx.script(format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    tx.script(for_database(
        tx.kind(),
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL);",
    ))
    .await?;
    let done = numbers(&mut tx).await?;
    let mut applied = Applied { now: Vec::new(), before: done.len() };
    for migration in migrations.iter().filter(|migration| !done.contains(&migration.number)) {
        let text = match (tx.kind(), migration.sqlite) {
            (Kind::Sqlite, Some(own)) => own.to_owned(),
            (kind, _) => for_database(kind, migration.text),
        };
        tx.script(text).await?;
        tx.run(sql!("INSERT INTO migration (number, name, at) VALUES ($1, $2, $3)", migration.number, migration.name, now))
            .await?;
        applied.now.push(migration.number);
    }
    tx.commit().await?;
    Ok(applied)
}

/// The numbers of the migrations that this database has seen; an error where it has seen none.
pub async fn applied(db: &Db) -> Result<Vec<i64>> {
    numbers(&mut db.read().await?).await
}

async fn numbers(tx: &mut Tx) -> Result<Vec<i64>> {
    tx.all(sql!("SELECT number FROM migration ORDER BY number")).await?.iter().map(|row| row.get("number")).collect()
}

/// Four word rules: three types, and every table is STRICT.
fn for_database(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Postgres => text.to_owned(),
        Kind::Sqlite => text
            .replace("BIGINT", "INTEGER")
            .replace("BYTEA", "BLOB")
            .replace("BOOLEAN", "INTEGER")
            .replace("\n);", "\n) STRICT;"),
    }
}
