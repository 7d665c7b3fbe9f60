//! The migrations, and the check that database and secrets folder belong together.

use sql::{Db, Migration, sql};

use crate::{fault::Fault, moment::Moment, vault::Vault};

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
    7 "0007_audit_chain" sqlite, 9 "0009_contact_change", 10 "0010_decoy",
];

/// Brings the database to the newest schema.
pub async fn migrate(db: &Db, now: Moment) -> Result<sql::Applied, Fault> {
    Ok(sql::migrate(db, MIGRATIONS, now.micros()).await?)
}

/// Whether the database has this program's schema; never an error for a database that is merely empty or behind.
pub async fn is_current(db: &Db) -> bool {
    sql::applied(db).await.is_ok_and(|done| MIGRATIONS.iter().all(|migration| done.contains(&migration.number)))
}

/// Whether the database was ever used with some secrets folder.
pub async fn has_marks(db: &Db) -> Result<bool, Fault> {
    Ok(db.read().await?.one(sql!("SELECT name FROM vault_mark LIMIT 1")).await?.is_some())
}

/// Notes the marks of new keys; refuses keys that differ from those this database was used with.
///
/// # Errors
/// Says which key file is another installation's.
pub async fn check_vault(db: &Db, vault: &Vault) -> Result<(), Fault> {
    let mut tx = db.begin().await?;
    for (name, mark) in vault.marks() {
        tx.run(sql!("INSERT INTO vault_mark (name, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING", name.as_str(), mark)).await?;
        let stored = tx.one(sql!("SELECT mark FROM vault_mark WHERE name = $1", name.as_str())).await?;
        let stored: Option<[u8; 32]> = stored.map(|row| row.get("mark")).transpose()?;
        if stored != Some(mark) {
            return Err(Fault::at("comparing the secrets folder with the database")(format!(
                "{name}.key is not the one this database was used with; put the right one into the secrets folder"
            )));
        }
    }
    tx.commit().await?;
    Ok(())
}
