//! What operators do with clients: by command, or at the start by what the configuration declares.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngExt as _, rngs::StdRng};
use sql::{Tx, sql};

use super::{ClientId, Logo, Registration, Wrong, registration_of};
use crate::{
    audit::{self, Event},
    consent,
    cx::Cx,
    fault::Fault,
    grant,
    secret::Secret,
    vault::sha256,
};

/// Why a client is not changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What was said about it cannot be.
    #[error("{}", list(.0))]
    Wrong(Vec<Wrong>),
    /// There is one.
    #[error("there is a system with this identifier: choose another one, or remove it first")]
    Taken,
    /// There is none.
    #[error("no system has this identifier: `clavero client list` shows them")]
    Unknown,
    /// It belongs to the configuration.
    #[error("the configuration declares it: change its [[clients]] entry, and start the server again")]
    Declared,
    /// It shows who it is by other means.
    #[error("it has no secret: it is public, or signs assertions with its own key")]
    NoSecret,
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

fn list(wrong: &[Wrong]) -> String {
    wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A client that the configuration declares.
#[derive(Debug, Clone)]
pub struct Declared {
    /// `client_id`.
    pub id: ClientId,
    /// What is said about it.
    pub registration: Registration,
    /// Its secret, where a file has one; else the one that it has stays.
    pub secret: Option<Secret>,
    /// Its logo.
    pub logo: Option<Logo>,
}

/// A client that was added.
#[derive(Debug)]
pub struct Added {
    /// Its secret, to be shown once; none where it has none or it was given.
    pub secret: Option<Secret>,
}

/// What the configuration's clients changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Added or changed.
    pub written: Vec<ClientId>,
    /// No longer declared.
    pub removed: Vec<ClientId>,
}

/// Registers a client. A given secret has at least 32 characters; without one, one is made where the client needs it.
pub async fn add(
    cx: &mut Cx,
    id: &ClientId,
    registration: Registration,
    secret: Option<Secret>,
    logo: Option<Logo>,
) -> Result<Added, Refused> {
    let registration = judged(registration, id, None, secret.as_ref())?;
    let made = (secret.is_none() && registration.authentication.has_secret()).then(|| new_secret(&mut cx.rng));
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let stored = tx
        .one(sql!(
            "INSERT INTO client (id, registration, secret, logo, logo_version, declared, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET registration = excluded.registration, secret = excluded.secret, secret_before = NULL,
                 secret_before_until = NULL, logo = excluded.logo, logo_version = excluded.logo_version,
                 declared = excluded.declared, made_at = excluded.made_at, removed_at = NULL
                 WHERE client.removed_at IS NOT NULL
             RETURNING id",
            id,
            text(&registration)?,
            secret.as_ref().or(made.as_ref()).map(hash),
            logo.as_ref().map(Logo::bytes),
            logo.as_ref().map(Logo::version),
            false,
            cx.now
        ))
        .await?;
    if stored.is_none() {
        return Err(Refused::Taken);
    }
    audit::append(&mut tx, cx, None, Event::ClientAdded, Some(id.as_str())).await?;
    tx.commit().await?;
    Ok(Added { secret: made })
}

/// Gives a client another secret; the one before goes on for a while, so that the system can change over. Gives the new one, where it was made here.
pub async fn rotate_secret(
    cx: &mut Cx,
    id: &ClientId,
    keep_old_for: Duration,
    given: Option<Secret>,
) -> Result<Option<Secret>, Refused> {
    let made = given.is_none().then(|| new_secret(&mut cx.rng));
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let (registration, declared) = take(&mut tx, id).await?.ok_or(Refused::Unknown)?;
    if declared {
        return Err(Refused::Declared);
    }
    if !registration.authentication.has_secret() {
        return Err(Refused::NoSecret);
    }
    judged(registration, id, None, given.as_ref())?;
    tx.run(sql!(
        "UPDATE client SET secret_before = secret, secret_before_until = $3, secret = $2 WHERE id = $1",
        id,
        given.as_ref().or(made.as_ref()).map(hash),
        cx.now.plus(keep_old_for)
    ))
    .await?;
    audit::append(&mut tx, cx, None, Event::ClientSecretRotated, Some(id.as_str())).await?;
    tx.commit().await?;
    Ok(made)
}

/// Removes a client, and ends everything that it was given.
pub async fn remove(cx: &mut Cx, id: &ClientId) -> Result<(), Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    if take(&mut tx, id).await?.ok_or(Refused::Unknown)?.1 {
        return Err(Refused::Declared);
    }
    end(&mut tx, cx, id).await?;
    audit::append(&mut tx, cx, None, Event::ClientRemoved, Some(id.as_str())).await?;
    tx.commit().await?;
    Ok(())
}

