//! Who attended what, from when to when.

use std::sync::Arc;

use rand::RngExt as _;
use rut::Rut;
use sql::{Row, Tx, sql};

use super::{Code, Environment, Line, otec, request::Course, waiting::Request};
use crate::{
    Cx, Fault, Moment,
    person::rut_value,
    vault::{Place, hex},
};

/// One attendance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// `IdSesionSence`.
    pub id: String,
    /// Whether it counts.
    pub environment: Environment,
    /// At whose course.
    pub otec: Rut,
    /// Who.
    pub run: Rut,
    /// Of which kind the course is.
    pub line: Line,
    /// Which course; empty in social programmes.
    pub cod_sence: String,
    /// Which action.
    pub codigo_curso: String,
    /// `IdSesionAlumno`, as the LMS sent it at the start.
    pub lms_session: String,
    /// From when.
    pub started_at: Moment,
    /// When it ends by itself.
    pub until: Moment,
    /// When it was closed.
    pub closed_at: Option<Moment>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not closed yet.
    Open,
    /// Closed by the participant.
    Closed,
    /// Nobody closed it in time.
    Expired,
}

impl State {
    /// The word that OTECs read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "abierta",
            Self::Closed => "cerrada",
            Self::Expired => "expirada",
        }
    }
}

impl Attendance {
    /// How it stands at `now`.
    pub fn state(&self, now: Moment) -> State {
        stands(self.until, self.closed_at, now).0
    }

    /// When it ended: its close, or when it expired.
    pub fn ended_at(&self, now: Moment) -> Option<Moment> {
        stands(self.until, self.closed_at, now).1
    }
}

/// How an attendance stands that ends by itself at `until`, and when it ended.
pub(super) fn stands(until: Moment, closed_at: Option<Moment>, now: Moment) -> (State, Option<Moment>) {
    match closed_at {
        Some(closed_at) => (State::Closed, Some(closed_at)),
        None if until <= now => (State::Expired, Some(until)),
        None => (State::Open, None),
    }
}

/// The attendance of this id, where it is this OTEC's.
pub async fn find(tx: &mut Tx, cx: &Cx, otec: Rut, id: &str) -> Result<Option<Attendance>, Fault> {
    let Some(id) = read_id(id) else { return Ok(None) };
    let row = tx
        .one(sql!(
            "SELECT id, environment, otec, rut, line, cod_sence, codigo_curso, lms_session, started_at, until, closed_at
             FROM attendance WHERE id = $1 AND otec = $2",
            id,
            rut_value(otec)
        ))
        .await?;
    row.map(|row| read(cx, &row)).transpose()
}

fn read(cx: &Cx, row: &Row) -> Result<Attendance, Fault> {
    let failing = || Fault::new("reading an attendance");
    let id: [u8; 16] = row.get("id")?;
    let lms_session = cx.clave.vault.unseal(place(&id), &row.get::<Vec<u8>>("lms_session")?)?;
    Ok(Attendance {
        id: id_text(id),
        environment: Environment::from_name(&row.get::<String>("environment")?).ok_or_else(failing)?,
        otec: otec::rut(row, "otec")?,
        run: otec::rut(row, "rut")?,
        line: u8::try_from(row.get::<i64>("line")?).ok().and_then(Line::from_number).ok_or_else(failing)?,
        cod_sence: row.get("cod_sence")?,
        codigo_curso: row.get("codigo_curso")?,
        lms_session: String::from_utf8_lossy(&lms_session).into_owned(),
        started_at: row.get("started_at")?,
        until: row.get("until")?,
        closed_at: row.get("closed_at")?,
    })
}

/// Starts one. Whoever starts twice has two.
pub(super) async fn start(tx: &mut Tx, cx: &mut Cx, request: &Request, run: Rut) -> Result<[u8; 16], Fault> {
    let id: [u8; 16] = cx.rng.random();
    let clave = Arc::clone(&cx.clave);
    let lms_session = clave.vault.seal(place(&id), request.echo.lms_session().as_bytes(), &mut cx.rng)?;
    let Course { line, cod_sence, codigo_curso, .. } = &request.course;
    tx.run(sql!(
        "INSERT INTO attendance
         (id, environment, otec, rut, line, cod_sence, codigo_curso, lms_session, started_at, until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        request.endpoint.environment.name(),
        i64::from(request.otec),
        rut_value(run),
        i64::from(line.number()),
        cod_sence.as_str(),
        codigo_curso.as_str(),
        lms_session,
        cx.now,
        cx.now.plus(clave.settings.rce.open)
    ))
    .await?;
    Ok(id)
}

/// Closes one: of two that try, one does. 304 where this person has none of this id at this OTEC, 301 where it was started for another course, 305 where
/// it has ended.
pub(super) async fn close(tx: &mut Tx, cx: &Cx, request: &Request, run: Rut) -> Result<Result<[u8; 16], Code>, Fault> {
    let Some(id) = read_id(&request.attendance) else { return Ok(Err(Code::Unverified)) };
    // The row first: who closes it at the same time waits here.
    let row = tx
        .one(sql!(
            "UPDATE attendance SET until = until WHERE id = $1 AND environment = $2 AND otec = $3 AND rut = $4
             RETURNING line, cod_sence, codigo_curso, until, closed_at",
            id,
            request.endpoint.environment.name(),
            i64::from(request.otec),
            rut_value(run)
        ))
        .await?;
    let Some(row) = row else { return Ok(Err(Code::Unverified)) };
    let (cod_sence, codigo_curso): (String, String) = (row.get("cod_sence")?, row.get("codigo_curso")?);
    if !request.course.is(row.get("line")?, &cod_sence, &codigo_curso) {
        return Ok(Err(Code::NotRegistered));
    }
    if row.get::<Option<Moment>>("closed_at")?.is_some() || row.get::<Moment>("until")? <= cx.now {
        return Ok(Err(Code::NotWritten));
    }
    tx.run(sql!("UPDATE attendance SET closed_at = $2 WHERE id = $1", id, cx.now)).await?;
    Ok(Ok(id))
}

/// What the records keep: environment, OTEC, action, and the attendance or the code.
pub(super) fn told(request: &Request, id: Option<[u8; 16]>, code: Option<Code>) -> Result<String, Fault> {
    let what = id.map(id_text).or(code.map(|code| code.to_string())).unwrap_or_default();
    let environment = request.endpoint.environment.name();
    Ok(format!("{environment} {} {} {what}", request.otec()?.plain(), request.course.codigo_curso))
}

/// Whose course it was, from what the records keep.
pub fn otec_of(detail: &str) -> Option<Rut> {
    Rut::parse(detail.split(' ').nth(1)?).ok()
}

/// `IdSesionSence`: 32 hexadecimal digits.
pub(super) fn id_text(id: [u8; 16]) -> String {
    hex(&id)
}

fn read_id(text: &str) -> Option<[u8; 16]> {
    let hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|_| hex).map(u128::to_be_bytes)
}

fn place(id: &[u8]) -> Place<'_> {
    Place { column: "attendance.lms_session", row: id }
}
