//! The life of a key: **staged** (its file is there, nothing is made with it), **current** (makes new values), **old** (only reads),
//! **retired** (its file may be removed).
//!
//! The database says which key is where, so that all nodes change over together; the files stay in the secrets folder. A node looks every few
//! seconds, and at once when it meets a key that it does not know.

use std::time::Duration;

use sql::{Db, Tx, sql};

use crate::{
    audit::{self, Event},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    renew,
    vault::{KeyName, Mark, Purpose, Vault},
};

/// A key is kept so long after its successor came into use: longer than any page, captcha or process that was begun with it, and than the
/// slowest node takes to change over.
pub const KEPT: Duration = Duration::from_hours(1);

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its file is there, nothing is made with it.
    Staged,
    /// Makes new values.
    Current,
    /// Only reads.
    Old,
    /// Its file may be removed.
    Retired,
}

impl State {
    /// The word operators read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Current => "current",
            Self::Old => "old",
            Self::Retired => "retired",
        }
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which key.
    pub name: KeyName,
    /// Where it is in its life.
    pub state: State,
    /// Since when it was used for new values, where that is known.
    pub since: Option<Moment>,
    /// How many rows only it can read; none for keys with which nothing is stored.
    pub needed_by: Option<u64>,
}

/// Why a key is not rotated or retired.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The questions shown for unknown RUTs must stay the same.
    #[error(
        "the question shown for a RUT that nobody registered follows from this key: with another one it would change, and tell who is registered"
    )]
    Decoy,
    /// There is a staged key already.
    #[error("{0} is staged already: copy its file to the other nodes, then rotate without --stage")]
    Staged(KeyName),
    /// No such key was ever in use.
    #[error("no such key is or was in use")]
    Unknown,
    /// It makes new values.
    #[error("it is in use: rotate first")]
    Current,
    /// Its successor is too young.
    #[error("pages and processes that were begun with it may still be open: try again after {}, or end them with --now", .until.iso())]
    Young {
        /// When to try again.
        until: Moment,
    },
    /// Rows cannot be read without it.
    #[error("{rows} rows can be read with this key only")]
    Needed {
        /// How many.
        rows: u64,
    },
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// What the database says about the keys; what a later version of the program has keys for is none of our business.
pub async fn marks(tx: &mut Tx) -> Result<Vec<Mark>, Fault> {
    let rows = tx.all(sql!("SELECT name, mark, since, retired_at FROM vault_mark")).await?;
    let mut marks = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(name) = KeyName::parse(&row.get::<String>("name")?) {
            marks.push(Mark { name, mark: row.get("mark")?, since: row.get("since")?, retired_at: row.get("retired_at")? });
        }
    }
    marks.sort_by_key(|mark| mark.name);
    Ok(marks)
}

/// The purposes of which this database has never seen a key: all of them in a new installation, new ones after an upgrade.
pub async fn unseen(db: &Db) -> Result<Vec<Purpose>, Fault> {
    let marks = marks(&mut db.read().await?).await?;
    Ok(Purpose::ALL.into_iter().filter(|purpose| marks.iter().all(|mark| mark.name.purpose != *purpose)).collect())
}

/// At the start: puts the keys of purposes that the database has not seen in use, and takes over what it says about the others.
///
/// # Errors
/// Says which key file is missing or another installation's.
pub async fn agree(db: &Db, vault: &Vault, now: Moment) -> Result<(), Fault> {
    let unseen = unseen(db).await?;
    if !unseen.is_empty() {
        let mut tx = db.begin().await?;
        for (name, mark) in vault.marks().into_iter().filter(|(name, _)| unseen.contains(&name.purpose)) {
            put_in_use(&mut tx, name, mark, now).await?;
        }
        tx.commit().await?;
    }
    refresh(db, vault).await
}

/// Takes over what the database says, and reads new files.
///
/// # Errors
/// Says which key file is missing, unreadable or another installation's. The vault goes on with what it has.
pub async fn refresh(db: &Db, vault: &Vault) -> Result<(), Fault> {
    let marks = marks(&mut db.read().await?).await?;
    vault.obey(&marks)
}

/// Every key, with how many rows need it.
pub async fn list(cx: &Cx) -> Result<Vec<Listed>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let marks = marks(&mut tx).await?;
    let needs = renew::needs(&mut tx).await?;
    let mut listed: Vec<Listed> = marks
        .iter()
        .map(|mark| Listed {
            name: mark.name,
            state: state(mark, &marks),
            since: Some(mark.since).filter(|since| since.micros() > 0),
            needed_by: needs.of(mark.name),
        })
        .collect();
    for (name, _) in cx.clave.vault.marks() {
        if marks.iter().all(|mark| mark.name != name) {
            listed.push(Listed { name, state: State::Staged, since: None, needed_by: None });
        }
    }
    listed.sort_by_key(|key| key.name);
    Ok(listed)
}

