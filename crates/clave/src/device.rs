//! Devices from which a person proved who they are before. Such a device has its own lanes in the throttle (`limits`): however many strangers try,
//! the owner is let in. A device proves nothing by itself.

use std::time::Duration;

use rut::Rut;
use sql::{Row, Tx, sql};

use crate::{account::KnownDevice, moment::Moment, person::rut_value, session::Agent, vault};

/// How long a device is known after its last success.
pub const LIFETIME: Duration = Duration::from_hours(365 * 24);

/// A device, known or not: the SHA-256 of its cookie. Several people may use the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device(pub [u8; 32]);

impl Device {
    /// The hash.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Itself, if it is known to be the person's.
    pub async fn known(self, tx: &mut Tx, rut: Rut, now: Moment) -> sql::Result<Option<Self>> {
        let row =
            tx.one(sql!("SELECT id FROM device WHERE id = $1 AND rut = $2 AND until > $3", self.0, rut_value(rut), now)).await?;
        Ok(row.map(|_| self))
    }

    /// From now until `until` it is the person's. A longer time that it has already stays.
    pub async fn remember(self, tx: &mut Tx, rut: Rut, now: Moment, until: Moment) -> sql::Result<()> {
        tx.run(sql!(
            "INSERT INTO device (id, rut, made_at, seen_at, until) VALUES ($1, $2, $3, $3, $4)
             ON CONFLICT (id, rut) DO UPDATE SET seen_at = $3, until = CASE WHEN device.until > $4 THEN device.until ELSE $4 END",
            self.0,
            rut_value(rut),
            now,
            until
        ))
        .await
        .map(drop)
    }
}

impl Device {
    /// By what its owner's pages call it: not the hash of the cookie itself, which nobody but the database needs to know.
    pub fn name(&self) -> String {
        vault::hex(&vault::sha256(&self.0)).chars().take(32).collect()
    }

    /// It is the person's no more.
    pub async fn forget(self, tx: &mut Tx, rut: Rut) -> sql::Result<()> {
        tx.run(sql!("DELETE FROM device WHERE id = $1 AND rut = $2", self.0, rut_value(rut))).await.map(drop)
    }

    /// With which program the person was let in from it.
    pub async fn describe(self, tx: &mut Tx, rut: Rut, agent: &Agent) -> sql::Result<()> {
        tx.run(sql!("UPDATE device SET agent = $3 WHERE id = $1 AND rut = $2", self.0, rut_value(rut), agent.as_str()))
            .await
            .map(drop)
    }
}

/// The person's devices, the last used first.
pub async fn of_person(tx: &mut Tx, rut: Rut, now: Moment) -> sql::Result<Vec<KnownDevice>> {
    let rows = tx
        .all(sql!(
            "SELECT id, agent, made_at, seen_at FROM device WHERE rut = $1 AND until > $2 ORDER BY seen_at DESC, id",
            rut_value(rut),
            now
        ))
        .await?;
    let known = |row: &Row| {
        Ok(KnownDevice {
            device: Device(row.get("id")?),
            agent: Agent::from_stored(row.get::<Option<String>>("agent")?.unwrap_or_default()),
            since: row.get("made_at")?,
            last_used: row.get("seen_at")?,
        })
    };
    rows.iter().map(known).collect()
}

/// No device is the person's any more.
pub async fn forget_all(tx: &mut Tx, rut: Rut) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM device WHERE rut = $1", rut_value(rut))).await.map(drop)
}
