//! Use case: an operator replaces courses, actions or enrolments by files, while people attend.
//!
//! The files are judged first. Their rows are then written beside those that count, in small transactions with as much time between them, so that nobody
//! waits; one short transaction at the end makes them count, if what they replace (and what they refer to) is still what it was.

use std::{io, sync::Arc, time::Instant};

use rand::RngExt as _;
use rut::Rut;
use sql::{Statement, Tx, sql};

use super::{
    Kind, Loaded,
    content::{self, Content, Known},
    sheet::{Bad, Source},
    stale,
};
use crate::{
    Clave, Cx, Fault,
    audit::{self, Event, Progress},
    patient,
    person::rut_value,
};

/// Statements in one transaction; each writes up to ten rows.
const BATCH: usize = 100;
/// Codes that are read at once.
const CODES: i64 = 1_000;

/// Why nothing was replaced.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Some lines cannot be taken; each was told.
    #[error("{lines} bad lines: nothing was changed: correct them and import again")]
    Bad {
        /// How many.
        lines: u64,
    },
    /// A file cannot be read.
    #[error("reading the files: {0}: nothing was changed")]
    Unreadable(#[from] io::Error),
    /// Somebody else was faster.
    #[error("another import ended meanwhile: nothing was changed: look at `clavero otec catalogue show`, and import again")]
    Overtaken,
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// The number under which the rows of each kind count; none where nothing is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Loads([Option<i64>; Kind::ALL.len()]);

impl Loads {
    pub async fn read(tx: &mut Tx) -> Result<Self, Fault> {
        let mut loads = Self::default();
        for row in tx.all(sql!("SELECT kind, load FROM catalogue")).await? {
            let stored: String = row.get("kind")?;
            for (kind, load) in Kind::ALL.into_iter().zip(&mut loads.0) {
                if kind.stored() == stored {
                    *load = Some(row.get("load")?);
                }
            }
        }
        Ok(loads)
    }

    pub fn of(self, kind: Kind) -> Option<i64> {
        Kind::ALL.into_iter().zip(self.0).find(|(other, _)| *other == kind).and_then(|(_, load)| load)
    }
}

/// Replaces what the files list, whole or not at all. Each line that cannot be taken is told to `bad`.
pub async fn import(
    cx: &mut Cx,
    mut sources: Vec<Source<'_>>,
    bad: &mut dyn FnMut(Bad),
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<Loaded>, Refused> {
    sources.sort_by_key(|source| source.kind);
    let kinds: Vec<Kind> = sources.iter().map(|source| source.kind).collect();
    let clave = Arc::clone(&cx.clave);
    let before = Loads::read(&mut clave.db.read().await?).await?;
    let known = known(&clave, &kinds, before).await?;
    let mut lines = 0;
    let content = content::read(sources, known, &mut |line| {
        lines += 1;
        bad(line);
    })?;
    if lines > 0 {
        return Err(Refused::Bad { lines });
    }
    let load = number(cx, before);
    let rows = content.rows();
    let written = match write(&clave, &content, load, told).await {
        Ok(()) => count(cx, &kinds, before, load, &rows).await,
        Err(fault) => Err(fault.into()),
    };
    for kind in kinds {
        // What counts no more, or never will.
        let gone = if written.is_ok() { before.of(kind) } else { Some(load) };
        if let Some(gone) = gone
            && let Err(fault) = stale::delete(&clave.db, kind, gone).await
        {
            tracing::warn!(why = crate::fault::chain(&fault), "rows of a load that counts no more stay until the next sweep");
        }
    }
    written.map(|()| rows.into_iter().map(|(kind, rows)| Loaded { kind, rows, at: cx.now }).collect())
}

/// Turns the checks of these kinds off, as if nothing had ever been loaded. Gives what was loaded.
pub async fn remove(cx: &mut Cx, kinds: &[Kind]) -> Result<Vec<Kind>, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let mut removed = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
        if let Some(row) = tx.one(sql!("DELETE FROM catalogue WHERE kind = $1 RETURNING load", kind.stored())).await? {
            removed.push((kind, row.get::<i64>("load")?));
        }
    }
    if !removed.is_empty() {
        let names: Vec<&str> = removed.iter().map(|(kind, _)| kind.name()).collect();
        audit::append(&mut tx, cx, None, Event::CatalogueRemoved, Some(&names.join(", "))).await?;
    }
    tx.commit().await?;
    for (kind, load) in &removed {
        stale::delete(&clave.db, *kind, *load).await?;
    }
    Ok(removed.into_iter().map(|(kind, _)| kind).collect())
}