fn state(mark: &Mark, marks: &[Mark]) -> State {
    match (mark.retired_at, current(mark.name.purpose, marks)) {
        (Some(_), _) => State::Retired,
        (None, Some(current)) if current.name == mark.name => State::Current,
        (None, _) => State::Old,
    }
}

fn current(purpose: Purpose, marks: &[Mark]) -> Option<&Mark> {
    marks.iter().filter(|mark| mark.name.purpose == purpose && mark.retired_at.is_none()).max_by_key(|mark| mark.name)
}

/// Makes the file of a next key, to be copied to the other nodes before it is put in use.
pub async fn stage(cx: &mut Cx, purpose: Purpose) -> Result<KeyName, Refused> {
    let (next, found) = next(cx, purpose).await?;
    if found == Found::Staged {
        return Err(Refused::Staged(next));
    }
    let clave = std::sync::Arc::clone(&cx.clave);
    clave.vault.stage(next, &mut cx.rng)?;
    Ok(next)
}

/// Puts the staged key, or where none is staged a new one, in use for new values. What is stored with older keys is brought over by
/// [`renew`].
pub async fn rotate(cx: &mut Cx, purpose: Purpose) -> Result<KeyName, Refused> {
    let (next, found) = next(cx, purpose).await?;
    let clave = std::sync::Arc::clone(&cx.clave);
    if found == Found::Nothing {
        clave.vault.stage(next, &mut cx.rng)?;
    }
    let mark = clave.vault.marks().into_iter().find(|(name, _)| *name == next).map(|(_, mark)| mark);
    let mark =
        mark.ok_or_else(|| Fault::at("reading the secrets folder")(format!("{next}.key cannot be read: see its rights")))?;
    let mut tx = clave.db.begin().await?;
    if put_in_use(&mut tx, next, mark, cx.now).await? {
        audit::append(&mut tx, cx, None, Event::KeyRotated, Some(&next.to_string())).await?;
    }
    tx.commit().await?;
    // Somebody else may have put a key of that number in use from a folder of another machine: then this says that ours is the wrong one.
    refresh(&clave.db, &clave.vault).await?;
    Ok(next)
}

#[derive(PartialEq, Eq)]
enum Found {
    Staged,
    Nothing,
}

/// The key that comes next: the first staged one, or the first number that is free.
async fn next(cx: &Cx, purpose: Purpose) -> Result<(KeyName, Found), Refused> {
    if purpose == Purpose::Decoy {
        return Err(Refused::Decoy);
    }
    let clave = &cx.clave;
    let marks = marks(&mut clave.db.read().await?).await?;
    clave.vault.obey(&marks)?;
    let used = marks.iter().map(|mark| mark.name).filter(|name| name.purpose == purpose).max();
    let names = clave.vault.names()?.into_iter().filter(|name| name.purpose == purpose);
    if let Some(staged) = names.filter(|name| Some(*name) > used).min() {
        return Ok((staged, Found::Staged));
    }
    let id = used.map_or(0, |name| name.id) + 1;
    Ok((KeyName { purpose, id }, Found::Nothing))
}

/// Notes that a key makes new values from now on. Of two that try, one gets `true`.
async fn put_in_use(tx: &mut Tx, name: KeyName, mark: [u8; 32], now: Moment) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "INSERT INTO vault_mark (name, mark, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING name",
            name.to_string(),
            mark,
            now
        ))
        .await?;
    Ok(row.is_some())
}

/// Whether a key is retired although pages that were begun with it may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// Not before they have ended.
    None,
    /// At once, because somebody may have seen the key: what is open must be begun again.
    Now,
}

/// Ends a key's life: its file may be removed. Of an audit key the public half is written beside it first, so that what it signed can be verified
/// for ever.
pub async fn retire(cx: &mut Cx, name: KeyName, haste: Haste) -> Result<(), Refused> {
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let marks = marks(&mut tx).await?;
    let known = marks.iter().find(|mark| mark.name == name).ok_or(Refused::Unknown)?;
    if known.retired_at.is_some() {
        return Ok(());
    }
    let successor = marks.iter().find(|mark| mark.name.purpose == name.purpose && mark.name > name);
    let Some(successor) = successor else { return Err(Refused::Current) };
    let until = successor.since.plus(KEPT);
    if haste == Haste::None && cx.now < until {
        return Err(Refused::Young { until });
    }
    let rows = renew::needs(&mut tx).await?.of(name).unwrap_or(0);
    if rows > 0 {
        return Err(Refused::Needed { rows });
    }
    if name.purpose == Purpose::Audit {
        clave.vault.obey(&marks)?;
        clave.vault.keep_public_half(name)?;
    }
    tx.run(sql!("UPDATE vault_mark SET retired_at = $2 WHERE name = $1", name.to_string(), cx.now)).await?;
    audit::append(&mut tx, cx, None, Event::KeyRetired, Some(&name.to_string())).await?;
    tx.commit().await?;
    Ok(refresh(&clave.db, &clave.vault).await?)
}
