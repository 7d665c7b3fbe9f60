//! Use case: an operator takes an OTEC's attendance out, as CSV: what counts, action by action, in the order in which it began.

use std::{io::Write, sync::Arc};

use csv::Writer;
use rut::Rut;
use sql::{Db, Row, sql};

use super::{
    Environment, attendance,
    otec::{self, Refused},
};
use crate::{
    Cx, Fault, Moment,
    audit::{self, Event, Progress},
    person::rut_value,
};

/// Rows that are read at once.
const BATCH: i64 = 1_000;

const COLUMNS: [&str; 10] = [
    "IdSesionSence",
    "RunAlumno",
    "RutOtec",
    "LineaCapacitacion",
    "CodSence",
    "CodigoCurso",
    "inicio",
    "termino",
    "estado",
    "minutos",
];

/// Which attendance.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// At whose courses.
    pub otec: Rut,
    /// Of one action; capitals do not matter.
    pub action: Option<String>,
    /// That began then or later.
    pub from: Option<Moment>,
    /// That began before.
    pub before: Option<Moment>,
}

impl Wanted {
    /// For the record.
    fn told(&self) -> String {
        let day = |moment: Option<Moment>| moment.map_or_else(|| "–".to_owned(), Moment::civil_in_chile);
        let action = self.action.as_deref().unwrap_or("–");
        format!("{} action {action} from {} before {}", self.otec.plain(), day(self.from), day(self.before))
    }
}

/// Writes it, and records that it was taken out. Gives how many rows there were.
pub async fn export(cx: &mut Cx, wanted: &Wanted, out: &mut dyn Write, told: &mut dyn FnMut(Progress)) -> Result<u64, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    otec::find(&mut tx, wanted.otec).await?.ok_or(Refused::Unknown)?;
    audit::append(&mut tx, cx, None, Event::AttendanceExported, Some(&wanted.told())).await?;
    tx.commit().await?;

    let mut sheet = Writer::from_writer(out);
    sheet.write_record(COLUMNS).map_err(Fault::at("writing the attendance"))?;
    let mut pages = Pages::of(&clave.db, wanted).await?;
    told(pages.progress);
    while let Some(rows) = pages.next().await? {
        for row in &rows {
            sheet.write_record(fields(row, wanted.otec, cx.now)?).map_err(Fault::at("writing the attendance"))?;
        }
        told(pages.progress);
    }
    sheet.flush().map_err(Fault::at("writing the attendance"))?;
    Ok(pages.progress.done)
}

/// The rows, some at a time. No transaction is open between two pages.
struct Pages<'a> {
    db: &'a Db,
    otec: i64,
    /// In small letters; empty for all.
    action: String,
    from: i64,
    before: i64,
    /// The last row that was read: action, start and id.
    after: (String, i64, Vec<u8>),
    is_over: bool,
    progress: Progress,
}

impl<'a> Pages<'a> {
    async fn of(db: &'a Db, wanted: &Wanted) -> Result<Self, Fault> {
        let mut pages = Self {
            db,
            otec: rut_value(wanted.otec),
            action: wanted.action.as_deref().unwrap_or_default().to_ascii_lowercase(),
            from: wanted.from.map_or(i64::MIN, Moment::micros),
            before: wanted.before.map_or(i64::MAX, Moment::micros),
            after: (String::new(), i64::MIN, Vec::new()),
            is_over: false,
            progress: Progress { done: 0, total: 0 },
        };
        let count = sql!(
            "SELECT COUNT(*) AS n FROM attendance WHERE otec = $1 AND environment = $2 AND ($3 = '' OR lower(codigo_curso) = $3)
             AND started_at >= $4 AND started_at < $5",
            pages.otec,
            Environment::Production.name(),
            pages.action.as_str(),
            pages.from,
            pages.before
        );
        pages.progress.total = db.read().await?.only(count).await?.get::<i64>("n")?.unsigned_abs();
        Ok(pages)
    }

    async fn next(&mut self) -> Result<Option<Vec<Row>>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let (action, start, id) = &self.after;
        let page = sql!(
            "SELECT id, rut, line, cod_sence, codigo_curso, started_at, until, closed_at FROM attendance
             WHERE otec = $1 AND environment = $2 AND ($3 = '' OR lower(codigo_curso) = $3) AND started_at >= $4 AND started_at < $5
             AND (codigo_curso, started_at, id) > ($6, $7, $8) ORDER BY codigo_curso, started_at, id LIMIT $9",
            self.otec,
            Environment::Production.name(),
            self.action.as_str(),
            self.from,
            self.before,
            action.as_str(),
            *start,
            id.as_slice(),
            BATCH
        );
        let rows = self.db.read().await?.all(page).await?;
        if let Some(last) = rows.last() {
            self.after = (last.get("codigo_curso")?, last.get("started_at")?, last.get("id")?);
        }
        self.is_over = i64::try_from(rows.len()).unwrap_or(i64::MAX) < BATCH;
        self.progress.done += rows.len() as u64;
        Ok(Some(rows))
    }
}

fn fields(row: &Row, otec: Rut, now: Moment) -> Result<[String; COLUMNS.len()], Fault> {
    let (started_at, until): (Moment, Moment) = (row.get("started_at")?, row.get("until")?);
    let (state, ended_at) = attendance::stands(until, row.get("closed_at")?, now);
    let minutes = ended_at.map(|ended_at| (started_at.until(ended_at).as_secs() / 60).to_string());
    let fields = [
        attendance::id_text(row.get("id")?),
        otec::rut(row, "rut")?.plain(),
        otec.plain(),
        row.get::<i64>("line")?.to_string(),
        row.get("cod_sence")?,
        row.get("codigo_curso")?,
        started_at.civil_in_chile(),
        ended_at.map(Moment::civil_in_chile).unwrap_or_default(),
        state.name().to_owned(),
        minutes.unwrap_or_default(),
    ];
    Ok(fields.map(harmless))
}

/// A spreadsheet takes what begins so for a formula, and an LMS may have sent one.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(harmless(text.to_owned()), format!("'{text}"));
        }
        assert_eq!(harmless("A-100001".to_owned()), "A-100001");
    }
}