/// What the files may refer to and do not bring themselves.
async fn known(clave: &Clave, kinds: &[Kind], before: Loads) -> Result<Known, Fault> {
    let mut known = Known::default();
    if let Some(load) = before.of(Kind::Courses).filter(|_| refers(kinds, Kind::Courses)) {
        known.courses = Some(codes(clave, Kind::Courses, load).await?.into_iter().collect());
    }
    if let Some(load) = before.of(Kind::Actions).filter(|_| refers(kinds, Kind::Actions)) {
        known.actions = Some(codes(clave, Kind::Actions, load).await?);
    }
    Ok(known)
}

/// Whether rows of this kind that are loaded already are referred to.
fn refers(kinds: &[Kind], to: Kind) -> bool {
    let from = match to {
        Kind::Courses => Kind::Actions,
        Kind::Actions | Kind::Enrolments => Kind::Enrolments,
    };
    kinds.contains(&from) && !kinds.contains(&to)
}

async fn codes(clave: &Clave, kind: Kind, load: i64) -> Result<Vec<String>, Fault> {
    let mut codes: Vec<String> = Vec::new();
    loop {
        let after = codes.last().cloned().unwrap_or_default();
        let statement = match kind {
            Kind::Courses => {
                sql!("SELECT code FROM course WHERE load = $1 AND code > $2 ORDER BY code LIMIT $3", load, after, CODES)
            }
            Kind::Actions | Kind::Enrolments => {
                sql!("SELECT code FROM training_action WHERE load = $1 AND code > $2 ORDER BY code LIMIT $3", load, after, CODES)
            }
        };
        let rows = clave.db.read().await?.all(statement).await?;
        for row in &rows {
            codes.push(row.get("code")?);
        }
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < CODES {
            return Ok(codes);
        }
    }
}

/// About when it began, in microseconds, by which a load that was given up is known to be old; the rest is chance, so that two that begin together are two.
fn number(cx: &mut Cx, before: Loads) -> i64 {
    loop {
        let load = cx.now.micros() & !stale::CHANCE | cx.rng.random_range(0..=stale::CHANCE);
        if !before.0.contains(&Some(load)) {
            return load;
        }
    }
}

async fn write(clave: &Clave, content: &Content, load: i64, told: &mut dyn FnMut(Progress)) -> Result<(), Fault> {
    let mut statements = content.statements(load);
    let mut progress = Progress { done: 0, total: content.rows().iter().map(|(_, rows)| rows).sum() };
    loop {
        told(progress);
        let batch: Vec<Statement> = statements.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        progress.done += patient::write(&clave.db, &batch).await?;
        // As long again is everybody else's.
        tokio::time::sleep(began.elapsed()).await;
    }
}

impl Content {
    /// How many rows of each kind there are.
    fn rows(&self) -> Vec<(Kind, u64)> {
        let rows = [
            (Kind::Courses, self.courses.as_ref().map(Vec::len)),
            (Kind::Actions, self.actions.as_ref().map(Vec::len)),
            (Kind::Enrolments, self.enrolments.as_ref().map(Vec::len)),
        ];
        rows.into_iter().filter_map(|(kind, rows)| Some((kind, rows? as u64))).collect()
    }

