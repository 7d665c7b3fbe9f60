//! The one course of this LMS, its one participant, and what became of the attendance. In memory: another LMS keeps this in its database.

use crate::rce::{Reply, Says};
use rand::{RngExt as _, rngs::StdRng};
use serde_json::{Map, Value};
use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;

/// So many replies are shown.
const KEPT: usize = 20;

/// What is sent with every form.
#[derive(Debug, Clone)]
pub struct Course {
    /// RUT of the OTEC.
    pub otec: String,
    /// Whose LMS this is.
    pub token: String,
    /// Training line.
    pub line: String,
    /// Code of the course.
    pub cod_sence: String,
    /// Code of the action.
    pub codigo_curso: String,
    /// The participant.
    pub run: String,
}

/// A reply, and what is to be thought of it.
#[derive(Debug)]
pub struct Judged {
    /// As it came.
    pub reply: Reply,
    /// Why it is not believed.
    pub doubt: Option<&'static str>,
    /// What the server itself says of the attendance, or why it says nothing.
    pub confirmed: Result<Map<String, Value>, String>,
}

/// What became of the attendance.
#[derive(Debug, Default)]
pub struct Attendance {
    /// The one that is open: its `IdSesionSence`.
    pub open: Option<String>,
    /// What came, newest first.
    pub replies: VecDeque<Judged>,
    /// `IdSesionAlumno` that were given out and not answered yet.
    waiting: VecDeque<String>,
    /// `IdSesionSence` that were counted: once is enough.
    seen: HashSet<String>,
}

impl Attendance {
    /// An `IdSesionAlumno` that nobody can guess: a reply that does not bring it back was not asked for.
    pub fn begins(&mut self) -> String {
        let mut rng: StdRng = rand::make_rng();
        let id = rng.random::<[u8; 16]>().iter().fold("lms-".to_owned(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        });
        self.waiting.push_front(id.clone());
        self.waiting.truncate(KEPT);
        id
    }

    /// Whether a reply can be believed so far as this LMS can tell. Each `IdSesionAlumno` is answered once.
    pub fn doubt(&mut self, reply: &Reply) -> Option<&'static str> {
        let asked = reply.field("IdSesionAlumno").and_then(|id| self.waiting.iter().position(|known| known == id));
        let Some(asked) = asked else { return Some("nadie la pidió: su IdSesionAlumno no es de aquí, o ya fue respondido") };
        self.waiting.remove(asked);
        match reply.says() {
            Says::Started(id) if !self.seen.insert(id.to_owned()) => Some("ese IdSesionSence ya había llegado"),
            _ => None,
        }
    }

    /// Counts it, where it is believed and the server confirms it.
    pub fn takes(&mut self, judged: Judged) {
        match judged.reply.says() {
            _ if judged.doubt.is_some() => {}
            Says::Started(id) if judged.confirmed.is_ok() => self.open = Some(id.to_owned()),
            Says::Closed if judged.confirmed.is_ok() => self.open = None,
            // The server has no such open attendance: there is nothing left to close.
            Says::Error("304" | "305") => self.open = None,
            Says::Started(_) | Says::Closed | Says::Error(_) => {}
        }
        self.replies.push_front(judged);
        self.replies.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(alumno: &str, sence: &str) -> Reply {
        let pairs = [("IdSesionAlumno", alumno), ("IdSesionSence", sence)].into_iter().filter(|(_, value)| !value.is_empty());
        Reply { fields: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }

    fn comes(attendance: &mut Attendance, reply: Reply) -> Option<&'static str> {
        let doubt = attendance.doubt(&reply);
        attendance.takes(Judged { reply, doubt, confirmed: Ok(Map::new()) });
        doubt
    }

    #[test]
    fn what_was_not_asked_for_changes_nothing() {
        let mut attendance = Attendance::default();
        let (first, second) = (attendance.begins(), attendance.begins());
        assert!(comes(&mut attendance, reply("ajeno", "s-1")).is_some());
        assert_eq!(attendance.open, None);
        assert!(comes(&mut attendance, reply(&first, "s-1")).is_none());
        assert!(comes(&mut attendance, reply(&first, "s-2")).is_some(), "answered already");
        assert!(comes(&mut attendance, reply(&second, "s-1")).is_some(), "counted already");
        assert_eq!(attendance.open.as_deref(), Some("s-1"));
        let last = attendance.begins();
        assert!(comes(&mut attendance, reply(&last, "")).is_none());
        assert_eq!((attendance.open, attendance.replies.len()), (None, 5));
    }
}
