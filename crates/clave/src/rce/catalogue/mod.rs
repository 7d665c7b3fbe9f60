//! Courses, actions and enrolments, loaded from files. A file replaces the one before it, whole or not at all: its rows are written beside those that
//! count, under a number of their own ([`import`]), and count from one statement on.

mod content;
mod import;
mod sheet;
mod stale;

use std::sync::atomic::{AtomicBool, Ordering};

use rut::Rut;
use sql::{Row, Tx, sql};

pub use import::{Refused, import, remove};
pub use sheet::{Bad, Source};
pub(crate) use stale::sweep;

use super::{Code, Line, otec, request::Course};
use crate::{Cx, Fault, Moment, person::rut_value};

/// What a file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Courses, by `CodSence`.
    Courses,
    /// Actions, by `CodigoCurso`.
    Actions,
    /// Who is enrolled in which action.
    Enrolments,
}

impl Kind {
    /// Each refers to those before it.
    pub const ALL: [Self; 3] = [Self::Courses, Self::Actions, Self::Enrolments];

    /// The word of commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Courses => "courses",
            Self::Actions => "actions",
            Self::Enrolments => "enrolments",
        }
    }

    /// The codes that need it.
    fn checks(self) -> &'static str {
        match self {
            Self::Courses => "204 for unknown ones",
            Self::Actions => "205 for unknown ones, 306 to 310",
            Self::Enrolments => "208",
        }
    }

    /// Its table.
    fn stored(self) -> &'static str {
        match self {
            Self::Courses => "course",
            Self::Actions => "training_action",
            Self::Enrolments => "enrolment",
        }
    }
}

/// What counts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Of which.
    pub kind: Kind,
    /// How many.
    pub rows: u64,
    /// Since when.
    pub at: Moment,
}

/// What is loaded.
pub async fn loaded(tx: &mut Tx) -> Result<Vec<Loaded>, Fault> {
    let rows = tx.all(sql!("SELECT kind, rows, loaded_at FROM catalogue")).await?;
    let mut loaded = Vec::new();
    for row in &rows {
        let (stored, count): (String, i64) = (row.get("kind")?, row.get("rows")?);
        let kind = Kind::ALL.into_iter().find(|kind| kind.stored() == stored);
        let kind = kind.ok_or_else(|| Fault::new("reading a kind of catalogue"))?;
        loaded.push(Loaded { kind, rows: count.unsigned_abs(), at: row.get("loaded_at")? });
    }
    loaded.sort_by_key(|loaded| loaded.kind);
    Ok(loaded)
}

/// Whether this participant may attend this course of this OTEC today: 204 and 205, 306 to 310, then 208. What was not loaded is not checked.
pub(super) async fn check(tx: &mut Tx, cx: &Cx, otec: Rut, course: &Course, run: Rut) -> Result<Result<(), Code>, Fault> {
    if course.is_any {
        return Ok(Ok(()));
    }
    let known = look(tx, course, run).await?;
    let today = cx.now.day_in_chile().map(|day| day.to_string()).unwrap_or_default();
    cx.clave.unchecked.tell(&known);
    Ok(known.judge(otec, course, &today))
}

/// Which of the checks that need a catalogue are off: the log of each node says so once.
#[derive(Debug, Default)]
pub struct Unchecked([AtomicBool; 3]);

impl Unchecked {
    fn tell(&self, known: &Known) {
        let off = [known.course.is_none(), known.action.is_none(), known.enrolled.is_none()];
        for ((kind, off), told) in Kind::ALL.into_iter().zip(off).zip(&self.0) {
            if off && !told.swap(true, Ordering::Relaxed) {
                let (kind, codes) = (kind.name(), kind.checks());
                tracing::info!("no {kind} are loaded: RCE checks none ({codes}); see `clavero otec catalogue import`");
            }
        }
    }
}

/// What the catalogue says; `None` where nothing of the kind is loaded.
#[derive(Debug, Default)]
struct Known {
    course: Option<bool>,
    action: Option<Result<Action, Unknown>>,
    enrolled: Option<bool>,
}

/// There are actions, and this is none of them.
#[derive(Debug)]
struct Unknown;

#[derive(Debug)]
struct Action {
    course: Option<String>,
    otec: Rut,
    modality: String,
    first_day: String,
    last_day: String,
    state: String,
}

/// Everything by one statement: of a load that replaces another one meanwhile, all is seen or nothing.
async fn look(tx: &mut Tx, course: &Course, run: Rut) -> Result<Known, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT c.kind, course.code AS course, a.code AS action, a.course AS of_course, a.otec, a.modality, a.first_day, a.last_day,
                 a.state, e.rut AS enrolled
             FROM catalogue c
             LEFT JOIN course ON c.kind = 'course' AND course.load = c.load AND course.code = $1
             LEFT JOIN training_action a ON c.kind = 'training_action' AND a.load = c.load AND a.code = $2
             LEFT JOIN enrolment e ON c.kind = 'enrolment' AND e.load = c.load AND e.action = $2 AND e.rut = $3",
            course.cod_sence.to_ascii_uppercase(),
            course.codigo_curso.to_ascii_uppercase(),
            rut_value(run)
        ))
        .await?;
    let mut known = Known::default();
    for row in &rows {
        match row.get::<String>("kind")?.as_str() {
            "course" => known.course = Some(row.get::<Option<String>>("course")?.is_some()),
            "training_action" => {
                let found = row.get::<Option<String>>("action")?.is_some();
                known.action = Some(if found { Ok(action(row)?) } else { Err(Unknown) });
            }
            _ => known.enrolled = Some(row.get::<Option<i64>>("enrolled")?.is_some()),
        }
    }
    Ok(known)
}

fn action(row: &Row) -> Result<Action, Fault> {
    Ok(Action {
        course: row.get("of_course")?,
        otec: otec::rut(row, "otec")?,
        modality: row.get("modality")?,
        first_day: row.get("first_day")?,
        last_day: row.get("last_day")?,
        state: row.get("state")?,
    })
}

impl Known {
    fn judge(self, otec: Rut, asked: &Course, today: &str) -> Result<(), Code> {
        if self.course == Some(false) && asked.line != Line::Social {
            return Err(Code::CodSence);
        }
        match self.action {
            Some(Err(Unknown)) => return Err(Code::CodigoCurso),
            Some(Ok(action)) => action.judge(otec, asked, today)?,
            None => {}
        }
        if self.enrolled == Some(false) { Err(Code::NotEnrolled) } else { Ok(()) }
    }
}

impl Action {
    fn judge(&self, otec: Rut, asked: &Course, today: &str) -> Result<(), Code> {
        // Social programmes send no course, or one that nobody gave them: it is compared where both sides name one.
        let is_social = asked.line == Line::Social;
        let of_course = match &self.course {
            Some(course) => course.eq_ignore_ascii_case(&asked.cod_sence) || is_social && asked.cod_sence.is_empty(),
            None => is_social,
        };
        if !of_course {
            Err(Code::OtherCourse)
        } else if self.modality != content::E_LEARNING {
            Err(Code::NotElearning)
        } else if self.otec != otec {
            Err(Code::OtherOtec)
        } else if !(self.first_day.as_str()..=self.last_day.as_str()).contains(&today) {
            Err(Code::Dates)
        } else if self.state != content::RUNNING {
            Err(Code::Ended)
        } else {
            Ok(())
        }
    }
}
