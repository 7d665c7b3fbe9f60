//! Single-use links in messages. The token travels in the message alone; the database has its SHA-256.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use sql::{Row, Tx, sql};

use crate::{moment::Moment, person::rut_value, secret::Secret, vault::sha256};

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Shows that the e-mail is the person's.
    ConfirmEmail,
    /// «No fui yo»: freezes the credentials.
    NotMe,
    /// Stands in for the captcha once (WCAG 2.2, 3.3.8).
    Captcha,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::NotMe => "not_me",
            Self::Captcha => "captcha",
        }
    }

    /// How long it lives.
    fn lifetime(self) -> Duration {
        match self {
            Self::ConfirmEmail => Duration::from_hours(72),
            Self::NotMe => Duration::from_hours(30 * 24),
            Self::Captcha => Duration::from_hours(1),
        }
    }
}

/// Makes a link and stores it.
pub async fn make(tx: &mut Tx, purpose: Purpose, rut: Rut, now: Moment, rng: &mut StdRng) -> sql::Result<Secret> {
    let token = BASE64_URL_SAFE_NO_PAD.encode(rng.random::<[u8; 24]>());
    tx.run(sql!(
        "INSERT INTO link (id, purpose, rut, until) VALUES ($1, $2, $3, $4)",
        sha256(token.as_bytes()),
        purpose.name(),
        rut_value(rut),
        now.plus(purpose.lifetime())
    ))
    .await?;
    Ok(Secret::new(token))
}

/// Whose link this is, if it still works. Looking changes nothing.
pub async fn owner(tx: &mut Tx, purpose: Purpose, token: &Secret, now: Moment) -> sql::Result<Option<Rut>> {
    let row = tx
        .one(sql!(
            "SELECT rut FROM link WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND until > $3",
            sha256(token.expose().as_bytes()),
            purpose.name(),
            now
        ))
        .await?;
    rut_of(row)
}

/// Uses the link up. Of two that try, one gets its owner.
pub async fn spend(tx: &mut Tx, purpose: Purpose, token: &Secret, now: Moment) -> sql::Result<Option<Rut>> {
    let row = tx
        .one(sql!(
            "UPDATE link SET used_at = $3 WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND until > $3 RETURNING rut",
            sha256(token.expose().as_bytes()),
            purpose.name(),
            now
        ))
        .await?;
    rut_of(row)
}

/// Ends a person's open links of one purpose.
pub async fn void(tx: &mut Tx, purpose: Purpose, rut: Rut, now: Moment) -> sql::Result<()> {
    tx.run(sql!(
        "UPDATE link SET used_at = $3 WHERE rut = $1 AND purpose = $2 AND used_at IS NULL",
        rut_value(rut),
        purpose.name(),
        now
    ))
    .await
    .map(drop)
}

fn rut_of(row: Option<Row>) -> sql::Result<Option<Rut>> {
    let number: Option<i64> = row.map(|row| row.get("rut")).transpose()?;
    Ok(number.and_then(|number| u32::try_from(number).ok()).and_then(Rut::from_number))
}