/// At the start: registers and changes what the configuration declares, and removes what it no longer does. Of two nodes that start at once, one
/// finds nothing to do.
pub async fn declare(cx: &mut Cx, declared: &[Declared]) -> Result<Changes, Refused> {
    let mut declared: Vec<&Declared> = declared.iter().collect();
    // In one order on every node, so that two never wait for each other.
    declared.sort_by(|a, b| a.id.cmp(&b.id));
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let mut changes = Changes::default();
    for client in &declared {
        if write(&mut tx, cx, client).await? {
            changes.written.push(client.id.clone());
        }
    }
    let rows = tx.all(sql!("SELECT id FROM client WHERE declared = $1 AND removed_at IS NULL ORDER BY id", true)).await?;
    for row in &rows {
        let id: ClientId = row.get("id")?;
        if declared.iter().all(|client| client.id != id) && take(&mut tx, &id).await?.is_some() {
            end(&mut tx, cx, &id).await?;
            changes.removed.push(id);
        }
    }
    for id in &changes.written {
        audit::append(&mut tx, cx, None, Event::ClientDeclared, Some(id.as_str())).await?;
    }
    for id in &changes.removed {
        audit::append(&mut tx, cx, None, Event::ClientRemoved, Some(id.as_str())).await?;
    }
    tx.commit().await?;
    Ok(changes)
}

/// Writes one declared client, if it is not so already. Where it has no secret of its own any more, none stays behind.
async fn write(tx: &mut Tx, cx: &Cx, client: &Declared) -> Result<bool, Refused> {
    let Declared { id, registration, secret, logo } = client;
    let before = take(tx, id).await?.map(|(before, _)| before);
    let registration = judged(registration.clone(), id, before.as_ref(), secret.as_ref())?;
    let has_secret = registration.authentication.has_secret();
    let keeps = has_secret && before.as_ref().is_some_and(|before| before.authentication.has_secret());
    if has_secret && secret.is_none() && !keeps {
        let why = "it is missing: write secret_file, a file with the secret and nothing else in it".to_owned();
        return Err(Refused::Wrong(vec![Wrong { what: "secret_file", why }]));
    }
    let row = tx
        .one(sql!(
            "INSERT INTO client (id, registration, secret, logo, logo_version, declared, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET registration = excluded.registration, logo = excluded.logo,
                 logo_version = excluded.logo_version, declared = excluded.declared, removed_at = NULL,
                 made_at = CASE WHEN client.removed_at IS NULL THEN client.made_at ELSE excluded.made_at END,
                 secret = CASE WHEN excluded.secret IS NULL AND $8 THEN client.secret ELSE excluded.secret END,
                 secret_before = CASE WHEN excluded.secret IS NULL AND $8 THEN client.secret_before END,
                 secret_before_until = CASE WHEN excluded.secret IS NULL AND $8 THEN client.secret_before_until END
                 WHERE client.registration <> excluded.registration OR client.declared <> excluded.declared
                     OR client.removed_at IS NOT NULL
                     OR COALESCE(client.logo_version, '') <> COALESCE(excluded.logo_version, '')
                     OR (excluded.secret IS NOT NULL AND (client.secret IS NULL OR client.secret <> excluded.secret))
             RETURNING id",
            id,
            text(&registration)?,
            secret.as_ref().filter(|_| has_secret).map(hash),
            logo.as_ref().map(Logo::bytes),
            logo.as_ref().map(Logo::version),
            true,
            cx.now,
            keeps
        ))
        .await?;
    Ok(row.is_some())
}

/// Holds the row of a registered client: what was registered, and whether it is declared.
async fn take(tx: &mut Tx, id: &ClientId) -> Result<Option<(Registration, bool)>, Fault> {
    let row = tx
        .one(sql!(
            "UPDATE client SET declared = declared WHERE id = $1 AND removed_at IS NULL RETURNING registration, declared",
            id
        ))
        .await?;
    row.map(|row| Ok((registration_of(&row)?, row.get("declared")?))).transpose()
}

/// Its secret is gone, its grants are over.
async fn end(tx: &mut Tx, cx: &mut Cx, id: &ClientId) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE client SET removed_at = $2, secret = NULL, secret_before = NULL, secret_before_until = NULL WHERE id = $1",
        id,
        cx.now
    ))
    .await?;
    consent::forget_client(tx, id).await?;
    grant::end_of_client(tx, cx, id).await
}

fn judged(
    registration: Registration,
    id: &ClientId,
    before: Option<&Registration>,
    secret: Option<&Secret>,
) -> Result<Registration, Refused> {
    let registration = registration.settled(id, before);
    let wrong = registration.problems(id, secret);
    if wrong.is_empty() { Ok(registration) } else { Err(Refused::Wrong(wrong)) }
}

fn new_secret(rng: &mut StdRng) -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(rng.random::<[u8; 32]>()))
}

fn hash(secret: &Secret) -> [u8; 32] {
    sha256(secret.expose().as_bytes())
}

fn text(registration: &Registration) -> Result<String, Fault> {
    serde_json::to_string(registration).map_err(Fault::at("writing a client"))
}
