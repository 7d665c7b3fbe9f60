//! Blocks for Moodle.

use super::{Arrival, Course, Fields, OTEC, Plugin, RUN, TOKEN, Verdict, fields};

const MOODLE: &str = "https://moodle.example.cl";
/// Moodle's key of its own session: the same in every form of a login.
const SESSKEY: &str = "aB3dE5gH7j";

/// `block_sence` 3.2 of F. Uzcátegui: one address for everything, the course's page, so that a start, a close and an error are told apart by the fields
/// that are there at all.
pub struct Uzcategui {
    pub course: Course,
    pub is_test: bool,
}

impl Uzcategui {
    fn form(&self, kept: Option<&str>) -> Fields {
        let Course { cod_sence, codigo_curso, line } = self.course;
        let page = "https://moodle.example.cl/course/view.php?id=7";
        let mut form = fields([
            ("RutOtec", OTEC),
            ("Token", TOKEN),
            ("LineaCapacitacion", line),
            ("RunAlumno", RUN),
            ("IdSesionAlumno", SESSKEY),
            ("UrlRetoma", page),
            ("UrlError", page),
            ("CodSence", cod_sence),
            ("CodigoCurso", codigo_curso),
        ]);
        if let Some(kept) = kept {
            form.insert(5, ("IdSesionSence".to_owned(), kept.to_owned()));
        }
        form
    }
}

impl Plugin for Uzcategui {
    fn origin(&self) -> &'static str {
        MOODLE
    }

    fn is_test(&self) -> bool {
        self.is_test
    }

    fn start(&self) -> Fields {
        self.form(None)
    }

    fn close(&self, kept: &str) -> Fields {
        self.form(Some(kept))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        if !arrival.isset("RunAlumno") {
            return Verdict::Lost("a visit like any other".to_owned());
        }
        if arrival.isset("GlosaError") {
            // It would take several, divided by semicolons; an empty one is an error without a text.
            return Verdict::Failed(arrival.post("GlosaError").trim().to_owned());
        }
        if !arrival.isset("IdSesionSence") {
            // All that it kept under the session of the LMS is closed.
            let is_its = arrival.post("IdSesionAlumno") == SESSKEY || arrival.isset("IdSesionAlumno");
            return if is_its { Verdict::Closed } else { Verdict::Lost("which session?".to_owned()) };
        }
        let kept = ["CodigoCurso", "IdSesionAlumno", "RunAlumno", "FechaHora", "ZonaHoraria", "LineaCapacitacion"];
        if let Some(missing) = arrival.missing(&kept) {
            return Verdict::Lost(format!("no {missing}"));
        }
        let columns = [("IdSesionSence", 192), ("IdSesionAlumno", 192), ("RunAlumno", 20), ("FechaHora", 20), ("CodSence", 20)];
        match columns.iter().find(|(name, width)| !arrival.fits(name, *width)) {
            Some((name, _)) => Verdict::Lost(format!("{name} is too long")),
            None => Verdict::Started(arrival.post("IdSesionSence").to_owned()),
        }
    }
}

/// `block_sence` of J. Rivera, 2020: a Moodle form, with its fields beside ours; reads a value from the form or else from the address; a start and a close
/// are told apart by `IdSesionSence` that is not empty, and nothing is kept without `FechaHora`.
pub struct Block2020 {
    pub course: Course,
}

impl Block2020 {
    fn form(&self, kept: Option<&str>) -> Fields {
        let Course { cod_sence, codigo_curso, line } = self.course;
        let error = if kept.is_some() { "sence=0&cs=1" } else { "sence=0" };
        let mut form = fields([
            ("sesskey", SESSKEY),
            ("_qf__sence_form", "1"),
            ("RutOtec", OTEC),
            ("Token", TOKEN),
            ("CodSence", cod_sence),
            ("CodigoCurso", codigo_curso),
            ("LineaCapacitacion", line),
            ("RunAlumno", RUN),
            ("IdSesionAlumno", SESSKEY),
            ("UrlRetoma", "https://moodle.example.cl/course/view.php?id=7&sence=1"),
            ("UrlError", &format!("https://moodle.example.cl/course/view.php?id=7&{error}")),
        ]);
        form.extend(match kept {
            Some(kept) => fields([("IdSesionSence", kept), ("stopsession", "Cerrar sesión")]).into_iter(),
            None => fields([("startsesion", "Iniciar sesión")]).into_iter(),
        });
        form
    }
}

impl Plugin for Block2020 {
    fn origin(&self) -> &'static str {
        MOODLE
    }

    fn start(&self) -> Fields {
        self.form(None)
    }

    fn close(&self, kept: &str) -> Fields {
        self.form(Some(kept))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        let either = |name| if arrival.isset(name) { arrival.post(name) } else { arrival.query(name) };
        let glosa: i64 = either("GlosaError").parse().unwrap_or_default();
        if glosa != 0 {
            return Verdict::Failed(glosa.to_string());
        }
        if !is_time(either("FechaHora")) {
            return Verdict::Lost("no FechaHora: nothing is kept".to_owned());
        }
        let starts = either("sence") == "1" && !either("IdSesionSence").is_empty();
        match (starts, arrival.fits("IdSesionSence", 100)) {
            (true, true) => Verdict::Started(either("IdSesionSence").to_owned()),
            (true, false) => Verdict::Lost("IdSesionSence is too long".to_owned()),
            (false, _) => Verdict::Closed,
        }
    }
}

/// `aaaa-mm-dd hh:mm:ss`
fn is_time(text: &str) -> bool {
    text.len() == 19
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b' ',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
}

/// `block_moodle_sence` of J. Rivera, 2026: the token in capitals, one space for the course in line 1, and an address of its own for success and for error,
/// signed by the LMS.
pub struct Block2026 {
    pub course: Course,
}

impl Block2026 {
    fn form(&self, kept: Option<&str>) -> Fields {
        let Course { cod_sence, codigo_curso, line } = self.course;
        let own = |kind: &str| {
            let signed = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
            format!("{MOODLE}/blocks/moodle_sence/callback.php?courseid=7&instanceid=1234&type={kind}&token={signed}")
        };
        let mut form = fields([
            ("RutOtec", OTEC),
            ("Token", &TOKEN.to_uppercase()),
            ("CodSence", cod_sence),
            ("CodigoCurso", codigo_curso),
            ("LineaCapacitacion", line),
            ("RunAlumno", RUN),
            ("IdSesionAlumno", "MOODLE-7-42-1781539200"),
            ("UrlRetoma", &own("success")),
            ("UrlError", &own("error")),
        ]);
        if let Some(kept) = kept {
            form.insert(7, ("IdSesionSence".to_owned(), kept.to_owned()));
        }
        form
    }
}

impl Plugin for Block2026 {
    fn origin(&self) -> &'static str {
        MOODLE
    }

    fn start(&self) -> Fields {
        self.form(None)
    }

    fn close(&self, kept: &str) -> Fields {
        self.form(Some(kept))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        if arrival.query("token").len() != 64 || arrival.query("courseid") != "7" {
            return Verdict::Lost("not an address of this LMS".to_owned());
        }
        let glosa: i64 = arrival.post("GlosaError").parse().unwrap_or_default();
        if arrival.query("type") == "error" || glosa > 0 {
            return Verdict::Failed(glosa.to_string());
        }
        match arrival.post("IdSesionSence").trim() {
            "" => Verdict::Closed,
            id if id.len() > 100 => Verdict::Lost("IdSesionSence is too long".to_owned()),
            id => Verdict::Started(id.to_owned()),
        }
    }
}
