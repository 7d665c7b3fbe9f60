//! The migrations.

use sql::{Db, Migration};

use crate::{fault::Fault, moment::Moment};

macro_rules! migrations {
    (@sqlite $name:literal) => { None };
    (@sqlite $name:literal sqlite) => { Some(include_str!(concat!("../../../migrations/", $name, ".sqlite.sql"))) };
    // `sqlite` after the name: SQLite has a text of its own beside.
    ($($number:literal $name:literal $($own:ident)?),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../../migrations/", $name, ".sql")),
            sqlite: migrations!(@sqlite $name $($own)?),
        }),*]
    };
}

/// Every migration in order.
pub const MIGRATIONS: &[Migration] = migrations![
    1 "0001_person", 2 "0002_process", 3 "0003_outbox", 4 "0004_audit", 5 "0005_vault", 6 "0006_throttle",
    7 "0007_audit_chain" sqlite, 8 "0008_keys", 9 "0009_contact_change", 10 "0010_decoy", 11 "0011_session",
    12 "0012_client", 13 "0013_pending", 14 "0014_grant", 15 "0015_account", 16 "0016_rce", 17 "0017_delivery",
];

/// Brings the database to the newest schema.
pub async fn migrate(db: &Db, now: Moment) -> Result<sql::Applied, Fault> {
    Ok(sql::migrate(db, MIGRATIONS, now.micros()).await?)
}

/// Whether the database has this program's schema; never an error for a database that is merely empty or behind.
pub async fn is_current(db: &Db) -> bool {
    sql::applied(db).await.is_ok_and(|done| MIGRATIONS.iter().all(|migration| done.contains(&migration.number)))
}