    /// Each row's, under this number.
    fn statements(&self, load: i64) -> impl Iterator<Item = Statement> + '_ {
        let courses = self.courses.iter().flatten().map(move |course| {
            sql!("INSERT INTO course (load, code, name) VALUES ($1, $2, $3)", load, course.code.as_str(), course.name.as_str())
        });
        let actions = self.actions.iter().flatten().map(move |action| {
            sql!(
                "INSERT INTO training_action (load, code, course, otec, modality, first_day, last_day, state)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                load,
                action.code.as_str(),
                action.course.as_deref(),
                rut_value(action.otec),
                action.modality,
                action.first_day.to_string(),
                action.last_day.to_string(),
                action.state
            )
        });
        let enrolments = self.enrolments.iter().flat_map(|rows| rows.chunks(10)).flat_map(move |rows| self.enrolled(load, rows));
        courses.chain(actions).chain(enrolments)
    }

    fn enrolled(&self, load: i64, rows: &[(u32, Rut)]) -> Vec<Statement> {
        let code = |place: u32| usize::try_from(place).ok().and_then(|place| self.codes.get(place)).map_or("", String::as_str);
        let rows: Vec<(&str, i64)> = rows.iter().map(|(action, run)| (code(*action), rut_value(*run))).collect();
        match <[_; 10]>::try_from(rows) {
            Ok(rows) => vec![ten(load, rows)],
            Err(rows) => {
                let one =
                    |(action, run)| sql!("INSERT INTO enrolment (load, action, rut) VALUES ($1, $2, $3)", load, action, run);
                rows.into_iter().map(one).collect()
            }
        }
    }
}

/// Ten rows at once are three times as fast.
fn ten(load: i64, rows: [(&str, i64); 10]) -> Statement {
    let [(a0, r0), (a1, r1), (a2, r2), (a3, r3), (a4, r4), (a5, r5), (a6, r6), (a7, r7), (a8, r8), (a9, r9)] = rows;
    sql!(
        "INSERT INTO enrolment (load, action, rut) VALUES ($1, $2, $3), ($1, $4, $5), ($1, $6, $7), ($1, $8, $9), ($1, $10, $11),
             ($1, $12, $13), ($1, $14, $15), ($1, $16, $17), ($1, $18, $19), ($1, $20, $21)",
        load,
        a0,
        r0,
        a1,
        r1,
        a2,
        r2,
        a3,
        r3,
        a4,
        r4,
        a5,
        r5,
        a6,
        r6,
        a7,
        r7,
        a8,
        r8,
        a9,
        r9
    )
}

/// From here on the new rows count.
async fn count(cx: &mut Cx, kinds: &[Kind], before: Loads, load: i64, rows: &[(Kind, u64)]) -> Result<(), Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    for kind in Kind::ALL {
        let was = before.of(kind);
        let replaced = rows.iter().find(|(other, _)| *other == kind).map(|(_, rows)| i64::try_from(*rows).unwrap_or(i64::MAX));
        let statement = match (replaced, was) {
            (Some(rows), None) => sql!(
                "INSERT INTO catalogue (kind, load, rows, loaded_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING kind",
                kind.stored(),
                load,
                rows,
                cx.now
            ),
            (Some(rows), Some(was)) => sql!(
                "UPDATE catalogue SET load = $2, rows = $3, loaded_at = $4 WHERE kind = $1 AND load = $5 RETURNING kind",
                kind.stored(),
                load,
                rows,
                cx.now,
                was
            ),
            // What the new rows were compared with.
            (None, Some(was)) if refers(kinds, kind) => {
                sql!("UPDATE catalogue SET load = load WHERE kind = $1 AND load = $2 RETURNING kind", kind.stored(), was)
            }
            (None, _) => continue,
        };
        if tx.one(statement).await?.is_none() {
            return Err(Refused::Overtaken);
        }
    }
    let detail: Vec<String> = rows.iter().map(|(kind, rows)| format!("{rows} {}", kind.name())).collect();
    audit::append(&mut tx, cx, None, Event::CatalogueLoaded, Some(&detail.join(", "))).await?;
    Ok(tx.commit().await?)
}
