//! Who attended what, from when to when.

use rut::Rut;
use sql::Tx;

use super::{Environment, Line};
use crate::{Cx, Fault, Moment};

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

impl Attendance {
    /// How it stands at `now`.
    pub fn state(&self, now: Moment) -> State {
        match self.closed_at {
            Some(_) => State::Closed,
            None if self.until <= now => State::Expired,
            None => State::Open,
        }
    }

    /// When it ended: its close, or when it expired.
    pub fn ended_at(&self, now: Moment) -> Option<Moment> {
        self.closed_at.or((self.until <= now).then_some(self.until))
    }
}

/// The attendance of this id, where it is this OTEC's.
pub async fn find(_tx: &mut Tx, _cx: &Cx, _otec: Rut, _id: &str) -> Result<Option<Attendance>, Fault> {
    todo!()
}
