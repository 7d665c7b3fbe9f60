//! Courses, actions and enrolments, loaded from files. A file replaces the one before it, whole or not at all.

use std::sync::Once;

use rut::Rut;
use sql::{Row, Tx, sql};

use super::{Code, Line, otec, request::Course};
use crate::{Cx, Fault, person::rut_value};

/// Whether this participant may attend this course of this OTEC today: 204 and 205, 306 to 310, then 208. What was not loaded is not checked.
pub(super) async fn check(tx: &mut Tx, cx: &Cx, otec: Rut, course: &Course, run: Rut) -> Result<Result<(), Code>, Fault> {
    if course.is_any() {
        return Ok(Ok(()));
    }
    let known = look(tx, course, run).await?;
    let today = cx.now.day_in_chile().map(|day| day.to_string()).unwrap_or_default();
    Ok(known.judge(otec, course, &today))
}

/// What the catalogue says. The outer `Option`s: whether any were loaded.
#[derive(Debug, Default)]
struct Known {
    course: Option<bool>,
    action: Option<Option<Action>>,
    enrolled: Option<bool>,
}

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
                known.action = Some(found.then(|| action(row)).transpose()?);
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
        static NO_ACTIONS: Once = Once::new();
        static NO_ENROLMENTS: Once = Once::new();
        if self.course == Some(false) && asked.line != Line::Social {
            return Err(Code::CodSence);
        }
        match self.action {
            Some(None) => return Err(Code::CodigoCurso),
            Some(Some(action)) => action.judge(otec, asked, today)?,
            None => NO_ACTIONS.call_once(|| {
                tracing::info!(
                    "no training actions are loaded: RCE checks none (306 to 310); see `clavero otec catalogue import`"
                );
            }),
        }
        match self.enrolled {
            Some(false) => Err(Code::NotEnrolled),
            Some(true) => Ok(()),
            None => {
                NO_ENROLMENTS.call_once(|| {
                    tracing::info!("no enrolments are loaded: RCE checks none (208); see `clavero otec catalogue import`");
                });
                Ok(())
            }
        }
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
        } else if self.modality != "e-learning" {
            Err(Code::NotElearning)
        } else if self.otec != otec {
            Err(Code::OtherOtec)
        } else if !(self.first_day.as_str()..=self.last_day.as_str()).contains(&today) {
            Err(Code::Dates)
        } else if self.state != "running" {
            Err(Code::Ended)
        } else {
            Ok(())
        }
    }
}
