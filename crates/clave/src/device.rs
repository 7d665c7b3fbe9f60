//! Devices from which a person proved who they are before. Such a device has its own lanes in the throttle (`limits`): however many strangers try,
//! the owner is let in. A device proves nothing by itself.

use std::time::Duration;

use rut::Rut;
use sql::{Tx, sql};

use crate::{moment::Moment, person::rut_value};

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

/// No device is the person's any more.
pub async fn forget_all(tx: &mut Tx, rut: Rut) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM device WHERE rut = $1", rut_value(rut))).await.map(drop)
}
